/** The labels of the task, and which of them the next object gets. */

import { computed, signal } from "@preact/signals";
import { labelDigits, withRecent } from "../../core/label-search";
import type { Label } from "../../core/model";
import { textLabel } from "../../core/texts";
import { remember, remembered } from "../../remember";
import { createLabel } from "./job";
import type { Mode } from "./modes";

export class LabelChoice {
  readonly #taskId: number;
  readonly all = signal<ReadonlyMap<number, Label>>(new Map());
  /** The id of the label that the next object gets, and the draft has. */
  readonly next = signal<number | undefined>(undefined);
  /** Ids by use, the last one first. */
  readonly recent = signal<readonly number[]>([]);
  /** The keys 1–9, by label id. */
  readonly digits = computed(() => labelDigits([...this.all.value.values()]));

  constructor(taskId: number, labels: readonly Label[]) {
    this.#taskId = taskId;
    this.#take(labels);
    this.next.value = labels[0]?.id;
  }

  /** The label the next object gets; undefined when the task has none. */
  get armed(): Label | undefined {
    const id = this.next.value;
    return id === undefined ? undefined : this.all.value.get(id);
  }

  /** Give the next object this label. */
  arm(label: Label): void {
    this.next.value = label.id;
    remember(`label.${this.#taskId}`, String(label.id));
  }

  /** Give the next object the label a mode begins with; `first` is what it has already. */
  begin(which: Mode["label"]): void {
    const ids = [...this.all.value.keys()].map(String);
    const found =
      which === "text"
        ? textLabel(this.all.value.values())?.label.id
        : which === "last-used" && remembered(`label.${this.#taskId}`, ids);
    if (found) this.next.value = Number(found);
  }

  /** The label of key `digit`, 1 to 9; 10 is the tenth. */
  ofDigit(digit: number): Label | undefined {
    return [...this.all.value.values()][digit - 1];
  }

  noteUse(label: Label): void {
    this.recent.value = withRecent(this.recent.value, label.id);
  }

  /** Make a label that was typed for the first time. Raises ApiError, Unreachable. */
  async create(name: string): Promise<Label | undefined> {
    const labels = await createLabel(this.#taskId, name.trim());
    this.#take(labels);
    return labels.find((label) => label.name === name.trim());
  }

  #take(labels: readonly Label[]): void {
    this.all.value = new Map(labels.map((label) => [label.id, label]));
  }
}
