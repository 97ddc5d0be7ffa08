/** Which shapes of a frame lie where. */

import RBush from "rbush";
import { contains } from "./geometry";
import type { Box, Cid, Point, Shape } from "./model";
import { shapeTypes } from "./types";

interface Entry {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  readonly shape: Shape;
}

/** Changes beyond this share of the shapes are loaded at once: faster than one by one. */
const RELOAD_SHARE = 0.2;

/** An index of the shapes of one frame: made once from `document.onFrame`, then kept in step by `update`. */
export class SpatialIndex {
  readonly #tree = new RBush<Entry>();
  readonly #entries = new Map<Cid, Entry>();
  #shapes: readonly Shape[] = [];

  constructor(shapes: readonly Shape[]) {
    this.update(shapes);
  }

  /** Be the index of `shapes`, undermost first. Costs little when few are others than before; the same array costs nothing. */
  update(shapes: readonly Shape[]): void {
    if (shapes === this.#shapes) return;
    const changed = shapes.filter((shape) => this.#entries.get(shape.cid)?.shape !== shape);
    const before = this.#shapes.length;
    this.#shapes = shapes;
    if (changed.length > RELOAD_SHARE * shapes.length) {
      this.#load(shapes);
      return;
    }
    const known = changed.filter((shape) => this.#entries.has(shape.cid)).length;
    if (before + changed.length - known > shapes.length) this.#dropMissing(shapes);
    for (const shape of changed) {
      const old = this.#entries.get(shape.cid);
      if (old !== undefined) this.#tree.remove(old);
      const entry = entryOf(shape);
      this.#entries.set(shape.cid, entry);
      this.#tree.insert(entry);
    }
  }

  /** The shapes whose bounds touch `box`, in no order. */
  search(box: Box): Shape[] {
    return this.#tree
      .search({ minX: box.left, minY: box.top, maxX: box.right, maxY: box.bottom })
      .map((entry) => entry.shape);
  }

  /** The shapes under a point, the one a click means first: topmost z, then smallest area, then last drawn. */
  hit(at: Point, reach: number): Shape[] {
    const near = this.search({
      left: at.x - reach,
      top: at.y - reach,
      right: at.x + reach,
      bottom: at.y + reach,
    });
    const hits = near.filter((shape) => shapeTypes[shape.type].hit(shape.points, at, reach));
    if (hits.length < 2) return hits;
    const ranked = hits.map((shape) => ({ shape, area: shapeTypes[shape.type].area(shape.points) }));
    ranked.sort(
      (a, b) =>
        b.shape.zOrder - a.shape.zOrder ||
        a.area - b.area ||
        this.#shapes.indexOf(b.shape) - this.#shapes.indexOf(a.shape),
    );
    return ranked.map(({ shape }) => shape);
  }

  /** The shapes wholly inside `box`, undermost first. */
  inside(box: Box): Shape[] {
    const found = new Set(
      this.search(box).filter((shape) => contains(box, shapeTypes[shape.type].bounds(shape.points))),
    );
    return found.size === 0 ? [] : this.#shapes.filter((shape) => found.has(shape));
  }

  #load(shapes: readonly Shape[]): void {
    const entries = shapes.map(entryOf);
    this.#entries.clear();
    for (const entry of entries) this.#entries.set(entry.shape.cid, entry);
    this.#tree.clear().load(entries);
  }

  #dropMissing(shapes: readonly Shape[]): void {
    const present = new Set(shapes.map((shape) => shape.cid));
    for (const [cid, entry] of this.#entries) {
      if (present.has(cid)) continue;
      this.#tree.remove(entry);
      this.#entries.delete(cid);
    }
  }
}

function entryOf(shape: Shape): Entry {
  const { left, top, right, bottom } = shapeTypes[shape.type].bounds(shape.points);
  return { minX: left, minY: top, maxX: right, maxY: bottom, shape };
}
