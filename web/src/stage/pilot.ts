/** Moves the camera: on demand, under the hand, and on the glide that a wheel's notch begins. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Size } from "../core/geometry";
import type { Box, Point } from "../core/model";
import { fitted, panned, pinched, resized, revealing, zoomed } from "./camera";
import type { View } from "./layer";
import type { Camera } from "./scene";

/** Time constant of a glide. */
const GLIDE_MS = 40;
/** What is left of a glide when it ends, as the logarithm of a factor. */
const GLIDE_END = 0.005;

/** The camera of one stage. Nothing moves while there is no picture. Points are CSS pixels of the view. */
export class Pilot {
  readonly #camera = signal<Camera>({ scale: 1, x: 0, y: 0 });
  readonly #reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
  readonly #moved: () => void;
  #view: View;
  #size: Size | undefined;
  #glide = { log: 0, around: { x: 0, y: 0 }, at: 0 };

  /** `moved` is called after each change of the camera. */
  constructor(view: View, moved: () => void) {
    this.#view = view;
    this.#moved = moved;
  }

  get camera(): ReadonlySignal<Camera> {
    return this.#camera;
  }

  get gliding(): boolean {
    return this.#glide.log !== 0;
  }

  /** Show a picture of another size whole; for one of the same size the camera stays. */
  setSize({ width, height }: Size): void {
    if (this.#size?.width === width && this.#size.height === height) return;
    this.#size = { width, height };
    this.fit();
  }

  setView(view: View): void {
    const before = this.#view;
    this.#view = view;
    this.#jump((camera, size) => resized(camera, size, before, view));
  }

  fit(): void {
    this.#jump((_, size) => fitted(size, this.#view));
  }

  zoomBy(factor: number, around?: Point): void {
    const at = around ?? { x: this.#view.width / 2, y: this.#view.height / 2 };
    this.#jump((camera, size) => zoomed(camera, factor, at, size, this.#view));
  }

  reveal(box: Box): void {
    this.#jump((camera, size) => revealing(camera, box, size, this.#view));
  }

  /** From `start` by whole device pixels, so that what was crisp stays crisp. */
  pan(start: Camera, by: Point): void {
    const { unit } = this.#view;
    const whole = { x: Math.round(by.x * unit) / unit, y: Math.round(by.y * unit) / unit };
    this.#jump((_, size) => panned(start, whole, size, this.#view));
  }

  pinch(start: Camera, from: readonly [Point, Point], to: readonly [Point, Point]): void {
    this.#jump((_, size) => pinched(start, from, to, size, this.#view));
  }

  /** Zoom by the exponential of `log`: at once, or as a glide that `glide` goes on with. */
  wheel(log: number, around: Point, smooth: boolean): void {
    if (!this.gliding) this.#glide.at = performance.now();
    this.#glide.log += log;
    this.#glide.around = around;
    if (!smooth || this.#reducedMotion.matches) this.#zoomOn(this.#glide.log);
  }

  /** Go the part of a glide that is due at `now`. */
  glide(now: number): void {
    if (!this.gliding) return;
    const { log, at } = this.#glide;
    const part = 1 - Math.exp(-Math.max(4, now - at) / GLIDE_MS);
    this.#glide.at = now;
    this.#zoomOn(Math.abs(log) < GLIDE_END ? log : log * part);
  }

  #zoomOn(log: number): void {
    const { scale } = this.#camera.peek();
    const { around } = this.#glide;
    const left = this.#glide.log - log;
    this.zoomBy(Math.exp(log), around);
    // At a limit there is no further to go.
    this.#glide.log = this.#camera.peek().scale === scale ? 0 : left;
  }

  /** Show another camera, and forget where a wheel was going. */
  #jump(find: (camera: Camera, size: Size) => Camera): void {
    this.#glide.log = 0;
    if (this.#size === undefined) return;
    const before = this.#camera.peek();
    const camera = find(before, this.#size);
    if (before.scale === camera.scale && before.x === camera.x && before.y === camera.y) return;
    this.#camera.value = camera;
    this.#moved();
  }
}
