/** How the regions of a review look: above the shapes, below what is at work. Lengths are device pixels. */

import { overlap } from "../core/geometry";
import { MARK_RADIUS, markOf, type Region } from "../core/regions";
import { type Projection, traceShape } from "./painters";
import { boxOf } from "./plan";
import type { ShownRegion } from "./scene";

type Context = CanvasRenderingContext2D;

/** Seen on any picture, and like no theme's: what lies on a picture does not change with the theme. */
const COLORS: Readonly<Record<ShownRegion["look"], string>> = {
  draft: "#ff8a1f",
  open: "#ff8a1f",
  resolved: "#b9c0ca",
};
const EDGE = "rgb(0 0 0 / 65%)";
const MARK_TEXT = "#1b1206";
/** CSS pixels. */
const STROKE = 2;
const STRONG_STROKE = 3;
const HALO = 2;
const DASHES = [7, 5];
/** The number in a mark. */
const MARK_FONT = 11;
const MOST_COUNTED = 99;

export interface RegionStyle {
  readonly fontFamily: string;
  readonly opened: string | undefined;
}

/** Paint `regions`, those that are in the view; the opened one is painted strongly and last. */
export function paintRegions(
  context: Context,
  regions: readonly ShownRegion[],
  style: RegionStyle,
  to: Projection,
): void {
  if (regions.length === 0) return;
  const reach = 3 * MARK_RADIUS * to.unit;
  const view = { left: -reach, top: -reach, right: to.width + reach, bottom: to.height + reach };
  const seen = regions.filter((region) => overlap(deviceBox(region, to), view));
  const isOpened = ({ key }: ShownRegion) => key === style.opened;
  const ordered = [...seen.filter((each) => !isOpened(each)), ...seen.filter(isOpened)];
  context.save();
  context.font = `700 ${MARK_FONT * to.unit}px ${style.fontFamily}`;
  for (const region of ordered) paintOutline(context, region, isOpened(region), to);
  for (const region of ordered) paintMark(context, region, isOpened(region), to);
  context.restore();
}

function paintOutline(context: Context, region: ShownRegion, isOpened: boolean, to: Projection): void {
  const color = COLORS[region.look];
  const width = isOpened ? STRONG_STROKE : STROKE;
  context.beginPath();
  traceClipped(context, region, to);
  if (isOpened) {
    context.fillStyle = `${color}26`;
    context.fill("evenodd");
  }
  if (region.look === "draft") context.setLineDash(DASHES.map((length) => length * to.unit));
  for (const [stroke, line] of [
    [EDGE, width + HALO],
    [color, width],
  ] as const) {
    context.strokeStyle = stroke;
    context.lineWidth = line * to.unit;
    context.stroke();
  }
  context.setLineDash([]);
}

/** Edges of boxes far outside are drawn just outside: dashes of a mile cost dearly. */
function traceClipped(context: Context, region: Region, to: Projection): void {
  if (region.type === "polygon") {
    traceShape(context, region, to);
    return;
  }
  const beyond = 16 * to.unit;
  const { left, top, right, bottom } = deviceBox(region, to);
  const [x, y] = [Math.max(left, -beyond), Math.max(top, -beyond)];
  context.rect(x, y, Math.min(right, to.width + beyond) - x, Math.min(bottom, to.height + beyond) - y);
}

/** A disc with the number of comments; a ring where there is none yet. */
function paintMark(context: Context, region: ShownRegion, isOpened: boolean, to: Projection): void {
  const at = markOf(region, to.unit / to.scale);
  const [x, y] = [at.x * to.scale + to.x, at.y * to.scale + to.y];
  const radius = (isOpened ? MARK_RADIUS + 1.5 : MARK_RADIUS) * to.unit;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = COLORS[region.look];
  context.fill();
  context.strokeStyle = isOpened ? "#ffffff" : EDGE;
  context.lineWidth = (isOpened ? 2 : 1.25) * to.unit;
  context.stroke();
  context.fillStyle = MARK_TEXT;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(wordOf(region), x, y + 0.5 * to.unit);
}

function wordOf({ look, count }: ShownRegion): string {
  if (look === "resolved") return "✓";
  if (look === "draft" && count === 0) return "+";
  return count > MOST_COUNTED ? `${MOST_COUNTED}+` : String(count);
}

function deviceBox({ points }: Region, { scale, x, y }: Projection) {
  const box = boxOf(points);
  return {
    left: box.left * scale + x,
    top: box.top * scale + y,
    right: box.right * scale + x,
    bottom: box.bottom * scale + y,
  };
}
