/** The truth of a job while it is worked on: its shapes and tags, and who is told when they change. */

import { type ReadonlySignal, signal } from "@preact/signals";
import { type Annotation, type Cid, isShape, isTag, type Shape, type Tag } from "./model";

/** Records to put in place of those of the same `cid`, and names to take away. */
export interface Change {
  readonly put: readonly Annotation[];
  readonly remove: readonly Cid[];
}

/**
 * Who changed it: `user` is what a person did (recorded by history, to be saved), `undo` the same by undo or
 * redo (to be saved, not recorded), `server` what the server said (neither).
 */
export type Source = "user" | "undo" | "server";

/** A change that was made. `inverse` takes it back; `frames` are those whose objects are others now. */
export interface Applied {
  readonly change: Change;
  readonly inverse: Change;
  readonly source: Source;
  readonly frames: ReadonlySet<number>;
}

/** What is on one frame. */
interface Content {
  /** Undermost first: by z order, then as they came. */
  readonly shapes: readonly Shape[];
  /** As they came. */
  readonly tags: readonly Tag[];
}

const NOTHING: Content = { shapes: [], tags: [] };

/** Shapes and tags of one job, by `cid` and by frame. Changed by `apply` alone. */
export class AnnotationDocument {
  readonly #objects = new Map<Cid, Annotation>();
  readonly #frames = new Map<number, Map<Cid, Annotation>>();
  readonly #contents = new Map<number, Content>();
  readonly #listeners = new Set<(applied: Applied) => void>();
  readonly #version = signal(0);

  /** Rises with each change. */
  get version(): ReadonlySignal<number> {
    return this.#version;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(cid: Cid): Annotation | undefined {
    return this.#objects.get(cid);
  }

  /** The shape of that name; undefined when there is none, or it is a tag. */
  shape(cid: Cid): Shape | undefined {
    const found = this.#objects.get(cid);
    return found !== undefined && isShape(found) ? found : undefined;
  }

  all(): IterableIterator<Annotation> {
    return this.#objects.values();
  }

  /** The shapes of `frame`, undermost first: by z order, then as they came. The same array until something on the frame changes. */
  onFrame(frame: number): readonly Shape[] {
    return this.#contentOf(frame).shapes;
  }

  /** The tags of `frame`, as they came. The same array until something on the frame changes. */
  tagsOn(frame: number): readonly Tag[] {
    return this.#contentOf(frame).tags;
  }

  /** How many shapes and tags there are on `frame`. */
  countOn(frame: number): number {
    return this.#frames.get(frame)?.size ?? 0;
  }

  /** Make `change` and tell all listeners, in the order they came, before returning. A removal of what is not there is nothing. */
  apply(change: Change, source: Source): Applied {
    const before: Annotation[] = [];
    const added: Cid[] = [];
    const frames = new Set<number>();
    for (const cid of change.remove) {
      const old = this.#objects.get(cid);
      if (old === undefined) continue;
      before.push(old);
      frames.add(old.frame);
      this.#objects.delete(cid);
      this.#frames.get(old.frame)?.delete(cid);
    }
    for (const object of change.put) {
      const old = this.#objects.get(object.cid);
      if (old === undefined) added.push(object.cid);
      else before.push(old);
      if (old !== undefined && old.frame !== object.frame) {
        frames.add(old.frame);
        this.#frames.get(old.frame)?.delete(object.cid);
      }
      frames.add(object.frame);
      this.#objects.set(object.cid, object);
      this.#objectsOn(object.frame).set(object.cid, object);
    }
    for (const frame of frames) this.#contents.delete(frame);
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

  #contentOf(frame: number): Content {
    let content = this.#contents.get(frame);
    if (content === undefined) {
      const objects = [...(this.#frames.get(frame)?.values() ?? [])];
      const shapes = objects.filter(isShape).sort((a, b) => a.zOrder - b.zOrder);
      content = objects.length === 0 ? NOTHING : { shapes, tags: objects.filter(isTag) };
      this.#contents.set(frame, content);
    }
    return content;
  }

  #objectsOn(frame: number): Map<Cid, Annotation> {
    let objects = this.#frames.get(frame);
    if (objects === undefined) {
      objects = new Map();
      this.#frames.set(frame, objects);
    }
    return objects;
  }
}
