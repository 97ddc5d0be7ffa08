import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { isComposing } from "./keys";

/** A form. Enter submits it, but never one that belongs to an input method. */
export function Form({
  onSubmit,
  ...rest
}: Omit<JSX.IntrinsicElements["form"], "onSubmit"> & { onSubmit: () => void }): JSX.Element {
  return (
    <form
      noValidate
      {...rest}
      onKeyDown={(event) => {
        if (event.key === "Enter" && isComposing(event)) event.preventDefault();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    />
  );
}

/** Give the focus to the first control of the page whose value will not do, once it says so. */
export function focusInvalid(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
}

export interface FieldProps {
  readonly label: string;
  readonly error?: string | undefined;
  readonly hint?: ComponentChildren;
  /** Makes the control; it takes the attributes given. */
  readonly children: (control: ControlAttributes) => ComponentChildren;
}

export interface ControlAttributes {
  readonly id: string;
  readonly "aria-invalid": boolean;
  readonly "aria-describedby": string;
}

/** A control with its label, a hint, and what is wrong with it. */
export function Field({ label, error, hint, children }: FieldProps): JSX.Element {
  const id = useId();
  const about = `${id}-about`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, "aria-invalid": error !== undefined, "aria-describedby": about })}
      <div id={about} class={error === undefined ? "field-hint" : "field-error"}>
        {error ?? hint}
      </div>
    </div>
  );
}

export interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly error?: string | undefined;
  readonly hint?: ComponentChildren;
  readonly type?: "text" | "password" | "email" | "url" | "search";
  readonly name?: string;
  readonly autocomplete?: string;
  readonly autocapitalize?: "none";
  readonly spellcheck?: boolean;
  readonly autofocus?: boolean;
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly disabled?: boolean;
}

/** A field of one line of text. */
export function TextField({
  label,
  value,
  onInput,
  error,
  hint,
  type = "text",
  ...rest
}: TextFieldProps): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const wantsFocus = rest.autofocus === true;
  useEffect(() => {
    // Browsers heed `autofocus` when a page or a dialog opens, not when we show another page in its place.
    if (wantsFocus && document.activeElement === document.body) input.current?.focus();
  }, [wantsFocus]);
  return (
    <Field label={label} error={error} hint={hint}>
      {(control) => (
        <input
          ref={input}
          type={type as "text"}
          {...rest}
          {...control}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
