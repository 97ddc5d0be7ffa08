import { describe, expect, it } from "vitest";
import type { WireLabel } from "../src/core/model";
import { ADVANCED, advancedProblems } from "../src/ui/create/advanced";
import {
  losesAttributes,
  mappingToWire,
  newOnes,
  settled,
  suggestMapping,
  unmapped,
} from "../src/ui/projects/mapping";
import { mayChangeProject, mayDeleteProject } from "../src/ui/projects/wire";
import { offeredSubsets } from "../src/ui/tasks/subset-field";

const label = (id: number, name: string, attributes: WireLabel["attributes"] = []): WireLabel => ({
  id,
  name,
  color: "#ff0000",
  attributes,
});
const own = [label(1, "Car"), label(2, "traffic_light"), label(3, "dog"), label(4, "人")];
const theirs = [label(11, "car"), label(12, "Traffic Light"), label(13, "Car"), label(14, "人")];

describe("labels of a task that moves into a project", () => {
  it("go on under their own names, else under one that differs in case and blanks alone", () => {
    const mapping = suggestMapping(own, theirs);
    expect([...mapping.values()].map((each) => (each?.name === "label" ? each.label : each))).toEqual([
      "Car",
      "Traffic Light",
      undefined,
      "人",
    ]);
    expect(unmapped(own, mapping).map(({ name }) => name)).toEqual(["dog"]);
  });

  it("are sent by their ids with the names they get; a new one keeps its own", () => {
    const mapping = new Map(suggestMapping(own, theirs)).set(3, { name: "new" });
    expect(mappingToWire(own, mapping)).toEqual([
      { id: 1, name: "Car" },
      { id: 2, name: "Traffic Light" },
      { id: 3, name: "dog" },
      { id: 4, name: "人" },
    ]);
    expect(newOnes(own, mapping)).toEqual([label(3, "dog")]);
    expect(newOnes(own, settled(own, mapping))).toEqual([]);
    expect(mappingToWire(own, settled(own, mapping))).toEqual(mappingToWire(own, mapping));
  });

  it("lose values when one of them has attributes", () => {
    const attribute = { id: 1, name: "colour", mutable: false, input_type: "text" as const };
    expect(losesAttributes(own)).toBe(false);
    expect(losesAttributes([label(1, "car", [{ ...attribute, default_value: "", values: [] }])])).toBe(true);
  });
});

describe("rights on a project", () => {
  const user = { id: 3, username: "ann", firstName: "", lastName: "", isAdmin: false, isStaff: false };
  const ann = { ...user, seesAll: false, mayCreateTasks: true };
  const person = (id: number) => ({ id, username: `${id}` });

  it.each([
    ["its owner", { owner: person(3), assignee: null }, true, true],
    ["its assignee", { owner: person(1), assignee: person(3) }, true, false],
    ["anybody else", { owner: person(1), assignee: person(2) }, false, false],
  ])("are those of %s", (_, project, change, drop) => {
    expect([mayChangeProject(ann, project), mayDeleteProject(ann, project)]).toEqual([change, drop]);
    const admin = { ...ann, isAdmin: true };
    expect([mayChangeProject(admin, project), mayDeleteProject(admin, project)]).toEqual([true, true]);
  });
});

it("offers the project's subsets, then the usual ones it has not", () => {
  expect(offeredSubsets(["train", "night"])).toEqual(["train", "night", "Test", "Validation"]);
});

it.each([
  [{ startFrame: "5", stopFrame: "4" }, { stopFrame: "advanced.problem.stop" }],
  [{ startFrame: "5", stopFrame: "5" }, {}],
  [{ startFrame: "-1" }, { startFrame: "advanced.problem.whole" }],
  [{ stopFrame: "x" }, { stopFrame: "advanced.problem.whole" }],
  [{ frameStep: "0" }, { frameStep: "advanced.problem.step" }],
  [{ frameStep: "2" }, {}],
])("takes frames as %j", (text, expected) => {
  expect(advancedProblems({ ...ADVANCED, ...text })).toEqual(expected);
});
