import { describe, expect, it } from "vitest";
import type { Annotation, Label } from "../src/core/model";
import { groupByLabel, listObjects, type ObjectOrder, selectRows } from "../src/ui/workbench/object-order";
import { box } from "./shapes";

const labels = new Map(
  [
    [1, "car"],
    [2, "red person"],
    [3, "汽车"],
  ].map(([id, name]): [number, Label] => [
    id as number,
    { id: id as number, name: name as string, color: "#112233", attributes: [] },
  ]),
);
/** Undermost first. Label 9 is known to nobody. */
const shapes = [
  box("a", { labelId: 2, id: 10 }),
  box("b", { labelId: 1, id: 11 }),
  box("c", { labelId: 9 }),
  box("d", { labelId: 3, id: 110 }),
  box("e", { labelId: 1 }),
];
const pinyin = new Map([
  ["汽", ["qi"]],
  ["车", ["che", "ju"]],
]);

const cids = (rows: readonly Annotation[]): string => rows.map((row) => row.cid).join("");
const listed = (order: ObjectOrder, filter: string): string =>
  cids(listObjects(shapes, labels, { order, filter, pinyin }));

describe("the list of objects", () => {
  it.each([
    ["top", "edcba"],
    ["bottom", "abcde"],
    ["label", "ebadc"],
  ] as const)("ordered by %s is %s", (order, expected) => {
    expect(listed(order, "")).toBe(expected);
  });

  it.each([
    ["a label's name", "car", "eb"],
    ["a word of it, in any case", "PERSON", "a"],
    ["pinyin", "qc", "d"],
    ["a number", "11", "b"],
    ["a number with its sign", " #110 ", "d"],
    ["blanks", "  ", "edcba"],
    ["nothing there is", "zzz", ""],
    ["letters that only lie apart", "cr", ""],
  ])("narrowed by %s", (_, filter, expected) => {
    expect(listed("top", filter)).toBe(expected);
  });

  it("of 100,000 objects leaves what it was given as it was", () => {
    const many = Array.from({ length: 100_000 }, (_, at) => box(`${at}`, { labelId: (at % 3) + 1 }));
    const rows = listObjects(many, labels, { order: "label", filter: "" });
    expect(rows).toHaveLength(100_000);
    expect([rows[0]?.cid, rows.at(-1)?.cid, many[0]?.cid]).toEqual(["99999", "2", "0"]);
  });

  it("groups by label in order", () => {
    expect([...groupByLabel(shapes)].map(([id, group]) => [id, cids(group)])).toEqual([
      [2, "a"],
      [1, "be"],
      [9, "c"],
      [3, "d"],
    ]);
  });
});

describe("a click on a row", () => {
  const click = (cid: string, keys: string, selected: string, anchor?: string): string => {
    const how = { cid, ctrl: keys.includes("ctrl"), shift: keys.includes("shift") };
    return selectRows(shapes, new Set(selected), anchor, how).join("");
  };

  it.each([
    ["alone", "b", "", "ac", undefined, "b"],
    ["with Ctrl on one not selected", "b", "ctrl", "ac", undefined, "acb"],
    ["with Ctrl on a selected one", "a", "ctrl", "ac", undefined, "c"],
    ["with Shift below the anchor", "d", "shift", "a", "b", "bcd"],
    ["with Shift above the anchor", "a", "shift", "b", "c", "abc"],
    ["with Shift and no anchor", "d", "shift", "a", undefined, "d"],
    ["with Shift and an anchor that is gone", "d", "shift", "a", "z", "d"],
    ["with Ctrl and Shift", "c", "ctrl shift", "e", "b", "ebc"],
  ])("%s selects", (_, cid, keys, selected, anchor, expected) => {
    expect(click(cid, keys, selected, anchor)).toBe(expected);
  });
});
