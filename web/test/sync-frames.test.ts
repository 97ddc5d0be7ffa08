/** The frames of a task are read anew while work is unsaved: none of it may land on other images. */

import "fake-indexeddb/auto";
import { expect, it } from "vitest";
import { Journal } from "../src/sync/journal";
import { box } from "./shapes";
import { Desk, draw, JOB, turns, user, wire } from "./sync-world";

const desk = new Desk();

/** What lies in the journal: objects by name, and whether there is a flight. */
async function journaled(): Promise<[string[], boolean]> {
  const journal = new Journal({ server: "http://here", userId: 1, jobId: JOB }, desk.places);
  const { unsaved, flight } = await journal.read();
  await journal.close();
  return [unsaved.map(({ cid }) => cid).sort(), flight !== undefined];
}

/** The frames of what the server has. */
const stored = () => [...desk.server.shapes.values()].map(({ frame }) => frame);

it("merges and sends nothing once the frames are others, and says so", async () => {
  desk.server.put(wire({ frame: 3 }));
  const sync = await desk.open();
  desk.server.reload();
  draw(sync, "a");
  user(sync, [{ ...box("s100"), id: 100, frame: 3, points: [1, 1, 5, 5] }]);
  await desk.pass(300);
  expect(sync.state.value).toEqual({ name: "read-only", count: 2, reason: "frames", sentence: "" });
  expect(sync.document.get("s100")?.frame, "as it was when the page was opened").toBe(3);
  expect([stored(), desk.flights().length]).toEqual([[4], 1]);
  desk.page.dispatchEvent(new Event("online"));
  const asked = sync.saveNow();
  await desk.pass(40_000);
  expect((await asked).name).toBe("read-only");
  expect([stored(), desk.flights().length], "nothing more is tried").toEqual([[4], 1]);
  expect(await journaled()).toEqual([["a", "s100"], true]);
});

it("goes on when others saved and the frames are the same", async () => {
  const sync = await desk.open();
  desk.server.change(() => desk.server.put(wire({ frame: 2 })));
  draw(sync, "a");
  await desk.pass(300);
  expect([sync.state.value.name, stored()]).toEqual(["saved", [2, 0]]);
});

it("does not send what a page before drew on other frames, and keeps it until the person was told", async () => {
  desk.server.put(wire({ frame: 3 }));
  const first = await desk.open();
  desk.server.fate = (method) => (method === "PATCH" ? "lost-request" : "well");
  draw(first, "a");
  await desk.pass(10);
  user(first, [], ["s100"]);
  await desk.pass(10);
  first.close();
  desk.server.reload();
  desk.server.fate = () => "well";
  for (const _ of ["closed before it was told", "told"]) {
    const second = await desk.open();
    await desk.pass(300);
    expect([second.lost.value, second.restored.value, second.state.value.name]).toEqual([2, 0, "saved"]);
    expect([...second.document.all()].map(({ id, frame }) => [id, frame])).toEqual([[100, 4]]);
    expect(stored()).toEqual([4]);
    second.close();
  }
  const third = await desk.open();
  user(third, [], ["s100"]);
  third.forgetLost();
  await turns(20);
  expect(await journaled(), "what is unsaved anew is none of it").toEqual([["s100"], false]);
  await desk.pass(300);
  third.close();
  const fourth = await desk.open();
  expect([fourth.lost.value, fourth.restored.value, stored()]).toEqual([0, 0, []]);
});

it("mourns nothing that was stored although its answer was lost", async () => {
  const first = await desk.open();
  desk.fates("lost-answer");
  draw(first, "a", "b");
  await desk.pass(10);
  draw(first, "c");
  await turns(20);
  first.close();
  desk.server.reload();
  const second = await desk.open();
  await desk.pass(300);
  expect([second.lost.value, stored()]).toEqual([1, [1, 1]]);
  second.forgetLost();
  await turns(20);
  expect(await journaled()).toEqual([[], false]);
});

it("tells nothing when all that was left is on the server, and clears the journal", async () => {
  const first = await desk.open();
  desk.fates("lost-answer");
  draw(first, "a");
  await desk.pass(10);
  first.close();
  desk.server.reload();
  const second = await desk.open();
  await turns(20);
  expect([second.lost.value, second.document.size, stored()]).toEqual([0, 1, [1]]);
  expect(await journaled()).toEqual([[], false]);
});

it("restores what is of the frames there are, and what does not say", async () => {
  const journal = new Journal({ server: "http://here", userId: 1, jobId: JOB }, desk.places);
  await journal.read();
  const put = ["a", "b", "c"].map((cid) => ({ cid, base: undefined, mine: box(cid) }));
  await journal.note({ put: put.map((each, at) => (at === 0 ? each : { ...each, frames: at })) });
  await journal.close();
  const sync = await desk.open();
  await desk.pass(300);
  expect([sync.restored.value, sync.lost.value, sync.state.value.name]).toEqual([2, 1, "saved"]);
  expect([...sync.document.all()].map(({ cid }) => cid)).toEqual(["a", "b"]);
  expect(stored()).toEqual([0, 0]);
});

it("does not work on in a tab that shows other frames, and leaves the journal for one that does not", async () => {
  const first = await desk.open();
  desk.server.fate = (method) => (method === "PATCH" ? "lost-request" : "well");
  const looking = await desk.open({ taken: true });
  expect(looking.state.value).toMatchObject({ name: "read-only", reason: "other-tab" });
  draw(first, "a");
  await desk.pass(10);
  first.close();
  desk.server.reload();
  desk.server.fate = () => "well";
  await looking.takeOver();
  await desk.pass(300);
  expect(looking.state.value).toMatchObject({ name: "read-only", reason: "frames" });
  expect([looking.document.size, stored()]).toEqual([0, []]);
  expect(await journaled()).toEqual([["a"], true]);
  looking.close();
  expect((await desk.open()).lost.value).toBe(1);
});
