/** The truth of a job while it is worked on: its shapes, and who is told when they change. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Cid, Shape } from "./model";

/** Records to put in place of those of the same `cid`, and names to take away. */
export interface Change {
  readonly put: readonly Shape[];
  readonly remove: readonly Cid[];
}

/**
 * Who changed it: `user` is what a person did (recorded by history, to be saved), `undo` the same by undo or
 * redo (to be saved, not recorded), `server` what the server said (neither).
 */
export type Source = "user" | "undo" | "server";

/** A change that was made. `inverse` takes it back; `frames` are those whose shapes are others now. */
export interface Applied {
  readonly change: Change;
  readonly inverse: Change;
  readonly source: Source;
  readonly frames: ReadonlySet<number>;
}

const NONE: readonly Shape[] = [];

/** Shapes of one job, by `cid` and by frame. Changed by `apply` alone. */
export class ShapeDocument {
  readonly #shapes = new Map<Cid, Shape>();
  readonly #frames = new Map<number, Map<Cid, Shape>>();
  readonly #sorted = new Map<number, readonly Shape[]>();
  readonly #listeners = new Set<(applied: Applied) => void>();
  readonly #version = signal(0);

  /** Rises with each change. */
  get version(): ReadonlySignal<number> {
    return this.#version;
  }

  get size(): number {
    return this.#shapes.size;
  }

  get(cid: Cid): Shape | undefined {
    return this.#shapes.get(cid);
  }

  all(): IterableIterator<Shape> {
    return this.#shapes.values();
  }

  /** The shapes of `frame`, undermost first: by z order, then as they came. The same array until they change. */
  onFrame(frame: number): readonly Shape[] {
    let sorted = this.#sorted.get(frame);
    if (sorted === undefined) {
      const shapes = this.#frames.get(frame);
      sorted = shapes === undefined ? NONE : [...shapes.values()].sort((a, b) => a.zOrder - b.zOrder);
      this.#sorted.set(frame, sorted);
    }
    return sorted;
  }

  countOn(frame: number): number {
    return this.#frames.get(frame)?.size ?? 0;
  }

  /** Make `change` and tell all listeners, in the order they came, before returning. A removal of what is not there is nothing. */
  apply(change: Change, source: Source): Applied {
    const before: Shape[] = [];
    const added: Cid[] = [];
    const frames = new Set<number>();
    for (const cid of change.remove) {
      const old = this.#shapes.get(cid);
      if (old === undefined) continue;
      before.push(old);
      frames.add(old.frame);
      this.#shapes.delete(cid);
      this.#frames.get(old.frame)?.delete(cid);
    }
    for (const shape of change.put) {
      const old = this.#shapes.get(shape.cid);
      if (old === undefined) added.push(shape.cid);
      else before.push(old);
      if (old !== undefined && old.frame !== shape.frame) {
        frames.add(old.frame);
        this.#frames.get(old.frame)?.delete(shape.cid);
      }
      frames.add(shape.frame);
      this.#shapes.set(shape.cid, shape);
      this.#shapesOn(shape.frame).set(shape.cid, shape);
    }
    for (const frame of frames) this.#sorted.delete(frame);
    const applied: Applied = { change, inverse: { put: before, remove: added }, source, frames };
    this.#version.value += 1;
    for (const listener of this.#listeners) listener(applied);
    return applied;
  }

  /** Be told of each change; returns how to stop that. */
  listen(listener: (applied: Applied) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #shapesOn(frame: number): Map<Cid, Shape> {
    let shapes = this.#frames.get(frame);
    if (shapes === undefined) {
      shapes = new Map();
      this.#frames.set(frame, shapes);
    }
    return shapes;
  }
}
