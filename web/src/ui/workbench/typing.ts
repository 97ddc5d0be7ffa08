/**
 * Typing what a picture says: the text of the selected shape, or that of the whole frame.
 *
 * What is typed goes into the document when the field is left and when typing pauses; all of one visit of the field is
 * one step of history.
 */

import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Attribute, Label, Shape, Tag } from "../../core/model";
import { readingOrder, type TextLabel, textAttribute, textLabel, textOf } from "../../core/texts";
import { tagOf } from "./tagging";
import type { Workbench } from "./workbench";

/** A pause in typing as long as this puts what was typed into the document: no crash takes more than that. */
const PAUSE_MS = 800;

/** What the field writes now. */
export interface Subject {
  /** Another one for each shape, or frame. */
  readonly key: string;
  readonly frame: number;
  /** Undefined: the frame has no tag yet, typing makes it. */
  readonly object: Shape | Tag | undefined;
  readonly label: Label;
  readonly attribute: Attribute;
  readonly text: string;
}

export class Typing {
  readonly #bench: Workbench;
  readonly #typed = signal<{ readonly subject: Subject; readonly text: string } | undefined>(undefined);
  readonly #asked = signal(0);
  readonly #isOn = signal(false);
  #hasLeft: boolean;
  #visit = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listening = new AbortController();
  readonly #stop: () => void;
  /** The label that texts are written with; undefined: the task has none. */
  readonly textLabel: ReadonlySignal<TextLabel | undefined>;
  /** The shapes of the frame that bear texts, as they are read. */
  readonly order: ReadonlySignal<readonly Shape[]>;
  /** How many of them have no text yet. */
  readonly emptyCount: ReadonlySignal<number>;
  /** What the field writes; undefined: nothing is selected that bears a text. */
  readonly subject: ReadonlySignal<Subject | undefined>;
  /** What stands in the field. */
  readonly text: ReadonlySignal<string>;

  constructor(bench: Workbench) {
    this.#bench = bench;
    // Whoever opens a job to be looked over came to look first.
    this.#hasLeft = bench.job.status !== "annotation";
    this.textLabel = computed(() => textLabel(bench.labels.value.values()));
    this.order = computed(() => {
      if (bench.mode.value.text !== "shape") return [];
      const bears = ({ labelId }: Shape) => textAttribute(bench.labels.value.get(labelId)) !== undefined;
      return readingOrder(bench.shapes.value.filter((shape) => bears(shape) && !bench.hides.value(shape)));
    });
    this.emptyCount = computed(() => this.order.value.filter((shape) => this.#isEmpty(shape)).length);
    this.subject = computed(() => this.#subjectNow());
    this.text = computed(() => {
      const subject = this.subject.value;
      const typed = this.#typed.value;
      return typed !== undefined && typed.subject.key === subject?.key ? typed.text : (subject?.text ?? "");
    });
    this.#stop = effect(() => {
      const key = this.subject.value?.key;
      if (this.#typed.peek() !== undefined && this.#typed.peek()?.subject.key !== key) this.settle();
    });
    // Before those who send what is unsaved hear of it.
    const early = { capture: true, signal: this.#listening.signal };
    addEventListener("pagehide", () => this.settle(), early);
    document.addEventListener("visibilitychange", () => this.settle(), early);
  }

  close(): void {
    this.settle();
    this.#stop();
    this.#listening.abort();
  }

  // ---- the field

  /** Rises when the field is to take the focus, with all of its text selected. */
  get asked(): ReadonlySignal<number> {
    return this.#asked;
  }

  /** Whether the field has the focus. */
  get isOn(): ReadonlySignal<boolean> {
    return this.#isOn;
  }

  /** Whether each frame that comes is to be typed at once: as long as nobody has left the field. */
  get followsFrames(): boolean {
    return this.#bench.mode.value.text === "frame" && !this.#hasLeft && !this.#bench.fixed.value;
  }

  entered(): void {
    this.#visit += 1;
    this.#isOn.value = true;
    this.#hasLeft = false;
  }

  /** `forGood`: to do something else, not to go to another frame by the pointer. */
  left(forGood: boolean): void {
    this.settle();
    this.#isOn.value = false;
    this.#hasLeft = forGood;
  }

  /** Begin anew in another mode, whose field is another one. */
  reset(): void {
    this.left(false);
  }

  /** Take over what the field has now. While an input method composes, it may still be something else. */
  write(text: string, isComposing = false): void {
    const subject = this.#typed.peek()?.subject ?? this.subject.peek();
    if (subject === undefined) return;
    this.#typed.value = { subject, text };
    clearTimeout(this.#timer);
    if (!isComposing) this.#timer = setTimeout(() => this.settle(), PAUSE_MS);
  }

  /** Put what was typed into the document. */
  settle(): void {
    clearTimeout(this.#timer);
    const typed = this.#typed.peek();
    if (typed === undefined) return;
    batch(() => {
      this.#store(typed.subject, typed.text);
      this.#typed.value = undefined;
    });
  }

  // ---- from text to text

  /** Enter and Shift+Enter: the text after, or before, in reading order; or that of the frame after, or before. */
  step(direction: 1 | -1): void {
    this.settle();
    this.#visit += 1;
    if (this.#bench.mode.value.text === "frame") this.#stepFrame(direction);
    else this.#stepShape(direction);
  }

  /** Take the text up: of what is selected, else of the first shape that has none yet, else of the first. */
  begin(): void {
    if (this.subject.value === undefined) {
      const first = this.order.value.find((shape) => this.#isEmpty(shape)) ?? this.order.value[0];
      if (first === undefined) {
        this.#bench.say("text.nothing");
        return;
      }
      this.#go(first);
    }
    this.ask();
  }

  /** Type the text of a shape that was just drawn and selected; whether it has one here. */
  take(shape: Shape): boolean {
    if (this.subject.value?.key !== shape.cid) return false;
    this.ask();
    this.#bench.say("text.drawn");
    return true;
  }

  /** Leave the field; the tool stays in the hand. */
  leave(): void {
    this.#blur();
    this.#bench.say("text.left");
  }

  /** Have the field take the focus. */
  ask(): void {
    this.#asked.value += 1;
  }

  #stepFrame(direction: 1 | -1): void {
    const { job, navigation } = this.#bench;
    const to = navigation.wanted.value + direction;
    if (to > job.last) this.#bench.say("text.last-frame");
    else this.#bench.go(to);
  }

  #stepShape(direction: 1 | -1): void {
    const key = this.subject.value?.key;
    const at = this.order.value.findIndex(({ cid }) => cid === key);
    const next = this.order.value[at + direction];
    if (at >= 0 && next !== undefined) {
      this.#go(next);
      this.ask();
      return;
    }
    this.#blur();
    this.#bench.say(direction === 1 ? "text.all-passed" : "text.first");
  }

  #go({ cid }: Shape): void {
    this.#bench.select([cid]);
    this.#bench.reveal(cid);
  }

  #blur(): void {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }

  // ---- what is written

  #subjectNow(): Subject | undefined {
    const { labels, mode, navigation, selectedShapes } = this.#bench;
    if (mode.value.text === "none") return undefined;
    if (mode.value.text === "frame") {
      const frame = navigation.wanted.value;
      const found = this.textLabel.value;
      if (found === undefined || navigation.failure.value !== undefined) return undefined;
      const object = this.#tagOn(frame, found.label);
      const text = object === undefined ? "" : (textOf(object, found.label) ?? "");
      return { ...found, key: `frame ${frame}`, frame, object, text };
    }
    const [object, ...others] = selectedShapes.value;
    const label = object && labels.value.get(object.labelId);
    const attribute = textAttribute(label);
    if (object === undefined || others.length > 0 || label === undefined || attribute === undefined)
      return undefined;
    return {
      key: object.cid,
      frame: object.frame,
      object,
      label,
      attribute,
      text: textOf(object, label) ?? "",
    };
  }

  #isEmpty(shape: Shape): boolean {
    return textOf(shape, this.#bench.labels.value.get(shape.labelId)) === "";
  }

  #tagOn(frame: number, label: Label): Tag | undefined {
    this.#bench.document.version.value;
    return this.#bench.document.tagsOn(frame).find(({ labelId }) => labelId === label.id);
  }

  #store({ frame, object, label, attribute }: Subject, text: string): void {
    const { document, edit, history } = this.#bench;
    const isShape = object !== undefined && object.type !== "tag";
    const kept = isShape ? document.get(object.cid) : this.#tagOn(frame, label);
    // Deleted while its text was typed: it stays deleted.
    if (isShape && kept === undefined) return;
    const before = kept ?? tagOf(label, frame);
    const isSame = (kept === undefined ? "" : textOf(kept, label)) === text;
    if (isSame || edit.unlocked([before]).length === 0 || edit.refuses()) return;
    const put = [{ ...before, attributes: { ...before.attributes, [attribute.id]: text } }];
    history.perform("text", { put, remove: [] }, `text ${this.#visit}`);
  }
}
