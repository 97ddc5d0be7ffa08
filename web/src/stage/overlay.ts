/** What lies above the shapes: those at work, handles, name tags, the draft, marquee and crosshair. */

import { distance, overlap } from "../core/geometry";
import type { Box, Point, Shape } from "../core/model";
import { type Handle, shownHandles } from "../core/types";
import type { Preview } from "../tools/tool";
import {
  HALO_COLOR,
  type Ink,
  type Projection,
  paintShape,
  paintTag,
  tagBox,
  tagFont,
  traceLine,
  traceShape,
} from "./painters";
import { boxOf } from "./plan";
import { paintRegions } from "./regions";
import type { ShownRegion } from "./scene";

export interface OverlayContent {
  /** Shapes that the layer below does not show, or not as they are. */
  readonly present: readonly Shape[];
  readonly selected: readonly Shape[];
  /** None of the selected ones. */
  readonly hovered: Shape | undefined;
  readonly flashed: readonly Shape[];
  /** 0 to 1, how strongly the flashed ones glow. */
  readonly glow: number;
  readonly preview: Preview;
  readonly regions: readonly ShownRegion[];
  readonly openedRegion: string | undefined;
  readonly draftInk: Ink;
  readonly showsCrosshair: boolean;
}

export interface OverlayStyle {
  readonly ink: (labelId: number) => Ink;
  readonly accent: string;
  readonly fontFamily: string;
}

type Context = CanvasRenderingContext2D;

/** More selected shapes than these show neither handles nor tags: nothing else would be seen. */
const HANDLED_COUNT = 30;
/** CSS pixels. */
const HANDLE_SIZE = 9;
/** A vertex nearer to the one before than this is a dot: a chain of full discs would hide the shape. */
const CROWDED = 10;
const CROWDED_SIZE = 4;
const DRAFT_DOT = 3.5;
const LIGHT = "#ffffff";
const DARK = "rgb(0 0 0 / 65%)";

export function paintOverlay(
  context: Context,
  content: OverlayContent,
  style: OverlayStyle,
  to: Projection,
  image: { readonly width: number; readonly height: number },
): void {
  context.clearRect(0, 0, to.width, to.height);
  context.lineJoin = "round";
  context.font = tagFont(style.fontFamily, to.unit);
  const regionStyle = { fontFamily: style.fontFamily, opened: content.openedRegion };
  paintRegions(context, content.regions, regionStyle, to);
  const inView = (shape: Shape) => overlap(viewed(shape, to), viewBox(to));
  const selected = content.selected.filter(inView);
  for (const shape of content.present) paintShape(context, shape, to, style.ink(shape.labelId), "normal");
  for (const shape of content.flashed) paintGlow(context, shape, content.glow, style.accent, to);
  for (const shape of selected) paintShape(context, shape, to, style.ink(shape.labelId), "selected");
  const { hovered, preview } = content;
  if (hovered !== undefined) paintShape(context, hovered, to, style.ink(hovered.labelId), "strong");
  if (selected.length <= HANDLED_COUNT) {
    const named = hovered !== undefined && inView(hovered) ? [...selected, hovered] : selected;
    for (const shape of named) paintName(context, shape, style.ink(shape.labelId), to);
    if (preview.fixed !== true) for (const shape of selected) paintHandles(context, shape, to);
  }
  if (preview.marquee !== undefined) paintMarquee(context, preview.marquee, style.accent, to);
  if (preview.crosshair !== undefined && content.showsCrosshair)
    paintCrosshair(context, preview.crosshair, to, image);
  if (preview.draft !== undefined) paintDraft(context, preview.draft, content.draftInk, to);
}

function viewBox(to: Projection): Box {
  return { left: 0, top: 0, right: to.width, bottom: to.height };
}

/** The box of a shape in device pixels. */
function viewed(shape: Shape, { scale, x, y }: Projection): Box {
  const box = boxOf(shape.points);
  return {
    left: box.left * scale + x,
    top: box.top * scale + y,
    right: box.right * scale + x,
    bottom: box.bottom * scale + y,
  };
}

/** The name tag, moved into the view while its shape is there. */
function paintName(context: Context, shape: Shape, ink: Ink, to: Projection): void {
  if (ink.name === "") return;
  const tag = tagBox(context, shape, ink, to);
  const [width, height] = [tag.right - tag.left, tag.bottom - tag.top];
  const left = Math.max(0, Math.min(to.width - width, tag.left));
  const top = Math.max(0, Math.min(to.height - height, tag.top));
  paintTag(context, ink, { left, top, right: left + width, bottom: top + height }, to);
}

function paintHandles(context: Context, shape: Shape, to: Projection): void {
  const pixel = to.unit / to.scale;
  context.lineWidth = 1.25 * to.unit;
  context.strokeStyle = DARK;
  let last: Point | undefined;
  for (const { at } of shownHandles(shape, pixel)) {
    const crowded = last !== undefined && at.kind === "vertex" && distance(last, at) < CROWDED * pixel;
    if (!crowded) last = at;
    paintHandle(context, at, crowded ? CROWDED_SIZE : HANDLE_SIZE, to);
  }
}

/** Corners and edges are squares, vertices discs; the middle of a line, where one may be put, is a faint disc. */
function paintHandle(context: Context, at: Handle, side: number, to: Projection): void {
  const size = side * to.unit;
  const [x, y] = [at.x * to.scale + to.x, at.y * to.scale + to.y];
  if (x < -size || y < -size || x > to.width + size || y > to.height + size) return;
  context.fillStyle = at.kind === "midpoint" ? "rgb(255 255 255 / 45%)" : LIGHT;
  context.beginPath();
  if (at.kind === "corner" || at.kind === "edge") context.rect(x - size / 2, y - size / 2, size, size);
  else context.arc(x, y, size / 2, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}

function paintGlow(context: Context, shape: Shape, glow: number, accent: string, to: Projection): void {
  const strokes = [
    [LIGHT, 5 + 7 * glow],
    [accent, 3 + 5 * glow],
  ] as const;
  context.beginPath();
  if (shape.type === "points") {
    const box = viewed(shape, to);
    const around = 8 * to.unit;
    context.rect(
      box.left - around,
      box.top - around,
      box.right - box.left + 2 * around,
      box.bottom - box.top + 2 * around,
    );
  } else traceShape(context, shape, to);
  context.globalAlpha = 0.35 + 0.6 * glow;
  strokeAll(context, strokes, to);
  context.globalAlpha = 1;
}

/** Stroke the current path in several colours and widths of CSS pixels, undermost first. */
function strokeAll(context: Context, strokes: readonly (readonly [string, number])[], to: Projection): void {
  for (const [color, width] of strokes) {
    context.strokeStyle = color;
    context.lineWidth = width * to.unit;
    context.stroke();
  }
}

function paintMarquee(context: Context, marquee: Box, accent: string, to: Projection): void {
  const left = crisp(marquee.left * to.scale + to.x);
  const top = crisp(marquee.top * to.scale + to.y);
  const width = crisp(marquee.right * to.scale + to.x) - left;
  const height = crisp(marquee.bottom * to.scale + to.y) - top;
  context.globalAlpha = 0.12;
  context.fillStyle = accent;
  context.fillRect(left, top, width, height);
  context.globalAlpha = 1;
  context.beginPath();
  context.rect(left, top, width, height);
  strokeDashed(context, to);
}

/** White with dark dashes: seen on any picture. */
function strokeDashed(context: Context, to: Projection): void {
  strokeAll(context, [["rgb(255 255 255 / 90%)", 1.25]], to);
  context.setLineDash([4 * to.unit, 4 * to.unit]);
  strokeAll(context, [["rgb(0 0 0 / 85%)", 1.25]], to);
  context.setLineDash([]);
}

function paintCrosshair(
  context: Context,
  at: Point,
  to: Projection,
  image: { readonly width: number; readonly height: number },
): void {
  const [x, y] = [crisp(at.x * to.scale + to.x), crisp(at.y * to.scale + to.y)];
  const far = { x: image.width * to.scale + to.x, y: image.height * to.scale + to.y };
  context.beginPath();
  context.moveTo(Math.max(0, to.x), y);
  context.lineTo(Math.min(to.width, far.x), y);
  context.moveTo(x, Math.max(0, to.y));
  context.lineTo(x, Math.min(to.height, far.y));
  strokeAll(
    context,
    [
      ["rgb(0 0 0 / 45%)", 3],
      ["rgb(255 255 255 / 90%)", 1],
    ],
    to,
  );
}

function paintDraft(context: Context, draft: NonNullable<Preview["draft"]>, ink: Ink, to: Projection): void {
  const strokes = [
    [HALO_COLOR, 4],
    [LIGHT, 2.75],
    [ink.stroke, 1.75],
  ] as const;
  if (draft.type !== "points") {
    context.beginPath();
    if (draft.open) traceLine(context, draft.points, to);
    else traceShape(context, draft, to);
    context.fillStyle = ink.fill;
    if (draft.type !== "polyline") context.fill("evenodd");
    strokeAll(context, strokes, to);
  }
  if (draft.type === "rectangle" || draft.type === "cuboid") return;
  for (let at = 0; at + 1 < draft.points.length; at += 2) {
    const x = (draft.points[at] as number) * to.scale + to.x;
    const y = (draft.points[at + 1] as number) * to.scale + to.y;
    const radius = (at === 0 ? DRAFT_DOT + 1.5 : DRAFT_DOT) * to.unit;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = at === 0 ? LIGHT : ink.stroke;
    context.fill();
    strokeAll(context, [[at === 0 ? DARK : LIGHT, 1.25]], to);
  }
}

/** The middle of the device pixel at `value`: a line there is not smeared over two. */
function crisp(value: number): number {
  return Math.floor(value) + 0.5;
}
