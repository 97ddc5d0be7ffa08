/** Frames from the server's chunks: what the worker does, in the order that brings the wanted picture first. */

import { unzipSync } from "fflate";
import { BytesLru } from "./bytes-lru";
import type { Answer, Opening, Plan, Problem, Size, Wanted } from "./messages";

/** What is not ours: the decoders, the page, the clock (ms). */
export interface LoaderEdges {
  decode(jpeg: Blob, fit: Size | undefined): Promise<ImageBitmap>;
  readonly video: VideoEdge;
  answer(message: Answer): void;
  clock(): number;
}

/** Decodes chunks that are videos. */
export interface VideoEdge {
  /**
   * Decode `chunk` up to its frame `index`, unless `wish` says that this one is not wanted any more. Of the frames
   * passed on the way those that `wish` names are given too. Raises when the chunk cannot be decoded here.
   */
  decode(chunk: Uint8Array, index: number, wish: VideoWish): Promise<void>;
}

export interface VideoWish {
  /** How frame `index` of the chunk is wanted; undefined: not at all. */
  wanted(index: number): Pick<Wanted, "fit"> | undefined;
  give(index: number, bitmap: ImageBitmap): void;
}

/** Frames decoded ahead at one time; more would only be in the way of the one that is wanted now. */
const DECODED_AT_ONCE = 2;
/** After the network or the server failed, what is only wanted ahead is left alone for so long. */
const REST_MS = 2000;
/** These come back as they were: the chunk holds a frame that the server cannot read. */
const LASTING_STATUSES = [400, 404];

class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.name);
  }
}

export class FrameLoader {
  readonly #opening: Opening;
  readonly #edges: LoaderEdges;
  readonly #chunks: BytesLru<number, Uint8Array>;
  /** The one chunk on its way: the server makes a chunk with all its cores, two at once would only be later. */
  #chunkOnItsWay: { readonly number: number; readonly abort: AbortController } | undefined;
  /** Frames fetched alone. */
  readonly #singles = new Map<number, AbortController>();
  readonly #decoding = new Set<number>();
  /** The small picture on its way, and whether the current plan has had its own. */
  #glimpse: { readonly frame: number; readonly abort: AbortController } | undefined;
  #isGlimpsed = false;
  /** Chunks and frames that failed, and until when they are left alone. */
  readonly #restingChunks = new Map<number, number>();
  readonly #restingFrames = new Map<number, number>();
  /** Frames that the current plan has no more use for: given, or failed. */
  #done = new Set<number>();
  #plan: Plan = {
    type: "plan",
    generation: 0,
    received: 0,
    now: undefined,
    glimpse: undefined,
    ahead: [],
    chunks: [],
    headers: {},
  };
  /** Frames given, in their order, and how many were given before the first of them. */
  #given: number[] = [];
  #givenBefore = 0;
  /** As what chunks are asked for; undefined: as what they are. */
  #chunksAs: "imageset" | "video" | undefined;

  constructor(opening: Opening, edges: LoaderEdges) {
    this.#opening = opening;
    this.#edges = edges;
    this.#chunksAs = opening.medium.name === "video" ? opening.medium.chunks : undefined;
    this.#chunks = new BytesLru({
      limitBytes: opening.limitBytes,
      bytesOf: (chunk) => chunk.byteLength,
      // Else two chunks that are together over the limit would drive each other out, for ever.
      isKept: (number) => this.#chunksWanted().includes(number),
    });
  }

  /** Work for `plan` from now on. */
  follow(plan: Plan): void {
    this.#plan = plan;
    this.#given = this.#given.slice(plan.received - this.#givenBefore);
    this.#givenBefore = plan.received;
    this.#done = new Set(this.#given.filter((frame) => plan.now?.frame !== frame || !plan.now.isWhole));
    if (plan.now !== undefined) this.#restingFrames.delete(plan.now.frame);
    this.#isGlimpsed = false;
    if (this.#glimpse?.frame !== plan.glimpse?.frame) this.#glimpse?.abort.abort();
    const frames = new Set(this.#wanted().map((wanted) => wanted.frame));
    for (const [frame, abort] of this.#singles) if (!frames.has(frame)) abort.abort();
    const coming = this.#chunkOnItsWay;
    if (coming !== undefined && !this.#chunksWanted().includes(coming.number)) coming.abort.abort();
    this.#goOn();
  }

  #wanted(): Wanted[] {
    const { now, ahead } = this.#plan;
    return now === undefined ? [...ahead] : [now, ...ahead];
  }

  #chunksWanted(): number[] {
    const stays = this.#wanted().filter(({ isPassing }) => isPassing !== true);
    return [...new Set([...stays.map(({ frame }) => this.#chunkOf(frame)), ...this.#plan.chunks])];
  }

  #chunkOf(frame: number): number {
    return Math.floor(frame / this.#opening.chunkSize);
  }

  /** Start whatever the plan wants most and is not under way. Called whenever something has ended. */
  #goOn(): void {
    const { now } = this.#plan;
    const isAwaited = now !== undefined && !this.#done.has(now.frame);
    if (isAwaited) this.#bring(now);
    // A chunk takes the server as long as twenty frames: begun first, it would hold up the one that is waited for.
    if (!isAwaited || this.#decoding.has(now.frame)) this.#fetchNextChunk();
    if (isAwaited) return;
    this.#decodeAhead();
    const { glimpse } = this.#plan;
    if (glimpse !== undefined && !this.#isGlimpsed && glimpse.frame !== this.#glimpse?.frame)
      void this.#bringGlimpse(glimpse);
  }

  /** Once for each time it is asked for: why it failed is said by the frame itself. */
  async #bringGlimpse({ frame, fit }: Wanted): Promise<void> {
    const abort = new AbortController();
    const coming = { frame, abort };
    this.#glimpse = coming;
    const chunk = this.#chunksAs === "video" ? undefined : this.#chunks.use(this.#chunkOf(frame));
    try {
      const jpeg =
        (chunk && this.#unpack(frame, chunk)) ??
        (await (await this.#fetch("frame", frame, abort.signal)).blob());
      const bitmap = await this.#edges.decode(jpeg, fit);
      this.#edges.answer({ type: "glimpse", frame, bitmap });
    } catch {
      if (!abort.signal.aborted) this.#edges.answer({ type: "glimpse", frame, bitmap: undefined });
    }
    if (this.#glimpse !== coming) return;
    this.#glimpse = undefined;
    this.#isGlimpsed = true;
  }

  /** Bring the frame by the quickest way: from its chunk if that is here, else alone. */
  #bring(wanted: Wanted): void {
    const { frame } = wanted;
    if (this.#decoding.has(frame)) return;
    const chunk = wanted.isWhole ? undefined : this.#chunks.use(this.#chunkOf(frame));
    if (chunk !== undefined && this.#chunksAs === "video") {
      this.#singles.get(frame)?.abort();
      void this.#decodeVideo(frame, chunk);
      return;
    }
    const jpeg = chunk && this.#unpack(frame, chunk);
    if (jpeg !== undefined) {
      this.#singles.get(frame)?.abort();
      void this.#decode(wanted, jpeg, false);
    } else if (!this.#singles.has(frame)) {
      void this.#fetchSingle(wanted);
    }
  }

  #decodeAhead(): void {
    for (const wanted of this.#plan.ahead) {
      if (this.#decoding.size + this.#singles.size >= DECODED_AT_ONCE) return;
      const { frame } = wanted;
      if (this.#done.has(frame) || this.#isResting(this.#restingFrames, frame)) continue;
      if (
        this.#chunks.has(this.#chunkOf(frame)) ||
        this.#isResting(this.#restingChunks, this.#chunkOf(frame))
      )
        this.#bring(wanted);
    }
  }

  /** The frame's JPEG out of its chunk; undefined if the chunk is none. */
  #unpack(frame: number, chunk: Uint8Array): Blob | undefined {
    const number = this.#chunkOf(frame);
    const member = `${String(frame - number * this.#opening.chunkSize).padStart(6, "0")}.jpeg`;
    try {
      const jpeg = unzipSync(chunk, { filter: ({ name }) => name === member })[member];
      if (jpeg !== undefined) return new Blob([jpeg as Uint8Array<ArrayBuffer>], { type: "image/jpeg" });
    } catch {
      // Cut off or garbled on its way: as good as a chunk without the frame.
    }
    this.#chunks.delete(number);
    this.#restingChunks.set(number, Number.POSITIVE_INFINITY);
    return undefined;
  }

  async #decode(wanted: Wanted, jpeg: Blob, isWhole: boolean): Promise<void> {
    const { frame } = wanted;
    this.#decoding.add(frame);
    try {
      const bitmap = await this.#edges.decode(jpeg, wanted.fit);
      this.#give(frame, bitmap, isWhole);
    } catch {
      this.#fail(frame, { name: "undecodable" });
    }
    this.#decoding.delete(frame);
    this.#goOn();
  }

  async #decodeVideo(frame: number, chunk: Uint8Array): Promise<void> {
    const first = this.#chunkOf(frame) * this.#opening.chunkSize;
    const wish: VideoWish = {
      wanted: (index) =>
        this.#done.has(first + index)
          ? undefined
          : this.#wanted().find((each) => each.frame === first + index),
      give: (index, bitmap) => this.#give(first + index, bitmap, false),
    };
    this.#decoding.add(frame);
    try {
      await this.#edges.video.decode(chunk, frame - first, wish);
    } catch {
      this.#takeZips();
    }
    this.#decoding.delete(frame);
    this.#goOn();
  }

  /** Go on with zips of JPEGs: this browser cannot decode the videos. */
  #takeZips(): void {
    if (this.#chunksAs !== "video") return;
    this.#chunksAs = "imageset";
    for (const number of [...this.#chunks.keys()]) this.#chunks.delete(number);
    this.#chunkOnItsWay?.abort.abort();
  }

  #give(frame: number, bitmap: ImageBitmap, isWhole: boolean): void {
    this.#done.add(frame);
    this.#given.push(frame);
    this.#edges.answer({ type: "picture", frame, bitmap, isWhole });
  }

  async #fetchSingle(wanted: Wanted): Promise<void> {
    const { frame } = wanted;
    const abort = new AbortController();
    this.#singles.set(frame, abort);
    let jpeg: Blob | undefined;
    try {
      jpeg = await (await this.#fetch("frame", frame, abort.signal)).blob();
    } catch (error) {
      if (!abort.signal.aborted) this.#fail(frame, problemOf(error));
    }
    if (this.#singles.get(frame) === abort) this.#singles.delete(frame);
    if (jpeg !== undefined && !abort.signal.aborted && !this.#decoding.has(frame))
      void this.#decode(wanted, jpeg, true);
    this.#goOn();
  }

  #fetchNextChunk(): void {
    if (this.#chunkOnItsWay !== undefined) return;
    const number = this.#chunksWanted().find(
      (each) => !this.#chunks.has(each) && !this.#isResting(this.#restingChunks, each),
    );
    if (number !== undefined) void this.#fetchChunk(number);
  }

  async #fetchChunk(number: number): Promise<void> {
    const abort = new AbortController();
    this.#chunkOnItsWay = { number, abort };
    try {
      const response = await this.#fetch("chunk", number, abort.signal);
      this.#chunks.put(number, new Uint8Array(await response.arrayBuffer()));
    } catch (error) {
      if (!abort.signal.aborted) this.#restingChunks.set(number, this.#restAfter(problemOf(error)));
    }
    this.#chunkOnItsWay = undefined;
    this.#goOn();
  }

  async #fetch(type: "frame" | "chunk", number: number, signal: AbortSignal): Promise<Response> {
    const { address, medium } = this.#opening;
    const as = type === "chunk" ? this.#chunksAs : medium.name === "video" ? "jpeg" : undefined;
    const query = `type=${type}&number=${number}&quality=compressed${as === undefined ? "" : `&as=${as}`}`;
    const response = await fetch(`${address}?${query}`, { headers: this.#plan.headers, signal });
    if (response.ok) return response;
    throw new Refused({ name: "refused", status: response.status, body: await response.text() });
  }

  #fail(frame: number, problem: Problem): void {
    const { generation, now } = this.#plan;
    this.#done.add(frame);
    this.#restingFrames.set(frame, this.#restAfter(problem));
    if (now?.frame === frame) this.#edges.answer({ type: "failed", frame, generation, problem });
  }

  #restAfter(problem: Problem): number {
    const passes =
      problem.name === "unreachable" ||
      (problem.name === "refused" && !LASTING_STATUSES.includes(problem.status));
    return passes ? this.#edges.clock() + REST_MS : Number.POSITIVE_INFINITY;
  }

  #isResting(resting: Map<number, number>, number: number): boolean {
    return (resting.get(number) ?? 0) > this.#edges.clock();
  }
}

function problemOf(error: unknown): Problem {
  return error instanceof Refused ? error.problem : { name: "unreachable" };
}
