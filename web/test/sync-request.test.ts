import { expect, it } from "vitest";
import { culprits, failureOf, packFlight } from "../src/sync/request";
import { box } from "./shapes";

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
