import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { Button } from "../kit/button";
import { Field } from "../kit/field";
import { problemOf } from "../problem";
import type { EditedLabel } from "./model";
import { labelsToText, parseLabels } from "./parse";

export interface RawLabelsProps {
  readonly labels: readonly EditedLabel[];
  readonly onApply: (labels: readonly EditedLabel[]) => Promise<void>;
}

/** So many problems are told at once. */
const SHOWN = 5;

/** The labels as JSON, to be copied to another task or edited by hand. */
export function RawLabels({ labels, onApply }: RawLabelsProps): JSX.Element {
  const text = useSignal(labelsToText(labels));
  const problems = useSignal<readonly string[]>([]);
  const busy = useSignal(false);
  const apply = async (): Promise<void> => {
    const parsed = parseLabels(text.value, labels);
    if (parsed.name === "bad") {
      problems.value = parsed.problems
        .slice(0, SHOWN)
        .map((each) => t(`labels.problem.${each.name}`, each.params));
      return;
    }
    problems.value = [];
    busy.value = true;
    try {
      await onApply(parsed.labels);
    } catch (error) {
      problems.value = [problemOf(error)];
    } finally {
      busy.value = false;
    }
  };
  return (
    <div class="raw-labels">
      <Field label={t("labels.raw.title")} hint={t("labels.raw.hint")}>
        {(control) => (
          <textarea
            {...control}
            rows={14}
            spellcheck={false}
            value={text.value}
            onInput={(event) => {
              text.value = event.currentTarget.value;
              problems.value = [];
            }}
          />
        )}
      </Field>
      {problems.value.map((problem) => (
        <p key={problem} class="field-error" role="alert">
          {problem}
        </p>
      ))}
      <div>
        <Button tone="primary" busy={busy.value} onClick={() => void apply()}>
          {t("labels.raw.apply")}
        </Button>
      </div>
    </div>
  );
}
