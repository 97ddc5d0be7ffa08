import { describe, expect, test } from "vitest";
import type { Shape } from "../src/core/model";
import { boxOf, costOf, learnedRate, looksSame, notDrawn, planChange } from "../src/stage/plan";
import { box } from "./shapes";

function at(cid: string, left: number, fields: Partial<Shape> = {}): Shape {
  return box(cid, { points: [left, 0, left + 10, 10], ...fields });
}

const A = at("a", 0);
const B = at("b", 100);
const C = at("c", 200);
const DRAWN = [A, B, C];

describe("the plan for shapes that changed", () => {
  test("is nothing for none, or for what is not seen", () => {
    expect(planChange(DRAWN, [...DRAWN])).toEqual({ name: "same" });
    expect(planChange(DRAWN, [A, { ...B, id: 7, group: 3, attributes: { 1: "x" } }, C])).toEqual({
      name: "same",
    });
  });

  test("draws a new topmost shape above the others", () => {
    const added = at("d", 300);
    expect(planChange(DRAWN, [...DRAWN, added])).toEqual({ name: "append", shapes: [added] });
    expect(planChange([], [added])).toEqual({ name: "append", shapes: [added] });
  });

  test.each([
    { name: "one taken away", wanted: [A, C], lefts: [100] },
    { name: "all taken away", wanted: [], lefts: [0, 100, 200] },
    { name: "one moved", wanted: [A, at("b", 150), C], lefts: [150, 100] },
    { name: "a new one below", wanted: [at("d", 50, { zOrder: -1 }), ...DRAWN], lefts: [50] },
    { name: "one raised", wanted: [B, C, at("a", 0, { zOrder: 1 })], lefts: [0, 0] },
    { name: "another label", wanted: [A, { ...B, labelId: 9 }, C], lefts: [100, 100] },
    {
      name: "two far apart",
      wanted: [{ ...A, occluded: true }, B, { ...C, occluded: true }],
      lefts: [0, 200, 0, 200],
    },
  ])("repairs where they are and were: $name", ({ wanted, lefts }) => {
    const plan = planChange(DRAWN, wanted);
    expect(plan.name).toBe("repair");
    expect(plan.name === "repair" && plan.boxes.map(({ left }) => left)).toEqual(lefts);
  });

  test("draws all anew when others lie above others though none has changed", () => {
    expect(planChange(DRAWN, [C, A, B])).toEqual({ name: "rebuild" });
  });

  test("draws all anew when very many have changed", () => {
    const many = Array.from({ length: 500 }, (_, index) => at(`s${index}`, index));
    expect(planChange(many, [])).toEqual({ name: "rebuild" });
    expect(planChange([], many)).toEqual({ name: "rebuild" });
  });

  test("of a change at the end and at the start spares the middle", () => {
    const many = Array.from({ length: 5000 }, (_, index) => at(`s${index}`, index));
    const wanted = [...many.slice(1), at("new", 9)];
    const plan = planChange(many, wanted);
    expect(plan.name === "repair" && plan.boxes.map(({ left }) => left)).toEqual([9, 0]);
  });
});

describe("what is not drawn yet", () => {
  test("are new and changed shapes, not those gone", () => {
    const moved = at("b", 150);
    const added = at("d", 300);
    expect(notDrawn(DRAWN, [A, moved, added])).toEqual([moved, added]);
  });

  test("is none that looks the same", () => {
    expect(looksSame(A, { ...A, id: 5 })).toBe(true);
    expect(looksSame(A, { ...A, points: [...A.points] })).toBe(false);
  });
});

describe("the pace of slices", () => {
  test("falls quickly and rises slowly", () => {
    expect(learnedRate(1000, 4000, 8)).toBe(750);
    expect(learnedRate(1000, 16_000, 8)).toBe(1250);
  });

  test("is not ruined by a pause of the machine, nor by a clock that stands still", () => {
    expect(learnedRate(150, 10, 5000)).toBe(150);
    expect(learnedRate(4000, 1e9, 0)).toBe(4000);
  });

  test("counts a polygon dearer than a rectangle", () => {
    const polygon = box("p", { type: "polygon", points: new Array(120).fill(1) });
    expect(costOf(polygon)).toBeGreaterThan(5 * costOf(A));
  });
});

test("a box is measured once for the same points", () => {
  const points = [5, 1, 2, 9, 4, 4];
  expect(boxOf(points)).toEqual({ left: 2, top: 1, right: 5, bottom: 9 });
  expect(boxOf(points)).toBe(boxOf(points));
});
