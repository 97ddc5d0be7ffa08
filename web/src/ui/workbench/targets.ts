/** What lies under the pointer: shapes that may be touched, and the handles of those selected. */

import type { ReadonlySignal } from "@preact/signals";
import type { Box, Point, Shape } from "../../core/model";
import { SpatialIndex } from "../../core/spatial";
import { gripAt } from "../../core/types";
import type { Grip } from "../../tools/tool";
import type { Marks } from "./marks";

/** CSS pixels around a line that count as on it. */
const LINE_REACH = 3;

export class Targets {
  readonly #index = new SpatialIndex([]);
  #indexed: readonly Shape[] | undefined;

  constructor(
    readonly shapes: ReadonlySignal<readonly Shape[]>,
    readonly selected: ReadonlySignal<readonly Shape[]>,
    readonly marks: Marks,
  ) {}

  /** Free shapes at `at`, the one a click means first; `pixel` image pixels are one screen pixel. */
  hit(at: Point, pixel: number): readonly Shape[] {
    return this.#current()
      .hit(at, LINE_REACH * pixel)
      .filter((shape) => this.marks.isFree(shape));
  }

  inside(box: Box): readonly Shape[] {
    return this.#current()
      .inside(box)
      .filter((shape) => this.marks.isFree(shape));
  }

  /** The handle of a selected shape at `at`, if one is within reach. */
  grip(at: Point, pixel: number): Grip | undefined {
    return gripAt(
      this.selected.value.filter((shape) => this.marks.isFree(shape)),
      at,
      pixel,
    );
  }

  #current(): SpatialIndex {
    if (this.#indexed !== this.shapes.value) {
      this.#indexed = this.shapes.value;
      this.#index.update(this.#indexed);
    }
    return this.#index;
  }
}
