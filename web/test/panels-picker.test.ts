import { describe, expect, it } from "vitest";
import { searchLabels } from "../src/core/label-search";
import type { Label } from "../src/core/model";
import { nextRow, type PickerRow, pickerRows, targetRow } from "../src/ui/workbench/picker-rows";

const labels: Label[] = ["car", "bus", "tram", "bicycle"].map((name, index) => ({
  id: index + 1,
  name,
  color: "#112233",
  attributes: [],
}));

const named = (row: PickerRow): string =>
  row.name === "head" ? `-- ${row.text}` : row.name === "create" ? `+ ${row.label}` : row.match.label.name;

function rowsFor(query: string, recent: readonly number[] = [], canCreate = true): readonly PickerRow[] {
  const matches = searchLabels(labels, query);
  return pickerRows({ labels, query, matches, recent, canCreate });
}

describe("the rows of the label picker", () => {
  it.each([
    ["all labels at first", "", [], ["car", "bus", "tram", "bicycle"]],
    [
      "the last used on top, one that is gone left out",
      "",
      [3, 99, 1],
      ["-- Recently used", "tram", "car", "-- All labels", "car", "bus", "tram", "bicycle"],
    ],
    ["no second list of the same", "", [1, 2, 3, 4], ["car", "bus", "tram", "bicycle"]],
    ["matches, then the offer to create", "b", [3], ["bus", "bicycle", "+ b"]],
    ["no offer for a name there is", " Bus ", [], ["bus"]],
    ["only the offer when nothing matches", "zebra ", [], ["+ zebra"]],
  ])("are %s", (_, query, recent, expected) => {
    expect(rowsFor(query, recent).map(named)).toEqual(expected);
  });

  it("offer nothing to who may not create", () => {
    expect(rowsFor("zebra", [], false)).toEqual([]);
  });
});

describe("the arrows", () => {
  const rows = rowsFor("", [3]);

  it("pass over heads and round the ends", () => {
    expect(nextRow(rows, 0, 1)).toBe(1);
    expect(nextRow(rows, 1, 1)).toBe(3);
    expect(nextRow(rows, 1, -1)).toBe(rows.length - 1);
    expect(nextRow(rows, rows.length - 1, 1)).toBe(1);
  });

  it("stay where they are when there is nowhere to go", () => {
    expect(nextRow([], 0, 1)).toBe(0);
  });

  it.each([
    ["PageDown", 1, 2, 3],
    ["PageDown", 3, 50, 6],
    ["PageUp", 6, 2, 4],
    ["PageUp", 4, 50, 1],
    ["x", 1, 2, undefined],
  ])("and %s from %i with pages of %i go to %o", (key, at, page, expected) => {
    expect(targetRow(key, rows, at, page)).toBe(expected);
  });
});
