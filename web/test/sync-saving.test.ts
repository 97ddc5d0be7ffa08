import "fake-indexeddb/auto";
import { expect, it, vi } from "vitest";
import { History } from "../src/core/history";
import { box } from "./shapes";
import { Desk, draw, user, wire } from "./sync-world";

const desk = new Desk();

it("shows what the server has", async () => {
  desk.server.put(wire({ frame: 3 }));
  const sync = await desk.open();
  expect([...sync.document.all()].map(({ cid, id, frame }) => [cid, id, frame])).toEqual([["s100", 100, 3]]);
  expect(sync.state.value).toEqual({ name: "saved", at: undefined });
});

it("saves what is drawn and gives it the server's id, outside history", async () => {
  const sync = await desk.open();
  const history = new History(sync.document);
  history.perform("draw", { put: [box("a")], remove: [] });
  expect(sync.state.value).toEqual({ name: "waiting", count: 1 });
  await desk.pass();
  expect(sync.document.get("a")?.id).toBe(100);
  expect([...desk.server.shapes.values()]).toEqual([wire({ id: 100 })]);
  expect(sync.state.value).toEqual({ name: "saved", at: sync.lastSave.value?.at });
  expect(sync.lastSave.value?.at).toBeInstanceOf(Date);
  expect(sync.lastSave.value?.tookMs).toBeGreaterThanOrEqual(0);
  history.undo();
  expect(history.state.value.undo).toBeUndefined();
  await desk.pass(300);
  expect(desk.server.shapes.size).toBe(0);
});

it("sends the first change at once, and gathers those of the next 200 ms", async () => {
  const sync = await desk.open();
  draw(sync, "a");
  await desk.pass();
  expect(desk.flights()).toEqual(["1/0/0"]);
  for (const cid of ["b", "c", "d"]) {
    draw(sync, cid);
    await desk.pass(40);
  }
  expect(desk.flights()).toEqual(["1/0/0"]);
  await desk.pass(100);
  expect(desk.flights()).toEqual(["1/0/0", "3/0/0"]);
});

it("sends nothing for what was taken back before it left", async () => {
  desk.server.put(wire());
  const sync = await desk.open();
  const history = new History(sync.document);
  draw(sync, "x");
  await desk.pass();
  history.perform("delete", { put: [], remove: ["s100"] });
  history.undo();
  await desk.pass(300);
  expect(desk.flights()).toEqual(["1/0/0"]);
  expect(sync.document.get("s100")?.id, "undo forgets it, the server knows it").toBe(100);
});

it("deletes what was deleted while its creation was under way", async () => {
  const sync = await desk.open();
  draw(sync, "a");
  await vi.advanceTimersByTimeAsync(0);
  user(sync, [], ["a"]);
  await desk.pass(300);
  expect(desk.flights()).toEqual(["1/0/0", "0/0/1"]);
  expect(desk.server.shapes.size).toBe(0);
  expect(sync.state.value.name).toBe("saved");
});

it("takes only the id for what was changed while it was under way, and sends the change", async () => {
  const sync = await desk.open();
  draw(sync, "a");
  await vi.advanceTimersByTimeAsync(0);
  user(sync, [box("a", { frame: 5 })]);
  await desk.pass(300);
  expect(desk.flights()).toEqual(["1/0/0", "0/1/0"]);
  expect(sync.document.get("a")).toMatchObject({ id: 100, frame: 5 });
  expect(desk.server.shapes.get(100)?.frame).toBe(5);
});

it("takes what others changed, and keeps what was changed here", async () => {
  for (const frame of [0, 1, 2]) desk.server.put(wire({ frame }));
  const sync = await desk.open();
  desk.server.change((shapes) => {
    shapes.set(100, wire({ id: 100, frame: 7 }));
    shapes.delete(101);
    desk.server.put(wire({ frame: 8 }));
  });
  user(sync, [{ ...box("s102"), id: 102, frame: 5 }]);
  await desk.pass(300);
  const frames = [...sync.document.all()].map(({ id, frame }) => `${id}:${frame}`).sort();
  expect(frames).toEqual(["100:7", "102:5", "103:8"]);
  expect(desk.server.shapes.get(102)?.frame).toBe(5);
  expect([sync.conflicts.value, sync.state.value.name]).toEqual([[], "saved"]);
});

it.each([
  ["mine", [[100, 5]]],
  ["theirs", [[100, 7]]],
  [
    "both",
    [
      [100, 5],
      [101, 7],
    ],
  ],
] as const)(
  "keeps mine of what both sides changed, until the person chooses %s",
  async (choice, expected) => {
    desk.server.put(wire());
    const sync = await desk.open();
    desk.server.change((shapes) => shapes.set(100, wire({ id: 100, frame: 7 })));
    user(sync, [{ ...box("s100"), id: 100, frame: 5 }]);
    await desk.pass(300);
    expect(desk.server.shapes.get(100)?.frame).toBe(5);
    const [conflict] = sync.conflicts.value;
    if (conflict === undefined) throw new Error("no conflict");
    expect([conflict.base?.frame, conflict.mine?.frame, conflict.theirs?.frame]).toEqual([0, 5, 7]);
    sync.resolve(conflict, choice);
    await desk.pass(300);
    expect([...desk.server.shapes].map(([id, { frame }]) => [id, frame])).toEqual(expected);
    expect(sync.conflicts.value).toEqual([]);
  },
);

it("makes anew what somebody deleted and I changed; the person may let it go", async () => {
  desk.server.put(wire());
  const sync = await desk.open();
  desk.server.change((shapes) => shapes.delete(100));
  user(sync, [{ ...box("s100"), id: 100, frame: 5 }]);
  await desk.pass(300);
  expect([...desk.server.shapes.keys()]).toEqual([101]);
  expect(sync.document.get("s100")).toMatchObject({ id: 101, frame: 5 });
  const [conflict] = sync.conflicts.value;
  if (conflict !== undefined) sync.resolve(conflict, "theirs");
  await desk.pass(300);
  expect(desk.server.shapes.size).toBe(0);
});

it("deletes what I deleted and somebody changed; the person may have it back", async () => {
  desk.server.put(wire());
  const sync = await desk.open();
  desk.server.change((shapes) => shapes.set(100, wire({ id: 100, frame: 7 })));
  user(sync, [], ["s100"]);
  await desk.pass(300);
  expect(desk.server.shapes.size).toBe(0);
  const [conflict] = sync.conflicts.value;
  if (conflict !== undefined) sync.resolve(conflict, "theirs");
  await desk.pass(300);
  expect([...desk.server.shapes].map(([id, { frame }]) => [id, frame])).toEqual([[101, 7]]);
});

it("brings back what a page before could not save, and says how much", async () => {
  desk.server.put(wire());
  const first = await desk.open();
  desk.server.fate = () => "lost-request";
  user(first, [box("a"), { ...box("s100"), id: 100, frame: 4 }]);
  await desk.pass(10);
  first.close();
  desk.server.fate = () => "well";
  const second = await desk.open();
  expect(second.restored.value).toBe(2);
  await desk.pass(300);
  expect([...desk.server.shapes].map(([id, { frame }]) => [id, frame])).toEqual([
    [100, 4],
    [101, 0],
  ]);
  second.close();
  expect((await desk.open()).restored.value).toBe(0);
});

it("leaves the journal alone when the job cannot be opened", async () => {
  const first = await desk.open();
  desk.server.fate = () => "lost-request";
  draw(first, "a");
  await desk.pass(10);
  first.close();
  for (const fate of ["lost-request", 404, 403, 503] as const) {
    desk.server.fate = () => fate;
    await expect(desk.open()).rejects.toThrow();
  }
  desk.server.fate = () => "well";
  expect((await desk.open()).restored.value).toBe(1);
  expect(desk.server.shapes.size).toBe(1);
});

it("doubles nothing when the answer was lost and the server forgot the key", async () => {
  const first = await desk.open();
  desk.fates("lost-answer");
  draw(first, "a", "b");
  await desk.pass(10);
  first.close();
  desk.server.forgetReceipts();
  const second = await desk.open();
  await desk.pass(300);
  expect([desk.server.shapes.size, second.document.size, second.state.value.name]).toEqual([2, 2, "saved"]);
});

it("sends at once what is left when the page is hidden, without waiting for the database", async () => {
  const sync = await desk.open();
  draw(sync, "a");
  await desk.pass();
  draw(sync, "b");
  desk.page.dispatchEvent(new Event("pagehide"));
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  expect(desk.flights()).toEqual(["1/0/0", "1/0/0"]);
});
