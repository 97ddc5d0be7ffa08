/** What happened in a job and waits to be told: the events of API v1 (contract of client logs, 2.3). Pure. */

import { WorkingTime } from "./working-time";

/** The events the workbench sends; v1's client has some more. */
export type EventName =
  | "Load job"
  | "Save job"
  | "Restore job"
  | "Send task info"
  | "Send user activity"
  | "Send exception"
  | "Draw object"
  | "Paste object"
  | "Copy object"
  | "Drag object"
  | "Resize object"
  | "Delete object"
  | "Lock object"
  | "Change attribute"
  | "Change frame"
  | "Zoom image"
  | "Fit image"
  | "Undo action"
  | "Redo action";

export type Payload = Readonly<Record<string, unknown>>;

/** What all events of a page have in common. */
export interface EventFacts {
  readonly client_id: number;
  readonly job_id: number;
  readonly task_id: number;
}

/** An event as a request carries it. */
export interface ClientEvent extends EventFacts {
  readonly name: EventName;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly is_active: boolean;
  readonly message?: string;
  readonly payload?: Payload;
}

export interface EventLogOptions {
  readonly facts: EventFacts;
  /** The clock: ms since 1970. */
  readonly now: () => number;
  /** Whether the person looks at the page. */
  readonly isActive: () => boolean;
}

/** Events that are kept while nobody takes them; then the oldest go. */
export const MAX_EVENTS = 1000;
/** What happens many times a second is told of once in so many ms. */
const EVERY_MS: Partial<Record<EventName, number>> = { "Zoom image": 1000 };

export class EventLog {
  readonly #options: EventLogOptions;
  readonly #working: WorkingTime;
  #waiting: ClientEvent[] = [];
  /** When each of those that are told of sparsely was. */
  readonly #told = new Map<EventName, number>();
  /** The last event of a name, while it waits, if another may fold into it. */
  readonly #foldable = new Map<EventName, { readonly key: string; readonly event: ClientEvent }>();

  constructor(options: EventLogOptions) {
    this.#options = options;
    this.#working = new WorkingTime(options.now);
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** The person did something, be it no event: it counts as work. */
  sign(): void {
    if (this.#options.isActive()) this.#working.sign();
  }

  /** The person looks elsewhere. */
  pause(): void {
    this.#working.pause();
  }

  /** Note an event. One of the same name and `foldKey` as the last of that name takes its place, at its time. */
  note(name: EventName, payload?: Payload, { foldKey, message }: NoteOptions = {}): void {
    this.sign();
    const now = this.#options.now();
    if (now - (this.#told.get(name) ?? Number.NEGATIVE_INFINITY) < (EVERY_MS[name] ?? 0)) return;
    this.#told.set(name, now);
    const event = this.#event(name, now, payload, message);
    const last = this.#foldable.get(name);
    const folds = foldKey !== undefined && last?.key === foldKey;
    const kept = folds ? { ...event, time: last.event.time } : event;
    const at = folds ? this.#waiting.indexOf(last.event) : -1;
    if (at >= 0) this.#waiting[at] = kept;
    else this.#waiting.push(kept);
    if (foldKey === undefined) this.#foldable.delete(name);
    else this.#foldable.set(name, { key: foldKey, event: kept });
    if (this.#waiting.length > MAX_EVENTS) this.#waiting.shift();
  }

  /** All that waits, as one batch with the working time since the last at its end; empty when there is nothing to tell. */
  take(): readonly ClientEvent[] {
    this.sign();
    const worked = Math.round(this.#working.take());
    const batch = this.#waiting;
    if (batch.length === 0 && worked === 0) return [];
    this.#waiting = [];
    this.#foldable.clear();
    return [...batch, this.#event("Send user activity", this.#options.now(), { working_time: worked })];
  }

  #event(name: EventName, time: number, payload?: Payload, message?: string): ClientEvent {
    return {
      ...this.#options.facts,
      name,
      time: new Date(time).toISOString(),
      is_active: this.#options.isActive(),
      ...(message === undefined ? {} : { message }),
      ...(payload === undefined ? {} : { payload }),
    };
  }
}

export interface NoteOptions {
  readonly foldKey?: string;
  readonly message?: string;
}
