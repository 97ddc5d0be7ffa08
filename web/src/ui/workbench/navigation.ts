/** Which frame is worked on: wanted at once, shown when its picture is there, never blank in between. */

import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Pace } from "../../frames/ahead";
import { FrameFailed, type FrameSource, type Picture } from "../../frames/source";

/** The measure that each change of frame leaves in the browser's performance timeline, in ms. */
export const FRAME_MEASURE = "labelwright: change of frame";
/** A frame that stays so long, in ms, is shown with all its pixels. */
const WHOLE_AFTER_MS = 250;

export class Navigation {
  readonly #source: FrameSource;
  readonly #wanted = signal(0);
  readonly #picture = signal<Picture | undefined>(undefined);
  readonly #failure = signal<string | undefined>(undefined);
  /** The frame that is looked at: the one shown, or the one wanted if that cannot be shown; undefined before the first. */
  readonly seen = computed(() =>
    this.#failure.value === undefined ? this.#picture.value?.frame : this.#wanted.value,
  );
  /** Where the slider is dragged to; undefined: it is not. */
  #passingTo: number | undefined;
  #wholeTimer: ReturnType<typeof setTimeout> | undefined;

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
    this.#passingTo = undefined;
    const direction = frame < this.#wanted.value ? -1 : 1;
    const to = await this.#show(frame, false);
    if (to === undefined) return;
    this.#source.prefetch(to, direction);
    this.#wholeSoon();
  }

  /**
   * Pass by `frame` on the way to others, as a hand does that drags the slider: as many frames are shown as can be,
   * and what lies around them is left alone until `rest`.
   */
  pass(frame: number): void {
    const isPassing = this.#passingTo !== undefined;
    this.#passingTo = frame;
    if (!isPassing) void this.#passOn();
  }

  async #passOn(): Promise<void> {
    while (this.#passingTo !== undefined) {
      const to = this.#passingTo;
      await this.#show(to, true);
      if (this.#passingTo === to) this.#passingTo = undefined;
    }
  }

  /** Stay where the slider was let go. */
  rest(): Promise<void> {
    const to = this.#passingTo ?? this.#wanted.value;
    if (to !== this.#wanted.value || this.#picture.value?.frame !== to) return this.go(to);
    this.lookAhead(to);
    return Promise.resolve();
  }

  /** Show `frame`, or the nearest of the job's; returns it, or undefined if it is not shown now or was before. */
  async #show(frame: number, isPassing: boolean): Promise<number | undefined> {
    const to = Math.min(Math.max(frame, this.first), this.last);
    if (to === this.#wanted.value && this.isShown()) return undefined;
    this.#wanted.value = to;
    this.#failure.value = undefined;
    const started = performance.now();
    const ready = this.#source.peek(to);
    if (ready === undefined) await this.#fetch(to, isPassing);
    else this.#picture.value = ready;
    if (this.#picture.value?.frame !== to) return undefined;
    performance.measure(FRAME_MEASURE, { start: started, end: performance.now(), detail: to });
    return to;
  }

  /** Show the newest frame in memory behind the one shown, `to` at most and none `isPassed`; false if there is none. */
  advance(to: number, isPassed: (frame: number) => boolean): boolean {
    for (let frame = Math.min(to, this.last); frame > this.#wanted.value; frame -= 1) {
      const picture = isPassed(frame) ? undefined : this.#source.peek(frame);
      if (picture === undefined) continue;
      batch(() => {
        this.#wanted.value = frame;
        this.#picture.value = picture;
        this.#failure.value = undefined;
      });
      clearTimeout(this.#wholeTimer);
      return true;
    }
    return false;
  }

  /** A small picture of `frame`; see `FrameSource.glimpse`. */
  glimpse(frame: number): Promise<ImageBitmap | undefined> {
    return this.#source.glimpse(frame);
  }

  /** Have what lies behind `frame` at hand, at `pace` while it plays. */
  lookAhead(frame: number, pace?: Pace): void {
    this.#source.prefetch(frame, 1, pace);
    if (pace === undefined) this.#wholeSoon();
  }

  close(): void {
    clearTimeout(this.#wholeTimer);
    this.#source.close();
  }

  #wholeSoon(): void {
    clearTimeout(this.#wholeTimer);
    const shown = this.#picture.value;
    if (shown?.isReduced !== true) return;
    this.#wholeTimer = setTimeout(() => void this.#fetchWhole(shown.frame), WHOLE_AFTER_MS);
  }

  /** A failure says nothing: the frame is shown, with fewer pixels. */
  async #fetchWhole(frame: number): Promise<void> {
    const whole = await this.#source.getWhole(frame).catch(() => undefined);
    if (whole !== undefined && this.#wanted.value === frame) this.#picture.value = whole;
  }

  async #fetch(frame: number, isPassing: boolean): Promise<void> {
    try {
      const picture = await this.#source.get(frame, isPassing);
      if (this.#wanted.value === frame) this.#picture.value = picture;
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      if (!(error instanceof FrameFailed)) throw error;
      if (this.#wanted.value === frame) this.#failure.value = error.message;
    }
  }
}
