import { describe, expect, it } from "vitest";
import type { Attribute, InputType, Label } from "../src/core/model";
import { readingOrder, textAttribute, textLabel, textOf } from "../src/core/texts";
import { KEYS_OUT_OF_TEXT, MODE_COMMANDS } from "../src/ui/workbench/mode-commands";
import { MODE_NAMES, MODES, modeOf } from "../src/ui/workbench/modes";
import { box, tag } from "./shapes";

const attribute = (id: number, name: string, inputType: InputType = "text"): Attribute => ({
  id,
  name,
  mutable: false,
  inputType,
  defaultValue: "",
  values: [""],
});
const label = (id: number, ...attributes: Attribute[]): Label => ({
  id,
  name: `label ${id}`,
  color: "#112233",
  attributes,
});

describe("reading order", () => {
  const at = (cid: string, left: number, top: number, width = 30, height = 10) =>
    box(cid, { points: [left, top, left + width, top + height] });
  const read = (...shapes: ReturnType<typeof at>[]) =>
    readingOrder(shapes)
      .map(({ cid }) => cid)
      .join("");

  it.each([
    [
      "rows from the top, each from the left",
      [at("d", 50, 42), at("b", 60, 1), at("c", 0, 40), at("a", 0, 2)],
    ],
    ["a line that slopes", [at("c", 80, 8), at("b", 40, 4), at("a", 0, 0), at("d", 0, 30)]],
    ["letters of several heights in one row", [at("b", 40, 4, 5, 6), at("c", 60, -2, 30, 14), at("a", 0, 0)]],
    [
      "a column beside rows, where its middle is",
      [at("d", 40, 40), at("b", 0, 0, 10, 54), at("a", 40, 0), at("c", 40, 24)],
    ],
    ["what only touches is another row", [at("b", 0, 10), at("a", 50, 0)]],
  ])("goes by %s", (_, shapes) => {
    expect(read(...shapes)).toBe(shapes.length === 2 ? "ab" : shapes.length === 3 ? "abc" : "abcd");
  });

  it("leaves what it was given, and takes thousands in their stride", () => {
    const many = Array.from({ length: 5000 }, (_, n) =>
      at(`${n}`, ((n * 37) % 100) * 40, Math.floor(n / 100) * 20),
    );
    const order = readingOrder(many);
    expect(many[0]?.cid).toBe("0");
    expect(order).toHaveLength(5000);
    expect(order.slice(0, 100).map(({ points }) => points[0])).toEqual(
      [...Array(100).keys()].map((n) => n * 40),
    );
  });
});

describe("the label that bears texts", () => {
  const named = label(2, attribute(20, "note"), attribute(21, "value"));
  const first = label(1, attribute(10, "kind", "select"), attribute(11, "note"));

  it.each([
    ["the one with a text called value, wherever it stands", [first, named], [2, 21]],
    ["else the first with any text", [label(5), first], [1, 11]],
    ["not one whose value is no text", [label(3, attribute(30, "value", "number")), first], [1, 11]],
    ["none, when no label has a text", [label(5)], undefined],
  ])("is %s", (_, labels, expected) => {
    const found = textLabel(labels);
    expect(found && [found.label.id, found.attribute.id]).toEqual(expected);
  });

  it("tells what an object says, nothing yet, and that it says nothing at all", () => {
    expect(textAttribute(named)?.id).toBe(21);
    expect(textOf(tag("a", { attributes: { 21: "早上好" } }), named)).toBe("早上好");
    expect(textOf(tag("a"), named)).toBe("");
    expect(textOf(tag("a"), label(9))).toBeUndefined();
  });
});

describe("modes", () => {
  it.each([
    ["image_classification", "image_classification"],
    ["ocr_recognition", "ocr_recognition"],
    ["", "all"],
    ["something_new", "all"],
    [undefined, "all"],
  ])("for the type %j is %s", (type, name) => {
    expect(modeOf(type).name).toBe(name);
  });

  it("are a table as the platform's contract has it", () => {
    const table = MODE_NAMES.map((name) => {
      const { tools, tags, text, arms, label } = MODES[name];
      return [name, tools.join(" "), tags, text, arms, label];
    });
    expect(table).toEqual([
      ["image_classification", "", true, "none", "untouched", "first"],
      ["object_detection", "rectangle", false, "none", "at-once", "last-used"],
      ["image_segmentation", "polygon", false, "none", "at-once", "last-used"],
      ["ocr_detection", "rectangle polygon", false, "shape", "at-once", "text"],
      ["ocr_recognition", "", false, "frame", "untouched", "first"],
      ["all", "rectangle polygon", false, "none", "untouched", "first"],
    ]);
  });

  it("give each digit a label, the tenth 0, alone and with Shift, and leave those with Ctrl to the rest", () => {
    const keys = MODE_COMMANDS.filter(({ group }) => group === "tag").flatMap((command) => command.keys);
    expect(keys.slice(0, 20)).toEqual([
      ..."1234567890",
      ..."1234567890".split("").map((digit) => `Shift+${digit}`),
    ]);
    expect(keys.some((key) => key.startsWith("Ctrl"))).toBe(false);
  });

  it("let no key out of the field of texts that would be typed", () => {
    expect(KEYS_OUT_OF_TEXT.filter((key) => key.length === 1 || key === "Backspace")).toEqual([]);
  });
});
