/** What a person hid or locked: for this page alone, never saved (contract of the web UI, 9.4). */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Annotation, Cid, Shape } from "../../core/model";

export type Mark = "hidden" | "locked";

export class Marks {
  readonly hidden = signal<ReadonlySet<Cid>>(new Set());
  readonly locked = signal<ReadonlySet<Cid>>(new Set());
  readonly hides: ReadonlySignal<(shape: Shape) => boolean> = computed(() => {
    const hidden = this.hidden.value;
    return (shape: Shape) => hidden.has(shape.cid);
  });

  isLocked(object: Annotation): boolean {
    return this.locked.value.has(object.cid);
  }

  /** Neither hidden nor locked: it can be touched on the stage. */
  isFree(object: Annotation): boolean {
    return !this.hidden.value.has(object.cid) && !this.isLocked(object);
  }

  set(which: Mark, cids: Iterable<Cid>, on: boolean): void {
    const marks = new Set(this[which].value);
    for (const cid of cids) {
      if (on) marks.add(cid);
      else marks.delete(cid);
    }
    this[which].value = marks;
  }

  /** Mark all of `shapes`, or none when all are marked already. */
  toggle(which: Mark, shapes: readonly Shape[]): void {
    const isOn = shapes.some((shape) => !this[which].value.has(shape.cid));
    this.set(
      which,
      shapes.map((shape) => shape.cid),
      isOn,
    );
  }
}
