import type { Shape, ShapeType } from "../src/core/model";
import { box } from "./shapes";

/** The same numbers in [0, 1) for the same seed (mulberry32, Tommy Ettinger 2017). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const VERTICES: Record<ShapeType, number> = { rectangle: 2, polygon: 6, polyline: 4, points: 3, cuboid: 8 };

/** A shape with points to 1/100 px inside an image of `width` by `height`, closed ones at least 3 px a side. */
export function randomShape(
  random: () => number,
  cid: string,
  type: ShapeType,
  { width, height }: { width: number; height: number },
): Shape {
  const hundredths = (most: number) => Math.round(random() * most * 100) / 100;
  const size = { x: 4 + hundredths(width / 10), y: 4 + hundredths(height / 10) };
  const left = hundredths(width - size.x);
  const top = hundredths(height - size.y);
  const corners = [left, top, left + size.x, top + size.y].map((value) => Math.round(value * 100) / 100);
  const points = Array.from({ length: VERTICES[type] * 2 }, (_, index) =>
    index < 4
      ? (corners[index] as number)
      : Math.round(((index % 2 ? top : left) + random() * 4) * 100) / 100,
  );
  return box(cid, { type, points, zOrder: Math.floor(random() * 3) });
}
