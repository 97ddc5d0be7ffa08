/** The three canvases of the stage, one above the other: picture, shapes, overlay. */

import type { Picture } from "../frames/source";
import { contextOf, type ShapeLayer, type View } from "./layer";
import { type OverlayContent, type OverlayStyle, paintOverlay } from "./overlay";
import type { Camera } from "./scene";

/** From this many device pixels a pixel of the picture on, its pixels are shown as such. */
const PIXELS_FROM = 3;
/** Down to this part of its size a picture is painted well enough from its nearest pixels. */
const SHRUNK_TO = 0.6;
/** More device pixels a CSS pixel than these cost time and are not seen. */
const MAX_UNIT = 2;

export class Renderer {
  /** Holds the canvases and gets the events; as large as its place. */
  readonly root = document.createElement("div");
  readonly #image: CanvasRenderingContext2D;
  readonly #shapes: CanvasRenderingContext2D;
  readonly #overlay: CanvasRenderingContext2D;
  #view: View = { width: 0, height: 0, unit: 1 };

  constructor(host: HTMLElement) {
    this.root.className = "stage-layers";
    const layers = [0, 1, 2].map(() => contextOf(document.createElement("canvas")));
    for (const { canvas } of layers) this.root.append(canvas);
    [this.#image, this.#shapes, this.#overlay] = layers as [
      CanvasRenderingContext2D,
      CanvasRenderingContext2D,
      CanvasRenderingContext2D,
    ];
    host.append(this.root);
  }

  /** The size the page gives the stage now. */
  measure(): View {
    const { width, height } = this.root.getBoundingClientRect();
    return { width, height, unit: Math.min(MAX_UNIT, window.devicePixelRatio) };
  }

  /** Make the canvases as large as `view`; they are blank then. */
  resize(view: View): void {
    this.#view = view;
    for (const { canvas } of [this.#image, this.#shapes, this.#overlay]) {
      canvas.width = Math.ceil(view.width * view.unit);
      canvas.height = Math.ceil(view.height * view.unit);
      // Not the view's size: rounding it would stretch the pixels.
      canvas.style.width = `${canvas.width / view.unit}px`;
      canvas.style.height = `${canvas.height / view.unit}px`;
    }
  }

  /** Whether the picture is so much smaller on the screen than it is that painting it sharply differs, and costs. */
  isShrunk(picture: Picture, camera: Camera): boolean {
    return camera.scale * this.#view.unit * picture.width < SHRUNK_TO * picture.bitmap.width;
  }

  /** A shrunk picture that is not painted sharply has jagged lines, and takes half the time. */
  paintImage(picture: Picture, camera: Camera, sharply: boolean): void {
    const context = this.#image;
    const { bitmap } = picture;
    // A picture that its source has closed by now is about to be followed by another: leave what is seen.
    if (bitmap.width === 0) return;
    const { unit } = this.#view;
    const scale = camera.scale * unit;
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    context.imageSmoothingEnabled = (scale * picture.width) / bitmap.width < PIXELS_FROM;
    context.imageSmoothingQuality = sharply ? "medium" : "low";
    context.drawImage(
      bitmap,
      camera.x * unit,
      camera.y * unit,
      picture.width * scale,
      picture.height * scale,
    );
  }

  paintShapes(layer: ShapeLayer, camera: Camera): void {
    const context = this.#shapes;
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    layer.blit(context, camera);
  }

  paintOverlay(content: OverlayContent, style: OverlayStyle, camera: Camera, picture: Picture): void {
    const { unit } = this.#view;
    const { width, height } = this.#overlay.canvas;
    const to = { scale: camera.scale * unit, x: camera.x * unit, y: camera.y * unit, unit, width, height };
    paintOverlay(this.#overlay, content, style, to, picture);
  }

  clear(): void {
    for (const context of [this.#image, this.#shapes, this.#overlay])
      context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  }

  close(): void {
    this.root.remove();
  }
}
