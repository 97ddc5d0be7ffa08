/** The stage: follows the scene and the hand, and has everything painted, once an animation frame. */

import { effect, type ReadonlySignal, untracked } from "@preact/signals";
import type { Box, Cid, Point, Shape } from "../core/model";
import type { Picture } from "../frames/source";
import { toImage, toView } from "./camera";
import { Input } from "./input";
import { ShapeLayer, type View } from "./layer";
import type { OverlayContent } from "./overlay";
import { followPage } from "./page";
import { type Ink, inkOf } from "./painters";
import { Pilot } from "./pilot";
import { Renderer } from "./renderer";
import type { Camera, OnToolEvent, Scene, Stage } from "./scene";
import "./stage.css";

/** Milliseconds without a move of the camera, after which all is drawn crisply. */
const SETTLE_MS = 120;
/** Milliseconds an animation frame may spend on drawing shapes: at rest, in motion, and for the next picture's. */
const REST_BUDGET_MS = 5;
const MOTION_BUDGET_MS = 3;
const PICTURE_BUDGET_MS = 24;
/** Longer than this the last picture does not stay for want of the next one's shapes. */
const MAX_HOLD_MS = 100;
/** More selected shapes than these are painted with the others, not each frame anew. */
const OVERLAID_COUNT = 100;
/** A new picture is sharpened when it has stayed that long: turning pages must not wait for it. */
const SHARPEN_MS = 60;
const FLASH_MS = 1200;
const FLASH_PULSES = 3;

const NOBODY: ReadonlySet<Cid> = new Set();

type Part = "image" | "layer" | "shapes" | "overlay";
const SEEN: readonly Part[] = ["image", "shapes", "overlay"];

/** Show `scene` in `host`, and tell what people do there. What is shown follows the scene until `close`. */
export function openStage(host: HTMLElement, scene: Scene, onEvent: OnToolEvent): Stage {
  return new OpenStage(host, scene, onEvent);
}

class OpenStage implements Stage {
  readonly #scene: Scene;
  readonly #renderer: Renderer;
  readonly #layer: ShapeLayer;
  readonly #pilot: Pilot;
  readonly #input: Input;
  readonly #stop = new AbortController();
  readonly #reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
  readonly #inks = new Map<number, Ink>();
  #view: View;
  #theme = { accent: "#000000", fontFamily: "sans-serif" };
  /** The picture on the screen. It stays until the next one's shapes are drawn too. */
  #shown: Picture | undefined;
  #shownAt = Number.NEGATIVE_INFINITY;
  #isSharp = false;
  #heldSince: number | undefined;
  #edited: ReadonlySet<Cid> = NOBODY;
  #layerSelected: ReadonlySet<Cid> = NOBODY;
  readonly #dirty = new Set<Part>();
  #tickedCamera: Camera | undefined;
  #movedAt = Number.NEGATIVE_INFINITY;
  #flashedAt = Number.NEGATIVE_INFINITY;
  #request = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting: (() => void)[] = [];

  constructor(host: HTMLElement, scene: Scene, onEvent: OnToolEvent) {
    this.#scene = scene;
    this.#renderer = new Renderer(host);
    this.#view = this.#renderer.measure();
    this.#renderer.resize(this.#view);
    this.#readTheme();
    this.#layer = new ShapeLayer(this.#view, this.#layerStyle());
    this.#pilot = new Pilot(this.#view, () => this.#moved());
    this.#input = new Input(this.#renderer.root, {
      pilot: this.#pilot,
      ready: () => this.#scene.picture.peek() !== undefined,
      toView: (client) => this.#toView(client),
      toImage: (client) => this.toImage(client),
      send: onEvent,
      changed: () => {
        this.#showCursor();
        this.#mark("overlay");
      },
    });
    this.#followScene();
    followPage(this.#renderer.root, this.#stop.signal, {
      view: () => this.#viewChanged(),
      theme: () => this.#themeChanged(),
    });
  }

  get camera(): ReadonlySignal<Camera> {
    return this.#pilot.camera;
  }

  fit(): void {
    this.#pilot.fit();
  }

  zoomBy(factor: number, around?: Point): void {
    this.#pilot.zoomBy(factor, around && this.#toView(around));
  }

  reveal(box: Box): void {
    this.#pilot.reveal(box);
  }

  toImage(client: Point): Point {
    return toImage(this.camera.peek(), this.#toView(client));
  }

  toClient(image: Point): Point {
    const { left, top } = this.#renderer.root.getBoundingClientRect();
    const { x, y } = toView(this.camera.peek(), image);
    return { x: x + left, y: y + top };
  }

  idle(): Promise<void> {
    if (this.#request === 0 && this.#timer === undefined) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.#stop.abort();
    this.#input.close();
    this.#rest();
    this.#layer.clear();
    this.#renderer.close();
    this.#tellIdle();
  }

  #toView(client: Point): Point {
    const { left, top } = this.#renderer.root.getBoundingClientRect();
    return { x: client.x - left, y: client.y - top };
  }

  // ---- what is followed

  #followScene(): void {
    const { document: shapes, picture, labels, selected, hovered, hides } = this.#scene;
    const { preview, cursor, flashed, draftLabel, regions, openedRegion } = this.#scene;
    this.#follow([picture], () => this.#pictureChanged());
    this.#follow([shapes.version, hides], () => this.#mark("layer", "overlay"));
    this.#follow([preview], () => this.#previewChanged());
    this.#follow([selected], () => this.#selectedChanged());
    const above = [hovered, regions, openedRegion, ...(draftLabel === undefined ? [] : [draftLabel])];
    this.#follow(above, () => this.#mark("overlay"));
    this.#follow([cursor], () => this.#showCursor());
    this.#follow([labels], () => {
      this.#inks.clear();
      this.#restyle();
    });
    this.#follow([flashed], () => {
      this.#flashedAt = performance.now();
      this.#mark("overlay");
    });
  }

  /** Have `act` done now and whenever one of `signals` changes. */
  #follow(signals: readonly ReadonlySignal<unknown>[], act: () => void): void {
    const stop = effect(() => {
      for (const each of signals) each.value;
      untracked(act);
    });
    this.#stop.signal.addEventListener("abort", stop);
  }

  #pictureChanged(): void {
    const picture = this.#scene.picture.peek();
    if (picture !== undefined) this.#pilot.setSize(picture);
    this.#mark("layer", ...SEEN);
  }

  #previewChanged(): void {
    const { edited = [] } = this.#scene.preview.peek();
    if (this.#edited.size !== edited.length || edited.some(({ cid }) => !this.#edited.has(cid))) {
      this.#edited = new Set(edited.map(({ cid }) => cid));
      this.#mark("layer");
    }
    this.#mark("overlay");
  }

  #selectedChanged(): void {
    const selected = this.#scene.selected.peek();
    const inLayer = selected.size > OVERLAID_COUNT ? selected : NOBODY;
    this.#mark("overlay");
    if (inLayer === this.#layerSelected) return;
    this.#layerSelected = inLayer;
    this.#restyle();
  }

  #viewChanged(): void {
    const { width, height, unit } = this.#view;
    const view = this.#renderer.measure();
    if (view.width === width && view.height === height && view.unit === unit) return;
    this.#view = view;
    this.#renderer.resize(view);
    this.#pilot.setView(view);
    this.#restyle();
    this.#mark(...SEEN);
    // The canvases are blank now: the next animation frame would be one too late.
    cancelAnimationFrame(this.#request);
    this.#tick(performance.now(), true);
  }

  #themeChanged(): void {
    this.#readTheme();
    this.#mark("overlay");
  }

  #readTheme(): void {
    const { color, fontFamily } = getComputedStyle(this.#renderer.root);
    this.#theme = { accent: color, fontFamily };
  }

  #layerStyle() {
    return { ink: this.#inkOf, fontFamily: this.#theme.fontFamily, selected: this.#layerSelected };
  }

  #restyle(): void {
    this.#layer.restyle(this.#view, this.#layerStyle());
    this.#mark("shapes", "overlay");
  }

  readonly #inkOf = (labelId: number): Ink => {
    let ink = this.#inks.get(labelId);
    if (ink === undefined) {
      ink = inkOf(this.#scene.labels.peek().get(labelId));
      this.#inks.set(labelId, ink);
    }
    return ink;
  };

  #moved(): void {
    this.#movedAt = performance.now();
    this.#mark(...SEEN);
  }

  #showCursor(): void {
    this.#renderer.root.style.cursor = this.#input.cursor ?? this.#scene.cursor.peek();
  }

  // ---- painting

  #mark(...parts: Part[]): void {
    for (const part of parts) this.#dirty.add(part);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#request === 0 && !this.#stop.signal.aborted)
      this.#request = requestAnimationFrame((now) => this.#tick(now, false));
  }

  /** One animation frame. `blank`: the canvases are empty, so that nothing can be put off. */
  #tick(now: number, blank: boolean): void {
    this.#rest();
    const picture = this.#scene.picture.peek();
    if (picture === undefined || this.#view.width === 0 || this.#view.height === 0) this.#showNothing();
    else {
      this.#pilot.glide(now);
      if (this.camera.peek() !== this.#tickedCamera) this.#input.repeatMove();
      this.#tickedCamera = this.camera.peek();
      const isDrawn = this.#drawShapes(picture, now, blank);
      const isHeld = this.#isHeld(picture);
      this.#heldSince = isHeld ? (this.#heldSince ?? now) : undefined;
      if (!isHeld) this.#paint(picture, now);
      this.#goOn(now, isDrawn);
    }
    if (this.#request === 0 && this.#timer === undefined) this.#tellIdle();
  }

  /** Whether the last picture is to stay, since the shapes of `picture` are not all drawn. */
  #isHeld(picture: Picture): boolean {
    return (
      this.#shown !== undefined && this.#shown.frame !== picture.frame && this.#layer.frame !== picture.frame
    );
  }

  /** Have the layer do a slice of its work; true when it has none left. */
  #drawShapes(picture: Picture, now: number, blank: boolean): boolean {
    if (this.#dirty.delete("layer")) {
      const hides = this.#scene.hides.peek();
      const shapes = this.#scene.document.onFrame(picture.frame);
      this.#layer.show(
        picture.frame,
        shapes.filter((shape) => !hides(shape) && !this.#edited.has(shape.cid)),
      );
      this.#dirty.add("shapes").add("overlay");
    }
    const settled = this.#isSettled(now);
    const camera = this.camera.peek();
    const before = this.#layer.version;
    let isDrawn: boolean;
    if (this.#isHeld(picture)) {
      const late = blank || now - (this.#heldSince ?? now) > MAX_HOLD_MS;
      isDrawn = this.#layer.advance(camera, true, late ? Number.POSITIVE_INFINITY : PICTURE_BUDGET_MS);
    } else isDrawn = this.#layer.advance(camera, settled, settled ? REST_BUDGET_MS : MOTION_BUDGET_MS);
    if (this.#layer.version !== before) this.#dirty.add("shapes").add("overlay");
    return isDrawn;
  }

  #mayBeSharp(now: number): boolean {
    return this.#isSettled(now) && now - this.#shownAt >= SHARPEN_MS;
  }

  #isSettled(now: number): boolean {
    return !this.#pilot.gliding && now - this.#movedAt >= SETTLE_MS;
  }

  #paint(picture: Picture, now: number): void {
    const camera = this.camera.peek();
    if (this.#shown !== picture) {
      this.#dirty.add("image");
      this.#shownAt = now;
    }
    this.#shown = picture;
    const sharply = this.#mayBeSharp(now);
    if (this.#dirty.delete("image") || (sharply && !this.#isSharp)) {
      this.#renderer.paintImage(picture, camera, sharply);
      this.#isSharp = sharply || !this.#renderer.isShrunk(picture, camera);
    }
    if (this.#dirty.delete("shapes")) this.#renderer.paintShapes(this.#layer, camera);
    if (this.#dirty.delete("overlay") || this.#isFlashing(now)) {
      const style = { ink: this.#inkOf, ...this.#theme };
      this.#renderer.paintOverlay(this.#overlayContent(picture.frame, now), style, camera, picture);
    }
  }

  #showNothing(): void {
    this.#dirty.clear();
    this.#dirty.add("layer");
    this.#shown = undefined;
    this.#layer.clear();
    this.#renderer.clear();
  }

  /** See to it that there is another animation frame, if there is anything left to do. */
  #goOn(now: number, isDrawn: boolean): void {
    if (!isDrawn || this.#dirty.size > 0 || this.#pilot.gliding || this.#isFlashing(now)) this.#schedule();
    else if (!this.#isSettled(now)) this.#timer = setTimeout(() => this.#schedule(), SETTLE_MS);
    else if (!this.#isSharp) this.#timer = setTimeout(() => this.#schedule(), SHARPEN_MS);
  }

  #rest(): void {
    cancelAnimationFrame(this.#request);
    clearTimeout(this.#timer);
    this.#request = 0;
    this.#timer = undefined;
  }

  #tellIdle(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const tell of waiting) tell();
  }

  #isFlashing(now: number): boolean {
    return this.#scene.flashed.peek().size > 0 && now - this.#flashedAt < FLASH_MS;
  }

  #overlayContent(frame: number, now: number): OverlayContent {
    const scene = this.#scene;
    const preview = scene.preview.peek();
    const edited = new Map(preview.edited?.map((shape) => [shape.cid, shape]));
    const hides = scene.hides.peek();
    const find = (cid: Cid): Shape | undefined => {
      const shape = edited.get(cid) ?? scene.document.shape(cid);
      return shape?.frame === frame && !hides(shape) ? shape : undefined;
    };
    const selected = scene.selected.peek();
    const overlaid =
      this.#layerSelected === NOBODY ? [...selected] : [...edited.keys()].filter((cid) => selected.has(cid));
    const hovered = scene.hovered.peek();
    const flashing = this.#isFlashing(now) ? [...scene.flashed.peek()] : [];
    const pulse = Math.sin((Math.PI * FLASH_PULSES * (now - this.#flashedAt)) / FLASH_MS) ** 2;
    return {
      present: [...this.#layer.missing, ...edited.values()],
      selected: overlaid.map(find).filter((shape) => shape !== undefined),
      hovered: hovered === undefined || selected.has(hovered) ? undefined : find(hovered),
      flashed: flashing.map(find).filter((shape) => shape !== undefined),
      glow: this.#reducedMotion.matches ? 0.5 : pulse,
      preview,
      regions: scene.regions.peek(),
      openedRegion: scene.openedRegion.peek(),
      draftInk: this.#draftInk(),
      showsCrosshair: this.#input.inside,
    };
  }

  #draftInk(): Ink {
    const label = this.#scene.draftLabel?.peek();
    if (label !== undefined) return this.#inkOf(label);
    return { ...inkOf(undefined), stroke: this.#theme.accent, fill: "rgb(127 127 127 / 20%)" };
  }
}
