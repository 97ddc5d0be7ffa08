import type { Signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { type Key, t } from "../../i18n";
import { TextField } from "../kit/field";
import type { TaskWish } from "./creation";

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
};

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
> {
  return {
    bugTracker: text.bugTracker,
    imageQuality: wholeOf(text.imageQuality) ?? 70,
    chunkSize: wholeOf(text.chunkSize),
    segmentSize: wholeOf(text.segmentSize) ?? 0,
    overlap: wholeOf(text.overlap) ?? 0,
    startFrame: wholeOf(text.startFrame) ?? 0,
    stopFrame: wholeOf(text.stopFrame),
    frameStep: wholeOf(text.frameStep) ?? 1,
  };
}

/** A whole number from 0 that the server can store. */
export function wholeOf(text: string): number | undefined {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined;
}

const NUMBERS = [
  ["imageQuality", "advanced.quality", "70"],
  ["segmentSize", "advanced.segment", "–"],
  ["overlap", "advanced.overlap", "0"],
  ["chunkSize", "advanced.chunk", "–"],
  ["startFrame", "advanced.start", "0"],
  ["stopFrame", "advanced.stop", "–"],
  ["frameStep", "advanced.step", "1"],
] as const;

/** What most tasks leave as it is. */
export function Advanced(props: {
  text: Signal<AdvancedText>;
  problems: AdvancedProblems;
  /** Further fields, after the others. */
  children?: ComponentChildren;
}): JSX.Element {
  const { text, problems } = props;
  const isWrong = Object.keys(ADVANCED).some((name) => name in problems);
  const field = (name: keyof AdvancedText, label: Key, hint: Key, placeholder: string): JSX.Element => {
    const problem = problems[name];
    return (
      <TextField
        key={name}
        label={t(label)}
        hint={t(hint)}
        placeholder={placeholder}
        error={problem === undefined ? undefined : t(problem)}
        value={text.value[name]}
        onInput={(value) => {
          text.value = { ...text.value, [name]: value.trim() };
        }}
      />
    );
  };
  return (
    <details class="advanced" open={isWrong || undefined}>
      <summary>{t("advanced")}</summary>
      <div class="advanced-fields">
        {NUMBERS.map(([name, key, empty]) => field(name, key, `${key}.hint`, empty))}
        {field("bugTracker", "advanced.bug-tracker", "advanced.bug-tracker.hint", "https://")}
        {props.children}
      </div>
    </details>
  );
}
