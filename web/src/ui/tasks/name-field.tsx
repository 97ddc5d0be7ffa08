import { Pencil } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { IconButton } from "../kit/button";
import { useInPlace } from "./in-place";

export interface NameFieldProps {
  readonly name: string;
  readonly mayEdit: boolean;
  /** What it is the name of, for the field. */
  readonly label?: string;
  readonly onSave: (name: string) => Promise<void>;
}

const NAME_LIMIT = 256;

/** A heading that is edited in place; left empty, it is what it was. */
export function NameField({ name, mayEdit, label, onSave }: NameFieldProps): JSX.Element {
  const { isOpen, open, control, shown } = useInPlace<HTMLHeadingElement>(name, async (text) => {
    if (text !== "") await onSave(text);
  });
  if (isOpen)
    return (
      <input
        {...control}
        type="text"
        class="task-name-input"
        aria-label={label ?? t("create.name")}
        maxLength={NAME_LIMIT}
      />
    );
  return (
    <h1 ref={shown} class="task-name">
      <bdi>{name}</bdi>
      {mayEdit && <IconButton icon={Pencil} label={t("task.rename")} onClick={open} />}
    </h1>
  );
}
