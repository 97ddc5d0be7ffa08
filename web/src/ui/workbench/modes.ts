/**
 * How the workbench opens for what a task is for: one entry a type of annotation (contract of the platform, 7.1), and
 * one for all else. A person may choose another entry; what they chose is remembered for the task.
 */

import type { DrawingTool } from "./tool-runner";

/** The types a task may have, and `all`: every tool, for tasks of no type. */
export const MODE_NAMES = [
  "image_classification",
  "object_detection",
  "image_segmentation",
  "ocr_detection",
  "ocr_recognition",
  "all",
] as const;
export type ModeName = (typeof MODE_NAMES)[number];

export interface Mode {
  readonly name: ModeName;
  /** The tools that draw, in the order of the bar. Others wait in `all`. */
  readonly tools: readonly DrawingTool[];
  /** When the first of them is taken up: as soon as the job opens, or only if the job has no objects yet. */
  readonly arms: "at-once" | "untouched";
  /** The label the first object gets: the first one, the one last used in this task, or the one that bears texts. */
  readonly label: "first" | "last-used" | "text";
  /** Whether digits label the whole frame. */
  readonly tags: boolean;
  /** What the text field under the picture writes: the text of the selected shape, or that of the frame. */
  readonly text: "none" | "shape" | "frame";
}

const DRAWS_NOTHING = { tools: [], arms: "untouched", label: "first" } as const;
const DRAWS_AT_ONCE = { arms: "at-once", label: "last-used", tags: false, text: "none" } as const;

export const MODES: { readonly [name in ModeName]: Mode } = {
  image_classification: { name: "image_classification", ...DRAWS_NOTHING, tags: true, text: "none" },
  object_detection: { name: "object_detection", ...DRAWS_AT_ONCE, tools: ["rectangle"] },
  image_segmentation: { name: "image_segmentation", ...DRAWS_AT_ONCE, tools: ["polygon"] },
  ocr_detection: {
    name: "ocr_detection",
    tools: ["rectangle", "polygon"],
    arms: "at-once",
    label: "text",
    tags: false,
    text: "shape",
  },
  ocr_recognition: { name: "ocr_recognition", ...DRAWS_NOTHING, tags: false, text: "frame" },
  all: {
    name: "all",
    tools: ["rectangle", "polygon"],
    arms: "untouched",
    label: "first",
    tags: false,
    text: "none",
  },
};

/** The mode for a task's `annotation_type`: one we do not know is none. */
export function modeOf(annotationType: string | undefined): Mode {
  return MODES[MODE_NAMES.find((name) => name === annotationType) ?? "all"];
}
