import { describe, expect, it } from "vitest";
import { Hand } from "./hand";
import { box } from "./shapes";

describe("a drag", () => {
  it.each([
    ["draws a box", [10, 20], [60, 70], {}, [10, 20, 60, 70]],
    ["draws it from any corner", [60, 70], [10, 20], {}, [10, 20, 60, 70]],
    ["is cut to the image", [-20, 50], [60, 170], {}, [0, 50, 60, 100]],
    ["keeps 1/100 px", [10.12345, 20.999], [60.005, 70.1], {}, [10.12, 21, 60.01, 70.1]],
    ["with Shift draws a square", [10, 20], [60, 40], { shift: true }, [10, 20, 60, 70]],
    ["with Shift stays a square at the edge", [150, 60], [190, 40], { shift: true }, [150, 20, 190, 60]],
    ["with Shift draws less at the edge", [170, 10], [199, 60], { shift: true }, [170, 10, 200, 40]],
    ["with Alt draws from the centre", [50, 50], [70, 60], { alt: true }, [30, 40, 70, 60]],
    ["with Alt stays centred at the edge", [10, 50], [70, 60], { alt: true }, [0, 40, 20, 60]],
    ["with Shift and Alt does both", [50, 50], [60, 80], { alt: true, shift: true }, [20, 20, 80, 80]],
  ] as const)("%s", (_, from, to, keys, expected) => {
    const hand = new Hand("rectangle").drag(from, to, keys);
    expect([hand.drawn, hand.said]).toEqual([[expected], []]);
  });

  it.each([
    ["smaller than 3 px of the image", [10, 10], [12, 60], 0.25, "tool.too-small"],
    ["back to where it began", [10, 10], [10, 10], 1, "tool.too-small"],
    ["beside the image", [-50, 10], [-10, 60], 1, "tool.outside"],
    ["along the edge of the image", [-50, 10], [1, 60], 1, "tool.too-small"],
  ] as const)("%s says why nothing was drawn", (_, from, to, pixel, key) => {
    const hand = new Hand("rectangle");
    hand.pixel = pixel;
    hand.down(from).move([90, 90]).move(to).up(to);
    expect([hand.drawn, hand.said, hand.busy]).toEqual([[], [key], false]);
  });

  it("begun inside a box draws a nested one", () => {
    const hand = new Hand("rectangle", [box("a", { points: [0, 0, 100, 100] })]);
    hand.selected = ["a"];
    expect(hand.drag([30, 30], [60, 60]).drawn).toEqual([[30, 30, 60, 60]]);
  });

  it("draws again and again: the tool stays armed", () => {
    const hand = new Hand("rectangle");
    for (let index = 0; index < 20; index++) {
      const [x, y] = [(index % 5) * 38, Math.floor(index / 5) * 24];
      hand.drag([x, y], [x + 20, y + 12]);
    }
    expect(hand.drawn).toHaveLength(20);
    expect(hand.effects).toEqual([]);
  });
});

describe("clicks", () => {
  it("draw from corner to corner", () => {
    const hand = new Hand("rectangle").click([10, 20]);
    expect(hand.said).toEqual(["tool.opposite-corner"]);
    hand.move([60, 70]);
    expect(hand.preview.draft).toEqual({ type: "rectangle", points: [10, 20, 60, 70], open: false });
    expect(hand.click([60, 70]).drawn).toEqual([[10, 20, 60, 70]]);
    expect(hand.busy).toBe(false);
  });

  it("of an unsteady hand are clicks still", () => {
    const hand = new Hand("rectangle").down([10, 20]).move([11, 21]).up([12, 21]);
    expect([hand.said, hand.busy]).toEqual([["tool.opposite-corner"], true]);
  });

  it("may end in a drag, with Shift or Alt", () => {
    const hand = new Hand("rectangle").click([50, 50]).drag([20, 20], [60, 80], { shift: true });
    expect(hand.drawn).toEqual([[50, 50, 80, 80]]);
    expect(hand.click([50, 50]).click([60, 55], { alt: true }).drawn).toEqual([[40, 45, 60, 55]]);
  });

  it("on the first corner twice say so, and the corner goes on waiting", () => {
    const hand = new Hand("rectangle").double([10, 20]);
    expect(hand.said).toEqual(["tool.opposite-corner", "tool.same-corner"]);
    expect(hand.click([60, 70]).drawn).toEqual([[10, 20, 60, 70]]);
  });

  it("end at the pointer with Enter", () => {
    expect(new Hand("rectangle").click([10, 20]).move([60, 70]).press("complete").drawn).toEqual([
      [10, 20, 60, 70],
    ]);
  });

  it("twice on the last corner begin nothing new", () => {
    const hand = new Hand("rectangle").click([10, 20]).double([60, 70]);
    expect([hand.drawn, hand.said, hand.busy]).toEqual([[[10, 20, 60, 70]], ["tool.opposite-corner"], false]);
  });

  it.each([
    ["Esc", (hand: Hand) => hand.press("cancel")],
    ["Backspace", (hand: Hand) => hand.press("back")],
    ["a right click", (hand: Hand) => hand.click([50, 50], { button: "right" })],
  ])("are dropped by %s", (_, drop) => {
    const hand = drop(new Hand("rectangle").click([10, 20]));
    expect([hand.busy, hand.drawn, hand.preview.draft]).toEqual([false, [], undefined]);
    expect(hand.effects.at(-1)).toEqual({ do: "say", key: "tool.dropped" });
  });
});

describe("Esc", () => {
  it("drops a drag, then disarms", () => {
    const hand = new Hand("rectangle").down([10, 10]).move([50, 50]).press("cancel");
    const told = [{ do: "say", key: "tool.dropped" }];
    expect([hand.busy, hand.effects]).toEqual([false, told]);
    expect(hand.move([60, 60]).up([60, 60]).effects).toEqual(told);
    hand.effects = [];
    expect(hand.press("cancel").effects).toEqual([{ do: "disarm" }]);
  });
});

describe("with nothing begun", () => {
  it.each([
    ["Enter", (hand: Hand) => hand.press("complete")],
    ["Backspace", (hand: Hand) => hand.press("back")],
    ["a right click", (hand: Hand) => hand.click([50, 50], { button: "right" })],
  ])("%s says so", (_, act) => {
    expect(act(new Hand("rectangle")).said).toEqual(["tool.nothing-begun"]);
  });
});

describe("a selected box", () => {
  const armed = () => {
    const hand = new Hand("rectangle", [box("a", { points: [10, 10, 80, 80], id: 5 })]);
    hand.selected = ["a"];
    return hand;
  };

  it("is resized by its handles, in one change at the end", () => {
    const hand = armed().down([82, 81]).move([90, 90]);
    expect(hand.preview.edited?.map((shape) => shape.points)).toEqual([[10, 10, 88, 89]]);
    expect(hand.changes).toEqual([]);
    hand.up([92, 91]);
    expect([hand.changes, hand.drawn, hand.points("a")]).toEqual([["resize"], [], [10, 10, 90, 90]]);
  });

  it("is left alone with Ctrl", () => {
    expect(armed().drag([80, 80], [100, 95], { ctrl: true }).drawn).toEqual([[80, 80, 100, 95]]);
  });

  it("lets a click on its handle place a corner", () => {
    const hand = armed().click([80, 80]);
    expect(hand.said).toEqual(["tool.opposite-corner"]);
    expect(hand.click([100, 95]).drawn).toEqual([[80, 80, 100, 95]]);
  });

  it("is resized back by Esc and by a right click", () => {
    const hand = armed().down([80, 80]).move([90, 90]).press("cancel").up([90, 90]);
    hand.down([80, 80]).move([90, 90]).down([90, 90], { button: "right" }).up([90, 90]);
    expect([hand.changes, hand.busy, hand.points("a")]).toEqual([[], false, [10, 10, 80, 80]]);
  });

  it("shows where its handles pull", () => {
    const hand = armed();
    expect([
      hand.cursor([10, 10]),
      hand.cursor([80, 10]),
      hand.cursor([45, 10]),
      hand.cursor([10, 45]),
    ]).toEqual(["nwse-resize", "nesw-resize", "ns-resize", "ew-resize"]);
    expect(hand.cursor([45, 45])).toBe("crosshair");
  });

  it("hides the crosshair while a handle would be taken", () => {
    expect(armed().move([50, 40]).preview).toEqual({ crosshair: { x: 50, y: 40 } });
    expect(armed().move([10, 10]).preview).toEqual({});
    expect(armed().move([-10, 50]).preview).toEqual({});
  });
});

describe("Alt+click", () => {
  const stack = [
    box("under", { points: [0, 0, 100, 100] }),
    box("middle", { points: [10, 10, 90, 90] }),
    box("top", { points: [20, 20, 80, 80] }),
  ];
  it.each(["rectangle", "polygon", "select"] as const)("picks one after another with %s", (id) => {
    const hand = new Hand(id, stack);
    const seen = Array.from({ length: 4 }, () => hand.click([50, 50], { alt: true }).selected.join());
    expect([seen, hand.busy]).toEqual([["top", "middle", "under", "top"], false]);
  });

  it("goes on from what is selected, and says when there is nothing else", () => {
    const hand = new Hand("rectangle", stack);
    hand.selected = ["middle"];
    expect(hand.click([50, 50], { alt: true }).selected).toEqual(["under"]);
    expect(hand.click([2, 50], { alt: true }).said).toEqual(["select.only-one"]);
    expect(hand.click([150, 50], { alt: true }).said).toEqual(["select.nothing-here"]);
    expect(hand.selected).toEqual(["under"]);
  });
});
