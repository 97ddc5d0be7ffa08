import { expect, it } from "vitest";
import { askSession } from "../src/session";

/** A server at the edge of the process: it gives one answer, or none. */
const server = (answer?: Response): typeof fetch =>
  answer === undefined ? () => Promise.reject(new TypeError("refused")) : () => Promise.resolve(answer);

it.each([
  ["the user", Response.json({ username: "admin" }), { name: "signed-in", user: "admin" }],
  ["nobody after 401", new Response("{}", { status: 401 }), { name: "signed-out" }],
  ["a failure after 500", new Response("", { status: 500 }), { name: "failed", status: 500 }],
  ["a failure when the answer is no user", Response.json([]), { name: "failed", status: 200 }],
  ["a failure when the answer is no JSON", new Response("<html>"), { name: "failed", status: 200 }],
  ["silence when nothing answers", undefined, { name: "unreachable" }],
])("tells %s", async (_, answer, expected) => {
  expect(await askSession(server(answer))).toEqual(expected);
});
