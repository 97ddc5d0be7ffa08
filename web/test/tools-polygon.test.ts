import { describe, expect, it } from "vitest";
import { Hand } from "./hand";
import { box } from "./shapes";

const TRIANGLE = [10, 10, 60, 10, 60, 60];
const begun = () => new Hand("polygon").click([10, 10]).click([60, 10]).click([60, 60]);

describe("clicks", () => {
  it("place points, and the first says what comes next", () => {
    const hand = begun();
    expect(hand.said).toEqual(["tool.next-point"]);
    hand.move([30, 90]);
    expect(hand.preview.draft).toEqual({ type: "polygon", points: [...TRIANGLE, 30, 90], open: true });
    expect([hand.drawn, hand.busy]).toEqual([[], true]);
  });

  it.each([
    ["Enter", (hand: Hand) => hand.press("complete"), TRIANGLE],
    ["a click on the first point", (hand: Hand) => hand.click([13, 14]), TRIANGLE],
    ["a double click", (hand: Hand) => hand.double([30, 80]), [...TRIANGLE, 30, 80]],
    ["a double click on the first point", (hand: Hand) => hand.double([10, 10]), TRIANGLE],
  ])("are closed by %s", (_, close, expected) => {
    const hand = close(begun());
    expect([hand.drawn, hand.busy]).toEqual([[expected], false]);
  });

  it("show that a click would close", () => {
    expect(begun().move([12, 12]).preview.draft).toEqual({ type: "polygon", points: TRIANGLE, open: false });
  });

  it("outside are brought into the image", () => {
    const hand = new Hand("polygon").click([-20, 50]).click([300, 300]).click([100, -5]);
    expect(hand.press("complete").drawn).toEqual([[0, 50, 200, 100, 100, 0]]);
  });

  it("on the last point say that one is there", () => {
    const hand = begun();
    expect(hand.click([60, 60]).said).toEqual(["tool.next-point", "tool.point-there"]);
    expect(hand.press("complete").drawn).toEqual([TRIANGLE]);
  });

  it("closed at once may be followed by the next polygon", () => {
    const hand = begun()
      .press("complete")
      .click([100, 10])
      .click([150, 10])
      .click([150, 60])
      .click([100, 10]);
    expect(hand.drawn).toEqual([TRIANGLE, [100, 10, 150, 10, 150, 60]]);
  });
});

describe("too little", () => {
  it.each([
    ["Enter after two points", (hand: Hand) => hand.click([60, 60]).press("complete")],
    ["a click on the first of two points", (hand: Hand) => hand.click([60, 60]).click([10, 10])],
  ])("is said of %s, and the draft goes on", (_, act) => {
    const hand = act(new Hand("polygon").click([10, 10]));
    expect(hand.said).toEqual(["tool.next-point", "tool.three-points"]);
    expect(hand.click([60, 10]).press("complete").drawn).toHaveLength(1);
  });

  it.each([
    [
      "2 px high",
      [
        [10, 10],
        [60, 10],
        [60, 12],
      ],
      "tool.too-small",
    ],
    [
      "on a line",
      [
        [10, 10],
        [40, 40],
        [60, 60],
      ],
      "tool.flat",
    ],
    [
      "beside the image",
      [
        [-9, 10],
        [-9, 40],
        [-9, 60],
      ],
      "tool.outside",
    ],
  ] as const)("is said of one %s", (_, points, key) => {
    const hand = new Hand("polygon");
    hand.pixel = 0.25;
    for (const point of points) hand.click(point);
    hand.press("complete");
    expect([hand.said.at(-1), hand.drawn, hand.busy]).toEqual([key, [], false]);
  });
});

describe("a drag", () => {
  it("places a point at its end too", () => {
    const hand = new Hand("polygon").drag([10, 10], [60, 10]).drag([60, 60], [10, 60]).press("complete");
    expect(hand.drawn).toEqual([[10, 10, 60, 10, 60, 60, 10, 60]]);
  });

  it("with Shift draws freehand, 8 screen pixels a step", () => {
    const hand = new Hand("polygon").down([0, 0], { shift: true });
    for (let x = 1; x <= 60; x++) hand.move([x, 0], { shift: true });
    for (let y = 1; y <= 60; y++) hand.move([60, y], { shift: true });
    hand.up([60, 60], { shift: true }).press("complete");
    const points = hand.drawn[0] as number[];
    expect(points.length / 2).toBeGreaterThanOrEqual(15);
    expect(points.length / 2).toBeLessThanOrEqual(17);
    expect(points.slice(-2)).toEqual([60, 60]);
  });

  it("is not needed for freehand: Shift and the pointer are", () => {
    const hand = new Hand("polygon").click([0, 0]);
    for (let x = 1; x <= 60; x++) hand.move([x, 0], { shift: true });
    for (let y = 1; y <= 60; y++) hand.move([60, y], { shift: true });
    hand.move([30, 90]).press("complete");
    expect((hand.drawn[0] as number[]).length / 2).toBe(15);
  });

  it("drawn round to the first point closes", () => {
    const hand = new Hand("polygon").down([10, 10], { shift: true });
    for (const at of [
      [60, 10],
      [60, 60],
      [10, 60],
      [12, 14],
    ] as const)
      hand.move(at, { shift: true });
    hand.up([12, 14], { shift: true });
    expect([hand.drawn.length, hand.busy]).toEqual([1, false]);
  });

  it("with Alt begins a polygon, for only a click picks", () => {
    const hand = new Hand("polygon", [box("a", { points: [0, 0, 100, 100] })]);
    hand.drag([10, 10], [60, 10], { alt: true }).click([60, 60]);
    expect(hand.selected).toEqual([]);
    expect(hand.press("complete").drawn).toEqual([TRIANGLE]);
  });
});

describe("points are taken back", () => {
  it.each([
    ["Backspace", (hand: Hand) => hand.press("back")],
    ["a right click", (hand: Hand) => hand.click([90, 90], { button: "right" })],
  ])("by %s, one by one, until none is left", (_, back) => {
    const hand = back(begun().click([10, 60]));
    expect(hand.press("complete").drawn).toEqual([TRIANGLE]);
    expect(back(back(begun())).busy).toBe(true);
    expect(back(back(back(begun()))).busy).toBe(false);
  });

  it("all at once by Esc, which then disarms", () => {
    const hand = begun().press("cancel");
    expect([hand.busy, hand.drawn]).toEqual([false, []]);
    hand.effects = [];
    expect(hand.press("cancel").effects).toEqual([{ do: "disarm" }]);
  });
});

describe("a selected polygon", () => {
  const armed = (points = [10, 10, 90, 10, 90, 90, 10, 90]) => {
    const hand = new Hand("polygon", [box("p", { type: "polygon", points })]);
    hand.selected = ["p"];
    return hand;
  };

  it.each([
    ["a vertex is dragged", [90, 10], [95, 5], [10, 10, 95, 5, 90, 90, 10, 90]],
    ["the middle of an edge is dragged", [50, 10], [50, 20], [10, 10, 50, 20, 90, 10, 90, 90, 10, 90]],
    ["a vertex is dragged out of the image", [90, 90], [95, 150], [10, 10, 90, 10, 95, 100, 10, 90]],
  ] as const)("changes when %s", (_, from, to, expected) => {
    const hand = armed().drag(from, to);
    expect([hand.changes, hand.points("p"), hand.drawn]).toEqual([["vertices"], expected, []]);
  });

  it("loses a vertex by Alt+click", () => {
    const hand = armed().click([90, 90], { alt: true });
    expect([hand.changes, hand.points("p")]).toEqual([["vertices"], [10, 10, 90, 10, 10, 90]]);
    expect(hand.selected).toEqual(["p"]);
  });

  it("keeps its last three", () => {
    const hand = armed([10, 10, 90, 10, 90, 90]).click([90, 90], { alt: true });
    expect([hand.changes, hand.said]).toEqual([[], ["edit.least.polygon"]]);
  });

  it("says why it does not get too small", () => {
    const hand = armed([10, 10, 90, 10, 50, 40]).drag([50, 40], [50, 11]);
    expect([hand.changes, hand.said]).toEqual([[], ["edit.too-small"]]);
  });
});
