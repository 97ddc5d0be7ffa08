/** What each type of shape is, as geometry: one entry a type, and the questions that are the same for all. */

import {
  boundsOf,
  clamp,
  clampedShift,
  convexHull,
  distance,
  grown,
  insideBox,
  insidePolygon,
  polygonArea,
  rounded,
  type Size,
  shifted,
} from "./geometry";
import type { Box, Point, Shape, ShapeType } from "./model";
import * as paths from "./paths";

/** A place to take a shape by. */
export interface Handle extends Point {
  readonly kind: "corner" | "edge" | "vertex" | "midpoint";
  /** The length it is the middle of, in image pixels; endless for those that are always shown. */
  readonly span: number;
}

/** The geometry of one type. `points` are flat image pixels and never changed; new ones come to 1/100 px. */
export interface Geometry {
  /** Whether it encloses an area. */
  readonly closed: boolean;
  /** The fewest vertices it can have; 0 when it has none of its own. */
  readonly least: number;
  bounds(points: readonly number[]): Box;
  /** Inside a closed shape (or near a tiny one), within `reach` image pixels of a line or a point. */
  hit(points: readonly number[], at: Point, reach: number): boolean;
  /** In square pixels; 0 when not closed. */
  area(points: readonly number[]): number;
  /** Numbered as `Grip.handle` counts: corners or vertices first, clockwise as given, then middles of edges. */
  handles(points: readonly number[]): readonly Handle[];
  /**
   * The points when `handle` is dragged to `to`, which is clamped to the image. A coordinate that does not
   * change stays exactly as it is. Start each drag from the points it began with: a box dragged across itself
   * is put in order, and then its corners count anew.
   */
  moveHandle(points: readonly number[], handle: number, to: Point, image: Size): number[];
  /** The points without the vertex of that handle; undefined when that left too few. */
  removeVertex(points: readonly number[], handle: number): number[] | undefined;
}

/** Corners 0–3: left top, right top, right bottom, left bottom; edges 4–7: top, right, bottom, left. */
const rectangle: Geometry = {
  closed: true,
  least: 0,
  bounds: boundsOf,

  hit(points, at, reach) {
    const { left, top, right, bottom } = boundsOf(points);
    const [padX, padY] = [Math.max(0, reach - (right - left) / 2), Math.max(0, reach - (bottom - top) / 2)];
    return at.x >= left - padX && at.x <= right + padX && at.y >= top - padY && at.y <= bottom + padY;
  },

  area(points) {
    const { left, top, right, bottom } = boundsOf(points);
    return (right - left) * (bottom - top);
  },

  handles(points) {
    const { left, top, right, bottom } = boundsOf(points);
    const [x, y, width, height] = [(left + right) / 2, (top + bottom) / 2, right - left, bottom - top];
    const corner = { kind: "corner", span: Number.POSITIVE_INFINITY } as const;
    return [
      { x: left, y: top, ...corner },
      { x: right, y: top, ...corner },
      { x: right, y: bottom, ...corner },
      { x: left, y: bottom, ...corner },
      { x, y: top, kind: "edge", span: width },
      { x: right, y, kind: "edge", span: height },
      { x, y: bottom, kind: "edge", span: width },
      { x: left, y, kind: "edge", span: height },
    ];
  },

  moveHandle(points, handle, to, image) {
    const { left, top, right, bottom } = boundsOf(points);
    const x = (old: number) => (to.x === old ? old : rounded(clamp(to.x, 0, image.width)));
    const y = (old: number) => (to.y === old ? old : rounded(clamp(to.y, 0, image.height)));
    const [x0, x1] = [
      [0, 3, 7].includes(handle) ? x(left) : left,
      [1, 2, 5].includes(handle) ? x(right) : right,
    ];
    const [y0, y1] = [
      [0, 1, 4].includes(handle) ? y(top) : top,
      [2, 3, 6].includes(handle) ? y(bottom) : bottom,
    ];
    return [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)];
  },

  removeVertex: () => undefined,
};

/** Shown, hit and moved as what its 8 points outline; it has no handles. */
const cuboid: Geometry = {
  closed: true,
  least: 0,
  bounds: boundsOf,

  hit(points, at, reach) {
    const { left, top, right, bottom } = boundsOf(points);
    const tiny = Math.min(right - left, bottom - top) < 2 * reach;
    return tiny
      ? insideBox(grown({ left, top, right, bottom }, reach), at)
      : insidePolygon(convexHull(points), at);
  },

  area: (points) => polygonArea(convexHull(points)),
  handles: () => [],
  moveHandle: (points) => [...points],
  removeVertex: () => undefined,
};

export const shapeTypes: { readonly [type in ShapeType]: Geometry } = {
  rectangle,
  polygon: paths.polygon,
  polyline: paths.polyline,
  points: paths.points,
  cuboid,
};

/** Image pixels. A closed shape with a shorter side is a slip of the hand. */
export const MIN_SIDE = 3;

/** `points` moved by `dx`, `dy`, as far as all of them stay in the image. */
export function translate(points: readonly number[], dx: number, dy: number, image: Size): number[] {
  return shifted(points, clampedShift(boundsOf(points), dx, dy, image));
}

/** A handle and its number. */
export interface NumberedHandle {
  readonly handle: number;
  readonly at: Handle;
}

/** Screen pixels. A side shorter than this has no handle in its middle: it would hide the corners. */
const MIN_SPAN = 32;

/** Screen pixels around a handle in which the pointer takes it. */
export const HANDLE_REACH = 9;

/** The handles of a shape to be seen and taken where one screen pixel covers `pixel` image pixels. */
export function shownHandles(
  shape: Pick<Shape, "type" | "points">,
  pixel: number,
): readonly NumberedHandle[] {
  return shapeTypes[shape.type]
    .handles(shape.points)
    .map((at, handle) => ({ handle, at }))
    .filter(({ at }) => at.span >= MIN_SPAN * pixel);
}

/** The shown handle of `shapes` nearest to `at`, if one is within reach. The heart of a tiny shape stays free to move it by. */
export function gripAt(
  shapes: readonly Shape[],
  at: Point,
  pixel: number,
): { readonly shape: Shape; readonly handle: number } | undefined {
  let best: { shape: Shape; handle: number } | undefined;
  let nearest = Number.POSITIVE_INFINITY;
  for (const shape of shapes) {
    const box = shapeTypes[shape.type].bounds(shape.points);
    const full = HANDLE_REACH * pixel;
    if (!insideBox(grown(box, full), at)) continue;
    const closed = shapeTypes[shape.type].closed;
    const side = Math.min(box.right - box.left, box.bottom - box.top);
    const reach = closed && insideBox(box, at) ? Math.min(full, side / 3) : full;
    for (const { handle, at: place } of shownHandles(shape, pixel)) {
      const away = distance(place, at);
      if (away > reach || away >= nearest) continue;
      nearest = away;
      best = { shape, handle };
    }
  }
  return best;
}
