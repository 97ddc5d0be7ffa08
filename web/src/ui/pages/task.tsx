import "./task.css";
import { Folder, ImagePlus, Play } from "lucide";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { call } from "../../api";
import { t } from "../../i18n";
import { callSignedIn, session } from "../../session";
import { DatasetFacts, DatasetNotice, isPublishDue, PublishButton } from "../datasets/task-part";
import { AnnotationTypeFact } from "../datasets/type-field";
import { age, counted, moment } from "../format";
import { Button } from "../kit/button";
import { Icon } from "../kit/icon";
import { Progress, Waiting } from "../kit/progress";
import { tip } from "../kit/tooltip";
import { lazy } from "../lazy";
import { Link } from "../link";
import { useProject } from "../projects/known";
import type { WireProject } from "../projects/wire";
import { useResource } from "../resource";
import { go, place } from "../routes";
import { StatisticsLink } from "../statistics/link";
import { BugTracker } from "../tasks/bug-tracker";
import { JobList } from "../tasks/job-list";
import { NameField } from "../tasks/name-field";
import { useOperations } from "../tasks/operations";
import { OwnerPicker } from "../tasks/owner-picker";
import { PersonPicker } from "../tasks/person-picker";
import { Preview } from "../tasks/preview";
import { isOfRepository, TaskRepository } from "../tasks/repository";
import { StoredLabels } from "../tasks/stored-labels";
import { SubsetField } from "../tasks/subset-field";
import { mayAddImages, mayChange, mayDelete, openAddImages, TaskMenu } from "../tasks/task-menu";
import { Running, WhyEmpty } from "../tasks/task-row";
import {
  isVideo,
  jobsOf,
  nextJob,
  type Status,
  stateOf,
  type WireOperation,
  type WireTask,
} from "../tasks/wire";
import { WorkLeft } from "../tasks/work-left";
import { Unread } from "./unread";

const Refill = lazy(() => import("../create/refill").then((part) => part.Refill));
/** While the images of a task are read, it is looked for its jobs so often. */
const WATCH_MS = 700;

/** One task: its jobs, its labels, what is known of it. */
export function TaskPage({ taskId }: { taskId: number }): JSX.Element {
  const { state, reload, set } = useResource(String(taskId), (signal) =>
    call<WireTask>("GET", `/tasks/${taskId}`, { signal }),
  );
  const operations = useOperations(() => void reload());
  const mine = operations.filter((each) => each.task_id === taskId);
  const isMade = state.name === "ready" && state.value.segments.length > 0;
  const isRead = mine.some((each) => each.kind === "media");
  useEffect(() => {
    if (isMade || !isRead) return;
    const timer = setInterval(() => void reload(), WATCH_MS);
    return () => clearInterval(timer);
  }, [isMade, isRead, reload]);
  const jobs = state.name === "ready" ? jobsOf(state.value) : [];
  const onlyJob = jobs.length === 1 ? jobs[0]?.id : undefined;
  // The address that `labelwright up` prints: to the job, as soon as there is one.
  const isToWork = place.value.query.has("work");
  useEffect(() => {
    if (isToWork && onlyJob !== undefined) void go(`/tasks/${taskId}/jobs/${onlyJob}`, { replace: true });
  }, [isToWork, onlyJob, taskId]);
  if (state.name === "loading") return <Waiting label={t("loading")} />;
  if (state.name === "failed")
    return (
      <Unread
        title={t("task.unread")}
        error={state.error}
        back={{ to: "/tasks", text: t("not-found.tasks") }}
        onRetry={() => void reload()}
      />
    );
  return <Shown task={state.value} operations={mine} onTask={set} onReload={() => void reload()} />;
}

/** What the person is offered to do with the task, its next job being of that status. */
function wayOn(task: WireTask, status: Status): "task.review" | "task.start" | "task.go-on" {
  if (status === "validation") return "task.review";
  return stateOf(task) === "pending" ? "task.start" : "task.go-on";
}

interface ShownProps {
  readonly task: WireTask;
  readonly operations: readonly WireOperation[];
  readonly onTask: (task: WireTask) => void;
  readonly onReload: () => void;
}

function Shown({ task, operations, onTask, onReload }: ShownProps): JSX.Element {
  const now = session.value;
  const next = nextJob(task, now.name === "signed-in" ? now.user.id : undefined);
  const patch = async (body: Record<string, unknown>): Promise<void> => {
    onTask(await callSignedIn<WireTask>("PATCH", `/tasks/${task.id}`, { body }));
  };
  const isRead = operations.some((each) => each.kind === "media");
  return (
    <>
      <div class="task-head">
        <Preview task={task} />
        <div class="task-title">
          <NameField name={task.name} mayEdit={mayChange(task)} onSave={(name) => patch({ name })} />
          <Facts task={task} onPatch={patch} />
        </div>
        <div class="task-actions">
          {next !== undefined && (
            <Link
              class={`button ${isPublishDue(task) ? "" : "primary"}`}
              to={`/tasks/${task.id}/jobs/${next.id}`}
            >
              <Icon icon={Play} size={14} />
              {t(wayOn(task, next.status))}
            </Link>
          )}
          {mayAddImages(task) && (
            <Button icon={ImagePlus} onClick={() => openAddImages(task)}>
              {t("add-images")}
            </Button>
          )}
          <PublishButton task={task} onPublished={onReload} />
          <TaskMenu task={task} onChanged={onReload} onDeleted={() => void go("/tasks", { replace: true })} />
        </div>
      </div>
      <WorkLeft taskId={task.id} />
      <DatasetNotice task={task} onReloaded={onReload} />
      {operations
        .filter((each) => !isOfRepository(each))
        .map((each) => (
          <div key={each.id} class="card card-pad">
            <Running operation={each} />
          </div>
        ))}
      {task.segments.length === 0 && !isRead && (
        <div class="card card-pad">
          {mayChange(task) && task.dataset_id === null ? (
            <Refill.Page task={task} onMade={onReload} />
          ) : (
            <WhyEmpty task={task} />
          )}
        </div>
      )}
      {task.segments.length > 0 && (
        <>
          <Done task={task} />
          <JobList task={task} onChanged={onReload} />
        </>
      )}
      <section class="card card-pad" aria-label={t("labels")}>
        <h2>{t("labels")}</h2>
        <Labels task={task} onPatch={patch} />
      </section>
      <TaskRepository task={task} operations={operations} />
    </>
  );
}

interface PartProps {
  readonly task: WireTask;
  readonly onPatch: (body: Record<string, unknown>) => Promise<void>;
}

/** The labels: the task's own, or its project's, which are changed there. */
function Labels({ task, onPatch }: PartProps): JSX.Element {
  const project = useProject(task.project_id);
  const isOfProject = task.project_id !== null;
  return (
    <>
      {isOfProject && (
        <p class="quiet">
          {t("task.labels-of-project")}{" "}
          <Link to={`/projects/${task.project_id}`}>{projectName(task, project)}</Link>
        </p>
      )}
      {!isOfProject && task.labels.length === 0 && <p class="quiet">{t("task.no-labels")}</p>}
      <StoredLabels
        of={{ name: "task", id: task.id }}
        labels={task.labels}
        readOnly={isOfProject || !mayChange(task)}
        onPatch={(labels) => onPatch({ labels })}
      />
    </>
  );
}

function projectName(task: WireTask, project: WireProject | undefined): string {
  return project?.name ?? t("project.number", { id: task.project_id ?? 0 });
}

function Facts({ task, onPatch }: PartProps): JSX.Element {
  const project = useProject(task.project_id);
  const may = mayChange(task);
  return (
    <div class="facts">
      <span class="quiet">#{task.id}</span>
      {task.size !== undefined && task.size > 0 && (
        <span>{counted(isVideo(task) ? "task.video-frames" : "task.images", task.size)}</span>
      )}
      {task.frames_deleted > 0 && (
        <span class="quiet" {...tip(t("task.frames-deleted.tip"))}>
          {counted("task.frames-deleted", task.frames_deleted)}
        </span>
      )}
      <span class="quiet" {...tip(moment(task.created_date))}>
        {t("task.created", { age: age(task.created_date) })}
      </span>
      <span class="quiet" {...tip(moment(task.updated_date))}>
        {t("task.updated", { age: age(task.updated_date) })}
      </span>
      <span>
        <span class="quiet">{t("task.owner")}</span>
        <OwnerPicker
          owner={task.owner}
          disabled={!mayDelete(task)}
          onPick={(owner_id) => onPatch({ owner_id })}
        />
      </span>
      <span>
        <span class="quiet">{t("task.assignee")}</span>
        <PersonPicker
          person={task.assignee}
          label={t("task.assignee")}
          disabled={!may}
          onPick={(person) => onPatch({ assignee_id: person?.id ?? null })}
        />
      </span>
      {task.project_id !== null && (
        <Link class="badge" to={`/projects/${task.project_id}`}>
          <Icon icon={Folder} size={12} />
          <bdi>{projectName(task, project)}</bdi>
        </Link>
      )}
      {task.project_id !== null && (
        <SubsetField
          subset={task.subset}
          known={project?.task_subsets ?? []}
          mayEdit={may}
          onSave={(subset) => onPatch({ subset })}
        />
      )}
      <DatasetFacts task={task} />
      <AnnotationTypeFact value={task.annotation_type} mayEdit={may} onPatch={onPatch} />
      <BugTracker
        address={task.bug_tracker}
        mayEdit={may}
        onSave={(bug_tracker) => onPatch({ bug_tracker })}
      />
      <StatisticsLink task={task.id} />
    </div>
  );
}

function Done({ task }: { task: WireTask }): JSX.Element {
  const jobs = jobsOf(task);
  const done = jobs.filter((job) => job.status === "completed").length;
  const text = counted("task.jobs.done", jobs.length, { done });
  return (
    <div class="task-progress">
      <Progress value={done / jobs.length} label={text} />
      <span class="quiet">{text}</span>
    </div>
  );
}
