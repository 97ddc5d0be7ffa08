import { expect, it } from "vitest";
import { type Annotation, type Cid, isShape, type Shape } from "../src/core/model";
import { mergeNewest } from "../src/sync/merge";
import { box, tag } from "./shapes";
import { wire } from "./sync-world";

const at = (x: number): number[] => [x, 0, 10, 10];
const here = (x: number): Shape => box("a", { id: 5, points: at(x) });

const leftOf = (object: Annotation | undefined): number | undefined =>
  object !== undefined && isShape(object) ? object.points[0] : undefined;

/** Merge one object: as both sides knew it, as it is here, as the server has it; each by its left edge. */
function merge(
  base: number | undefined,
  mine: number | undefined,
  theirs: number | undefined,
  unsaved: boolean,
) {
  const merged = mergeNewest(
    {
      base: new Map(base === undefined ? [] : [["a", here(base)]]),
      mine: () => (mine === undefined ? undefined : here(mine)),
      unsaved: new Set(unsaved ? ["a"] : []),
      perhapsStored: new Map(),
    },
    { tags: [], shapes: theirs === undefined ? [] : [wire({ id: 5, points: at(theirs) })] },
  );
  return {
    put: merged.change.put.map((object) => [object.id, leftOf(object)]),
    remove: merged.change.remove,
    conflicts: merged.conflicts.length,
    base: leftOf(merged.base.get("a")),
  };
}

it.each([
  ["nothing changed", [1, 1, 1, false], { put: [], remove: [], conflicts: 0, base: 1 }],
  ["changed there: theirs", [1, 1, 2, false], { put: [[5, 2]], remove: [], conflicts: 0, base: 2 }],
  [
    "deleted there: gone",
    [1, 1, undefined, false],
    { put: [], remove: ["a"], conflicts: 0, base: undefined },
  ],
  ["changed here: mine", [1, 3, 1, true], { put: [], remove: [], conflicts: 0, base: 1 }],
  ["deleted here: stays deleted", [1, undefined, 1, true], { put: [], remove: [], conflicts: 0, base: 1 }],
  ["changed alike: no conflict", [1, 2, 2, true], { put: [], remove: [], conflicts: 0, base: 2 }],
  [
    "deleted on both sides",
    [1, undefined, undefined, true],
    { put: [], remove: [], conflicts: 0, base: undefined },
  ],
  [
    "changed on both sides: mine, a conflict",
    [1, 3, 2, true],
    { put: [], remove: [], conflicts: 1, base: 2 },
  ],
  [
    "deleted there, changed here: to be created anew, a conflict",
    [1, 3, undefined, true],
    { put: [[undefined, 3]], remove: [], conflicts: 1, base: undefined },
  ],
  [
    "deleted here, changed there: deleted, a conflict",
    [1, undefined, 2, true],
    { put: [], remove: [], conflicts: 1, base: 2 },
  ],
] as const)("%s", (_, [base, mine, theirs, unsaved], expected) => {
  expect(merge(base, mine, theirs, unsaved)).toEqual(expected);
});

const drawn = (cid: Cid, x: number): Shape => box(cid, { points: at(x) });

/** Merge new objects that were sent without an answer, with what the server has; our names for its shapes. */
function mergeSent(sent: readonly Shape[], mine: readonly Shape[], theirs: readonly number[]) {
  const shapes = new Map(mine.map((shape) => [shape.cid, shape]));
  const merged = mergeNewest(
    {
      base: new Map(),
      mine: (cid) => shapes.get(cid),
      unsaved: new Set(shapes.keys()),
      perhapsStored: new Map(sent.map((shape) => [shape.cid, shape])),
    },
    { tags: [], shapes: theirs.map((x, index) => wire({ id: 100 + index, points: at(x) })) },
  );
  return { names: [...merged.base.keys()], conflicts: merged.conflicts.length, ...merged.change };
}

it("knows a new shape of the server's for the one whose answer was lost", () => {
  const found = mergeSent([drawn("a", 1)], [drawn("a", 1)], [1]);
  expect(found).toEqual({
    names: ["a"],
    conflicts: 0,
    put: [box("a", { id: 100, points: at(1) })],
    remove: [],
  });
});

it("takes two equal shapes for two, however many of them were stored", () => {
  const both = [drawn("a", 1), drawn("b", 1)];
  expect(mergeSent(both, both, [1, 1]).names).toEqual(["a", "b"]);
  expect(mergeSent(both, both, [1]).names).toEqual(["a"]);
  expect(mergeSent(both, both, [1, 1, 1]).names).toEqual(["a", "b", "s102"]);
});

it("keeps what was changed or deleted since it was sent, without a conflict", () => {
  expect(mergeSent([drawn("a", 1)], [drawn("a", 2)], [1])).toMatchObject({
    names: ["a"],
    conflicts: 0,
    put: [{ cid: "a", id: 100, points: at(2) }],
  });
  expect(mergeSent([drawn("a", 1)], [], [1])).toEqual({ names: ["a"], conflicts: 0, put: [], remove: [] });
});

it("tells a tag from a shape of the same number", () => {
  const objects = new Map<Cid, Annotation>([
    ["a", box("a", { id: 5, points: at(1) })],
    ["b", tag("b", { id: 5 })],
  ]);
  const { label_id, frame, group, source, attributes } = wire({ label_id: 2 });
  const merged = mergeNewest(
    {
      base: objects,
      mine: (cid) => objects.get(cid),
      unsaved: new Set(),
      perhapsStored: new Map([["c", tag("c", { labelId: 3 })]]),
    },
    {
      shapes: [],
      tags: [
        { id: 5, label_id, frame, group, source, attributes },
        { id: 6, label_id: 3, frame, group, source, attributes },
      ],
    },
  );
  expect([...merged.base.keys()]).toEqual(["b", "c"]);
  expect(merged.change).toMatchObject({ put: [{ cid: "b", labelId: 2 }], remove: ["a"] });
});
