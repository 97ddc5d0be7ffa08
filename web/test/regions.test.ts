import { describe, expect, it } from "vitest";
import type { NewShape } from "../src/core/model";
import { markOf, marksAt, type Region, regionAround, regionOf, regionsAt } from "../src/core/regions";

const IMAGE = { width: 200, height: 100 };
const box = (...points: number[]): Region => ({ type: "rectangle", points });

describe("a position", () => {
  it.each<[string, readonly number[], Region | undefined]>([
    ["of four numbers is a box", [10, 20, 30, 40], box(10, 20, 30, 40)],
    ["from any corner, too", [30, 40, 10, 20], box(10, 20, 30, 40)],
    ["of more is a polygon", [0, 0, 10, 0, 5, 9], { type: "polygon", points: [0, 0, 10, 0, 5, 9] }],
    ["of one point is a box around it", [50, 60], box(46, 56, 54, 64)],
    ["of a flat box is widened, to be seen", [10, 20, 30, 20], box(6, 16, 34, 24)],
    ["with a number too many does without it", [10, 20, 30, 40, 7], box(10, 20, 30, 40)],
    ["of one number is none", [7], undefined],
  ])("%s", (_, position, expected) => {
    expect(regionOf(position)).toEqual(expected);
  });
});

describe("the region of an object", () => {
  const shape = (type: NewShape["type"], ...points: number[]): NewShape => ({ type, points });
  const polygon = (...points: number[]): Region => ({ type: "polygon", points });

  it.each<[string, readonly NewShape[], Region]>([
    ["is a box's own", [shape("rectangle", 1, 2, 30, 40)], box(1, 2, 30, 40)],
    ["is a polygon's points", [shape("polygon", 0, 0, 9, 0, 5, 9)], polygon(0, 0, 9, 0, 5, 9)],
    ["is a line's points", [shape("polyline", 0, 0, 9, 0, 5, 9)], polygon(0, 0, 9, 0, 5, 9)],
    ["is a box for a line of two", [shape("polyline", 9, 8, 1, 2)], box(1, 2, 9, 8)],
    ["is a box around points", [shape("points", 5, 5, 90, 60)], box(5, 5, 90, 60)],
    ["is cut to the image", [shape("points", 199, 1)], box(195, 0, 200, 5)],
    [
      "is the box around several",
      [shape("rectangle", 1, 2, 3, 4), shape("polygon", 50, 50, 70, 50, 60, 90)],
      box(1, 2, 70, 90),
    ],
  ])("%s", (_, shapes, expected) => {
    expect(regionAround(shapes, IMAGE)).toEqual(expected);
  });

  it("is the outline of a cuboid, without what lies inside", () => {
    const cuboid = shape("cuboid", 0, 0, 0, 10, 10, 0, 10, 10, 12, 2, 12, 12, 5, 5, 6, 6);
    expect(regionAround([cuboid], IMAGE).points).toEqual([0, 0, 10, 0, 12, 2, 12, 12, 0, 10]);
  });
});

describe("what lies under the pointer", () => {
  const outer = box(0, 0, 100, 80);
  const inner = box(20, 20, 40, 40);
  const triangle: Region = { type: "polygon", points: [100, 90, 150, 10, 180, 90] };

  it("is the smallest region first", () => {
    expect(regionsAt([inner, outer, triangle], { x: 30, y: 30 }, 0)).toEqual([inner, outer]);
    expect(regionsAt([inner, outer, triangle], { x: 105, y: 20 }, 0)).toEqual([]);
    expect(regionsAt([inner, outer, triangle], { x: 150, y: 60 }, 0)).toEqual([triangle]);
  });

  it("is a mark at the upper right, the one above first", () => {
    expect([markOf(inner, 1), markOf(triangle, 0.5)]).toEqual([
      { x: 54, y: 6 },
      { x: 157, y: 3 },
    ]);
    const twin = box(10, 20, 42, 50);
    expect(marksAt([inner, twin, outer], { x: 55, y: 7 }, 1)).toEqual([twin, inner]);
    expect(marksAt([inner, twin, outer], { x: 40, y: 20 }, 1), "the corner is the object's").toEqual([]);
  });
});
