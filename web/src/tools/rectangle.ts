/** Rectangles: dragged from corner to corner, or clicked corner by corner. */

import { boxBetween, clampPoint, distance, overlap, rounded, type Size } from "../core/geometry";
import type { Box, Point } from "../core/model";
import { MIN_SIDE } from "../core/types";
import { type Armed, armed, type Drafted } from "./armed";
import { DRAG } from "./edit";
import type { PointerStep, Tool, ToolContext } from "./tool";

interface Draft {
  /** `pressed`: a click or a drag; `waiting`: the first corner is clicked; `second`: the button is down for the other. */
  readonly name: "pressed" | "dragging" | "waiting" | "second";
  /** Where it was begun; with Alt the middle. Neither this nor `corner` need lie in the image. */
  readonly anchor: Point;
  readonly corner: Point;
  readonly square: boolean;
  readonly centred: boolean;
}

/** Shift draws a square, Alt from the centre. */
export const rectangle: Tool<Armed<Draft>> = armed<Draft>({
  id: "rectangle",

  begin: ({ at, shift, alt }) => ({
    name: "pressed",
    anchor: at,
    corner: at,
    square: shift,
    centred: alt,
  }),

  step(draft, event, context): Drafted<Draft> {
    switch (event.type) {
      case "down":
        if (event.button === "right") return { draft: undefined };
        return { draft: { ...followed(draft, event), name: "second" } };
      case "move": {
        const drags = draft.name === "pressed" && event.travel >= DRAG;
        return { draft: { ...followed(draft, event), name: drags ? "dragging" : draft.name } };
      }
      case "up":
        return released(draft, event, context);
      case "complete":
        return ended(draft, context);
      case "back":
        return { draft: undefined };
      default:
        return { draft };
    }
  },

  preview: (draft, { image }) => ({ type: "rectangle", points: pointsOf(draft, image), open: false }),
});

function followed(draft: Draft, { at, shift, alt }: PointerStep): Draft {
  return { ...draft, corner: at, square: shift, centred: alt };
}

function released(draft: Draft, event: PointerStep, context: ToolContext): Drafted<Draft> {
  if (event.button === "right" || draft.name === "waiting") return { draft };
  if (draft.name === "pressed" && event.travel < DRAG)
    return { draft: { ...draft, name: "waiting" }, effects: [{ do: "say", key: "tool.opposite-corner" }] };
  return ended(followed(draft, event), context);
}

/** Drawn, or why not. A second click on the first corner is a slip: the first one goes on waiting. */
function ended(draft: Draft, context: ToolContext): Drafted<Draft> {
  const { image, pixel } = context;
  const clicked = draft.name === "waiting" || draft.name === "second";
  if (clicked && distance(draft.anchor, draft.corner) < DRAG * pixel)
    return { draft: { ...draft, name: "waiting" }, effects: [{ do: "say", key: "tool.same-corner" }] };
  if (!overlap(reachOf(draft), { left: 0, top: 0, right: image.width, bottom: image.height }))
    return { draft: undefined, effects: [{ do: "say", key: "tool.outside" }] };
  const points = pointsOf(draft, image);
  const [left, top, right, bottom] = points;
  if (right - left < MIN_SIDE || bottom - top < MIN_SIDE)
    return { draft: undefined, effects: [{ do: "say", key: "tool.too-small" }] };
  return { draft: undefined, effects: [{ do: "draw", shape: { type: "rectangle", points } }] };
}

/** The box the hand drew, wherever it lies. */
function reachOf({ anchor, corner, centred }: Draft): Box {
  const opposite = { x: 2 * anchor.x - corner.x, y: 2 * anchor.y - corner.y };
  return boxBetween(centred ? opposite : anchor, corner);
}

/** The part of it in the image; a square and a centre are kept by drawing less. */
function pointsOf(draft: Draft, image: Size): [left: number, top: number, right: number, bottom: number] {
  const { corner, square, centred } = draft;
  const { x, y } = clampPoint(draft.anchor, image);
  const [dx, dy] = [corner.x - x, corner.y - y];
  const room = (place: number, delta: number, size: number) =>
    centred ? Math.min(place, size - place) : delta < 0 ? place : size - place;
  const [roomX, roomY] = [room(x, dx, image.width), room(y, dy, image.height)];
  const side = Math.min(Math.max(Math.abs(dx), Math.abs(dy)), roomX, roomY);
  const width = square ? side : Math.min(Math.abs(dx), roomX);
  const height = square ? side : Math.min(Math.abs(dy), roomY);
  const far = { x: x + (dx < 0 ? -width : width), y: y + (dy < 0 ? -height : height) };
  const near = centred ? { x: 2 * x - far.x, y: 2 * y - far.y } : { x, y };
  const { left, top, right, bottom } = boxBetween(near, far);
  return [rounded(left), rounded(top), rounded(right), rounded(bottom)];
}
