/** Undo and redo: one gesture, one step, frames and all. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { AnnotationDocument, Applied, Change } from "./document";
import type { Annotation, Cid } from "./model";

/** What a step did, for the tooltip of undo; a key of the dictionary ends in it. */
export type StepName =
  | "draw"
  | "move"
  | "resize"
  | "vertices"
  | "delete"
  | "paste"
  | "label"
  | "attribute"
  | "tag"
  | "untag"
  | "text"
  | "occluded"
  | "order";

interface Step {
  readonly name: StepName;
  readonly redo: Change;
  readonly undo: Change;
  /** Steps of the same `merge` in a row are one: arrow keys held down, letters typed into a field. */
  readonly merge: string | undefined;
}

/** What an undo or redo touched: where to look, and at what. */
export interface Touched {
  readonly name: StepName;
  readonly frame: number | undefined;
  readonly cids: readonly Cid[];
}

/** A step that was made, taken back or made anew. */
export interface Deed {
  readonly way: "made" | "undone" | "redone";
  readonly name: StepName;
  readonly frame: number | undefined;
  readonly applied: Applied;
  /** It joined the step before it, of the same run. */
  readonly joined: boolean;
}

/** Steps kept; the oldest go first. */
export const MAX_STEPS = 10_000;

/** The steps of one document. Ids the server gives meanwhile are kept: records are renewed when put back. */
export class History {
  readonly #document: AnnotationDocument;
  readonly #done: Step[] = [];
  readonly #undone: Step[] = [];
  readonly #listeners = new Set<(deed: Deed) => void>();
  readonly #state = signal<{ undo: StepName | undefined; redo: StepName | undefined }>({
    undo: undefined,
    redo: undefined,
  });

  constructor(document: AnnotationDocument) {
    this.#document = document;
  }

  /** The names of the steps that undo and redo would take, for buttons. */
  get state(): ReadonlySignal<{ undo: StepName | undefined; redo: StepName | undefined }> {
    return this.#state;
  }

  /** Be told of each step, once the document has it; returns how to stop. */
  listen(listener: (deed: Deed) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Make `change` as one step of the user's. With `merge`, it joins the step before if that has the same. */
  perform(name: StepName, change: Change, merge?: string): Applied {
    const applied = this.#document.apply(change, "user");
    const last = this.#done.at(-1);
    const joins = merge !== undefined && last?.merge === merge && this.#undone.length === 0;
    if (joins) {
      this.#done[this.#done.length - 1] = {
        ...last,
        redo: joined(last.redo, change),
        undo: joined(applied.inverse, last.undo),
      };
    } else {
      this.#done.push({ name, redo: change, undo: applied.inverse, merge });
      if (this.#done.length > MAX_STEPS) this.#done.shift();
    }
    this.#undone.length = 0;
    this.#tell({ way: "made", name, frame: frameOf(applied), applied, joined: joins });
    return applied;
  }

  /** End a run of merged steps: the next one stands alone. */
  seal(): void {
    const last = this.#done.at(-1);
    if (last?.merge !== undefined) this.#done[this.#done.length - 1] = { ...last, merge: undefined };
  }

  /** Take the last step back; undefined when there is none. */
  undo(): Touched | undefined {
    const step = this.#done.pop();
    if (step === undefined) return undefined;
    this.#undone.push(step);
    return this.#replay("undone", step.name, step.undo);
  }

  /** Make the step last taken back anew; undefined when there is none. */
  redo(): Touched | undefined {
    const step = this.#undone.pop();
    if (step === undefined) return undefined;
    this.#done.push(step);
    return this.#replay("redone", step.name, step.redo);
  }

  #replay(way: Deed["way"], name: StepName, change: Change): Touched {
    const put = change.put.map((object) => this.#renewed(object));
    const applied = this.#document.apply({ ...change, put }, "undo");
    const frame = frameOf(applied);
    this.#tell({ way, name, frame, applied, joined: false });
    return { name, frame, cids: change.put.map(({ cid }) => cid) };
  }

  /** The record as it was, under the id it has by now; one that comes back from deletion has none. */
  #renewed(object: Annotation): Annotation {
    return { ...object, id: this.#document.get(object.cid)?.id };
  }

  #tell(deed: Deed): void {
    this.#state.value = { undo: this.#done.at(-1)?.name, redo: this.#undone.at(-1)?.name };
    for (const listener of this.#listeners) listener(deed);
  }
}

/** The frame of the first object that was put, else of the first that was taken away. */
function frameOf({ change, inverse }: Applied): number | undefined {
  return (change.put[0] ?? inverse.put[0])?.frame;
}

/** The one change that does `first`, then `second`. */
function joined(first: Change, second: Change): Change {
  const put = new Map(first.put.map((object) => [object.cid, object]));
  const remove = new Set(first.remove);
  for (const cid of second.remove) {
    put.delete(cid);
    remove.add(cid);
  }
  for (const object of second.put) {
    remove.delete(object.cid);
    put.set(object.cid, object);
  }
  return { put: [...put.values()], remove: [...remove] };
}
