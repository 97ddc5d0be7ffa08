import { signal } from "@preact/signals";
import { Crop, EllipsisVertical, ListPlus, Trash2 } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { mayCreate } from "../../session";
import { counted } from "../format";
import { confirm } from "../kit/confirm";
import { Icon } from "../kit/icon";
import { MenuButton, type MenuItem } from "../kit/menu";
import { toast } from "../kit/toast";
import { problemOf } from "../problem";
import { go } from "../routes";
import { deleteDataset, isOwn, type WireDataset } from "./wire";

/** Datasets whose deletion is under way: they are shown greyed. */
export const deletingDatasets = signal<ReadonlySet<number>>(new Set());

export interface DatasetMenuProps {
  readonly dataset: WireDataset;
  readonly onDeleted: () => void;
  /** Cuts objects out of its images; undefined where its tasks are not known. */
  readonly onCrop?: (() => void) | undefined;
}

/** What can be done with a whole dataset. */
export function DatasetMenu(props: DatasetMenuProps): JSX.Element {
  return (
    <MenuButton
      class="icon-button"
      aria-label={t("task.menu", { name: props.dataset.name })}
      items={() => itemsOf(props)}
    >
      <Icon icon={EllipsisVertical} />
    </MenuButton>
  );
}

function itemsOf({ dataset, onDeleted, onCrop }: DatasetMenuProps): readonly MenuItem[] {
  const unless = (good: boolean): { disabled?: string } =>
    good ? {} : { disabled: t("create.forbidden.hint") };
  return [
    {
      text: t("dataset.create-task"),
      icon: ListPlus,
      run: () => void go(`/tasks/create/${dataset.id}`),
      ...unless(mayCreate()),
    },
    ...(onCrop === undefined
      ? []
      : [{ text: t("crop.menu"), icon: Crop, run: onCrop, ...unless(mayCreate()) }]),
    { kind: "line" },
    {
      text: t("dataset.delete"),
      icon: Trash2,
      tone: "danger",
      run: () => void askDelete(dataset, onDeleted),
      ...unless(mayCreate()),
    },
  ];
}

async function askDelete(dataset: WireDataset, onDeleted: () => void): Promise<void> {
  const agreed = await confirm({
    title: t("dataset.delete.title", { name: dataset.name }),
    body: (
      <>
        <p>
          {isOwn(dataset) ? counted("dataset.delete.text", dataset.itemCount) : t("dataset.delete.in-place")}
        </p>
        <p>{t("dataset.delete.for-good")}</p>
      </>
    ),
    action: t("dataset.delete"),
    tone: "danger",
  });
  if (!agreed) return;
  const mark = (now: boolean): void => {
    const others = [...deletingDatasets.peek()].filter((id) => id !== dataset.id);
    deletingDatasets.value = new Set(now ? [...others, dataset.id] : others);
  };
  mark(true);
  try {
    await deleteDataset(dataset.id);
    toast(t("task.deleted", { name: dataset.name }), { tone: "good" });
    onDeleted();
  } catch (error) {
    toast(t("task.delete.failed", { name: dataset.name, reason: problemOf(error) }), { tone: "danger" });
  } finally {
    mark(false);
  }
}
