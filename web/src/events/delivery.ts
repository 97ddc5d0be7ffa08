/** When events are sent, and what becomes of those that do not get there. Telling never disturbs the work. */

import { ApiError, send } from "../api";
import { newName } from "../sync/cargo";
import type { EventLog } from "./event-log";

/** What came of a request; `never`: the server takes no such thing. */
export type Outcome = "stored" | "refused" | "not-now" | "never";
/** Sends `body`, which is JSON, to a path of the API; a second try with the same `key` is harmless. Never throws. */
export type Post = (path: string, body: string, key: string) => Promise<Outcome>;

/** From one batch to the next, in ms; after batches that failed, longer and longer up to the second. */
const EVERY_MS = 10_000;
const SELDOM_MS = 300_000;
/** So many events are sent without a save to go with. */
const MANY = 200;
/** Browsers let 64 KiB of requests outlive their page: most of it is for saving. */
const KEEPALIVE_LIMIT = 12_000;
const PATIENCE_MS = 30_000;
/** Batches that are late, at most; what comes up meanwhile waits in the log. */
const MAX_FLIGHTS = 5;

export interface DeliveryOptions {
  readonly log: EventLog;
  readonly post: Post;
  /** Called before a batch is taken: adds what is to be told with each. */
  readonly prepare: () => void;
  /** The clock, in ms. */
  readonly now: () => number;
}

/** A batch on its way. Sent again, it must be the very same. */
interface Flight {
  readonly key: string;
  readonly body: string;
  isUnderWay: boolean;
}

export class Delivery {
  readonly #options: DeliveryOptions;
  #flights: readonly Flight[] = [];
  #sentAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #isOver = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Something was saved: what waits goes with it, or as soon as it may. */
  saved(): void {
    this.#wake();
  }

  /** Something was noted: when much waits, it goes without a save. */
  noted(): void {
    if (this.#options.log.size >= MANY) this.#wake();
  }

  /** Send what waits; while a batch has not got there, no other is made, unless one is leaving. */
  async send({ leaving = false } = {}): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isOver) return;
    this.#sentAt = this.#options.now();
    const late = this.#flights.length;
    if (late === 0 || (leaving && late < MAX_FLIGHTS)) this.#pack();
    const outcomes = await Promise.all(this.#flights.map((flight) => this.#try(flight)));
    this.#isOver ||= outcomes.includes("never");
    const hasFailed = outcomes.includes("not-now");
    this.#failures = hasFailed ? this.#failures + 1 : 0;
    // What came up while a batch was late has waited long enough.
    if (late > 0 && !hasFailed && this.#options.log.size > 0) this.#wake();
  }

  /** Send what is left, and nothing any more. */
  close(): void {
    void this.send({ leaving: true });
    this.#isOver = true;
  }

  #pack(): void {
    this.#options.prepare();
    const batch = this.#options.log.take();
    if (batch.length === 0) return;
    this.#flights = [...this.#flights, { key: newName(), body: JSON.stringify(batch), isUnderWay: false }];
  }

  async #try(flight: Flight): Promise<Outcome> {
    if (flight.isUnderWay) return "stored";
    flight.isUnderWay = true;
    const outcome = await this.#options.post("/server/logs", flight.body, flight.key);
    flight.isUnderWay = false;
    if (outcome !== "not-now") this.#flights = this.#flights.filter((each) => each !== flight);
    return outcome;
  }

  #wake(): void {
    if (this.#timer !== undefined || this.#isOver) return;
    const wait = Math.min(EVERY_MS * 2 ** this.#failures, SELDOM_MS);
    const rest = this.#sentAt + wait - this.#options.now();
    this.#timer = setTimeout(() => void this.send(), Math.max(0, rest));
  }
}

/** Send through the one way to the server, so that it outlives the page if it is small enough. */
export const postToServer: Post = async (path, body, key) => {
  try {
    const keepalive = body.length < KEEPALIVE_LIMIT;
    await send("POST", path, {
      body,
      headers: { "Idempotency-Key": key },
      keepalive,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return "stored";
  } catch (error) {
    return error instanceof ApiError ? outcomeOf(error.status) : "not-now";
  }
};

function outcomeOf(status: number): Outcome {
  if (status === 404 || status === 405 || status === 501) return "never";
  return status === 401 || status === 408 || status === 429 || status >= 500 ? "not-now" : "refused";
}
