import { describe, expect, it } from "vitest";
import { COLORS, type EditedAttribute, type EditedLabel, newLabels, nextColor } from "../src/ui/labels/model";
import { attributeProblems, labelsToText, parseLabels, parseNames, sortNames } from "../src/ui/labels/parse";

const label = (name: string, id?: number): EditedLabel => ({ id, name, color: "#112233", attributes: [] });

it.each([
  ["lines", "car\ndog\r\n\n cat ", ["car", "dog", "cat"]],
  ["commas of either width", "car, dog，cat、鸟", ["car", "dog", "cat", "鸟"]],
  ["a column of a table", "car\tdog;cat；ox", ["car", "dog", "cat", "ox"]],
  ["each name once", "car, car", ["car"]],
  ["names with blanks", "traffic light", ["traffic light"]],
  ["nothing", " ,\n ", []],
])("names are taken from %s", (_, text, expected) => {
  expect(parseNames(text)).toEqual(expected);
});

it("names that are there, or too long, are told apart from new ones", () => {
  const long = "猫".repeat(65);
  expect(sortNames(["car", "dog", long], [label("car")])).toEqual({
    fresh: ["dog"],
    known: ["car"],
    tooLong: [long],
  });
});

describe("colours", () => {
  it("are all others as long as there are some", () => {
    const colors = newLabels(
      COLORS.map((_, index) => String(index)),
      [],
    ).map(({ color }) => color);
    expect(new Set(colors).size).toBe(COLORS.length);
  });

  it("begin again with those used least", () => {
    expect(nextColor([...COLORS, COLORS[0] ?? ""])).toBe(COLORS[1]);
  });
});

describe("the raw view", () => {
  const attribute: EditedAttribute = {
    id: 4,
    name: "colour",
    inputType: "select",
    values: ["red", "blue"],
    defaultValue: "red",
    mutable: true,
  };
  const stored: EditedLabel = { ...label("car", 7), attributes: [attribute] };

  it("gives back what it shows", () => {
    expect(parseLabels(labelsToText([stored]), [stored])).toEqual({ name: "good", labels: [stored] });
  });

  it("gives a label without colour one that is not taken", () => {
    const parsed = parseLabels('[{"name": "dog"}]', []);
    expect(parsed).toEqual({ name: "good", labels: [{ ...label("dog"), color: COLORS[0] }] });
  });

  it.each([
    ["what is no JSON", "[", ["json"]],
    ["what is no list", "{}", ["list"]],
    ["an element that is no object", "[3]", ["object"]],
    ["a label without a name", '[{"color": "#112233"}]', ["name"]],
    ["a name twice", '[{"name": "a"}, {"name": "a"}]', ["twice"]],
    ["a colour that is none", '[{"name": "a", "color": "red"}]', ["color"]],
    ["an id of another task", '[{"name": "a", "id": 99}]', ["unknown-id"]],
    [
      "an attribute of no type",
      '[{"name": "a", "attributes": [{"name": "b", "mutable": false, "input_type": "x"}]}]',
      ["attribute-type"],
    ],
    [
      "an attribute twice",
      '[{"name":"a","attributes":[{"name":"b","mutable":false,"input_type":"text"},{"name":"b","mutable":false,"input_type":"text"}]}]',
      ["attribute-twice"],
    ],
    [
      "an attribute that does not say whether it changes",
      '[{"name": "a", "attributes": [{"name": "b", "input_type": "text"}]}]',
      ["attribute-mutable"],
    ],
  ])("says what is wrong with %s", (_, text, expected) => {
    const parsed = parseLabels(text, [stored]);
    expect(parsed.name === "bad" && parsed.problems.map(({ name }) => name)).toEqual(expected);
  });

  it.each([
    [
      "a range upside down",
      { inputType: "number", values: ["9", "0", "1"], defaultValue: "0" },
      "attribute-number",
    ],
    [
      "a step too long",
      { inputType: "number", values: ["0", "9", "10"], defaultValue: "0" },
      "attribute-number",
    ],
    [
      "a default out of range",
      { inputType: "number", values: ["0", "9", "1"], defaultValue: "10" },
      "attribute-default",
    ],
    ["a choice of nothing", { values: ["", " "], defaultValue: "" }, "attribute-choices"],
    ["a default that is no choice", { defaultValue: "green" }, "attribute-default"],
    [
      "a checkbox that is maybe",
      { inputType: "checkbox", values: ["maybe"], defaultValue: "maybe" },
      "attribute-default",
    ],
    ["a name too long", { name: "x".repeat(65) }, "attribute-name"],
  ] as const)("says of an attribute that it has %s", (_, changes, expected) => {
    const problems = attributeProblems({ ...attribute, ...changes }, "car");
    expect(problems.map(({ name }) => name)).toEqual([expected]);
  });
});
