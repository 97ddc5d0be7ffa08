/** Which frames of a job have objects, and the way to the next that has, or has none. */

import { computed, type ReadonlySignal } from "@preact/signals";
import type { AnnotationDocument } from "../../core/document";

/** The first and the last of frames that follow each other. */
export type Run = readonly [first: number, last: number];

export class Contents {
  readonly #document: AnnotationDocument;
  readonly #others: ReadonlySet<number>;
  readonly #first: number;
  readonly #last: number;
  readonly #deleted: ReadonlySignal<ReadonlySet<number>>;
  /** Frames of the job without any object. */
  readonly emptyFrames: ReadonlySignal<number>;
  /** Runs of frames with objects, their first and last frame each, ascending. */
  readonly fullRuns: ReadonlySignal<readonly Run[]>;
  /** Runs of frames that are deleted, likewise. */
  readonly deletedRuns: ReadonlySignal<readonly Run[]>;

  /** Frames `first`..`last`, both included, but the `deleted`; `others` are those where a track begins. */
  constructor(
    document: AnnotationDocument,
    others: Iterable<number>,
    { first, last }: { readonly first: number; readonly last: number },
    deleted: ReadonlySignal<ReadonlySet<number>>,
  ) {
    this.#document = document;
    this.#others = new Set(others);
    this.#first = first;
    this.#last = last;
    this.#deleted = deleted;
    this.emptyFrames = computed(() => {
      document.version.value;
      let count = 0;
      for (let frame = first; frame <= last; frame += 1)
        if (this.#isEmpty(frame) && !deleted.value.has(frame)) count += 1;
      return count;
    });
    this.fullRuns = computed(() => {
      document.version.value;
      return runsOf(first, last, (frame) => !this.#isEmpty(frame) && !deleted.value.has(frame));
    });
    this.deletedRuns = computed(() => runsOf(first, last, (frame) => deleted.value.has(frame)));
  }

  /** The nearest frame from `frame` in `direction`, itself not meant, that has objects, or has none; undefined: none. */
  next(frame: number, direction: 1 | -1, wanted: "empty" | "full"): number | undefined {
    for (let each = frame + direction; each >= this.#first && each <= this.#last; each += direction)
      if (this.#isEmpty(each) === (wanted === "empty") && !this.#deleted.value.has(each)) return each;
    return undefined;
  }

  #isEmpty(frame: number): boolean {
    return this.#document.countOn(frame) === 0 && !this.#others.has(frame);
  }
}

function runsOf(first: number, last: number, has: (frame: number) => boolean): readonly Run[] {
  const runs: Run[] = [];
  let from: number | undefined;
  for (let frame = first; frame <= last + 1; frame += 1) {
    if (frame <= last && has(frame)) from ??= frame;
    else if (from !== undefined) {
      runs.push([from, frame - 1]);
      from = undefined;
    }
  }
  return runs;
}
