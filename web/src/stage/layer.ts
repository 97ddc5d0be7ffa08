/**
 * The shapes of a frame as a bitmap larger than the view. While the camera moves it is blitted; when few shapes
 * change it is repaired; else it is drawn anew, in slices, into a second bitmap that then takes its place.
 */

import { grown, overlap } from "../core/geometry";
import type { Box, Cid, Shape } from "../core/model";
import {
  bearsTag,
  type Ink,
  type Projection,
  paintShape,
  paintTag,
  REACH,
  TAGGED_REACH,
  tagBox,
  tagFont,
} from "./painters";
import { boxOf, costOf, learnedRate, notDrawn, planChange } from "./plan";
import type { Camera } from "./scene";

/** The size of the stage in CSS pixels, and the device pixels of one. */
export interface View {
  readonly width: number;
  readonly height: number;
  readonly unit: number;
}

/** What shapes look like, apart from themselves. */
export interface Style {
  readonly ink: (labelId: number) => Ink;
  readonly fontFamily: string;
  /** Those to be seen as selected here, since they are too many for the overlay. */
  readonly selected: ReadonlySet<Cid>;
}

/** A bitmap and what is drawn on it. */
interface Drawing {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  readonly frame: number;
  readonly generation: number;
  readonly camera: Camera;
  readonly to: Projection;
  readonly margin: { readonly x: number; readonly y: number };
  readonly tagged: boolean;
  shapes: readonly Shape[];
}

/** A drawing under way; `next` is the first shape not drawn yet. */
interface Build {
  readonly drawing: Drawing;
  next: number;
}

/** The bitmap reaches beyond the view by this part of it on each side; by the second where that were too much memory. */
const MARGINS = [0.25, 0.08] as const;
const MAX_PIXELS = 24_000_000;
/** Shapes in the view from which on tags are shown for none but the hovered and selected. */
const TAGGED_COUNT = 200;
/** Shapes to draw for a repair within one animation frame; more are drawn in slices. */
const REPAIR_COUNT = 800;
/** Shapes not drawn yet that the overlay may stand in for. */
const MISSING_COUNT = 200;
/** The bitmap is blitted up to this factor of its scale, and down to its inverse. */
const MAX_BLIT = 2;
/** Units of cost below which the time taken says nothing. */
const MIN_LESSON = 200;

export class ShapeLayer {
  #view: View;
  #style: Style;
  #generation = 0;
  #frame: number | undefined;
  #shapes: readonly Shape[] = [];
  #front: Drawing | undefined;
  #spare: HTMLCanvasElement | undefined;
  #build: Build | undefined;
  /** Too much has changed to repair it. */
  #outdated = false;
  #missing: readonly Shape[] = [];
  #rate = 500;
  #version = 0;
  readonly #probe = contextOf(document.createElement("canvas"));

  constructor(view: View, style: Style) {
    this.#view = view;
    this.#style = style;
    this.#probe.canvas.width = this.#probe.canvas.height = 1;
  }

  /** The frame whose shapes are seen. */
  get frame(): number | undefined {
    return this.#front?.frame;
  }

  /** Rises when what `blit` copies is other than before. */
  get version(): number {
    return this.#version;
  }

  /** Shapes that are not seen yet as they are, if they are few: the overlay shows them meanwhile. */
  get missing(): readonly Shape[] {
    return this.#missing.length <= MISSING_COUNT ? this.#missing : [];
  }

  /** Be as large as `view` needs, and drawn in `style`, from the next drawing on. */
  restyle(view: View, style: Style): void {
    this.#view = view;
    this.#style = style;
    this.#generation += 1;
  }

  /** Show `shapes` of `frame`, undermost first. Few changes are seen at once, others as `advance` comes to them. */
  show(frame: number, shapes: readonly Shape[]): void {
    this.#frame = frame;
    this.#shapes = shapes;
    this.#catchUp();
  }

  /**
   * Work for about `budget` ms at being drawn crisply for `camera`; true when there is nothing left to do.
   * While the camera moves (not `settled`) that is only what is needed to have something to blit.
   */
  advance(camera: Camera, settled: boolean, budget: number): boolean {
    if (this.#frame === undefined) return true;
    if (this.#mustBegin(camera, settled)) this.#begin(this.#frame, camera);
    if (this.#build !== undefined) this.#draw(this.#build, budget);
    return this.#build === undefined && !this.#mustBegin(camera, settled);
  }

  /** Copy what is seen under `camera` onto `context`, which is as large as the view. */
  blit(context: CanvasRenderingContext2D, camera: Camera): void {
    if (this.#front === undefined) return;
    const { canvas } = this.#front;
    const { ratio, x, y, exact } = this.#placed(this.#front, camera);
    context.imageSmoothingEnabled = !exact;
    context.drawImage(canvas, x, y, canvas.width * ratio, canvas.height * ratio);
  }

  /** Forget all shapes. */
  clear(): void {
    this.#frame = undefined;
    this.#front = undefined;
    this.#build = undefined;
    this.#missing = [];
  }

  /** Where the bitmap falls under `camera`, in device pixels; `exact` when its pixels fall upon those of the view. */
  #placed(drawing: Drawing, camera: Camera) {
    const unit = this.#view.unit;
    const wanted = (camera.scale * unit) / drawing.to.scale;
    const ratio = Math.abs(wanted - 1) < 1e-9 ? 1 : wanted;
    const [x, y] = [camera.x * unit - drawing.to.x * ratio, camera.y * unit - drawing.to.y * ratio];
    const exact = ratio === 1 && Math.abs(x - Math.round(x)) < 0.01 && Math.abs(y - Math.round(y)) < 0.01;
    return exact ? { ratio, x: Math.round(x), y: Math.round(y), exact } : { ratio, x, y, exact };
  }

  #mustBegin(camera: Camera, settled: boolean): boolean {
    const current = this.#build?.drawing ?? this.#front;
    if (current === undefined) return true;
    if (current.frame !== this.#frame || current.generation !== this.#generation) return true;
    if (this.#build !== undefined) return settled && !this.#serves(current, camera, settled);
    return this.#outdated || !this.#serves(current, camera, settled);
  }

  /** Whether `drawing` will do for `camera`: at rest crisp and with some margin, in motion covering the view. */
  #serves(drawing: Drawing, camera: Camera, settled: boolean): boolean {
    const { ratio, x, y, exact } = this.#placed(drawing, camera);
    if (settled && !exact) return false;
    if (ratio > MAX_BLIT || ratio < 1 / MAX_BLIT) return false;
    const { width, height, unit } = this.#view;
    // A pixel less than nothing: the bitmap has whole pixels, the view may have parts of one.
    const [spareX, spareY] = settled ? [drawing.margin.x / 2 - 1, drawing.margin.y / 2 - 1] : [-1, -1];
    return (
      x <= -spareX &&
      y <= -spareY &&
      x + drawing.canvas.width * ratio >= width * unit + spareX &&
      y + drawing.canvas.height * ratio >= height * unit + spareY
    );
  }

  #begin(frame: number, camera: Camera): void {
    const canvas = this.#build?.drawing.canvas ?? this.#spare ?? document.createElement("canvas");
    this.#spare = undefined;
    const { width, height, unit } = this.#view;
    const [wide, high] = [Math.round(width * unit), Math.round(height * unit)];
    const part = wide * high * (1 + 2 * MARGINS[0]) ** 2 > MAX_PIXELS ? MARGINS[1] : MARGINS[0];
    const margin = { x: Math.round(wide * part), y: Math.round(high * part) };
    const context = contextOf(canvas);
    const size = { width: wide + 2 * margin.x, height: high + 2 * margin.y };
    if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
    else context.clearRect(0, 0, size.width, size.height);
    context.font = tagFont(this.#style.fontFamily, unit);
    context.lineJoin = "round";
    const to = {
      scale: camera.scale * unit,
      x: camera.x * unit + margin.x,
      y: camera.y * unit + margin.y,
      unit,
      ...size,
    };
    const tagged = this.#countIn({ left: 0, top: 0, right: width, bottom: height }, camera) < TAGGED_COUNT;
    const shapes = this.#shapes;
    this.#build = {
      drawing: { canvas, context, frame, generation: this.#generation, camera, to, margin, tagged, shapes },
      next: 0,
    };
  }

  /** How many shapes are to be seen in a part of the view. */
  #countIn(part: Box, { scale, x, y }: Camera): number {
    const box = {
      left: (part.left - x) / scale,
      top: (part.top - y) / scale,
      right: (part.right - x) / scale,
      bottom: (part.bottom - y) / scale,
    };
    return this.#shapes.filter((shape) => overlap(boxOf(shape.points), box)).length;
  }

  /** Draw the next shapes, as many as can be expected to take `budget` ms. */
  #draw(build: Build, budget: number): void {
    const { drawing } = build;
    const region = imageBox({ left: 0, top: 0, right: drawing.to.width, bottom: drawing.to.height }, drawing);
    const before = performance.now();
    let spent = 0;
    for (; build.next < drawing.shapes.length && spent < this.#rate * budget; build.next += 1) {
      const shape = drawing.shapes[build.next] as Shape;
      if (!overlap(boxOf(shape.points), region)) continue;
      this.#paint(drawing, shape);
      spent += costOf(shape);
    }
    // Have the browser carry out what it has only noted so far: else all slices were paid for in one frame.
    // Once a slice, since it copies the bitmap for that.
    this.#probe.drawImage(drawing.canvas, 0, 0, 1, 1, 0, 0, 1, 1);
    if (spent > MIN_LESSON) this.#rate = learnedRate(this.#rate, spent, performance.now() - before);
    if (build.next >= drawing.shapes.length) this.#swap(drawing);
  }

  #swap(drawing: Drawing): void {
    this.#spare = this.#front?.canvas;
    this.#front = drawing;
    this.#build = undefined;
    this.#version += 1;
    this.#catchUp();
  }

  /** Bring what is seen to what is to be seen, if that is little work; else have it drawn anew. */
  #catchUp(): void {
    this.#missing = [];
    this.#outdated = false;
    const front = this.#front;
    if (front === undefined || front.frame !== this.#frame) return;
    const plan = planChange(front.shapes, this.#shapes);
    if (plan.name === "append") for (const shape of plan.shapes) this.#paint(front, shape);
    this.#outdated = plan.name === "rebuild" || (plan.name === "repair" && !this.#repair(front, plan.boxes));
    if (this.#outdated) this.#missing = notDrawn(front.shapes, this.#shapes);
    else front.shapes = this.#shapes;
  }

  /** Draw anew what lies in `boxes`; false, and nothing done, if that is too much for one frame. */
  #repair(drawing: Drawing, boxes: readonly Box[]): boolean {
    const { to, context } = drawing;
    const reach = (drawing.tagged ? TAGGED_REACH : REACH) * to.unit;
    const parts = boxes
      .map((box) => outward(grown(deviceBox(box, to), reach), to))
      .filter((part) => part.right > part.left && part.bottom > part.top)
      .map((part) => {
        const region = imageBox(grown(part, reach), drawing);
        return { part, shapes: this.#shapes.filter((shape) => overlap(boxOf(shape.points), region)) };
      });
    if (parts.reduce((sum, { shapes }) => sum + shapes.length, 0) > REPAIR_COUNT) return false;
    for (const { part, shapes } of parts) {
      const { left, top, right, bottom } = part;
      context.save();
      context.beginPath();
      context.rect(left, top, right - left, bottom - top);
      context.clip();
      context.clearRect(left, top, right - left, bottom - top);
      for (const shape of shapes) this.#paint(drawing, shape);
      context.restore();
    }
    return true;
  }

  #paint({ context, to, tagged }: Drawing, shape: Shape): void {
    const ink = this.#style.ink(shape.labelId);
    paintShape(context, shape, to, ink, "normal");
    if (this.#style.selected.has(shape.cid)) paintShape(context, shape, to, ink, "selected");
    if (!tagged || ink.name === "") return;
    const tag = tagBox(context, shape, ink, to);
    if (bearsTag(shape, tag, to)) paintTag(context, ink, tag, to);
  }
}

export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser has no 2d canvas left to give");
  return context;
}

/** A box of image pixels as one of the bitmap's. */
function deviceBox(box: Box, { scale, x, y }: Projection): Box {
  return {
    left: box.left * scale + x,
    top: box.top * scale + y,
    right: box.right * scale + x,
    bottom: box.bottom * scale + y,
  };
}

/** A box of the bitmap's pixels as one of image pixels. */
function imageBox(box: Box, { to }: Drawing): Box {
  return {
    left: (box.left - to.x) / to.scale,
    top: (box.top - to.y) / to.scale,
    right: (box.right - to.x) / to.scale,
    bottom: (box.bottom - to.y) / to.scale,
  };
}

/** `box` grown to whole pixels, so that its edge is not blended, and cut to the bitmap. */
function outward(box: Box, to: Projection): Box {
  return {
    left: Math.max(0, Math.floor(box.left)),
    top: Math.max(0, Math.floor(box.top)),
    right: Math.min(to.width, Math.ceil(box.right)),
    bottom: Math.min(to.height, Math.ceil(box.bottom)),
  };
}
