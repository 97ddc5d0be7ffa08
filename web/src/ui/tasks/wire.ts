/** Tasks as API v1 tells of them, and what pages make of that. */

import type { WireLabel } from "../../core/model";
import { callSignedIn } from "../../session";
import type { AnnotationType } from "../datasets/words";

export interface WirePerson {
  readonly id: number;
  readonly username: string;
}

export type Status = "annotation" | "validation" | "completed";

export interface WireJob {
  readonly id: number;
  readonly status: Status;
  readonly assignee: WirePerson | null;
  readonly reviewer: WirePerson | null;
}

export interface WireTask {
  readonly id: number;
  readonly name: string;
  readonly project_id: number | null;
  readonly mode: "" | "annotation" | "interpolation";
  readonly owner: WirePerson | null;
  readonly assignee: WirePerson | null;
  readonly bug_tracker: string;
  readonly created_date: string;
  readonly updated_date: string;
  readonly status: Status;
  readonly labels: readonly WireLabel[];
  readonly segments: readonly {
    readonly start_frame: number;
    readonly stop_frame: number;
    readonly jobs: readonly WireJob[];
  }[];
  readonly subset: string;
  /** What its annotations are for; "" is nothing in particular. */
  readonly annotation_type: AnnotationType | "";
  /** The dataset its images are of. */
  readonly dataset_id: number | null;
  /** When its annotations were last published to that. */
  readonly published_date: string | null;
  /** Frames; absent until data was posted. */
  readonly size?: number;
  /** How many of them are deleted. */
  readonly frames_deleted: number;
}

/** A job with the frames it covers, both included. */
export interface JobRow extends WireJob {
  readonly first: number;
  readonly last: number;
}

/** Whether its frames are those of a video. */
export const isVideo = ({ mode }: Pick<WireTask, "mode">): boolean => mode === "interpolation";

export function jobsOf(task: WireTask): readonly JobRow[] {
  return task.segments.flatMap(({ start_frame, stop_frame, jobs }) =>
    jobs.map((job) => ({ ...job, first: start_frame, last: stop_frame })),
  );
}

/** Whether the person is the one to go on with the job: to label it, or to review it. */
export function waitsFor(job: WireJob, userId: number): boolean {
  if (job.status === "completed") return false;
  return (job.status === "validation" ? job.reviewer : job.assignee)?.id === userId;
}

/** The job the person goes on with: the first that waits for them, else that is nobody's, else that is not completed. */
export function openJob<Job extends WireJob>(
  jobs: readonly Job[],
  userId: number | undefined,
): Job | undefined {
  const open = jobs.filter((job) => job.status !== "completed");
  return (
    open.find((job) => userId !== undefined && waitsFor(job, userId)) ??
    open.find((job) => job.status === "annotation" && job.assignee === null) ??
    open[0]
  );
}

/** The job of the task the person goes on with; of a completed task the first. */
export function nextJob(task: WireTask, userId: number | undefined): JobRow | undefined {
  const jobs = jobsOf(task);
  return openJob(jobs, userId) ?? jobs[0];
}

export type TaskState = "pending" | "progress" | "completed";

/** What the task's dot says: nothing of it is done, some, or all. */
export function stateOf(task: WireTask): TaskState {
  const jobs = jobsOf(task);
  if (jobs.length > 0 && jobs.every((job) => job.status === "completed")) return "completed";
  return jobs.some((job) => job.status !== "annotation") ? "progress" : "pending";
}

export interface WireOperation {
  readonly id: string;
  readonly kind: "media" | "export" | "import" | "connect" | "push" | "publish" | "crop";
  readonly task_id: number | null;
  readonly state: string;
  /** 0 to 1. */
  readonly progress: number;
  readonly message: string;
}

export const listOperations = (): Promise<readonly WireOperation[]> =>
  callSignedIn<readonly WireOperation[]>("GET", "/operations");

export const cancelOperation = (id: string): Promise<unknown> =>
  callSignedIn("DELETE", `/operations/${encodeURIComponent(id)}`);

export interface MediaStatus {
  readonly state: "Queued" | "Started" | "Finished" | "Failed";
  readonly message: string;
  /** What was tried last failed, though the task may have its images. */
  readonly failed?: true;
  /** Of a task of a dataset: the content its images were read from, and the present one; null if nobody says. */
  readonly dataset?: {
    readonly id: number;
    readonly tag: string;
    readonly current_tag: string | null;
    readonly changed: boolean;
  };
}

export const readMediaStatus = (taskId: number): Promise<MediaStatus> =>
  callSignedIn<MediaStatus>("GET", `/tasks/${taskId}/status`);
