/** What the document and the server's last acknowledgement differ in, kept up to date change by change. */

import type { AnnotationDocument } from "../core/document";
import type { Annotation, Cid } from "../core/model";
import type { WireObjects } from "./load";
import { mergeNewest, type Sides, same, withId } from "./merge";
import type { Flight, Landing, Unsaved } from "./request";

export class Differences {
  readonly #document: AnnotationDocument;
  #base: Map<Cid, Annotation> = new Map();
  readonly #cids = new Set<Cid>();

  constructor(document: AnnotationDocument) {
    this.#document = document;
  }

  /** What the server has acknowledged, by our names. */
  get base(): ReadonlyMap<Cid, Annotation> {
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
    const created = [...landing.create.shapes, ...landing.create.tags];
    const ids = new Map(created.map(({ id, client_id }) => [client_id, id]));
    for (const { cid, base, mine } of flight.sent) {
      const stored = withId(mine, base?.id ?? ids.get(cid));
      if (stored === undefined) this.#base.delete(cid);
      else this.#base.set(cid, stored);
    }
    this.settle(flight.sent.map(({ cid }) => cid));
  }

  /**
   * Merge what the server has now; `sent` may have been stored in it or not. Returns what was or is unsaved by it,
   * and the conflicts.
   */
  merge(
    objects: WireObjects,
    sent: readonly Unsaved[],
  ): { touched: ReadonlySet<Cid>; conflicts: readonly Sides[] } {
    const merged = mergeNewest(
      {
        base: this.#base,
        mine: (cid) => this.#document.get(cid),
        unsaved: this.#cids,
        perhapsStored: new Map(sent.map(({ cid, mine }) => [cid, mine])),
      },
      objects,
    );
    const { put, remove } = merged.change;
    if (put.length + remove.length > 0) this.#document.apply(merged.change, "server");
    const touched = new Set([...this.#cids, ...sent.map(({ cid }) => cid)]);
    this.#base = merged.base;
    this.settle(touched);
    return { touched, conflicts: merged.conflicts };
  }

  /** Give the records of the document the ids the server knows them by, and look at them anew. */
  settle(cids: Iterable<Cid>): void {
    const put: Annotation[] = [];
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
