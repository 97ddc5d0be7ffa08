/** How long a person has worked: from one sign of work to the next (contract of client logs, 2.3). */

/** A gap as long as this, in ms, or longer is a break. */
const BREAK_MS = 100_000;

export class WorkingTime {
  readonly #now: () => number;
  #worked = 0;
  #last: number | undefined;

  /** `now` is a clock in ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The person did something. */
  sign(): void {
    const now = this.#now();
    const gap = this.#last === undefined ? 0 : now - this.#last;
    // Below 0: somebody has set the clock.
    if (gap > 0 && gap < BREAK_MS) this.#worked += gap;
    this.#last = now;
  }

  /** The person looks elsewhere: until the next sign, no time is worked. */
  pause(): void {
    if (this.#last !== undefined) this.sign();
    this.#last = undefined;
  }

  /** The ms worked since the last time this was asked. */
  take(): number {
    const worked = this.#worked;
    this.#worked = 0;
    return worked;
  }
}
