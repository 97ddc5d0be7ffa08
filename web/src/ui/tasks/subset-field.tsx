import { useSignal } from "@preact/signals";
import { Layers, Pencil } from "lucide";
import type { JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { IconButton } from "../kit/button";
import { Icon } from "../kit/icon";
import { isComposing } from "../kit/keys";
import { toast } from "../kit/toast";
import { problemOf } from "../problem";

/** Subsets of most projects; the same words in every language, for exports are told apart by them. */
export const USUAL_SUBSETS: readonly string[] = ["Train", "Test", "Validation"];
export const SUBSET_LIMIT = 64;

/** What to offer for a subset: those of the project, then the usual ones. */
export function offeredSubsets(known: readonly string[]): readonly string[] {
  const taken = new Set(known.map((each) => each.toLowerCase()));
  return [...known, ...USUAL_SUBSETS.filter((each) => !taken.has(each.toLowerCase()))];
}

export interface SubsetFieldProps {
  readonly subset: string;
  /** The subsets of the project. */
  readonly known: readonly string[];
  readonly mayEdit: boolean;
  readonly onSave: (subset: string) => Promise<void>;
}

/** The subset of a task, edited in place. Enter saves, Esc leaves it. */
export function SubsetField({ subset, known, mayEdit, onSave }: SubsetFieldProps): JSX.Element | null {
  const listId = useId();
  const edited = useSignal<string | undefined>(undefined);
  const input = useRef<HTMLInputElement>(null);
  const shown = useRef<HTMLSpanElement>(null);
  const isOpen = edited.value !== undefined;
  useLayoutEffect(() => {
    // Before anything is painted: what is typed next belongs to it.
    if (isOpen) input.current?.select();
  }, [isOpen]);
  const end = async (save: boolean): Promise<void> => {
    const text = edited.peek()?.trim();
    const byKey = document.activeElement === input.current;
    edited.value = undefined;
    if (byKey) requestAnimationFrame(() => shown.current?.querySelector("button")?.focus());
    if (!save || text === undefined || text === subset) return;
    await onSave(text).catch((error: unknown) => void toast(problemOf(error), { tone: "danger" }));
  };
  if (isOpen)
    return (
      <span>
        <input
          ref={input}
          type="text"
          list={listId}
          aria-label={t("task.subset")}
          value={edited.value}
          maxLength={SUBSET_LIMIT}
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
        <Offered id={listId} known={known} />
      </span>
    );
  if (subset === "" && !mayEdit) return null;
  return (
    <span ref={shown}>
      <span class="badge">
        <Icon icon={Layers} size={12} />
        <bdi>{subset || t("task.subset.none")}</bdi>
      </span>
      {mayEdit && (
        <IconButton
          icon={Pencil}
          label={t("task.subset.edit")}
          onClick={() => {
            edited.value = subset;
          }}
        />
      )}
    </span>
  );
}

/** The list that a field of a subset offers. */
export function Offered({ id, known }: { id: string; known: readonly string[] }): JSX.Element {
  return (
    <datalist id={id}>
      {offeredSubsets(known).map((each) => (
        <option key={each} value={each} />
      ))}
    </datalist>
  );
}
