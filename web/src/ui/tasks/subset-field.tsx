import { Layers, Pencil } from "lucide";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { t } from "../../i18n";
import { IconButton } from "../kit/button";
import { Icon } from "../kit/icon";
import { useInPlace } from "./in-place";

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

/** The subset of a task, edited in place. */
export function SubsetField({ subset, known, mayEdit, onSave }: SubsetFieldProps): JSX.Element | null {
  const listId = useId();
  const { isOpen, open, control, shown } = useInPlace<HTMLSpanElement>(subset, onSave);
  if (isOpen)
    return (
      <span>
        <input
          {...control}
          type="text"
          list={listId}
          aria-label={t("task.subset")}
          maxLength={SUBSET_LIMIT}
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
      {mayEdit && <IconButton icon={Pencil} label={t("task.subset.edit")} onClick={open} />}
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
