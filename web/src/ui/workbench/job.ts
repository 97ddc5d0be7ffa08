/** What the workbench must know of a job before it opens: fetched at once, side by side. */

import { call } from "../../api";
import { type Label, labelFromWire, type WireLabel } from "../../core/model";
import type { Medium, Size } from "../../frames/messages";
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

export interface JobFrame extends Size {
  /** The image's; for a frame of a video that of the video, and `sourceFrame` is its number there. */
  readonly name: string;
  readonly sourceFrame?: number;
  /** The size of the server's compressed picture, where that is smaller than the frame. */
  readonly compressed?: Size;
  /** Images that show the frame in another way. */
  readonly related?: readonly RelatedImage[];
}

export interface RelatedImage {
  /** With its folders. */
  readonly name: string;
  /** What the server knows it by: its frame's number in the source, and its place among those of the frame. */
  readonly sourceFrame: number;
  readonly position: number;
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
  readonly medium: Medium;
  /** Frames a chunk has. */
  readonly chunkSize: number;
  /** A frame of the task; undefined: it has none of this number. */
  readonly frameAt: (frame: number) => JobFrame | undefined;
  /** Frames of the task that were deleted when the job opened. */
  readonly deleted: readonly number[];
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
  data_compressed_chunk_type: "imageset" | "video";
  data_original_chunk_type: "imageset" | "video";
}

interface WireFrame extends Size {
  name: string;
  compressed_width?: number;
  compressed_height?: number;
  related_images?: readonly string[];
}

export interface WireMeta {
  chunk_size: number;
  size: number;
  start_frame: number;
  frame_filter: string;
  /** One of a video stands for all of its frames. */
  frames: readonly WireFrame[];
  deleted_frames: readonly number[];
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
    medium: mediumOf(task),
    chunkSize: meta.chunk_size,
    frameAt: task.data_original_chunk_type === "video" ? videoFrames(meta) : imageFrames(meta),
    deleted: meta.deleted_frames,
    labels: task.labels.map(labelFromWire),
    mayEditLabels: mayChangeTask(user, task),
  };
}

function mediumOf(task: WireTask): Medium {
  if (task.data_original_chunk_type !== "video") return { name: "images" };
  return { name: "video", chunks: task.data_compressed_chunk_type };
}

export function imageFrames(meta: WireMeta): Job["frameAt"] {
  const sourceOf = sourceFrames(meta);
  const found = meta.frames.map((wire, frame) => {
    const { related_images: names } = wire;
    if (names === undefined) return frameFromWire(wire);
    const sourceFrame = sourceOf(frame);
    return {
      ...frameFromWire(wire),
      related: names.map((name, position) => ({ name, sourceFrame, position })),
    };
  });
  return (frame) => found[frame];
}

/** All frames of a video are alike but for their number there. */
export function videoFrames(meta: WireMeta): Job["frameAt"] {
  const [only] = meta.frames.map(frameFromWire);
  const sourceOf = sourceFrames(meta);
  return (frame) =>
    only !== undefined && frame >= 0 && frame < meta.size
      ? { ...only, sourceFrame: sourceOf(frame) }
      : undefined;
}

/** The number that a frame has in what the task was made of. */
function sourceFrames({ frame_filter, start_frame }: WireMeta): (frame: number) => number {
  const step = Number(/step\s*=\s*([1-9]\d*)/.exec(frame_filter)?.[1] ?? 1);
  return (frame) => start_frame + frame * step;
}

function frameFromWire({ width, height, name, ...wire }: WireFrame): JobFrame {
  const { compressed_width, compressed_height } = wire;
  if (compressed_width === undefined || compressed_height === undefined) return { width, height, name };
  return { width, height, name, compressed: { width: compressed_width, height: compressed_height } };
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
