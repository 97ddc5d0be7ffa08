import { signal } from "@preact/signals";
import {
  Bug,
  CloudUpload,
  Crop,
  Download,
  EllipsisVertical,
  FolderInput,
  ImagePlus,
  Trash2,
  Upload,
} from "lucide";
import type { JSX } from "preact";
import { call } from "../../api";
import { t } from "../../i18n";
import { mayChangeTask, session, withSignIn } from "../../session";
import { publishTask } from "../datasets/publish";
import { mayRead } from "../datasets/wire";
import { confirm } from "../kit/confirm";
import { Icon } from "../kit/icon";
import { MenuButton, type MenuItem } from "../kit/menu";
import { toast } from "../kit/toast";
import { lazy } from "../lazy";
import { problemOf } from "../problem";
import { knownProject } from "../projects/known";
import { MoveDialog } from "../projects/move-dialog";
import { mayChangeProject } from "../projects/wire";
import { ExportDialog, ImportDialog } from "./transfer-dialogs";
import { isVideo, type WireTask } from "./wire";

type Open = { name: "add" | "export" | "import" | "move" | "crop"; task: WireTask } | undefined;

const addDialog = lazy(() => import("./add-images").then((part) => part.AddImages));
const cropDialog = lazy(() => import("../datasets/crop-of-task").then((part) => part.CropOfTask));
const open = signal<Open>(undefined);
/** Tasks whose deletion is under way: they are shown greyed. */
export const deleting = signal<ReadonlySet<number>>(new Set());

export interface TaskMenuProps {
  readonly task: WireTask;
  /** Something of the task is other now: its annotations were replaced. */
  readonly onChanged: () => void;
  readonly onDeleted: () => void;
}

/** Whether the person may change the task: its annotations as a whole, its labels, its name. */
export function mayChange(task: WireTask): boolean {
  const now = session.value;
  if (now.name !== "signed-in") return false;
  const project = knownProject(task.project_id);
  return mayChangeTask(now.user, task) || (project !== undefined && mayChangeProject(now.user, project));
}

/** Why no images can be added to the task, in a sentence; undefined if they can. */
function addProblem(task: WireTask): string | undefined {
  if (!mayChange(task)) return t("task.not-yours");
  if ((task.size ?? 0) === 0 || task.segments.length === 0) return t("task.no-frames");
  if (isVideo(task)) return t("add-images.of-video");
  return task.dataset_id === null ? undefined : t("add-images.of-dataset");
}

export const mayAddImages = (task: WireTask): boolean => addProblem(task) === undefined;

/** Show, where the task's menu is, how images are added. */
export function openAddImages(task: WireTask): void {
  open.value = { name: "add", task };
}

/** Whether the person may delete the task, or give it to another owner. */
export function mayDelete(task: WireTask): boolean {
  const now = session.value;
  if (now.name !== "signed-in") return false;
  const project = knownProject(task.project_id);
  return now.user.isAdmin || [task.owner?.id, project?.owner?.id].includes(now.user.id);
}

/** What can be done with a whole task. */
export function TaskMenu({ task, onChanged, onDeleted }: TaskMenuProps): JSX.Element {
  const now = open.value;
  const close = (): void => {
    open.value = undefined;
  };
  return (
    <>
      <MenuButton
        class="icon-button"
        aria-label={t("task.menu", { name: task.name })}
        items={() => itemsOf(task, onChanged, onDeleted)}
      >
        <Icon icon={EllipsisVertical} />
      </MenuButton>
      {now?.task.id === task.id && now.name === "export" && <ExportDialog task={now.task} onClose={close} />}
      {now?.task.id === task.id && now.name === "import" && (
        <ImportDialog
          target={{ id: task.id, name: task.name, path: `/tasks/${task.id}`, taskId: task.id }}
          onClose={close}
          onImported={onChanged}
        />
      )}
      {now?.task.id === task.id && now.name === "add" && (
        <addDialog.Page task={now.task} onClose={close} onAdded={onChanged} />
      )}
      {now?.task.id === task.id && now.name === "move" && (
        <MoveDialog task={now.task} onClose={close} onMoved={onChanged} />
      )}
      {now?.task.id === task.id && now.name === "crop" && <cropDialog.Page task={now.task} onClose={close} />}
    </>
  );
}

function itemsOf(task: WireTask, onChanged: () => void, onDeleted: () => void): readonly MenuItem[] {
  const hasFrames = (task.size ?? 0) > 0;
  const allowed = mayChange(task);
  const unless = (good: boolean, reason: string): { disabled?: string } => (good ? {} : { disabled: reason });
  return [
    {
      text: t("task.export"),
      icon: Download,
      run: () => {
        open.value = { name: "export", task };
      },
      ...unless(hasFrames, t("task.no-frames")),
    },
    {
      text: t("task.import"),
      icon: Upload,
      run: () => {
        open.value = { name: "import", task };
      },
      ...unless(hasFrames, t("task.no-frames")),
      ...unless(allowed, t("task.not-yours")),
    },
    {
      text: t("add-images.menu"),
      icon: ImagePlus,
      run: () => openAddImages(task),
      ...unless(mayAddImages(task), addProblem(task) ?? ""),
    },
    ...(task.dataset_id === null ? [] : datasetItems(task, onChanged)),
    ...(isWebAddress(task.bug_tracker)
      ? [
          {
            text: t("task.bug-tracker.open"),
            icon: Bug,
            run: () => void window.open(task.bug_tracker, "_blank", "noopener"),
          },
        ]
      : []),
    {
      text: t("task.move"),
      icon: FolderInput,
      run: () => {
        open.value = { name: "move", task };
      },
      ...unless(allowed, t("task.not-yours")),
    },
    { kind: "line" },
    {
      text: t("task.delete"),
      icon: Trash2,
      tone: "danger",
      run: () => void deleteTask(task, onDeleted),
      ...unless(mayDelete(task), t("task.not-yours")),
    },
  ];
}

/** What can be done with the task of a dataset. */
function datasetItems(task: WireTask, onChanged: () => void): readonly MenuItem[] {
  const problem =
    task.segments.length === 0 ? t("task.no-frames") : mayChange(task) ? undefined : t("task.not-yours");
  const disabled = problem === undefined ? {} : { disabled: problem };
  return [
    {
      text: t("publish.menu"),
      icon: CloudUpload,
      run: () => void publishTask(task).then((done) => done && onChanged()),
      ...disabled,
    },
    ...(mayRead()
      ? [
          {
            text: t("crop.menu"),
            icon: Crop,
            run: () => {
              open.value = { name: "crop", task };
            },
            ...disabled,
          },
        ]
      : []),
  ];
}

/** Only these are opened: a `javascript:` address would run in this page. */
export function isWebAddress(address: string): boolean {
  return /^https?:\/\//i.test(address);
}

async function deleteTask(task: WireTask, onDeleted: () => void): Promise<void> {
  const agreed = await confirm({
    title: t("task.delete.title", { name: task.name }),
    body: <p>{t("task.delete.text")}</p>,
    action: t("task.delete"),
    tone: "danger",
  });
  if (!agreed) return;
  const mark = (now: boolean): void => {
    const others = [...deleting.peek()].filter((id) => id !== task.id);
    deleting.value = new Set(now ? [...others, task.id] : others);
  };
  mark(true);
  try {
    await withSignIn(() => call("DELETE", `/tasks/${task.id}`));
    toast(t("task.deleted", { name: task.name }), { tone: "good" });
    onDeleted();
  } catch (error) {
    toast(t("task.delete.failed", { name: task.name, reason: problemOf(error) }), { tone: "danger" });
  } finally {
    mark(false);
  }
}
