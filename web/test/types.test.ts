import { describe, expect, it } from "vitest";
import { convexHull } from "../src/core/geometry";
import { type Point, SHAPE_TYPES } from "../src/core/model";
import { gripAt, shapeTypes, shownHandles, translate } from "../src/core/types";
import { randomShape, seeded } from "./random";
import { box } from "./shapes";

const IMAGE = { width: 200, height: 100 };
const SQUARE = [10, 10, 50, 10, 50, 50, 10, 50];
const CUBE = [20, 20, 20, 60, 60, 20, 60, 60, 30, 10, 30, 50, 70, 10, 70, 50];

describe("hit", () => {
  it.each([
    ["inside a rectangle", "rectangle", [10, 10, 50, 50], [30, 30], true],
    ["on its edge", "rectangle", [10, 10, 50, 50], [10, 30], true],
    ["beside it", "rectangle", [10, 10, 50, 50], [8, 30], false],
    ["in one whose corners are swapped", "rectangle", [50, 50, 10, 10], [30, 30], true],
    ["beside one too thin to be met", "rectangle", [10, 10, 11, 50], [13, 30], true],
    ["inside a polygon", "polygon", SQUARE, [11, 49], true],
    ["in the bay of a polygon", "polygon", [0, 0, 50, 0, 50, 50, 25, 5, 0, 50], [25, 30], false],
    ["beside a flat polygon", "polygon", [0, 50, 50, 50, 100, 50], [70, 53], true],
    ["near a line", "polyline", [0, 0, 50, 50], [27, 25], true],
    ["where a line would close", "polyline", SQUARE, [10, 30], false],
    ["near a point", "points", [10, 10, 50, 50], [52, 51], true],
    ["between points", "points", [10, 10, 50, 50], [30, 30], false],
    ["in a cuboid", "cuboid", CUBE, [65, 45], true],
    ["in the corner its outline leaves out", "cuboid", CUBE, [69, 58], false],
  ] as const)("%s", (_, type, points, [x, y], expected) => {
    expect(shapeTypes[type].hit(points, { x, y }, 4)).toBe(expected);
  });

  it("never lies outside the bounds and the reach", () => {
    const random = seeded(1);
    for (const type of SHAPE_TYPES)
      for (let round = 0; round < 200; round++) {
        const { points } = randomShape(random, "a", type, IMAGE);
        const at = { x: random() * 200, y: random() * 100 };
        const { left, top, right, bottom } = shapeTypes[type].bounds(points);
        const within = at.x >= left - 3 && at.x <= right + 3 && at.y >= top - 3 && at.y <= bottom + 3;
        expect(shapeTypes[type].hit(points, at, 3) && !within).toBe(false);
      }
  });
});

describe("area", () => {
  it.each([
    ["rectangle", [10, 20, 40, 30], 300],
    ["polygon", SQUARE, 1600],
    ["polyline", SQUARE, 0],
    ["points", SQUARE, 0],
    ["cuboid", CUBE, 2400],
  ] as const)("of a %s", (type, points, expected) => {
    expect(shapeTypes[type].area(points)).toBe(expected);
  });
});

describe("the hull", () => {
  it.each([
    ["leaves inner and doubled points out", [0, 0, 10, 0, 10, 10, 0, 10, 5, 5, 0, 0], 4],
    ["of points on a line is its ends", [0, 0, 1, 1, 2, 2], 2],
  ])("%s", (_, points, count) => {
    expect(convexHull(points)).toHaveLength(count * 2);
  });
});

describe("the handles of a rectangle", () => {
  const points = [10, 20, 50, 60];
  it.each([
    ["left top", 0, [5, 15], [5, 15, 50, 60]],
    ["right top", 1, [55, 15], [10, 15, 55, 60]],
    ["right bottom", 2, [55, 65], [10, 20, 55, 65]],
    ["left bottom", 3, [5, 65], [5, 20, 50, 65]],
    ["top", 4, [99, 15], [10, 15, 50, 60]],
    ["right", 5, [55, 0], [10, 20, 55, 60]],
    ["bottom", 6, [0, 65], [10, 20, 50, 65]],
    ["left", 7, [5, 0], [5, 20, 50, 60]],
    ["left top across itself", 0, [70, 80], [50, 60, 70, 80]],
    ["right out of the image", 5, [999, 0], [10, 20, 200, 60]],
    ["a corner to 1/100 px", 0, [1.23456, -0.001], [1.23, 0, 50, 60]],
  ] as const)("move %s", (_, handle, [x, y], expected) => {
    expect(shapeTypes.rectangle.moveHandle(points, handle, { x, y }, IMAGE)).toEqual(expected);
  });

  it("leave the other coordinates of an import exactly as they are", () => {
    const precise = [10.123456, -3.5, 50.654321, 60];
    expect(shapeTypes.rectangle.moveHandle(precise, 5, { x: 70, y: 0 }, IMAGE)).toEqual([
      10.123456, -3.5, 70, 60,
    ]);
  });
});

describe("the vertices of a path", () => {
  it("move alone", () => {
    expect(shapeTypes.polygon.moveHandle(SQUARE, 1, { x: 60, y: 5 }, IMAGE)).toEqual([
      10, 10, 60, 5, 50, 50, 10, 50,
    ]);
  });

  it.each([
    ["between two", "polygon", 4, [10, 10, 30, 0, 50, 10, 50, 50, 10, 50]],
    ["on the edge that closes", "polygon", 7, [10, 10, 50, 10, 50, 50, 10, 50, 30, 0]],
    ["on a line", "polyline", 5, [10, 10, 50, 10, 30, 0, 50, 50, 10, 50]],
  ] as const)("come to be %s", (_, type, handle, expected) => {
    expect(shapeTypes[type].moveHandle(SQUARE, handle, { x: 30, y: 0 }, IMAGE)).toEqual(expected);
  });

  it("have middles on edges only", () => {
    const count = (type: "polygon" | "polyline" | "points") => shapeTypes[type].handles(SQUARE).length;
    expect([count("polygon"), count("polyline"), count("points")]).toEqual([8, 7, 4]);
  });

  it.each([
    ["polygon", [0, 0, 9, 0, 9, 9, 0, 9], 3],
    ["polyline", [0, 0, 9, 0, 9, 9], 2],
    ["points", [0, 0, 9, 0], 1],
  ] as const)("of a %s are removed down to the fewest", (type, points, least) => {
    const { removeVertex } = shapeTypes[type];
    const fewer = removeVertex(points, 1) as number[];
    expect(fewer).toEqual([...points.slice(0, 2), ...points.slice(4)]);
    expect(fewer).toHaveLength(least * 2);
    expect(removeVertex(fewer, 0)).toBeUndefined();
  });
});

describe("for every type", () => {
  it("a handle dragged anywhere stays in the image", () => {
    const random = seeded(2);
    for (const type of SHAPE_TYPES)
      for (let round = 0; round < 100; round++) {
        const { points } = randomShape(random, "a", type, IMAGE);
        shapeTypes[type].handles(points).forEach((_, handle) => {
          const to = { x: random() * 600 - 200, y: random() * 600 - 200 };
          const { left, top, right, bottom } = shapeTypes[type].bounds(
            shapeTypes[type].moveHandle(points, handle, to, IMAGE),
          );
          expect(left >= 0 && top >= 0 && right <= 200 && bottom <= 100).toBe(true);
        });
      }
  });

  it("a handle moved to where it is changes nothing", () => {
    const random = seeded(3);
    for (const type of SHAPE_TYPES)
      for (let round = 0; round < 100; round++) {
        const { points } = randomShape(random, "a", type, IMAGE);
        const precise = type === "rectangle" ? points : points.map((value) => value + random() / 1000);
        shapeTypes[type].handles(precise).forEach((place, handle) => {
          if (place.kind !== "midpoint")
            expect(shapeTypes[type].moveHandle(precise, handle, place, IMAGE)).toEqual(precise);
        });
      }
  });

  it("a move and the move back lead to the same place", () => {
    const random = seeded(4);
    for (const type of SHAPE_TYPES)
      for (let round = 0; round < 200; round++) {
        const { points } = randomShape(random, "a", type, IMAGE);
        const there = translate(points, random() * 300 - 150, random() * 300 - 150, IMAGE);
        const { left, top, right, bottom } = shapeTypes[type].bounds(there);
        expect(left >= 0 && top >= 0 && right <= 200 && bottom <= 100).toBe(true);
        const [x, y] = [
          (points[0] as number) - (there[0] as number),
          (points[1] as number) - (there[1] as number),
        ];
        const back = translate(there, x, y, IMAGE);
        back.forEach((value, index) => {
          expect(Math.abs(value - (points[index] as number))).toBeLessThan(0.011);
        });
      }
  });

  it("what reaches out of the image may come in, never go further out", () => {
    expect(translate([-5, 10, 20, 30], -10, 0, IMAGE)).toEqual([-5, 10, 20, 30]);
    expect(translate([-5, 10, 20, 30], 2, 0, IMAGE)).toEqual([-3, 10, 22, 30]);
    expect(translate([-5, -5, 300, 300], 7, -7, IMAGE)).toEqual([-5, -5, 300, 300]);
  });

  it("what moves along one axis stays exactly where it is on the other", () => {
    expect(translate([1.23456, 2.34567, 20, 30], 3, 0, IMAGE)).toEqual([4.23, 2.34567, 23, 30]);
  });
});

describe("the handle taken", () => {
  const at = (x: number, y: number): Point => ({ x, y });
  const big = box("big", { points: [10, 10, 90, 90] });

  it("is the nearest of all selected", () => {
    const other = box("other", { points: [95, 95, 150, 100] });
    expect(gripAt([big, other], at(91, 91), 1)).toEqual({ shape: big, handle: 2 });
    expect(gripAt([big, other], at(94, 94), 1)).toEqual({ shape: other, handle: 0 });
  });

  it("is within reach on the screen, whatever the zoom", () => {
    expect(gripAt([big], at(10, 2), 1)?.handle).toBe(0);
    expect(gripAt([big], at(10, 2), 0.5)).toBeUndefined();
  });

  it("leaves the heart of a tiny shape free", () => {
    const tiny = box("tiny", { points: [50, 50, 56, 56] });
    expect(gripAt([tiny], at(53, 53), 1)).toBeUndefined();
    expect(gripAt([tiny], at(58, 58), 1)?.handle).toBe(2);
  });

  it("is none in the middle of an edge that is short on the screen", () => {
    expect(shownHandles(big, 1)).toHaveLength(8);
    expect(shownHandles(big, 4)).toHaveLength(4);
    expect(shownHandles(box("line", { type: "polyline", points: [0, 0, 20, 0, 90, 0] }), 1)).toHaveLength(4);
  });
});
