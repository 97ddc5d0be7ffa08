import { useSignal } from "@preact/signals";
import { Bug, Pencil } from "lucide";
import type { JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { IconButton } from "../kit/button";
import { Icon } from "../kit/icon";
import { isComposing } from "../kit/keys";
import { toast } from "../kit/toast";
import { problemOf } from "../problem";
import { isWebAddress } from "./task-menu";

export interface BugTrackerProps {
  readonly address: string;
  readonly mayEdit: boolean;
  readonly onSave: (address: string) => Promise<void>;
}

const ADDRESS_LIMIT = 2000;

/** The address where problems are told: opened beside, and edited in place. Enter saves, Esc leaves it. */
export function BugTracker({ address, mayEdit, onSave }: BugTrackerProps): JSX.Element | null {
  const edited = useSignal<string | undefined>(undefined);
  const problem = useSignal(false);
  const problemId = useId();
  const input = useRef<HTMLInputElement>(null);
  const pencil = useRef<HTMLSpanElement>(null);
  const isOpen = edited.value !== undefined;
  useLayoutEffect(() => {
    // Before anything is painted: what is typed next belongs to it.
    if (isOpen) input.current?.select();
  }, [isOpen]);
  const end = async (save: boolean): Promise<void> => {
    const text = edited.peek()?.trim();
    if (text === undefined) return;
    if (save && text !== "" && !isWebAddress(text)) {
      problem.value = true;
      return;
    }
    const byKey = document.activeElement === input.current;
    edited.value = undefined;
    problem.value = false;
    if (byKey) requestAnimationFrame(() => pencil.current?.querySelector("button")?.focus());
    if (save && text !== address)
      await onSave(text).catch((error: unknown) => void toast(problemOf(error), { tone: "danger" }));
  };
  if (isOpen)
    return (
      <span class="edited-address">
        <input
          ref={input}
          type="url"
          aria-label={t("advanced.bug-tracker")}
          aria-invalid={problem.value}
          aria-describedby={problemId}
          placeholder="https://"
          maxLength={ADDRESS_LIMIT}
          value={edited.value}
          onInput={(event) => {
            edited.value = event.currentTarget.value;
            problem.value = false;
          }}
          onBlur={() => void end(true)}
          onKeyDown={(event) => {
            if (isComposing(event)) return;
            if (event.key === "Enter") void end(true);
            else if (event.key === "Escape") void end(false);
          }}
        />
        <span id={problemId} class="field-error" role="alert">
          {problem.value && t("advanced.problem.address")}
        </span>
      </span>
    );
  if (address === "" && !mayEdit) return null;
  return (
    <span ref={pencil}>
      {isWebAddress(address) ? (
        <a href={address} target="_blank" rel="noopener noreferrer" class="bug-link" title={address}>
          <Icon icon={Bug} size={14} />
          {t("task.bug-tracker")}
        </a>
      ) : (
        <span class="quiet">{t("task.bug-tracker.none")}</span>
      )}
      {mayEdit && (
        <IconButton
          icon={Pencil}
          label={t("task.bug-tracker.edit")}
          onClick={() => {
            edited.value = address;
          }}
        />
      )}
    </span>
  );
}
