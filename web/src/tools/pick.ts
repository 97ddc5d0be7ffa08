/** Alt+click: through the shapes that lie on one another, the same with every tool. */

import type { Cid, Point } from "../core/model";
import type { Effect, ToolContext } from "./tool";

export interface Picked {
  /** The shape that is selected now; undefined when nothing lies there. */
  readonly cid: Cid | undefined;
  readonly effects: readonly Effect[];
}

/**
 * Select the next shape under `at`, after the last one the first again. The selection itself says where in the
 * stack we are, so picking goes on rightly after a click in the list of objects.
 */
export function pickNext(at: Point, context: ToolContext): Picked {
  const stack = context.hit(at);
  const only = context.selected.length === 1 ? context.selected[0]?.cid : undefined;
  const now = stack.findIndex((shape) => shape.cid === only);
  const next = stack[(now + 1) % stack.length];
  if (next === undefined) return { cid: undefined, effects: [{ do: "say", key: "select.nothing-here" }] };
  if (next.cid === only) return { cid: only, effects: [{ do: "say", key: "select.only-one" }] };
  return { cid: next.cid, effects: [{ do: "select", cids: [next.cid] }] };
}
