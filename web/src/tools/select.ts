/** Select, move and change shapes. */

import { boxBetween } from "../core/geometry";
import type { Cid, Point, Shape } from "../core/model";
import { DRAG, type Edit, editCursor, edited, finished, handleCursor, vertexRemoved } from "./edit";
import { pickNext } from "./pick";
import type { Effect, Grip, PointerStep, Step, Tool, ToolContext, ToolEvent } from "./tool";

type State =
  /** `picked`: the shape that Alt+click reached; a drag moves it even from under others. */
  | { readonly name: "idle"; readonly picked: Cid | undefined }
  | {
      readonly name: "pressed";
      readonly down: PointerStep;
      readonly grip: Grip | undefined;
      readonly target: Shape | undefined;
      readonly picked: Cid | undefined;
    }
  | { readonly name: "editing"; readonly edit: Edit; readonly picked: Cid | undefined }
  | { readonly name: "marquee"; readonly from: Point; readonly at: Point; readonly adds: boolean };

type Pressed = Extract<State, { name: "pressed" }>;

const IDLE: State = { name: "idle", picked: undefined };

export const select: Tool<State> = {
  id: "select",
  start: IDLE,

  step(state, event, context) {
    if (state.name === "idle") return idle(state, event, context);
    const dropped = event.type === "cancel" || (event.type === "down" && event.button === "right");
    if (dropped)
      return {
        state: { name: "idle", picked: "picked" in state ? state.picked : undefined },
        effects: state.name === "editing" ? [{ do: "say", key: "edit.dropped" }] : [],
      };
    if ((event.type !== "move" && event.type !== "up") || event.button === "right") return { state };
    if (state.name === "pressed") return pressed(state, event, context);
    return state.name === "editing" ? editing(state, event, context) : marquee(state, event, context);
  },

  preview(state, context) {
    if (state.name === "editing") return { edited: edited(state.edit, context.image) };
    const fixed = context.fixed ? { fixed: true } : {};
    return state.name === "marquee" ? { ...fixed, marquee: boxBetween(state.from, state.at) } : fixed;
  },

  cursor(state, at, context) {
    if (state.name === "editing") return editCursor(state.edit);
    if (state.name === "marquee") return "default";
    const grip = context.fixed ? undefined : context.grip(at);
    if (grip !== undefined) return handleCursor(grip);
    const target = targetAt(at, state.picked, context);
    if (target === undefined) return "default";
    return isSelected(target, context) && !context.fixed ? "move" : "pointer";
  },

  isBusy: (state) => state.name !== "idle",
};

function idle(state: Extract<State, { name: "idle" }>, event: ToolEvent, context: ToolContext): Step<State> {
  switch (event.type) {
    case "cancel":
      if (context.selected.length === 0) return { state, effects: [{ do: "disarm" }] };
      return { state: IDLE, effects: [{ do: "select", cids: [] }] };
    case "complete":
    case "back":
      return { state, effects: [{ do: "say", key: "tool.nothing-begun" }] };
    case "down": {
      const target = targetAt(event.at, state.picked, context);
      if (event.button === "right") return { state, effects: aimed(target, context) };
      const grip = event.ctrl || context.fixed ? undefined : context.grip(event.at);
      const { picked } = state;
      return { state: { name: "pressed", down: event, grip, target: grip?.shape ?? target, picked } };
    }
    default:
      return { state };
  }
}

function pressed(state: Pressed, event: PointerStep, context: ToolContext): Step<State> {
  if (event.travel >= DRAG) return dragged(state, event, context);
  if (event.type === "move") return { state };
  return state.down.alt ? altClicked(state, context) : clicked(state, context);
}

/** A drag begins: by a handle, of shapes, or of a box over nothing. */
function dragged(state: Pressed, event: PointerStep, context: ToolContext): Step<State> {
  const { down, grip, target, picked } = state;
  const [from, at] = [down.at, event.at];
  const adds = down.shift || down.ctrl;
  if (target === undefined || context.fixed)
    return marquee({ name: "marquee", from, at, adds }, event, context);
  if (grip !== undefined)
    return editing({ name: "editing", edit: { name: "handle", grip, from, at }, picked }, event, context);
  const known = isSelected(target, context);
  const shapes = known ? context.selected : adds ? [...context.selected, target] : [target];
  const effects: Effect[] = known ? [] : [{ do: "select", cids: shapes.map((shape) => shape.cid) }];
  const step = editing({ name: "editing", edit: { name: "move", shapes, from, at }, picked }, event, context);
  return { state: step.state, effects: [...effects, ...(step.effects ?? [])] };
}

function clicked({ down, target }: Pressed, context: ToolContext): Step<State> {
  const adds = down.shift || down.ctrl;
  // A click takes the topmost, whatever a drag would have moved.
  const shape = context.hit(down.at)[0] ?? target;
  const cids = context.selected.map((each) => each.cid);
  if (shape === undefined) return { state: IDLE, effects: adds ? [] : [{ do: "select", cids: [] }] };
  if (!adds) return { state: IDLE, effects: [{ do: "select", cids: [shape.cid] }] };
  const others = cids.filter((cid) => cid !== shape.cid);
  return {
    state: IDLE,
    effects: [{ do: "select", cids: others.length < cids.length ? others : [...cids, shape.cid] }],
  };
}

function altClicked({ down, grip, picked }: Pressed, context: ToolContext): Step<State> {
  const removed = grip && vertexRemoved(grip, context);
  if (removed !== undefined) return { state: { name: "idle", picked }, effects: removed };
  const next = pickNext(down.at, context);
  return { state: { name: "idle", picked: next.cid }, effects: next.effects };
}

function editing(
  state: Extract<State, { name: "editing" }>,
  event: PointerStep,
  context: ToolContext,
): Step<State> {
  const edit: Edit = { ...state.edit, at: event.at };
  if (event.type !== "up") return { state: { ...state, edit } };
  return { state: { name: "idle", picked: state.picked }, effects: finished(edit, context) };
}

function marquee(
  state: Extract<State, { name: "marquee" }>,
  event: PointerStep,
  context: ToolContext,
): Step<State> {
  if (event.type !== "up") return { state: { ...state, at: event.at } };
  const found = context.inside(boxBetween(state.from, event.at)).map((shape) => shape.cid);
  const before = state.adds ? context.selected.map((shape) => shape.cid) : [];
  const effects: Effect[] = [{ do: "select", cids: [...new Set([...before, ...found])] }];
  if (found.length === 0) effects.push({ do: "say", key: "select.none-inside" });
  return { state: IDLE, effects };
}

/** What a drag at `at` would move: the shape Alt+click reached, else the topmost. */
function targetAt(at: Point, picked: Cid | undefined, context: ToolContext): Shape | undefined {
  const stack = context.hit(at);
  return stack.find((shape) => shape.cid === picked && isSelected(shape, context)) ?? stack[0];
}

function isSelected(shape: Shape, context: ToolContext): boolean {
  return context.selected.some((each) => each.cid === shape.cid);
}

/** A right click aims at a shape, for what the workbench offers for it; one of a selection keeps the rest. */
function aimed(target: Shape | undefined, context: ToolContext): readonly Effect[] {
  if (target === undefined || isSelected(target, context)) return [];
  return [{ do: "select", cids: [target.cid] }];
}
