/** Frames of a task from the server's chunks: zips of JPEGs, fetched and decoded in a worker. */

import { API, ownHeaders, sentenceOf } from "../api";
import { t } from "../i18n";
import { type Ahead, planAhead } from "./ahead";
import { BytesLru } from "./bytes-lru";
import type { Answer, Opening, Plan, Problem, Size, Wanted } from "./messages";
import { FrameFailed, type FrameSource, type Picture } from "./source";

export interface ZipChunksOptions {
  readonly taskId: number;
  /** Frames of the task. */
  readonly size: number;
  readonly chunkSize: number;
  /** Of each frame of the task, in image pixels. */
  readonly sizes: readonly Size[];
  /** The frames that are worked on, both included: nothing else is fetched ahead. */
  readonly first: number;
  readonly last: number;
  /** Memory for decoded pictures; default 512 MB. */
  readonly pictureBytes?: number;
  /** Memory for chunks as they came; default 256 MB. */
  readonly chunkBytes?: number;
  /** Tests bring one of their own. */
  readonly startWorker?: () => FrameWorker;
}

/** As much of a `Worker` as is needed. */
export type FrameWorker = Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror">;

const MEGABYTE = 2 ** 20;
/** RGBA. */
const BYTES_PER_PIXEL = 4;
/** Of the memory for pictures, what frames ahead may take: the rest is for those seen last. */
const AHEAD_SHARE = 0.75;
/** No bitmap gets larger: browsers draw neither longer sides nor, without much memory, more pixels. */
const MAX_SIDE = 16_384;
const MAX_PIXELS = 64 * MEGABYTE;

/** Open the frames of a task. They come from the server as they are asked for. */
export function openZipChunks(options: ZipChunksOptions): FrameSource {
  return new ZipChunks(options);
}

interface Waiting {
  readonly frame: number;
  /** Answers to older plans are none for this one. */
  readonly generation: number;
  readonly promise: Promise<Picture>;
  readonly resolve: (picture: Picture) => void;
  readonly reject: (reason: Error) => void;
}

const NOTHING: Ahead = { frames: [], chunks: [] };

class ZipChunks implements FrameSource {
  readonly #options: ZipChunksOptions;
  readonly #pictures: BytesLru<number, Picture>;
  #worker: FrameWorker | undefined;
  #waiting: Waiting | undefined;
  #ahead: Ahead = NOTHING;
  /** The frames given last, the newest first: one is shown, the other perhaps until the next repaint. */
  #given: readonly number[] = [];
  #generation = 0;
  #isPlanDue = false;
  #isClosed = false;

  constructor(options: ZipChunksOptions) {
    this.#options = options;
    this.#pictures = new BytesLru<number, Picture>({
      limitBytes: options.pictureBytes ?? 512 * MEGABYTE,
      bytesOf: ({ bitmap }) => bitmap.width * bitmap.height * BYTES_PER_PIXEL,
      isKept: (frame) => this.#given.includes(frame),
      onGone: ({ bitmap }) => bitmap.close(),
    });
    // At once, so that it is up when the first frame is asked for.
    this.#worker = this.#tryWorker();
  }

  get(frame: number): Promise<Picture> {
    if (this.#waiting?.frame === frame) return this.#waiting.promise;
    this.#endWait(new DOMException(`frame ${frame} is wanted instead`, "AbortError"));
    const ready = this.peek(frame);
    if (ready !== undefined) return Promise.resolve(ready);
    // Before anybody says where to, onwards from the frame before is the best guess.
    this.#lookAhead(frame, frame < (this.#given[0] ?? frame) ? -1 : 1);
    this.#waiting = newWait(frame, this.#generation + 1);
    this.#planSoon();
    return this.#waiting.promise;
  }

  peek(frame: number): Picture | undefined {
    const picture = this.#pictures.use(frame);
    if (picture !== undefined) this.#noteGiven(frame);
    return picture;
  }

  prefetch(frame: number, direction: 1 | -1): void {
    this.#lookAhead(frame, direction);
    this.#planSoon();
  }

  close(): void {
    this.#isClosed = true;
    this.#endWait(new DOMException("the frames are closed", "AbortError"));
    this.#dropWorker();
    // Those given last may still be on a screen: they go when nobody holds them any more.
    this.#pictures.clear();
  }

  #lookAhead(frame: number, direction: 1 | -1): void {
    const { first, last, chunkSize } = this.#options;
    this.#ahead = planAhead({
      frame,
      direction,
      first,
      last,
      chunkSize,
      bytesOf: (each) => this.#bytesOf(each),
      limitBytes: (this.#options.pictureBytes ?? 512 * MEGABYTE) * AHEAD_SHARE - this.#bytesOf(frame),
    });
    // What lies ahead must not be the first to go for what else lies ahead.
    for (const each of this.#ahead.frames) this.#pictures.use(each);
  }

  #bytesOf(frame: number): number {
    const size = this.#options.sizes[frame] ?? { width: 0, height: 0 };
    const { width, height } = fitSize(size) ?? size;
    return width * height * BYTES_PER_PIXEL;
  }

  /** Tell the worker once for all calls of this turn. */
  #planSoon(): void {
    if (this.#isPlanDue) return;
    this.#isPlanDue = true;
    queueMicrotask(() => {
      this.#isPlanDue = false;
      if (!this.#isClosed) this.#tellPlan();
    });
  }

  #tellPlan(): void {
    this.#generation += 1;
    const plan: Plan = {
      type: "plan",
      generation: this.#generation,
      now: this.#waiting && this.#want(this.#waiting.frame),
      ahead: this.#ahead.frames
        .filter((frame) => !this.#pictures.has(frame) && frame !== this.#waiting?.frame)
        .map((frame) => this.#want(frame)),
      chunks: this.#ahead.chunks,
      headers: ownHeaders("GET"),
    };
    this.#worker ??= this.#tryWorker();
    if (this.#worker === undefined) this.#onWorkerGone();
    else this.#worker.postMessage(plan);
  }

  #want(frame: number): Wanted {
    const size = this.#options.sizes[frame];
    const fit = size && fitSize(size);
    return fit === undefined ? { frame } : { frame, fit };
  }

  /** A worker that knows its task; undefined when the browser will have none. */
  #tryWorker(): FrameWorker | undefined {
    const { taskId, chunkSize, chunkBytes = 256 * MEGABYTE, startWorker = startOwnWorker } = this.#options;
    let worker: FrameWorker;
    try {
      worker = startWorker();
    } catch {
      return undefined;
    }
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#onAnswer(data);
    worker.onerror = () => this.#onWorkerGone();
    const opening: Opening = {
      type: "open",
      address: `${API}/tasks/${taskId}/data`,
      chunkSize,
      limitBytes: chunkBytes,
    };
    worker.postMessage(opening);
    return worker;
  }

  /** The worker did not start, or broke: whoever waits is told, and the next plan starts another one. */
  #onWorkerGone(): void {
    this.#dropWorker();
    this.#endWait(new FrameFailed(t("frames.no-worker")));
  }

  #dropWorker(): void {
    if (this.#worker === undefined) return;
    this.#worker.onmessage = null;
    this.#worker.terminate();
    this.#worker = undefined;
  }

  #onAnswer(answer: Answer): void {
    if (answer.type === "picture") this.#onPicture(answer.frame, answer.bitmap);
    else if (this.#waiting?.frame === answer.frame && this.#waiting.generation <= answer.generation)
      this.#endWait(new FrameFailed(sentenceOfProblem(answer.problem)));
  }

  #onPicture(frame: number, bitmap: ImageBitmap): void {
    const { width, height } = this.#options.sizes[frame] ?? bitmap;
    const isAwaited = this.#waiting?.frame === frame;
    if (!isSameSize(bitmap, fitSize({ width, height }) ?? { width, height })) {
      bitmap.close();
      if (isAwaited) this.#endWait(new FrameFailed(t("frames.changed", { width, height })));
      return;
    }
    if (this.#pictures.has(frame)) {
      bitmap.close();
      return;
    }
    const picture = { frame, bitmap, width, height };
    // Before it is put: what it takes the place of may go then.
    if (isAwaited) this.#noteGiven(frame);
    this.#pictures.put(frame, picture);
    if (!isAwaited) return;
    this.#waiting?.resolve(picture);
    this.#waiting = undefined;
  }

  #noteGiven(frame: number): void {
    this.#given = [frame, ...this.#given.filter((each) => each !== frame)].slice(0, 2);
  }

  #endWait(reason: Error): void {
    this.#waiting?.reject(reason);
    this.#waiting = undefined;
  }
}

function newWait(frame: number, generation: number): Waiting {
  let resolve!: Waiting["resolve"];
  let reject!: Waiting["reject"];
  const promise = new Promise<Picture>((...settlers) => {
    [resolve, reject] = settlers;
  });
  return { frame, generation, promise, resolve, reject };
}

function startOwnWorker(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
}

/** The size to decode a picture at when its own is more than browsers draw; undefined for its own. */
export function fitSize({ width, height }: Size): Size | undefined {
  const scale = Math.min(MAX_SIDE / Math.max(width, height), Math.sqrt(MAX_PIXELS / (width * height)));
  if (scale >= 1) return undefined;
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function isSameSize(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height;
}

function sentenceOfProblem(problem: Problem): string {
  switch (problem.name) {
    case "unreachable":
      return t("frames.unreachable");
    case "undecodable":
      return t("frames.undecodable");
    case "refused":
      return reasonOf(sentenceOf(problem.status, readBody(problem.body)));
  }
}

/** Without its first line when there are more: in v1 that one repeats the query, which people did not write. */
function reasonOf(sentence: string): string {
  return sentence.slice(sentence.indexOf("\n") + 1);
}

function readBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
