/** Which mode the workbench is in: that of the task's type, or the one the person chose for this task. */

import { type ReadonlySignal, signal } from "@preact/signals";
import { remember, remembered } from "../../remember";
import { MODE_NAMES, MODES, type Mode, type ModeName, modeOf } from "./modes";
import type { Workbench } from "./workbench";

export class ModeChoice {
  readonly #bench: Workbench;
  readonly #current;
  /** What the task's type asks for. */
  readonly #own: Mode;
  readonly #memory: string;
  /** Where the switch between all tools and fewer leads back to. */
  #before: ModeName;

  constructor(bench: Workbench) {
    const { annotationType, taskId } = bench.job;
    this.#bench = bench;
    this.#own = modeOf(annotationType);
    this.#memory = `mode.${taskId}`;
    const chosen = remembered(this.#memory, MODE_NAMES);
    this.#current = signal(chosen === undefined ? this.#own : MODES[chosen]);
    this.#before = this.#own.name;
  }

  get current(): ReadonlySignal<Mode> {
    return this.#current;
  }

  choose(name: ModeName): void {
    const before = this.#current.value.name;
    if (name === before || this.#bench.isDrawing()) return;
    this.#bench.typing.reset();
    if (before !== "all") this.#before = before;
    this.#current.value = MODES[name];
    remember(this.#memory, name);
    this.begin();
    this.#bench.say(`mode.hint.${name}`);
  }

  /** W: all tools, or those of the task's type again. */
  toggle(): void {
    if (this.#current.value.name !== "all") this.choose("all");
    else if (this.#before !== "all") this.choose(this.#before);
    else this.#bench.say("mode.none");
  }

  /** Take up the label and the tool the mode begins with; a tool it has not is put down. */
  begin(): void {
    const { document, fixed, job, labelChoice, tools } = this.#bench;
    const { arms, label, tools: own } = this.#current.value;
    const [first] = own;
    labelChoice.begin(label);
    const mayDraw = job.status === "annotation" && !fixed.value;
    if (first !== undefined && mayDraw && (arms === "at-once" || document.size === 0)) tools.take(first);
    else if (!["select", "issue", ...own].includes(tools.id.value)) tools.take("select");
  }
}
