/** Polygons: clicked point by point, or drawn freehand with Shift. */

import { boundsOf, clampPoint, distance, polygonArea, rounded } from "../core/geometry";
import type { Point } from "../core/model";
import { MIN_SIDE, shapeTypes } from "../core/types";
import { type Armed, armed, type Drafted } from "./armed";
import { DRAG } from "./edit";
import type { PointerStep, Tool, ToolContext } from "./tool";

/** Screen pixels between the points of a line drawn freehand. */
const FREEHAND_STEP = 8;
/** Screen pixels around the first point in which a click closes the polygon. */
const CLOSE_REACH = 8;
/** Square image pixels. Less are points on a line. */
const MIN_AREA = 1;

interface Draft {
  /** What the button, if it is down, was pressed on: `placed` a point there, or on the `first` or `last` one. */
  readonly held: "no" | "began" | "placed" | "first" | "last";
  readonly points: readonly Point[];
  readonly at: Point;
}

/** A click places a point; a drag one at its end too; with Shift, the pointer leaves points wherever it goes. */
export const polygon: Tool<Armed<Draft>> = armed<Draft>({
  id: "polygon",

  begin: ({ at }, { image }) => ({ held: "began", points: [clampPoint(at, image)], at }),

  step(draft, event, context): Drafted<Draft> {
    switch (event.type) {
      case "down":
        return event.button === "right" ? back(draft) : { draft: pressed(draft, event, context) };
      case "move":
        return { draft: moved(draft, event, context) };
      case "up":
        return event.button === "right" ? { draft } : released(draft, event, context);
      case "double":
      case "complete":
        return closed(draft, context);
      case "back":
        return back(draft);
      default:
        return { draft };
    }
  },

  preview({ held, points, at }, context) {
    const closes = held === "no" && points.length >= LEAST && near(points[0], at, CLOSE_REACH, context);
    const next = clampPoint(at, context.image);
    return { type: "polygon", points: flat(closes ? points : [...points, next]), open: !closes };
  },
});

const LEAST = shapeTypes.polygon.least;

function pressed(draft: Draft, { at }: PointerStep, context: ToolContext): Draft {
  const { points } = draft;
  if (points.length > 1 && near(points[0], at, CLOSE_REACH, context)) return { ...draft, held: "first", at };
  if (near(points.at(-1), clampPoint(at, context.image), DRAG, context))
    return { ...draft, held: "last", at };
  return { held: "placed", points: [...points, clampPoint(at, context.image)], at };
}

function moved(draft: Draft, { at, shift, travel }: PointerStep, context: ToolContext): Draft {
  const place = clampPoint(at, context.image);
  // With the button up as well, as in other tools; a press must first become a drag.
  const freehand = shift && (draft.held === "no" || travel >= DRAG);
  if (!freehand || near(draft.points.at(-1), place, FREEHAND_STEP, context)) return { ...draft, at };
  return { ...draft, points: [...draft.points, place], at };
}

function released(draft: Draft, event: PointerStep, context: ToolContext): Drafted<Draft> {
  const { held, points } = draft;
  const up: Draft = { ...draft, held: "no", at: event.at };
  if (event.travel < DRAG) {
    if (held === "first") return closed(up, context);
    if (held === "last") return { draft: up, effects: [{ do: "say", key: "tool.point-there" }] };
  } else if (held !== "no") {
    if (points.length >= LEAST && near(points[0], event.at, CLOSE_REACH, context)) return closed(up, context);
    const place = clampPoint(event.at, context.image);
    const placed = near(points.at(-1), place, DRAG, context) ? up : { ...up, points: [...points, place] };
    return held === "began" ? begun(placed) : { draft: placed };
  }
  return held === "began" ? begun(up) : { draft: up };
}

function begun(draft: Draft): Drafted<Draft> {
  return { draft, effects: [{ do: "say", key: "tool.next-point" }] };
}

function back(draft: Draft): Drafted<Draft> {
  return { draft: draft.points.length > 1 ? { ...draft, points: draft.points.slice(0, -1) } : undefined };
}

/** Drawn, or why not. A draft with too few points goes on. */
function closed(draft: Draft, { image }: ToolContext): Drafted<Draft> {
  if (draft.points.length < LEAST) return { draft, effects: [{ do: "say", key: "tool.three-points" }] };
  const points = flat(draft.points);
  const { left, top, right, bottom } = boundsOf(points);
  if (right - left < MIN_SIDE || bottom - top < MIN_SIDE) {
    const outside = right <= 0 || bottom <= 0 || left >= image.width || top >= image.height;
    return { draft: undefined, effects: [{ do: "say", key: outside ? "tool.outside" : "tool.too-small" }] };
  }
  if (polygonArea(points) < MIN_AREA) return { draft: undefined, effects: [{ do: "say", key: "tool.flat" }] };
  return { draft: undefined, effects: [{ do: "draw", shape: { type: "polygon", points } }] };
}

/** Whether `place` lies closer to `point` than `reach` screen pixels. */
function near(point: Point | undefined, place: Point, reach: number, { pixel }: ToolContext): boolean {
  return point !== undefined && distance(point, place) < reach * pixel;
}

function flat(points: readonly Point[]): number[] {
  return points.flatMap(({ x, y }) => [rounded(x), rounded(y)]);
}
