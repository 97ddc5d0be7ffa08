/** What all drawing tools share: while nothing is being drawn, handles work and Alt+click picks. */

import { distance } from "../core/geometry";
import type { NewShape, Point } from "../core/model";
import { DRAG, type Edit, editCursor, edited, finished, handleCursor, vertexRemoved } from "./edit";
import { pickNext } from "./pick";
import type { Effect, Grip, PointerStep, Preview, Step, Tool, ToolContext, ToolEvent } from "./tool";

/** What is left of a draft after an event; undefined: it is drawn or dropped. */
export interface Drafted<Draft> {
  readonly draft: Draft | undefined;
  readonly effects?: readonly Effect[];
}

/** The part of a drawing tool that is its own. `cancel` never comes here: it drops the draft. */
export interface Drafter<Draft> {
  readonly id: "rectangle" | "polygon";
  begin(down: PointerStep, context: ToolContext): Draft;
  step(draft: Draft, event: ToolEvent, context: ToolContext): Drafted<Draft>;
  preview(draft: Draft, context: ToolContext): NewShape & { readonly open: boolean };
}

export type Armed<Draft> =
  /** `ended`: where the last draft ended, while the pointer rests there. */
  | { readonly name: "idle"; readonly at: Point | undefined; readonly ended: Point | undefined }
  /** Down on a handle or with Alt: a click or a drag, not known yet. */
  | {
      readonly name: "pressed";
      readonly down: PointerStep;
      readonly grip: Grip | undefined;
      readonly echo: boolean;
    }
  | { readonly name: "editing"; readonly edit: Edit }
  /** `echo`: begun by a click where the last draft ended, which may be the second half of a double click. */
  | { readonly name: "drafting"; readonly draft: Draft; readonly at: Point; readonly echo: boolean };

type Idle = Extract<Armed<unknown>, { name: "idle" }>;
type Pressed = Extract<Armed<unknown>, { name: "pressed" }>;
type Drafting<Draft> = Extract<Armed<Draft>, { name: "drafting" }>;

/** The tool that draws with `drafter`. It stays armed after each shape. */
export function armed<Draft>(drafter: Drafter<Draft>): Tool<Armed<Draft>> {
  return {
    id: drafter.id,
    start: { name: "idle", at: undefined, ended: undefined },

    step(state, event, context) {
      if (state.name === "idle") return idle(drafter, state, event, context);
      if (event.type === "cancel") return dropped(placeOf(state), state);
      if (state.name === "drafting") return drafting(drafter, state, event, context);
      if (event.type === "down" && event.button === "right") return dropped(event.at, state);
      if (event.type !== "move" && event.type !== "up") return { state };
      return state.name === "pressed"
        ? pressed(drafter, state, event, context)
        : editing(state.edit, event, context);
    },

    preview(state, context) {
      if (state.name === "editing") return { edited: edited(state.edit, context.image) };
      const at = state.name === "idle" ? state.at : placeOf(state);
      const crosshair = at === undefined ? {} : crosshairAt(at, state.name === "idle", context);
      if (state.name !== "drafting") return crosshair;
      return { ...crosshair, draft: drafter.preview(state.draft, context) };
    },

    cursor(state, at, context) {
      if (state.name === "editing") return editCursor(state.edit);
      const grip =
        state.name === "pressed" ? state.grip : state.name === "idle" ? context.grip(at) : undefined;
      return grip === undefined ? "crosshair" : handleCursor(grip);
    },

    isBusy: (state) => state.name !== "idle",
  };
}

function idle<Draft>(
  drafter: Drafter<Draft>,
  state: Idle,
  event: ToolEvent,
  context: ToolContext,
): Step<Armed<Draft>> {
  switch (event.type) {
    case "cancel":
      return { state, effects: [{ do: "disarm" }] };
    case "complete":
    case "back":
      return { state, effects: [{ do: "say", key: "tool.nothing-begun" }] };
    case "move":
      return {
        state: { name: "idle", at: event.at, ended: rests(state, event, context) ? state.ended : undefined },
      };
    case "down": {
      if (event.button === "right") return { state, effects: [{ do: "say", key: "tool.nothing-begun" }] };
      const grip = event.ctrl ? undefined : context.grip(event.at);
      const echo = rests(state, event, context);
      if (event.alt || grip !== undefined) return { state: { name: "pressed", down: event, grip, echo } };
      return { state: { name: "drafting", draft: drafter.begin(event, context), at: event.at, echo } };
    }
    default:
      return { state };
  }
}

/** Whether the pointer still is where the last draft ended. */
function rests({ ended }: Idle, { at }: PointerStep, { pixel }: ToolContext): boolean {
  return ended !== undefined && distance(ended, at) < DRAG * pixel;
}

function pressed<Draft>(
  drafter: Drafter<Draft>,
  state: Pressed,
  event: PointerStep,
  context: ToolContext,
): Step<Armed<Draft>> {
  const { down, grip, echo } = state;
  const drag = event.travel >= DRAG;
  if (drag && grip !== undefined)
    return editing({ name: "handle", grip, from: down.at, at: event.at }, event, context);
  if (!drag && event.type === "move") return { state };
  if (!drag && down.alt) {
    const removed = grip && vertexRemoved(grip, context);
    return { state: rest(event.at), effects: removed ?? pickNext(down.at, context).effects };
  }
  const draft = drafter.begin(down, context);
  return drafting(drafter, { name: "drafting", draft, at: event.at, echo }, event, context);
}

function drafting<Draft>(
  drafter: Drafter<Draft>,
  state: Drafting<Draft>,
  event: ToolEvent,
  context: ToolContext,
): Step<Armed<Draft>> {
  if (state.echo && event.type === "double") return { state: rest(event.at) };
  const { draft, effects = [] } = drafter.step(state.draft, event, context);
  const at = "at" in event ? event.at : state.at;
  if (draft === undefined) {
    if (effects.length === 0) return dropped(at, state);
    const drawn = effects.some((effect) => effect.do === "draw");
    return { state: { name: "idle", at, ended: drawn ? at : undefined }, effects };
  }
  // What comes next need not be told to someone whose double click has just ended a shape.
  const told = state.echo && event.type === "up" && event.travel < DRAG ? [] : effects;
  return { state: { name: "drafting", draft, at, echo: state.echo && event.type !== "down" }, effects: told };
}

function editing(edit: Edit, event: PointerStep, context: ToolContext): Step<Armed<never>> {
  const now: Edit = { ...edit, at: event.at };
  if (event.type === "move") return { state: { name: "editing", edit: now } };
  return { state: rest(event.at), effects: finished(now, context) };
}

/** A draft or an edit was given up; a press that was neither yet needs no word. */
function dropped(at: Point, { name }: Exclude<Armed<unknown>, Idle>): Step<Armed<never>> {
  if (name === "pressed") return { state: rest(at) };
  return {
    state: rest(at),
    effects: [{ do: "say", key: name === "drafting" ? "tool.dropped" : "edit.dropped" }],
  };
}

function rest(at: Point): Idle {
  return { name: "idle", at, ended: undefined };
}

/** Where the pointer was last. */
function placeOf(state: Exclude<Armed<unknown>, Idle>): Point {
  if (state.name === "pressed") return state.down.at;
  return state.name === "editing" ? state.edit.at : state.at;
}

/** Lines through the pointer where it can draw: over the image, and not over a handle it would take instead. */
function crosshairAt(at: Point, mayGrip: boolean, { image, grip }: ToolContext): Preview {
  const over = at.x >= 0 && at.y >= 0 && at.x <= image.width && at.y <= image.height;
  return over && !(mayGrip && grip(at) !== undefined) ? { crosshair: at } : {};
}
