/** Edits of whole shapes: moved together, pasted, given another label. */

import {
  boundsOf,
  clamp,
  clampedShift,
  contains,
  overlap,
  rounded,
  type Size,
  shifted,
  union,
} from "../core/geometry";
import type { Annotation, Attributes, Box, Cid, Label, Point, Shape } from "../core/model";
import { MIN_SIDE, shapeTypes } from "../core/types";

/** Image pixels between a shape and its copy on the same frame. */
const PASTE_OFFSET = 10;

/** `shapes` moved together by `dx`, `dy`, as far as all of them stay in the image; the same array when that is not at all. */
export function nudged(shapes: readonly Shape[], dx: number, dy: number, image: Size): readonly Shape[] {
  if (shapes.length === 0) return shapes;
  const by = clampedShift(boundsOfAll(shapes), dx, dy, image);
  if (by.x === 0 && by.y === 0) return shapes;
  return shapes.map((shape) => ({ ...shape, points: shifted(shape.points, by) }));
}

/**
 * Copies of `shapes` for `frame`, in the same places to each other: the middle of them all at `at`, or where
 * they were, a little aside if that is the frame they came from or one of `there`, its shapes, lies just so. They are brought into the image; what is too big for
 * it is cut, and what would be smaller than a shape can be is left out. Copies are in no group.
 */
export function pasted(
  shapes: readonly Shape[],
  at: Point | undefined,
  frame: number,
  image: Size,
  newCid: () => Cid,
  there: readonly Shape[] = [],
): readonly Shape[] {
  if (shapes.length === 0) return [];
  const box = boundsOfAll(shapes);
  const wanted = at === undefined ? aside(box, shapes, frame, image) : centring(box, at);
  const by = intoImage(box, at === undefined ? uncovering(box, wanted, shapes, there, image) : wanted, image);
  return shapes
    .map((shape) => cut({ ...shape, points: shifted(shape.points, by) }, image))
    .filter((shape) => shape !== undefined)
    .map((shape) => ({ ...shape, cid: newCid(), id: undefined, frame, group: 0, source: "manual" }));
}

/** Whether `copies` are all of `shapes`, none of them cut. */
export function areWhole(copies: readonly Shape[], shapes: readonly Shape[]): boolean {
  const side = ({ points }: Shape) => {
    const { left, top, right, bottom } = boundsOf(points);
    return right - left + bottom - top;
  };
  return (
    copies.length === shapes.length &&
    // Copies lie on hundredths of a pixel: an edge may have moved by half of one.
    copies.every((copy, index) => Math.abs(side(copy) - side(shapes[index] ?? copy)) < 0.1)
  );
}

/** The values a new shape of `label` starts with. */
export function defaultAttributes(label: Label): Attributes {
  return Object.fromEntries(label.attributes.map(({ id, defaultValue }) => [id, defaultValue]));
}

/** The object under another label: it loses the attributes of the old one and starts with the defaults of the new. */
export function withLabel<Kind extends Annotation>(object: Kind, label: Label): Kind {
  if (object.labelId === label.id) return object;
  return { ...object, labelId: label.id, attributes: defaultAttributes(label) };
}

function boundsOfAll(shapes: readonly Shape[]): Box {
  return union(shapes.map((shape) => shapeTypes[shape.type].bounds(shape.points)));
}

function centring(box: Box, at: Point): Point {
  return { x: at.x - (box.left + box.right) / 2, y: at.y - (box.top + box.bottom) / 2 };
}

/** Where copies on the same frame lie: right and down, or left and up of an edge of the image. */
function aside(box: Box, shapes: readonly Shape[], frame: number, image: Size): Point {
  if (shapes.every((shape) => shape.frame !== frame)) return { x: 0, y: 0 };
  return {
    x: box.right + PASTE_OFFSET <= image.width ? PASTE_OFFSET : -PASTE_OFFSET,
    y: box.bottom + PASTE_OFFSET <= image.height ? PASTE_OFFSET : -PASTE_OFFSET,
  };
}

/** `by`, or the nearest step beside it in the image where no copy would lie exactly on a shape, unseen. */
function uncovering(
  box: Box,
  by: Point,
  shapes: readonly Shape[],
  there: readonly Shape[],
  image: Size,
): Point {
  const taken = new Set(there.map(({ type, points }) => `${type} ${points.join()}`));
  const steps = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((step) => [step * PASTE_OFFSET, -step * PASTE_OFFSET]);
  const places = steps.map((step) => intoImage(box, { x: by.x + step, y: by.y + step }, image));
  const covers = (place: Point) =>
    shapes.some(({ type, points }) => taken.has(`${type} ${shifted(points, place).join()}`));
  return places.find((place) => !covers(place)) ?? by;
}

/** `by`, changed so that the moved box lies in the image; at its left and top if too big for it. */
function intoImage(box: Box, by: Point, image: Size): Point {
  return {
    x: clamp(by.x, -box.left, Math.max(-box.left, image.width - box.right)),
    y: clamp(by.y, -box.top, Math.max(-box.top, image.height - box.bottom)),
  };
}

/** The shape with its points clamped to the image; undefined when nothing to speak of lies in it. */
function cut(shape: Shape, image: Size): Shape | undefined {
  const whole: Box = { left: 0, top: 0, right: image.width, bottom: image.height };
  const before = boundsOf(shape.points);
  if (contains(whole, before)) return shape;
  if (!overlap(whole, before)) return undefined;
  const points = shape.points.map((value, index) =>
    rounded(clamp(value, 0, index % 2 === 0 ? image.width : image.height)),
  );
  const { left, top, right, bottom } = boundsOf(points);
  const slip = shapeTypes[shape.type].closed && Math.min(right - left, bottom - top) < MIN_SIDE;
  return slip ? undefined : { ...shape, points };
}
