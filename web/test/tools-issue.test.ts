import { describe, expect, it } from "vitest";
import { Hand } from "./hand";
import { box } from "./shapes";

const raised = (hand: Hand) =>
  hand.effects.flatMap((effect) => (effect.do === "raise" ? effect.shapes.map(({ points }) => points) : []));

describe("the tool that points", () => {
  it.each([
    ["raises an issue about a dragged box", [10, 20], [60, 70], [[10, 20, 60, 70]], []],
    ["from any corner", [60, 70], [10, 20], [[10, 20, 60, 70]], []],
    ["cuts it to the image", [-20, 50], [60, 170], [[0, 50, 60, 100]], []],
    ["says that a box is too small", [10, 10], [20, 11], [], ["issue.too-small"]],
    ["says that a box lies outside", [-30, 10], [-5, 60], [], ["issue.outside"]],
  ] as const)("%s", (_, from, to, regions, said) => {
    const hand = new Hand("issue").drag(from, to);
    expect([raised(hand), hand.said, hand.busy]).toEqual([regions, said, false]);
  });

  it("raises an issue about an object that is clicked, and changes nothing", () => {
    const hand = new Hand("issue", [box("a", { points: [10, 10, 60, 60] })]);
    expect(hand.cursor([30, 30])).toBe("pointer");
    hand.click([30, 30]);
    expect([raised(hand), hand.changes, hand.points("a")]).toEqual([
      [[10, 10, 60, 60]],
      [],
      [10, 10, 60, 60],
    ]);
  });

  it("drags a box even from within an object", () => {
    const hand = new Hand("issue", [box("a", { points: [0, 0, 100, 100] })]);
    hand.selected = ["a"];
    hand.drag([30, 30], [60, 60]);
    expect([raised(hand), hand.points("a")]).toEqual([[[30, 30, 60, 60]], [0, 0, 100, 100]]);
  });

  it("says so when a click hits nothing", () => {
    expect(new Hand("issue").click([30, 30]).said).toEqual(["issue.nothing-here"]);
  });

  it("shows the box while it is dragged, until Esc or a right click drops it", () => {
    const hand = new Hand("issue").down([10, 10]).move([40, 60]);
    expect(hand.preview.draft).toEqual({ type: "rectangle", points: [10, 10, 40, 60], open: false });
    hand.press("cancel");
    expect([hand.said, hand.busy, hand.preview]).toEqual([["issue.dropped"], false, {}]);
    hand.up([40, 60]).drag([10, 10], [40, 60], { button: "right" });
    expect(raised(hand)).toEqual([]);
  });

  it("is put down by Esc when nothing is begun", () => {
    const hand = new Hand("issue").press("cancel");
    expect(hand.effects).toEqual([{ do: "disarm" }]);
  });
});

describe("while nothing can be changed", () => {
  const fixed = () => {
    const hand = new Hand("select", [box("a", { points: [10, 10, 60, 60] })]);
    hand.fixed = true;
    return hand;
  };

  it("a drag of an object selects, and moves nothing", () => {
    const hand = fixed().click([30, 30]);
    expect([hand.selected, hand.cursor([30, 30])]).toEqual([["a"], "pointer"]);
    hand.drag([30, 30], [80, 80]);
    expect([hand.changes, hand.points("a")]).toEqual([[], [10, 10, 60, 60]]);
  });

  it("there are no handles to take", () => {
    const hand = fixed().click([30, 30]);
    expect([hand.cursor([60, 60]), hand.preview.fixed]).toEqual(["pointer", true]);
    hand.drag([60, 60], [90, 90]);
    expect(hand.points("a")).toEqual([10, 10, 60, 60]);
  });
});
