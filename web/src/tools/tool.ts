/** What a tool is: a state machine over what a person does, in image pixels. No DOM here, and no document. */

import type { StepName } from "../core/history";
import type { Box, Cid, NewShape, Point, Shape } from "../core/model";
import type { Key } from "../i18n";

/** A pointer did something. */
export interface PointerStep {
  readonly type: "down" | "move" | "up" | "double";
  readonly at: Point;
  /** Screen pixels moved since the button went down; 0 without one down. */
  readonly travel: number;
  readonly button: "left" | "right";
  readonly shift: boolean;
  /** Ctrl, or Command on a Mac. */
  readonly ctrl: boolean;
  readonly alt: boolean;
}

/** `cancel` is Esc, `complete` Enter or N, `back` takes the last point of a draft away. */
export type ToolEvent = PointerStep | { readonly type: "cancel" | "complete" | "back" };

/** A handle of a shape: a corner, an edge, a vertex; its number counts as the shape's type says. */
export interface Grip {
  readonly shape: Shape;
  readonly handle: number;
}

/** What a tool may ask, as it is at the moment of the event. */
export interface ToolContext {
  readonly image: { readonly width: number; readonly height: number };
  /** Image pixels that one screen pixel covers. */
  readonly pixel: number;
  readonly selected: readonly Shape[];
  /** Visible shapes under a point, the one a click means first (topmost z, then smallest). */
  readonly hit: (at: Point) => readonly Shape[];
  /** Visible shapes wholly inside a box. */
  readonly inside: (box: Box) => readonly Shape[];
  /** Nothing can be changed: drags select, and there are no handles. */
  readonly fixed: boolean;
  /** The handle of a selected shape at a point, if there is one within reach of a finger. */
  readonly grip: (at: Point) => Grip | undefined;
}

/** What a tool wants done; the workbench does it. */
export type Effect =
  | { readonly do: "draw"; readonly shape: NewShape }
  | { readonly do: "change"; readonly name: StepName; readonly put: readonly Shape[] }
  | { readonly do: "select"; readonly cids: readonly Cid[] }
  | { readonly do: "disarm" }
  /** Raise an issue about these. */
  | { readonly do: "raise"; readonly shapes: readonly NewShape[] }
  /** Tell the person why nothing happened, or what comes next. */
  | { readonly do: "say"; readonly key: Key };

export interface Step<State> {
  readonly state: State;
  readonly effects?: readonly Effect[];
}

/** What the stage shows above the shapes while a tool is at work. */
export interface Preview {
  /** A shape being drawn; open at its end while points are still to come. */
  readonly draft?: NewShape & { readonly open: boolean };
  /** Shapes being changed, in the form they would have; those in the document are not shown meanwhile. */
  readonly edited?: readonly Shape[];
  readonly marquee?: Box;
  /** No handles are shown: nothing can be changed. */
  readonly fixed?: boolean;
  /** Lines through the pointer, over the whole picture. */
  readonly crosshair?: Point;
}

export interface Tool<State> {
  readonly id: "select" | "rectangle" | "polygon" | "issue";
  readonly start: State;
  step(state: State, event: ToolEvent, context: ToolContext): Step<State>;
  preview(state: State, context: ToolContext): Preview;
  /** The CSS cursor over the picture at `at`. */
  cursor(state: State, at: Point, context: ToolContext): string;
  /** Whether something is half done: Esc ends it before it disarms. */
  isBusy(state: State): boolean;
}
