/** How long to wait after failures: longer each time, never at the same beat as others. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Trouble } from "./state";

/** Waits after one failure, two, three, … */
const WAITS_S = [1, 2, 4, 8, 16, 30];

export class BackOff {
  readonly #trouble = signal<Trouble | undefined>(undefined);
  #failures = 0;
  #since: Date | undefined;

  get trouble(): ReadonlySignal<Trouble | undefined> {
    return this.#trouble;
  }

  /** Whether the last try failed. */
  get failed(): boolean {
    return this.#failures > 0;
  }

  fail(name: Trouble["name"], sentence: string): void {
    const waitS = WAITS_S[Math.min(this.#failures, WAITS_S.length - 1)] ?? 0;
    this.#failures += 1;
    this.#since ??= new Date();
    const retryAt = new Date(Date.now() + waitS * 1000 * (0.75 + Math.random() / 2));
    this.#trouble.value = { name, sentence, since: this.#since, retryAt };
  }

  /** Wait no longer; whether all is well is still to be seen. */
  skip(): void {
    this.#trouble.value = undefined;
  }

  /** All is well. */
  reset(): void {
    this.#failures = 0;
    this.#since = undefined;
    this.#trouble.value = undefined;
  }
}
