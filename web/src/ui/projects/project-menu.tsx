import { signal } from "@preact/signals";
import { Bug, EllipsisVertical, ListPlus, Trash2 } from "lucide";
import type { JSX } from "preact";
import { call } from "../../api";
import { t } from "../../i18n";
import { session, withSignIn } from "../../session";
import { counted } from "../format";
import { confirm } from "../kit/confirm";
import { Icon } from "../kit/icon";
import { MenuButton, type MenuItem } from "../kit/menu";
import { toast } from "../kit/toast";
import { problemOf } from "../problem";
import { go } from "../routes";
import { isWebAddress } from "../tasks/task-menu";
import { mayDeleteProject, type WireProject } from "./wire";

/** Projects whose deletion is under way: they are shown greyed. */
export const deletingProjects = signal<ReadonlySet<number>>(new Set());

export interface ProjectMenuProps {
  readonly project: WireProject;
  readonly onDeleted: () => void;
}

/** What can be done with a whole project. */
export function ProjectMenu({ project, onDeleted }: ProjectMenuProps): JSX.Element {
  return (
    <MenuButton
      class="icon-button"
      aria-label={t("task.menu", { name: project.name })}
      items={() => itemsOf(project, onDeleted)}
    >
      <Icon icon={EllipsisVertical} />
    </MenuButton>
  );
}

function itemsOf(project: WireProject, onDeleted: () => void): readonly MenuItem[] {
  const now = session.value;
  const user = now.name === "signed-in" ? now.user : undefined;
  const mayCreate = user?.mayCreateTasks ?? false;
  const mayDelete = user !== undefined && mayDeleteProject(user, project);
  return [
    {
      text: t("project.create-task"),
      icon: ListPlus,
      run: () => void go(`/tasks/create?projectId=${project.id}`),
      ...(mayCreate ? {} : { disabled: t("create.forbidden") }),
    },
    ...(isWebAddress(project.bug_tracker)
      ? [
          {
            text: t("task.bug-tracker.open"),
            icon: Bug,
            run: () => void window.open(project.bug_tracker, "_blank", "noopener"),
          },
        ]
      : []),
    { kind: "line" },
    {
      text: t("project.delete"),
      icon: Trash2,
      tone: "danger",
      run: () => void deleteProject(project, onDeleted),
      ...(mayDelete ? {} : { disabled: t("project.not-yours") }),
    },
  ];
}

async function deleteProject(project: WireProject, onDeleted: () => void): Promise<void> {
  const tasks = project.tasks.length;
  const agreed = await confirm({
    title: t("project.delete.title", { name: project.name }),
    body: (
      <>
        <p>{tasks === 0 ? t("project.delete.empty") : counted("project.delete.text", tasks)}</p>
        {tasks > 0 && <p>{t("project.delete.for-good")}</p>}
      </>
    ),
    action: tasks === 0 ? t("project.delete") : counted("project.delete.action", tasks),
    tone: "danger",
  });
  if (!agreed) return;
  const mark = (now: boolean): void => {
    const others = [...deletingProjects.peek()].filter((id) => id !== project.id);
    deletingProjects.value = new Set(now ? [...others, project.id] : others);
  };
  mark(true);
  try {
    await withSignIn(() => call("DELETE", `/projects/${project.id}`));
    toast(t("task.deleted", { name: project.name }), { tone: "good" });
    onDeleted();
  } catch (error) {
    toast(t("task.delete.failed", { name: project.name, reason: problemOf(error) }), { tone: "danger" });
  } finally {
    mark(false);
  }
}
