import { Pencil } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { Button, IconButton } from "../kit/button";
import { useInPlace } from "../tasks/in-place";

export interface DescriptionProps {
  readonly text: string;
  readonly mayEdit: boolean;
  readonly onSave: (text: string) => Promise<void>;
}

/** What a dataset is, in a sentence; edited in place. */
export function Description({ text, mayEdit, onSave }: DescriptionProps): JSX.Element | null {
  const { isOpen, open, control, shown } = useInPlace<HTMLParagraphElement>(text, onSave);
  if (isOpen)
    return (
      <input {...control} type="text" class="dataset-description" aria-label={t("dataset.description")} />
    );
  if (text === "" && !mayEdit) return null;
  return (
    <p ref={shown} class="dataset-description">
      {text === "" ? (
        <Button tone="quiet" icon={Pencil} onClick={open}>
          {t("dataset.description.add")}
        </Button>
      ) : (
        <>
          <bdi>{text}</bdi>
          {mayEdit && <IconButton icon={Pencil} label={t("dataset.description.edit")} onClick={open} />}
        </>
      )}
    </p>
  );
}
