import "fake-indexeddb/auto";
import { afterEach, expect, it, vi } from "vitest";
import { discardJournal, type Entry, Journal, journaledJobs } from "../src/sync/journal";
import { packFlight } from "../src/sync/request";
import { box } from "./shapes";
import { FakeStorage, freshPlaces } from "./sync-world";

const SCOPE = { server: "http://here", userId: 1, jobId: 7 };
/** A database that never answers. */
const SILENT = { open: () => ({}) } as unknown as IDBFactory;
const drawn = (cid: string) => ({ cid, base: undefined, mine: box(cid) });
const cids = async (journal: Journal) => (await journal.read()).unsaved.map(({ cid }) => cid);

afterEach(() => {
  vi.useRealTimers();
});

it("gives the next page what was noted and not dropped, and the flight", async () => {
  const places = freshPlaces();
  const flight = packFlight("key", 3, [drawn("a")]);
  const journal = new Journal(SCOPE, places);
  await journal.read();
  await journal.note({ put: [drawn("a"), drawn("b")], flight });
  await journal.note({ put: [{ cid: "c", base: box("c", { id: 9 }), mine: undefined }], drop: ["b"] });
  const found = await new Journal(SCOPE, places).read();
  expect(found.unsaved).toEqual([drawn("a"), { cid: "c", base: box("c", { id: 9 }), mine: undefined }]);
  expect(found.flight).toEqual(flight);
  await journal.note({ drop: ["a", "c"], flight: null });
  expect(await new Journal(SCOPE, places).read()).toEqual({ unsaved: [], flight: undefined });
  expect(places.belt?.length).toBe(0);
});

it("asks for strict durability", async () => {
  const asked = vi.spyOn(IDBDatabase.prototype, "transaction");
  await new Journal(SCOPE, freshPlaces()).note({ put: [drawn("a")] });
  expect(asked.mock.calls.at(-1)?.slice(1)).toEqual(["readwrite", { durability: "strict" }]);
  asked.mockRestore();
});

it("keeps what is noted in the same task, before any transaction is committed", async () => {
  const { belt } = freshPlaces();
  void new Journal(SCOPE, { databases: SILENT, belt }).note({ put: [drawn("a")] });
  expect(belt?.length).toBe(1);
  const places = { ...freshPlaces(), belt };
  for (const other of [{ jobId: 70 }, { userId: 11 }, { server: "http://there" }])
    expect(await cids(new Journal({ ...SCOPE, ...other }, places))).toEqual([]);
  expect(await cids(new Journal(SCOPE, places))).toEqual(["a"]);
  expect(belt?.length).toBe(0);
  expect(await cids(new Journal(SCOPE, places)), "now in the database").toEqual(["a"]);
});

it("goes by the belt where that is newer, and passes over what the database already has", async () => {
  const places = freshPlaces();
  const journal = new Journal(SCOPE, places);
  const belted = new Map<string, string>();
  const keep = vi.spyOn(FakeStorage.prototype, "setItem").mockImplementation((name, value) => {
    belted.set(name, value);
  });
  await journal.note({ put: [drawn("a")] });
  await journal.note({ drop: ["a"] });
  keep.mockRestore();
  const [first] = belted;
  places.belt?.setItem(...(first ?? ["", ""]));
  expect(await cids(new Journal(SCOPE, places)), "an entry that was overtaken").toEqual([]);
});

it("leaves the journals of other jobs, people and servers alone, and can tell of them", async () => {
  const places = freshPlaces();
  const others = [{ jobId: 70 }, { userId: 11 }, { server: "http://there" }].map((each) => ({
    ...SCOPE,
    ...each,
  }));
  for (const scope of [...others, SCOPE])
    await new Journal(scope, places).note({ put: [drawn("a"), drawn("b")] });
  await new Journal(SCOPE, places).note({ drop: ["a", "b"] });
  for (const scope of others) expect(await cids(new Journal(scope, places))).toEqual(["a", "b"]);
  expect(await journaledJobs("http://here", 1, places)).toEqual([{ jobId: 70, count: 2 }]);
});

it.each<[string, () => IDBFactory | undefined]>([
  ["there is none", () => undefined],
  [
    "it is switched off",
    () =>
      ({
        open: () => {
          throw new DOMException("off", "SecurityError");
        },
      }) as unknown as IDBFactory,
  ],
  ["it is silent", () => SILENT],
])("says that nothing is kept when %s, and keeps nobody waiting", async (_, databases) => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const belt = new FakeStorage();
  const journal = new Journal(SCOPE, { databases: databases(), belt });
  const noted = journal.note({ put: [drawn("a")] } satisfies Entry);
  await vi.advanceTimersByTimeAsync(3000);
  await noted;
  expect(journal.works.value).toBe(false);
  expect(belt.length).toBe(0);
});

it("works again once the database does", async () => {
  const places = freshPlaces();
  const journal = new Journal(SCOPE, places);
  const full = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  await journal.note({ put: [drawn("a")] });
  expect(journal.works.value).toBe(false);
  full.mockRestore();
  await journal.note({ put: [drawn("a")] });
  expect(journal.works.value).toBe(true);
  expect(await cids(new Journal(SCOPE, places))).toEqual(["a"]);
});

it("finds the jobs with unsaved work, also when the tab died before the database had it", async () => {
  const places = freshPlaces();
  await new Journal(SCOPE, places).note({ put: [drawn("a"), drawn("b")] });
  void new Journal({ ...SCOPE, jobId: 8 }, { ...places, databases: SILENT }).note({ put: [drawn("c")] });
  void new Journal({ ...SCOPE, userId: 2 }, { ...places, databases: SILENT }).note({ put: [drawn("d")] });
  expect(await journaledJobs(SCOPE.server, SCOPE.userId, places)).toEqual([
    { jobId: 7, count: 2 },
    { jobId: 8, count: 1 },
  ]);
});

it("forgets the unsaved work of one job for good", async () => {
  const places = freshPlaces();
  const other = { ...SCOPE, jobId: 8 };
  await new Journal(SCOPE, places).note({ put: [drawn("a")], flight: packFlight("key", 3, [drawn("a")]) });
  await new Journal(other, places).note({ put: [drawn("b")] });
  await discardJournal(SCOPE, places);
  expect(await new Journal(SCOPE, places).read()).toEqual({ unsaved: [], flight: undefined });
  expect(await journaledJobs(SCOPE.server, SCOPE.userId, places)).toEqual([{ jobId: 8, count: 1 }]);
});
