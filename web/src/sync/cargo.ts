/** What the next flight carries: all that differs, but for what the server does not take. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { type ApiError, sentenceOf } from "../api";
import type { Annotation, Cid } from "../core/model";
import type { Differences } from "./differences";
import { same } from "./merge";
import { culprits, type Flight, packFlight } from "./request";
import type { Refused } from "./state";

export class Cargo {
  readonly #differences: Differences;
  readonly #refused = signal<ReadonlyMap<Cid, { mine: Annotation | undefined; sentence: string }>>(new Map());
  /** Objects one flight carries at most: fewer after the server found one too large. */
  #most = Number.POSITIVE_INFINITY;
  /** Groups to be sent each by itself, because one object in them will not do and it is not known which. */
  readonly #suspects: Cid[][] = [];

  constructor(differences: Differences) {
    this.#differences = differences;
  }

  readonly refused: ReadonlySignal<readonly Refused[]> = computed(() =>
    [...this.#refused.value].map(([cid, { sentence }]) => ({ cid, sentence })),
  );

  /** Whether there is anything to carry. */
  get waits(): boolean {
    return this.#differences.cids.size > this.#refused.value.size;
  }

  /** Pack the next flight; undefined when there is nothing to carry. */
  pack(revision: number): Flight | undefined {
    for (;;) {
      const suspects = this.#suspects.pop();
      const changes = [...(suspects ?? this.#differences.cids)]
        .filter((cid) => this.#differences.cids.has(cid) && !this.#refused.value.has(cid))
        .slice(0, this.#most)
        .map((cid) => this.#differences.of(cid));
      if (changes.length > 0) return packFlight(newName(), revision, changes);
      if (suspects === undefined) return undefined;
    }
  }

  /** Note that `flight` was stored. */
  landed(flight: Flight): void {
    this.#most = Number.POSITIVE_INFINITY;
    this.forgive(flight.sent.map(({ cid }) => cid));
  }

  /** Make flights smaller than `flight` was; whether that is possible. */
  split({ sent }: Flight): boolean {
    this.#most = Math.ceil(sent.length / 2);
    return sent.length > 1;
  }

  /** Mark what `error` complains of in `flight`; when it does not say, one half will be sent after the other. */
  refuse({ sent, ...flight }: Flight, error: ApiError): void {
    const cids = sent.map(({ cid }) => cid);
    let named = culprits({ sent, ...flight }, error.body, (errors) => sentenceOf(error.status, errors));
    if (named.size === 0 && cids.length > 1) {
      const half = Math.ceil(cids.length / 2);
      this.#suspects.push(cids.slice(half), cids.slice(0, half));
      return;
    }
    if (named.size === 0) named = new Map(cids.map((cid) => [cid, error.message]));
    const refused = new Map(this.#refused.value);
    for (const { cid, mine } of sent) {
      const sentence = named.get(cid);
      if (sentence !== undefined) refused.set(cid, { mine, sentence });
    }
    this.#refused.value = refused;
    this.forgive(cids);
  }

  /** Drop the refusals of those of `cids` that are no longer as they were refused. */
  forgive(cids: Iterable<Cid>): void {
    const refused = new Map(this.#refused.value);
    for (const cid of cids) {
      const found = refused.get(cid);
      if (found === undefined) continue;
      const { mine } = this.#differences.of(cid);
      if (!this.#differences.cids.has(cid) || !same(found.mine, mine)) refused.delete(cid);
    }
    if (refused.size < this.#refused.value.size) this.#refused.value = refused;
  }

  /** Drop all refusals. */
  forgiveAll(): void {
    this.#refused.value = new Map();
  }
}

/** A name nobody else has. `randomUUID` exists in secure contexts only. */
export function newName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
