import type { JSX } from "preact";
import { t } from "../../i18n";
import { callSignedIn } from "../../session";
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
  const remove = async (
    gone: readonly EditedLabel[],
    others: readonly Record<string, unknown>[],
  ): Promise<void> => {
    const names = gone.map((label) => label.name).join(t("list.comma"));
    if (gone.length > 0 && !(await confirmRemoval(names))) return;
    await patch([...gone.map(deleted), ...others]);
  };
  return (
    <LabelEditor
      labels={labels}
      readOnly={!mayChange(task)}
      onAdd={(added) => patch(added.map(labelToWire))}
      onChange={(_, after) => patch([labelToWire(after)])}
      onRemove={(label) => remove([label], [])}
      onReplace={(all) => {
        const kept = new Set(all.map((label) => label.id));
        return remove(
          labels.filter((label) => !kept.has(label.id)),
          all.map(labelToWire),
        );
      }}
    />
  );
}

const deleted = (label: EditedLabel): Record<string, unknown> => ({ ...labelToWire(label), deleted: true });

/** Nobody loses objects by a slip: a label goes with everything drawn under it. */
function confirmRemoval(names: string): Promise<boolean> {
  return confirm({
    title: t("labels.remove.title", { names }),
    body: <p>{t("labels.remove.text")}</p>,
    action: t("labels.remove.action"),
    tone: "danger",
  });
}
