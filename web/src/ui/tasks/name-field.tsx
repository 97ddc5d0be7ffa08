import { useSignal } from "@preact/signals";
import { Pencil } from "lucide";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { IconButton } from "../kit/button";
import { isComposing } from "../kit/keys";
import { toast } from "../kit/toast";
import { problemOf } from "../problem";

export interface NameFieldProps {
  readonly name: string;
  readonly mayEdit: boolean;
  /** What it is the name of, for the field. */
  readonly label?: string;
  readonly onSave: (name: string) => Promise<void>;
}

const NAME_LIMIT = 256;

/** A heading that is edited in place: Enter saves, Esc leaves it. */
export function NameField({ name, mayEdit, label, onSave }: NameFieldProps): JSX.Element {
  const edited = useSignal<string | undefined>(undefined);
  const input = useRef<HTMLInputElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const isOpen = edited.value !== undefined;
  useLayoutEffect(() => {
    // Before anything is painted: what is typed next belongs to it.
    if (isOpen) input.current?.select();
  }, [isOpen]);
  const end = async (save: boolean): Promise<void> => {
    const text = edited.peek()?.trim();
    const byKey = document.activeElement === input.current;
    edited.value = undefined;
    if (byKey) requestAnimationFrame(() => heading.current?.querySelector("button")?.focus());
    if (!save || text === undefined || text === "" || text === name) return;
    try {
      await onSave(text);
    } catch (error) {
      edited.value = text;
      toast(problemOf(error), { tone: "danger", key: "name" });
    }
  };
  if (!isOpen)
    return (
      <h1 ref={heading} class="task-name">
        <bdi>{name}</bdi>
        {mayEdit && (
          <IconButton
            icon={Pencil}
            label={t("task.rename")}
            onClick={() => {
              edited.value = name;
            }}
          />
        )}
      </h1>
    );
  return (
    <input
      ref={input}
      class="task-name-input"
      type="text"
      aria-label={label ?? t("create.name")}
      value={edited.value}
      maxLength={NAME_LIMIT}
      onInput={(event) => {
        edited.value = event.currentTarget.value;
      }}
      onBlur={() => void end(true)}
      onKeyDown={(event) => {
        if (isComposing(event)) return;
        if (event.key === "Enter") void end(true);
        else if (event.key === "Escape") void end(false);
      }}
    />
  );
}
