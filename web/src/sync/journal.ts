/**
 * What is not saved yet, kept in this browser: after a crash of tab, browser or machine the next page goes on from it.
 *
 * Kept twice over. IndexedDB, with strict durability, is the journal. Its transactions are lost if the tab dies
 * before they are committed, so each entry is first put into the local storage, in the same task as the change (the
 * belt), and taken out of it once IndexedDB has it.
 */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Cid } from "../core/model";
import type { Flight, Unsaved } from "./request";

/** Whose journal: of one job, one person, one server. */
export interface Scope {
  readonly server: string;
  readonly userId: number;
  readonly jobId: number;
}

/** With the frames that its numbers are of; those the task has now where it does not say. */
export type OnFrames<Noted> = Noted & { readonly frames?: number | undefined };

/** An entry: what became unsaved, what no longer is, and the request under way (null: none any more). */
export interface Entry {
  readonly put?: readonly OnFrames<Unsaved>[];
  readonly drop?: readonly Cid[];
  readonly flight?: OnFrames<Flight> | null;
}

/** What a journal holds. */
export interface Journaled {
  readonly unsaved: readonly OnFrames<Unsaved>[];
  readonly flight: OnFrames<Flight> | undefined;
}

/** Where journals are kept; what is missing is done without. */
export interface Places {
  readonly databases: IDBFactory | undefined;
  readonly belt: Storage | undefined;
}

const DATABASE = "labelwright";
/** What the names of entries on the belt begin with. */
const BELT = `${DATABASE}.journal|`;
/** Letters of an entry above which it does without the belt: the local storage holds some 5 million in all. */
const BELT_LIMIT = 1_000_000;
/** A database that does not answer must not keep work from the server. */
const PATIENCE_MS = 2000;

/** Where this browser keeps journals. Touching either may throw where storage is switched off. */
export function browserPlaces(): Places {
  return { databases: attempt(() => indexedDB), belt: attempt(() => localStorage) };
}

export class Journal {
  readonly #places: Places;
  readonly #scope: string;
  readonly #works = signal(true);
  #opened: Promise<IDBDatabase> | undefined;
  #sequence = 0;

  constructor(scope: Scope, places: Places = browserPlaces()) {
    this.#places = places;
    this.#scope = nameOf(scope);
  }

  /** Whether what is noted outlives the page. Where it does not, editing and saving go on. */
  get works(): ReadonlySignal<boolean> {
    return this.#works;
  }

  /** What the page before left behind. */
  async read(): Promise<Journaled> {
    const [stored, mark] = await this.#attempt((database) => readStored(database, this.#scope), [NOTHING, 0]);
    this.#sequence = mark;
    const found = new Map(stored.unsaved.map((each) => [each.cid, each]));
    let { flight } = stored;
    for (const [sequence, entry] of this.#belts()) {
      if (sequence > mark) {
        for (const each of entry.put ?? []) found.set(each.cid, each);
        for (const cid of entry.drop ?? []) found.delete(cid);
        if (entry.flight !== undefined) flight = entry.flight ?? undefined;
        await this.#store(sequence, entry);
      }
      this.#sequence = Math.max(this.#sequence, sequence);
      this.#unbelt(sequence);
    }
    return { unsaved: [...found.values()], flight };
  }

  /** Note `entry`. Once this returns it outlives the tab; once the promise resolves, the machine too, or nothing does. */
  async note(entry: Entry): Promise<void> {
    this.#sequence += 1;
    const sequence = this.#sequence;
    this.#fasten(sequence, entry);
    await this.#store(sequence, entry);
    this.#unbelt(sequence);
  }

  async close(): Promise<void> {
    (await this.#opened?.catch(() => undefined))?.close();
    this.#opened = undefined;
  }

  #store(sequence: number, entry: Entry): Promise<void> {
    return this.#attempt((database) => writeEntry(database, this.#scope, sequence, entry), undefined);
  }

  /** Do `work` with the database. Sees to `works`; never throws. */
  async #attempt<Result>(
    work: (database: IDBDatabase) => Promise<Result>,
    otherwise: Result,
  ): Promise<Result> {
    try {
      const result = await soon(this.#open().then(work));
      this.#works.value = true;
      return result;
    } catch {
      // Switched off, full, deleted by the browser, or silent: it may be well again the next time.
      this.#works.value = false;
      this.#opened = undefined;
      return otherwise;
    }
  }

  #open(): Promise<IDBDatabase> {
    this.#opened ??= openDatabase(this.#places.databases, () => {
      this.#opened = undefined;
    });
    return this.#opened;
  }

  #fasten(sequence: number, entry: Entry): void {
    const text = JSON.stringify(entry);
    if (text.length <= BELT_LIMIT) attempt(() => this.#places.belt?.setItem(this.#beltName(sequence), text));
  }

  #unbelt(sequence: number): void {
    attempt(() => this.#places.belt?.removeItem(this.#beltName(sequence)));
  }

  #beltName(sequence: number): string {
    return `${BELT}${this.#scope}|${sequence}`;
  }

  /** What is left on the belt, in the order it came. */
  #belts(): [number, Entry][] {
    const { belt } = this.#places;
    const prefix = this.#beltName(0).slice(0, -1);
    return namesOn(belt)
      .filter((name) => name.startsWith(prefix))
      .flatMap((name): [number, Entry][] => {
        const entry = attempt(() => JSON.parse(belt?.getItem(name) ?? "") as Entry);
        return entry === undefined ? [] : [[Number(name.slice(prefix.length)), entry]];
      })
      .sort(([a], [b]) => a - b);
  }
}

/** Unsaved work of a job in this browser: how many objects, at least. */
export interface JournaledJob {
  readonly jobId: number;
  readonly count: number;
}

/** The jobs of which a person has unsaved work in this browser. */
export async function journaledJobs(
  server: string,
  userId: number,
  places: Places = browserPlaces(),
): Promise<readonly JournaledJob[]> {
  const counts = new Map<number, number>();
  try {
    const database = await soon(openDatabase(places.databases, () => undefined));
    const store = database.transaction("unsaved").objectStore("unsaved");
    for (const key of await answer(store.getAllKeys())) {
      const jobId = jobOf(String((key as IDBValidKey[])[0]), server, userId);
      if (jobId !== undefined) counts.set(jobId, (counts.get(jobId) ?? 0) + 1);
    }
    database.close();
  } catch {
    // What is on the belt is known all the same.
  }
  for (const name of namesOn(places.belt).filter((each) => each.startsWith(BELT))) {
    const jobId = jobOf(name.slice(BELT.length), server, userId, /\|\d+$/);
    if (jobId !== undefined && !counts.has(jobId)) counts.set(jobId, 1);
  }
  return [...counts].map(([jobId, count]) => ({ jobId, count }));
}

/** Forget what is unsaved of a job, for good. */
export async function discardJournal(scope: Scope, places: Places = browserPlaces()): Promise<void> {
  const journal = new Journal(scope, places);
  const { unsaved } = await journal.read();
  await journal.note({ drop: unsaved.map(({ cid }) => cid), flight: null });
  await journal.close();
}

function namesOn(belt: Storage | undefined): readonly string[] {
  return attempt(() => Array.from({ length: belt?.length ?? 0 }, (_, at) => belt?.key(at) ?? "")) ?? [];
}

const NOTHING: Journaled = { unsaved: [], flight: undefined };

function nameOf({ server, userId, jobId }: Scope): string {
  return `${server}|${userId}|${jobId}`;
}

/** The job of a scope's name, of this server and person; `end` is what follows it. */
function jobOf(name: string, server: string, userId: number, end = /$/): number | undefined {
  const prefix = nameOf({ server, userId, jobId: 0 }).slice(0, -1);
  return name.startsWith(prefix) ? Number(name.slice(prefix.length).replace(end, "")) : undefined;
}

/** `unsaved`: objects by scope and cid. `flights`, and `marks`, the number of the last entry: by scope. */
async function openDatabase(databases: IDBFactory | undefined, closed: () => void): Promise<IDBDatabase> {
  if (databases === undefined) throw new Error("no IndexedDB here");
  const request = databases.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    for (const store of ["unsaved", "flights", "marks"]) request.result.createObjectStore(store);
  };
  const database = await answer(request);
  database.onclose = closed;
  database.onversionchange = () => {
    database.close();
    closed();
  };
  return database;
}

async function readStored(database: IDBDatabase, scope: string): Promise<[Journaled, number]> {
  const stores = database.transaction(["unsaved", "flights", "marks"]);
  const [unsaved, flight, mark] = await Promise.all([
    answer<OnFrames<Unsaved>[]>(
      stores.objectStore("unsaved").getAll(IDBKeyRange.bound([scope], [scope, []])),
    ),
    answer<OnFrames<Flight> | undefined>(stores.objectStore("flights").get(scope)),
    answer<number | undefined>(stores.objectStore("marks").get(scope)),
  ]);
  return [{ unsaved, flight }, mark ?? 0];
}

function writeEntry(database: IDBDatabase, scope: string, sequence: number, entry: Entry): Promise<void> {
  const stores = database.transaction(["unsaved", "flights", "marks"], "readwrite", { durability: "strict" });
  const unsaved = stores.objectStore("unsaved");
  const flights = stores.objectStore("flights");
  for (const each of entry.put ?? []) unsaved.put(each, [scope, each.cid]);
  for (const cid of entry.drop ?? []) unsaved.delete([scope, cid]);
  if (entry.flight === null) flights.delete(scope);
  else if (entry.flight !== undefined) flights.put(entry.flight, scope);
  stores.objectStore("marks").put(sequence, scope);
  return new Promise((resolve, reject) => {
    stores.oncomplete = () => resolve();
    stores.onabort = () => reject(stores.error);
  });
}

function answer<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The outcome of `work`, or a failure when it takes too long. */
function soon<Result>(work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the database is silent")), PATIENCE_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined; // storage is switched off or full: the journal does without
  }
}
