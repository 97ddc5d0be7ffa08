/** Statistics as the server tells them. */

import { callSignedIn } from "../../session";
import type { Status, WirePerson } from "../tasks/wire";
import { dayText, type Span } from "./days";

/** Whose work one is told of: everybody's; one's own and that in what one owns or is assigned to; one's own. */
export type Sees = "all" | "owned" | "self";

export interface WorkRow {
  readonly day?: string;
  /** null for work of accounts that were deleted. */
  readonly user?: WirePerson | null;
  readonly working_seconds: number;
  readonly objects_created: number;
  readonly objects_updated: number;
  readonly objects_deleted: number;
  readonly seconds_per_object: number | null;
  readonly objects_per_hour: number | null;
}

export interface Work {
  readonly sees: Sees;
  readonly rows: readonly WorkRow[];
}

export type JobCounts = Readonly<Record<Status, number>>;

/** How far something is. */
export interface Extent {
  readonly jobs: JobCounts;
  readonly frames: number;
  readonly frames_with_objects: number;
  /** Not among the others. */
  readonly frames_deleted: number;
  readonly objects: number;
}

/** A task of a project, by its name, or a job of a task, by its frames. */
export interface ProgressPart extends Extent {
  readonly id: number;
  readonly name?: string;
  readonly start_frame?: number;
  readonly stop_frame?: number;
}

export interface LabelCount {
  readonly id: number;
  readonly name: string;
  readonly color: string;
  readonly objects: number;
}

export interface Progress extends Extent {
  readonly labels: readonly LabelCount[];
  readonly parts: readonly ProgressPart[];
}

/** What work is of: undefined is any. */
export interface Scope {
  readonly project: number | undefined;
  readonly task: number | undefined;
  readonly job: number | undefined;
  readonly user: number | undefined;
}

export type WorkQuery = Readonly<Record<string, string | number | undefined>>;

/** The API's names for what is asked for. */
export function workQuery({ project, task, job, user }: Scope, span: Span, zone: string): WorkQuery {
  return {
    project_id: project,
    task_id: task,
    job_id: job,
    user_id: user,
    from: dayText(span.first),
    to: dayText(span.last),
    zone,
  };
}

/** Work summed up by day, by person, or ("") all in one row. */
export const readWork = (by: "day" | "user" | "", query: WorkQuery, signal: AbortSignal): Promise<Work> =>
  callSignedIn<Work>("GET", "/statistics/work", { query: { ...query, by }, signal });

/** How far the narrowest of what is chosen is. */
export function readProgress({ project, task, job }: Scope, signal: AbortSignal): Promise<Progress> {
  const query =
    job !== undefined ? { job_id: job } : task !== undefined ? { task_id: task } : { project_id: project };
  return callSignedIn<Progress>("GET", "/statistics/progress", { query, signal });
}
