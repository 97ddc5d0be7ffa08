/** What plots and tiles show of the rows the server tells: pure sums and shares. */

import { dayText, type Span } from "./days";
import type { JobCounts, Scope, WorkRow } from "./wire";

/** A plot's worth: one entry for each day of the span, in their order. */
export interface DaySeries {
  readonly days: readonly number[];
  readonly minutes: readonly number[];
  readonly created: readonly number[];
  readonly updated: readonly number[];
  readonly deleted: readonly number[];
  /** null where nobody worked. */
  readonly perHour: readonly (number | null)[];
  readonly secondsEach: readonly (number | null)[];
}

/** The rows by day, with the days between them on which nothing was done. */
export function byDay(rows: readonly WorkRow[], span: Span): DaySeries {
  const known = new Map(rows.map((row) => [row.day, row]));
  const days = Array.from({ length: span.last - span.first + 1 }, (_, index) => span.first + index);
  const of = <Value>(pick: (row: WorkRow) => Value, none: Value): Value[] =>
    days.map((day) => {
      const row = known.get(dayText(day));
      return row === undefined ? none : pick(row);
    });
  return {
    days,
    minutes: of((row) => row.working_seconds / 60, 0),
    created: of((row) => row.objects_created, 0),
    updated: of((row) => row.objects_updated, 0),
    deleted: of((row) => row.objects_deleted, 0),
    perHour: of((row) => row.objects_per_hour, null),
    secondsEach: of((row) => row.seconds_per_object, null),
  };
}

/** Whether anything was done at all. */
export function isIdle(rows: readonly WorkRow[]): boolean {
  return !rows.some(
    (row) => row.working_seconds + row.objects_created + row.objects_updated + row.objects_deleted > 0,
  );
}

/** People by objects an hour, the fastest first; those of whom no time is known last. */
export function byPace(rows: readonly WorkRow[]): readonly WorkRow[] {
  return [...rows].sort((a, b) => (b.objects_per_hour ?? -1) - (a.objects_per_hour ?? -1));
}

/** Jobs in the order of their life, with the share of each; nothing for none. */
export function sharesOf(
  jobs: JobCounts,
): readonly { status: keyof JobCounts; count: number; share: number }[] {
  const all = jobs.completed + jobs.validation + jobs.annotation;
  return (["completed", "validation", "annotation"] as const)
    .filter((status) => jobs[status] > 0)
    .map((status) => ({ status, count: jobs[status], share: jobs[status] / all }));
}

/** The scope an address asks for; without a person it is oneself, unless something is chosen others work on too. */
export function readScope(query: URLSearchParams, ownId: number): Scope {
  const id = (name: string): number | undefined => {
    const text = query.get(name) ?? "";
    return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
  };
  const [project, task, job] = [id("project"), id("task"), id("job")];
  const isNarrowed = project !== undefined || task !== undefined || job !== undefined;
  const user = query.get("user") === "all" ? undefined : (id("user") ?? (isNarrowed ? undefined : ownId));
  return { project, task, job, user };
}

/** How the address names the person chosen, undefined for what it means without a name. */
export function userQuery(user: number | undefined, scope: Scope, ownId: number): string | undefined {
  const isNarrowed = scope.project !== undefined || scope.task !== undefined || scope.job !== undefined;
  if (user === (isNarrowed ? undefined : ownId)) return undefined;
  return user === undefined ? "all" : String(user);
}
