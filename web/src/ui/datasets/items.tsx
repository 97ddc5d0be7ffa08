import { useSignal } from "@preact/signals";
import { ImagePlus, RefreshCw } from "lucide";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
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

/** The images of a dataset: a grid of them, each in full when pressed. */
export function Items({ dataset, mayChange, onChanged }: ItemsProps): JSX.Element {
  const { id, tag } = dataset;
  const pages = useMemo(() => new ItemPages((query) => withSignIn(() => listItems(id, query))), [id]);
  const tagShown = useSignal(tag);
  useEffect(() => {
    if (tagShown.peek() === tag) return;
    tagShown.value = tag;
    pages.renew();
  }, [tag, pages, tagShown]);
  const viewed = useSignal<number | undefined>(undefined);
  /** The tile that gets the focus: the one viewed last. */
  const focused = useSignal<number | undefined>(undefined);
  const adding = useSignal(false);
  const total = pages.total.value;
  const remove = async (item: WireItem): Promise<void> => {
    if (!(await askDelete(item))) return;
    try {
      await deleteItem(id, item.path);
      toast(t("task.deleted", { name: item.displayName }), { tone: "good", key: "item" });
      if (total === 1) viewed.value = undefined;
      else if (viewed.value !== undefined) viewed.value = Math.min(viewed.value, (total ?? 1) - 2);
      pages.renew();
      onChanged();
    } catch (error) {
      const reason = problemOf(error);
      toast(t("task.delete.failed", { name: item.displayName, reason }), { tone: "danger", key: "item" });
    }
  };
  const mayFill = mayChange && isOwn(dataset);
  const onDelete = mayFill ? remove : undefined;
  return (
    <section class="dataset-section" aria-label={t("files")}>
      <div class="page-head">
        <h2>
          {t("files")}
          {total !== undefined && <span class="quiet"> {number(total)}</span>}
        </h2>
        {mayFill && (
          <Button
            icon={ImagePlus}
            aria-haspopup="dialog"
            onClick={() => {
              adding.value = true;
            }}
          >
            {t("items.add")}
          </Button>
        )}
      </div>
      {!isOwn(dataset) && (
        <p class="quiet items-place">{t("items.in-place", { path: dataset.storagePath })}</p>
      )}
      <Problem pages={pages} />
      {total === undefined && pages.problem.value === undefined && <Waiting label={t("loading")} />}
      {total === 0 && <p class="card card-pad card-empty quiet">{t("items.none")}</p>}
      {total !== undefined && total > 0 && (
        <ItemGrid
          datasetId={id}
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
          datasetId={id}
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
      {adding.value && (
        <AddDialog
          dataset={dataset}
          onClose={() => {
            adding.value = false;
          }}
          onAdded={() => {
            pages.renew();
            onChanged();
          }}
        />
      )}
    </section>
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
