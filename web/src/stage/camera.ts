/** Where the picture lies in the view: pure arithmetic. Points of the view are CSS pixels from its left top. */

import { distance, type Size } from "../core/geometry";
import type { Box, Point } from "../core/model";
import type { Camera } from "./scene";

/** Free space around a picture that is shown whole, CSS pixels. */
const FIT_MARGIN = 16;
/** Free space between a revealed box and the view's edge. */
const REVEAL_MARGIN = 32;
/** CSS pixels of the picture that always stay in sight. */
const IN_SIGHT = 64;
/** Smallest scale, as a part of the scale that shows the whole picture. */
const MIN_OF_FIT = 0.05;
const MAX_SCALE = 64;

export function toImage(camera: Camera, view: Point): Point {
  return { x: (view.x - camera.x) / camera.scale, y: (view.y - camera.y) / camera.scale };
}

export function toView(camera: Camera, image: Point): Point {
  return { x: image.x * camera.scale + camera.x, y: image.y * camera.scale + camera.y };
}

/** The whole picture, in the middle of the view. A view too small for the margin does without. */
export function fitted(image: Size, view: Size): Camera {
  const margin = Math.min(FIT_MARGIN, view.width / 8, view.height / 8);
  const scale = Math.min(
    Math.max(1, view.width - 2 * margin) / image.width,
    Math.max(1, view.height - 2 * margin) / image.height,
    MAX_SCALE,
  );
  return {
    scale,
    x: (view.width - image.width * scale) / 2,
    y: (view.height - image.height * scale) / 2,
  };
}

/** `camera` zoomed by `factor`, within the limits, with the image point under `around` staying there. */
export function zoomed(camera: Camera, factor: number, around: Point, image: Size, view: Size): Camera {
  const least = fitted(image, view).scale * MIN_OF_FIT;
  const scale = Math.min(MAX_SCALE, Math.max(least, camera.scale * factor));
  const ratio = scale / camera.scale;
  return kept(
    { scale, x: around.x - (around.x - camera.x) * ratio, y: around.y - (around.y - camera.y) * ratio },
    image,
    view,
  );
}

export function panned(camera: Camera, by: Point, image: Size, view: Size): Camera {
  return kept({ ...camera, x: camera.x + by.x, y: camera.y + by.y }, image, view);
}

/** `camera` moved just so far that the picture is not lost out of sight. */
export function kept(camera: Camera, image: Size, view: Size): Camera {
  return {
    scale: camera.scale,
    x: keptAlong(camera.x, image.width * camera.scale, view.width),
    y: keptAlong(camera.y, image.height * camera.scale, view.height),
  };
}

function keptAlong(offset: number, length: number, viewLength: number): number {
  const inSight = Math.min(IN_SIGHT, viewLength / 2);
  return Math.min(viewLength - inSight, Math.max(inSight - length, offset));
}

/** `camera` with `box` in view: as it is if it shows it, else moved as little as needed, and zoomed out if it must. */
export function revealing(camera: Camera, box: Box, image: Size, view: Size): Camera {
  const margin = Math.min(REVEAL_MARGIN, view.width / 8, view.height / 8);
  const room = { width: view.width - 2 * margin, height: view.height - 2 * margin };
  const scale = Math.min(
    camera.scale,
    room.width / Math.max(box.right - box.left, 1e-6),
    room.height / Math.max(box.bottom - box.top, 1e-6),
  );
  const middle = { x: view.width / 2, y: view.height / 2 };
  const wide = scale < camera.scale ? zoomed(camera, scale / camera.scale, middle, image, view) : camera;
  const low = toView(wide, { x: box.left, y: box.top });
  const high = toView(wide, { x: box.right, y: box.bottom });
  const by = {
    x: shiftInto(low.x, high.x, margin, view.width - margin),
    y: shiftInto(low.y, high.y, margin, view.height - margin),
  };
  return by.x === 0 && by.y === 0 ? wide : panned(wide, by, image, view);
}

/** What to add to the stretch `low`..`high` to bring it into `from`..`to`. */
function shiftInto(low: number, high: number, from: number, to: number): number {
  if (low < from) return from - low;
  return high > to ? to - high : 0;
}

/** `camera` after the view changed its size: whole pictures stay whole, else what was in the middle stays there. */
export function resized(camera: Camera, image: Size, before: Size, view: Size): Camera {
  const old = fitted(image, before);
  const wasFitted = near(old.scale, camera.scale) && near(old.x, camera.x) && near(old.y, camera.y);
  if (wasFitted) return fitted(image, view);
  return panned(
    camera,
    { x: (view.width - before.width) / 2, y: (view.height - before.height) / 2 },
    image,
    view,
  );
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-6 * Math.max(1, Math.abs(a));
}

/** What a turn of the wheel asks for: the logarithm of a zoom factor, and whether it is a notch to be smoothed. */
export interface WheelZoom {
  readonly log: number;
  readonly notch: boolean;
}

/** CSS pixels a line and a page of a wheel count as, by `deltaMode`. */
const DELTA_UNITS = [1, 32, 400];
/** A notch of a common wheel, 100 to 120 pixels, zooms by about a fifth. */
const WHEEL_SPEED = 0.0017;
/** A pinch on a trackpad comes as a wheel with Ctrl and small deltas. */
const PINCH_SPEED = 0.01;

export function wheelZoom(event: Pick<WheelEvent, "deltaY" | "deltaMode" | "ctrlKey">): WheelZoom {
  const delta = event.deltaY * (DELTA_UNITS[event.deltaMode] ?? 1);
  const notch = Math.abs(delta) >= 50;
  const pinch = event.ctrlKey && !notch;
  const limited = Math.max(-240, Math.min(240, delta));
  return { log: -limited * (pinch ? PINCH_SPEED : WHEEL_SPEED), notch };
}

/** The camera of two fingers that stood at `from` under `start` and now stand at `to`. */
export function pinched(
  start: Camera,
  from: readonly [Point, Point],
  to: readonly [Point, Point],
  image: Size,
  view: Size,
): Camera {
  const factor = distance(...to) / Math.max(1, distance(...from));
  const [before, now] = [middle(...from), middle(...to)];
  const moved = { ...start, x: start.x + now.x - before.x, y: start.y + now.y - before.y };
  return zoomed(moved, factor, now, image, view);
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
