/** A task's making: the empty task, its files, and the server's work on them, followed to the end. */

import { ApiError, Unreachable } from "../../api";
import { t } from "../../i18n";
import { callSignedIn } from "../../session";
import type { AnnotationType } from "../datasets/words";
import { type EditedLabel, labelToWire } from "../labels/model";
import { problemOf } from "../problem";
import { connectRepository, type RepositoryWish } from "../tasks/repositories";
import {
  type JobRow,
  jobsOf,
  listOperations,
  type MediaStatus,
  readMediaStatus,
  type WireOperation,
  type WireTask,
} from "../tasks/wire";
import type { Stage } from "./sending";
import { type ServerFile, serverName } from "./share";

/** Whose labels the task has: its own, or a project's, in which it is of a subset. */
export type LabelsWish =
  | { readonly name: "own"; readonly labels: readonly EditedLabel[] }
  | { readonly name: "project"; readonly projectId: number; readonly subset: string };

/** What the frames of a task are made of besides the files sent for it, and how. */
export interface DataWish {
  readonly imageQuality: number;
  /** Undefined: the server's choice. */
  readonly chunkSize: number | undefined;
  /** The frames to take, from `startFrame` to `stopFrame` (undefined: the last), every `frameStep`th. */
  readonly startFrame: number;
  readonly stopFrame: number | undefined;
  readonly frameStep: number;
  /** Whether frames of a video are shown as images, not as pieces of video. */
  readonly asImages: boolean;
  /** Files and folders of the server's share, besides what is uploaded. */
  readonly serverFiles: readonly ServerFile[];
  /** Whether the server copies those to itself, or reads them where they are. */
  readonly copyData: boolean;
  /** Addresses of files that the server fetches. */
  readonly addresses: readonly string[];
  /** The dataset whose images it is made of, instead of files. */
  readonly datasetId?: number;
  /** Whether the frames come behind those the task has. */
  readonly isAdded?: boolean;
}

export interface TaskWish extends DataWish {
  readonly name: string;
  readonly labels: LabelsWish;
  readonly bugTracker: string;
  /** 0: one job. */
  readonly segmentSize: number;
  /** Undefined: the server's choice, 5 frames of a video. */
  readonly overlap: number | undefined;
  /** Where its annotations will be pushed; an empty address is nowhere. */
  readonly repository: RepositoryWish;
  /** What its annotations are for; "" is nothing in particular. */
  readonly annotationType: AnnotationType | "";
}

export interface Made {
  readonly task: WireTask;
  /** Its only job. */
  readonly job: JobRow | undefined;
  /** What the server said about images that it read all the same; "" if nothing. */
  readonly remark: string;
  /** Why it has not the repository that was wished for. */
  readonly repositoryProblem: string | undefined;
}

/** How soon the server is asked again how far it is: a video is ready in a moment, ten thousand images are not. */
const FIRST_POLL_MS = 100;
const POLL_MS = 500;
const RETRY_MS = 2000;

export interface Watching {
  readonly onStage: (stage: Stage) => void;
  readonly signal: AbortSignal;
}

/** Make the empty task that `wish` asks for. Raises as `call` does. */
export function makeTask(wish: Omit<TaskWish, keyof DataWish>, signal: AbortSignal): Promise<WireTask> {
  return callSignedIn<WireTask>("POST", "/tasks", { body: taskToWire(wish), signal });
}

/**
 * Have the server make the task's frames of the sent files `uploads` and what else `wish` names; answers what it says
 * of them all the same, "" if nothing.
 *
 * Raises ApiError, AbortError, and Error with the server's sentence when it could not.
 */
export async function fillTask(
  taskId: number,
  wish: DataWish,
  uploads: readonly string[],
  watching: Watching,
): Promise<string> {
  await postData(taskId, wish, uploads, watching);
  return followMedia(taskId, watching.onStage, watching.signal);
}

/** Ask what became of the task that has its frames now, and connect the repository that is wished for. */
export async function finishTask(
  taskId: number,
  remark: string,
  repository: RepositoryWish,
  { onStage, signal }: Watching,
): Promise<Made> {
  const task = await callSignedIn<WireTask>("GET", `/tasks/${taskId}`, { signal });
  const repositoryProblem = await connectWished(taskId, repository, onStage, signal);
  const job = task.segments.length === 1 ? jobsOf(task)[0] : undefined;
  return { task, job, remark, repositoryProblem };
}

/**
 * Make the task that `wish` asks for, of what lies at the server. When that fails, or is stopped, none is left.
 *
 * Raises as `fillTask` does.
 */
export async function createTask(wish: TaskWish, watching: Watching): Promise<Made> {
  const task = await makeTask(wish, watching.signal);
  try {
    const remark = await fillTask(task.id, wish, [], watching);
    return await finishTask(task.id, remark, wish.repository, watching);
  } catch (error) {
    await deleteTask(task.id).catch(() => undefined);
    throw error;
  }
}

export const deleteTask = (taskId: number): Promise<unknown> => callSignedIn("DELETE", `/tasks/${taskId}`);

function taskToWire(wish: Omit<TaskWish, keyof DataWish>): Record<string, unknown> {
  return {
    name: wish.name,
    ...(wish.labels.name === "own"
      ? { labels: wish.labels.labels.map(labelToWire) }
      : { project_id: wish.labels.projectId, subset: wish.labels.subset }),
    bug_tracker: wish.bugTracker,
    segment_size: wish.segmentSize,
    ...(wish.overlap === undefined ? {} : { overlap: wish.overlap }),
    annotation_type: wish.annotationType,
  };
}

/** Connect the repository, if one is wished for; answers why that failed. The task is whole without it. */
async function connectWished(
  taskId: number,
  wish: RepositoryWish,
  onStage: (stage: Stage) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (wish.address.trim() === "") return undefined;
  onStage({ name: "preparing", message: t("repository.connecting"), progress: undefined });
  try {
    await connectRepository(taskId, wish, signal);
    return undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return problemOf(error);
  }
}

function dataToWire(wish: DataWish, uploads: readonly string[]): Record<string, unknown> {
  return {
    image_quality: wish.imageQuality,
    chunk_size: wish.chunkSize ?? null,
    start_frame: wish.startFrame,
    ...(wish.stopFrame === undefined ? {} : { stop_frame: wish.stopFrame }),
    ...(wish.frameStep > 1 ? { frame_filter: `step=${wish.frameStep}` } : {}),
    use_zip_chunks: wish.asImages,
    // A list of the frames beside them (manifest.jsonl) is no reason to refuse them.
    use_cache: true,
    copy_data: wish.copyData && wish.serverFiles.length > 0,
    uploads,
    server_files: wish.serverFiles.map(serverName),
    remote_files: wish.addresses,
    ...(wish.datasetId === undefined ? {} : { dataset_ids: [wish.datasetId] }),
  };
}

/** Post what the frames are made of. When no answer comes, it is posted again: the server takes it once. */
async function postData(
  taskId: number,
  wish: DataWish,
  uploads: readonly string[],
  { onStage, signal }: Watching,
): Promise<void> {
  const body = dataToWire(wish, uploads);
  const query = wish.isAdded === true ? { append: "true" } : {};
  for (let isLost = false; ; isLost = true) {
    try {
      await callSignedIn("POST", `/tasks/${taskId}/data`, { query, body, signal });
      return;
    } catch (error) {
      signal.throwIfAborted();
      const isTaken = error instanceof ApiError && (error.status === 400 || error.status === 409);
      if (isLost && isTaken && (await isAtWork(taskId))) return;
      if (!(error instanceof Unreachable)) throw error;
      onStage({ name: "preparing", message: t("server.silent.retrying"), progress: undefined });
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function isAtWork(taskId: number): Promise<boolean> {
  const { state } = await readMediaStatus(taskId);
  const { size } = await callSignedIn<WireTask>("GET", `/tasks/${taskId}`);
  return size !== undefined && state !== "Failed";
}

/** The operation that reads the task's frames, as far as one is under way. */
export async function readingOf(taskId: number): Promise<WireOperation | undefined> {
  const operations = await listOperations();
  return operations.find((each) => each.kind === "media" && each.task_id === taskId);
}

/** A server that does not answer has the files all the same: it goes on with them when it is back. */
function stillAtWork(error: unknown): MediaStatus {
  if (error instanceof Unreachable) return { state: "Started", message: t("server.silent.retrying") };
  throw error;
}

/** Wait until the images are read; answers what is said of them. Raises Error with the reason when they are not. */
export async function followMedia(
  taskId: number,
  onStage: (stage: Stage) => void,
  signal: AbortSignal,
): Promise<string> {
  for (let waitMs = FIRST_POLL_MS; ; waitMs = Math.min(POLL_MS, 2 * waitMs)) {
    signal.throwIfAborted();
    const { state, message, failed } = await readMediaStatus(taskId).catch(stillAtWork);
    if (state === "Failed" || failed) throw new Error(message || t("create.failed.unknown"));
    if (state === "Finished") return message;
    const reading = await readingOf(taskId).catch(() => undefined);
    const progress = reading !== undefined && reading.progress > 0 ? reading.progress : undefined;
    onStage({ name: "preparing", message, progress });
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
