/** Frames of a task from the server's chunks: zips of JPEGs, or videos, fetched and decoded in a worker. */

import { API, ownHeaders, sentenceOf } from "../api";
import { t } from "../i18n";
import { type Ahead, type Pace, planAhead } from "./ahead";
import { BytesLru } from "./bytes-lru";
import type { Answer, Medium, Opening, Plan, Problem, Size, Wanted } from "./messages";
import { FrameFailed, type FrameSource, type Picture } from "./source";

export interface FrameSize extends Size {
  /** The size that the server's compressed picture of the frame has, where that is smaller. */
  readonly compressed?: Size;
}

export interface TaskFramesOptions {
  readonly taskId: number;
  readonly medium: Medium;
  readonly chunkSize: number;
  /** Of a frame of the task, in image pixels; undefined: not known. */
  readonly sizeOf: (frame: number) => FrameSize | undefined;
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
/** Of a small picture, in pixels: sharp on screens of two pixels a CSS pixel. */
const GLIMPSE_SIDE = 320;
/** No bitmap gets larger: browsers draw neither longer sides nor, without much memory, more pixels. */
const MAX_SIDE = 16_384;
const MAX_PIXELS = 64 * MEGABYTE;

/** Open the frames of a task. They come from the server as they are asked for. */
export function openTaskFrames(options: TaskFramesOptions): FrameSource {
  return new TaskFrames(options);
}

/** How a frame is wanted. */
type Way = Omit<Wanted, "fit">;

interface Waiting {
  readonly way: Way;
  /** Answers to older plans are none for this one. */
  readonly generation: number;
  readonly promise: Promise<Picture>;
  readonly resolve: (picture: Picture) => void;
  readonly reject: (reason: Error) => void;
}

interface Glimpsing {
  readonly frame: number;
  readonly resolve: (bitmap: ImageBitmap | undefined) => void;
}

const NOTHING: Ahead = { frames: [], chunks: [] };

class TaskFrames implements FrameSource {
  readonly #options: TaskFramesOptions;
  readonly #pictures: BytesLru<number, Picture>;
  #worker: FrameWorker | undefined;
  #waiting: Waiting | undefined;
  #ahead: Ahead = NOTHING;
  #glimpsing: Glimpsing | undefined;
  /** The frames given last, the newest first: one is shown, the other perhaps until the next repaint. */
  #given: readonly number[] = [];
  #generation = 0;
  #received = 0;
  #isPlanDue = false;
  #isClosed = false;

  constructor(options: TaskFramesOptions) {
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

  get(frame: number, isPassing = false): Promise<Picture> {
    return this.#bring(isPassing ? { frame, isPassing } : { frame });
  }

  getWhole(frame: number): Promise<Picture> {
    return this.#bring({ frame, isWhole: true });
  }

  #bring(way: Way): Promise<Picture> {
    const { frame, isPassing, isWhole } = way;
    const waiting = this.#waiting;
    if (waiting?.way.frame === frame && waiting.way.isWhole === isWhole) return waiting.promise;
    this.#endWait(new DOMException(`frame ${frame} is wanted instead`, "AbortError"));
    const ready = this.peek(frame);
    if (ready !== undefined && !(isWhole && ready.isReduced)) return Promise.resolve(ready);
    // Before anybody says where to, onwards from the frame before is the best guess.
    if (isPassing) this.#ahead = NOTHING;
    else if (!isWhole) this.#lookAhead(frame, frame < (this.#given[0] ?? frame) ? -1 : 1);
    this.#waiting = newWait(way, this.#generation + 1);
    this.#planSoon();
    return this.#waiting.promise;
  }

  peek(frame: number): Picture | undefined {
    const picture = this.#pictures.use(frame);
    if (picture !== undefined) this.#noteGiven(frame);
    return picture;
  }

  prefetch(frame: number, direction: 1 | -1, pace?: Pace): void {
    this.#lookAhead(frame, direction, pace);
    this.#planSoon();
  }

  close(): void {
    this.#isClosed = true;
    this.#glimpsing?.resolve(undefined);
    this.#endWait(new DOMException("the frames are closed", "AbortError"));
    this.#dropWorker();
    // Those given last may still be on a screen: they go when nobody holds them any more.
    this.#pictures.clear();
  }

  glimpse(frame: number): Promise<ImageBitmap | undefined> {
    this.#glimpsing?.resolve(undefined);
    return new Promise((resolve) => {
      this.#glimpsing = { frame, resolve };
      this.#planSoon();
    });
  }

  #lookAhead(frame: number, direction: 1 | -1, pace?: Pace): void {
    const { first, last, chunkSize } = this.#options;
    this.#ahead = planAhead({
      frame,
      direction,
      first,
      last,
      chunkSize,
      bytesOf: (each) => this.#bytesOf(each),
      limitBytes: (this.#options.pictureBytes ?? 512 * MEGABYTE) * AHEAD_SHARE - this.#bytesOf(frame),
      pace,
    });
    // What lies ahead must not be the first to go for what else lies ahead.
    for (const each of this.#ahead.frames) this.#pictures.use(each);
  }

  #bytesOf(frame: number): number {
    const { width, height } = this.#drawnSize(frame) ?? { width: 0, height: 0 };
    return width * height * BYTES_PER_PIXEL;
  }

  /** The size that the whole picture of `frame` has in memory; undefined: not known. */
  #drawnSize(frame: number): Size | undefined {
    const size = this.#options.sizeOf(frame);
    return size && (fitSize(size.compressed ?? size) ?? size.compressed ?? size);
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
      received: this.#received,
      now: this.#waiting && this.#want(this.#waiting.way),
      glimpse: this.#glimpsing && this.#wantSmall(this.#glimpsing.frame),
      ahead: this.#ahead.frames
        .filter((frame) => !this.#pictures.has(frame) && frame !== this.#waiting?.way.frame)
        .map((frame) => this.#want({ frame })),
      chunks: this.#ahead.chunks,
      headers: ownHeaders("GET"),
    };
    this.#worker ??= this.#tryWorker();
    if (this.#worker === undefined) this.#onWorkerGone();
    else this.#worker.postMessage(plan);
  }

  #want(way: Way): Wanted {
    const size = this.#options.sizeOf(way.frame);
    const fit = size && fitSize(size.compressed ?? size);
    return fit === undefined ? way : { ...way, fit };
  }

  #wantSmall(frame: number): Wanted {
    const { width, height } = this.#options.sizeOf(frame) ?? { width: 1, height: 1 };
    const scale = GLIMPSE_SIDE / Math.max(width, height);
    if (scale >= 1) return { frame };
    const fit = { width: Math.ceil(width * scale), height: Math.ceil(height * scale) };
    return { frame, fit };
  }

  /** A worker that knows its task; undefined when the browser will have none. */
  #tryWorker(): FrameWorker | undefined {
    const {
      taskId,
      medium,
      chunkSize,
      chunkBytes = 256 * MEGABYTE,
      startWorker = startOwnWorker,
    } = this.#options;
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
      medium,
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
    this.#received = 0;
  }

  #onAnswer(answer: Answer): void {
    if (answer.type === "picture") this.#onPicture(answer);
    else if (answer.type === "glimpse") this.#onGlimpse(answer.frame, answer.bitmap);
    else if (this.#waiting?.way.frame === answer.frame && this.#waiting.generation <= answer.generation)
      this.#endWait(new FrameFailed(sentenceOfProblem(answer.problem)));
  }

  #onPicture({ frame, bitmap, isWhole }: Extract<Answer, { type: "picture" }>): void {
    this.#received += 1;
    const { width, height } = this.#options.sizeOf(frame) ?? bitmap;
    const drawn = this.#drawnSize(frame) ?? bitmap;
    const { medium } = this.#options;
    const isReduced = medium.name === "video" && !isWhole && bitmap.width < drawn.width;
    const way = this.#waiting?.way;
    const isAwaited = way?.frame === frame && !(way.isWhole && isReduced);
    if (medium.name === "images" && !isSameSize(bitmap, drawn)) {
      bitmap.close();
      if (isAwaited) this.#endWait(new FrameFailed(t("frames.changed", { width, height })));
      return;
    }
    const before = this.#pictures.use(frame);
    if (before !== undefined && !(before.isReduced && !isReduced)) {
      bitmap.close();
      return;
    }
    const picture = { frame, bitmap, width, height, isReduced };
    // Before it is put: what it takes the place of may go then.
    if (isAwaited) this.#noteGiven(frame);
    this.#pictures.put(frame, picture);
    if (!isAwaited) return;
    this.#waiting?.resolve(picture);
    this.#waiting = undefined;
  }

  #onGlimpse(frame: number, bitmap: ImageBitmap | undefined): void {
    if (this.#glimpsing?.frame !== frame) bitmap?.close();
    else {
      this.#glimpsing.resolve(bitmap);
      this.#glimpsing = undefined;
    }
  }

  #noteGiven(frame: number): void {
    this.#given = [frame, ...this.#given.filter((each) => each !== frame)].slice(0, 2);
  }

  #endWait(reason: Error): void {
    this.#waiting?.reject(reason);
    this.#waiting = undefined;
  }
}

function newWait(way: Way, generation: number): Waiting {
  let resolve!: Waiting["resolve"];
  let reject!: Waiting["reject"];
  const promise = new Promise<Picture>((...settlers) => {
    [resolve, reject] = settlers;
  });
  return { way, generation, promise, resolve, reject };
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
export function reasonOf(sentence: string): string {
  return sentence.slice(sentence.indexOf("\n") + 1);
}

function readBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
