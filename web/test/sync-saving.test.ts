import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openSync, type Sync } from "../src/sync/sync";
import { box } from "./shapes";
import { FakeServer, freshPlaces, JOB, openPage, wire } from "./sync-world";

const NO_TABS = { locks: undefined, channel: undefined };
let server: FakeServer;
let page: EventTarget;
let places = freshPlaces();
const open: Sync[] = [];

async function opened(): Promise<Sync> {
  const sync = await openSync({ jobId: JOB, userId: 1, places, meeting: NO_TABS });
  open.push(sync);
  return sync;
}

beforeEach(() => {
  page = openPage();
  server = new FakeServer();
  places = freshPlaces();
  vi.stubGlobal("fetch", server.fetch);
});

afterEach(() => {
  for (const sync of open.splice(0)) sync.close();
  vi.unstubAllGlobals();
});

const draw = (sync: Sync, ...cids: string[]) =>
  sync.document.apply({ put: cids.map((cid) => box(cid)), remove: [] }, "user");

it("shows what the server has", async () => {
  server.put(wire({ frame: 3 }));
  const sync = await opened();
  expect([...sync.document.all()].map(({ cid, id, frame }) => [cid, id, frame])).toEqual([["s100", 100, 3]]);
  expect(sync.state.value).toEqual({ name: "saved", at: undefined });
});

it("saves what is drawn and gives it the server's id", async () => {
  const sync = await opened();
  draw(sync, "a");
  expect(sync.state.value).toEqual({ name: "waiting", count: 1 });
  await sync.idle();
  expect(sync.document.get("a")?.id).toBe(100);
  expect([...server.shapes.values()]).toEqual([wire({ id: 100 })]);
  expect(sync.state.value).toEqual({ name: "saved", at: sync.lastSaved.value });
  expect(sync.lastSaved.value).toBeInstanceOf(Date);
  page.dispatchEvent(new Event("online"));
  expect(server.seen.filter(({ method }) => method === "PATCH")).toHaveLength(1);
});
