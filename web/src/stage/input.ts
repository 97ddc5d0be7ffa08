/** What people do on the stage, sorted: camera gestures to the camera, all else to the tool in image pixels. */

import { distance } from "../core/geometry";
import type { Point } from "../core/model";
import type { PointerStep, ToolEvent } from "../tools/tool";
import { wheelZoom } from "./camera";
import type { Pilot } from "./pilot";
import type { Camera } from "./scene";

/** What input asks of the stage. */
export interface InputTarget {
  readonly pilot: Pilot;
  /** Whether there is a picture to work on. */
  ready(): boolean;
  toView(client: Point): Point;
  toImage(client: Point): Point;
  send(event: ToolEvent): void;
  /** The pointer came onto the stage or left it, or panning began or ended. */
  changed(): void;
}

/** A pointer that is down, and where it is now. */
interface Finger {
  readonly id: number;
  readonly kind: string;
  at: Point;
}

type Gesture =
  | { readonly name: "none" }
  | {
      readonly name: "tool";
      readonly finger: Finger;
      readonly start: Point;
      readonly button: "left" | "right";
      /** The furthest the pointer was from its start, screen pixels. */
      travel: number;
      /** A finger's touch is held back until it is clear that no second one follows. */
      held: PointerEvent | undefined;
    }
  | { readonly name: "pan"; readonly finger: Finger; readonly from: Camera; readonly start: Point }
  | {
      readonly name: "pinch";
      readonly fingers: readonly [Finger, Finger];
      readonly from: Camera;
      readonly starts: readonly [Point, Point];
    };

/** Screen pixels a finger may tremble before it is a drag. */
const TOUCH_SLIP = 4;
const MIDDLE = 1;
const RIGHT = 2;
/** Where Space is a letter, and where it is a click: but what a mouse clicked keeps the focus without wanting it. */
const TAKES_TEXT = "input, textarea, select, [contenteditable]";
const TAKES_SPACE = "button, a[href], summary, [role]";

export class Input {
  readonly #root: HTMLElement;
  readonly #target: InputTarget;
  readonly #stop = new AbortController();
  readonly #fingers = new Map<number, Finger>();
  #gesture: Gesture = { name: "none" };
  #hover: PointerEvent | undefined;
  #space = false;
  #penSeen = false;
  /** Whether the focus stands where a key, not a pointer, has put it. */
  #tabbed = false;

  constructor(root: HTMLElement, target: InputTarget) {
    this.#root = root;
    this.#target = target;
    const { signal } = this.#stop;
    root.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    root.addEventListener("pointermove", (event) => this.#move(event), { signal });
    root.addEventListener("pointerup", (event) => this.#up(event), { signal });
    root.addEventListener("pointercancel", (event) => this.#cancel(event), { signal });
    root.addEventListener("pointerleave", () => this.#leave(), { signal });
    root.addEventListener("dblclick", (event) => this.#double(event), { signal });
    root.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
    root.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
    // Else Windows scrolls by the middle button.
    root.addEventListener("mousedown", (event) => event.button === MIDDLE && event.preventDefault(), {
      signal,
    });
    window.addEventListener("keydown", (event) => this.#keyDown(event), { signal });
    window.addEventListener("keyup", (event) => this.#keyUp(event), { signal });
    window.addEventListener("pointerdown", () => (this.#tabbed = false), { signal, capture: true });
    window.addEventListener("blur", () => this.#setSpace(false), { signal });
  }

  /** Whether a pointer is over the stage. */
  get inside(): boolean {
    return this.#hover !== undefined;
  }

  /** The camera's own cursor, while it has the pointer. */
  get cursor(): string | undefined {
    if (this.#gesture.name === "pan" || this.#gesture.name === "pinch") return "grabbing";
    return this.#space && this.#gesture.name === "none" ? "grab" : undefined;
  }

  /** Whether a camera gesture is under way. */
  get movesCamera(): boolean {
    return this.#gesture.name === "pan" || this.#gesture.name === "pinch";
  }

  /** Tell the tool where the pointer is now that the picture has moved under it. */
  repeatMove(): void {
    if (this.#hover !== undefined && !this.movesCamera && !this.#space) this.#tell("move", this.#hover);
  }

  close(): void {
    this.#stop.abort();
  }

  #down(event: PointerEvent): void {
    if (!this.#target.ready() || event.button > RIGHT) return;
    if (event.pointerType === "pen") this.#penSeen = true;
    const gesture = this.#gesture;
    if (event.pointerType === "touch" && gesture.name === "tool" && gesture.finger.kind === "pen") return;
    const finger = { id: event.pointerId, kind: event.pointerType, at: clientOf(event) };
    this.#fingers.set(finger.id, finger);
    this.#root.setPointerCapture(event.pointerId);
    this.#hover = event;
    const touches = [...this.#fingers.values()].filter((each) => each.kind === "touch");
    if (touches.length === 2) this.#startPinch(touches[0] as Finger, touches[1] as Finger);
    else if (gesture.name === "none") this.#start(event, finger);
    this.#target.changed();
  }

  #start(event: PointerEvent, finger: Finger): void {
    const pans = this.#space || event.button === MIDDLE || (event.pointerType === "touch" && this.#penSeen);
    if (pans) {
      this.#startPan(finger);
      return;
    }
    const held = event.pointerType === "touch" ? event : undefined;
    const button = event.button === RIGHT ? "right" : "left";
    this.#gesture = { name: "tool", finger, start: finger.at, button, travel: 0, held };
    if (held === undefined) this.#tell("down", event);
  }

  #startPan(finger: Finger): void {
    this.#gesture = { name: "pan", finger, from: this.#target.pilot.camera.peek(), start: finger.at };
  }

  #startPinch(first: Finger, second: Finger): void {
    this.#endTool();
    this.#gesture = {
      name: "pinch",
      fingers: [first, second],
      from: this.#target.pilot.camera.peek(),
      starts: [this.#target.toView(first.at), this.#target.toView(second.at)],
    };
  }

  /** Call off what the tool was told of; it knows nothing of a touch held back. */
  #endTool(): void {
    const gesture = this.#gesture;
    this.#gesture = { name: "none" };
    if (gesture.name === "tool" && gesture.held === undefined) this.#target.send({ type: "cancel" });
  }

  #move(event: PointerEvent): void {
    const finger = this.#fingers.get(event.pointerId);
    if (finger !== undefined) finger.at = clientOf(event);
    const entered = this.#hover === undefined;
    this.#hover = event;
    if (entered) this.#target.changed();
    const gesture = this.#gesture;
    if (gesture.name === "pan") {
      const { at } = gesture.finger;
      this.#target.pilot.pan(gesture.from, { x: at.x - gesture.start.x, y: at.y - gesture.start.y });
    } else if (gesture.name === "pinch") {
      const [first, second] = gesture.fingers;
      this.#target.pilot.pinch(gesture.from, gesture.starts, [
        this.#target.toView(first.at),
        this.#target.toView(second.at),
      ]);
    } else if (gesture.name === "tool") {
      if (gesture.finger !== finger) return;
      gesture.travel = Math.max(gesture.travel, distance(gesture.start, finger.at));
      if (gesture.held !== undefined && gesture.travel <= TOUCH_SLIP) return;
      this.#release(gesture);
      this.#tell("move", event);
    } else if (!this.#space && this.#target.ready()) this.#tell("move", event);
  }

  /** Pass on a touch that was held back. */
  #release(gesture: Extract<Gesture, { name: "tool" }>): void {
    const { held, travel } = gesture;
    if (held === undefined) return;
    gesture.held = undefined;
    gesture.travel = 0;
    this.#tell("down", held);
    gesture.travel = travel;
  }

  #up(event: PointerEvent): void {
    const finger = this.#fingers.get(event.pointerId);
    if (finger === undefined) return;
    this.#fingers.delete(event.pointerId);
    const gesture = this.#gesture;
    if (gesture.name === "tool" && gesture.finger === finger) {
      this.#release(gesture);
      this.#tell("up", event);
      this.#gesture = { name: "none" };
    } else if (gesture.name === "pan" && gesture.finger === finger) this.#gesture = { name: "none" };
    else if (gesture.name === "pinch") {
      const left = gesture.fingers.find((each) => each !== finger);
      if (left !== undefined && gesture.fingers.includes(finger)) this.#startPan(left);
    }
    this.#target.changed();
  }

  #cancel(event: PointerEvent): void {
    const finger = this.#fingers.get(event.pointerId);
    this.#fingers.delete(event.pointerId);
    const gesture = this.#gesture;
    const mine =
      gesture.name === "pinch"
        ? gesture.fingers.some((each) => each === finger)
        : gesture.name !== "none" && gesture.finger === finger;
    if (mine) this.#endTool();
    this.#leave();
  }

  #leave(): void {
    if (this.#fingers.size > 0) return;
    this.#hover = undefined;
    this.#target.changed();
  }

  /** Where the pointer last was: browsers round the coordinates of a double click. */
  #double(event: MouseEvent): void {
    if (event.button === 0 && !this.#space && this.#target.ready())
      this.#tell("double", this.#hover ?? event);
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    if (!this.#target.ready() || this.movesCamera || event.deltaY === 0) return;
    const { log, notch } = wheelZoom(event);
    this.#target.pilot.wheel(log, this.#target.toView(clientOf(event)), notch);
    this.#target.changed();
  }

  #keyDown(event: KeyboardEvent): void {
    if (event.code === "Tab") this.#tabbed = true;
    if (event.code !== "Space" || event.isComposing || this.#takesSpace(document.activeElement)) return;
    // While the pointer is elsewhere the page keeps its own use of the key.
    if (!this.inside && !this.#space) return;
    event.preventDefault();
    this.#setSpace(true);
  }

  #keyUp(event: KeyboardEvent): void {
    if (event.code !== "Space" || !this.#space) return;
    event.preventDefault();
    this.#setSpace(false);
  }

  #takesSpace(focused: Element | null): boolean {
    if (focused === null || focused.contains(this.#root)) return false;
    return focused.matches(TAKES_TEXT) || (this.#tabbed && focused.matches(TAKES_SPACE));
  }

  #setSpace(held: boolean): void {
    if (this.#space === held) return;
    this.#space = held;
    this.#target.changed();
  }

  #tell(type: PointerStep["type"], event: MouseEvent): void {
    const gesture = this.#gesture;
    this.#target.send({
      type,
      at: this.#target.toImage(clientOf(event)),
      travel: gesture.name === "tool" ? gesture.travel : 0,
      button: gesture.name === "tool" ? gesture.button : "left",
      shift: event.shiftKey,
      ctrl: isMac() ? event.metaKey : event.ctrlKey,
      alt: event.altKey,
    });
  }
}

function clientOf(event: MouseEvent): Point {
  return { x: event.clientX, y: event.clientY };
}

function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}
