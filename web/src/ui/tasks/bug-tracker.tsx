import { Bug, Pencil } from "lucide";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { t } from "../../i18n";
import { IconButton } from "../kit/button";
import { Icon } from "../kit/icon";
import { useInPlace } from "./in-place";
import { isWebAddress } from "./task-menu";

export interface BugTrackerProps {
  readonly address: string;
  readonly mayEdit: boolean;
  readonly onSave: (address: string) => Promise<void>;
}

const ADDRESS_LIMIT = 2000;

/** The address where problems are told: opened beside, and edited in place. */
export function BugTracker({ address, mayEdit, onSave }: BugTrackerProps): JSX.Element | null {
  const problemId = useId();
  const isGood = (text: string): boolean => text === "" || isWebAddress(text);
  const { isOpen, isWrong, open, control, shown } = useInPlace<HTMLSpanElement>(address, onSave, isGood);
  if (isOpen)
    return (
      <span class="edited-address">
        <input
          {...control}
          type="url"
          aria-label={t("advanced.bug-tracker")}
          aria-describedby={problemId}
          placeholder="https://"
          maxLength={ADDRESS_LIMIT}
        />
        <span id={problemId} class="field-error" role="alert">
          {isWrong && t("advanced.problem.address")}
        </span>
      </span>
    );
  if (address === "" && !mayEdit) return null;
  return (
    <span ref={shown}>
      {isWebAddress(address) ? (
        <a href={address} target="_blank" rel="noopener noreferrer" class="bug-link" title={address}>
          <Icon icon={Bug} size={14} />
          {t("task.bug-tracker")}
        </a>
      ) : (
        <span class="quiet">{t("task.bug-tracker.none")}</span>
      )}
      {mayEdit && <IconButton icon={Pencil} label={t("task.bug-tracker.edit")} onClick={open} />}
    </span>
  );
}
