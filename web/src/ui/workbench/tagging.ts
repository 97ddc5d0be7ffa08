/** Labelling whole frames: a label gives the frame its tag, or takes it away, and the next frame comes. */

import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Label, Tag } from "../../core/model";
import { remember, remembered } from "../../remember";
import { defaultAttributes } from "../../tools/edits";
import { newCid } from "./editing";
import type { Workbench } from "./workbench";

const SWITCH = ["on", "off"] as const;

/** A switch that this browser remembers. */
function kept(name: string, otherwise: boolean) {
  const value = signal((remembered(name, SWITCH) ?? (otherwise ? "on" : "off")) === "on");
  const set = (on: boolean) => {
    value.value = on;
    remember(name, on ? "on" : "off");
  };
  return { value, set };
}

export class Tagging {
  readonly #bench: Workbench;
  /** Whether a tag brings the next frame. */
  readonly goesOn = kept("tags.go-on", true);
  /** Whether a tag takes the place of the others. */
  readonly isSingle = kept("tags.single", false);
  /** The ids of the labels that the frame asked for last has a tag of. */
  readonly given: ReadonlySignal<ReadonlySet<number>>;

  constructor(bench: Workbench) {
    this.#bench = bench;
    this.given = computed(() => {
      bench.document.version.value;
      return new Set(bench.document.tagsOn(bench.navigation.wanted.value).map(({ labelId }) => labelId));
    });
  }

  /** The labels with a key, by it: 1–9, and 0 for the tenth. */
  ofDigit(digit: number): Label | undefined {
    return this.#bench.labelChoice.ofDigit(digit === 0 ? 10 : digit);
  }

  /**
   * Give the frame asked for last the tag of `label` and go on, or take it away when it is there; with `stays`, stay
   * on the frame. The picture may still be on its way: no key pressed meanwhile is lost.
   */
  toggle(label: Label, stays: boolean): void {
    const { document, edit, history, labelChoice, navigation } = this.#bench;
    if (this.#bench.isDrawing() || edit.refuses()) return;
    if (navigation.failure.value !== undefined) {
      edit.awaitsFrame();
      return;
    }
    labelChoice.noteUse(label);
    const frame = navigation.wanted.value;
    const tags = document.tagsOn(frame);
    const own = tags.filter((tag) => tag.labelId === label.id);
    if (own.length > 0) {
      this.remove(own);
      return;
    }
    const replaced = this.isSingle.value.value ? edit.unlocked(tags).map(({ cid }) => cid) : [];
    const tag = tagOf(label, frame);
    batch(() => {
      history.perform("tag", { put: [tag], remove: replaced });
      this.#bench.select([tag.cid]);
    });
    this.#bench.say("tag.given", { label: label.name, frame });
    if (stays || !this.goesOn.value.value) return;
    if (frame === this.#bench.job.last) this.#bench.say("tag.last", { label: label.name });
    else this.#bench.go(frame + 1);
  }

  toggleByDigit(digit: number, stays: boolean): void {
    const label = this.ofDigit(digit);
    if (label !== undefined) this.toggle(label, stays);
    else {
      const count = this.#bench.labels.value.size;
      this.#bench.say("workbench.label.no-digit", { digit: digit === 0 ? 10 : digit, count });
    }
  }

  /** Take tags away. */
  remove(tags: readonly Tag[]): void {
    const gone = this.#bench.edit.unlocked(tags);
    const [first] = gone;
    if (first === undefined || this.#bench.edit.refuses()) return;
    this.#bench.history.perform("untag", { put: [], remove: gone.map(({ cid }) => cid) });
    const label = this.#bench.labels.value.get(first.labelId)?.name ?? "";
    this.#bench.say("tag.taken", { label, frame: first.frame });
  }
}

/** A new tag of `label`. */
export function tagOf(label: Label, frame: number): Tag {
  return {
    cid: newCid(),
    id: undefined,
    frame,
    type: "tag",
    labelId: label.id,
    group: 0,
    source: "manual",
    attributes: defaultAttributes(label),
  };
}
