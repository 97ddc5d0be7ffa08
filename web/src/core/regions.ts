/** Regions: the places of a picture that a review's issues point to, and how API v1 writes them. Pure geometry. */

import {
  boundsOf,
  clamp,
  convexHull,
  distance,
  grown,
  polygonArea,
  rounded,
  type Size,
  union,
} from "./geometry";
import type { Box, NewShape, Point } from "./model";
import { shapeTypes } from "./types";

/** Flat image pixels; a rectangle is left, top, right, bottom. */
export interface Region {
  readonly type: "rectangle" | "polygon";
  readonly points: readonly number[];
}

/** What is too thin to be seen or hit is widened by this much on each side, image pixels. */
const WIDENED = 4;
const LEAST_SIDE = 2;

/**
 * The region that an issue's `position` names: of 4 numbers a box, of more the vertices of a polygon (contract of
 * reviews, 1.2). One point alone is a small box around it; undefined when there is no point.
 */
export function regionOf(position: readonly number[]): Region | undefined {
  const points = position.length % 2 === 0 ? position : position.slice(0, -1);
  if (points.length === 0) return undefined;
  if (points.length > 4) return { type: "polygon", points };
  return { type: "rectangle", points: edgesOf(visible(boundsOf(points))) };
}

/** The region of objects: the outline of one alone, or the box around them. There must be one at least. */
export function regionAround(shapes: readonly NewShape[], image: Size): Region {
  const [first, ...others] = shapes;
  if (first !== undefined && others.length === 0) {
    if (first.type === "polygon" || (first.type === "polyline" && first.points.length > 4))
      return { type: "polygon", points: first.points };
    if (first.type === "cuboid") return { type: "polygon", points: convexHull(first.points) };
  }
  const box = visible(union(shapes.map(({ type, points }) => shapeTypes[type].bounds(points))));
  const inside: Box = {
    left: clamp(box.left, 0, image.width),
    top: clamp(box.top, 0, image.height),
    right: clamp(box.right, 0, image.width),
    bottom: clamp(box.bottom, 0, image.height),
  };
  return { type: "rectangle", points: edgesOf(inside) };
}

/** Of the mark of a region, by which it is opened, in screen pixels. */
export const MARK_RADIUS = 10;
/** From the region's corner up and to the right: a region has its corners where its object has its handles. */
const MARK_OFFSET = 14;

/** Where the mark of a region stands: off its upper right. A screen pixel covers `pixel` image pixels. */
export function markOf(region: Region, pixel: number): Point {
  const { x, y } = upperRight(region);
  return { x: x + MARK_OFFSET * pixel, y: y - MARK_OFFSET * pixel };
}

/** A corner of a box, a vertex of a polygon. */
function upperRight({ type, points }: Region): Point {
  const { right, top } = boundsOf(points);
  if (type === "rectangle") return { x: right, y: top };
  let best = { x: points[0] as number, y: points[1] as number };
  for (let index = 2; index < points.length; index += 2) {
    const [x, y] = [points[index] as number, points[index + 1] as number];
    if (x - y > best.x - best.y) best = { x, y };
  }
  return best;
}

/** Those of `regions` whose mark is at `at`; the last drawn, which lies above, first. */
export function marksAt<Each extends Region>(regions: readonly Each[], at: Point, pixel: number): Each[] {
  return regions.filter((region) => distance(markOf(region, pixel), at) <= MARK_RADIUS * pixel).reverse();
}

/** Those of `regions` under `at`, the smallest first: it may lie within others. */
export function regionsAt<Each extends Region>(regions: readonly Each[], at: Point, reach: number): Each[] {
  return regions
    .filter(({ type, points }) => shapeTypes[type].hit(points, at, reach))
    .sort((a, b) => areaOf(a) - areaOf(b));
}

function areaOf({ type, points }: Region): number {
  if (type === "polygon") return polygonArea(points);
  const { left, top, right, bottom } = boundsOf(points);
  return (right - left) * (bottom - top);
}

function visible(box: Box): Box {
  const thin = box.right - box.left < LEAST_SIDE || box.bottom - box.top < LEAST_SIDE;
  return thin ? grown(box, WIDENED) : box;
}

function edgesOf({ left, top, right, bottom }: Box): number[] {
  return [rounded(left), rounded(top), rounded(right), rounded(bottom)];
}
