/** Errors that nobody caught, told to the server (contract of client logs, 2.2). */

import { newName } from "../sync/cargo";
import type { Post } from "./delivery";
import type { EventFacts, EventLog, Payload } from "./event-log";

/** The same error is told of once in so many ms, and no more than so many in all: one in a loop must not flood. */
const AGAIN_MS = 60_000;
const MAX_EXCEPTIONS = 20;
const MESSAGE_LENGTH = 4096;
const STACK_LENGTH = 8192;
const NAME_LENGTH = 255;
/** Says only that a layout took two rounds. */
const HARMLESS = /^ResizeObserver loop/;

/** An error with its place in a script. */
export interface Thrown {
  readonly message: string;
  readonly filename: string;
  readonly line: number;
  readonly column: number;
  readonly stack: string;
}

export interface ExceptionOptions {
  readonly facts: EventFacts;
  readonly log: EventLog;
  readonly post: Post;
  readonly now: () => number;
  /** What is used: the system and the browser. */
  readonly system: string;
  readonly client: string;
}

export class Exceptions {
  readonly #options: ExceptionOptions;
  readonly #toldAt = new Map<string, number>();
  #count = 0;

  constructor(options: ExceptionOptions) {
    this.#options = options;
  }

  /** Tell the server of an error; when it cannot be told now, the events of the job will. */
  async tell(thrown: Thrown): Promise<void> {
    const { facts, log, post, now, system, client } = this.#options;
    const message = thrown.message.slice(0, MESSAGE_LENGTH);
    if (message.trim() === "" || HARMLESS.test(message) || this.#isKnown(thrown)) return;
    const { filename, line, column } = thrown;
    const told: Payload = { filename, line, column, stack: thrown.stack.slice(0, STACK_LENGTH) };
    const outcome = await post(
      "/server/exception",
      JSON.stringify({
        ...facts,
        ...told,
        message,
        time: new Date(now()).toISOString(),
        system: system.slice(0, NAME_LENGTH),
        client: client.slice(0, NAME_LENGTH),
      }),
      newName(),
    );
    if (outcome !== "stored") log.note("Send exception", told, { message });
  }

  #isKnown({ message, filename, line, column }: Thrown): boolean {
    const now = this.#options.now();
    const name = `${message} ${filename} ${line} ${column}`;
    if (now - (this.#toldAt.get(name) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return true;
    if (this.#count >= MAX_EXCEPTIONS) return true;
    this.#count += 1;
    this.#toldAt.set(name, now);
    return false;
  }
}

/** What an error event tells; without a place of its own, that of the page. */
export function thrownOf(event: ErrorEvent | PromiseRejectionEvent, page: string): Thrown {
  const error: unknown = "reason" in event ? event.reason : event.error;
  const at = "reason" in event ? undefined : event;
  return {
    message: at?.message || String(error),
    filename: at?.filename || page,
    line: at?.lineno ?? 0,
    column: at?.colno ?? 0,
    stack: error instanceof Error ? (error.stack ?? "") : "",
  };
}
