import { useSignal } from "@preact/signals";
import { Folder, Layers, Play } from "lucide";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n";
import { session } from "../../session";
import { counted, percent } from "../format";
import { Button } from "../kit/button";
import { Icon } from "../kit/icon";
import { Progress } from "../kit/progress";
import { toast } from "../kit/toast";
import { tip } from "../kit/tooltip";
import { Link } from "../link";
import { problemOf } from "../problem";
import { useProject } from "../projects/known";
import { Preview } from "./preview";
import { deleting, TaskMenu } from "./task-menu";
import { Times } from "./times";
import {
  cancelOperation,
  isVideo,
  jobsOf,
  nextJob,
  readMediaStatus,
  stateOf,
  type WireOperation,
  type WireTask,
} from "./wire";

export interface TaskRowProps {
  readonly task: WireTask;
  readonly operations: readonly WireOperation[];
  /** Whether the list is that of the task's project, which then need not be named. */
  readonly inProject?: boolean;
  readonly onChanged: () => void;
}

/** One task of the list. */
export function TaskRow({ task, operations, inProject = false, onChanged }: TaskRowProps): JSX.Element {
  const now = session.value;
  const jobs = jobsOf(task);
  const done = jobs.filter((job) => job.status === "completed").length;
  const isGoing = deleting.value.has(task.id);
  const next = nextJob(task, now.name === "signed-in" ? now.user.id : undefined);
  const isReview = next?.status === "validation";
  const state = stateOf(task);
  return (
    <li class={`task-row ${isGoing ? "going" : ""}`} aria-busy={isGoing} inert={isGoing}>
      <Preview task={task} />
      <div class="task-what">
        <h2>
          <Link to={`/tasks/${task.id}`}>
            <bdi>{task.name}</bdi>
          </Link>
          <span class="task-id">#{task.id}</span>
        </h2>
        <Times of={task} />
        <Belonging task={task} inProject={inProject} />
        {operations.map((each) => (
          <Running key={each.id} operation={each} />
        ))}
        {jobs.length === 0 && !operations.some((each) => each.kind === "media") && <WhyEmpty task={task} />}
      </div>
      <div class="task-done">
        {jobs.length > 0 && (
          <>
            <p>
              <i class={`dot ${state}`} aria-hidden="true" />
              {t(`task.state.${state}`)}
            </p>
            <Progress value={done / jobs.length} label={counted("task.jobs.done", jobs.length, { done })} />
            <p class="quiet">
              {counted("task.jobs.done", jobs.length, { done })} ·{" "}
              {counted(isVideo(task) ? "task.frames" : "task.images", task.size ?? 0)}
            </p>
          </>
        )}
      </div>
      <div class="task-actions">
        {next !== undefined && (
          <Link
            class="button"
            to={`/tasks/${task.id}/jobs/${next.id}`}
            aria-label={t(isReview ? "task.review-it" : "task.label-it", { name: task.name })}
          >
            <Icon icon={Play} size={14} />
            {t(isReview ? "task.review" : "task.label")}
          </Link>
        )}
        <TaskMenu task={task} onChanged={onChanged} onDeleted={onChanged} />
      </div>
    </li>
  );
}

/** The project and the subset of a task, if it has any. */
function Belonging({ task, inProject }: { task: WireTask; inProject: boolean }): JSX.Element | null {
  const project = useProject(inProject ? null : task.project_id);
  const isNamed = !inProject && task.project_id !== null;
  if (!isNamed && task.subset === "") return null;
  return (
    <p class="belonging">
      {isNamed && (
        <Link class="badge" to={`/projects/${task.project_id}`}>
          <Icon icon={Folder} size={12} />
          <bdi>{project?.name ?? t("project.number", { id: task.project_id ?? 0 })}</bdi>
        </Link>
      )}
      {task.subset !== "" && (
        <span class="badge" {...tip(t("task.subset"))}>
          <Icon icon={Layers} size={12} />
          <bdi>{task.subset}</bdi>
        </span>
      )}
    </p>
  );
}

/** Work on the task that goes on now: how far, and how to stop it. */
export function Running({ operation }: { operation: WireOperation }): JSX.Element {
  const busy = useSignal(false);
  const name = t(`operation.${operation.kind}`);
  return (
    <div class="running">
      <span>
        {name}
        {operation.progress > 0 ? ` ${percent(operation.progress)}` : ""}
      </span>
      <Progress value={operation.progress > 0 ? operation.progress : undefined} label={name} />
      <Button
        tone="quiet"
        busy={busy.value}
        onClick={async () => {
          busy.value = true;
          try {
            await cancelOperation(operation.id);
          } catch (error) {
            toast(problemOf(error), { tone: "danger" });
          }
          busy.value = false;
        }}
      >
        {t("cancel")}
      </Button>
    </div>
  );
}

/** Why a task has no frames: nothing was sent yet, or it could not be read. */
export function WhyEmpty({ task }: { task: WireTask }): JSX.Element {
  const problem = useSignal("");
  const now = session.value;
  const owners = [task.owner?.id, useProject(task.project_id)?.owner?.id];
  // As long as it has no jobs, others are listed a task but may not look at it (API contract, 7).
  const maySee = now.name === "signed-in" && (now.user.seesAll || owners.includes(now.user.id));
  useEffect(() => {
    if (!maySee) return;
    readMediaStatus(task.id).then(
      ({ state, message }) => {
        problem.value = state === "Failed" ? message : "";
      },
      () => undefined,
    );
  }, [task.id, maySee, problem]);
  return problem.value === "" ? (
    <p class="quiet">{t("task.empty")}</p>
  ) : (
    <p class="form-problem">{t("task.failed", { reason: problem.value })}</p>
  );
}
