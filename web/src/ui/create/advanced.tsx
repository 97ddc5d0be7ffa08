import type { Signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { type Key, t } from "../../i18n";
import { TextField } from "../kit/field";
import type { TaskWish } from "./creation";
import type { WireAsked } from "./uploads";

/** The numbers as they are typed; "" is the default. */
export interface AdvancedText {
  readonly imageQuality: string;
  readonly chunkSize: string;
  readonly segmentSize: string;
  readonly overlap: string;
  readonly startFrame: string;
  readonly stopFrame: string;
  readonly frameStep: string;
  readonly bugTracker: string;
  /** Whether frames of a video are shown as images. */
  readonly asImages: boolean;
}

export const ADVANCED: AdvancedText = {
  imageQuality: "70",
  chunkSize: "",
  segmentSize: "",
  overlap: "",
  startFrame: "",
  stopFrame: "",
  frameStep: "",
  bugTracker: "",
  asImages: true,
};

/** What was asked for before, as it would have been typed. */
export function advancedOf(asked: WireAsked): AdvancedText {
  const step = /step=(\d+)/.exec(asked.frame_filter)?.[1] ?? "";
  return {
    ...ADVANCED,
    imageQuality: String(asked.image_quality),
    chunkSize: String(asked.chunk_size ?? ""),
    startFrame: asked.start_frame === 0 ? "" : String(asked.start_frame),
    stopFrame: String(asked.stop_frame ?? ""),
    frameStep: step,
    asImages: asked.use_zip_chunks,
  };
}

/** What is wrong, by field: keys of the dictionary. */
export type AdvancedProblems = Partial<Record<keyof AdvancedText, Key>>;

/** What is wrong with the numbers typed. */
export function advancedProblems(text: AdvancedText): AdvancedProblems {
  const found: AdvancedProblems = {};
  const quality = wholeOf(text.imageQuality);
  const segment = text.segmentSize === "" ? 0 : wholeOf(text.segmentSize);
  const overlap = text.overlap === "" ? 0 : wholeOf(text.overlap);
  if (quality === undefined || quality < 5 || quality > 100) found.imageQuality = "advanced.problem.quality";
  if (text.chunkSize !== "" && !((wholeOf(text.chunkSize) ?? 0) > 0))
    found.chunkSize = "advanced.problem.whole";
  if (segment === undefined) found.segmentSize = "advanced.problem.whole";
  if (overlap === undefined) found.overlap = "advanced.problem.whole";
  else if (overlap > 0 && overlap >= (segment || Number.POSITIVE_INFINITY))
    found.overlap = "advanced.problem.overlap";
  else if (overlap > 0 && segment === 0) found.overlap = "advanced.problem.overlap-alone";
  const start = text.startFrame === "" ? 0 : wholeOf(text.startFrame);
  const stop = text.stopFrame === "" ? Number.POSITIVE_INFINITY : wholeOf(text.stopFrame);
  if (start === undefined) found.startFrame = "advanced.problem.whole";
  if (stop === undefined) found.stopFrame = "advanced.problem.whole";
  else if (stop < (start ?? 0)) found.stopFrame = "advanced.problem.stop";
  if (text.frameStep !== "" && !((wholeOf(text.frameStep) ?? 0) > 0))
    found.frameStep = "advanced.problem.step";
  if (text.bugTracker !== "" && !/^https?:\/\/\S+$/i.test(text.bugTracker))
    found.bugTracker = "advanced.problem.address";
  return found;
}

/** The numbers as a task is made with them. */
export function numbersOf(
  text: AdvancedText,
): Pick<
  TaskWish,
  | "bugTracker"
  | "imageQuality"
  | "chunkSize"
  | "segmentSize"
  | "overlap"
  | "startFrame"
  | "stopFrame"
  | "frameStep"
  | "asImages"
> {
  return {
    bugTracker: text.bugTracker,
    imageQuality: wholeOf(text.imageQuality) ?? 70,
    chunkSize: wholeOf(text.chunkSize),
    segmentSize: wholeOf(text.segmentSize) ?? 0,
    overlap: wholeOf(text.overlap),
    startFrame: wholeOf(text.startFrame) ?? 0,
    stopFrame: wholeOf(text.stopFrame),
    frameStep: wholeOf(text.frameStep) ?? 1,
    asImages: text.asImages,
  };
}

/** A whole number from 0 that the server can store. */
export function wholeOf(text: string): number | undefined {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined;
}

/** The numbers that are typed. Those of the task stay as they are once it stands. */
type Typed = Exclude<keyof AdvancedText, "asImages">;

const OF_DATA = ["imageQuality", "startFrame", "stopFrame", "frameStep", "chunkSize"] as const;
const OF_TASK = ["segmentSize", "overlap"] as const;
const KEYS = {
  imageQuality: "advanced.quality",
  segmentSize: "advanced.segment",
  overlap: "advanced.overlap",
  chunkSize: "advanced.chunk",
  startFrame: "advanced.start",
  stopFrame: "advanced.stop",
  frameStep: "advanced.step",
} as const;
const EMPTY = {
  imageQuality: "70",
  segmentSize: "–",
  overlap: "0",
  chunkSize: "–",
  startFrame: "0",
  stopFrame: "–",
  frameStep: "1",
} as const;
/** What is said of them otherwise where frames are a video's. */
const OF_VIDEO = {
  imageQuality: "advanced.quality.video",
  overlap: "advanced.overlap.video",
  startFrame: "advanced.start.video",
  stopFrame: "advanced.stop.video",
  frameStep: "advanced.step.video",
} as const;

export interface AdvancedProps {
  readonly text: Signal<AdvancedText>;
  readonly problems: AdvancedProblems;
  /** Whether the frames are those of a video; undefined where nobody knows yet. */
  readonly isVideo?: boolean | undefined;
  /** Whether the task stands already: what is its own is changed on its page. */
  readonly isFilled?: boolean;
  /** Further fields, after the others. */
  readonly children?: ComponentChildren;
}

/** What most tasks leave as it is. */
export function Advanced(props: AdvancedProps): JSX.Element {
  const { text, problems, isVideo, isFilled = false } = props;
  const isWrong = Object.keys(ADVANCED).some((name) => name in problems);
  const set = (name: Typed, value: string): void => {
    text.value = { ...text.value, [name]: value.trim() };
  };
  const field = (name: Typed, label: Key, hint: Key, placeholder: string): JSX.Element => {
    const problem = problems[name];
    return (
      <TextField
        key={name}
        label={t(label)}
        hint={t(hint)}
        placeholder={placeholder}
        error={problem === undefined ? undefined : t(problem)}
        value={text.value[name]}
        onInput={(value) => set(name, value)}
      />
    );
  };
  const number = (name: keyof typeof KEYS): JSX.Element => {
    const hint: Key =
      isVideo && name in OF_VIDEO ? OF_VIDEO[name as keyof typeof OF_VIDEO] : `${KEYS[name]}.hint`;
    return field(name, KEYS[name], hint, isVideo && name === "overlap" ? "5" : EMPTY[name]);
  };
  return (
    <details class="advanced" open={isWrong || undefined}>
      <summary>{t("advanced")}</summary>
      <div class="advanced-fields">
        {!isFilled && OF_TASK.map(number)}
        {OF_DATA.map(number)}
        {!isFilled && field("bugTracker", "advanced.bug-tracker", "advanced.bug-tracker.hint", "https://")}
        {isVideo !== false && (
          <label class="check advanced-wide">
            <input
              type="checkbox"
              checked={text.value.asImages}
              onChange={(event) => {
                text.value = { ...text.value, asImages: event.currentTarget.checked };
              }}
            />
            <span>
              {t("advanced.zip")} <span class="quiet">{t("advanced.zip.hint")}</span>
            </span>
          </label>
        )}
        {props.children}
      </div>
    </details>
  );
}
