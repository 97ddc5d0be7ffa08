import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { askSession } from "../src/session";

beforeEach(() => void vi.stubGlobal("document", { cookie: "" }));
afterEach(() => void vi.unstubAllGlobals());

/** A server at the edge of the process: it gives one answer, or none. */
const server = (answer?: Response): typeof fetch =>
  answer === undefined ? () => Promise.reject(new TypeError("refused")) : () => Promise.resolve(answer);

const person = { id: 3, username: "ann", first_name: "Ann", last_name: "", groups: [], is_superuser: false };
const ann = {
  id: 3,
  username: "ann",
  firstName: "Ann",
  lastName: "",
  isAdmin: false,
  isStaff: false,
  seesAll: false,
  mayCreateTasks: false,
};

it.each([
  ["the user", Response.json(person), { name: "signed-in", user: ann }],
  [
    "that a maker of tasks may make some",
    Response.json({ ...person, groups: ["user"] }),
    { name: "signed-in", user: { ...ann, mayCreateTasks: true } },
  ],
  [
    "that staff look after accounts",
    Response.json({ ...person, is_staff: true }),
    { name: "signed-in", user: { ...ann, isStaff: true } },
  ],
  [
    "that an observer sees all",
    Response.json({ ...person, groups: ["observer"] }),
    { name: "signed-in", user: { ...ann, seesAll: true } },
  ],
  [
    "that an admin may do all",
    Response.json({ ...person, is_superuser: true }),
    {
      name: "signed-in",
      user: { ...ann, isAdmin: true, isStaff: true, seesAll: true, mayCreateTasks: true },
    },
  ],
  ["nobody after 401", new Response("{}", { status: 401 }), { name: "signed-out" }],
  ["a failure after 500", new Response("", { status: 500 }), { name: "failed", status: 500 }],
  ["a failure when the answer is no user", Response.json([]), { name: "failed", status: 200 }],
  ["a failure when the answer is no JSON", new Response("<html>"), { name: "failed", status: 200 }],
  ["silence when nothing answers", undefined, { name: "unreachable" }],
])("tells %s", async (_, answer, expected) => {
  expect(await askSession(server(answer))).toEqual(expected);
});
