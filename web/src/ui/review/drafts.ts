/**
 * What a reviewer has raised and written and not sent: kept in this browser, by server, person and job.
 *
 * In the local storage, in the same task as each change: a reload or a crash of the tab loses no letter. Each change
 * is made to what is stored then, so that two tabs do not undo one another.
 */

import { type ReadonlySignal, signal } from "@preact/signals";

/** An issue that only this browser knows. */
export interface Draft {
  readonly key: string;
  readonly frame: number;
  readonly position: readonly number[];
  /** Its first comment; may be empty still. */
  readonly message: string;
}

export interface Kept {
  readonly drafts: readonly Draft[];
  /** Replies begun, by issue id. */
  readonly replies: Readonly<Record<string, string>>;
  /** The `Idempotency-Key`s of replies that were sent as they are and not answered, by issue id. */
  readonly sent: Readonly<Record<string, string>>;
  /** Comments being written anew, by comment id. */
  readonly edits: Readonly<Record<string, string>>;
  /** Frames seen in the review that is under way. */
  readonly seen: readonly number[];
  /** A review that was sent and not answered: its `Idempotency-Key`, and the drafts it carried. */
  readonly flight: { readonly key: string; readonly drafts: readonly string[] } | undefined;
}

export interface DraftScope {
  readonly server: string;
  readonly userId: number;
  readonly jobId: number;
}

export const NOTHING: Kept = { drafts: [], replies: {}, sent: {}, edits: {}, seen: [], flight: undefined };

export class DraftStore {
  readonly #name: string;
  readonly #storage: Storage | undefined;
  readonly #kept: ReturnType<typeof signal<Kept>>;
  readonly #works = signal(true);
  readonly #heard: (event: StorageEvent) => void;

  constructor({ server, userId, jobId }: DraftScope, storage: Storage | undefined = browserStorage()) {
    this.#name = `labelwright.review|${server}|${userId}|${jobId}`;
    this.#storage = storage;
    this.#works.value = storage !== undefined;
    this.#kept = signal(this.#read() ?? NOTHING);
    this.#heard = ({ key }) => {
      if (key === this.#name || key === null) this.#kept.value = this.#read() ?? NOTHING;
    };
    if (typeof addEventListener === "function") addEventListener("storage", this.#heard);
  }

  get kept(): ReadonlySignal<Kept> {
    return this.#kept as ReadonlySignal<Kept>;
  }

  /** Whether what is kept outlives the page. */
  get works(): ReadonlySignal<boolean> {
    return this.#works;
  }

  change(by: (kept: Kept) => Kept): void {
    const before = this.#works.peek() ? (this.#read() ?? NOTHING) : this.kept.peek();
    const after = by(before);
    this.#kept.value = after;
    this.#write(after);
  }

  close(): void {
    if (typeof removeEventListener === "function") removeEventListener("storage", this.#heard);
  }

  #read(): Kept | undefined {
    try {
      return keptOf(JSON.parse(this.#storage?.getItem(this.#name) ?? "null"));
    } catch {
      return undefined; // Switched off, or not ours: there is nothing to go on from.
    }
  }

  #write(kept: Kept): void {
    try {
      if (isNothing(kept)) this.#storage?.removeItem(this.#name);
      else this.#storage?.setItem(this.#name, JSON.stringify(kept));
      this.#works.value = this.#storage !== undefined;
    } catch {
      this.#works.value = false; // Full, or switched off: it is kept while the page is open.
    }
  }
}

/** What was stored, if it still reads as such; drafts that do not are left out. */
function keptOf(stored: unknown): Kept | undefined {
  if (typeof stored !== "object" || stored === null) return undefined;
  const { drafts, replies, sent, edits, seen, flight } = stored as Partial<Record<keyof Kept, unknown>>;
  return {
    drafts: Array.isArray(drafts) ? drafts.filter(isDraft) : [],
    replies: textsOf(replies),
    sent: textsOf(sent),
    edits: textsOf(edits),
    seen: Array.isArray(seen) ? seen.filter((frame) => Number.isInteger(frame)) : [],
    flight: isFlight(flight) ? flight : undefined,
  };
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== "object" || value === null) return false;
  const { key, frame, position, message } = value as Partial<Record<keyof Draft, unknown>>;
  return (
    typeof key === "string" &&
    Number.isInteger(frame) &&
    Array.isArray(position) &&
    position.length > 0 &&
    position.every(Number.isFinite) &&
    typeof message === "string"
  );
}

function isFlight(value: unknown): value is NonNullable<Kept["flight"]> {
  if (typeof value !== "object" || value === null) return false;
  const { key, drafts } = value as { key?: unknown; drafts?: unknown };
  return typeof key === "string" && Array.isArray(drafts) && drafts.every((each) => typeof each === "string");
}

function textsOf(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === "string"),
  );
}

function isNothing({ drafts, replies, edits, seen, flight }: Kept): boolean {
  const texts = Object.keys(replies).length + Object.keys(edits).length;
  return drafts.length + texts + seen.length === 0 && flight === undefined;
}

/** `texts` with `text` under `id`; an empty one is not kept. */
export function withText(
  texts: Readonly<Record<string, string>>,
  id: number,
  text: string,
): Readonly<Record<string, string>> {
  const { [String(id)]: _, ...others } = texts;
  return text === "" ? others : { ...others, [String(id)]: text };
}

/** Touching it may throw where storage is switched off. */
export function browserStorage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
