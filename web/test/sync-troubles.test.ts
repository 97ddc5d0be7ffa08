import "fake-indexeddb/auto";
import { expect, it, vi } from "vitest";
import { box } from "./shapes";
import { Desk, draw, type Fate, user } from "./sync-world";

const desk = new Desk();

it.each<[string, Fate[]]>([
  ["a request is lost", ["lost-request"]],
  ["answers are lost", ["lost-answer", "lost-answer"]],
  ["the server fails", [500, 502, 503]],
])("asks again, with the same key and words, when %s", async (_, fates) => {
  const sync = await desk.open();
  const count = fates.length;
  desk.fates(...fates);
  draw(sync, "a");
  await desk.pass(10);
  expect(sync.state.value).toMatchObject({ name: "offline", count: 1, since: expect.any(Date) });
  draw(sync, "b");
  await desk.pass(15_000);
  expect(sync.state.value.name).toBe("saved");
  const keys = desk.server.seen
    .filter(({ method }) => method === "PATCH")
    .map(({ key, body }) => `${key} ${body}`);
  expect(new Set(keys.slice(0, count + 1)).size).toBe(1);
  expect(desk.flights().at(-1)).toBe("1/0/0");
  expect(desk.server.shapes.size).toBe(2);
});

it("waits longer each time, up to 30 s, and not at all when the network comes back", async () => {
  const sync = await desk.open();
  desk.server.fate = () => "lost-request";
  draw(sync, "a");
  await desk.pass(10);
  const waits = [];
  for (let round = 0; round < 8; round += 1) {
    const { state } = sync;
    const waitMs = state.value.name === "offline" ? state.value.retryAt.getTime() - Date.now() : 0;
    waits.push(waitMs);
    await desk.pass(waitMs + 20);
  }
  for (const [index, nominal] of [1, 2, 4, 8, 16, 30, 30].entries()) {
    // A quarter more or less by chance; and a moment has passed when the test looks.
    expect(waits[index]).toBeGreaterThan(nominal * 750 - 150);
    expect(waits[index]).toBeLessThan(nominal * 1251);
  }
  desk.server.fate = () => "well";
  desk.page.dispatchEvent(new Event("online"));
  await desk.pass();
  expect(sync.state.value.name).toBe("saved");
});

it("keeps the work when nobody is signed in, and goes on for the same person only", async () => {
  const sync = await desk.open();
  desk.fates(401, 401);
  draw(sync, "a");
  await desk.pass(10);
  expect(sync.state.value).toEqual({ name: "signed-out", count: 1 });
  sync.signedIn(1);
  await desk.pass();
  expect(sync.state.value.name).toBe("signed-out");
  sync.signedIn(2);
  await desk.pass();
  expect(sync.state.value).toMatchObject({ name: "read-only", reason: "other-person", count: 1 });
  expect(desk.server.shapes.size).toBe(0);
  const again = await desk.open();
  expect([again.restored.value, again.document.get("a")?.id]).toEqual([1, 100]);
});

it.each<[number, string]>([
  [403, "forbidden"],
  [404, "gone"],
])("is read-only after status %i, with the server's sentence, and keeps the work", async (status, reason) => {
  const sync = await desk.open();
  desk.fates(status);
  draw(sync, "a");
  await desk.pass(10);
  expect(sync.readOnly.value).toBe(true);
  expect(sync.state.value).toEqual({ name: "read-only", reason, sentence: `status ${status}`, count: 1 });
  expect((await desk.open()).document.get("a")?.id).toBe(100);
});

it("marks what the server refuses, saves all else, and tries again when it changes", async () => {
  const sync = await desk.open();
  desk.server.refuse = ({ frame }) => (frame === 9 ? { frame: ["frame 9 is outside"] } : undefined);
  user(sync, [box("a"), box("b", { frame: 9 }), box("c")]);
  await desk.pass(500);
  expect(desk.server.shapes.size).toBe(2);
  expect(sync.refused.value).toEqual([{ cid: "b", sentence: "frame: frame 9 is outside" }]);
  expect(sync.state.value).toEqual({ name: "refused", count: 1, sentences: ["frame: frame 9 is outside"] });
  const before = desk.flights().length;
  await desk.pass(60_000);
  expect(desk.flights()).toHaveLength(before);
  user(sync, [box("b", { frame: 8 })]);
  await desk.pass(300);
  expect([desk.server.shapes.size, sync.state.value.name, sync.refused.value]).toEqual([3, "saved", []]);
});

it("finds by halving what the server refuses without naming it", async () => {
  const sync = await desk.open();
  const fetched = desk.server.fetch;
  vi.stubGlobal("fetch", (input: string, init: RequestInit = {}) =>
    String(init.body).includes('"client_id":"bad"')
      ? Promise.resolve(Response.json("it will not do", { status: 400 }))
      : fetched(input, init),
  );
  draw(sync, "a", "b", "c", "bad", "d", "e", "f");
  await desk.pass(2500);
  expect(sync.refused.value).toEqual([{ cid: "bad", sentence: "it will not do" }]);
  expect(desk.server.shapes.size).toBe(6);
});

it("sends less at a time when a flight is too large", async () => {
  const sync = await desk.open();
  const fetched = desk.server.fetch;
  vi.stubGlobal("fetch", (input: string, init: RequestInit = {}) =>
    String(init.body ?? "").split("client_id").length > 3
      ? Promise.resolve(Response.json({ detail: "too large" }, { status: 413 }))
      : fetched(input, init),
  );
  draw(sync, "a", "b", "c", "d", "e");
  await desk.pass(3000);
  expect([desk.server.shapes.size, sync.state.value.name]).toEqual([5, "saved"]);
});

it.each([507, 413])(
  "says why nothing can be saved now after status %i; Ctrl+S tries again",
  async (status) => {
    const sync = await desk.open();
    desk.fates(status, status);
    draw(sync, "a");
    await desk.pass(10);
    expect(sync.state.value).toMatchObject({ name: "failing", count: 1, sentence: `status ${status}` });
    const first = sync.saveNow();
    await desk.pass();
    expect((await first).name).toBe("failing");
    const second = sync.saveNow();
    await desk.pass();
    expect((await second).name).toBe("saved");
  },
);

it("answers a request to save whatever the state", async () => {
  const sync = await desk.open();
  expect((await sync.saveNow()).name).toBe("saved");
  desk.server.fate = () => "lost-request";
  draw(sync, "a");
  const asked = sync.saveNow();
  await desk.pass(10);
  expect((await asked).name).toBe("offline");
});

it("saves without a journal where the browser has none, and says so", async () => {
  desk.places = { databases: undefined, belt: undefined };
  const sync = await desk.open();
  draw(sync, "a");
  await desk.pass(10);
  expect([sync.journaled.value, sync.state.value.name, desk.server.shapes.size]).toEqual([false, "saved", 1]);
});
