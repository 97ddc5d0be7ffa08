/** Frames of a job that are out of the work: which, how they come and go, and the way past them. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { t } from "../../i18n";
import { remember, remembered } from "../../remember";
import { callSignedIn } from "../../session";
import { toast } from "../kit/toast";
import { problemOf } from "../problem";
import type { Workbench } from "./workbench";

const SHOWN = "frames.deleted";

/** As much of the workbench as is needed. */
export type DeletingBench = Pick<Workbench, "isDrawing" | "say" | "go"> & {
  readonly job: Pick<Workbench["job"], "taskId" | "first" | "last" | "deleted">;
  readonly navigation: Pick<Workbench["navigation"], "wanted" | "failure" | "isShown">;
  readonly sync: Pick<Workbench["sync"], "readOnly">;
};

export class DeletedFrames {
  readonly #bench: DeletingBench;
  readonly #all = signal<ReadonlySet<number>>(new Set());
  readonly #areShown = signal(remembered(SHOWN, ["shown"]) !== undefined);
  /** How many of the job's frames are deleted. */
  readonly count: ReadonlySignal<number>;
  /** Whether the frame worked on is. */
  readonly isHere: ReadonlySignal<boolean>;
  /** Changes the server has not answered yet. */
  #asked = 0;
  /** Takes back the toast that offers the last one. */
  #withdrawOffer: () => void = () => undefined;

  constructor(bench: DeletingBench) {
    this.#bench = bench;
    const { first, last, deleted } = bench.job;
    this.#all.value = new Set(deleted);
    this.count = computed(() => [...this.#all.value].filter((each) => each >= first && each <= last).length);
    this.isHere = computed(() => this.#all.value.has(bench.navigation.wanted.value));
  }

  get all(): ReadonlySignal<ReadonlySet<number>> {
    return this.#all;
  }

  /** Whether steps from frame to frame stop at them. */
  get areShown(): ReadonlySignal<boolean> {
    return this.#areShown;
  }

  toggleShown(): void {
    this.#areShown.value = !this.#areShown.value;
    remember(SHOWN, this.#areShown.value ? "shown" : "passed");
  }

  /**
   * Where a step of `by` frames from `from` leads: past frames that are passed over, or less far when all behind them
   * are; beyond the job where it has no more frames. Undefined: there is none left in this direction.
   */
  onTheWay(from: number, by: number): number | undefined {
    const { first, last } = this.#bench.job;
    const direction = by < 0 ? -1 : 1;
    const asked = from + by;
    const inside = Math.min(Math.max(asked, first), last);
    for (let to = inside; to >= first && to <= last; to += direction)
      if (!this.isPassed(to)) return to === inside ? asked : to;
    for (let to = inside - direction; (to - from) * direction > 0; to -= direction)
      if (!this.isPassed(to)) return to;
    return undefined;
  }

  /** The first frame of the job that is not passed over, or the last; that of all when all are. */
  outermost(which: "first" | "last"): number {
    const { first, last } = this.#bench.job;
    const [from, by] = which === "first" ? [first, 1] : [last, -1];
    for (let frame = from; frame >= first && frame <= last; frame += by)
      if (!this.isPassed(frame)) return frame;
    return from;
  }

  /** Delete the frame worked on and go on to the next; or restore it. */
  async toggle(): Promise<void> {
    const { navigation, sync } = this.#bench;
    const frame = navigation.wanted.value;
    if (sync.readOnly.value) this.#bench.say("workbench.read-only");
    // A frame that cannot be shown at all is one to delete.
    else if (!navigation.isShown() && navigation.failure.value === undefined)
      this.#bench.say("workbench.frame.loading", { frame });
    else if (!this.#bench.isDrawing()) await this.#toggle(frame);
  }

  async #toggle(frame: number): Promise<void> {
    if (this.#all.value.has(frame)) await this.#restore(frame);
    else await this.#delete(frame);
  }

  async #delete(frame: number): Promise<void> {
    if (!(await this.#change(frame, true))) return;
    this.#withdrawOffer = toast(t("workbench.frame.deleted", { frame }), {
      key: "frame-deleted",
      action: { text: t("workbench.frame.restore"), run: () => void this.#restore(frame, true) },
    });
    if (this.#areShown.value || this.#bench.navigation.wanted.value !== frame) return;
    const next = this.onTheWay(frame, 1);
    const { last } = this.#bench.job;
    const to = next === undefined || next > last ? this.onTheWay(frame, -1) : next;
    if (to !== undefined && to >= this.#bench.job.first) this.#bench.go(to);
  }

  async #restore(frame: number, goesThere = false): Promise<void> {
    this.#withdrawOffer();
    if (!(await this.#change(frame, false))) return;
    this.#bench.say("workbench.frame.restored", { frame });
    if (goesThere) this.#bench.go(frame);
  }

  /** Whether the server took it. It is shown at once, and taken back when the server does not. */
  async #change(frame: number, isDeleted: boolean): Promise<boolean> {
    const set = (wanted: boolean): void => {
      const others = [...this.#all.peek()].filter((each) => each !== frame);
      this.#all.value = new Set(wanted ? [...others, frame] : others);
    };
    set(isDeleted);
    this.#asked += 1;
    try {
      const { deleted_frames } = await callSignedIn<{ deleted_frames: readonly number[] }>(
        "PATCH",
        `/tasks/${this.#bench.job.taskId}/data/meta`,
        { body: { [isDeleted ? "delete" : "restore"]: [frame] } },
      );
      // With others on their way it is not all there is.
      if (this.#asked === 1) this.#all.value = new Set(deleted_frames);
      return true;
    } catch (error) {
      set(!isDeleted);
      toast(
        t(isDeleted ? "workbench.frame.delete-failed" : "workbench.frame.restore-failed", {
          frame,
          reason: problemOf(error),
        }),
        { tone: "danger", key: "frame-deleted" },
      );
      return false;
    } finally {
      this.#asked -= 1;
    }
  }

  /** Whether steps from frame to frame, and playing, go past a frame. */
  isPassed(frame: number): boolean {
    return !this.#areShown.value && this.#all.value.has(frame);
  }
}
