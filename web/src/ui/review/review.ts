/** The issues of an open job and its review: what is known of them, what is shown, and what a person does with them. */

import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { boundsOf, boxOfSize, overlapOf } from "../../core/geometry";
import type { Box, NewShape } from "../../core/model";
import { regionAround } from "../../core/regions";
import { type Key, t } from "../../i18n";
import { remember, remembered } from "../../remember";
import { reachable, type User } from "../../session";
import type { ShownRegion } from "../../stage/scene";
import { problemOf } from "../problem";
import { newCid } from "../workbench/editing";
import type { Workbench } from "../workbench/workbench";
import { type Draft, DraftStore } from "./drafts";
import { latestMessages, noteMessage, shortened } from "./messages";
import { showObjectMenu } from "./object-menu";
import { type Entry, entryOf, entryOfDraft, inOrder, neighbour } from "./order";
import { Pointer } from "./pointer";
import { type JobPeople, mayChangeJob, mayReviewJob } from "./rights";
import { renewJob } from "./submission";
import { Threads } from "./threads";
import { listIssues } from "./wire";

/** Issues are asked for anew when the person comes back to the page, but not more often than this. */
const FRESH_MS = 10_000;

/** What is done with lies undermost. */
const DEPTHS: Readonly<Record<Entry["look"], number>> = { resolved: 0, open: 1, draft: 2 };

export type Asking = "request" | "submit" | undefined;

/** What the page shows of a review. */
export interface Parts {
  /** The list of issues, in the panel at the side. */
  readonly Panel: ComponentType<{ readonly review: Review }>;
  /** What stands above the picture and the page: the open thread, the dialogs. */
  readonly Floating: ComponentType<{ readonly review: Review }>;
  readonly showJobMenu: (review: Review, at: HTMLElement) => void;
}

export class Review {
  readonly store: DraftStore;
  readonly threads: Threads;
  readonly pointer: Pointer;
  readonly #issues = signal<readonly Entry[]>([]);
  /** Whether the server has told of its issues. */
  readonly isKnown = signal(false);
  /** Why the issues of the server are not known, or not as they are now. */
  readonly failure = signal<string | undefined>(undefined);
  /** The key of the issue whose thread is open. */
  readonly opened = signal<string | undefined>(undefined);
  /** Whether the field of the open thread is to have the focus. */
  readonly wantsField = signal(false);
  /** Review mode: objects are looked at, not changed. */
  readonly isOn = signal(false);
  readonly tab = signal<"objects" | "issues">("objects");
  readonly hidesResolved = signal(remembered("review.resolved", ["hide"]) === "hide");
  readonly asking = signal<Asking>(undefined);
  readonly mayReview: ReadonlySignal<boolean>;
  readonly mayChange: ReadonlySignal<boolean>;
  /** Why no object may be changed now. */
  readonly forbids: ReadonlySignal<Key | undefined>;
  readonly drafts: ReadonlySignal<readonly Draft[]>;
  readonly entries: ReadonlySignal<readonly Entry[]>;
  /** Without those resolved, if they are hidden; never without the opened one. */
  readonly shown: ReadonlySignal<readonly Entry[]>;
  readonly regions: ReadonlySignal<readonly ShownRegion[]>;
  #askedAt = 0;
  readonly #stop: (() => void)[] = [];

  constructor(
    readonly bench: Workbench,
    readonly user: User,
    readonly people: ReadonlySignal<JobPeople>,
    readonly parts: Parts,
  ) {
    const { job, status } = bench;
    this.store = new DraftStore({ server: location.origin, userId: user.id, jobId: job.id });
    this.threads = new Threads(this);
    this.pointer = new Pointer(this);
    this.mayReview = computed(() => mayReviewJob(user, people.value, status.value));
    this.mayChange = computed(() => mayChangeJob(user, people.value, status.value));
    this.forbids = computed(() => {
      if (this.isOn.value) return "review.fixed";
      return this.mayChange.value ? undefined : (`review.forbids.${status.value}` as const);
    });
    this.drafts = computed(() => this.store.kept.value.drafts);
    this.entries = computed(() => inOrder(this.#issues.value, this.drafts.value.map(entryOfDraft)));
    this.shown = computed(() =>
      this.entries.value.filter(
        ({ look, key }) => look !== "resolved" || !this.hidesResolved.value || key === this.opened.value,
      ),
    );
    this.regions = computed(() => {
      const frame = bench.picture.value?.frame;
      const shown = [...this.shown.value].sort((a, b) => DEPTHS[a.look] - DEPTHS[b.look]);
      return shown.flatMap(({ key, region, look, comments, message, frame: own }) => {
        if (region === undefined || own !== frame) return [];
        return [{ ...region, key, look, count: look === "draft" ? Number(message !== "") : comments.length }];
      });
    });
    this.isOn.value = status.value === "validation" && this.mayReview.value;
    this.#follow();
  }

  #follow(): void {
    const { bench } = this;
    const back = () => {
      if (document.visibilityState === "visible" && Date.now() - this.#askedAt > FRESH_MS) void this.reload();
    };
    document.addEventListener("visibilitychange", back);
    this.#stop.push(
      () => document.removeEventListener("visibilitychange", back),
      effect(() => {
        if (reachable.value && this.failure.peek() !== undefined) void this.reload();
      }),
      effect(() => this.#noteSeen(this.isOn.value ? bench.picture.value?.frame : undefined)),
      effect(() => {
        const frame = bench.navigation.wanted.value;
        const opened = this.find(this.opened.peek());
        if (opened !== undefined && opened.frame !== frame && this.#isReachable(opened)) this.close();
      }),
      effect(() => {
        // A right that ended ends the mode.
        if (this.isOn.value && !this.mayReview.value) this.setMode(false);
      }),
    );
  }

  #noteSeen(frame: number | undefined): void {
    if (frame === undefined || this.store.kept.peek().seen.includes(frame)) return;
    this.store.change((kept) => ({ ...kept, seen: [...kept.seen, frame] }));
  }

  /** Answers that were begun to issues deleted since: nobody but their writer has them now. */
  get strayReplies(): readonly { readonly id: number; readonly text: string }[] {
    if (!this.isKnown.value) return [];
    const known = new Set(this.#issues.value.map(({ id }) => id));
    return Object.entries(this.store.kept.value.replies)
      .map(([id, text]) => ({ id: Number(id), text }))
      .filter(({ id }) => !known.has(id));
  }

  end(): void {
    for (const stop of this.#stop) stop();
    this.store.close();
  }

  /** Ask the server for the issues. What is known stays when it does not answer. */
  async reload(): Promise<void> {
    this.#askedAt = Date.now();
    try {
      const issues = (await listIssues(this.bench.job.id)).map(entryOf);
      const { replies } = this.store.kept.peek();
      const known = new Set(issues.map(({ id }) => id));
      // An issue that somebody deleted stays to be seen while an answer to it is half written.
      const kept = this.#issues.peek().filter(({ id = 0 }) => !known.has(id) && replies[id] !== undefined);
      this.#issues.value = [...issues, ...kept];
      this.isKnown.value = true;
      this.failure.value = undefined;
    } catch (error) {
      this.failure.value = problemOf(error);
    }
  }

  /** Tell what waits here for whoever opened the job. */
  welcome(): void {
    const open = this.entries.value.filter(({ look }) => look === "open").length;
    if (this.isOn.value) this.bench.say("review.on");
    else if (open > 0) this.bench.say("review.welcome", { count: open });
  }

  /** Put what an answer told in place of what was known of an issue; undefined: it is gone. */
  learn(id: number, change: (entry: Entry) => Entry | undefined): void {
    this.#issues.value = this.#issues.value.flatMap((entry) =>
      entry.id === id ? (change(entry) ?? []) : [entry],
    );
  }

  find(key: string | undefined): Entry | undefined {
    return key === undefined ? undefined : this.entries.value.find((entry) => entry.key === key);
  }

  // ---- what is opened

  /** Open the thread of an issue, on its frame. */
  open(entry: Entry): void {
    const { bench } = this;
    if (bench.isDrawing()) return;
    if (entry.key !== this.opened.peek()) this.close();
    const isReachable = this.#isReachable(entry);
    const arrival = isReachable ? bench.navigation.go(entry.frame) : Promise.resolve();
    this.opened.value = entry.key;
    this.#tellPlace(entry);
    void arrival.then(() => {
      const seen = isReachable && this.opened.peek() === entry.key ? this.#inPicture(entry) : undefined;
      if (seen !== undefined) bench.stage?.reveal(seen);
    });
  }

  #tellPlace(entry: Entry): void {
    const shown = this.shown.peek();
    const at = shown.findIndex(({ key }) => key === entry.key) + 1;
    const message = shortened(entry.message) || t("issue.no-words");
    if (this.#isReachable(entry)) this.bench.say("review.at", { at, size: shown.length, message });
    else this.bench.say("review.outside-job", { frame: entry.frame });
  }

  /** As much of the region as lies in the picture: a program may have named any place. */
  #inPicture({ region }: Entry): Box | undefined {
    const image = this.bench.picture.peek();
    return region && image && overlapOf(boundsOf(region.points), boxOfSize(image));
  }

  #isReachable({ frame }: Entry): boolean {
    return frame >= this.bench.job.first && frame <= this.bench.job.last;
  }

  /** Close the thread. What was written stays; a region without a word is dropped. */
  close(): void {
    const opened = this.find(this.opened.peek());
    this.opened.value = undefined;
    if (opened?.look !== "draft") return;
    const message = opened.message.trim();
    if (message === "") {
      this.drop(opened.key);
      this.bench.say("issue.dropped");
    } else noteMessage(this.user.id, message);
  }

  /** Go to the issue after the opened one, or before it. */
  step(direction: 1 | -1): void {
    const { bench, shown, opened } = this;
    const next = neighbour(shown.value, opened.value, bench.navigation.wanted.value, direction);
    if (next !== undefined) this.open(next);
    else
      bench.say(shown.value.length === 0 ? "review.none" : direction === 1 ? "review.last" : "review.first");
  }

  /** Have the keyboard write in the thread that is open. */
  write(): void {
    this.wantsField.value = true;
  }

  toggleResolved(): void {
    this.hidesResolved.value = !this.hidesResolved.value;
    remember("review.resolved", this.hidesResolved.value ? "hide" : "show");
    this.bench.say(this.hidesResolved.value ? "review.resolved.hidden" : "review.resolved.shown");
  }

  /** Open a dialog about the job as a whole. */
  ask(what: Exclude<Asking, undefined>): void {
    if (this.bench.isDrawing()) return;
    this.close();
    this.asking.value = what;
  }

  /** Resolve the opened issue, or open it again. */
  resolve(): void {
    const opened = this.find(this.opened.value);
    if (opened?.id === undefined) this.bench.say("issue.not-sent");
    else void this.threads.toggleResolved(opened);
  }

  /** Open the job again for annotation. */
  renew(): void {
    void renewJob(this);
  }

  toggleTab(): void {
    this.tab.value = this.tab.value === "issues" ? "objects" : "issues";
  }

  setMode(on: boolean): void {
    if (on && !this.mayReview.value) {
      this.bench.say("review.may-not");
      return;
    }
    batch(() => {
      this.isOn.value = on;
      this.bench.tools.take("select");
    });
    this.bench.say(on ? "review.on" : "review.off");
  }

  // ---- raising

  /** I, N: about the selected objects, or else take the tool that points. */
  startIssue(): void {
    if (!this.mayReview.value) {
      this.bench.say("review.may-not");
      return;
    }
    if (this.bench.isDrawing()) return;
    const selected = this.bench.selectedShapes.value;
    if (selected.length > 0) this.raise(selected);
    else {
      this.bench.tools.take("issue");
      this.bench.say("issue.armed");
    }
  }

  /** Begin an issue about `shapes` of the frame shown; with a message it is whole at once. */
  raise(shapes: readonly NewShape[], message = ""): void {
    const { bench } = this;
    const picture = bench.picture.value;
    if (!this.mayReview.value) {
      bench.say("review.may-not");
      return;
    }
    if (picture === undefined || shapes.length === 0 || bench.edit.awaitsFrame()) return;
    const position = regionAround(shapes, picture).points;
    const draft: Draft = { key: newCid(), frame: picture.frame, position, message };
    this.close();
    this.store.change((kept) => ({ ...kept, drafts: [...kept.drafts, draft] }));
    bench.tools.take("select");
    if (message === "") {
      this.opened.value = draft.key;
      this.wantsField.value = true;
      bench.say("issue.say-what");
    } else bench.say("issue.noted", { message });
  }

  /** Show what can be said of the selected objects. */
  offer(): void {
    showObjectMenu(this);
  }

  /** Raise an issue about the selected objects with a ready message. */
  quick(message: string): void {
    if (this.bench.selectedShapes.value.length === 0) this.bench.say("workbench.nothing-selected");
    else this.raise(this.bench.selectedShapes.value, message);
  }

  /** Ready messages: two for everybody, then the latest three of one's own. */
  get readyMessages(): readonly string[] {
    const own = this.entries.value
      .flatMap(({ comments }) => comments)
      .filter(({ author }) => author?.id === this.user.id)
      .sort((a, b) => b.id - a.id)
      .map(({ message }) => message);
    const presets = [t("issue.wrong-position"), t("issue.wrong-attribute")];
    const others = latestMessages(this.user.id, own).filter((each) => !presets.includes(each));
    return [...presets, ...others];
  }

  rewrite(key: string, message: string): void {
    this.store.change((kept) => ({
      ...kept,
      drafts: kept.drafts.map((draft) => (draft.key === key ? { ...draft, message } : draft)),
    }));
  }

  drop(key: string): void {
    this.store.change((kept) => ({ ...kept, drafts: kept.drafts.filter((draft) => draft.key !== key) }));
  }
}
