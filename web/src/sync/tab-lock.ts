/**
 * One tab of this browser works on a job at a time; the others look on until they take over.
 *
 * Web Locks where there are any: they exist in secure contexts only. Elsewhere the tabs agree over a
 * BroadcastChannel, by which they also ask each other to yield. Without either, every tab takes itself for the only one.
 */

import { type ReadonlySignal, signal } from "@preact/signals";

/** What tabs meet by; what is missing is done without. */
export interface Meeting {
  readonly locks: Pick<LockManager, "request"> | undefined;
  readonly channel: ((name: string) => BroadcastChannel) | undefined;
}

interface Message {
  readonly say: "who" | "mine" | "yield" | "yielded";
  readonly from: string;
  /** Whom it answers; undefined: it is for all. */
  readonly to: string | undefined;
}

/** How long a living tab may take to answer, and to save what it has. */
const ANSWER_MS = 150;
const YIELD_MS = 4000;

export function browserMeeting(): Meeting {
  return {
    locks: navigator.locks,
    channel: typeof BroadcastChannel === "undefined" ? undefined : (name) => new BroadcastChannel(name),
  };
}

/** The name of the lock of a job and a person. */
export function jobLockName(userId: number, jobId: number): string {
  return `labelwright.job|${userId}|${jobId}`;
}

export class TabLock {
  readonly #name: string;
  readonly #meeting: Meeting;
  readonly #channel: BroadcastChannel | undefined;
  readonly #beforeYield: () => Promise<void>;
  readonly #me = Math.random().toString(36).slice(2);
  readonly #held = signal(false);
  readonly #waiting = new Map<Message["say"], () => void>();
  #release: (() => void) | undefined;
  #claiming = false;

  /** `beforeYield` is called when another tab takes over: what is unsaved here should be saved when it resolves. */
  constructor(name: string, beforeYield: () => Promise<void>, meeting: Meeting = browserMeeting()) {
    this.#name = name;
    this.#meeting = meeting;
    this.#beforeYield = beforeYield;
    this.#channel = meeting.channel?.(name);
    if (this.#channel !== undefined)
      this.#channel.onmessage = (event: MessageEvent<Message>) => this.#hear(event.data);
  }

  /** Whether this tab is the one that works. */
  get held(): ReadonlySignal<boolean> {
    return this.#held;
  }

  /** Become the one that works, unless another tab is. */
  async claim(): Promise<boolean> {
    const { locks } = this.#meeting;
    if (locks !== undefined) await this.#request({ ifAvailable: true });
    if (this.#held.value) return true;
    this.#claiming = true;
    const free = !(await this.isTaken());
    this.#claiming = false;
    // A page that was just left may not have let the lock go yet.
    if (free && locks !== undefined) await this.#request({ ifAvailable: true });
    else this.#held.value = free;
    return this.#held.value;
  }

  /** Become the one that works: the other tab saves what it has and yields. A dead or stuck one is passed over. */
  async takeOver(): Promise<void> {
    if (this.#held.value || (await this.claim())) return;
    await this.#ask("yield", "yielded", YIELD_MS);
    if (this.#meeting.locks !== undefined) await this.#request({ steal: true });
    else this.#held.value = true;
  }

  /** Whether another tab has it. */
  isTaken(): Promise<boolean> {
    return this.#ask("who", "mine", ANSWER_MS);
  }

  close(): void {
    this.#let();
    this.#channel?.close();
  }

  /** Resolves when the lock is ours or another's; ours is held until it is let or stolen. */
  #request(options: LockOptions): Promise<void> {
    return new Promise((resolve) => {
      const hold = (lock: Lock | null): Promise<void> | undefined => {
        this.#held.value = lock !== null;
        resolve();
        return lock === null
          ? undefined
          : new Promise((release) => {
              this.#release = release;
            });
      };
      this.#meeting.locks?.request(this.#name, options, hold).catch(() => {
        this.#held.value = false; // stolen
        resolve();
      });
    });
  }

  #let(): void {
    this.#held.value = false;
    this.#release?.();
    this.#release = undefined;
  }

  #hear({ say, from, to }: Message): void {
    if (to !== undefined && to !== this.#me) return;
    this.#waiting.get(say)?.();
    if (say === "who" && (this.#held.value || (this.#claiming && this.#me < from))) this.#say("mine", from);
    if (say === "yield" && this.#held.value)
      this.#beforeYield().finally(() => {
        this.#let();
        this.#say("yielded", from);
      });
  }

  #say(say: Message["say"], to?: string): void {
    this.#channel?.postMessage({ say, from: this.#me, to } satisfies Message);
  }

  /** Say `say` to all tabs; whether `reply` came within `patienceMs`. */
  #ask(say: Message["say"], reply: Message["say"], patienceMs: number): Promise<boolean> {
    if (this.#channel === undefined) return Promise.resolve(false);
    return new Promise((resolve) => {
      const answered = (heard: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(reply);
        resolve(heard);
      };
      const timer = setTimeout(() => answered(false), patienceMs);
      this.#waiting.set(reply, () => answered(true));
      this.#say(say);
    });
  }
}
