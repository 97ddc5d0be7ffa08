import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { LabelEditor } from "./label-editor";
import type { EditedLabel } from "./model";

export interface DraftLabelsProps {
  readonly labels: Signal<readonly EditedLabel[]>;
  readonly error?: string | undefined;
}

/** The labels of something that is not made yet: nothing is stored. */
export function DraftLabels({ labels, error }: DraftLabelsProps): JSX.Element {
  return (
    <LabelEditor
      labels={labels.value}
      error={error}
      onAdd={async (added) => {
        labels.value = [...labels.value, ...added];
      }}
      onChange={async (before, after) => {
        labels.value = labels.value.map((each) => (each === before ? after : each));
      }}
      onRemove={async (removed) => {
        labels.value = labels.value.filter((each) => each !== removed);
      }}
      onReplace={async (all) => {
        labels.value = all;
        return true;
      }}
    />
  );
}
