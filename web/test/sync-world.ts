/** A server and a browser at the edges of the process, for tests of saving. */

import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, vi } from "vitest";
import type { Shape, WireShape, WireTag } from "../src/core/model";
import type { Places } from "../src/sync/journal";
import { openSync, type Sync } from "../src/sync/sync";
import { box } from "./shapes";

export const JOB = 7;
export const ADDRESS = `/api/v1/jobs/${JOB}/annotations`;

/** What happens to one request: the server's answer gets through, or not, or there is another. */
export type Fate = "well" | "lost-request" | "lost-answer" | number;

interface Part {
  readonly shapes: readonly WireShape[];
  readonly tags: readonly WireTag[];
}

interface SyncBody {
  readonly create: Part;
  readonly update: Part;
  readonly delete: { readonly [series in keyof Part]: readonly number[] };
}

/** The annotations of one job behind `fetch`, with revision, conditions and receipts as the real server has them. */
export class FakeServer {
  readonly shapes = new Map<number, WireShape>();
  readonly tags = new Map<number, WireTag>();
  revision = 1;
  /** Requests that came in, answered or not. */
  readonly seen: { method: string; key: string | null; body: string }[] = [];
  /** Asked for each request. */
  fate: (method: string) => Fate = () => "well";
  /** What is wrong with a shape, as the errors of its fields; undefined: nothing. */
  refuse: (shape: WireShape) => Record<string, string[]> | undefined = () => undefined;
  /** Each series counts for itself, so that a shape and a tag may have the same number. */
  readonly #nextIds = { shapes: 100, tags: 100 };
  readonly #receipts = new Map<string, { body: string; answer: unknown }>();

  readonly fetch = async (input: string, init: RequestInit = {}): Promise<Response> => {
    const method = init.method ?? "GET";
    const headers = new Headers(init.headers);
    const fate = this.fate(method);
    this.seen.push({ method, key: headers.get("idempotency-key"), body: String(init.body ?? "") });
    await Promise.resolve();
    if (!input.startsWith(ADDRESS) || fate === "lost-request") throw new TypeError("Failed to fetch");
    if (typeof fate === "number") return Response.json({ detail: `status ${fate}` }, { status: fate });
    const answer = method === "GET" ? this.#read() : this.#sync(String(init.body), headers);
    if (fate === "lost-answer") throw new TypeError("Failed to fetch");
    return answer;
  };

  /** Somebody else saves. */
  change(work: (shapes: Map<number, WireShape>, tags: Map<number, WireTag>) => void): void {
    work(this.shapes, this.tags);
    this.revision += 1;
  }

  /** Store a shape; its id. */
  put(shape: WireShape): number {
    const { client_id: _, ...stored } = shape;
    const id = shape.id ?? this.#nextIds.shapes++;
    this.shapes.set(id, { ...stored, id });
    return id;
  }

  /** Store a tag; its id. */
  putTag(tag: WireTag): number {
    const { client_id: _, ...stored } = tag;
    const id = tag.id ?? this.#nextIds.tags++;
    this.tags.set(id, { ...stored, id });
    return id;
  }

  forgetReceipts(): void {
    this.#receipts.clear();
  }

  #read(): Response {
    const body = {
      version: this.revision,
      tags: [...this.tags.values()],
      shapes: [...this.shapes.values()],
      tracks: [],
    };
    return Response.json(body, { headers: { ETag: `"${this.revision}"` } });
  }

  #sync(body: string, headers: Headers): Response {
    const key = headers.get("idempotency-key") ?? "";
    const receipt = this.#receipts.get(key);
    if (receipt !== undefined && receipt.body !== body)
      return Response.json({ detail: "the key was already used" }, { status: 422 });
    if (receipt !== undefined) return Response.json(receipt.answer);
    if (headers.get("if-match") !== `"${this.revision}"`)
      return Response.json({ detail: "moved", revision: this.revision }, { status: 412 });
    const parts = JSON.parse(body) as SyncBody;
    const errors = this.#errors(parts);
    if (errors !== undefined) return Response.json(errors, { status: 400 });
    for (const id of parts.delete.shapes) this.shapes.delete(id);
    for (const id of parts.delete.tags) this.tags.delete(id);
    for (const shape of parts.update.shapes) this.put(shape);
    for (const tag of parts.update.tags) this.putTag(tag);
    this.revision += 1;
    const shapes = parts.create.shapes.map((shape) => ({
      id: this.put({ ...shape, id: null }),
      client_id: shape.client_id,
    }));
    const tags = parts.create.tags.map((tag) => ({
      id: this.putTag({ ...tag, id: null }),
      client_id: tag.client_id,
    }));
    const answer = { version: this.revision, create: { tags, shapes } };
    this.#receipts.set(key, { body, answer });
    return Response.json(answer, { headers: { ETag: `"${this.revision}"` } });
  }

  #errors(parts: SyncBody): unknown {
    for (const part of ["update", "create"] as const) {
      const errors = parts[part].shapes.map((shape) => {
        const known = part === "create" || this.shapes.has(shape.id ?? 0);
        return known ? (this.refuse(shape) ?? {}) : { id: ["this job holds no such object"] };
      });
      if (errors.some((each) => Object.keys(each).length > 0)) return { [part]: { shapes: errors } };
      if (part === "update" && parts.update.tags.some(({ id }) => !this.tags.has(id ?? 0)))
        return { update: { tags: parts.update.tags.map(() => ({ id: ["this job holds no such object"] })) } };
    }
    return undefined;
  }
}

/** A local storage that stays when its page goes. */
export class FakeStorage implements Storage {
  readonly #items = new Map<string, string>();

  get length(): number {
    return this.#items.size;
  }

  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null;
  }

  getItem(name: string): string | null {
    return this.#items.get(name) ?? null;
  }

  setItem(name: string, value: string): void {
    this.#items.set(name, value);
  }

  removeItem(name: string): void {
    this.#items.delete(name);
  }

  clear(): void {
    this.#items.clear();
  }
}

export function freshPlaces(): Places {
  return { databases: new IDBFactory(), belt: new FakeStorage() };
}

/** Set the page's globals: what a browser has and Node.js has not. */
export function openPage(): EventTarget {
  const page = new EventTarget();
  vi.stubGlobal("location", { origin: "http://here" });
  vi.stubGlobal("document", Object.assign(new EventTarget(), { cookie: "", visibilityState: "visible" }));
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  return page;
}

export function wire(fields: Partial<WireShape> = {}): WireShape {
  return {
    type: "rectangle",
    occluded: false,
    z_order: 0,
    points: [0, 0, 10, 10],
    frame: 0,
    label_id: 1,
    group: 0,
    source: "manual",
    attributes: [],
    ...fields,
  };
}

/** Node.js's turns of the event loop, in which databases work. */
declare function setImmediate(work: () => void): void;

export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A page on a job, new for each test, with a clock that stands still unless told to go. */
export class Desk {
  server = new FakeServer();
  places = freshPlaces();
  page = new EventTarget();
  readonly #open: Sync[] = [];

  constructor() {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
      this.page = openPage();
      this.server = new FakeServer();
      this.places = freshPlaces();
      vi.stubGlobal("fetch", this.server.fetch);
    });
    afterEach(() => {
      for (const sync of this.#open.splice(0)) sync.close();
      vi.useRealTimers();
      vi.unstubAllGlobals();
    });
  }

  async open(): Promise<Sync> {
    const meeting = { locks: undefined, channel: undefined };
    const sync = await openSync({ jobId: JOB, userId: 1, places: this.places, meeting });
    this.#open.push(sync);
    return sync;
  }

  /** Let time pass: timers are ours, databases and promises take their own turns. */
  async pass(ms = 0): Promise<void> {
    const stride = Math.min(ms, ms > 1000 ? 100 : 10);
    for (let passed = 0; passed <= ms; passed += Math.max(stride, 1)) {
      await vi.advanceTimersByTimeAsync(stride);
      await turns(12);
    }
  }

  /** What becomes of the next requests to save; all is well after them. */
  fates(...fates: Fate[]): void {
    this.server.fate = (method) => (method === "PATCH" ? (fates.shift() ?? "well") : "well");
  }

  /** What each request carried, as `created/updated/deleted`. */
  flights(): string[] {
    return this.server.seen
      .filter(({ method }) => method === "PATCH")
      .map(({ body }) => JSON.parse(body) as SyncBody)
      .map((each) =>
        [each.create, each.update, each.delete]
          .map(({ shapes, tags }) => shapes.length + tags.length)
          .join("/"),
      );
  }
}

/** What a person does. */
export function user(sync: Sync, put: readonly Shape[], remove: readonly string[] = []): void {
  sync.document.apply({ put, remove }, "user");
}

export function draw(sync: Sync, ...cids: string[]): void {
  user(
    sync,
    cids.map((cid) => box(cid)),
  );
}
