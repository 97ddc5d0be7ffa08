import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import {
  checkNumber,
  isChecked,
  type NumberRange,
  numberRange,
  stepNumber,
} from "../../core/attribute-values";
import type { Attribute } from "../../core/model";
import { t } from "../../i18n";
import { isComposing, isEnter } from "../kit/keys";

export interface AttributeFieldProps {
  readonly attribute: Attribute;
  /** Undefined: the shapes have different ones. */
  readonly value: string | undefined;
  readonly readOnly: boolean;
  /** With `merges`, what is set next in the same field may be one step with this. */
  readonly set: (value: string, merges: boolean) => void;
}

/** The input of an attribute, after its type. Mount a new one for other shapes: what was typed belongs to the old. */
export function AttributeField(props: AttributeFieldProps): JSX.Element {
  const { attribute, value, readOnly, set } = props;
  switch (attribute.inputType) {
    case "checkbox":
      return (
        <CheckField
          text={attribute.name}
          isOn={value === undefined ? undefined : isChecked(value)}
          readOnly={readOnly}
          set={(isOn) => set(String(isOn), false)}
        />
      );
    case "radio":
      return <RadioField {...props} />;
    case "select":
      return <SelectField {...props} />;
    case "number":
      return <NumberField {...props} />;
    case "text":
      return <TextField {...props} />;
  }
}

export interface CheckFieldProps {
  readonly text: string;
  /** Undefined: the shapes differ. */
  readonly isOn: boolean | undefined;
  readonly readOnly: boolean;
  readonly set: (isOn: boolean) => void;
}

export function CheckField({ text, isOn, readOnly, set }: CheckFieldProps): JSX.Element {
  return (
    <label class="attribute-field" title={text}>
      <span class="field-name">{text}</span>
      <input
        type="checkbox"
        checked={isOn ?? false}
        indeterminate={isOn === undefined}
        disabled={readOnly}
        onChange={(event) => set(event.currentTarget.checked)}
      />
      {isOn === undefined && <span class="mixed">{t("attributes.mixed")}</span>}
    </label>
  );
}

function RadioField({ attribute, value, readOnly, set }: AttributeFieldProps): JSX.Element {
  const group = useId();
  return (
    <fieldset class="attribute-field radios" disabled={readOnly}>
      <legend class="field-name" title={attribute.name}>
        {attribute.name}
      </legend>
      <div class="choices">
        {choices(attribute, value).map((choice) => (
          <label key={choice} title={choice}>
            <input type="radio" name={group} checked={choice === value} onChange={() => set(choice, false)} />
            {choice}
          </label>
        ))}
        {value === undefined && <span class="mixed">{t("attributes.mixed")}</span>}
      </div>
    </fieldset>
  );
}

function SelectField({ attribute, value, readOnly, set }: AttributeFieldProps): JSX.Element {
  return (
    <label class="attribute-field" title={attribute.name}>
      <span class="field-name">{attribute.name}</span>
      <select
        class={value === undefined ? "mixed" : ""}
        disabled={readOnly}
        // The choice shown for mixed values must not be met by a value of the attribute.
        value={value === undefined ? "mixed" : `=${value}`}
        onChange={(event) => set(event.currentTarget.value.slice(1), false)}
      >
        {value === undefined && (
          <option value="mixed" disabled>
            {t("attributes.mixed")}
          </option>
        )}
        {choices(attribute, value).map((choice) => (
          <option key={choice} value={`=${choice}`}>
            {choice}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The values to choose from; one that a shape has and the label no longer knows stays in sight. */
function choices(attribute: Attribute, value: string | undefined): readonly string[] {
  const isKnown = value === undefined || attribute.values.includes(value);
  return isKnown ? attribute.values : [value, ...attribute.values];
}

function TextField({ attribute, value, readOnly, set }: AttributeFieldProps): JSX.Element {
  const draft = useDraft(value, (typed) => {
    set(typed, true);
    return true;
  });
  return (
    <label class="attribute-field" title={attribute.name}>
      <span class="field-name">{attribute.name}</span>
      <input
        type="text"
        autocomplete="off"
        spellcheck={false}
        readOnly={readOnly}
        placeholder={value === undefined ? t("attributes.mixed") : ""}
        {...draft.input}
      />
    </label>
  );
}

function NumberField({ attribute, value, readOnly, set }: AttributeFieldProps): JSX.Element {
  const range = numberRange(attribute);
  const about = useId();
  const trouble = useSignal<string | undefined>(undefined);
  const draft = useDraft(value, (typed) => {
    const check = checkNumber(typed, range);
    trouble.value = check.name === "fine" ? undefined : sentenceFor(check.name, range);
    if (check.name !== "fine") return false;
    if (check.value !== value) set(check.value, true);
    return true;
  });
  const step = (event: KeyboardEvent) => {
    const direction = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : undefined;
    if (direction === undefined || isComposing(event) || readOnly) return;
    event.preventDefault();
    event.stopPropagation();
    const next = stepNumber(draft.text, direction, range);
    draft.typed.value = undefined;
    trouble.value = undefined;
    if (next !== value) set(next, true);
  };
  return (
    <div class="attribute-field">
      <label class="field-name" for={`${about}-input`} title={attribute.name}>
        {attribute.name}
      </label>
      <input
        id={`${about}-input`}
        type="text"
        inputMode="decimal"
        autocomplete="off"
        readOnly={readOnly}
        placeholder={value === undefined ? t("attributes.mixed") : ""}
        aria-invalid={trouble.value !== undefined}
        aria-describedby={about}
        {...draft.input}
        onKeyDown={(event) => {
          step(event);
          draft.input.onKeyDown(event);
        }}
      />
      <span id={about} class="field-error">
        {draft.typed.value !== undefined && trouble.value}
      </span>
    </div>
  );
}

function sentenceFor(name: "no-number" | "below" | "above" | "between-steps", range: NumberRange): string {
  const { least = 0, most = 0, step = 1 } = range;
  return t(`number.${name}`, { least, most, step });
}

interface Draft {
  /** What is in the field. */
  readonly text: string;
  /** What was typed and is not yet set; undefined: nothing. */
  readonly typed: Signal<string | undefined>;
  readonly input: {
    readonly value: string;
    readonly onInput: (event: { currentTarget: HTMLInputElement }) => void;
    readonly onBlur: () => void;
    readonly onKeyDown: (event: KeyboardEvent) => void;
  };
}

/**
 * A text being typed. It is handed to `commit` by Enter, when the focus leaves, and when the field goes away, as
 * it does when other shapes are selected; Esc drops it. `commit` answers whether the text was taken.
 */
function useDraft(value: string | undefined, commit: (typed: string) => boolean): Draft {
  const typed = useSignal<string | undefined>(undefined);
  const settle = () => {
    const text = typed.peek();
    if (text === undefined) return true;
    if (text !== value && !commit(text)) return false;
    typed.value = undefined;
    return true;
  };
  const latest = useRef(settle);
  latest.current = settle;
  useEffect(() => () => void latest.current(), []);
  const text = typed.value ?? value ?? "";
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    const field = event.currentTarget as HTMLInputElement;
    if (isEnter(event)) {
      if (settle()) field.blur();
    } else if (event.key === "Escape") {
      typed.value = undefined;
      field.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return {
    text,
    typed,
    input: {
      value: text,
      onInput: (event) => {
        typed.value = event.currentTarget.value;
      },
      onBlur: () => void settle(),
      onKeyDown,
    },
  };
}
