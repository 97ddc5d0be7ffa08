import { CircleCheck, Play, TriangleAlert } from "lucide";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n";
import { counted } from "../format";
import { Button } from "../kit/button";
import { Empty } from "../kit/empty";
import { Icon } from "../kit/icon";
import { Link } from "../link";
import { isVideo } from "../tasks/wire";
import type { Made } from "./creation";

export interface DoneProps {
  readonly made: Made;
  /** Makes another one; undefined where that makes no sense. */
  readonly onAgain?: () => void;
  /** What that says, where it is not only another one. */
  readonly again?: string | undefined;
}

/** A task is made: where to go on. */
export function Done({ made, onAgain, again }: DoneProps): JSX.Element {
  const { task, job, remark, repositoryProblem } = made;
  // The next thing is one key away.
  useEffect(() => document.querySelector<HTMLElement>(".empty-action .primary")?.focus(), []);
  const to = job === undefined ? `/tasks/${task.id}` : `/tasks/${task.id}/jobs/${job.id}`;
  return (
    <Empty
      icon={CircleCheck}
      title={t("create.done", { name: task.name })}
      action={
        <>
          <Link class="button primary" to={to}>
            <Icon icon={Play} size={14} />
            {t(job === undefined ? "create.open-task" : "task.start")}
          </Link>
          {job !== undefined && (
            <Link class="button" to={`/tasks/${task.id}`}>
              {t("create.open-task")}
            </Link>
          )}
          {onAgain !== undefined && <Button onClick={onAgain}>{again ?? t("create.again")}</Button>}
        </>
      }
    >
      {counted(isVideo(task) ? "task.video-frames" : "task.images", task.size ?? 0)} ·{" "}
      {counted("task.jobs", task.segments.length)}
      {remark !== "" && (
        <p class="warning create-remark" role="status">
          <Icon icon={TriangleAlert} />
          <span>{remark}</span>
        </p>
      )}
      {repositoryProblem !== undefined && (
        <p class="form-problem" role="alert">
          {t("repository.not-connected", { reason: repositoryProblem })}
        </p>
      )}
    </Empty>
  );
}
