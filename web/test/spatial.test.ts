import { describe, expect, it } from "vitest";
import { AnnotationDocument } from "../src/core/document";
import { contains, overlap } from "../src/core/geometry";
import { SHAPE_TYPES, type Shape } from "../src/core/model";
import { SpatialIndex } from "../src/core/spatial";
import { shapeTypes } from "../src/core/types";
import { randomShape, seeded } from "./random";
import { box } from "./shapes";

const IMAGE = { width: 1920, height: 1080 };
const cids = (shapes: readonly Shape[]) => shapes.map((shape) => shape.cid);

function many(count: number, seed = 1): Shape[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, index) =>
    randomShape(random, `s${index}`, SHAPE_TYPES[index % SHAPE_TYPES.length] ?? "rectangle", IMAGE),
  );
}

describe("a click", () => {
  const low = box("low", { points: [0, 0, 20, 20] });
  const wide = box("wide", { points: [0, 0, 100, 100], zOrder: 1 });
  const small = box("small", { points: [5, 5, 30, 30], zOrder: 1 });
  const twin = box("twin", { points: [5, 5, 30, 30], zOrder: 1 });

  it("means the topmost, then the smallest, then the last drawn", () => {
    const index = new SpatialIndex([low, wide, small, twin]);
    expect(cids(index.hit({ x: 10, y: 10 }, 3))).toEqual(["twin", "small", "wide", "low"]);
  });

  it("takes a line before the area it crosses", () => {
    const line = box("line", { type: "polyline", points: [0, 50, 100, 50], zOrder: 1 });
    expect(cids(new SpatialIndex([line, wide]).hit({ x: 50, y: 52 }, 3))).toEqual(["line", "wide"]);
  });
});

it("a box holds what lies wholly inside, undermost first", () => {
  const shapes = [box("b", { points: [20, 20, 40, 40] }), box("a"), box("out", { points: [30, 30, 60, 60] })];
  expect(cids(new SpatialIndex(shapes).inside({ left: 0, top: 0, right: 40, bottom: 40 }))).toEqual([
    "b",
    "a",
  ]);
});

describe("an index kept in step", () => {
  it("finds what a look at each shape finds, after any changes", () => {
    const random = seeded(7);
    const document = new AnnotationDocument();
    document.apply({ put: many(500), remove: [] }, "server");
    const index = new SpatialIndex(document.onFrame(0));
    for (let round = 0; round < 60; round++) {
      const drawn = many(1 + Math.floor(random() * 8), round).map((shape) => ({
        ...shape,
        cid: `n${round}${shape.cid}`,
      }));
      const known = document.onFrame(0);
      const pick = () => known[Math.floor(random() * known.length)] as Shape;
      const moved = { ...pick(), points: [1, 2, 31, 42], type: "rectangle" as const };
      const remove = round % 3 === 0 ? [pick().cid, "unknown"] : [];
      document.apply({ put: [...drawn, moved], remove }, "user");
      if (round % 20 === 19) document.apply({ put: many(400, round), remove: [] }, "server");
      index.update(document.onFrame(0));
      const left = random() * 1500;
      const area = { left, top: 0, right: left + random() * 800, bottom: random() * 1080 };
      const bounds = (shape: Shape) => shapeTypes[shape.type].bounds(shape.points);
      const touched = document.onFrame(0).filter((shape) => overlap(area, bounds(shape)));
      expect(cids(index.search(area)).sort()).toEqual(cids(touched).sort());
      expect(index.inside(area)).toEqual(touched.filter((shape) => contains(area, bounds(shape))));
    }
  });

  it("may be emptied and filled again", () => {
    const index = new SpatialIndex(many(10));
    index.update([]);
    expect(index.search({ left: 0, top: 0, right: 9999, bottom: 9999 })).toEqual([]);
    index.update(many(3));
    expect(index.search({ left: 0, top: 0, right: 9999, bottom: 9999 })).toHaveLength(3);
  });
});

it("takes one more of 5,500 shapes in a small part of a picture's time", () => {
  const shapes = many(5500);
  const median = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] as number;
  const timed = (run: () => void) => {
    const start = performance.now();
    run();
    return performance.now() - start;
  };
  const loads = Array.from({ length: 9 }, () => timed(() => new SpatialIndex(shapes)));
  const index = new SpatialIndex(shapes);
  let now: readonly Shape[] = shapes;
  const updates = Array.from({ length: 50 }, (_, round) => {
    now = [...now, box(`new${round}`, { points: [round, round, round + 50, round + 50] })];
    return timed(() => index.update(now));
  });
  const hits = Array.from({ length: 200 }, (_, round) =>
    timed(() => index.hit({ x: 9 * round, y: 5 * round }, 3)),
  );
  const [load, update, hit] = [median(loads), median(updates), median(hits)];
  console.log(
    `5,500 shapes: load ${load.toFixed(2)} ms, one more ${update.toFixed(2)} ms, hit ${hit.toFixed(3)} ms`,
  );
  expect(update).toBeLessThan(4);
  expect(hit).toBeLessThan(1);
});
