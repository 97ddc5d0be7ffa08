import type { Point, Shape } from "../src/core/model";
import { SpatialIndex } from "../src/core/spatial";
import { gripAt } from "../src/core/types";
import { TOOLS } from "../src/tools/registry";
import type { Effect, PointerStep, Preview, Tool, ToolContext, ToolEvent } from "../src/tools/tool";
import { box } from "./shapes";

type At = readonly [x: number, y: number];
type Keys = Partial<Pick<PointerStep, "shift" | "ctrl" | "alt" | "button">>;

/** A hand with a tool over shapes on an image of 200 by 100, doing what the tool's effects ask as the workbench does. */
export class Hand {
  readonly image = { width: 200, height: 100 };
  pixel = 1;
  fixed = false;
  selected: string[] = [];
  effects: Effect[] = [];
  readonly #tool: Tool<unknown>;
  #state: unknown;
  #down: Point | undefined;

  constructor(
    id: keyof typeof TOOLS,
    public shapes: Shape[] = [],
  ) {
    this.#tool = TOOLS[id];
    this.#state = this.#tool.start;
  }

  get context(): ToolContext {
    const index = new SpatialIndex(this.shapes);
    const selected = this.shapes.filter((shape) => this.selected.includes(shape.cid));
    return {
      image: this.image,
      pixel: this.pixel,
      fixed: this.fixed,
      selected,
      hit: (at) => index.hit(at, 3 * this.pixel),
      inside: (box) => index.inside(box),
      grip: (at) => gripAt(selected, at, this.pixel),
    };
  }

  get preview(): Preview {
    return this.#tool.preview(this.#state, this.context);
  }

  get busy(): boolean {
    return this.#tool.isBusy(this.#state);
  }

  /** Since the last look: what was said. */
  get said(): string[] {
    return this.#taken("say").map((effect) => effect.key);
  }

  /** Since the last look: what was drawn. */
  get drawn(): (readonly number[])[] {
    return this.#taken("draw").map((effect) => effect.shape.points);
  }

  /** Since the last look: names of the changes made. */
  get changes(): string[] {
    return this.#taken("change").map((effect) => effect.name);
  }

  points(cid: string): readonly number[] | undefined {
    return this.shapes.find((shape) => shape.cid === cid)?.points;
  }

  cursor([x, y]: At): string {
    return this.#tool.cursor(this.#state, { x, y }, this.context);
  }

  send(event: ToolEvent): this {
    const { state, effects = [] } = this.#tool.step(this.#state, event, this.context);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    return this;
  }

  press(key: "cancel" | "complete" | "back"): this {
    return this.send({ type: key });
  }

  down([x, y]: At, keys: Keys = {}): this {
    this.#down = { x, y };
    return this.#point("down", { x, y }, keys);
  }

  move([x, y]: At, keys: Keys = {}): this {
    return this.#point("move", { x, y }, keys);
  }

  up([x, y]: At, keys: Keys = {}): this {
    this.#point("up", { x, y }, keys);
    this.#down = undefined;
    return this;
  }

  click(at: At, keys: Keys = {}): this {
    return this.move(at, keys).down(at, keys).up(at, keys);
  }

  /** As browsers tell it: two clicks, then the double one. */
  double(at: At): this {
    return this.click(at).click(at).#point("double", { x: at[0], y: at[1] }, {});
  }

  drag(from: At, to: At, keys: Keys = {}): this {
    const middle: At = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
    return this.move(from, keys).down(from, keys).move(middle, keys).move(to, keys).up(to, keys);
  }

  #point(type: PointerStep["type"], at: Point, keys: Keys): this {
    const down = this.#down;
    const travel = down === undefined ? 0 : Math.hypot(at.x - down.x, at.y - down.y) / this.pixel;
    return this.send({ type, at, travel, button: "left", shift: false, ctrl: false, alt: false, ...keys });
  }

  #perform(effect: Effect): void {
    this.effects.push(effect);
    if (effect.do === "select") this.selected = [...effect.cids];
    if (effect.do === "change") this.#put(effect.put);
    if (effect.do === "draw") {
      const cid = `drawn${this.shapes.length}`;
      this.shapes = [...this.shapes, box(cid, effect.shape)];
      this.selected = [cid];
    }
  }

  #put(put: readonly Shape[]): void {
    const changed = new Map(put.map((shape) => [shape.cid, shape]));
    this.shapes = this.shapes.map((shape) => changed.get(shape.cid) ?? shape);
  }

  #taken<Do extends Effect["do"]>(kind: Do): Extract<Effect, { do: Do }>[] {
    const isKind = (effect: Effect): effect is Extract<Effect, { do: Do }> => effect.do === kind;
    const taken = this.effects.filter(isKind);
    this.effects = this.effects.filter((effect) => !isKind(effect));
    return taken;
  }
}
