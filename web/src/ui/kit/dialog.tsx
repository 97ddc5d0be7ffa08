import { X } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { IconButton } from "./button";

export interface DialogProps {
  readonly title: string;
  readonly size?: "small" | "medium" | "large";
  /** Esc, the cross. Without it the dialog cannot be closed by the person. */
  readonly onClose?: () => void;
  readonly children: ComponentChildren;
  /** The row of buttons at the end. */
  readonly footer?: ComponentChildren;
  readonly role?: "dialog" | "alertdialog";
}

/**
 * A modal dialog, open as long as it is mounted. The first element with `autofocus` has the focus, else the first
 * that can; it goes back when the dialog closes. Keys pressed in it do not reach the page below.
 */
export function Dialog({
  title,
  size = "medium",
  onClose,
  children,
  footer,
  role,
}: DialogProps): JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      class={`dialog ${size}`}
      role={role ?? "dialog"}
      aria-labelledby={titleId}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        onClose?.();
      }}
      onKeyDown={(event) => event.stopPropagation()}
      onKeyUp={(event) => event.stopPropagation()}
    >
      <header>
        <h2 id={titleId} class="dialog-title">
          {title}
        </h2>
        {onClose !== undefined && <IconButton icon={X} label={t("close")} onClick={onClose} />}
      </header>
      <div class="dialog-body">{children}</div>
      {footer !== undefined && <footer>{footer}</footer>}
    </dialog>
  );
}
