/** Random work on a random network, with crashes at random moments: nothing lost, nothing doubled. */

import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Applied } from "../src/core/document";
import { History } from "../src/core/history";
import { type Annotation, type Cid, isTag } from "../src/core/model";
import type { Places } from "../src/sync/journal";
import { openSync, type Sync } from "../src/sync/sync";
import { box, tag } from "./shapes";
import { FakeServer, FakeStorage, type Fate, freshPlaces, JOB, openPage, turns, wire } from "./sync-world";

const SEEDS = 40;
const STEPS = 40;
/** The attribute that tells objects apart, whatever they are called. */
const MARK = 1;
/** The attribute that a tag has for what a shape has as its points: what is changed of it. */
const FORM = 2;

type Random = () => number;

/** Mulberry32 (Tommy Ettinger, 2017). */
function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const pick = <Item>(random: Random, items: readonly Item[]): Item | undefined =>
  items[Math.floor(random() * items.length)];

/** Let time pass: timers are the test's, databases and promises take their own turns. */
async function pass(ms: number): Promise<void> {
  const stride = ms > 1000 ? 200 : 20;
  for (let passed = 0; passed < ms; passed += stride) {
    await vi.advanceTimersByTimeAsync(stride);
    await turns(2);
  }
}

/** A page that can die: what is not committed then never is, and no answer reaches it any more. */
class Page {
  #dead = false;
  readonly #events = openPage();
  readonly #transactions = new Set<IDBTransaction>();

  constructor(
    readonly server: FakeServer,
    readonly kept: Places,
  ) {
    vi.stubGlobal("fetch", async (input: string, init?: RequestInit) => {
      const never = new Promise<Response>(() => undefined);
      if (this.#dead) return never;
      const answer = await server.fetch(input, init).catch((error: unknown) => error as Error);
      if (this.#dead) return never;
      if (answer instanceof Error) throw answer;
      return answer;
    });
  }

  open(): Promise<Sync> {
    const meeting = { locks: undefined, channel: undefined };
    return openSync({ jobId: JOB, userId: 1, places: this.#places(), meeting });
  }

  die(): void {
    this.#dead = true;
    for (const transaction of this.#transactions) transaction.abort();
  }

  wakeUp(): void {
    this.#events.dispatchEvent(new Event("online"));
  }

  #places(): Places {
    const { belt, databases } = this.kept;
    return {
      belt: new Proxy(belt ?? new FakeStorage(), {
        get: (storage, name) => {
          if (this.#dead && (name === "setItem" || name === "removeItem")) return () => undefined;
          const value: unknown = Reflect.get(storage, name, storage);
          return typeof value === "function" ? value.bind(storage) : value;
        },
      }),
      databases: {
        open: (name: string, version: number) => this.#open(databases, name, version),
      } as IDBFactory,
    };
  }

  #open(databases: IDBFactory | undefined, name: string, version: number): IDBOpenDBRequest | undefined {
    const request = databases?.open(name, version);
    request?.addEventListener("success", () => {
      const database = request.result;
      const begin = database.transaction.bind(database);
      database.transaction = (...args) => {
        if (this.#dead) throw new Error("dead");
        const transaction = begin(...args);
        this.#transactions.add(transaction);
        for (const end of ["complete", "abort"])
          transaction.addEventListener(end, () => this.#transactions.delete(transaction));
        return transaction;
      };
    });
    return request;
  }
}

/** A person at work, who crashes now and then, and what they want to be there in the end. */
class Person {
  readonly server = new FakeServer();
  /** Points or form by mark, for all that should be there. */
  readonly wanted = new Map<string, string>();
  /** Marks that somebody else touched: who wins is the merge's business. */
  readonly touched = new Set<string>();
  readonly #kept = freshPlaces();
  #page = new Page(this.server, this.#kept);
  #sync: Sync | undefined;
  #history: History | undefined;
  #made = 0;

  constructor(
    readonly random: Random,
    readonly alone: boolean,
  ) {
    for (let index = 0; index < 3; index += 1) this.#place(`first${index}`);
    this.server.fate = (method) => this.#fate(method);
  }

  get sync(): Sync {
    if (this.#sync === undefined) throw new Error("no page is open");
    return this.#sync;
  }

  async open(): Promise<void> {
    for (;;) {
      const opening = this.#page.open();
      opening.catch(() => undefined);
      await pass(300);
      const sync = await Promise.race([opening.catch(() => undefined), turns(50)]);
      if (sync !== undefined) {
        this.#sync = sync;
        break;
      }
      this.crash();
    }
    this.#history = new History(this.sync.document);
    this.sync.document.listen((applied) => this.#want(applied));
  }

  crash(): void {
    this.#page.die();
    this.#sync?.close();
    this.#sync = undefined;
    this.#page = new Page(this.server, this.#kept);
    if (this.alone && this.random() < 0.2) this.server.forgetReceipts();
  }

  async step(): Promise<void> {
    const chance = this.random();
    if (chance < 0.35) this.#draw();
    else if (chance < 0.55) this.#change();
    else if (chance < 0.65) this.#remove();
    else if (chance < 0.75) this.#history?.undo();
    else if (chance < 0.8) this.#history?.redo();
    else if (chance < 0.86 && !this.alone) this.#other();
    else if (chance < 0.93) {
      await turns(Math.floor(this.random() * 6));
      this.crash();
      await this.open();
      this.compare("after a crash");
    }
    if (this.random() < 0.7) await pass(this.random() < 0.8 ? this.random() * 100 : 3000);
    if (this.#sync?.state.value.name === "signed-out") this.sync.signedIn(1);
  }

  /** Wait until all is saved. */
  async calm(): Promise<void> {
    this.server.fate = () => "well";
    this.#draw(); // one more, so that the last things others did are heard of
    for (let round = 0; round < 50 && this.sync.state.value.name !== "saved"; round += 1) {
      if (this.sync.state.value.name === "signed-out") this.sync.signedIn(1);
      this.#page.wakeUp();
      await pass(400);
    }
    expect(this.sync.state.value).toMatchObject({ name: "saved" });
    this.compare("in the end");
    const stored = [...this.server.shapes.values(), ...this.server.tags.values()];
    const here = [...this.sync.document.all()];
    expect(stored.map(({ id }) => id).sort()).toEqual(here.map(({ id }) => id).sort());
    for (const object of here) expect(this.#storedForm(object), String(object.id)).toEqual(formOf(object));
    const marks = stored.map(({ attributes }) => attributes[0]?.value);
    expect(marks.length, "nothing doubled").toBe(new Set(marks).size);
  }

  /** See that the document is what the person wants. */
  compare(when: string): void {
    const here = [...this.sync.document.all()].map((object): [string, string] => [
      markOf(object),
      formOf(object),
    ]);
    const ours = ([mark]: [string, string]) => !this.touched.has(mark);
    const sorted = (entries: [string, string][]) => entries.filter(ours).sort(([a], [b]) => (a < b ? -1 : 1));
    expect(sorted(here), when).toEqual(sorted([...this.wanted]));
  }

  #fate(method: string): Fate {
    const chance = this.random();
    if (chance < 0.08) return "lost-request";
    if (chance < 0.2) return "lost-answer";
    if (chance < 0.3 && method === "PATCH")
      return pick(this.random, [500, 503, 507, 413, 429, 401]) ?? "well";
    return "well";
  }

  #want({ change, inverse, source }: Applied): void {
    if (source === "server") return;
    const removed = new Set<Cid>(change.remove);
    for (const object of inverse.put) if (removed.has(object.cid)) this.wanted.delete(markOf(object));
    for (const object of change.put) this.wanted.set(markOf(object), formOf(object));
  }

  #draw(): void {
    const count = this.random() < 0.8 ? 1 : 4;
    const put = Array.from({ length: count }, () => {
      this.#made += 1;
      const [cid, mark] = [`cid${this.#made}-${this.random()}`, `m${this.#made}`];
      if (this.random() < 0.4) return tag(cid, { attributes: { [MARK]: mark, [FORM]: `${this.random()}` } });
      return box(cid, { attributes: { [MARK]: mark }, points: this.#points() });
    });
    this.#history?.perform("draw", { put, remove: [] });
  }

  #change(): void {
    const object = pick(this.random, [...this.sync.document.all()]);
    if (object === undefined) return;
    const changed = isTag(object)
      ? { ...object, attributes: { ...object.attributes, [FORM]: `${this.random()}` } }
      : { ...object, points: this.#points() };
    this.#history?.perform("move", { put: [changed], remove: [] });
  }

  #remove(): void {
    const object = pick(this.random, [...this.sync.document.all()]);
    if (object !== undefined) this.#history?.perform("delete", { put: [], remove: [object.cid] });
  }

  #storedForm({ id, type }: Annotation): string | undefined {
    const { shapes, tags } = this.server;
    if (type !== "tag") return String(shapes.get(id ?? 0)?.points);
    return tags.get(id ?? 0)?.attributes.find(({ spec_id }) => spec_id === FORM)?.value;
  }

  /** Somebody else changes, deletes or draws. */
  #other(): void {
    this.server.change((shapes, tags) => {
      if (this.random() < 0.3) return this.#otherTag(tags);
      const shape = pick(this.random, [...shapes.values()]);
      const chance = this.random();
      if (shape === undefined || chance < 0.4) return this.#place(`theirs${this.random()}`);
      this.touched.add(shape.attributes[0]?.value ?? "");
      if (chance < 0.7) shapes.set(shape.id ?? 0, { ...shape, points: this.#points() });
      else shapes.delete(shape.id ?? 0);
    });
  }

  #otherTag(tags: FakeServer["tags"]): void {
    const found = pick(this.random, [...tags.values()]);
    const chance = this.random();
    const form = [{ spec_id: FORM, value: `${this.random()}` }];
    if (found === undefined || chance < 0.4) {
      const mark = `their tag${this.random()}`;
      this.touched.add(mark);
      this.server.putTag({ ...wire(), attributes: [{ spec_id: MARK, value: mark }, ...form] });
      return;
    }
    this.touched.add(found.attributes[0]?.value ?? "");
    if (chance < 0.7)
      tags.set(found.id ?? 0, { ...found, attributes: [...found.attributes.slice(0, 1), ...form] });
    else tags.delete(found.id ?? 0);
  }

  #place(mark: string): void {
    const points = this.#points();
    this.server.put(wire({ points, attributes: [{ spec_id: MARK, value: mark }] }));
    this.wanted.set(mark, String(points));
    if (this.#sync !== undefined) this.touched.add(mark);
  }

  #points(): number[] {
    return [this.random(), this.random(), 10 + this.random(), 10];
  }
}

const markOf = (object: Annotation): string => object.attributes[MARK] ?? "";
const formOf = (object: Annotation): string =>
  isTag(object) ? (object.attributes[FORM] ?? "") : String(object.points);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it.each([
  ["alone", true],
  ["with somebody else", false],
])("loses and doubles nothing, working %s", { timeout: 60_000 }, async (_, alone) => {
  for (let seed = 1; seed <= SEEDS / 2; seed += 1) {
    const person = new Person(randomOf(seed), alone);
    try {
      await person.open();
      for (let step = 0; step < STEPS; step += 1) await person.step();
      await person.calm();
    } catch (error) {
      throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    }
  }
});
