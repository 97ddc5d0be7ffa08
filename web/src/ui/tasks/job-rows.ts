/** The job list of a task: narrowed, put in order, and copied. */

import type { JobRow, Status } from "./wire";

export interface JobFilter {
  readonly status: Status | "";
  /** A user name; "-" is nobody, "" everybody. */
  readonly assignee: string;
}

export type JobOrder = "id" | "status" | "assignee";

const STATUSES: readonly Status[] = ["annotation", "validation", "completed"];

export function arrangeJobs(
  jobs: readonly JobRow[],
  { status, assignee }: JobFilter,
  order: JobOrder,
): readonly JobRow[] {
  const kept = jobs.filter(
    (job) =>
      (status === "" || job.status === status) &&
      (assignee === "" || (job.assignee?.username ?? "-") === assignee),
  );
  const keys: Record<JobOrder, (a: JobRow, b: JobRow) => number> = {
    id: () => 0,
    status: (a, b) => STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status),
    assignee: (a, b) => (a.assignee?.username ?? "\uffff").localeCompare(b.assignee?.username ?? "\uffff"),
  };
  return kept.sort((a, b) => keys[order](a, b) || a.id - b.id);
}

/** Everybody who has a job, by name. */
export function assigneesOf(jobs: readonly JobRow[]): readonly string[] {
  return [...new Set(jobs.flatMap((job) => (job.assignee === null ? [] : [job.assignee.username])))].sort();
}

/** The list as text for a message or a table: one job a line, parted by tabs. */
export function jobsToText(jobs: readonly JobRow[], addressOf: (job: JobRow) => string): string {
  return jobs
    .map((job) =>
      [addressOf(job), `${job.first}-${job.last}`, job.status, job.assignee?.username ?? ""].join("\t"),
    )
    .join("\n");
}
