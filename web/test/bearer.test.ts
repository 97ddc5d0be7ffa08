import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { call, Unreachable } from "../src/api";
import { dropToken, keepToken, splitToken, token } from "../src/bearer";
import { askSession } from "../src/session";

beforeEach(() => {
  vi.stubGlobal("document", { cookie: "" });
  vi.stubGlobal("location", { protocol: "http:" });
});
afterEach(() => {
  dropToken();
  vi.unstubAllGlobals();
});

it.each([
  ["/annotations/auth/login?token=a.b.c", "a.b.c", "/annotations/auth/login"],
  ["/tasks?search=x&token=a.b.c", "a.b.c", "/tasks?search=x"],
  ["/tasks?token=a.b.c&search=x", "a.b.c", "/tasks?search=x"],
  ["/tasks?search=x&token=a.b.c&page=2", "a.b.c", "/tasks?search=x&page=2"],
  // A sign-in page that puts the token behind the address without looking at it.
  ["/tasks/1/jobs/2?frame=5?token=a.b.c", "a.b.c", "/tasks/1/jobs/2?frame=5"],
  ["/tasks?token=a%2Bb", "a+b", "/tasks"],
  ["/tasks?token=%", "%", "/tasks"],
])("finds the token in %s", (address, found, rest) => {
  expect(splitToken(address)).toEqual({ token: found, rest });
});

it.each(["/tasks", "/tasks?atoken=x", "/tasks?token=", "/token=x"])("finds none in %s", (address) => {
  expect(splitToken(address)).toBeUndefined();
});

const person = { id: 3, username: "ann", first_name: "", last_name: "", groups: [] };
const refused = (): Response => Response.json({ detail: "sign in again" }, { status: 401 });

it("drops a token that does not count, and lets the cookies have their turn", async () => {
  keepToken("a.b.c");
  const asked: (string | null)[] = [];
  const server: typeof fetch = (_, init) => {
    const signed = new Headers(init?.headers).get("Authorization");
    asked.push(signed);
    return Promise.resolve(signed === null ? Response.json(person) : refused());
  };
  expect((await askSession(server)).name).toBe("signed-in");
  expect(asked).toEqual(["Bearer a.b.c", null]);
  expect(token()).toBeUndefined();
});

it("tells why a token did not count when nothing else does", async () => {
  keepToken("a.b.c");
  expect(await askSession(() => Promise.resolve(refused()))).toEqual({
    name: "signed-out",
    problem: "sign in again",
  });
});

it("keeps the token while nobody can say whose it is", async () => {
  keepToken("a.b.c");
  const silent = (): Response => new Response("{}", { status: 401, headers: { "Retry-After": "5" } });
  expect(await askSession(() => Promise.resolve(silent()))).toEqual({ name: "unreachable" });
  expect(token()).toBe("a.b.c");
  vi.stubGlobal("fetch", () => Promise.resolve(silent()));
  await expect(call("GET", "/tasks")).rejects.toBeInstanceOf(Unreachable);
});

it("sets no cookie of a token that would be more than one", () => {
  keepToken("x; path=/");
  expect(document.cookie).toBe("");
});
