import { Trash2 } from "lucide";
import type { JSX } from "preact";
import type { InputType } from "../../core/model";
import { t } from "../../i18n";
import { IconButton } from "../kit/button";
import { Field, TextField } from "../kit/field";
import { type EditedAttribute, INPUT_TYPES } from "./model";
import { NAME_LIMIT, type Problem } from "./parse";

export interface AttributeFormProps {
  readonly attribute: EditedAttribute;
  /** What the server has of it: its name and type stay, its values may only become more. */
  readonly stored: EditedAttribute | undefined;
  readonly problems: readonly Problem[];
  readonly onChange: (attribute: EditedAttribute) => void;
  readonly onRemove: () => void;
}

/** One attribute of a label. */
export function AttributeForm(props: AttributeFormProps): JSX.Element {
  const { attribute, stored, problems, onChange, onRemove } = props;
  const { name, inputType, mutable } = attribute;
  const isStored = stored !== undefined;
  return (
    <fieldset class="attribute">
      <legend class="unseen">{name || t("attributes.new")}</legend>
      <div class="attribute-row">
        <TextField
          label={t("attributes.name")}
          value={name}
          maxLength={NAME_LIMIT}
          disabled={isStored}
          onInput={(value) => onChange({ ...attribute, name: value.trimStart() })}
        />
        <Field label={t("attributes.type")}>
          {(control) => (
            <select
              {...control}
              value={inputType}
              disabled={isStored}
              onChange={(event) => onChange(retyped(attribute, event.currentTarget.value as InputType))}
            >
              {INPUT_TYPES.map((each) => (
                <option key={each} value={each}>
                  {t(`attributes.type.${each}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        {!isStored && (
          <IconButton icon={Trash2} label={t("attributes.remove", { name })} onClick={onRemove} />
        )}
      </div>
      <Values attribute={attribute} stored={stored} onChange={onChange} />
      <label class="check">
        <input
          type="checkbox"
          checked={mutable}
          onChange={(event) => onChange({ ...attribute, mutable: event.currentTarget.checked })}
        />
        {t("attributes.mutable")}
      </label>
      {problems.map((problem) => (
        <p key={problem.name} class="field-error" role="alert">
          {t(`labels.problem.${problem.name}`, problem.params)}
        </p>
      ))}
    </fieldset>
  );
}

/** The attribute with another type, and values that fit it. */
function retyped(attribute: EditedAttribute, inputType: InputType): EditedAttribute {
  const isChoice = inputType === "select" || inputType === "radio";
  const wasChoice = attribute.inputType === "select" || attribute.inputType === "radio";
  if (isChoice && wasChoice) return { ...attribute, inputType };
  if (inputType === "number")
    return { ...attribute, inputType, values: ["0", "100", "1"], defaultValue: "0" };
  if (inputType === "checkbox") return { ...attribute, inputType, values: ["false"], defaultValue: "false" };
  return { ...attribute, inputType, values: [], defaultValue: "" };
}

type ValuesProps = Pick<AttributeFormProps, "attribute" | "stored" | "onChange">;

function Values({ attribute, stored, onChange }: ValuesProps): JSX.Element {
  switch (attribute.inputType) {
    case "select":
    case "radio":
      return <ChoiceValues attribute={attribute} stored={stored} onChange={onChange} />;
    case "number":
      return <NumberValues attribute={attribute} stored={stored} onChange={onChange} />;
    case "checkbox":
      return (
        <label class="check">
          <input
            type="checkbox"
            checked={attribute.defaultValue.toLowerCase() === "true"}
            onChange={(event) => {
              const value = String(event.currentTarget.checked);
              onChange({ ...attribute, values: [value], defaultValue: value });
            }}
          />
          {t("attributes.checked")}
        </label>
      );
    case "text":
      return (
        <TextField
          label={t("attributes.default")}
          value={attribute.defaultValue}
          onInput={(value) => onChange({ ...attribute, values: [value], defaultValue: value })}
        />
      );
  }
}

function ChoiceValues({ attribute, stored, onChange }: ValuesProps): JSX.Element {
  const choices = attribute.values.filter((value) => value.trim() !== "");
  const write = (text: string): void => {
    const written = text.split("\n");
    const kept = stored?.values.filter((value) => value !== "") ?? [];
    const values = [...kept, ...written.filter((value) => !kept.includes(value.trim()))];
    const real = values.map((value) => value.trim()).filter((value) => value !== "");
    const defaultValue = real.includes(attribute.defaultValue) ? attribute.defaultValue : (real[0] ?? "");
    onChange({ ...attribute, values, defaultValue });
  };
  return (
    <div class="attribute-row">
      <Field
        label={t("attributes.values")}
        hint={t(stored === undefined ? "attributes.values.hint" : "attributes.values.stored")}
      >
        {(control) => (
          <textarea
            {...control}
            rows={Math.min(8, Math.max(3, attribute.values.length + 1))}
            value={attribute.values.join("\n")}
            onInput={(event) => write(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={t("attributes.default")}>
        {(control) => (
          <select
            {...control}
            value={attribute.defaultValue}
            onChange={(event) => onChange({ ...attribute, defaultValue: event.currentTarget.value })}
          >
            {choices.map((value) => (
              <option key={value} value={value.trim()}>
                {value}
              </option>
            ))}
          </select>
        )}
      </Field>
    </div>
  );
}

const RANGE = ["attributes.least", "attributes.most", "attributes.step"] as const;

function NumberValues({ attribute, onChange }: ValuesProps): JSX.Element {
  const values = RANGE.map((_, index) => attribute.values[index] ?? "");
  return (
    <div class="attribute-row numbers">
      {RANGE.map((key, index) => (
        <TextField
          key={key}
          label={t(key)}
          value={values[index] ?? ""}
          onInput={(value) =>
            onChange({ ...attribute, values: values.map((each, at) => (at === index ? value.trim() : each)) })
          }
        />
      ))}
      <TextField
        label={t("attributes.default")}
        value={attribute.defaultValue}
        onInput={(value) => onChange({ ...attribute, defaultValue: value.trim() })}
      />
    </div>
  );
}
