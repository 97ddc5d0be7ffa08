/** What the workbench must know of a job before it opens: fetched at once, side by side. */

import { call } from "../../api";
import { type Label, labelFromWire, type WireLabel } from "../../core/model";
import { mayChangeTask, session, type User } from "../../session";
import { openJob } from "../tasks/wire";

export const JOB_STATUSES = ["annotation", "validation", "completed"] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

export interface Person {
  readonly id: number;
  readonly username: string;
}

/** Whose the task of a job is, by id; `projectId` is where to look for those of its project. */
export interface TaskPeople {
  readonly ownerId: number | null;
  readonly assigneeId: number | null;
  readonly projectId: number | null;
}

/** A job with what its task has for it. Frames `first`..`last` of the task, both included. */
export interface Job {
  readonly id: number;
  readonly taskId: number;
  readonly taskName: string;
  /** What the task is for, "" when it is for nothing in particular. */
  readonly annotationType: string;
  readonly status: JobStatus;
  readonly assignee: Person | null;
  readonly reviewer: Person | null;
  readonly task: TaskPeople;
  readonly first: number;
  readonly last: number;
  /** Frames a chunk has, and frames the task has. */
  readonly chunkSize: number;
  readonly taskSize: number;
  /** Size and name of every frame of the task. */
  readonly frames: readonly { readonly width: number; readonly height: number; readonly name: string }[];
  readonly labels: readonly Label[];
  /** Whether the person may change the task, and so give it labels (contract of the API, 7). */
  readonly mayEditLabels: boolean;
}

interface WireJob {
  id: number;
  task_id: number;
  status: JobStatus;
  assignee: Person | null;
  reviewer: Person | null;
  start_frame: number;
  stop_frame: number;
}

interface WireTask {
  name: string;
  annotation_type: string;
  owner: { id: number } | null;
  assignee: { id: number } | null;
  project_id: number | null;
  labels: WireLabel[];
}

interface WireMeta {
  chunk_size: number;
  size: number;
  frames: Job["frames"];
}

/** What the job `jobId` is to `user`. Raises ApiError, Unreachable. */
export async function readJob(taskId: number, jobId: number, user: User): Promise<Job> {
  const [job, task, meta] = await Promise.all([
    call<WireJob>("GET", `/jobs/${jobId}`),
    call<WireTask>("GET", `/tasks/${taskId}`),
    call<WireMeta>("GET", `/tasks/${taskId}/data/meta`),
  ]);
  return {
    id: job.id,
    taskId: job.task_id,
    taskName: task.name,
    annotationType: task.annotation_type,
    status: job.status,
    assignee: job.assignee,
    reviewer: job.reviewer,
    task: {
      ownerId: task.owner?.id ?? null,
      assigneeId: task.assignee?.id ?? null,
      projectId: task.project_id,
    },
    first: job.start_frame,
    last: job.stop_frame,
    chunkSize: meta.chunk_size,
    taskSize: meta.size,
    frames: meta.frames,
    labels: task.labels.map(labelFromWire),
    mayEditLabels: mayChangeTask(user, task),
  };
}

/** Give the task one more label; returns all of its labels. Raises ApiError, Unreachable. */
export async function createLabel(taskId: number, name: string): Promise<readonly Label[]> {
  const task = await call<WireTask>("PATCH", `/tasks/${taskId}`, {
    body: { labels: [{ name, attributes: [] }] },
  });
  return task.labels.map(labelFromWire);
}

/** Raises ApiError, Unreachable. */
export async function setJobStatus(jobId: number, status: JobStatus): Promise<void> {
  await call("PATCH", `/jobs/${jobId}`, { body: { status } });
}

/** The job of the task the person goes on with after `jobId`, those behind it first; undefined: all done. */
export async function nextOpenJob(taskId: number, jobId: number): Promise<number | undefined> {
  const jobs = await call<WireJob[]>("GET", `/tasks/${taskId}/jobs`);
  const inTurn = [...jobs.filter(({ id }) => id > jobId), ...jobs.filter(({ id }) => id < jobId)];
  const now = session.peek();
  return openJob(inTurn, now.name === "signed-in" ? now.user.id : undefined)?.id;
}
