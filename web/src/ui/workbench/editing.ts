/** Changes a person makes to objects: each one step of history, none of a locked object, none in a job that is read only. */

import type { StepName, Touched } from "../../core/history";
import type { Annotation, Cid, Shape } from "../../core/model";
import { type Key, t } from "../../i18n";
import { areWhole, nudged, pasted } from "../../tools/edits";
import { toast } from "../kit/toast";
import type { AttributeChange } from "./attributes";
import type { Workbench } from "./workbench";

/** What is not deleted: what cannot be touched on the picture, or only what is locked, or nothing is spared. */
export type Spared = "untouchable" | "locked" | "nothing";

/** How long objects found by undo are pointed out, in ms. */
const FLASH_MS = 900;

export class Editing {
  readonly #bench: Workbench;
  #clipboard: readonly Shape[] = [];
  /** Takes back the toast that offers what was deleted. */
  #withdrawOffer: () => void = () => undefined;

  constructor(bench: Workbench) {
    this.#bench = bench;
  }

  /** Put changed objects in place as one step. Nothing to put is no step. Says why when the job is read only. */
  change(name: StepName, put: readonly Annotation[], merge?: string): void {
    // A shape that somebody else deleted while it was dragged stays deleted.
    const changed = put.filter((object) => {
      const now = this.#bench.document.get(object.cid);
      return now !== undefined && now !== object;
    });
    if (changed.length === 0 || this.refuses() || this.awaitsFrame()) return;
    this.#bench.history.perform(name, { put: changed, remove: [] }, merge);
  }

  setAttribute({ cids, attributeId, value, merge }: AttributeChange): void {
    const objects = cids.map((cid) => this.#bench.document.get(cid)).filter((object) => object !== undefined);
    const put = this.unlocked(objects)
      .filter((object) => object.attributes[attributeId] !== value)
      .map((object) => ({ ...object, attributes: { ...object.attributes, [attributeId]: value } }));
    this.change("attribute", put, merge);
  }

  setOccluded(occluded: boolean): void {
    if (this.#hasNothing()) return;
    const put = this.unlocked(this.#bench.selectedShapes.value).map((shape) => ({ ...shape, occluded }));
    this.change("occluded", put);
  }

  /** Lay the selected shapes over or under all others of the frame. */
  reorder(to: "front" | "back"): void {
    if (this.#hasNothing()) return;
    const layers = this.#bench.shapes.value.map((shape) => shape.zOrder);
    const zOrder = to === "front" ? Math.max(0, ...layers) + 1 : Math.min(0, ...layers) - 1;
    this.change(
      "order",
      this.#touchable(this.#bench.selectedShapes.value).map((shape) => ({ ...shape, zOrder })),
    );
  }

  /** Move the selected shapes; a run of key repeats is one step. */
  nudge(dx: number, dy: number): void {
    const image = this.#bench.picture.value;
    const shapes = this.#touchable(this.#bench.selectedShapes.value);
    if (image === undefined || shapes.length === 0) return;
    this.change("move", nudged(shapes, dx, dy, image), `nudge ${shapes.map((shape) => shape.cid).join()}`);
  }

  /** Delete objects at once; a toast offers them back. */
  remove(objects: readonly Annotation[], spared: Spared = "untouchable"): void {
    const gone = this.#without(spared, objects);
    if (gone.length === 0) {
      if (objects.length === 0) this.#bench.say("workbench.nothing-selected");
      return;
    }
    if (this.refuses() || this.awaitsFrame()) return;
    this.#bench.history.perform("delete", { put: [], remove: gone.map(({ cid }) => cid) });
    const deleted = this.#bench.history.state.value;
    const back = () => (this.#bench.history.state.value === deleted ? this.undo() : this.#restore(gone));
    this.#withdrawOffer = toast(t("workbench.deleted", { count: gone.length }), {
      key: "deleted",
      action: { text: t("workbench.undo"), run: back },
    });
  }

  #restore(objects: readonly Annotation[]): void {
    if (this.refuses()) return;
    const missing = objects.filter(({ cid }) => this.#bench.document.get(cid) === undefined);
    if (missing.length === 0) return;
    this.#bench.history.perform("paste", {
      put: missing.map((object) => ({ ...object, id: undefined })),
      remove: [],
    });
  }

  copy(): void {
    if (this.#hasNothing()) return;
    const shapes = this.#bench.selectedShapes.value;
    this.#clipboard = shapes;
    this.#bench.say("workbench.copied", { count: shapes.length });
  }

  paste(): void {
    const picture = this.#bench.picture.value;
    if (this.refuses() || this.awaitsFrame() || picture === undefined) return;
    if (this.#clipboard.length === 0) {
      this.#bench.say("workbench.nothing-copied");
      return;
    }
    const there = this.#bench.shapes.value;
    const put = pasted(this.#clipboard, undefined, picture.frame, picture, newCid, there);
    if (put.length > 0) this.#bench.history.perform("paste", { put, remove: [] });
    this.#bench.selected.value = new Set(put.map((shape) => shape.cid));
    if (put.length < this.#clipboard.length) {
      this.#bench.say("workbench.pasted-less", { count: put.length, all: this.#clipboard.length });
    }
    // The next paste lies a little aside of this one, not on it; and what did not fit here may fit elsewhere.
    this.#clipboard = areWhole(put, this.#clipboard)
      ? put
      : this.#clipboard.map((shape) => ({ ...shape, frame: picture.frame }));
  }

  /** Take back the last step; while a shape is being drawn, its last point. */
  undo(): void {
    this.#bench.typing.settle();
    if (this.#bench.tools.isBusy()) {
      this.#bench.onEvent({ type: "back" });
      return;
    }
    if (this.#bench.isDrawing() || this.refuses()) return;
    if (this.#bench.history.state.value.undo === "delete") this.#withdrawOffer();
    this.#show(this.#bench.history.undo(), "workbench.undone", "workbench.no-undo");
  }

  redo(): void {
    this.#bench.typing.settle();
    if (this.#bench.isDrawing() || this.refuses()) return;
    this.#show(this.#bench.history.redo(), "workbench.redone", "workbench.no-redo");
  }

  /** Go where a step was undone or made anew, and point out what it touched. */
  #show(touched: Touched | undefined, done: Key, nothing: Key): void {
    if (touched === undefined) {
      this.#bench.say(nothing);
      return;
    }
    this.#bench.say(done, { step: t(`step.${touched.name}`) });
    const cids = new Set(touched.cids);
    this.#bench.selected.value = cids;
    const isElsewhere = touched.frame !== undefined && touched.frame !== this.#bench.picture.value?.frame;
    if (!isElsewhere) return;
    void this.#bench.navigation.go(touched.frame ?? this.#bench.job.first).then(() => {
      this.#bench.flashed.value = cids;
      setTimeout(() => {
        if (this.#bench.flashed.value === cids) this.#bench.flashed.value = new Set();
      }, FLASH_MS);
    });
  }

  /** Whether no shape is selected to act on; says so. */
  #hasNothing(): boolean {
    const isNone = this.#bench.selectedShapes.value.length === 0;
    if (isNone) this.#bench.say("workbench.nothing-selected");
    return isNone;
  }

  #without(spared: Spared, objects: readonly Annotation[]): readonly Annotation[] {
    if (spared === "nothing") return objects;
    return spared === "locked" ? this.unlocked(objects) : this.#touchable(objects);
  }

  /** Those neither locked nor hidden: what nobody sees must not be moved or deleted. Says what stays as it is. */
  #touchable<Kind extends Annotation>(objects: readonly Kind[]): readonly Kind[] {
    const unlocked = this.unlocked(objects);
    const seen = unlocked.filter((object) => this.#bench.marks.isFree(object));
    if (seen.length < unlocked.length)
      this.#bench.say("workbench.hidden", { count: unlocked.length - seen.length });
    return seen;
  }

  unlocked<Kind extends Annotation>(objects: readonly Kind[]): readonly Kind[] {
    const free = objects.filter((object) => !this.#bench.marks.isLocked(object));
    if (free.length < objects.length)
      this.#bench.say("workbench.locked", { count: objects.length - free.length });
    return free;
  }

  /** Whether another frame than the one shown is asked for, so that a change could hit the wrong one; says so. */
  awaitsFrame(): boolean {
    const { navigation } = this.#bench;
    if (navigation.isShown()) return false;
    this.#bench.say(
      navigation.failure.value === undefined ? "workbench.frame.loading" : "workbench.frame.failed",
      { frame: navigation.wanted.value },
    );
    return true;
  }

  /** Whether nothing may be changed; says why. */
  refuses(): boolean {
    const { fixed, sync } = this.#bench;
    const why = sync.readOnly.value ? undefined : this.forbids;
    if (fixed.value) this.#bench.say(why ?? "workbench.read-only");
    return fixed.value;
  }

  /** What forbids changes to this frame, though the job can be saved. */
  get forbids(): Key | undefined {
    const { deleted, review } = this.#bench;
    return review.value?.forbids.value ?? (deleted.isHere.value ? "workbench.frame.is-deleted" : undefined);
  }
}

export function newCid(): Cid {
  // randomUUID exists in secure contexts only, and a server on a LAN speaks plain http.
  return (
    crypto.randomUUID?.() ??
    [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  );
}
