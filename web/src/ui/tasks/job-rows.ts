/** The job list of a task: narrowed, put in order, and copied. */

import type { JobRow, Status, WirePerson } from "./wire";

/** A user name; "-" is nobody, "" everybody. */
type PersonFilter = string;

export interface JobFilter {
  readonly status: Status | "";
  readonly assignee: PersonFilter;
  readonly reviewer: PersonFilter;
  /** A number: of a job, or of a frame it covers. Else part of the name of its assignee or reviewer. */
  readonly text: string;
}

export const ALL_JOBS: JobFilter = { status: "", assignee: "", reviewer: "", text: "" };

export const JOB_ORDERS = ["id", "status", "assignee", "reviewer"] as const;
export type JobOrder = (typeof JOB_ORDERS)[number];

export const STATUSES: readonly Status[] = ["annotation", "validation", "completed"];

export function arrangeJobs(jobs: readonly JobRow[], filter: JobFilter, order: JobOrder): readonly JobRow[] {
  const { status, assignee, reviewer, text } = filter;
  const kept = jobs.filter(
    (job) =>
      (status === "" || job.status === status) &&
      isPerson(job.assignee, assignee) &&
      isPerson(job.reviewer, reviewer) &&
      isMeant(job, text.trim()),
  );
  const keys: Record<JobOrder, (a: JobRow, b: JobRow) => number> = {
    id: () => 0,
    status: (a, b) => STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status),
    assignee: (a, b) => byName(a.assignee, b.assignee),
    reviewer: (a, b) => byName(a.reviewer, b.reviewer),
  };
  return kept.sort((a, b) => keys[order](a, b) || a.id - b.id);
}

function isPerson(person: WirePerson | null, wanted: PersonFilter): boolean {
  return wanted === "" || (person?.username ?? "-") === wanted;
}

function isMeant({ id, first, last, assignee, reviewer }: JobRow, text: string): boolean {
  if (text === "") return true;
  const number = /^#?(\d+)$/.exec(text)?.[1];
  if (number !== undefined) {
    const value = Number(number);
    return id === value || (!text.startsWith("#") && first <= value && value <= last);
  }
  const wanted = text.toLowerCase();
  return [assignee, reviewer].some((person) => person?.username.toLowerCase().includes(wanted));
}

/** Nobody comes last. */
function byName(a: WirePerson | null, b: WirePerson | null): number {
  return (a?.username ?? "\uffff").localeCompare(b?.username ?? "\uffff");
}

/** Everybody who is `role` of a job, by name. */
export function peopleOf(jobs: readonly JobRow[], role: "assignee" | "reviewer"): readonly string[] {
  return [...new Set(jobs.flatMap((job) => job[role]?.username ?? []))].sort();
}

/** The list as text for a message or a table: one job a line, parted by tabs. */
export function jobsToText(jobs: readonly JobRow[], addressOf: (job: JobRow) => string): string {
  return jobs
    .map((job) =>
      [
        addressOf(job),
        `${job.first}-${job.last}`,
        job.status,
        job.assignee?.username ?? "",
        job.reviewer?.username ?? "",
      ].join("\t"),
    )
    .join("\n");
}
