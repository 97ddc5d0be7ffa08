import { useSignal } from "@preact/signals";
import { Plus } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { Button } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { Form, TextField } from "../kit/field";
import { problemOf } from "../problem";
import { AttributeForm } from "./attribute-form";
import { ColorButton } from "./color-button";
import type { EditedAttribute, EditedLabel } from "./model";
import { attributeProblems, NAME_LIMIT, type Problem } from "./parse";

export interface LabelDialogProps {
  readonly label: EditedLabel;
  /** Names of the others: a name stands once. */
  readonly others: readonly string[];
  readonly onSave: (label: EditedLabel) => Promise<void>;
  readonly onClose: () => void;
}

const NEW_ATTRIBUTE: EditedAttribute = {
  id: undefined,
  name: "",
  inputType: "select",
  values: [],
  defaultValue: "",
  mutable: false,
};

/** Name, colour and attributes of one label. */
export function LabelDialog({ label, others, onSave, onClose }: LabelDialogProps): JSX.Element {
  const edited = useSignal(label);
  const nameProblem = useSignal("");
  const problem = useSignal("");
  const problems = useSignal<readonly (readonly Problem[])[]>([]);
  const busy = useSignal(false);
  const change = (part: Partial<EditedLabel>): void => {
    edited.value = { ...edited.value, ...part };
  };
  const save = async (): Promise<void> => {
    const now = { ...edited.value, name: edited.value.name.trim() };
    nameProblem.value = nameProblemOf(now.name, others);
    problems.value = now.attributes.map((each, index) => problemsOf(each, index, now));
    if (nameProblem.value !== "" || problems.value.some((each) => each.length > 0)) return;
    busy.value = true;
    try {
      await onSave(now);
      onClose();
    } catch (error) {
      problem.value = problemOf(error);
    } finally {
      busy.value = false;
    }
  };
  const { name, color, attributes } = edited.value;
  return (
    <Dialog title={t("labels.edit", { name: label.name })} onClose={onClose}>
      <Form onSubmit={() => void save()}>
        <div class="label-head">
          <ColorButton
            color={color}
            label={t("labels.color", { name })}
            onChange={(chosen) => change({ color: chosen })}
          />
          <TextField
            label={t("labels.name")}
            value={name}
            autofocus
            maxLength={NAME_LIMIT}
            error={nameProblem.value || undefined}
            onInput={(value) => change({ name: value })}
          />
        </div>
        <Attributes
          label={label}
          attributes={attributes}
          problems={problems.value}
          onChange={(changed) => {
            problems.value = [];
            change({ attributes: changed });
          }}
        />
        <p class="form-problem" role="alert">
          {problem.value}
        </p>
        <div class="form-actions">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" tone="primary" busy={busy.value}>
            {t("save")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

interface AttributesProps {
  /** As it is stored. */
  readonly label: EditedLabel;
  readonly attributes: readonly EditedAttribute[];
  readonly problems: readonly (readonly Problem[])[];
  readonly onChange: (attributes: readonly EditedAttribute[]) => void;
}

function Attributes({ label, attributes, problems, onChange }: AttributesProps): JSX.Element {
  return (
    <section class="attributes" aria-label={t("attributes")}>
      <h3>{t("attributes")}</h3>
      <p class="quiet">{t("attributes.hint")}</p>
      {attributes.map((attribute, index) => (
        <AttributeForm
          key={attribute.id ?? `new-${index}`}
          attribute={attribute}
          stored={label.attributes.find((each) => each.id !== undefined && each.id === attribute.id)}
          problems={problems[index] ?? []}
          onChange={(changed) => onChange(attributes.map((each, at) => (at === index ? changed : each)))}
          onRemove={() => onChange(attributes.filter((_, at) => at !== index))}
        />
      ))}
      <div>
        <Button icon={Plus} onClick={() => onChange([...attributes, NEW_ATTRIBUTE])}>
          {t("attributes.add")}
        </Button>
      </div>
    </section>
  );
}

function nameProblemOf(name: string, others: readonly string[]): string {
  if (name === "") return t("field.required");
  return others.includes(name) ? t("labels.problem.twice", { name }) : "";
}

function problemsOf(attribute: EditedAttribute, index: number, label: EditedLabel): readonly Problem[] {
  const isTwice = label.attributes.findIndex((each) => each.name === attribute.name) < index;
  const twice: Problem = { name: "attribute-twice", params: { name: label.name, attribute: attribute.name } };
  return [...attributeProblems(attribute, label.name), ...(isTwice ? [twice] : [])];
}
