/**
 * Playing the frames of a job: by the clock, which drops frames rather than slow down.
 *
 * Only when no frame at all lies ahead, because the network or the server is behind, the clock waits.
 */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Pace } from "../../frames/ahead";
import { remember, rememberedNumber } from "../../remember";
import type { Navigation } from "./navigation";

/** Frames a second, and frames that a step forward or back goes: least, most, and before anybody chose. */
export const SPEED = { least: 1, most: 100, usual: 25 } as const;
export const STEP = { least: 2, most: 1000, usual: 10 } as const;

/** As much of the browser as is needed. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** Call back with the next picture on the screen; returns how to call that off. */
  next(act: () => void): () => void;
}

/** How playing goes, counted anew each second. */
export type Pulse =
  | { readonly name: "smooth" }
  /** So many frames a second are shown, fewer than asked for. */
  | { readonly name: "dropping"; readonly shown: number }
  /** No frame has come for a while. */
  | { readonly name: "waiting" };

/** Milliseconds without a new frame, beyond a frame's own time, after which the clock waits. */
const LATE_MS = 300;
/** The page was asleep: what passed meanwhile is not played. */
const ASLEEP_MS = 1000;
/** Waiting longer than this is given up: the next frame is asked for alone, and says what is wrong. */
const GIVEN_UP_MS = 8000;
/** While it waits, what failed is asked for again so often. */
const ASKED_AGAIN_MS = 500;
const COUNTED_MS = 1000;
/** Part of the frames that must be shown for playing to count as smooth. */
const SMOOTH = 0.95;
/** Above this speed screens show no more than every other frame. */
const SEEN_FPS = 60;
/** Frames decoded ahead: what is shown in this time, within these bounds. */
const AHEAD_S = 0.8;
const MIN_AHEAD = 8;
const MAX_AHEAD = 48;

export class Playing {
  readonly #navigation: Navigation;
  readonly #isPassed: (frame: number) => boolean;
  readonly #clock: Clock;
  readonly #isOn = signal(false);
  readonly #speed = signal(rememberedNumber("player.speed", SPEED.least, SPEED.most) ?? SPEED.usual);
  readonly #step = signal(rememberedNumber("player.step", STEP.least, STEP.most) ?? STEP.usual);
  readonly #pulse = signal<Pulse>({ name: "smooth" });
  #callOff: () => void = () => undefined;
  /** The clock: at `#since` ms frame `#from` was due. */
  #from = 0;
  #since = 0;
  /** The frame shown last by playing: another one is somebody's wish. */
  #at = 0;
  #ticked = 0;
  #shownAt = 0;
  #askedAt = 0;
  /** When counting began, at which frame, and how many were shown since. */
  #counted = { since: 0, shown: 0, from: 0 };
  #stride = 1;

  /** `isPassed`: whether a frame is passed over, as if it were not there. */
  constructor(navigation: Navigation, isPassed: (frame: number) => boolean, clock: Clock = ofBrowser) {
    this.#navigation = navigation;
    this.#isPassed = isPassed;
    this.#clock = clock;
  }

  get isOn(): ReadonlySignal<boolean> {
    return this.#isOn;
  }

  /** Frames a second. */
  get speed(): ReadonlySignal<number> {
    return this.#speed;
  }

  get step(): ReadonlySignal<number> {
    return this.#step;
  }

  get pulse(): ReadonlySignal<Pulse> {
    return this.#pulse;
  }

  setSpeed(fps: number): void {
    this.#speed.value = within(fps, SPEED);
    remember("player.speed", String(this.#speed.value));
    if (this.#isOn.value) this.#begin();
  }

  setStep(frames: number): void {
    this.#step.value = within(frames, STEP);
    remember("player.step", String(this.#step.value));
  }

  /** Play from the frame wanted; from the first one if none follows that. */
  async start(): Promise<void> {
    if (this.#isOn.value) return;
    const { first, wanted } = this.#navigation;
    const start = this.#behind(first - 1);
    if (start === undefined || this.#behind(start) === undefined) return;
    this.#isOn.value = true;
    if (this.#behind(wanted.value) === undefined) await this.#navigation.go(start);
    else if (!this.#navigation.isShown()) await this.#navigation.go(wanted.value);
    // It may have been stopped meanwhile, or the frame cannot be shown.
    if (!this.#isOn.value) return;
    if (this.#navigation.isShown()) this.#begin();
    else this.stop();
  }

  stop(): void {
    if (!this.#isOn.value) return;
    this.#isOn.value = false;
    this.#pulse.value = { name: "smooth" };
    this.#callOff();
    this.#navigation.lookAhead(this.#navigation.wanted.value);
  }

  /** Set the clock to the frame shown and run it. */
  #begin(): void {
    const now = this.#clock.now();
    this.#stride = this.#leastStride;
    this.#pulse.value = { name: "smooth" };
    this.#shownAt = now;
    this.#setClock(now);
    this.#count(now);
    this.#lookAhead(now);
    this.#run();
  }

  #run(): void {
    this.#callOff();
    this.#callOff = this.#clock.next(() => this.#tick());
  }

  #setClock(now: number): void {
    this.#at = this.#navigation.wanted.value;
    this.#from = this.#at;
    this.#since = now;
    this.#ticked = now;
  }

  #tick(): void {
    if (this.#navigation.wanted.value !== this.#at) {
      this.stop();
      return;
    }
    const now = this.#clock.now();
    if (now - this.#ticked > ASLEEP_MS) this.#wakeUp(now);
    this.#ticked = now;
    const passed = (this.#behind(this.#at) ?? this.#at) - this.#at - 1;
    let due = this.#from + Math.floor(((now - this.#since) * this.#speed.value) / 1000);
    if (due > this.#at) {
      // No time goes by for what is passed over.
      if (passed > 0) {
        this.#from += passed;
        this.#counted.from += passed;
        due += passed;
      }
      if (this.#navigation.advance(due, this.#isPassed)) this.#noteShown(now, due);
      else this.#beLate(now);
    }
    if (now - this.#counted.since >= COUNTED_MS) this.#judge(now);
    if (!this.#isOn.value) return;
    if (this.#behind(this.#navigation.wanted.value) === undefined) this.stop();
    else this.#run();
  }

  /** The next frame to be played behind `frame`; undefined: it is the last. */
  #behind(frame: number): number | undefined {
    for (let next = frame + 1; next <= this.#navigation.last; next += 1)
      if (!this.#isPassed(next)) return next;
    return undefined;
  }

  #wakeUp(now: number): void {
    this.#setClock(now);
    this.#shownAt = now;
    this.#count(now);
  }

  #noteShown(now: number, due: number): void {
    this.#at = this.#navigation.wanted.value;
    this.#shownAt = now;
    this.#counted.shown += 1;
    if (this.#pulse.value.name === "waiting") this.#begin();
    // What is due by now comes too late: what follows is decoded in its place.
    this.#navigation.lookAhead(Math.min(due, this.#navigation.last - 1), this.#pace);
  }

  /** A frame is due and none is here. */
  #beLate(now: number): void {
    const late = now - this.#shownAt - 1000 / this.#speed.value;
    if (late < LATE_MS) return;
    this.#setClock(now);
    this.#count(now);
    if (late >= GIVEN_UP_MS) {
      this.stop();
      void this.#navigation.go(this.#behind(this.#at) ?? this.#at);
      return;
    }
    this.#pulse.value = { name: "waiting" };
    if (now - this.#askedAt >= ASKED_AGAIN_MS) this.#lookAhead(now);
  }

  #lookAhead(now: number): void {
    this.#askedAt = now;
    this.#navigation.lookAhead(this.#navigation.wanted.value, this.#pace);
  }

  #count(now: number): void {
    this.#counted = { since: now, shown: 0, from: this.#navigation.wanted.value };
  }

  /** Say how many frames are shown, and decode no more than that. */
  #judge(now: number): void {
    const seconds = (now - this.#counted.since) / 1000;
    const passed = this.#navigation.wanted.value - this.#counted.from;
    const shown = this.#counted.shown / seconds;
    this.#count(now);
    if (passed === 0) return;
    const kept = shown * seconds >= passed * SMOOTH;
    this.#pulse.value = kept ? { name: "smooth" } : { name: "dropping", shown: Math.round(shown) };
    const possible = Math.min(this.#speed.value, SEEN_FPS) / this.#stride;
    if (shown < possible * SMOOTH) this.#stride = Math.min(this.#stride + 1, Math.max(1, this.#speed.value));
    else if (this.#stride > this.#leastStride) this.#stride -= 1;
  }

  get #leastStride(): number {
    return Math.ceil(this.#speed.value / SEEN_FPS);
  }

  get #pace(): Pace {
    const shown = (AHEAD_S * this.#speed.value) / this.#stride;
    return { stride: this.#stride, count: Math.min(MAX_AHEAD, Math.max(MIN_AHEAD, Math.ceil(shown))) };
  }
}

function within(value: number, { least, most }: { readonly least: number; readonly most: number }): number {
  return Math.min(most, Math.max(least, Math.round(value)));
}

const ofBrowser: Clock = {
  now: () => performance.now(),
  next: (act) => {
    const request = requestAnimationFrame(act);
    return () => cancelAnimationFrame(request);
  },
};
