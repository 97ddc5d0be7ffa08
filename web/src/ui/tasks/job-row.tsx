import { EllipsisVertical, FlagTriangleRight, Link as LinkIcon, RotateCcw, Send } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { session } from "../../session";
import { copyText } from "../copy";
import { counted, number } from "../format";
import { Icon } from "../kit/icon";
import { MenuButton, type MenuItem } from "../kit/menu";
import { toast } from "../kit/toast";
import { tip } from "../kit/tooltip";
import { Link } from "../link";
import { problemOf } from "../problem";
import { mayChangeJob } from "../review/rights";
import { StarsShown } from "../review/stars";
import { patchJob } from "../review/wire";
import { hrefOf } from "../routes";
import { peopleOfJob } from "./job-people";
import type { JobReview } from "./job-reviews";
import { STATUSES } from "./job-rows";
import { PersonPicker } from "./person-picker";
import { isVideo, type JobRow, type Status, type WireTask, waitsFor } from "./wire";

/** How far a job is, as the server counts. */
export interface JobProgress {
  readonly frames_with_objects: number;
  readonly frames_deleted: number;
  readonly objects: number;
}

export interface JobRowProps {
  readonly task: WireTask;
  readonly job: JobRow;
  readonly progress: JobProgress | undefined;
  readonly review: JobReview | undefined;
  readonly onChanged: () => void;
  /** The job is to be handed over, to whoever is chosen. */
  readonly onRequest: (job: JobRow) => void;
}

const DOTS: Record<Status, string> = {
  annotation: "pending",
  validation: "progress",
  completed: "completed",
};

export const pathOf = (task: WireTask, job: JobRow): string => `/tasks/${task.id}/jobs/${job.id}`;
export const addressOf = (task: WireTask, job: JobRow): string =>
  `${location.origin}${hrefOf(pathOf(task, job))}`;

/** One job: where it is, whose it is, how far it is, and what its reviewer said. */
export function Row({ task, job, progress, review, onChanged, onRequest }: JobRowProps): JSX.Element {
  const now = session.value;
  const isMine = now.name === "signed-in" && waitsFor(job, now.user.id);
  const mayChange = now.name === "signed-in" && mayChangeJob(now.user, peopleOfJob(task, job), job.status);
  const change = async (changes: Parameters<typeof patchJob>[1]): Promise<void> => {
    await patchJob(job.id, changes);
    onChanged();
  };
  return (
    <tr class={isMine ? "mine" : ""}>
      <td>
        <Link class="job-link" to={pathOf(task, job)}>
          {t("job.number", { id: job.id })}
        </Link>
      </td>
      <td>
        <Frames task={task} job={job} progress={progress} />
      </td>
      <td>
        <StatusChoice job={job} mayChange={mayChange} onPick={(status) => change({ status })} />
      </td>
      <td data-head={t("jobs.assignee")}>
        <PersonPicker
          person={job.assignee}
          label={t("jobs.assignee.of", { id: job.id })}
          disabled={!mayChange}
          onPick={(person) => change({ assignee_id: person?.id ?? null })}
        />
      </td>
      <td data-head={t("jobs.reviewer")}>
        <PersonPicker
          person={job.reviewer}
          label={t("jobs.reviewer.of", { id: job.id })}
          disabled={!mayChange}
          onPick={(person) => change({ reviewer_id: person?.id ?? null })}
        />
      </td>
      <td>{review !== undefined && <Said review={review} />}</td>
      <td class="job-menu">
        <MenuButton
          class="icon-button"
          aria-label={t("jobs.menu", { id: job.id })}
          items={() =>
            itemsOf(task, job, mayChange, (status) => void tellFailure(change({ status })), onRequest)
          }
        >
          <Icon icon={EllipsisVertical} />
        </MenuButton>
      </td>
    </tr>
  );
}

interface FramesProps {
  readonly task: WireTask;
  readonly job: JobRow;
  readonly progress: JobProgress | undefined;
}

function Frames({ task, job, progress }: FramesProps): JSX.Element {
  const count = job.last - job.first + 1;
  return (
    <>
      {job.first}–{job.last}
      <span class="quiet"> · {counted(isVideo(task) ? "task.frames" : "task.images", count)}</span>
      {progress !== undefined && (
        <span class="job-filled quiet" {...tip(counted("jobs.objects", progress.objects))}>
          {t("jobs.filled", {
            count: number(progress.frames_with_objects),
            all: number(count - progress.frames_deleted),
          })}
          {progress.frames_deleted > 0 && ` · ${counted("task.frames-deleted", progress.frames_deleted)}`}
        </span>
      )}
    </>
  );
}

interface StatusChoiceProps {
  readonly job: JobRow;
  readonly mayChange: boolean;
  readonly onPick: (status: Status) => Promise<void>;
}

function StatusChoice({ job, mayChange, onPick }: StatusChoiceProps): JSX.Element {
  return (
    <span class="job-status">
      <i class={`dot ${DOTS[job.status]}`} aria-hidden="true" />
      {mayChange ? (
        <select
          aria-label={t("jobs.status.of", { id: job.id })}
          value={job.status}
          onChange={(event) => {
            const select = event.currentTarget;
            void tellFailure(onPick(select.value as Status)).then((done) => {
              if (!done) select.value = job.status;
            });
          }}
        >
          {STATUSES.map((each) => (
            <option key={each} value={each}>
              {t(`job.status.${each}`)}
            </option>
          ))}
        </select>
      ) : (
        t(`job.status.${job.status}`)
      )}
    </span>
  );
}

/** The last verdict, and how many issues are still open. */
function Said({ review }: { review: JobReview }): JSX.Element | null {
  const { last, issues, openIssues } = review;
  if (last === undefined && issues === 0) return null;
  return (
    <span class="job-said">
      {last !== undefined && (
        <span
          class={`verdict ${last.verdict}`}
          {...tip(
            t("jobs.review.tip", {
              name: last.reviewer ?? t("issue.somebody"),
              stars: number(last.quality, 1),
            }),
          )}
        >
          {t(`jobs.verdict.${last.verdict}`)}
          <StarsShown value={Math.min(5, Math.max(0, last.quality))} />
        </span>
      )}
      {issues > 0 && (
        <span class={openIssues > 0 ? "job-issues open" : "job-issues"}>
          {t("jobs.issues", { open: openIssues, count: issues })}
        </span>
      )}
    </span>
  );
}

function itemsOf(
  task: WireTask,
  job: JobRow,
  mayChange: boolean,
  move: (status: Status) => void,
  onRequest: (job: JobRow) => void,
): readonly MenuItem[] {
  const unless = (reason: string | undefined) => (reason === undefined ? {} : { disabled: reason });
  const mayNot = mayChange ? undefined : t("jobs.may-not");
  const isCompleted = job.status === "completed";
  return [
    {
      text: t("review.request"),
      icon: Send,
      run: () => onRequest(job),
      ...unless(mayNot ?? (isCompleted ? t("review.renew-first") : undefined)),
    },
    {
      text: t("review.finish"),
      icon: FlagTriangleRight,
      run: () => move("completed"),
      ...unless(mayNot ?? (isCompleted ? t("review.finished-already") : undefined)),
    },
    {
      text: t("review.renew"),
      icon: RotateCcw,
      run: () => move("annotation"),
      ...unless(mayNot ?? (job.status === "annotation" ? t("review.open-already") : undefined)),
    },
    { kind: "line" },
    { text: t("jobs.copy-link"), icon: LinkIcon, run: () => void copyLink(addressOf(task, job)) },
  ];
}

async function copyLink(address: string): Promise<void> {
  try {
    await copyText(address);
    toast(t("jobs.link-copied"), { tone: "good", key: "copied" });
  } catch {
    toast(t("jobs.copy.failed"), { tone: "danger", key: "copied" });
  }
}

/** Whether `work` was done; if not, why not is told. */
async function tellFailure(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    toast(problemOf(error), { tone: "danger", key: "job" });
    return false;
  }
}
