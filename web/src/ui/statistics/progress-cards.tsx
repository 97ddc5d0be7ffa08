/** How far a project, task or job is: states, frames, labels, parts. */

import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { counted, number, percent } from "../format";
import { Button } from "../kit/button";
import { Link } from "../link";
import { sharesOf } from "./figures";
import { Told } from "./told";
import type { Extent, JobCounts, LabelCount, Progress, ProgressPart, Scope } from "./wire";

/** Rows shown before one asks for more. */
const FIRST_ROWS = 20;

export function ProgressCards({ progress, scope }: { progress: Progress; scope: Scope }): JSX.Element {
  const all = progress.jobs.annotation + progress.jobs.validation + progress.jobs.completed;
  return (
    <>
      <div class="extent-pair">
        <section class="card card-pad" aria-labelledby="extent-jobs">
          <h2 id="extent-jobs">{t("statistics.jobs")}</h2>
          <p class="quiet">{counted("task.jobs.done", all, { done: number(progress.jobs.completed) })}</p>
          <JobBar jobs={progress.jobs} />
          <JobLegend jobs={progress.jobs} />
        </section>
        <section class="card card-pad" aria-labelledby="extent-frames">
          <h2 id="extent-frames">{t("statistics.frames")}</h2>
          <Frames extent={progress} />
          <div class="share-bar" aria-hidden="true">
            <i class="frames" style={{ width: `${100 * framesShare(progress)}%` }} />
          </div>
          <p class="quiet">{counted("statistics.objects.count", progress.objects)}</p>
        </section>
      </div>
      {progress.labels.length > 0 && <Labels labels={progress.labels} />}
      {progress.parts.length > 1 && <Parts parts={progress.parts} scope={scope} />}
    </>
  );
}

const framesShare = ({ frames, frames_with_objects }: Extent): number =>
  frames > 0 ? frames_with_objects / frames : 0;

function Frames({ extent }: { extent: Extent }): JSX.Element {
  const params = { done: number(extent.frames_with_objects), share: percent(framesShare(extent)) };
  return <p class="quiet">{counted("statistics.frames.done", extent.frames, params)}</p>;
}

/** The jobs as one bar, parted by their status. */
function JobBar({ jobs }: { jobs: JobCounts }): JSX.Element {
  const shares = sharesOf(jobs);
  const text = shares.map(({ status, count }) => `${t(`job.status.${status}`)}: ${number(count)}`).join(", ");
  return (
    <div class="share-bar" role="img" aria-label={text || t("statistics.jobs.none")}>
      {shares.map(({ status, share }) => (
        <i key={status} class={status} style={{ width: `${100 * share}%` }} />
      ))}
    </div>
  );
}

function JobLegend({ jobs }: { jobs: JobCounts }): JSX.Element {
  return (
    <ul class="legend" aria-hidden="true">
      {(["completed", "validation", "annotation"] as const).map((status) => (
        <li key={status}>
          <i class={status} />
          {t(`job.status.${status}`)} <b>{number(jobs[status])}</b>
        </li>
      ))}
    </ul>
  );
}

function Labels({ labels }: { labels: readonly LabelCount[] }): JSX.Element {
  const isAll = useSignal(false);
  const sorted = [...labels].sort((a, b) => b.objects - a.objects);
  const most = Math.max(1, sorted[0]?.objects ?? 0);
  const shown = isAll.value ? sorted : sorted.slice(0, FIRST_ROWS);
  return (
    <section class="card card-pad" aria-labelledby="extent-labels">
      <h2 id="extent-labels">{t("statistics.labels")}</h2>
      <ul class="label-bars">
        {shown.map((label) => (
          <li key={label.id}>
            <bdi>{label.name}</bdi>
            <div class="share-bar" aria-hidden="true">
              <i style={{ width: `${(100 * label.objects) / most}%`, background: label.color }} />
            </div>
            <span>{number(label.objects)}</span>
          </li>
        ))}
      </ul>
      <More shown={shown.length} all={sorted.length} isAll={isAll} />
    </section>
  );
}

function Parts({ parts, scope }: { parts: readonly ProgressPart[]; scope: Scope }): JSX.Element {
  const isAll = useSignal(false);
  const shown = isAll.value ? parts : parts.slice(0, FIRST_ROWS);
  const isTasks = scope.task === undefined;
  return (
    <section class="card extent-parts" aria-labelledby="extent-parts">
      <div class="card-head">
        <h2 id="extent-parts">{t(isTasks ? "tasks" : "jobs")}</h2>
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">{t(isTasks ? "statistics.task" : "jobs.job")}</th>
            <th scope="col">{t(isTasks ? "statistics.jobs" : "jobs.status")}</th>
            <th scope="col">{t("statistics.frames")}</th>
            <th scope="col">{t("statistics.objects")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((part) => (
            <tr key={part.id}>
              <th scope="row">
                <Link to={`/statistics?${isTasks ? "task" : `task=${scope.task}&job`}=${part.id}`}>
                  <PartName part={part} isTask={isTasks} />
                </Link>
              </th>
              <td>
                <Told label={t(isTasks ? "statistics.jobs" : "jobs.status")}>
                  {isTasks ? <JobBar jobs={part.jobs} /> : <JobStatus jobs={part.jobs} />}
                </Told>
              </td>
              <td>
                <Told label={t("statistics.frames")}>
                  {t("statistics.of", { done: number(part.frames_with_objects), all: number(part.frames) })}
                </Told>
              </td>
              <td>
                <Told label={t("statistics.objects")}>{number(part.objects)}</Told>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <More shown={shown.length} all={parts.length} isAll={isAll} />
    </section>
  );
}

function PartName({ part, isTask }: { part: ProgressPart; isTask: boolean }): JSX.Element {
  if (isTask) return <bdi>{part.name ?? `#${part.id}`}</bdi>;
  const { start_frame: first, stop_frame: last } = part;
  return (
    <>
      {t("job.number", { id: part.id })}
      {first !== undefined && last !== undefined && <span class="quiet"> {`${first}–${last}`}</span>}
    </>
  );
}

function JobStatus({ jobs }: { jobs: JobCounts }): JSX.Element {
  const [only] = sharesOf(jobs);
  if (only === undefined) return <span>–</span>;
  return (
    <span class="legend">
      <i class={only.status} />
      {t(`job.status.${only.status}`)}
    </span>
  );
}

function More(props: { shown: number; all: number; isAll: Signal<boolean> }): JSX.Element | null {
  if (props.shown >= props.all) return null;
  return (
    <div class="extent-more">
      <Button
        tone="quiet"
        onClick={() => {
          props.isAll.value = true;
        }}
      >
        {counted("jobs.more", props.all - props.shown)}
      </Button>
    </div>
  );
}
