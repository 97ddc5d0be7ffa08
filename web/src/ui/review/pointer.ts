/** What a hand on the picture does with the regions of issues, before any tool hears of it. */

import { signal } from "@preact/signals";
import type { Point } from "../../core/model";
import { marksAt, regionsAt } from "../../core/regions";
import { DRAG } from "../../tools/edit";
import type { PointerStep, ToolEvent } from "../../tools/tool";
import { showObjectMenu } from "./object-menu";
import type { Review } from "./review";

export class Pointer {
  readonly #review: Review;
  /** Whether it is over a mark, which opens a thread in any mode. */
  readonly isOverMark = signal(false);
  #pressedMark: string | undefined;

  constructor(review: Review) {
    this.#review = review;
  }

  /** Whether the event was for a mark of a region, so that no tool gets it. */
  onEvent(event: ToolEvent): boolean {
    if (!("at" in event)) {
      const wasPressed = this.#pressedMark !== undefined;
      this.#pressedMark = undefined;
      return wasPressed && event.type === "cancel";
    }
    const { id } = this.#review.bench.tools;
    const mayPoint = id.value === "select" || id.value === "issue";
    if (!mayPoint || (this.#review.bench.tools.isBusy() && event.type !== "up")) {
      this.isOverMark.value = false;
      return false;
    }
    return this.#markPressed(event) || this.#clicked(event);
  }

  #markPressed(event: PointerStep): boolean {
    const mark = this.#markAt(event.at);
    if (event.type === "move") this.isOverMark.value = mark !== undefined;
    const pressed = this.#pressedMark;
    if (event.type === "down" && event.button === "left") this.#pressedMark = mark;
    else if (event.type === "up" && pressed !== undefined) {
      this.#pressedMark = undefined;
      const entry = this.#review.find(pressed);
      if (entry !== undefined && event.travel < DRAG) this.#review.open(entry);
    } else if (event.type === "double") return mark !== undefined;
    return (pressed ?? this.#pressedMark) !== undefined;
  }

  #markAt(at: Point): string | undefined {
    return marksAt(this.#review.regions.peek(), at, this.#pixel)[0]?.key;
  }

  /** In review mode a click on a region opens it too, beside selecting; a right click offers what can be said. */
  #clicked({ type, at, travel, button, shift, ctrl, alt }: PointerStep): boolean {
    const { bench } = this.#review;
    if (type !== "up" || !this.#review.isOn.value || travel >= DRAG) return false;
    if (button === "right") {
      if (bench.targets.hit(at, this.#pixel).length > 0) showObjectMenu(this.#review, at);
      return false;
    }
    if (shift || ctrl || alt || bench.tools.id.value !== "select") return false;
    const entry = this.#review.find(regionsAt(this.#review.regions.peek(), at, 0)[0]?.key);
    if (entry === undefined) this.#review.close();
    else this.#review.open(entry);
    return false;
  }

  /** Image pixels that a screen pixel covers. */
  get #pixel(): number {
    return 1 / (this.#review.bench.scale.peek() ?? 1);
  }
}
