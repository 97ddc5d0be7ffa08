/** What a task made of a dataset is called, and the labels it begins with (platform contract, 4). */

import { type EditedLabel, newLabels } from "../labels/model";
import type { WireDataset } from "./wire";

const NAME_LIMIT = 256;
/** The label for texts that are read off images. */
const TEXT: EditedLabel = {
  id: undefined,
  name: "text",
  color: "#20cc1c",
  attributes: [
    { id: undefined, name: "value", inputType: "text", values: [""], defaultValue: "", mutable: false },
  ],
};

type Named = Pick<WireDataset, "name" | "annotType" | "cvDatasetFormat">;

/** The name of a task made of the dataset; of one too long, the dataset's part is cut. */
export function taskNameOf({ name, annotType, cvDatasetFormat }: Named): string {
  const end = joined(`_${annotType}_${cvDatasetFormat}`);
  return joined(name).slice(0, NAME_LIMIT - end.length) + end;
}

function joined(text: string): string {
  return text.replace(/\s+/g, "_");
}

/** The labels a task of the dataset begins with: those it was published with, and the one for texts. */
export function firstLabels({
  annotType,
  labelList,
}: Pick<WireDataset, "annotType" | "labelList">): readonly EditedLabel[] {
  const isText = annotType.startsWith("ocr");
  const names = [...new Set(labelList ?? [])].filter((name) => !isText || name !== TEXT.name);
  const first = isText ? [TEXT] : [];
  return [...first, ...newLabels(names, first)];
}
