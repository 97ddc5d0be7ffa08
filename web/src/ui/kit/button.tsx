import type { ComponentChildren, JSX } from "preact";
import { Icon, type IconNode } from "./icon";
import { tip } from "./tooltip";

export type ButtonTone = "plain" | "primary" | "danger" | "quiet";

export type ButtonProps = Omit<JSX.IntrinsicElements["button"], "icon" | "children"> & {
  tone?: ButtonTone;
  icon?: IconNode;
  /** Work it started goes on: it can be seen, and not pressed again. */
  busy?: boolean;
  children?: ComponentChildren;
};

/** A button with a text. */
export function Button({
  tone = "plain",
  icon,
  busy = false,
  class: own,
  children,
  ...rest
}: ButtonProps): JSX.Element {
  return (
    <button
      type="button"
      {...rest}
      class={`button ${tone} ${own ?? ""}`}
      disabled={rest.disabled || busy}
      aria-busy={busy}
    >
      {busy ? <span class="spinner" aria-hidden="true" /> : icon === undefined ? null : <Icon icon={icon} />}
      {children}
    </button>
  );
}

export type IconButtonProps = Omit<JSX.IntrinsicElements["button"], "icon" | "children" | "label"> & {
  icon: IconNode;
  /** What it does: its name, and its tip. */
  label: string;
  /** The key that does the same, as shown. */
  hint?: string;
  /** For a switch: whether it is on. */
  pressed?: boolean;
};

/** A button that is an icon alone, with a tip that names it. */
export function IconButton({
  icon,
  label,
  hint,
  pressed,
  class: own,
  ...rest
}: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      {...rest}
      {...tip(label, hint)}
      class={`icon-button ${own ?? ""}`}
      aria-label={label}
      {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
    >
      <Icon icon={icon} />
    </button>
  );
}
