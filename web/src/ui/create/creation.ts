/** A task's making: the empty task, its files, and the server's work on them, followed to the end. */

import { ApiError, call, Unreachable } from "../../api";
import { t } from "../../i18n";
import { callSignedIn, withSignIn } from "../../session";
import { sendForm } from "../../upload";
import type { AnnotationType } from "../datasets/words";
import { type EditedLabel, labelToWire } from "../labels/model";
import { problemOf } from "../problem";
import { connectRepository, type RepositoryWish } from "../tasks/repositories";
import { type JobRow, jobsOf, type MediaStatus, readMediaStatus, type WireTask } from "../tasks/wire";
import type { Named } from "./files";
import { type Stage, sendWatched } from "./sending";
import { type ServerFile, serverName } from "./share";

/** Whose labels the task has: its own, or a project's, in which it is of a subset. */
export type LabelsWish =
  | { readonly name: "own"; readonly labels: readonly EditedLabel[] }
  | { readonly name: "project"; readonly projectId: number; readonly subset: string };

export interface TaskWish {
  readonly name: string;
  readonly labels: LabelsWish;
  readonly bugTracker: string;
  readonly imageQuality: number;
  /** Undefined: the server's choice. */
  readonly chunkSize: number | undefined;
  /** 0: one job. */
  readonly segmentSize: number;
  readonly overlap: number;
  /** The images to take, by name in order: from `startFrame` to `stopFrame` (undefined: the last), every `frameStep`th. */
  readonly startFrame: number;
  readonly stopFrame: number | undefined;
  readonly frameStep: number;
  /** Files and folders of the server's share, besides what is uploaded. */
  readonly serverFiles: readonly ServerFile[];
  /** Where its annotations will be pushed; an empty address is nowhere. */
  readonly repository: RepositoryWish;
  /** Whether the server copies those to itself, or reads them where they are. */
  readonly copyData: boolean;
  /** The dataset whose images it is made of, instead of files. */
  readonly datasetId?: number;
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

const POLL_MS = 500;
/** Tasks that came to nothing and could not be deleted yet, because no server answered. */
const halfMade = new Set<number>();

async function dropHalfMade(): Promise<void> {
  for (const id of halfMade) {
    try {
      await call("DELETE", `/tasks/${id}`, { keepalive: true });
      halfMade.delete(id);
    } catch (error) {
      if (error instanceof ApiError) halfMade.delete(id);
    }
  }
}

/**
 * Make the task `wish` asks for of `files`. When that fails, or `signal` stops it, no half-made task is left.
 *
 * Raises ApiError, Unreachable, AbortError, and Error with the server's sentence when it could not read the files.
 */
export async function createTask(
  wish: TaskWish,
  files: readonly Named[],
  { onStage, signal }: { onStage: (stage: Stage) => void; signal: AbortSignal },
): Promise<Made> {
  await dropHalfMade();
  const task = await callSignedIn<WireTask>("POST", "/tasks", { body: taskToWire(wish), signal });
  const drop = (): void => {
    halfMade.add(task.id);
    void dropHalfMade();
  };
  addEventListener("pagehide", drop);
  try {
    await sendFiles(task.id, wish, files, onStage, signal);
    // From here on the server has all it needs: the task is made even if the page goes.
    removeEventListener("pagehide", drop);
    const remark = await followMedia(task.id, onStage, signal);
    const made = await callSignedIn<WireTask>("GET", `/tasks/${task.id}`, { signal });
    const repositoryProblem = await connectWished(task.id, wish.repository, onStage, signal);
    const job = made.segments.length === 1 ? jobsOf(made)[0] : undefined;
    return { task: made, job, remark, repositoryProblem };
  } catch (error) {
    drop();
    throw error;
  } finally {
    removeEventListener("pagehide", drop);
  }
}

function taskToWire(wish: TaskWish): Record<string, unknown> {
  return {
    name: wish.name,
    ...(wish.labels.name === "own"
      ? { labels: wish.labels.labels.map(labelToWire) }
      : { project_id: wish.labels.projectId, subset: wish.labels.subset }),
    bug_tracker: wish.bugTracker,
    segment_size: wish.segmentSize,
    overlap: wish.overlap,
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

async function sendFiles(
  taskId: number,
  wish: TaskWish,
  files: readonly Named[],
  onStage: (stage: Stage) => void,
  signal: AbortSignal,
): Promise<void> {
  await sendWatched(files, onStage, (onSent) =>
    withSignIn(() => sendForm("POST", `/tasks/${taskId}/data`, formOf(wish, files), { onSent, signal })),
  );
}

function formOf(wish: TaskWish, files: readonly Named[]): FormData {
  const form = new FormData();
  form.append("image_quality", String(wish.imageQuality));
  if (wish.chunkSize !== undefined) form.append("chunk_size", String(wish.chunkSize));
  if (wish.startFrame > 0) form.append("start_frame", String(wish.startFrame));
  if (wish.stopFrame !== undefined) form.append("stop_frame", String(wish.stopFrame));
  if (wish.frameStep > 1) form.append("frame_filter", `step=${wish.frameStep}`);
  if (wish.copyData && wish.serverFiles.length > 0) form.append("copy_data", "true");
  if (wish.datasetId !== undefined) form.append("dataset_ids[0]", String(wish.datasetId));
  for (const [index, file] of wish.serverFiles.entries())
    form.append(`server_files[${index}]`, serverName(file));
  for (const [index, { file, name }] of files.entries()) form.append(`client_files[${index}]`, file, name);
  return form;
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
  for (;;) {
    signal.throwIfAborted();
    const { state, message } = await readMediaStatus(taskId).catch(stillAtWork);
    if (state === "Finished") return message;
    if (state === "Failed") throw new Error(message || t("create.failed.unknown"));
    const part = /(\d+)\s*%/.exec(message)?.[1];
    onStage({ name: "preparing", message, progress: part === undefined ? undefined : Number(part) / 100 });
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
