import "../projects/projects.css";
import "./task.css";
import { useSignal } from "@preact/signals";
import { Image, Plus } from "lucide";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n";
import { session } from "../../session";
import { age, counted, moment } from "../format";
import { Empty } from "../kit/empty";
import { Icon } from "../kit/icon";
import { Progress, Waiting } from "../kit/progress";
import { tip } from "../kit/tooltip";
import { Link } from "../link";
import { noteProject } from "../projects/known";
import { readProgress, type WorkProgress } from "../projects/objects";
import { ProjectMenu } from "../projects/project-menu";
import {
  mayChangeProject,
  mayDeleteProject,
  patchProject,
  readProject,
  type WireProject,
} from "../projects/wire";
import { useResource } from "../resource";
import { go } from "../routes";
import { StatisticsLink } from "../statistics/link";
import { BugTracker } from "../tasks/bug-tracker";
import { NameField } from "../tasks/name-field";
import { OwnerPicker } from "../tasks/owner-picker";
import { PersonPicker } from "../tasks/person-picker";
import { StoredLabels } from "../tasks/stored-labels";
import { TaskListing } from "../tasks/task-listing";
import { Unread } from "./unread";

/** One project: its people, its labels, its tasks. */
export function ProjectPage({ projectId }: { projectId: number }): JSX.Element {
  const { state, reload, set } = useResource(String(projectId), async (signal) => {
    const found = await readProject(projectId, signal);
    noteProject(found);
    return found;
  });
  if (state.name === "loading") return <Waiting label={t("loading")} />;
  if (state.name === "failed")
    return (
      <Unread
        title={t("project.unread")}
        error={state.error}
        back={{ to: "/projects", text: t("not-found.projects") }}
        onRetry={() => void reload()}
      />
    );
  const change = (project: WireProject): void => {
    noteProject(project);
    set(project);
  };
  return <Shown project={state.value} onProject={change} onReload={() => void reload()} />;
}

interface ShownProps {
  readonly project: WireProject;
  readonly onProject: (project: WireProject) => void;
  readonly onReload: () => void;
}

function Shown({ project, onProject, onReload }: ShownProps): JSX.Element {
  const now = session.value;
  const user = now.name === "signed-in" ? now.user : undefined;
  const mayChange = user !== undefined && mayChangeProject(user, project);
  const patch = async (body: Record<string, unknown>): Promise<void> => {
    onProject(await patchProject(project.id, body));
  };
  return (
    <>
      <div class="task-head project-head">
        <div class="task-title">
          <NameField
            name={project.name}
            mayEdit={mayChange}
            label={t("create-project.name")}
            onSave={(name) => patch({ name })}
          />
          <Facts project={project} mayChange={mayChange} onPatch={patch} />
        </div>
        <div class="task-actions">
          <CreateTaskLink project={project} />
          <ProjectMenu project={project} onDeleted={() => void go("/projects", { replace: true })} />
        </div>
      </div>
      <Done project={project} />
      <section class="card card-pad" aria-label={t("labels")}>
        <h2>{t("labels")}</h2>
        <p class="quiet">{t(project.labels.length === 0 ? "project.no-labels" : "project.labels.hint")}</p>
        <StoredLabels
          of={{ name: "project", id: project.id }}
          labels={project.labels}
          readOnly={!mayChange}
          onPatch={(labels) => patch({ labels })}
        />
      </section>
      <section class="project-section" aria-label={t("tasks")}>
        <div class="page-head">
          <h2>{t("tasks")}</h2>
        </div>
        <TaskListing
          project={{ id: project.id, subsets: project.task_subsets }}
          none={
            <Empty icon={Image} title={t("project.no-tasks")} action={<CreateTaskLink project={project} />}>
              {t("project.no-tasks.hint")}
            </Empty>
          }
          onChanged={onReload}
        />
      </section>
    </>
  );
}

function CreateTaskLink({ project }: { project: WireProject }): JSX.Element | null {
  const now = session.value;
  if (now.name !== "signed-in" || !now.user.mayCreateTasks) return null;
  return (
    <Link class="button primary" to={`/tasks/create?projectId=${project.id}`}>
      <Icon icon={Plus} />
      {t("tasks.create")}
    </Link>
  );
}

interface FactsProps {
  readonly project: WireProject;
  readonly mayChange: boolean;
  readonly onPatch: (body: Record<string, unknown>) => Promise<void>;
}

function Facts({ project, mayChange, onPatch }: FactsProps): JSX.Element {
  const now = session.value;
  const mayGive = now.name === "signed-in" && mayDeleteProject(now.user, project);
  return (
    <div class="facts">
      <span class="quiet">#{project.id}</span>
      <span class="quiet" {...tip(moment(project.created_date))}>
        {t("task.created", { age: age(project.created_date) })}
      </span>
      <span class="quiet" {...tip(moment(project.updated_date))}>
        {t("task.updated", { age: age(project.updated_date) })}
      </span>
      <span>
        <span class="quiet">{t("task.owner")}</span>
        <OwnerPicker owner={project.owner} disabled={!mayGive} onPick={(owner_id) => onPatch({ owner_id })} />
      </span>
      <span>
        <span class="quiet">{t("task.assignee")}</span>
        <PersonPicker
          person={project.assignee}
          label={t("task.assignee")}
          disabled={!mayChange}
          onPick={(person) => onPatch({ assignee_id: person?.id ?? null })}
        />
      </span>
      <BugTracker
        address={project.bug_tracker}
        mayEdit={mayChange}
        onSave={(bug_tracker) => onPatch({ bug_tracker })}
      />
      <StatisticsLink project={project.id} />
    </div>
  );
}

/** How many jobs of all tasks are done. */
function Done({ project }: { project: WireProject }): JSX.Element | null {
  const progress = useSignal<WorkProgress | undefined>(undefined);
  const tasks = project.tasks.length;
  useEffect(() => {
    if (tasks === 0) return;
    void readProgress({ name: "project", id: project.id }).then((found) => {
      progress.value = found;
    });
  }, [project.id, tasks, progress]);
  if (progress.value === undefined || tasks === 0) return null;
  const { annotation, validation, completed } = progress.value.jobs;
  const all = annotation + validation + completed;
  if (all === 0) return null;
  const text = counted("task.jobs.done", all, { done: completed });
  return (
    <div class="task-progress">
      <Progress value={completed / all} label={text} />
      <span class="quiet">{text}</span>
    </div>
  );
}
