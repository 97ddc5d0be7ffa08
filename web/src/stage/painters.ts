/** How shapes look, on any layer. A projection tells where image pixels fall; all of its lengths are device pixels. */

import type { Box, Label, Shape } from "../core/model";
import { boxOf } from "./plan";

/** Image (0, 0) lies at `x`, `y`, an image pixel covers `scale`; a CSS pixel is `unit` wide. */
export interface Projection {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
  readonly unit: number;
  readonly width: number;
  readonly height: number;
}

/** The colours of a label, ready for a canvas. */
export interface Ink {
  readonly name: string;
  readonly stroke: string;
  readonly fill: string;
  readonly strongFill: string;
  /** Black or white: what can be read on `stroke`. */
  readonly text: string;
}

/** `strong` is for what is selected or under the pointer, painted above the normal look. */
export type Look = "normal" | "strong" | "selected";

type Context = CanvasRenderingContext2D;

const STROKE = 1.5;
const STRONG_STROKE = 2.5;
/** The dark edge around strong strokes: seen on bright pictures, where light labels drown. */
const HALO = 4.5;
export const HALO_COLOR = "rgb(0 0 0 / 55%)";
/** Below these many CSS pixels a shape is a dot, and below the next it has no fill. */
const DOT_SIZE = 3;
const FILL_SIZE = 6;
const POINT_RADIUS = 3.5;
const DASHES = [6, 4];

/** The corners of a cuboid's two faces and its four edges between them, by the order of API v1. */
const CUBOID_FACES = [
  [0, 2, 3, 1],
  [4, 6, 7, 5],
] as const;
const CUBOID_EDGES = [
  [0, 4],
  [1, 5],
  [2, 6],
  [3, 7],
] as const;

export function inkOf(label: Pick<Label, "name" | "color"> | undefined): Ink {
  const color = label?.color ?? "#8a8f98";
  return {
    name: label?.name ?? "",
    stroke: color,
    fill: `${color}40`,
    // Above the fill it has already: what is worked on must be seen through it.
    strongFill: `${color}14`,
    text: isLight(color) ? "#000000" : "#ffffff",
  };
}

/** Whether black is easier to read on `#rrggbb` than white: by relative luminance (WCAG 2.1). */
function isLight(color: string): boolean {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0) > 0.179;
}

export function paintShape(context: Context, shape: Shape, to: Projection, ink: Ink, look: Look): void {
  const box = boxOf(shape.points);
  const size = Math.max(box.right - box.left, box.bottom - box.top) * to.scale;
  if (shape.type === "points") paintPoints(context, shape.points, to, ink, look);
  else if (size < DOT_SIZE * to.unit) paintDot(context, box, to, ink, look);
  else {
    if (shape.occluded) context.setLineDash(DASHES.map((length) => length * to.unit));
    const filled = size >= FILL_SIZE * to.unit && shape.type !== "polyline";
    if (shape.type === "rectangle") paintRectangle(context, box, to, ink, look, filled);
    else paintTraced(context, shape, to, ink, look, filled);
    if (shape.occluded) context.setLineDash([]);
  }
}

function paintTraced(
  context: Context,
  shape: Shape,
  to: Projection,
  ink: Ink,
  look: Look,
  filled: boolean,
): void {
  context.fillStyle = look === "normal" ? ink.fill : ink.strongFill;
  if (filled && shape.type === "cuboid") {
    // The front alone, so that one sees which of the two it is.
    context.beginPath();
    traceFace(context, shape.points, CUBOID_FACES[0], to);
    context.fill();
  }
  context.beginPath();
  traceShape(context, shape, to);
  if (filled && shape.type !== "cuboid") context.fill("evenodd");
  strokeTraced(context, to, ink, look);
}

function strokeTraced(context: Context, to: Projection, ink: Ink, look: Look): void {
  for (const [color, width] of strokesOf(ink, look)) {
    context.strokeStyle = color;
    context.lineWidth = width * to.unit;
    context.stroke();
  }
}

/** The strokes of a look, undermost first, with widths in CSS pixels. */
function strokesOf(ink: Ink, look: Look): readonly (readonly [string, number])[] {
  if (look === "normal") return [[ink.stroke, STROKE]];
  if (look === "strong") return [[ink.stroke, STRONG_STROKE]];
  return [
    [HALO_COLOR, HALO],
    [ink.stroke, STRONG_STROKE],
  ];
}

/** Edges far outside are drawn just outside: nobody sees the difference, and dashes of a mile cost dearly. */
function paintRectangle(
  context: Context,
  box: Box,
  to: Projection,
  ink: Ink,
  look: Look,
  filled: boolean,
): void {
  const beyond = 16 * to.unit;
  const left = Math.max(box.left * to.scale + to.x, -beyond);
  const top = Math.max(box.top * to.scale + to.y, -beyond);
  const width = Math.min(box.right * to.scale + to.x, to.width + beyond) - left;
  const height = Math.min(box.bottom * to.scale + to.y, to.height + beyond) - top;
  if (filled) {
    context.fillStyle = look === "normal" ? ink.fill : ink.strongFill;
    context.fillRect(left, top, width, height);
  }
  for (const [color, line] of strokesOf(ink, look)) {
    context.strokeStyle = color;
    context.lineWidth = line * to.unit;
    context.strokeRect(left, top, width, height);
  }
}

function paintDot(context: Context, box: Box, to: Projection, ink: Ink, look: Look): void {
  const side = (look === "normal" ? 2 : 4) * to.unit;
  const x = ((box.left + box.right) / 2) * to.scale + to.x - side / 2;
  const y = ((box.top + box.bottom) / 2) * to.scale + to.y - side / 2;
  context.fillStyle = ink.stroke;
  context.fillRect(x, y, side, side);
}

function paintPoints(
  context: Context,
  points: readonly number[],
  to: Projection,
  ink: Ink,
  look: Look,
): void {
  const radius = (look === "normal" ? POINT_RADIUS : POINT_RADIUS + 1) * to.unit;
  context.beginPath();
  for (let at = 0; at + 1 < points.length; at += 2) {
    const x = (points[at] as number) * to.scale + to.x;
    const y = (points[at + 1] as number) * to.scale + to.y;
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.fillStyle = ink.stroke;
  context.fill();
  context.strokeStyle = look === "selected" ? "#ffffff" : HALO_COLOR;
  context.lineWidth = to.unit;
  context.stroke();
}

/** Add the outline of a shape to the current path; all but points, which are discs. */
export function traceShape(context: Context, shape: Pick<Shape, "type" | "points">, to: Projection): void {
  if (shape.type === "cuboid") traceCuboid(context, shape.points, to);
  else if (shape.type === "rectangle") {
    const box = boxOf(shape.points);
    const [width, height] = [(box.right - box.left) * to.scale, (box.bottom - box.top) * to.scale];
    context.rect(box.left * to.scale + to.x, box.top * to.scale + to.y, width, height);
  } else {
    traceLine(context, shape.points, to);
    if (shape.type === "polygon") context.closePath();
  }
}

/** A line through `points`, without those that would fall upon the one before. */
export function traceLine(context: Context, points: readonly number[], to: Projection): void {
  let [lastX, lastY] = [Number.NaN, Number.NaN];
  for (let at = 0; at + 1 < points.length; at += 2) {
    const x = (points[at] as number) * to.scale + to.x;
    const y = (points[at + 1] as number) * to.scale + to.y;
    if (Math.abs(x - lastX) + Math.abs(y - lastY) < 0.75 && at + 2 < points.length) continue;
    if (at === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
    [lastX, lastY] = [x, y];
  }
}

function traceCuboid(context: Context, points: readonly number[], to: Projection): void {
  for (const face of CUBOID_FACES) traceFace(context, points, face, to);
  for (const [from, end] of CUBOID_EDGES) {
    context.moveTo(along(points, from, 0, to), along(points, from, 1, to));
    context.lineTo(along(points, end, 0, to), along(points, end, 1, to));
  }
}

function traceFace(
  context: Context,
  points: readonly number[],
  face: readonly number[],
  to: Projection,
): void {
  face.forEach((corner, order) => {
    const [x, y] = [along(points, corner, 0, to), along(points, corner, 1, to)];
    if (order === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
  context.closePath();
}

/** A coordinate of corner `index`, projected; `axis` 0 is x. */
function along(points: readonly number[], index: number, axis: 0 | 1, to: Projection): number {
  return (points[2 * index + axis] ?? 0) * to.scale + (axis === 0 ? to.x : to.y);
}

const TAG_HEIGHT = 18;
const TAG_PADDING = 5;
const TAG_GAP = 2;
/** A shape lower than this has no tag where all have one: it would be all that is seen of it. */
const TAGGED_HEIGHT = 24;

export function tagFont(family: string, unit: number): string {
  return `600 ${11.5 * unit}px ${family}`;
}

/** Where the tag of a shape lies, device pixels: above it, or inside where the picture ends above. */
export function tagBox(context: Context, shape: Shape, ink: Ink, to: Projection): Box {
  const box = boxOf(shape.points);
  const height = TAG_HEIGHT * to.unit;
  const above = height + TAG_GAP * to.unit;
  const left = box.left * to.scale + to.x;
  const edge = box.top * to.scale + to.y;
  const top = box.top * to.scale < above ? edge + TAG_GAP * to.unit : edge - above;
  const width = context.measureText(ink.name).width + 2 * TAG_PADDING * to.unit;
  return { left, top, right: left + width, bottom: top + height };
}

/** Whether a shape is big enough on the screen to bear its tag where all do. */
export function bearsTag(shape: Shape, tag: Box, to: Projection): boolean {
  const box = boxOf(shape.points);
  return (
    (box.right - box.left) * to.scale >= tag.right - tag.left &&
    (box.bottom - box.top) * to.scale >= TAGGED_HEIGHT * to.unit
  );
}

/** Write the label's name on its colour. The context's font is set already. */
export function paintTag(context: Context, ink: Ink, tag: Box, to: Projection): void {
  context.fillStyle = ink.stroke;
  context.beginPath();
  context.roundRect(tag.left, tag.top, tag.right - tag.left, tag.bottom - tag.top, 3 * to.unit);
  context.fill();
  context.fillStyle = ink.text;
  context.textBaseline = "middle";
  context.fillText(ink.name, tag.left + TAG_PADDING * to.unit, (tag.top + tag.bottom) / 2 + 0.5 * to.unit);
}

/** How far a shape's looks reach beyond its points, CSS pixels, without and with its tag. */
export const REACH = 8;
export const TAGGED_REACH = REACH + TAG_HEIGHT + TAG_GAP;
