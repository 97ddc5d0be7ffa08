import type { JSX } from "preact";
import type { WireLabel } from "../../core/model";
import { t } from "../../i18n";
import { counted } from "../format";
import { confirm } from "../kit/confirm";
import { LabelEditor } from "../labels/label-editor";
import { type EditedLabel, editedLabel, labelToWire } from "../labels/model";
import { type Counted, countObjects } from "../projects/objects";

export interface StoredLabelsProps {
  /** Whose labels they are. */
  readonly of: Counted;
  readonly labels: readonly WireLabel[];
  readonly readOnly: boolean;
  /** Store changes of labels, as API v1 takes them. */
  readonly onPatch: (changes: readonly Record<string, unknown>[]) => Promise<void>;
}

/** The labels of a task or project there is: each change is stored at once. */
export function StoredLabels({ of, labels: wire, readOnly, onPatch }: StoredLabelsProps): JSX.Element {
  const labels = wire.map(editedLabel);
  /** Answers whether the person agreed that `gone` are lost, and it was done. */
  const replace = async (
    gone: readonly EditedLabel[],
    others: readonly Record<string, unknown>[],
  ): Promise<boolean> => {
    if (gone.length > 0 && !(await confirmRemoval(of, gone))) return false;
    await onPatch([...gone.map(deleted), ...others]);
    return true;
  };
  return (
    <LabelEditor
      labels={labels}
      readOnly={readOnly}
      onAdd={(added) => onPatch(added.map(labelToWire))}
      onChange={(_, after) => onPatch([labelToWire(after)])}
      onRemove={async (label) => void (await replace([label], []))}
      onReplace={(all) => {
        const kept = new Set(all.map((label) => label.id));
        return replace(
          labels.filter((label) => !kept.has(label.id)),
          all.map(labelToWire),
        );
      }}
    />
  );
}

const deleted = (label: EditedLabel): Record<string, unknown> => ({ ...labelToWire(label), deleted: true });

/** Nobody loses objects by a slip: a label goes with everything drawn under it. */
async function confirmRemoval(of: Counted, gone: readonly EditedLabel[]): Promise<boolean> {
  const [first] = gone;
  const objects = await countObjects(of);
  const lost = gone.reduce((sum, label) => sum + (objects?.get(label.id ?? 0) ?? 0), 0);
  return confirm({
    title:
      gone.length === 1 && first !== undefined
        ? t("labels.remove.title", { name: first.name })
        : counted("labels.remove.titles", gone.length),
    body: (
      <>
        <p>{textOf(of, gone.length, objects === undefined ? undefined : lost)}</p>
        {lost > 0 && <p>{t("labels.remove.for-good")}</p>}
      </>
    ),
    action: lost > 0 || objects === undefined ? t("labels.remove.action") : t("labels.remove.action.unused"),
    tone: "danger",
  });
}

/** What is lost with `labels` labels: how many objects, if that is known. */
function textOf(of: Counted, labels: number, lost: number | undefined): string {
  if (lost === undefined) return counted(`labels.remove.text.${of.name}`, labels);
  return lost === 0 ? t("labels.remove.unused") : counted(`labels.remove.lost.${of.name}`, lost);
}
