/** What is on the frame shown, or on one that cannot be, and what of it is selected. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { AnnotationDocument } from "../../core/document";
import type { Annotation, Cid, Shape, Tag } from "../../core/model";
import type { Navigation } from "./navigation";

export class FrameObjects {
  readonly selected = signal<ReadonlySet<Cid>>(new Set());
  /** Undermost first. */
  readonly shapes: ReadonlySignal<readonly Shape[]>;
  readonly tags: ReadonlySignal<readonly Tag[]>;
  /** The shapes, undermost first, and then the tags: the list shows the last ones first. */
  readonly all: ReadonlySignal<readonly Annotation[]>;
  readonly selectedShapes: ReadonlySignal<readonly Shape[]>;
  readonly selectedOnes: ReadonlySignal<readonly Annotation[]>;

  constructor(document: AnnotationDocument, { seen: frame }: Navigation) {
    const read = <Found>(of: (frame: number) => readonly Found[]) =>
      computed(() => {
        document.version.value;
        return frame.value === undefined ? [] : of(frame.value);
      });
    this.shapes = read((at) => document.onFrame(at));
    this.tags = read((at) => document.tagsOn(at));
    this.all = computed(() =>
      this.tags.value.length === 0 ? this.shapes.value : [...this.shapes.value, ...this.tags.value],
    );
    const isSelected = ({ cid }: Annotation) => this.selected.value.has(cid);
    this.selectedShapes = computed(() => this.shapes.value.filter(isSelected));
    this.selectedOnes = computed(() => this.all.value.filter(isSelected));
  }
}
