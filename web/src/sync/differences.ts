/** What the document and the server's last acknowledgement differ in, kept up to date change by change. */

import type { ShapeDocument } from "../core/document";
import type { Cid, Shape } from "../core/model";
import { same, withId } from "./merge";
import type { Flight, Landing, Unsaved } from "./request";

export class Differences {
  readonly #document: ShapeDocument;
  #base: Map<Cid, Shape> = new Map();
  readonly #cids = new Set<Cid>();

  constructor(document: ShapeDocument) {
    this.#document = document;
  }

  /** What the server has acknowledged, by our names. */
  get base(): ReadonlyMap<Cid, Shape> {
    return this.#base;
  }

  /** The objects that differ. */
  get cids(): ReadonlySet<Cid> {
    return this.#cids;
  }

  of(cid: Cid): Unsaved {
    return { cid, base: this.#base.get(cid), mine: this.#document.get(cid) };
  }

  /** Look at the objects anew. */
  note(cids: Iterable<Cid>): void {
    for (const cid of cids) {
      const { base, mine } = this.of(cid);
      if (same(base, mine)) this.#cids.delete(cid);
      else this.#cids.add(cid);
    }
  }

  /** Take `unsaved`, from a journal, for the state of things: document and base are theirs where they speak. */
  recall(unsaved: readonly Unsaved[]): void {
    for (const { cid, base } of unsaved) {
      if (base === undefined) this.#base.delete(cid);
      else this.#base.set(cid, base);
    }
    this.#document.apply(
      {
        put: unsaved.flatMap(({ mine }) => mine ?? []),
        remove: unsaved.filter(({ mine }) => mine === undefined).map(({ cid }) => cid),
      },
      "server",
    );
    this.note(unsaved.map(({ cid }) => cid));
  }

  /** Take over that `flight` was saved: the server has what was sent. The document gets the ids. */
  acknowledge(flight: Flight, landing: Landing): void {
    const ids = new Map(landing.create.shapes.map(({ id, client_id }) => [client_id, id]));
    for (const { cid, base, mine } of flight.sent) {
      const stored = withId(mine, base?.id ?? ids.get(cid));
      if (stored === undefined) this.#base.delete(cid);
      else this.#base.set(cid, stored);
    }
    this.settle(flight.sent.map(({ cid }) => cid));
  }

  /** Take over what a merge found: `base` is what the server has, `cids` those that may differ. */
  rebase(base: Map<Cid, Shape>, cids: Iterable<Cid>): void {
    const looked = new Set([...this.#cids, ...cids]);
    this.#base = base;
    this.settle(looked);
  }

  /** Give the records of the document the ids the server knows them by, and look at them anew. */
  settle(cids: Iterable<Cid>): void {
    const put: Shape[] = [];
    const looked = [...cids];
    for (const cid of looked) {
      const { base, mine } = this.of(cid);
      const named = withId(mine, base?.id);
      if (named !== undefined && named !== mine) put.push(named);
    }
    if (put.length > 0) this.#document.apply({ put, remove: [] }, "server");
    this.note(looked);
  }

  /** Call nothing unsaved: another tab sees to it. */
  forget(): void {
    this.#cids.clear();
  }
}
