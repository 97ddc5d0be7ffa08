import { expect, it } from "vitest";
import { culprits, failureOf, packFlight } from "../src/sync/request";
import { box, tag } from "./shapes";

const kept = box("kept", { id: 1 });
const changes = [
  { cid: "gone", base: box("gone", { id: 3 }), mine: undefined },
  { cid: "new", base: undefined, mine: box("new", { id: 77, points: [5, 5, 9, 9] }) },
  { cid: "kept", base: kept, mine: { ...kept, id: undefined, frame: 4 } },
];

it("carries each change as what it is to the server, whatever id the document has", () => {
  const flight = packFlight("key", 12, changes);
  const body = JSON.parse(flight.body);
  expect(body.version).toBe(12);
  expect(body.create.shapes).toMatchObject([{ client_id: "new", points: [5, 5, 9, 9] }]);
  expect(body.create.shapes[0].id).toBeUndefined();
  expect(body.update.shapes).toMatchObject([{ id: 1, frame: 4 }]);
  expect(body.delete.shapes).toEqual([3]);
  expect(flight.sent.map(({ cid }) => cid)).toEqual(["kept", "new", "gone"]);
});

it("carries tags beside shapes, and finds the one a refusal names", () => {
  const named = tag("named", { id: 1, attributes: { 4: "a" } });
  const flight = packFlight("key", 1, [
    ...changes,
    { cid: "named", base: named, mine: { ...named, attributes: { 4: "b" } } },
    { cid: "fresh", base: undefined, mine: tag("fresh", { frame: 3 }) },
    { cid: "off", base: tag("off", { id: 3 }), mine: undefined },
  ]);
  const { create, update, delete: gone } = JSON.parse(flight.body);
  expect(create.tags).toEqual([
    { client_id: "fresh", frame: 3, label_id: 1, group: 0, source: "manual", attributes: [] },
  ]);
  expect(update.tags).toMatchObject([{ id: 1, attributes: [{ spec_id: 4, value: "b" }] }]);
  expect([gone.shapes, gone.tags, create.shapes.length, update.shapes.length]).toEqual([[3], [3], 1, 1]);
  const refusal = { create: { tags: [{ frame: ["x"] }] } };
  expect([...culprits(flight, refusal, () => "no")]).toEqual([["fresh", "no"]]);
});

it.each([
  ["a creation", { create: { shapes: [{ label_id: ["bad"] }] } }, [["new", '{"label_id":["bad"]}']]],
  ["an update", { update: { shapes: [{ id: ["?"] }] } }, [["kept", '{"id":["?"]}']]],
  ["nobody for a sentence", "label_id `9` is invalid", []],
  ["nobody for a field", { version: ["This field is required."] }, []],
  ["nobody for places without an object", { create: { shapes: [{}, { frame: ["x"] }] } }, []],
  ["nobody for no body", undefined, []],
])("finds %s in the body of a refusal", (_, body, expected) => {
  const found = culprits(packFlight("key", 1, changes), body, (errors) => JSON.stringify(errors));
  expect([...found]).toEqual(expected);
});

it.each([
  [400, "refused"],
  [401, "signed-out"],
  [403, "forbidden"],
  [404, "gone"],
  [408, "unknown"],
  [409, "moved"],
  [412, "moved"],
  [413, "too-large"],
  [422, "moved"],
  [429, "unknown"],
  [431, "not-now"],
  [500, "unknown"],
  [502, "unknown"],
  [507, "not-now"],
])("reads status %i as %s", (status, expected) => {
  expect(failureOf(status)).toBe(expected);
});
