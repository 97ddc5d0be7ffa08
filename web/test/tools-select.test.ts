import { describe, expect, it } from "vitest";
import type { Shape } from "../src/core/model";
import { Hand } from "./hand";
import { box } from "./shapes";

const SHAPES = [
  box("big", { points: [0, 0, 100, 90] }),
  box("small", { points: [20, 20, 60, 60] }),
  box("far", { points: [150, 10, 190, 50], id: 9 }),
];
const holding = (selected: string[] = [], shapes: Shape[] = SHAPES) => {
  const hand = new Hand("select", shapes);
  hand.selected = selected;
  return hand;
};

describe("a click", () => {
  it.each([
    ["selects the topmost", [], [40, 40], {}, ["small"]],
    ["selects it in place of others", ["far"], [40, 40], {}, ["small"]],
    ["of an unsteady hand is a click", ["far"], [40, 40], {}, ["small"]],
    ["with Shift adds", ["far"], [40, 40], { shift: true }, ["far", "small"]],
    ["with Ctrl adds", ["far"], [40, 40], { ctrl: true }, ["far", "small"]],
    ["with Shift takes away", ["far", "small"], [40, 40], { shift: true }, ["far"]],
    ["on nothing clears", ["far", "small"], [130, 90], {}, []],
    ["with Shift on nothing keeps", ["far"], [130, 90], { shift: true }, ["far"]],
    ["on a handle selects its shape", ["far", "small"], [195, 55], {}, ["far"]],
    ["with the right button aims", [], [40, 40], { button: "right" }, ["small"]],
    [
      "with the right button keeps a selection",
      ["small", "far"],
      [40, 40],
      { button: "right" },
      ["small", "far"],
    ],
  ] as const)("%s", (_, before, [x, y], keys, after) => {
    const hand = holding([...before])
      .down([x, y], keys)
      .move([x + 1, y], keys)
      .up([x + 2, y], keys);
    expect([hand.selected, hand.changes, hand.busy]).toEqual([after, [], false]);
  });
});

describe("a drag on a shape", () => {
  it("moves it, selecting it first", () => {
    const hand = holding(["far"]).down([40, 40]).move([45, 42]);
    expect(hand.selected).toEqual(["small"]);
    expect(hand.preview.edited?.map((shape) => shape.points)).toEqual([[25, 22, 65, 62]]);
    hand.up([50, 50]);
    expect([hand.changes, hand.points("small")]).toEqual([["move"], [30, 30, 70, 70]]);
  });

  it("moves all that are selected, as far as all stay in the image", () => {
    const hand = holding(["far", "small"]).drag([40, 40], [90, 10]);
    expect(hand.changes).toEqual(["move"]);
    expect([hand.points("small"), hand.points("far")]).toEqual([
      [30, 10, 70, 50],
      [160, 0, 200, 40],
    ]);
  });

  it("with Shift adds it to those moved", () => {
    const hand = holding(["far"]).drag([40, 40], [40, 50], { shift: true });
    expect(hand.selected).toEqual(["far", "small"]);
    expect([hand.points("small"), hand.points("far")]).toEqual([
      [20, 30, 60, 70],
      [150, 20, 190, 60],
    ]);
  });

  it("moves what Alt+click reached from under others", () => {
    const hand = holding().click([40, 40], { alt: true }).click([40, 40], { alt: true });
    expect(hand.selected).toEqual(["big"]);
    hand.drag([40, 40], [45, 45]);
    expect([hand.points("big"), hand.points("small")]).toEqual([
      [5, 5, 105, 95],
      [20, 20, 60, 60],
    ]);
  });

  it("says when it cannot go further", () => {
    const hand = holding().drag([5, 5], [-20, -20]);
    expect([hand.changes, hand.said]).toEqual([[], ["edit.unchanged"]]);
  });

  it("keeps the id the server gave it meanwhile", () => {
    const hand = holding(["small"]).down([40, 40]).move([50, 50]);
    hand.shapes = hand.shapes.map((shape) => (shape.cid === "small" ? { ...shape, id: 77 } : shape));
    hand.up([50, 50]);
    expect(hand.shapes.find((shape) => shape.cid === "small")).toMatchObject({
      id: 77,
      points: [30, 30, 70, 70],
    });
  });

  it("is dropped by Esc, whatever comes after", () => {
    const hand = holding(["small"]).down([40, 40]).move([50, 50]).press("cancel").move([60, 60]).up([60, 60]);
    expect([hand.changes, hand.selected, hand.preview]).toEqual([[], ["small"], {}]);
    expect(hand.effects).toEqual([{ do: "say", key: "edit.dropped" }]);
  });

  it.each([
    ["polyline", [10, 10, 50, 50, 90, 10], [30, 30]],
    ["points", [30, 30, 50, 50], [30, 30]],
    ["cuboid", [20, 20, 20, 60, 60, 20, 60, 60, 30, 10, 30, 50, 70, 10, 70, 50], [40, 40]],
  ] as const)("moves a %s", (type, points, [x, y]) => {
    const hand = holding([], [box("a", { type, points })]).drag([x, y], [x + 5, y + 7]);
    expect(hand.points("a")).toEqual(points.map((value, index) => value + (index % 2 ? 7 : 5)));
  });
});

describe("a drag on nothing", () => {
  it("selects what lies wholly inside", () => {
    const hand = holding(["far"]).down([120, 95]).move([10, 10]);
    expect(hand.preview).toEqual({ marquee: { left: 10, top: 10, right: 120, bottom: 95 } });
    expect(hand.up([10, 10]).selected).toEqual(["small"]);
  });

  it("with Shift adds it", () => {
    expect(holding(["far"]).drag([120, 95], [10, 10], { shift: true }).selected).toEqual(["far", "small"]);
  });

  it("around nothing clears, and says so", () => {
    const hand = holding(["far"]).drag([110, 95], [140, 60]);
    expect([hand.selected, hand.said]).toEqual([[], ["select.none-inside"]]);
  });
});

describe("a drag of a handle", () => {
  it.each([
    ["resizes", [60, 60], [80, 70], [20, 20, 80, 70]],
    ["takes the handle as it lies under the finger", [63, 64], [83, 74], [20, 20, 80, 70]],
    ["turns a box over", [60, 60], [10, 5], [10, 5, 20, 20]],
    ["stays in the image", [60, 60], [400, 400], [20, 20, 200, 100]],
  ] as const)("%s", (_, from, to, expected) => {
    const hand = holding(["small"]).drag(from, to);
    expect([hand.changes, hand.points("small")]).toEqual([["resize"], expected]);
  });

  it("says why it makes nothing smaller than a shape can be", () => {
    const hand = holding(["small"]).drag([60, 60], [21, 50]);
    expect([hand.changes, hand.said]).toEqual([[], ["edit.too-small"]]);
  });

  it("leaves a thin box from elsewhere as thin as it is", () => {
    const hand = holding(["thin"], [box("thin", { points: [50, 10, 51, 90] })]).drag([50.5, 95], [50.5, 85]);
    expect([hand.changes, hand.points("thin")]).toEqual([["resize"], [50, 10, 51, 80]]);
  });

  it("along an edge says that this does nothing", () => {
    const hand = holding(["small"]).drag([40, 20], [50, 20]);
    expect([hand.changes, hand.said]).toEqual([[], ["edit.unchanged"]]);
  });
});

describe("vertices", () => {
  it.each([
    ["polyline", [10, 10, 90, 50], "edit.least.polyline"],
    ["points", [10, 10], "edit.least.points"],
  ] as const)("of a %s go by Alt+click, but the last ones stay", (type, least, key) => {
    const hand = holding(["a"], [box("a", { type, points: [...least, 150, 90] })]);
    hand.click([150, 90], { alt: true });
    expect([hand.changes, hand.points("a")]).toEqual([["vertices"], least]);
    hand.click([10, 10], { alt: true });
    expect([hand.changes, hand.said, hand.points("a")]).toEqual([[], [key], least]);
  });

  it("a corner of a box is none: Alt+click picks", () => {
    const hand = holding(["small"]).click([20, 20], { alt: true });
    expect([hand.changes, hand.selected]).toEqual([[], ["big"]]);
  });
});

describe("the cursor", () => {
  it.each([
    ["over nothing", [], [130, 90], "default"],
    ["over a shape", [], [40, 40], "pointer"],
    ["over a selected shape", ["small"], [40, 30], "move"],
    ["over a corner", ["small"], [20, 20], "nwse-resize"],
  ] as const)("%s is %4$s", (_, selected, at, expected) => {
    expect(holding([...selected]).cursor(at)).toBe(expected);
  });

  it("over the vertices and middles of a path says what they do", () => {
    const hand = holding(["p"], [box("p", { type: "polygon", points: [10, 10, 90, 10, 90, 90] })]);
    expect([hand.cursor([90, 10]), hand.cursor([50, 10])]).toEqual(["move", "copy"]);
  });
});

it("Esc clears the selection, then disarms", () => {
  const hand = holding(["small"]).press("cancel");
  expect(hand.selected).toEqual([]);
  hand.effects = [];
  expect(hand.press("cancel").effects).toEqual([{ do: "disarm" }]);
});
