/** The images of a dataset, page by page as they come into sight. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { WireItem } from "./wire";

const PAGE_SIZE = 100;

export interface ItemsPage {
  readonly items: readonly WireItem[];
  readonly total: number;
}

export type ReadItems = (query: {
  readonly pageNum: number;
  readonly pageSize: number;
}) => Promise<ItemsPage>;

/** A list of any length of which only the parts that were looked at are known. */
export class ItemPages {
  readonly #read: ReadItems;
  readonly #pages = signal<ReadonlyMap<number, readonly WireItem[]>>(new Map());
  readonly #total = signal<number | undefined>(undefined);
  readonly #problem = signal<unknown>(undefined);
  readonly #asked = new Set<number>();
  /** Rises with each renewal: answers to what was asked before are passed over. */
  #round = 0;

  constructor(read: ReadItems) {
    this.#read = read;
    this.want(0, 1);
  }

  /** How many there are; undefined until the first page is there. */
  get total(): ReadonlySignal<number | undefined> {
    return this.#total;
  }

  /** Why some of them could not be had. */
  get problem(): ReadonlySignal<unknown> {
    return this.#problem;
  }

  /** The item at `index`, as far as it is known now. */
  at(index: number): WireItem | undefined {
    return this.#pages.value.get(Math.floor(index / PAGE_SIZE))?.[index % PAGE_SIZE];
  }

  /** Ask for the items from `first` up to but not including `end` that are not known yet. */
  want(first: number, end: number): void {
    for (let page = Math.floor(first / PAGE_SIZE); page * PAGE_SIZE < end; page += 1) void this.#ask(page);
  }

  /** Forget what is known, for it is other now, or could not be had; the first page is asked for at once. */
  renew(): void {
    this.#round += 1;
    this.#asked.clear();
    this.#pages.value = new Map();
    this.#problem.value = undefined;
    this.want(0, 1);
  }

  async #ask(page: number): Promise<void> {
    if (this.#asked.has(page)) return;
    this.#asked.add(page);
    const round = this.#round;
    try {
      const { items, total } = await this.#read({ pageNum: page + 1, pageSize: PAGE_SIZE });
      if (round !== this.#round) return;
      this.#pages.value = new Map(this.#pages.peek()).set(page, items);
      this.#total.value = total;
    } catch (error) {
      if (round === this.#round) this.#problem.value = error;
    }
  }
}
