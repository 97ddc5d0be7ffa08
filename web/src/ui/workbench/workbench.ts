/** The state of an open job and everything a person can do to it. Panels and stage read its signals. */

import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { AnnotationDocument } from "../../core/document";
import { History } from "../../core/history";
import type { Annotation, Box, Cid, Label, NewShape, Point, Shape, Tag } from "../../core/model";
import { shapeTypes } from "../../core/types";
import type { FrameSource } from "../../frames/source";
import { type Key, t } from "../../i18n";
import type { Scene, Stage } from "../../stage/scene";
import type { Sync } from "../../sync/sync";
import { defaultAttributes, withLabel } from "../../tools/edits";
import type { Effect, Preview, ToolContext, ToolEvent } from "../../tools/tool";
import type { Review } from "../review/review";
import { describeSaving } from "../save-chip";
import { Contents } from "./contents";
import { DeletedFrames } from "./deleted-frames";
import { Editing, newCid } from "./editing";
import { FrameObjects } from "./frame-objects";
import { isStillNew, tellLabelled } from "./hints";
import type { Job } from "./job";
import { LabelChoice } from "./label-choice";
import { type Mark, Marks } from "./marks";
import { ModeChoice } from "./mode-choice";
import { Navigation } from "./navigation";
import { nextShape } from "./object-order";
import { Playing } from "./playing";
import { RelatedImages } from "./related-images";
import { Tagging } from "./tagging";
import { Targets } from "./targets";
import { type DrawingTool, type ToolId, ToolRunner } from "./tool-runner";
import { stopForWork } from "./travel";
import { Typing } from "./typing";

export class Workbench implements Scene {
  readonly document: AnnotationDocument;
  readonly contents: Contents;
  readonly history: History;
  readonly edit: Editing;
  readonly navigation: Navigation;
  readonly playing: Playing;
  readonly deleted: DeletedFrames;
  readonly related: RelatedImages;
  readonly tools: ToolRunner;
  readonly labels: ReadonlySignal<ReadonlyMap<number, Label>>;
  readonly selected: Signal<ReadonlySet<Cid>>;
  readonly hovered = signal<Cid | undefined>(undefined);
  readonly marks = new Marks();
  readonly hides = this.marks.hides;
  readonly flashed = signal<ReadonlySet<Cid>>(new Set());
  readonly labelChoice: LabelChoice;
  /** The issues of the job and their review: there soon after the first picture. */
  readonly review = signal<Review | undefined>(undefined);
  readonly regions = computed(() => this.review.value?.regions.value ?? []);
  readonly cursor = computed(() =>
    this.review.value?.pointer.isOverMark.value ? "pointer" : this.tools.cursor.value,
  );
  readonly openedRegion = computed(() => this.review.value?.opened.value);
  /** Whether nothing can be changed here now: the job cannot be saved, the frame is deleted, or it is only reviewed. */
  readonly fixed = computed(() => this.sync.readOnly.value || this.edit.forbids !== undefined);
  readonly draftLabel = computed(() =>
    this.tools.id.value === "issue" ? undefined : this.labelChoice.next.value,
  );
  /** What the status line says, and how often it has: the same sentence twice is news. */
  readonly said = signal({ text: "", count: 0 });
  /** Whose label is being searched for: the active object's, the next one's, the frame's; undefined: the search is closed. */
  readonly picking = signal<"next" | "active" | "tag" | undefined>(undefined);
  readonly helpOpen = signal(false);
  /** The command run last: another object each time. */
  readonly ran = signal<{ readonly id: string } | undefined>(undefined);
  readonly finishing = signal(false);
  readonly status: Signal<Job["status"]>;
  readonly preview: ReadonlySignal<Preview>;
  /** What was drawn while there was no label to give it; it waits for one. */
  readonly #pending = signal<NewShape | undefined>(undefined);
  /** Those of the frame shown, or of one that cannot be, undermost first; `objects` are shapes and tags. */
  readonly shapes: ReadonlySignal<readonly Shape[]>;
  readonly tags: ReadonlySignal<readonly Tag[]>;
  readonly objects: ReadonlySignal<readonly Annotation[]>;
  readonly selectedShapes: ReadonlySignal<readonly Shape[]>;
  readonly selectedObjects: ReadonlySignal<readonly Annotation[]>;
  readonly modes: ModeChoice;
  readonly tagging = new Tagging(this);
  readonly typing: Typing;
  readonly #stage = signal<Stage | undefined>(undefined);
  /** CSS pixels that an image pixel covers. */
  readonly scale = computed(() => this.#stage.value?.camera.value.scale);
  readonly targets: Targets;
  #lastDrawn: DrawingTool = "rectangle";
  readonly #stops: readonly (() => void)[];

  constructor(
    readonly job: Job,
    readonly sync: Sync,
    frames: FrameSource,
  ) {
    const { document } = sync;
    this.document = document;
    const others = sync.tracks.map(({ frame }) => frame);
    this.history = new History(document);
    this.edit = new Editing(this);
    this.navigation = new Navigation(frames, job.first, job.last);
    this.deleted = new DeletedFrames(this);
    this.related = new RelatedImages(this);
    this.playing = new Playing(this.navigation, (frame) => this.deleted.isPassed(frame));
    this.contents = new Contents(document, others, job, this.deleted.all);
    this.labelChoice = new LabelChoice(job.taskId, job.labels);
    this.labels = this.labelChoice.all;
    this.status = signal(job.status);
    const found = new FrameObjects(document, this.navigation);
    [this.selected, this.shapes, this.tags] = [found.selected, found.shapes, found.tags];
    [this.objects, this.selectedShapes] = [found.all, found.selectedShapes];
    this.selectedObjects = found.selectedOnes;
    this.targets = new Targets(this.shapes, this.selectedShapes, this.marks);
    this.preview = computed(() => {
      const pending = this.#pending.value;
      return pending === undefined
        ? this.tools.preview.value
        : { ...this.tools.preview.value, draft: { ...pending, open: false } };
    });
    this.tools = new ToolRunner(
      () => this.#context(),
      (each) => this.#perform(each),
    );
    this.modes = new ModeChoice(this);
    this.typing = new Typing(this);
    this.modes.begin();
    this.#stops = [
      effect(() => {
        this.shapes.value;
        this.selected.value;
        this.fixed.value;
        this.tools.refresh();
      }),
      ...stopForWork(this),
    ];
  }

  /** The stage in the page; the page sets it. */
  get stage(): Stage | undefined {
    return this.#stage.value;
  }

  set stage(stage: Stage | undefined) {
    this.#stage.value = stage;
  }

  get picture() {
    return this.navigation.picture;
  }

  get mode() {
    return this.modes.current;
  }

  onEvent(event: ToolEvent): void {
    if (event.type !== "move") this.history.seal();
    if (event.type === "down") this.playing.stop();
    if (event.type === "down" && this.edit.awaitsFrame()) return;
    if (this.review.value?.pointer.onEvent(event)) return;
    this.tools.handle(event);
    if (event.type === "move") this.hovered.value = this.#hoverable(event.at);
  }

  /** Tell the person, in the status line. */
  say(key: Key, params: Record<string, string | number> = {}): void {
    this.#tell(t(key, params));
  }

  #tell(text: string): void {
    this.said.value = { text, count: this.said.value.count + 1 };
  }

  // ---- frames

  /** Go to a frame, unless a half-drawn shape would be lost; then say so. */
  go(frame: number): void {
    this.playing.stop();
    if (this.isDrawing()) return;
    if (frame < this.job.first || frame > this.job.last) {
      this.say(frame < this.job.first ? "workbench.first-frame" : "workbench.last-frame");
    }
    this.history.seal();
    void this.navigation.go(frame);
  }

  /** Whether a shape is half drawn, or waits for its label, and would be lost on another frame; says so. */
  isDrawing(): boolean {
    const isDrawing = this.tools.isBusy() || this.#pending.value !== undefined;
    if (isDrawing) this.say("workbench.busy");
    return isDrawing;
  }

  // ---- tools and labels

  take(tool: Exclude<ToolId, "issue">): void {
    if (tool !== "select" && this.edit.refuses()) return;
    if (tool !== "select" && !this.mode.value.tools.includes(tool)) {
      this.say("mode.no-tool", { mode: t(`mode.${this.mode.value.name}`) });
      return;
    }
    this.tools.take(tool);
    if (tool === "select") return;
    this.#lastDrawn = tool;
    this.say(`workbench.armed.${tool}`, {
      label: this.labelChoice.armed?.name ?? t("workbench.no-label-yet"),
    });
  }

  /** N: end the draft, or take the tool last drawn with. */
  drawOrFinish(): void {
    if (this.tools.isBusy()) this.onEvent({ type: "complete" });
    else {
      const { tools } = this.mode.value;
      this.take(tools.includes(this.#lastDrawn) ? this.#lastDrawn : (tools[0] ?? this.#lastDrawn));
    }
  }

  /** Esc: the draft first, then the tool, then the selection. */
  cancel(): void {
    if (this.#pending.value !== undefined) {
      this.#pending.value = undefined;
      this.say("tool.dropped");
      return;
    }
    const wasSelecting = this.tools.id.value === "select" && !this.tools.isBusy();
    if (wasSelecting) this.selected.value = new Set();
    else this.onEvent({ type: "cancel" });
  }

  /** Give the draft its label, or the selected objects, or else the next one; `next`, `tag`: that, or the frame, in any case. */
  setLabel(label: Label, which: "next" | "active" | "tag" = "active"): void {
    if (which === "tag") {
      this.tagging.toggle(label, false);
      return;
    }
    this.labelChoice.noteUse(label);
    const pending = this.#pending.value;
    if (pending !== undefined) {
      this.#pending.value = undefined;
      this.labelChoice.arm(label);
      this.#draw(pending);
      return;
    }
    const objects = this.edit.unlocked(this.selectedObjects.value);
    if (which === "active" && objects.length > 0 && !this.tools.isBusy()) {
      if (this.edit.refuses() || this.edit.awaitsFrame()) return;
      const put = objects.filter(({ labelId }) => labelId !== label.id);
      this.edit.change(
        "label",
        put.map((object) => withLabel(object, label)),
      );
      tellLabelled(this, label, objects.length);
    } else {
      this.labelChoice.arm(label);
      this.say(this.tools.isBusy() ? "workbench.label.draft" : "workbench.label.next", { label: label.name });
    }
  }

  setLabelByDigit(digit: number, which: "next" | "active"): void {
    const label = this.labelChoice.ofDigit(digit);
    if (label === undefined) this.say("workbench.label.no-digit", { digit, count: this.labels.value.size });
    else this.setLabel(label, which);
  }

  /** Make a label that was typed for the first time, and use it. Raises ApiError, Unreachable. */
  async createLabel(name: string, which?: "next" | "active" | "tag"): Promise<void> {
    const made = await this.labelChoice.create(name);
    if (made !== undefined) this.setLabel(made, which);
  }

  // ---- selection and sight

  select(cids: Iterable<Cid>): void {
    this.selected.value = new Set(cids);
  }

  /** Select the shape after the selected one, in the order of the list, or before it. */
  selectNext(direction: 1 | -1): void {
    const shape = nextShape(this.shapes.value, this.selected.value, direction);
    if (shape === undefined) return;
    this.select([shape.cid]);
    this.reveal(shape.cid);
  }

  reveal(cid: Cid): void {
    const shape = this.document.shape(cid);
    if (shape !== undefined) this.stage?.reveal(shapeTypes[shape.type].bounds(shape.points));
  }

  /** Go to a shape, wherever it is, and select it. */
  show(cid: Cid, frame: number): void {
    if (this.isDrawing()) return;
    void this.navigation.go(frame).then(() => {
      this.select([cid]);
      this.reveal(cid);
    });
  }

  /** Hide or lock the selected shapes, or all of the frame; end that when all of them are. */
  toggle(which: Mark): void {
    const selected = this.selectedShapes.value;
    this.marks.toggle(which, selected.length > 0 ? selected : this.shapes.value);
  }

  // ---- the job

  /** Ctrl+S: save at once and say what came of it. */
  save(): void {
    this.typing.settle();
    void this.sync.saveNow().then(() => this.#tell(describeSaving(this.sync)));
  }

  close(): void {
    this.playing.stop();
    for (const stop of this.#stops) stop();
    this.typing.close();
    this.navigation.close();
  }

  /** What a click at `at` would select: with a tool that draws, nothing. */
  #hoverable(at: Point): Cid | undefined {
    if (this.tools.id.value !== "select" || this.tools.isBusy()) return undefined;
    return this.#context()?.hit(at)[0]?.cid;
  }

  // ---- what tools ask and want

  #context(): ToolContext | undefined {
    const image = this.picture.value;
    if (image === undefined) return undefined;
    const pixel = 1 / (this.scale.peek() ?? 1);
    const { targets } = this;
    return {
      image,
      pixel,
      fixed: this.fixed.value,
      selected: this.selectedShapes.value.filter((shape) => this.marks.isFree(shape)),
      hit: (at: Point) => targets.hit(at, pixel),
      inside: (box: Box) => targets.inside(box),
      grip: (at: Point) => targets.grip(at, pixel),
    };
  }

  #perform(wanted: Effect): void {
    switch (wanted.do) {
      case "draw":
        this.#draw(wanted.shape);
        break;
      case "change":
        this.edit.change(wanted.name, wanted.put);
        break;
      case "select":
        this.selected.value = new Set(wanted.cids);
        break;
      case "raise":
        this.review.value?.raise(wanted.shapes);
        break;
      case "disarm":
        if (this.tools.id.value === "select") break;
        this.tools.take("select");
        this.say("workbench.disarmed");
        break;
      case "say":
        this.say(wanted.key);
    }
  }

  #draw(drawn: NewShape): void {
    const frame = this.picture.value?.frame;
    const label = this.labelChoice.armed;
    if (frame === undefined || this.edit.refuses()) return;
    if (label === undefined) {
      this.say(this.#pending.value === undefined ? "workbench.no-label" : "workbench.label-first");
      this.#pending.value ??= drawn;
      this.picking.value = "active";
      return;
    }
    const shape: Shape = {
      ...drawn,
      cid: newCid(),
      id: undefined,
      frame,
      labelId: label.id,
      occluded: false,
      zOrder: Math.max(0, this.shapes.value.at(-1)?.zOrder ?? 0),
      group: 0,
      source: "manual",
      attributes: defaultAttributes(label),
    };
    batch(() => {
      this.history.perform("draw", { put: [shape], remove: [] });
      this.selected.value = new Set([shape.cid]);
    });
    if (this.typing.take(shape)) return;
    this.say(isStillNew("drawn") ? "workbench.drawn.first" : "workbench.drawn", { label: label.name });
  }
}
