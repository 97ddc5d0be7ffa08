import { useSignal } from "@preact/signals";
import { ImagePlus, RefreshCw } from "lucide";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { withSignIn } from "../../session";
import { number } from "../format";
import { Button } from "../kit/button";
import { confirm } from "../kit/confirm";
import { Waiting } from "../kit/progress";
import { toast } from "../kit/toast";
import { problemOf } from "../problem";
import { AddDialog } from "./add-dialog";
import { ItemGrid } from "./item-grid";
import { ItemPages } from "./item-pages";
import { ItemViewer } from "./item-viewer";
import { deleteItem, isOwn, listItems, type WireDataset, type WireItem } from "./wire";

export interface ItemsProps {
  readonly dataset: WireDataset;
  readonly mayChange: boolean;
  /** There are more images, or fewer. */
  readonly onChanged: () => void;
}

/** The images, as far as they were looked at, and the one shown in full. */
function useItems({ dataset, onChanged }: ItemsProps) {
  const { id, tag } = dataset;
  const pages = useMemo(() => new ItemPages((query) => withSignIn(() => listItems(id, query))), [id]);
  const tagShown = useRef(tag);
  useEffect(() => {
    if (tagShown.current !== tag) pages.renew();
    tagShown.current = tag;
  }, [tag, pages]);
  const viewed = useSignal<number | undefined>(undefined);
  /** The tile that gets the focus. */
  const focused = useSignal<number | undefined>(undefined);
  const changed = (): void => {
    pages.renew();
    onChanged();
  };
  const remove = async (item: WireItem): Promise<void> => {
    if (!(await askDelete(item))) return;
    try {
      await deleteItem(id, item.path);
      toast(t("task.deleted", { name: item.displayName }), { tone: "good", key: "item" });
      const left = (pages.total.peek() ?? 1) - 1;
      if (viewed.value !== undefined)
        viewed.value = left === 0 ? undefined : Math.min(viewed.value, left - 1);
      changed();
    } catch (error) {
      const reason = problemOf(error);
      toast(t("task.delete.failed", { name: item.displayName, reason }), { tone: "danger", key: "item" });
    }
  };
  return { pages, viewed, focused, changed, remove };
}

/** The images of a dataset: a grid of them, each in full when pressed. */
export function Items(props: ItemsProps): JSX.Element {
  const { dataset, mayChange } = props;
  const { pages, viewed, focused, changed, remove } = useItems(props);
  const total = pages.total.value;
  const mayFill = mayChange && isOwn(dataset);
  const onDelete = mayFill ? remove : undefined;
  return (
    <section class="dataset-section" aria-label={t("files")}>
      <div class="page-head">
        <h2>
          {t("files")}
          {total !== undefined && <span class="quiet"> {number(total)}</span>}
        </h2>
        {mayFill && <AddButton dataset={dataset} onAdded={changed} />}
      </div>
      {!isOwn(dataset) && (
        <p class="quiet items-place">{t("items.in-place", { path: dataset.storagePath })}</p>
      )}
      <Problem pages={pages} />
      {total === undefined && pages.problem.value === undefined && <Waiting label={t("loading")} />}
      {total === 0 && <p class="card card-pad card-empty quiet">{t("items.none")}</p>}
      {total !== undefined && total > 0 && (
        <ItemGrid
          datasetId={dataset.id}
          pages={pages}
          total={total}
          focused={focused}
          onOpen={(index) => {
            viewed.value = index;
          }}
          onDelete={onDelete}
        />
      )}
      {viewed.value !== undefined && total !== undefined && (
        <ItemViewer
          datasetId={dataset.id}
          pages={pages}
          total={total}
          index={viewed.value}
          onIndex={(index) => {
            viewed.value = index;
          }}
          onDelete={onDelete}
          onClose={() => {
            focused.value = viewed.value;
            viewed.value = undefined;
          }}
        />
      )}
    </section>
  );
}

function AddButton({ dataset, onAdded }: { dataset: WireDataset; onAdded: () => void }): JSX.Element {
  const open = useSignal(false);
  const set = (isOpen: boolean): void => {
    open.value = isOpen;
  };
  return (
    <>
      <Button icon={ImagePlus} aria-haspopup="dialog" onClick={() => set(true)}>
        {t("items.add")}
      </Button>
      {open.value && <AddDialog dataset={dataset} onClose={() => set(false)} onAdded={onAdded} />}
    </>
  );
}

function Problem({ pages }: { pages: ItemPages }): JSX.Element | null {
  const problem = pages.problem.value;
  if (problem === undefined) return null;
  return (
    <p class="warning" role="alert">
      <span>{t("items.failed", { reason: problemOf(problem) })}</span>
      <Button icon={RefreshCw} onClick={() => pages.renew()}>
        {t("retry")}
      </Button>
    </p>
  );
}

const askDelete = (item: WireItem): Promise<boolean> =>
  confirm({
    title: t("item.delete.title", { name: item.displayName }),
    body: <p>{t("item.delete.text")}</p>,
    action: t("item.delete.action"),
    tone: "danger",
  });
