import type { ComponentChildren, JSX } from "preact";
import { Icon, type IconNode } from "./icon";

export interface EmptyProps {
  readonly icon: IconNode;
  readonly title: string;
  readonly children?: ComponentChildren;
  /** What to do about it. */
  readonly action?: ComponentChildren;
  readonly tone?: "danger";
}

/** Stands where content would: nothing is here yet, or it could not be had. */
export function Empty({ icon, title, children, action, tone }: EmptyProps): JSX.Element {
  return (
    <div class={`empty ${tone ?? ""}`} {...(tone === "danger" ? { role: "alert" } : {})}>
      <span class="empty-icon">
        <Icon icon={icon} size={40} />
      </span>
      <h2 class="empty-title">{title}</h2>
      {children !== undefined && <div class="empty-text">{children}</div>}
      {action !== undefined && <div class="empty-action">{action}</div>}
    </div>
  );
}
