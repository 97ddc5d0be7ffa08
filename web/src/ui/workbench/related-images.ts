/** Images that show the frame in another way: which there are, which is looked at, and how it comes from the server. */

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { ApiError, fetchFile } from "../../api";
import { reasonOf } from "../../frames/task-frames";
import { t } from "../../i18n";
import { remember, remembered } from "../../remember";
import { problemOf } from "../problem";
import type { RelatedImage } from "./job";
import type { Workbench } from "./workbench";

/** Where the panel lies over the picture, in the order it goes round. */
export const CORNERS = ["top-end", "bottom-end", "bottom-start", "top-start"] as const;
export type Corner = (typeof CORNERS)[number];

const OPEN = "related.open";
const CORNER = "related.corner";
const SIZE = "related.size";
const NONE: readonly RelatedImage[] = [];

/** What became of an image. A picture stays to be seen until the next one is there. */
export type Outcome =
  | { readonly name: "there"; readonly image: RelatedImage; readonly picture: HTMLImageElement }
  | { readonly name: "failed"; readonly image: RelatedImage; readonly reason: string };

/** As much of the workbench as is needed. */
export type RelatedBench = Pick<Workbench, "say"> & {
  readonly job: Pick<Workbench["job"], "taskId" | "frameAt">;
  readonly navigation: Pick<Workbench["navigation"], "wanted" | "seen">;
};

/** Fetch an image of the task and decode it. Raises what `problemOf` can say. */
export type FetchPicture = (
  taskId: number,
  image: RelatedImage,
  signal: AbortSignal,
) => Promise<HTMLImageElement>;

export class RelatedImages {
  readonly #bench: RelatedBench;
  readonly #fetch: FetchPicture;
  readonly #isOpen = signal(remembered(OPEN, ["closed"]) === undefined);
  readonly #corner = signal<Corner>(remembered(CORNER, CORNERS) ?? "top-end");
  readonly #isLarge = signal(remembered(SIZE, ["large"]) !== undefined);
  readonly #outcome = signal<Outcome | undefined>(undefined);
  /** What was chosen last: on other frames that of the same name, or at the same place. */
  readonly #chosen = signal({ name: "", position: 0 });
  /** Those of the frame shown, or of one that cannot be. */
  readonly all: ReadonlySignal<readonly RelatedImage[]>;
  /** The one that is looked at; undefined: the frame has none. */
  readonly current: ReadonlySignal<RelatedImage | undefined>;
  /** Of who watches now. */
  #watch: AbortController | undefined;
  #isFetching = false;

  constructor(bench: RelatedBench, fetch: FetchPicture = fetchPicture) {
    this.#bench = bench;
    this.#fetch = fetch;
    const { seen } = bench.navigation;
    this.all = computed(() =>
      seen.value === undefined ? NONE : (bench.job.frameAt(seen.value)?.related ?? NONE),
    );
    this.current = computed(() => {
      const { name, position } = this.#chosen.value;
      const all = this.all.value;
      return all.find((image) => baseName(image) === name) ?? all[Math.min(position, all.length - 1)];
    });
  }

  /** Whether they are shown, where a frame has any. */
  get isOpen(): ReadonlySignal<boolean> {
    return this.#isOpen;
  }

  get corner(): ReadonlySignal<Corner> {
    return this.#corner;
  }

  get isLarge(): ReadonlySignal<boolean> {
    return this.#isLarge;
  }

  get outcome(): ReadonlySignal<Outcome | undefined> {
    return this.#outcome;
  }

  toggle(): void {
    if (this.#hasNone()) return;
    this.#isOpen.value = !this.#isOpen.value;
    remember(OPEN, this.#isOpen.value ? "open" : "closed");
  }

  toggleSize(): void {
    this.#isLarge.value = !this.#isLarge.value;
    remember(SIZE, this.#isLarge.value ? "large" : "small");
  }

  moveTo(corner: Corner): void {
    this.#corner.value = corner;
    remember(CORNER, corner);
  }

  moveOn(): void {
    this.moveTo(CORNERS[(CORNERS.indexOf(this.#corner.value) + 1) % CORNERS.length] ?? "top-end");
  }

  /** Look at the one behind, or before; after the last comes the first. Shows them if they were not. */
  step(by: 1 | -1): void {
    if (this.#hasNone()) return;
    if (!this.#isOpen.value) {
      this.toggle();
      return;
    }
    const all = this.all.value;
    const image = all[((this.current.value?.position ?? 0) + by + all.length) % all.length];
    if (image !== undefined) this.#chosen.value = { name: baseName(image), position: image.position };
  }

  /** Fetch what is looked at, now and whenever that changes; returns how to stop. */
  watch(): () => void {
    const watch = new AbortController();
    this.#watch = watch;
    this.#forgetFailure();
    const stop = effect(() => {
      this.current.value;
      void this.#follow();
    });
    return () => {
      stop();
      watch.abort();
      if (this.#watch === watch) this.#watch = undefined;
    };
  }

  /** Fetch once more what failed. */
  retry(): void {
    this.#forgetFailure();
    void this.#follow();
  }

  #forgetFailure(): void {
    if (this.#outcome.peek()?.name === "failed") this.#outcome.value = undefined;
  }

  /** One after the other: who rushes through frames sees as many as come, and none is asked for in vain. */
  async #follow(): Promise<void> {
    if (this.#isFetching) return;
    this.#isFetching = true;
    for (;;) {
      const [watch, image] = [this.#watch, this.current.peek()];
      if (watch === undefined || image === undefined || image === this.#outcome.peek()?.image) break;
      const outcome = await this.#bring(image, watch.signal);
      if (watch === this.#watch && (outcome.name === "there" || image === this.current.peek()))
        this.#outcome.value = outcome;
    }
    this.#isFetching = false;
  }

  async #bring(image: RelatedImage, stopped: AbortSignal): Promise<Outcome> {
    try {
      return { name: "there", image, picture: await this.#fetch(this.#bench.job.taskId, image, stopped) };
    } catch (error) {
      const reason = problemOf(error);
      return { name: "failed", image, reason: error instanceof ApiError ? reasonOf(reason) : reason };
    }
  }

  #hasNone(): boolean {
    const hasNone = this.current.value === undefined;
    if (hasNone) this.#bench.say("related.none", { frame: this.#bench.navigation.wanted.value });
    return hasNone;
  }
}

/** Without its folders. */
export function baseName({ name }: RelatedImage): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

async function fetchPicture(
  taskId: number,
  { sourceFrame, position }: RelatedImage,
  signal: AbortSignal,
): Promise<HTMLImageElement> {
  const query = { type: "context_image", number: sourceFrame, position };
  const { content } = await fetchFile(`/tasks/${taskId}/data`, { query, signal });
  const picture = new Image();
  picture.src = URL.createObjectURL(content);
  try {
    await picture.decode();
  } catch {
    throw new Error(t("frames.undecodable"));
  } finally {
    URL.revokeObjectURL(picture.src);
  }
  return picture;
}
