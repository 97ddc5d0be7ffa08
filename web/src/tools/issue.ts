/** Point to what is wrong: a box dragged anywhere, or an object clicked. Nothing of the job is changed by it. */

import { boxBetween, clampPoint, overlap, rounded } from "../core/geometry";
import type { Box, Point, Shape } from "../core/model";
import { MIN_SIDE } from "../core/types";
import { DRAG } from "./edit";
import type { Effect, PointerStep, Step, Tool, ToolContext, ToolEvent } from "./tool";

type State =
  | { readonly name: "idle"; readonly at: Point | undefined }
  | { readonly name: "pressed"; readonly down: PointerStep; readonly target: Shape | undefined }
  | { readonly name: "dragging"; readonly from: Point; readonly at: Point };

type Idle = Extract<State, { name: "idle" }>;

const IDLE: State = { name: "idle", at: undefined };
const DROPPED: Step<State> = { state: IDLE, effects: [{ do: "say", key: "issue.dropped" }] };

export const issue: Tool<State> = {
  id: "issue",
  start: IDLE,

  step(state, event, context): Step<State> {
    if (state.name === "idle") return idle(state, event, context);
    switch (event.type) {
      case "cancel":
      case "back":
        return DROPPED;
      case "complete":
        return state.name === "dragging" ? ended(state, context) : { state };
      case "down":
        return event.button === "right" ? DROPPED : { state };
      case "move":
      case "up":
        return event.button === "right" ? { state } : pressed(state, event, context);
      default:
        return { state };
    }
  },

  preview(state, { image }) {
    if (state.name !== "dragging") return state.name === "idle" && state.at ? { crosshair: state.at } : {};
    const points = edgesOf(boxIn(state.from, state.at, image));
    return { draft: { type: "rectangle", points, open: false } };
  },

  cursor: (state, at, context) =>
    state.name === "idle" && context.hit(at).length > 0 ? "pointer" : "crosshair",

  isBusy: (state) => state.name !== "idle",
};

function idle(state: Idle, event: ToolEvent, context: ToolContext): Step<State> {
  switch (event.type) {
    case "cancel":
      return { state, effects: [{ do: "disarm" }] };
    case "complete":
    case "back":
      return { state, effects: [{ do: "say", key: "tool.nothing-begun" }] };
    case "move":
      return { state: { name: "idle", at: event.at } };
    case "down": {
      const target = context.hit(event.at)[0];
      if (event.button === "left") return { state: { name: "pressed", down: event, target } };
      // A right click aims at an object, for what can be said of it.
      if (target === undefined) return { state, effects: [{ do: "say", key: "select.nothing-here" }] };
      return { state, effects: [{ do: "select", cids: [target.cid] }] };
    }
    default:
      return { state };
  }
}

function pressed(state: Exclude<State, Idle>, event: PointerStep, context: ToolContext): Step<State> {
  if (state.name === "pressed" && event.travel < DRAG)
    return event.type === "up" ? { state: IDLE, effects: clicked(state.target) } : { state };
  const from = state.name === "pressed" ? state.down.at : state.from;
  const next: State = { name: "dragging", from, at: event.at };
  return event.type === "up" ? ended(next, context) : { state: next };
}

function clicked(target: Shape | undefined): readonly Effect[] {
  if (target === undefined) return [{ do: "say", key: "issue.nothing-here" }];
  return [{ do: "raise", shapes: [target] }];
}

function ended({ from, at }: Extract<State, { name: "dragging" }>, { image }: ToolContext): Step<State> {
  if (!overlap(boxBetween(from, at), { left: 0, top: 0, right: image.width, bottom: image.height }))
    return { state: IDLE, effects: [{ do: "say", key: "issue.outside" }] };
  const box = boxIn(from, at, image);
  if (box.right - box.left < MIN_SIDE || box.bottom - box.top < MIN_SIDE)
    return { state: IDLE, effects: [{ do: "say", key: "issue.too-small" }] };
  return { state: IDLE, effects: [{ do: "raise", shapes: [{ type: "rectangle", points: edgesOf(box) }] }] };
}

function boxIn(from: Point, at: Point, image: ToolContext["image"]): Box {
  return boxBetween(clampPoint(from, image), clampPoint(at, image));
}

function edgesOf({ left, top, right, bottom }: Box): number[] {
  return [rounded(left), rounded(top), rounded(right), rounded(bottom)];
}
