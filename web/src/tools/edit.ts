/** Changing shapes by hand, the same with every tool: dragged by a handle, moved together, a vertex taken away. */

import type { Size } from "../core/geometry";
import type { Point, Shape } from "../core/model";
import { type Handle, MIN_SIDE, shapeTypes } from "../core/types";
import type { Key } from "../i18n";
import { nudged } from "./edits";
import type { Effect, Grip, ToolContext } from "./tool";

/** Screen pixels. Less is a click, more a drag. */
export const DRAG = 3;

/** A gesture under way, with the shapes as they were when it began; the pointer went `from` there to `at`. */
export type Edit =
  | { readonly name: "handle"; readonly grip: Grip; readonly from: Point; readonly at: Point }
  | { readonly name: "move"; readonly shapes: readonly Shape[]; readonly from: Point; readonly at: Point };

/** The shapes as the gesture has them by now. */
export function edited(edit: Edit, image: Size): readonly Shape[] {
  const [dx, dy] = [edit.at.x - edit.from.x, edit.at.y - edit.from.y];
  if (edit.name === "move") return nudged(edit.shapes, dx, dy, image);
  const { shape, handle } = edit.grip;
  const origin = handleOf(edit.grip);
  if (origin === undefined || (dx === 0 && dy === 0)) return [shape];
  const to = { x: origin.x + dx, y: origin.y + dy };
  return [{ ...shape, points: shapeTypes[shape.type].moveHandle(shape.points, handle, to, image) }];
}

/** What the gesture does when the button is released: one change, or why there is none. */
export function finished(edit: Edit, context: ToolContext): readonly Effect[] {
  if (edit.from.x === edit.at.x && edit.from.y === edit.at.y) return [];
  const before = edit.name === "move" ? edit.shapes : [edit.grip.shape];
  const after = edited(edit, context.image);
  if (after.every((shape, index) => samePoints(shape, before[index] as Shape)))
    return [{ do: "say", key: "edit.unchanged" }];
  if (edit.name === "move") return [changed("move", after, context)];
  if (shrunk(edit.grip.shape, (after[0] as Shape).points)) return [{ do: "say", key: "edit.too-small" }];
  const kind = handleOf(edit.grip)?.kind;
  return [changed(kind === "vertex" || kind === "midpoint" ? "vertices" : "resize", after, context)];
}

/** Take the gripped vertex away, or say why not; undefined when the handle is no vertex. */
export function vertexRemoved(grip: Grip, context: ToolContext): readonly Effect[] | undefined {
  if (handleOf(grip)?.kind !== "vertex") return undefined;
  const { shape, handle } = grip;
  const points = shapeTypes[shape.type].removeVertex(shape.points, handle);
  if (points === undefined) return [{ do: "say", key: LEAST[shape.type] ?? "edit.unchanged" }];
  if (shrunk(shape, points)) return [{ do: "say", key: "edit.too-small" }];
  return [changed("vertices", [{ ...shape, points }], context)];
}

const LEAST: Partial<Record<Shape["type"], Key>> = {
  polygon: "edit.least.polygon",
  polyline: "edit.least.polyline",
  points: "edit.least.points",
};

/** The CSS cursor over a handle. */
export function handleCursor(grip: Grip): string {
  const kind = handleOf(grip)?.kind;
  if (kind === "midpoint") return "copy";
  if (kind === "vertex") return "move";
  return RECTANGLE_CURSORS[grip.handle] ?? "move";
}

const RECTANGLE_CURSORS = [
  "nwse-resize",
  "nesw-resize",
  "nwse-resize",
  "nesw-resize",
  "ns-resize",
  "ew-resize",
  "ns-resize",
  "ew-resize",
];

export function editCursor(edit: Edit): string {
  return edit.name === "move" ? "move" : handleCursor(edit.grip);
}

function handleOf(grip: Grip): Handle | undefined {
  return shapeTypes[grip.shape.type].handles(grip.shape.points)[grip.handle];
}

/** The records may have got their ids while they were dragged: only the points are the gesture's. */
function changed(
  name: "move" | "resize" | "vertices",
  shapes: readonly Shape[],
  context: ToolContext,
): Effect {
  const newest = new Map(context.selected.map((shape) => [shape.cid, shape]));
  const put = shapes.map((shape) => ({ ...(newest.get(shape.cid) ?? shape), points: shape.points }));
  return { do: "change", name, put };
}

function samePoints(a: Shape, b: Shape): boolean {
  return a.points.length === b.points.length && a.points.every((value, index) => value === b.points[index]);
}

/** Whether a closed shape got a side too short that was longer before: thin ones from elsewhere stay as they may. */
function shrunk(shape: Shape, points: readonly number[]): boolean {
  const { closed, bounds } = shapeTypes[shape.type];
  if (!closed) return false;
  const [before, after] = [bounds(shape.points), bounds(points)];
  const width = after.right - after.left;
  const height = after.bottom - after.top;
  return (
    (width < MIN_SIDE && width < before.right - before.left) ||
    (height < MIN_SIDE && height < before.bottom - before.top)
  );
}
