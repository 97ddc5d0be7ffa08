import type { JSX } from "preact";
import { t } from "../../i18n";
import { callSignedIn } from "../../session";
import { counted } from "../format";
import { confirm } from "../kit/confirm";
import { LabelEditor } from "../labels/label-editor";
import { type EditedLabel, editedLabel, labelToWire } from "../labels/model";
import { mayChange } from "./task-menu";
import type { WireTask } from "./wire";

/** The labels of a task there is: each change is stored at once. */
export function StoredLabels({
  task,
  onTask,
}: {
  task: WireTask;
  onTask: (task: WireTask) => void;
}): JSX.Element {
  const labels = task.labels.map(editedLabel);
  const patch = async (changes: readonly Record<string, unknown>[]): Promise<void> => {
    onTask(await callSignedIn<WireTask>("PATCH", `/tasks/${task.id}`, { body: { labels: changes } }));
  };
  /** Answers whether the person agreed that `gone` are lost, and it was done. */
  const replace = async (
    gone: readonly EditedLabel[],
    others: readonly Record<string, unknown>[],
  ): Promise<boolean> => {
    if (gone.length > 0 && !(await confirmRemoval(gone))) return false;
    await patch([...gone.map(deleted), ...others]);
    return true;
  };
  return (
    <LabelEditor
      labels={labels}
      readOnly={!mayChange(task)}
      onAdd={(added) => patch(added.map(labelToWire))}
      onChange={(_, after) => patch([labelToWire(after)])}
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
function confirmRemoval(gone: readonly EditedLabel[]): Promise<boolean> {
  const [first] = gone;
  return confirm({
    title:
      gone.length === 1 && first !== undefined
        ? t("labels.remove.title", { name: first.name })
        : counted("labels.remove.titles", gone.length),
    body: <p>{counted("labels.remove.text", gone.length)}</p>,
    action: t("labels.remove.action"),
    tone: "danger",
  });
}
