/** Which frame is worked on: wanted at once, shown when its picture is there, never blank in between. */

import { type ReadonlySignal, signal } from "@preact/signals";
import { FrameFailed, type FrameSource, type Picture } from "../../frames/source";

/** The measure that each change of frame leaves in the browser's performance timeline, in ms. */
export const FRAME_MEASURE = "labelwright: change of frame";

export class Navigation {
  readonly #source: FrameSource;
  readonly #wanted = signal(0);
  readonly #picture = signal<Picture | undefined>(undefined);
  readonly #failure = signal<string | undefined>(undefined);

  /** Frames `first`..`last` of the task, both included. */
  constructor(
    source: FrameSource,
    readonly first: number,
    readonly last: number,
  ) {
    this.#source = source;
    this.#wanted.value = first;
  }

  /** The frame asked for last. */
  get wanted(): ReadonlySignal<number> {
    return this.#wanted;
  }

  /** The picture shown; it stays until the next one is there. */
  get picture(): ReadonlySignal<Picture | undefined> {
    return this.#picture;
  }

  /** Why the wanted frame cannot be shown, in a sentence. */
  get failure(): ReadonlySignal<string | undefined> {
    return this.#failure;
  }

  get size(): number {
    return this.last - this.first + 1;
  }

  isShown(): boolean {
    return this.#picture.value?.frame === this.#wanted.value;
  }

  /** Go to `frame`, or the nearest of the job's. Resolves when it is shown or has failed or another is wanted. */
  async go(frame: number): Promise<void> {
    const to = Math.min(Math.max(frame, this.first), this.last);
    const direction = to < this.#wanted.value ? -1 : 1;
    if (to === this.#wanted.value && this.isShown()) return;
    this.#wanted.value = to;
    this.#failure.value = undefined;
    const started = performance.now();
    const ready = this.#source.peek(to);
    if (ready === undefined) await this.#fetch(to);
    else this.#picture.value = ready;
    if (this.#picture.value?.frame !== to) return;
    performance.measure(FRAME_MEASURE, { start: started, end: performance.now(), detail: to });
    this.#source.prefetch(to, direction);
  }

  close(): void {
    this.#source.close();
  }

  async #fetch(frame: number): Promise<void> {
    try {
      const picture = await this.#source.get(frame);
      if (this.#wanted.value === frame) this.#picture.value = picture;
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      if (!(error instanceof FrameFailed)) throw error;
      if (this.#wanted.value === frame) this.#failure.value = error.message;
    }
  }
}
