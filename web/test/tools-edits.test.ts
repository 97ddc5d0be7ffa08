import { describe, expect, it } from "vitest";
import type { Label } from "../src/core/model";
import { areWhole, defaultAttributes, nudged, pasted, withLabel } from "../src/tools/edits";
import { box } from "./shapes";

const IMAGE = { width: 200, height: 100 };
const PAIR = [
  box("a", { points: [10, 10, 30, 30], id: 4, group: 2, source: "auto", attributes: { 3: "yes" } }),
  box("b", { points: [50, 20, 70, 60], id: 5 }),
];
const points = (shapes: readonly { points: readonly number[] }[]) => shapes.map((shape) => shape.points);
const counter = () => {
  let count = 0;
  return () => `new${++count}`;
};

describe("nudged", () => {
  it("moves all together, ids and all", () => {
    const moved = nudged(PAIR, 1, -10, IMAGE);
    expect(points(moved)).toEqual([
      [11, 0, 31, 20],
      [51, 10, 71, 50],
    ]);
    expect(moved.map((shape) => shape.id)).toEqual([4, 5]);
  });

  it("stops all at the edge, and then gives the same shapes", () => {
    const atEdge = nudged(PAIR, -50, 0, IMAGE);
    expect(points(atEdge)).toEqual([
      [0, 10, 20, 30],
      [40, 20, 60, 60],
    ]);
    expect(nudged(atEdge, -1, 0, IMAGE)).toBe(atEdge);
    expect(nudged([], 1, 1, IMAGE)).toEqual([]);
  });
});

describe("pasted", () => {
  it.each([
    ["a little aside on the same frame", PAIR, undefined, 0, [20, 20, 40, 40]],
    ["in place on another frame", PAIR, undefined, 3, [10, 10, 30, 30]],
    ["around a point", PAIR, { x: 100, y: 50 }, 0, [70, 25, 90, 45]],
    ["inside the image, near its edge", PAIR, { x: 199, y: 0 }, 0, [140, 0, 160, 20]],
    [
      "to the other side at the edge",
      [box("a", { points: [170, 80, 195, 98] })],
      undefined,
      0,
      [160, 70, 185, 88],
    ],
  ] as const)("lies %s", (_, shapes, at, frame, first) => {
    const copies = pasted(shapes, at, frame, IMAGE, counter());
    expect(copies[0]?.points).toEqual(first);
    expect(copies.map((shape) => shape.frame)).toEqual(shapes.map(() => frame));
  });

  it("keeps places to each other, in records of its own", () => {
    const [a, b] = pasted(PAIR, { x: 100, y: 50 }, 0, IMAGE, counter());
    expect([a?.points, b?.points]).toEqual([
      [70, 25, 90, 45],
      [110, 35, 130, 75],
    ]);
    expect(a).toMatchObject({
      cid: "new1",
      id: undefined,
      group: 0,
      source: "manual",
      attributes: { 3: "yes" },
    });
    expect(b).toMatchObject({ cid: "new2", id: undefined });
  });

  it("is cut to a smaller image, and what then is too small is left out", () => {
    const tiny = { width: 52, height: 40 };
    expect(points(pasted(PAIR, undefined, 1, tiny, counter()))).toEqual([
      [0, 0, 20, 20],
      [40, 10, 52, 40],
    ]);
    expect(points(pasted(PAIR, undefined, 1, { width: 42, height: 40 }, counter()))).toEqual([
      [0, 0, 20, 20],
    ]);
  });

  it.each([
    ["whole where there is room", 1, IMAGE, true],
    ["whole aside of the first copies", 0, IMAGE, true],
    ["cut where there is less", 1, { width: 52, height: 40 }, false],
    ["fewer where there is too little", 1, { width: 42, height: 40 }, false],
  ])("is %s", (_, frame, image, expected) => {
    expect(areWhole(pasted(PAIR, undefined, frame, image, counter()), PAIR)).toBe(expected);
  });

  it.each([
    ["in the middle", [60, 40, 80, 60]],
    ["in a corner", [180, 80, 200, 100]],
  ])("never lies exactly on a shape, %s", (_, at) => {
    const there = [box("a", { points: at })];
    for (let round = 0; round < 6; round++) {
      const from = there[round % 2 === 0 ? 0 : there.length - 1] ?? box("a");
      there.push(...pasted([from], undefined, 1 - (round % 2), IMAGE, counter(), there));
    }
    expect(new Set(points(there).map(String)).size).toBe(7);
  });

  it("is nothing of nothing", () => {
    expect(pasted([], undefined, 0, IMAGE, counter())).toEqual([]);
  });
});

describe("another label", () => {
  const attribute = { mutable: false, inputType: "text", values: [] } as const;
  const label: Label = {
    id: 8,
    name: "car",
    color: "#112233",
    attributes: [
      { ...attribute, id: 6, name: "make", defaultValue: "" },
      { ...attribute, id: 7, name: "doors", defaultValue: "4" },
    ],
  };

  it("brings its defaults and takes the old attributes away", () => {
    const shape = withLabel(PAIR[0] ?? box("a"), label);
    expect(shape).toMatchObject({ cid: "a", id: 4, labelId: 8 });
    expect(shape.attributes).toEqual({ 6: "", 7: "4" });
    expect(defaultAttributes(label)).toEqual({ 6: "", 7: "4" });
  });

  it("that is the same changes nothing", () => {
    const shape = box("a", { labelId: 8, attributes: { 6: "Fiat", 7: "2" } });
    expect(withLabel(shape, label)).toBe(shape);
  });
});
