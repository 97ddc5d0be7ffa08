import "./task.css";
import { useSignal } from "@preact/signals";
import { Bug, CircleAlert, Pencil, Play, RefreshCw } from "lucide";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ApiError, call } from "../../api";
import { t } from "../../i18n";
import { callSignedIn } from "../../session";
import { age, counted, moment } from "../format";
import { Button, IconButton } from "../kit/button";
import { Empty } from "../kit/empty";
import { Icon } from "../kit/icon";
import { isComposing } from "../kit/keys";
import { Progress, Waiting } from "../kit/progress";
import { toast } from "../kit/toast";
import { tip } from "../kit/tooltip";
import { Link } from "../link";
import { problemOf } from "../problem";
import { useResource } from "../resource";
import { go, place } from "../routes";
import { JobList } from "../tasks/job-list";
import { NameField } from "../tasks/name-field";
import { useOperations } from "../tasks/operations";
import { PersonPicker } from "../tasks/person-picker";
import { StoredLabels } from "../tasks/stored-labels";
import { isWebAddress, mayChange, TaskMenu } from "../tasks/task-menu";
import { Preview, Running, WhyEmpty } from "../tasks/task-row";
import { jobsOf, nextJob, stateOf, type WireOperation, type WireTask } from "../tasks/wire";
import { NotFound } from "./not-found";

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
  if (state.name === "failed") return <Unread error={state.error} onRetry={() => void reload()} />;
  return <Shown task={state.value} operations={mine} onTask={set} onReload={() => void reload()} />;
}

function Unread({ error, onRetry }: { error: unknown; onRetry: () => void }): JSX.Element {
  if (error instanceof ApiError && error.status === 404) return <NotFound />;
  return (
    <Empty
      icon={CircleAlert}
      tone="danger"
      title={t("task.unread")}
      action={
        <>
          <Button icon={RefreshCw} onClick={onRetry}>
            {t("retry")}
          </Button>
          <Link class="button" to="/tasks">
            {t("not-found.tasks")}
          </Link>
        </>
      }
    >
      {problemOf(error)}
    </Empty>
  );
}

interface ShownProps {
  readonly task: WireTask;
  readonly operations: readonly WireOperation[];
  readonly onTask: (task: WireTask) => void;
  readonly onReload: () => void;
}

function Shown({ task, operations, onTask, onReload }: ShownProps): JSX.Element {
  const next = nextJob(task);
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
            <Link class="button primary" to={`/tasks/${task.id}/jobs/${next.id}`}>
              <Icon icon={Play} size={14} />
              {t(stateOf(task) === "pending" ? "task.start" : "task.go-on")}
            </Link>
          )}
          <TaskMenu task={task} onChanged={onReload} onDeleted={() => void go("/tasks", { replace: true })} />
        </div>
      </div>
      {operations.map((each) => (
        <div key={each.id} class="card card-pad">
          <Running operation={each} />
        </div>
      ))}
      {task.segments.length === 0 && !isRead && (
        <div class="card card-pad">
          <WhyEmpty task={task} />
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
        {task.labels.length === 0 && <p class="quiet">{t("task.no-labels")}</p>}
        <StoredLabels task={task} onTask={onTask} />
      </section>
    </>
  );
}

function Facts({
  task,
  onPatch,
}: {
  task: WireTask;
  onPatch: (body: Record<string, unknown>) => Promise<void>;
}): JSX.Element {
  const created = age(task.created_date);
  return (
    <div class="facts">
      <span class="quiet">#{task.id}</span>
      {task.size !== undefined && <span>{counted("task.images", task.size)}</span>}
      <span {...tip(moment(task.created_date))}>
        {task.owner === null
          ? t("task.created", { age: created })
          : t("task.created-by", { name: task.owner.username, age: created })}
      </span>
      <span>
        {t("task.assignee")}
        <PersonPicker
          person={task.assignee}
          label={t("task.assignee")}
          disabled={!mayChange(task)}
          onPick={(person) => onPatch({ assignee_id: person?.id ?? null })}
        />
      </span>
      <BugTracker task={task} onSave={(bug_tracker) => onPatch({ bug_tracker })} />
    </div>
  );
}

function BugTracker({
  task,
  onSave,
}: {
  task: WireTask;
  onSave: (address: string) => Promise<void>;
}): JSX.Element | null {
  const edited = useSignal<string | undefined>(undefined);
  const problem = useSignal(false);
  const may = mayChange(task);
  const address = task.bug_tracker;
  const end = async (save: boolean): Promise<void> => {
    const text = edited.peek()?.trim() ?? address;
    if (save && text !== "" && !isWebAddress(text)) {
      problem.value = true;
      return;
    }
    edited.value = undefined;
    problem.value = false;
    if (save && text !== address)
      await onSave(text).catch((error: unknown) => void toast(problemOf(error), { tone: "danger" }));
  };
  if (edited.value !== undefined)
    return (
      <input
        type="url"
        autofocus
        ref={(element) => {
          if (element !== null && document.activeElement !== element) element.focus();
        }}
        aria-label={t("advanced.bug-tracker")}
        aria-invalid={problem.value}
        placeholder="https://"
        value={edited.value}
        onInput={(event) => {
          edited.value = event.currentTarget.value;
        }}
        onBlur={() => void end(true)}
        onKeyDown={(event) => {
          if (isComposing(event)) return;
          if (event.key === "Enter") void end(true);
          else if (event.key === "Escape") void end(false);
        }}
      />
    );
  if (address === "" && !may) return null;
  return (
    <span>
      {isWebAddress(address) ? (
        <a href={address} target="_blank" rel="noopener noreferrer" class="bug-link">
          <Icon icon={Bug} size={14} />
          {t("task.bug-tracker")}
        </a>
      ) : (
        <span class="quiet">{t("task.bug-tracker.none")}</span>
      )}
      {may && (
        <IconButton
          icon={Pencil}
          label={t("task.bug-tracker.edit")}
          onClick={() => {
            edited.value = address;
          }}
        />
      )}
    </span>
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
