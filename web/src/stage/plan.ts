/** What must be drawn anew when the shapes to show have changed: pure, so that it can be tried without a canvas. */

import { boundsOf } from "../core/geometry";
import type { Box, Shape } from "../core/model";

/** How to bring a drawing of some shapes to show others. */
export type Plan =
  | { readonly name: "same" }
  /** Draw these above all others. */
  | { readonly name: "append"; readonly shapes: readonly Shape[] }
  /** Draw whatever lies in these boxes anew, image pixels. */
  | { readonly name: "repair"; readonly boxes: readonly Box[] }
  | { readonly name: "rebuild" };

/** More changed shapes than these are not worth repairing one by one. */
const MAX_REPAIRS = 32;

/** The cheapest way from a drawing of `drawn` to one of `wanted`; both undermost first. */
export function planChange(drawn: readonly Shape[], wanted: readonly Shape[]): Plan {
  let start = 0;
  const shorter = Math.min(drawn.length, wanted.length);
  while (start < shorter && looksSame(drawn[start] as Shape, wanted[start] as Shape)) start += 1;
  if (start === drawn.length) {
    const shapes = wanted.slice(start);
    if (shapes.length === 0) return { name: "same" };
    return shapes.length <= MAX_REPAIRS ? { name: "append", shapes } : { name: "rebuild" };
  }
  let end = 0;
  while (end < shorter - start && looksSame(drawn.at(-1 - end) as Shape, wanted.at(-1 - end) as Shape))
    end += 1;
  return planMiddle(drawn.slice(start, drawn.length - end), wanted.slice(start, wanted.length - end));
}

function planMiddle(drawn: readonly Shape[], wanted: readonly Shape[]): Plan {
  const old = new Map(drawn.map((shape) => [shape.cid, shape]));
  const dirty: Box[] = [];
  const keptOrder: Shape[] = [];
  for (const shape of wanted) {
    const before = old.get(shape.cid);
    if (before !== undefined && looksSame(before, shape)) {
      keptOrder.push(shape);
      old.delete(shape.cid);
    } else dirty.push(boxOf(shape.points));
  }
  for (const shape of old.values()) dirty.push(boxOf(shape.points));
  if (dirty.length > 2 * MAX_REPAIRS || !inOrder(keptOrder, drawn)) return { name: "rebuild" };
  return { name: "repair", boxes: dirty };
}

/** Whether `some` stand in `all` in the same order. */
function inOrder(some: readonly Shape[], all: readonly Shape[]): boolean {
  let next = 0;
  for (const shape of all) if (shape.cid === some[next]?.cid) next += 1;
  return next === some.length;
}

/** Those of `wanted` that a drawing of `drawn` does not show as they are. */
export function notDrawn(drawn: readonly Shape[], wanted: readonly Shape[]): readonly Shape[] {
  const old = new Map(drawn.map((shape) => [shape.cid, shape]));
  return wanted.filter((shape) => {
    const before = old.get(shape.cid);
    return before === undefined || !looksSame(before, shape);
  });
}

/** Whether two records are drawn alike; an id from the server, say, is not seen. */
export function looksSame(a: Shape, b: Shape): boolean {
  return (
    a === b ||
    (a.cid === b.cid &&
      a.points === b.points &&
      a.labelId === b.labelId &&
      a.occluded === b.occluded &&
      a.zOrder === b.zOrder &&
      a.type === b.type)
  );
}

const boxes = new WeakMap<readonly number[], Box>();

/** The box round `points`, measured once an array. */
export function boxOf(points: readonly number[]): Box {
  let box = boxes.get(points);
  if (box === undefined) {
    box = boundsOf(points);
    boxes.set(points, box);
  }
  return box;
}

/** What drawing a shape costs, roughly, in units of which a slice may spend some. */
export function costOf(shape: Shape): number {
  return 8 + shape.points.length;
}

/** Bounds of what is believed of a machine, units a millisecond: a pause in between says nothing of its speed. */
const RATES = [150, 4000] as const;

/**
 * Units that are drawn in a millisecond, after `units` took `took` ms; `rate` is what was thought before.
 * Slow to believe in speed: a frame that takes too long is seen, one that could have done more is not.
 */
export function learnedRate(rate: number, units: number, took: number): number {
  const seen = Math.min(RATES[1], Math.max(RATES[0], units / Math.max(took, 0.05)));
  return rate + (seen - rate) * (seen < rate ? 0.5 : 0.25);
}
