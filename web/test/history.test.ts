import { describe, expect, it } from "vitest";
import { AnnotationDocument } from "../src/core/document";
import { History } from "../src/core/history";
import { box } from "./shapes";

const open = () => {
  const document = new AnnotationDocument();
  return { document, history: new History(document) };
};
const cids = (document: AnnotationDocument) => [...document.all()].map((shape) => shape.cid);

describe("history", () => {
  it("takes each step back and makes it anew", () => {
    const { document, history } = open();
    history.perform("draw", { put: [box("a")], remove: [] });
    history.perform("move", { put: [box("a", { points: [5, 5, 9, 9] })], remove: [] });
    history.perform("delete", { put: [], remove: ["a"] });
    history.undo();
    expect(document.shape("a")?.points).toEqual([5, 5, 9, 9]);
    history.undo();
    expect(document.shape("a")?.points).toEqual([0, 0, 10, 10]);
    history.undo();
    expect(document.size).toBe(0);
    for (let step = 0; step < 3; step += 1) history.redo();
    expect(document.size).toBe(0);
  });

  it("keeps the id the server gave meanwhile, and none for what comes back from deletion", () => {
    const { document, history } = open();
    history.perform("draw", { put: [box("a")], remove: [] });
    history.perform("move", { put: [box("a", { points: [5, 5, 9, 9] })], remove: [] });
    document.apply({ put: [box("a", { points: [5, 5, 9, 9], id: 7 })], remove: [] }, "server");
    history.undo();
    expect(document.get("a")?.id).toBe(7);
    history.undo();
    history.redo();
    expect(document.get("a")?.id).toBeUndefined();
  });

  it("joins steps of one run into one, until the run is sealed", () => {
    const { document, history } = open();
    history.perform("draw", { put: [box("a")], remove: [] });
    for (const x of [1, 2, 3]) {
      history.perform("move", { put: [box("a", { points: [x, 0, 10 + x, 10] })], remove: [] }, "nudge");
    }
    history.seal();
    history.perform("move", { put: [box("a", { points: [4, 0, 14, 10] })], remove: [] }, "nudge");
    history.undo();
    expect(document.shape("a")?.points[0]).toBe(3);
    history.undo();
    expect(document.shape("a")?.points[0]).toBe(0);
  });

  it("tells the frame and the shapes a step touched", () => {
    const { history } = open();
    history.perform("draw", { put: [box("a", { frame: 3 })], remove: [] });
    expect(history.undo()).toEqual({ name: "draw", frame: 3, cids: [] });
    expect(history.redo()).toEqual({ name: "draw", frame: 3, cids: ["a"] });
    expect(history.redo()).toBeUndefined();
  });

  it("takes back a thousand steps and more", () => {
    const { document, history } = open();
    for (let step = 0; step < 1500; step += 1)
      history.perform("draw", { put: [box(`b${step}`)], remove: [] });
    while (history.undo() !== undefined);
    expect(document.size).toBe(0);
    while (history.redo() !== undefined);
    expect(cids(document)).toHaveLength(1500);
  });

  it("tells those who listen of each step, and whether it joined the one before", () => {
    const { document, history } = open();
    const told: unknown[] = [];
    const stop = history.listen(({ way, name, frame, joined, applied }) => {
      told.push([way, name, frame, joined, applied.change.put.length, document.size]);
    });
    history.perform("draw", { put: [box("a", { frame: 3 })], remove: [] });
    for (const x of [1, 2])
      history.perform("move", { put: [box("a", { frame: 3, points: [x, 0, 10, 10] })], remove: [] }, "nudge");
    history.undo();
    history.undo();
    history.redo();
    stop();
    history.redo();
    expect(told).toEqual([
      ["made", "draw", 3, false, 1, 1],
      ["made", "move", 3, false, 1, 1],
      ["made", "move", 3, true, 1, 1],
      ["undone", "move", 3, false, 1, 1],
      ["undone", "draw", 3, false, 0, 0],
      ["redone", "draw", 3, false, 1, 1],
    ]);
  });
});

describe("document", () => {
  it("keeps the order of a frame by z order, then age, and the same list until it changes", () => {
    const { document } = open();
    document.apply({ put: [box("top", { zOrder: 1 }), box("a"), box("b")], remove: [] }, "user");
    const before = document.onFrame(0);
    expect(before.map((shape) => shape.cid)).toEqual(["a", "b", "top"]);
    document.apply({ put: [box("elsewhere", { frame: 1 })], remove: [] }, "user");
    expect(document.onFrame(0)).toBe(before);
  });

  it("moves a shape to another frame with its record", () => {
    const { document } = open();
    document.apply({ put: [box("a")], remove: [] }, "user");
    const applied = document.apply({ put: [box("a", { frame: 2 })], remove: [] }, "user");
    expect([document.countOn(0), document.countOn(2)]).toEqual([0, 1]);
    expect([...applied.frames]).toEqual([0, 2]);
  });
});
