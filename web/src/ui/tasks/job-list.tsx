import { type Signal, useSignal } from "@preact/signals";
import { Copy } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { callSignedIn, session } from "../../session";
import { copyText } from "../copy";
import { counted } from "../format";
import { Button } from "../kit/button";
import { toast } from "../kit/toast";
import { Link } from "../link";
import { hrefOf } from "../routes";
import { arrangeJobs, assigneesOf, type JobOrder, jobsToText } from "./job-rows";
import { PersonPicker } from "./person-picker";
import { mayChange } from "./task-menu";
import { type JobRow, jobsOf, type Status, type WireTask } from "./wire";

/** From so many jobs on they can be narrowed and put in another order. */
const MANY = 2;
/** More rows than this are shown when asked for. */
const SHOWN = 25;

/** The jobs of a task. */
export function JobList({ task, onChanged }: { task: WireTask; onChanged: () => void }): JSX.Element {
  const status = useSignal<Status | "">("");
  const assignee = useSignal("");
  const order = useSignal<JobOrder>("id");
  const limit = useSignal(SHOWN);
  const all = jobsOf(task);
  const shown = arrangeJobs(all, { status: status.value, assignee: assignee.value }, order.value);
  return (
    <section class="card" aria-label={t("jobs")}>
      <div class="card-head">
        <h2>{counted("task.jobs", all.length)}</h2>
        {all.length >= MANY && <Filters jobs={all} status={status} assignee={assignee} order={order} />}
        <Button tone="quiet" icon={Copy} onClick={() => void copyJobs(task, shown)}>
          {t("jobs.copy")}
        </Button>
      </div>
      <table class="jobs">
        <thead>
          <tr>
            <th>{t("jobs.job")}</th>
            <th>{t("jobs.frames")}</th>
            <th>{t("jobs.status")}</th>
            <th>{t("jobs.assignee")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.slice(0, limit.value).map((job) => (
            <Row key={job.id} task={task} job={job} onChanged={onChanged} />
          ))}
        </tbody>
      </table>
      {shown.length === 0 && <p class="card-empty quiet">{t("jobs.none")}</p>}
      {shown.length > limit.value && (
        <p class="card-empty">
          <Button
            onClick={() => {
              limit.value += SHOWN;
            }}
          >
            {counted("jobs.more", shown.length - limit.value)}
          </Button>
        </p>
      )}
    </section>
  );
}

interface FiltersProps {
  readonly jobs: readonly JobRow[];
  readonly status: Signal<Status | "">;
  readonly assignee: Signal<string>;
  readonly order: Signal<JobOrder>;
}

function Filters({ jobs, status, assignee, order }: FiltersProps): JSX.Element {
  return (
    <>
      <select
        aria-label={t("jobs.filter.status")}
        value={status.value}
        onChange={(event) => {
          status.value = event.currentTarget.value as Status | "";
        }}
      >
        <option value="">{t("jobs.filter.status.all")}</option>
        {(["annotation", "validation", "completed"] as const).map((each) => (
          <option key={each} value={each}>
            {t(`job.status.${each}`)}
          </option>
        ))}
      </select>
      <select
        aria-label={t("jobs.filter.assignee")}
        value={assignee.value}
        onChange={(event) => {
          assignee.value = event.currentTarget.value;
        }}
      >
        <option value="">{t("jobs.filter.assignee.all")}</option>
        <option value="-">{t("person.nobody")}</option>
        {assigneesOf(jobs).map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label={t("jobs.order")}
        value={order.value}
        onChange={(event) => {
          order.value = event.currentTarget.value as JobOrder;
        }}
      >
        {(["id", "status", "assignee"] as const).map((each) => (
          <option key={each} value={each}>
            {t(`jobs.order.${each}`)}
          </option>
        ))}
      </select>
    </>
  );
}

const pathOf = (task: WireTask, job: JobRow): string => `/tasks/${task.id}/jobs/${job.id}`;

function Row(props: { task: WireTask; job: JobRow; onChanged: () => void }): JSX.Element {
  const { task, job, onChanged } = props;
  const now = session.value;
  const isMine = now.name === "signed-in" && job.assignee?.id === now.user.id;
  return (
    <tr class={isMine ? "mine" : ""}>
      <td>
        <Link to={pathOf(task, job)}>{t("job.number", { id: job.id })}</Link>
      </td>
      <td>
        {job.first}–{job.last}
        <span class="quiet"> · {counted("task.images", job.last - job.first + 1)}</span>
      </td>
      <td>
        <span class="job-status">
          <i class={`dot ${DOTS[job.status]}`} aria-hidden="true" />
          {t(`job.status.${job.status}`)}
        </span>
      </td>
      <td>
        <PersonPicker
          person={job.assignee}
          label={t("jobs.assignee.of", { id: job.id })}
          disabled={!mayChange(task)}
          onPick={async (person) => {
            await callSignedIn("PATCH", `/jobs/${job.id}`, { body: { assignee_id: person?.id ?? null } });
            onChanged();
          }}
        />
      </td>
    </tr>
  );
}

const DOTS: Record<Status, string> = {
  annotation: "pending",
  validation: "progress",
  completed: "completed",
};

async function copyJobs(task: WireTask, jobs: readonly JobRow[]): Promise<void> {
  const text = jobsToText(jobs, (job) => `${location.origin}${hrefOf(pathOf(task, job))}`);
  try {
    await copyText(text);
    toast(counted("jobs.copied", jobs.length), { tone: "good", key: "copied" });
  } catch {
    toast(t("jobs.copy.failed"), { tone: "danger", key: "copied" });
  }
}
