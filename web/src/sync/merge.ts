/** Merging what others saved meanwhile with what is not saved here yet, object by object. Pure. */

import type { Change } from "../core/document";
import { type Annotation, type Cid, sameAnnotation, shapeFromWire, tagFromWire } from "../core/model";
import type { WireObjects } from "./load";

/** One object in three states: as both sides last agreed on it, as it is here, as the server has it now. */
export interface Sides {
  readonly cid: Cid;
  readonly base: Annotation | undefined;
  readonly mine: Annotation | undefined;
  readonly theirs: Annotation | undefined;
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
  readonly base: Map<Cid, Annotation>;
  /** What the document is to take over. */
  readonly change: Change;
  readonly conflicts: readonly Sides[];
}

/** What a merge starts from. */
export interface Ours {
  readonly base: ReadonlyMap<Cid, Annotation>;
  readonly mine: (cid: Cid) => Annotation | undefined;
  /** The objects that differ from `base` here. */
  readonly unsaved: ReadonlySet<Cid>;
  /**
   * What was sent and may have been stored although no answer came. What the server has of it in the very form is
   * ours, no change of others; a new object among it is known by its form, so that none is stored twice.
   */
  readonly perhapsStored: ReadonlyMap<Cid, Annotation | undefined>;
}

/**
 * Merge `theirs`, all that the server has now, with `ours`.
 *
 * Changed only here: mine stays. Changed only there: theirs is taken. Both the same: that is it. Both differently:
 * mine stays, and it is a conflict; what they deleted and I changed is to be created anew.
 */
export function mergeNewest(ours: Ours, theirs: WireObjects): Merged {
  const base = nameObjects(ours, theirs);
  const put: Annotation[] = [];
  const remove: Cid[] = [];
  const conflicts: Sides[] = [];
  for (const cid of new Set([...ours.base.keys(), ...base.keys(), ...ours.unsaved])) {
    const sides = sidesOf(cid, ours, base.get(cid));
    const kept = mergeObject(sides, ours.unsaved.has(cid) || ours.perhapsStored.has(cid));
    if (kept.conflict) conflicts.push(sides);
    if (kept.object === undefined) {
      if (sides.mine !== undefined) remove.push(cid);
    } else if (kept.object !== sides.mine) put.push(kept.object);
  }
  return { base, change: { put, remove }, conflicts };
}

function sidesOf(cid: Cid, ours: Ours, theirs: Annotation | undefined): Sides {
  const sent = ours.perhapsStored.get(cid);
  const stored = ours.perhapsStored.has(cid) && same(sent, theirs);
  return { cid, base: stored ? sent : ours.base.get(cid), mine: ours.mine(cid), theirs };
}

/** The record to keep, under the id the server knows it by now; `sides.mine` itself if that is it. */
function mergeObject(sides: Sides, unsaved: boolean): { object: Annotation | undefined; conflict: boolean } {
  const { base, mine, theirs } = sides;
  if (!unsaved || same(mine, theirs))
    return { object: same(mine, theirs) ? withId(mine, theirs?.id) : theirs, conflict: false };
  return { object: withId(mine, theirs?.id), conflict: !same(base, theirs) };
}

/** Whether two states of one object are the same. */
export function same(a: Annotation | undefined, b: Annotation | undefined): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && sameAnnotation(a, b);
}

export function withId(object: Annotation | undefined, id: number | undefined): Annotation | undefined {
  return object === undefined || object.id === id ? object : { ...object, id };
}

/** What the server has, by our names: those of `base`, those of objects perhaps stored, else made from the id. */
function nameObjects(ours: Ours, { shapes, tags }: WireObjects): Map<Cid, Annotation> {
  const found = [
    ...shapes.map((wire) => shapeFromWire(wire, `s${wire.id}`)),
    ...tags.map((wire) => tagFromWire(wire, `t${wire.id}`)),
  ];
  const known = new Map<string, Cid>();
  for (const object of ours.base.values())
    if (object.id !== undefined) known.set(numberOf(object), object.cid);
  const waiting = [...ours.perhapsStored].flatMap(([cid, sent]) => (ours.base.has(cid) ? [] : (sent ?? [])));
  const named = new Map<Cid, Annotation>();
  for (const object of found) {
    const cid = known.get(numberOf(object));
    const ourOwn = cid === undefined ? waiting.findIndex((each) => sameAnnotation(each, object)) : -1;
    const own = waiting.splice(ourOwn, ourOwn < 0 ? 0 : 1)[0];
    const name = cid ?? own?.cid ?? object.cid;
    named.set(name, { ...object, cid: name });
  }
  return named;
}

/** Its number, and of which series: a shape and a tag may have the same. */
function numberOf(object: Annotation): string {
  return `${object.type === "tag" ? "t" : "s"}${object.id}`;
}
