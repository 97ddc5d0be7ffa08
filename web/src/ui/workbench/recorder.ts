/**
 * Tells the server what is done in an open job, in the events of API v1 (contract of client logs, 2.3).
 *
 * It listens to history, navigation, saving and commands; none of them knows of it.
 */

import { computed, effect } from "@preact/signals";
import type { Deed, StepName } from "../../core/history";
import type { Annotation, Cid } from "../../core/model";
import { objectCounts } from "../../events/counts";
import { Delivery, postToServer } from "../../events/delivery";
import {
  type EventFacts,
  EventLog,
  type EventName,
  type NoteOptions,
  type Payload,
} from "../../events/event-log";
import { Exceptions, thrownOf } from "../../events/exceptions";
import type { Workbench } from "./workbench";

/** v1's names of what undo and redo take back. */
const ACTIONS: Record<StepName, string> = {
  draw: "Created objects",
  move: "Changed points",
  resize: "Changed points",
  vertices: "Changed points",
  delete: "Removed object",
  paste: "Created objects",
  label: "Changed label",
  attribute: "Changed attributes",
  occluded: "Changed occluded",
  order: "Changed z-order",
  tag: "Created objects",
  untag: "Removed object",
  text: "Changed attributes",
};
/** Letters of an attribute's value that are told: a server takes no payload of any length. */
const VALUE_LENGTH = 4096;
/** What counts as work, be it no event. */
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel"] as const;

export class Recorder {
  readonly #bench: Workbench;
  readonly #log: EventLog;
  readonly #delivery: Delivery;
  readonly #exceptions: Exceptions;
  readonly #listening = new AbortController();
  readonly #stops: (() => void)[];
  /** When the job was begun to be opened, when a hand or key last did something, and when the draft was begun. */
  readonly #openedAt: number;
  #touchedAt: number;
  #draftedAt: number;
  #frame: number | undefined;
  /** What the hand did last may zoom: it turned a wheel, or moved fingers. */
  #zooms = false;
  #locked: ReadonlySet<Cid> = new Set();
  #hasSaved = false;

  /** `openedAt`: when the opening of the job began, on the clock of `performance`. */
  constructor(bench: Workbench, openedAt: number) {
    this.#bench = bench;
    this.#openedAt = openedAt;
    this.#touchedAt = openedAt;
    this.#draftedAt = openedAt;
    const facts: EventFacts = {
      // As v1's client makes it: the last six digits of the clock when the page was loaded.
      client_id: Math.floor(performance.timeOrigin) % 1_000_000,
      job_id: bench.job.id,
      task_id: bench.job.taskId,
    };
    const now = Date.now;
    this.#log = new EventLog({ facts, now, isActive });
    this.#delivery = new Delivery({
      log: this.#log,
      post: postToServer,
      prepare: () => this.#prepare(),
      now,
    });
    this.#exceptions = new Exceptions({
      facts,
      log: this.#log,
      post: postToServer,
      now,
      system: navigator.platform || "unknown",
      client: navigator.userAgent,
    });
    this.#listenToPage();
    this.#stops = [bench.history.listen((deed) => this.#noteDeed(deed)), ...this.#followSignals()];
  }

  /** The first picture is shown, or cannot be: the job is open. */
  loaded(): void {
    this.#note("Load job", { duration: since(this.#openedAt), ...this.#counts() });
    if (this.#bench.sync.restored.peek() > 0) this.#note("Restore job");
    void this.#delivery.send();
  }

  /** Tell what is left to be told. */
  close(): void {
    this.#listening.abort();
    for (const stop of this.#stops) stop();
    this.#delivery.close();
  }

  #note(name: EventName, payload?: Payload, options?: NoteOptions): void {
    this.#log.note(name, payload, options);
    this.#delivery.noted();
  }

  /** Once with each batch that follows a save, and not with each save: a box is saved as soon as it is drawn. */
  #prepare(): void {
    if (this.#hasSaved) this.#log.note("Send task info", this.#counts());
    this.#hasSaved = false;
  }

  #counts(): Payload {
    const { document, navigation, sync } = this.#bench;
    const tracks = sync.tracks.flatMap(({ shapes }) => shapes.slice(0, 1).map(({ type }) => type));
    return objectCounts({ frames: navigation.size, objects: document.all(), tracks });
  }

  #listenToPage(): void {
    const { signal } = this.#listening;
    const options = { signal, capture: true, passive: true };
    for (const sign of SIGNS) {
      addEventListener(
        sign,
        (event) => {
          this.#log.sign();
          const isTouch = event instanceof PointerEvent && event.pointerType === "touch";
          if (sign === "pointermove" && !isTouch) return;
          this.#zooms = sign === "wheel" || isTouch;
          if (sign !== "pointermove") this.#touchedAt = performance.now();
        },
        options,
      );
    }
    addEventListener("focus", () => this.#log.sign(), { signal });
    addEventListener("blur", () => this.#log.pause(), { signal });
    addEventListener("pagehide", () => void this.#delivery.send({ leaving: true }), { signal });
    document.addEventListener(
      "visibilitychange",
      () => {
        if (document.visibilityState !== "hidden") return;
        this.#log.pause();
        void this.#delivery.send({ leaving: true });
      },
      { signal },
    );
    const tell = (event: ErrorEvent | PromiseRejectionEvent) =>
      void this.#exceptions.tell(thrownOf(event, location.href));
    addEventListener("error", tell, { signal });
    addEventListener("unhandledrejection", tell, { signal });
  }

  #followSignals(): (() => void)[] {
    const { navigation, marks, playing, preview, sync, ran, scale } = this.#bench;
    const isDrafting = computed(() => preview.value.draft !== undefined);
    return [
      effect(() => {
        if (isDrafting.value) this.#draftedAt = this.#touchedAt;
      }),
      effect(() => {
        const frame = navigation.picture.value?.frame;
        // Playing is one change of frame, and work while somebody looks on.
        if (playing.isOn.value) this.#log.sign();
        else this.#noteFrame(frame);
      }),
      effect(() => this.#noteLocked(marks.locked.value)),
      effect(() => {
        scale.value;
        // Else a picture or a window of another size has brought another scale.
        if (this.#zooms) this.#note("Zoom image");
      }),
      effect(() => this.#noteCommand(ran.value?.id)),
      effect(() => {
        const save = sync.lastSave.value;
        if (save === undefined) return;
        this.#note("Save job", { duration: save.tookMs });
        this.#hasSaved = true;
        this.#delivery.saved();
      }),
    ];
  }

  #noteFrame(frame: number | undefined): void {
    const from = this.#frame;
    this.#frame = frame;
    if (from !== undefined && frame !== undefined && from !== frame)
      this.#note("Change frame", { from, to: frame });
  }

  #noteLocked(locked: ReadonlySet<Cid>): void {
    const before = this.#locked;
    this.#locked = locked;
    if (locked.size !== before.size) this.#note("Lock object", { locked: locked.size > before.size });
  }

  #noteCommand(id: string | undefined): void {
    const count = this.#bench.selectedShapes.peek().length;
    if (id === "fit") this.#note("Fit image");
    else if (id === "zoom.in" || id === "zoom.out") this.#note("Zoom image");
    else if (id === "copy" && count > 0) this.#note("Copy object", { count });
  }

  #noteDeed({ way, name, frame, applied, joined }: Deed): void {
    const duration = since(this.#touchedAt);
    if (way !== "made") {
      const event = way === "undone" ? "Undo action" : "Redo action";
      this.#note(event, { name: ACTIONS[name], frame, count: 1, duration });
      return;
    }
    const { change, inverse } = applied;
    const several = change.put.length > 1 ? { count: change.put.length } : {};
    switch (name) {
      case "draw":
        this.#note("Draw object", { count: change.put.length, duration: since(this.#draftedAt) });
        break;
      case "paste":
        this.#note("Paste object", { count: change.put.length, duration });
        break;
      case "tag":
        this.#note("Draw object", { count: change.put.length, duration });
        break;
      case "delete":
      case "untag":
        this.#note("Delete object", { count: change.remove.length });
        break;
      case "move":
        // A key held down is one drag.
        if (!joined) this.#note("Drag object", { id: change.put[0]?.cid, ...several });
        break;
      case "resize":
      case "vertices":
        this.#note("Resize object", { id: change.put[0]?.cid, ...several });
        break;
      case "text":
        if (inverse.put.length === 0) {
          this.#note("Draw object", { count: change.put.length, duration });
          break;
        }
        this.#noteAttribute(change.put[0], inverse.put[0], several);
        break;
      case "attribute":
        this.#noteAttribute(change.put[0], inverse.put[0], several);
    }
  }

  #noteAttribute(now: Annotation | undefined, before: Annotation | undefined, several: Payload): void {
    if (now === undefined) return;
    for (const [id, value] of Object.entries(now.attributes)) {
      if (value === before?.attributes[Number(id)]) continue;
      const told = value.slice(0, VALUE_LENGTH);
      const payload = { id: Number(id), value: told, object_id: now.cid, ...several };
      this.#note("Change attribute", payload, { foldKey: `${now.cid} ${id}` });
    }
  }
}

function since(moment: number): number {
  return Math.max(0, Math.round(performance.now() - moment));
}

/** Whether the person looks at the page. */
function isActive(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}
