/** The tool in the hand: gives it events and what it may ask, keeps its state, shows its preview. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Point } from "../../core/model";
import { TOOLS } from "../../tools/registry";
import type { Effect, Preview, Tool, ToolContext, ToolEvent } from "../../tools/tool";

export type ToolId = Tool<unknown>["id"];
/** Those that draw shapes. */
export type DrawingTool = Exclude<ToolId, "select" | "issue">;

export class ToolRunner {
  readonly #context: () => ToolContext | undefined;
  readonly #perform: (effect: Effect) => void;
  readonly #preview = signal<Preview>({});
  readonly #cursor = signal("default");
  readonly #id = signal<ToolId>("select");
  #tool = TOOLS.select;
  #state = TOOLS.select.start;
  #at: Point = { x: 0, y: 0 };

  /** `context` is undefined while no picture is shown: then nothing can be drawn. */
  constructor(context: () => ToolContext | undefined, perform: (effect: Effect) => void) {
    this.#context = context;
    this.#perform = perform;
  }

  get id(): ReadonlySignal<ToolId> {
    return this.#id;
  }

  get preview(): ReadonlySignal<Preview> {
    return this.#preview;
  }

  get cursor(): ReadonlySignal<string> {
    return this.#cursor;
  }

  /** Where the pointer was last seen, in image pixels. */
  get at(): Point {
    return this.#at;
  }

  /** Whether something is half done. */
  isBusy(): boolean {
    return this.#tool.isBusy(this.#state);
  }

  /** Take another tool; what was half done with this one is dropped. */
  take(id: ToolId): void {
    this.#tool = TOOLS[id];
    this.#state = this.#tool.start;
    this.#id.value = id;
    this.refresh();
  }

  /** Pass on what a person did. */
  handle(event: ToolEvent): void {
    const context = this.#context();
    if (context === undefined) return;
    if ("at" in event) this.#at = event.at;
    const step = this.#tool.step(this.#state, event, context);
    this.#state = step.state;
    for (const effect of step.effects ?? []) this.#perform(effect);
    this.refresh();
  }

  /** Show anew what depends on more than the tool: the selection, the frame, the zoom. */
  refresh(): void {
    const context = this.#context();
    if (context === undefined) return;
    this.#preview.value = this.#tool.preview(this.#state, context);
    this.#cursor.value = this.#tool.cursor(this.#state, this.#at, context);
  }
}
