/** Merging what others saved meanwhile with what is not saved here yet, object by object. Pure. */

import type { Change } from "../core/document";
import { type Cid, type Shape, sameShape, shapeFromWire, type WireShape } from "../core/model";

/** One object in three states: as both sides last agreed on it, as it is here, as the server has it now. */
export interface Sides {
  readonly cid: Cid;
  readonly base: Shape | undefined;
  readonly mine: Shape | undefined;
  readonly theirs: Shape | undefined;
}

/** Both sides changed one object, each in its own way. Mine was kept; the person may choose otherwise. */
export interface Conflict extends Sides {
  /** Its name among the conflicts of this page: one object may have several, one after the other. */
  readonly number: number;
}

/** What becomes of such an object. */
export type Choice = "mine" | "theirs" | "both";

/** What came of a merge. */
export interface Merged {
  /** What the server has now, under our names. */
  readonly base: Map<Cid, Shape>;
  /** What the document is to take over. */
  readonly change: Change;
  readonly conflicts: readonly Sides[];
}

/** What a merge starts from. */
export interface Ours {
  readonly base: ReadonlyMap<Cid, Shape>;
  readonly mine: (cid: Cid) => Shape | undefined;
  /** The objects that differ from `base` here. */
  readonly unsaved: ReadonlySet<Cid>;
  /**
   * What was sent and may have been stored although no answer came. What the server has of it in the very form is
   * ours, no change of others; a new shape among it is known by its form, so that none is stored twice.
   */
  readonly perhapsStored: ReadonlyMap<Cid, Shape | undefined>;
}

/**
 * Merge `shapes`, all that the server has now, with `ours`.
 *
 * Changed only here: mine stays. Changed only there: theirs is taken. Both the same: that is it. Both differently:
 * mine stays, and it is a conflict; what they deleted and I changed is to be created anew.
 */
export function mergeNewest(ours: Ours, shapes: readonly WireShape[]): Merged {
  const base = nameShapes(ours, shapes);
  const put: Shape[] = [];
  const remove: Cid[] = [];
  const conflicts: Sides[] = [];
  for (const cid of new Set([...ours.base.keys(), ...base.keys(), ...ours.unsaved])) {
    const sides = sidesOf(cid, ours, base.get(cid));
    const kept = mergeObject(sides, ours.unsaved.has(cid) || ours.perhapsStored.has(cid));
    if (kept.conflict) conflicts.push(sides);
    if (kept.shape === undefined) {
      if (sides.mine !== undefined) remove.push(cid);
    } else if (kept.shape !== sides.mine) put.push(kept.shape);
  }
  return { base, change: { put, remove }, conflicts };
}

function sidesOf(cid: Cid, ours: Ours, theirs: Shape | undefined): Sides {
  const sent = ours.perhapsStored.get(cid);
  const stored = ours.perhapsStored.has(cid) && same(sent, theirs);
  return { cid, base: stored ? sent : ours.base.get(cid), mine: ours.mine(cid), theirs };
}

/** The record to keep, under the id the server knows it by now; `sides.mine` itself if that is it. */
function mergeObject(sides: Sides, unsaved: boolean): { shape: Shape | undefined; conflict: boolean } {
  const { base, mine, theirs } = sides;
  if (!unsaved || same(mine, theirs))
    return { shape: same(mine, theirs) ? withId(mine, theirs?.id) : theirs, conflict: false };
  return { shape: withId(mine, theirs?.id), conflict: !same(base, theirs) };
}

/** Whether two states of one object are the same. */
export function same(a: Shape | undefined, b: Shape | undefined): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && sameShape(a, b);
}

export function withId(shape: Shape | undefined, id: number | undefined): Shape | undefined {
  return shape === undefined || shape.id === id ? shape : { ...shape, id };
}

/** What the server has, by our names: those of `base`, those of shapes perhaps stored, else made from the id. */
function nameShapes(ours: Ours, shapes: readonly WireShape[]): Map<Cid, Shape> {
  const known = new Map<number, Cid>();
  for (const { id, cid } of ours.base.values()) if (id !== undefined) known.set(id, cid);
  const waiting = [...ours.perhapsStored].flatMap(([cid, sent]) => (ours.base.has(cid) ? [] : (sent ?? [])));
  const named = new Map<Cid, Shape>();
  for (const wire of shapes) {
    const cid = known.get(wire.id ?? 0);
    const shape = shapeFromWire(wire, cid ?? `s${wire.id}`);
    const ourOwn = cid === undefined ? waiting.findIndex((each) => sameShape(each, shape)) : -1;
    const own = waiting[ourOwn];
    if (own === undefined) named.set(shape.cid, shape);
    else {
      waiting.splice(ourOwn, 1);
      named.set(own.cid, { ...shape, cid: own.cid });
    }
  }
  return named;
}
