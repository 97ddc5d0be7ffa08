import "./job-list.css";
import { useSignal } from "@preact/signals";
import { Copy } from "lucide";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n";
import { copyText } from "../copy";
import { counted } from "../format";
import { Button } from "../kit/button";
import { isComposing } from "../kit/keys";
import { toast } from "../kit/toast";
import { readProgress, type WorkProgress } from "../projects/objects";
import { RequestDialog } from "../review/request-dialog";
import { JobFilters } from "./job-filters";
import { useJobReviews } from "./job-reviews";
import { addressOf, Row } from "./job-row";
import { ALL_JOBS, arrangeJobs, type JobFilter, type JobOrder, jobsToText } from "./job-rows";
import { type JobRow, jobsOf, type WireTask } from "./wire";

/** From so many jobs on they can be narrowed and put in another order. */
const MANY = 2;
/** More rows than these are shown when asked for, so many at a time. */
const SHOWN = 25;
const MORE = 100;

/** The jobs of a task. */
export function JobList({ task, onChanged }: { task: WireTask; onChanged: () => void }): JSX.Element {
  const filter = useSignal<JobFilter>(ALL_JOBS);
  const order = useSignal<JobOrder>("id");
  const limit = useSignal(SHOWN);
  const handedOver = useSignal<JobRow | undefined>(undefined);
  const all = jobsOf(task);
  const found = arrangeJobs(all, filter.value, order.value);
  const shown = found.slice(0, limit.value);
  const progress = useProgress(task);
  const reviews = useJobReviews(task, shown);
  return (
    <section class="card" aria-label={t("jobs")}>
      <div class="card-head">
        <h2>{counted("task.jobs", all.length)}</h2>
        {all.length >= MANY && <JobFilters jobs={all} filter={filter} order={order} />}
        <Button tone="quiet" icon={Copy} onClick={() => void copyJobs(task, found)}>
          {t("jobs.copy")}
        </Button>
      </div>
      <div class="jobs-place">
        <table class="jobs">
          <thead>
            <tr>
              <th>{t("jobs.job")}</th>
              <th>{t("jobs.frames")}</th>
              <th>{t("jobs.status")}</th>
              <th>{t("jobs.assignee")}</th>
              <th>{t("jobs.reviewer")}</th>
              <th>{t("jobs.review")}</th>
              <td />
            </tr>
          </thead>
          <tbody onKeyDown={moveByKey}>
            {shown.map((job) => (
              <Row
                key={job.id}
                task={task}
                job={job}
                progress={progress?.get(job.id)}
                review={reviews.get(job.id)}
                onChanged={onChanged}
                onRequest={(each) => {
                  handedOver.value = each;
                }}
              />
            ))}
          </tbody>
        </table>
      </div>
      {found.length === 0 && <p class="card-empty quiet">{t("jobs.none")}</p>}
      {found.length > shown.length && (
        <p class="card-empty">
          <Button
            onClick={() => {
              limit.value += MORE;
            }}
          >
            {counted("jobs.more", Math.min(MORE, found.length - shown.length))}
          </Button>
        </p>
      )}
      {handedOver.value !== undefined && (
        <RequestDialog
          jobId={handedOver.value.id}
          reviewer={handedOver.value.reviewer}
          onDone={() => {
            handedOver.value = undefined;
            onChanged();
          }}
          onClose={() => {
            handedOver.value = undefined;
          }}
        />
      )}
    </section>
  );
}

/** How far each job is, by its id; undefined while that is not known, or the server does not count. */
function useProgress(task: WireTask): ReadonlyMap<number, WorkProgress["parts"][number]> | undefined {
  const known = useSignal<ReadonlyMap<number, WorkProgress["parts"][number]> | undefined>(undefined);
  useEffect(() => {
    let isLeft = false;
    void readProgress({ name: "task", id: task.id }).then((progress) => {
      if (!isLeft) known.value = progress && new Map(progress.parts.map((part) => [part.id, part]));
    });
    return () => {
      isLeft = true;
    };
  }, [task, known]);
  return known.value;
}

/** From the link of a job, arrows go to that of the next. */
function moveByKey(event: KeyboardEvent): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0 || isComposing(event) || !(event.target instanceof Element)) return;
  if (!event.target.matches(".job-link")) return;
  const links = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>(".job-link")];
  const next = links[links.indexOf(event.target as HTMLElement) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

async function copyJobs(task: WireTask, jobs: readonly JobRow[]): Promise<void> {
  try {
    await copyText(jobsToText(jobs, (job) => addressOf(task, job)));
    toast(counted("jobs.copied", jobs.length), { tone: "good", key: "copied" });
  } catch {
    toast(t("jobs.copy.failed"), { tone: "danger", key: "copied" });
  }
}
