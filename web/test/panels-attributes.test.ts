import { describe, expect, it } from "vitest";
import { checkNumber, isChecked, numberRange, sharedValue, stepNumber } from "../src/core/attribute-values";
import type { Attribute } from "../src/core/model";
import { box } from "./shapes";

const age: Attribute = {
  id: 4,
  name: "age",
  mutable: true,
  inputType: "number",
  defaultValue: "4",
  values: ["0", "30", "0.5"],
};

describe("the value shapes share", () => {
  it.each([
    ["is theirs when all have it", [{ 4: "7" }, { 4: "7" }], "7"],
    ["is the default where none is set", [{}, { 4: "4" }], "4"],
    ["is none when they differ", [{ 4: "7" }, {}], undefined],
    ["is none without shapes", [], undefined],
  ])("%s", (_, values, expected) => {
    const shapes = values.map((attributes, at) => box(`${at}`, { attributes }));
    expect(sharedValue(shapes, age)).toBe(expected);
  });

  it.each([
    ["true", true],
    ["True ", true],
    ["false", false],
    ["", false],
    ["1", false],
  ])("ticks a checkbox for %o: %o", (value, expected) => {
    expect(isChecked(value)).toBe(expected);
  });
});

describe("numbers", () => {
  it.each([
    ["all three", ["0", "30", "0.5"], { least: 0, most: 30, step: 0.5 }],
    ["none", [""], { least: undefined, most: undefined, step: undefined }],
    ["only words", ["a", "b", "c"], { least: undefined, most: undefined, step: undefined }],
    ["a step of nothing", ["1", "9", "0"], { least: 1, most: 9, step: undefined }],
  ])("have a range from %s", (_, values, expected) => {
    expect(numberRange({ values })).toEqual(expected);
  });

  it.each([
    ["12.5", "fine", "12.5"],
    [" 007 ", "fine", "7"],
    ["＋１２．５", "fine", "12.5"],
    [".5", "fine", "0.5"],
    ["30", "fine", "30"],
    ["30.5", "above", undefined],
    ["-0.5", "below", undefined],
    ["1.3", "between-steps", undefined],
    ["", "no-number", undefined],
    ["abc", "no-number", undefined],
    ["0x10", "no-number", undefined],
    ["1e1", "no-number", undefined],
    ["Infinity", "no-number", undefined],
    ["1 2", "no-number", undefined],
  ])("%o is %s", (text, name, value) => {
    expect(checkNumber(text, numberRange(age))).toEqual(value === undefined ? { name } : { name, value });
  });

  it("in decimal steps are met despite binary fractions", () => {
    const range = { least: 0, most: 1, step: 0.1 };
    const texts = Array.from({ length: 11 }, (_, at) => (at / 10).toFixed(1));
    expect(texts.filter((text) => checkNumber(text, range).name !== "fine")).toEqual([]);
  });

  it.each([
    ["4", 1, "4.5"],
    ["4", -1, "3.5"],
    ["30", 1, "30"],
    ["0", -1, "0"],
    ["1.3", 1, "1.5"],
    ["1.3", -1, "1"],
    ["", 1, "0"],
    ["99", -1, "30"],
  ] as const)("step from %o by %o to %o", (text, direction, expected) => {
    expect(stepNumber(text, direction, numberRange(age))).toBe(expected);
  });

  it("step by one where nothing is said", () => {
    expect(stepNumber("-3", -1, numberRange({ values: [""] }))).toBe("-4");
  });
});
