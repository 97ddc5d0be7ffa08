/** Plane geometry in image pixels, on points as models carry them: flat, `x0, y0, x1, y1, …`. */

import type { Box, Point } from "./model";

/** Of an image, in pixels. Its points run from 0 to `width` and `height`, both included. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** `value` to 1/100 px: finer is noise of the hand and of floats. Never -0, which JSON would lose. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** The nearest point of the image. */
export function clampPoint(point: Point, image: Size): Point {
  return { x: clamp(point.x, 0, image.width), y: clamp(point.y, 0, image.height) };
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

export function distanceToSegment(at: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : clamp(((at.x - a.x) * dx + (at.y - a.y) * dy) / length2, 0, 1);
  return Math.hypot(at.x - a.x - along * dx, at.y - a.y - along * dy);
}

/** Point `index` of flat `points`; there must be one. */
export function pointAt(points: readonly number[], index: number): Point {
  return { x: points[2 * index] as number, y: points[2 * index + 1] as number };
}

export function boxBetween(a: Point, b: Point): Box {
  return {
    left: Math.min(a.x, b.x),
    top: Math.min(a.y, b.y),
    right: Math.max(a.x, b.x),
    bottom: Math.max(a.y, b.y),
  };
}

/** The box round flat `points`; there must be one at least. */
export function boundsOf(points: readonly number[]): Box {
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < points.length; index += 2) {
    const x = points[index] as number;
    const y = points[index + 1] as number;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return { left, top, right, bottom };
}

/** The box round all of `boxes`; there must be one at least. */
export function union(boxes: readonly Box[]): Box {
  return boundsOf(boxes.flatMap(({ left, top, right, bottom }) => [left, top, right, bottom]));
}

export function overlap(a: Box, b: Box): boolean {
  return a.left <= b.right && b.left <= a.right && a.top <= b.bottom && b.top <= a.bottom;
}

export function contains(outer: Box, inner: Box): boolean {
  return (
    outer.left <= inner.left &&
    outer.top <= inner.top &&
    outer.right >= inner.right &&
    outer.bottom >= inner.bottom
  );
}

/** What two boxes share; undefined when they do not touch. */
export function overlapOf(a: Box, b: Box): Box | undefined {
  if (!overlap(a, b)) return undefined;
  return {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  };
}

export function boxOfSize({ width, height }: Size): Box {
  return { left: 0, top: 0, right: width, bottom: height };
}

/** `box` grown on each side by `by`. */
export function grown(box: Box, by: number): Box {
  return { left: box.left - by, top: box.top - by, right: box.right + by, bottom: box.bottom + by };
}

/** Edges included. */
export function insideBox(box: Box, at: Point): boolean {
  return at.x >= box.left && at.x <= box.right && at.y >= box.top && at.y <= box.bottom;
}

/** Even-odd: what a self-crossing outline encloses twice is outside. */
export function insidePolygon(points: readonly number[], at: Point): boolean {
  let inside = false;
  let x0 = points[points.length - 2] as number;
  let y0 = points[points.length - 1] as number;
  for (let index = 0; index < points.length; index += 2) {
    const x1 = points[index] as number;
    const y1 = points[index + 1] as number;
    if (y1 > at.y !== y0 > at.y && at.x < ((x0 - x1) * (at.y - y1)) / (y0 - y1) + x1) inside = !inside;
    x0 = x1;
    y0 = y1;
  }
  return inside;
}

/** By the shoelace formula; never negative. */
export function polygonArea(points: readonly number[]): number {
  let twice = 0;
  let x0 = points[points.length - 2] as number;
  let y0 = points[points.length - 1] as number;
  for (let index = 0; index < points.length; index += 2) {
    const x1 = points[index] as number;
    const y1 = points[index + 1] as number;
    twice += x0 * y1 - x1 * y0;
    x0 = x1;
    y0 = y1;
  }
  return Math.abs(twice) / 2;
}

/** The outline round all `points`, flat as they are. Andrew's monotone chain (1979). */
export function convexHull(points: readonly number[]): number[] {
  const sorted: Point[] = [];
  for (let index = 0; index < points.length / 2; index++) sorted.push(pointAt(points, index));
  sorted.sort((a, b) => a.x - b.x || a.y - b.y);
  const lower = chain(sorted);
  const upper = chain(sorted.reverse());
  return [...lower, ...upper].flatMap(({ x, y }) => [x, y]);
}

/** One side of the hull of sorted points, without its last point. */
function chain(sorted: readonly Point[]): Point[] {
  const side: Point[] = [];
  for (const point of sorted) {
    while (side.length > 1 && !turnsLeft(side.at(-2) as Point, side.at(-1) as Point, point)) side.pop();
    side.push(point);
  }
  if (side.length > 1) side.pop();
  return side;
}

function turnsLeft(a: Point, b: Point, c: Point): boolean {
  return (b.x - a.x) * (c.y - a.y) > (b.y - a.y) * (c.x - a.x);
}

/**
 * As much of the move by `dx`, `dy` as keeps `box` inside the image. What already reaches out of it may come
 * in or stay, never go further.
 */
export function clampedShift(box: Box, dx: number, dy: number, image: Size): Point {
  return {
    x: clamp(dx, Math.min(0, -box.left), Math.max(0, image.width - box.right)),
    y: clamp(dy, Math.min(0, -box.top), Math.max(0, image.height - box.bottom)),
  };
}

/** Flat `points` moved, to 1/100 px; along an axis they do not move on they stay exactly as they are. */
export function shifted(points: readonly number[], by: Point): number[] {
  return points.map((value, index) => {
    const delta = index % 2 === 0 ? by.x : by.y;
    return delta === 0 ? value : rounded(value + delta);
  });
}
