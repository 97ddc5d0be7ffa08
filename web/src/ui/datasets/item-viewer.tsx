import { useSignal } from "@preact/signals";
import { ChevronLeft, ChevronRight, Trash2 } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { bytes, number } from "../format";
import { Button, IconButton } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { indexByKey } from "./grid";
import type { ItemPages } from "./item-pages";
import { fileAddress, previewAddress, type WireItem } from "./wire";

export interface ItemViewerProps {
  readonly datasetId: number;
  readonly pages: ItemPages;
  readonly total: number;
  readonly index: number;
  readonly onIndex: (index: number) => void;
  readonly onDelete: ((item: WireItem) => Promise<void>) | undefined;
  readonly onClose: () => void;
}

/** One image in full; arrow keys lead to its neighbours. */
export function ItemViewer(props: ItemViewerProps): JSX.Element {
  const { datasetId, pages, total, index, onIndex, onDelete, onClose } = props;
  const box = useRef<HTMLDivElement>(null);
  const newest = useRef(props);
  newest.current = props;
  useEffect(() => pages.want(Math.max(0, index - 1), Math.min(total, index + 2)), [pages, index, total]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const own = box.current?.closest("dialog");
      const isOurs = event.target instanceof Element && event.target.closest("dialog") === own;
      // One row: up and down, which lead to other rows, lead nowhere.
      const now = newest.current;
      const isOfRow = event.key !== "ArrowUp" && event.key !== "ArrowDown";
      const to = isOfRow ? indexByKey(event.key, now.index, now.total, now.total) : undefined;
      if (!isOurs || to === undefined) return;
      event.preventDefault();
      now.onIndex(to);
    };
    // The dialog lets no key of its own out.
    addEventListener("keydown", onKey, { capture: true });
    return () => removeEventListener("keydown", onKey, { capture: true });
  }, []);
  const item = pages.at(index);
  return (
    <Dialog title={item?.displayName ?? t("loading")} size="large" onClose={onClose}>
      <div ref={box} class="viewer">
        <div class="viewer-stage">
          {item !== undefined && <Picture key={item.path} datasetId={datasetId} item={item} />}
          <IconButton
            class="viewer-turn previous"
            icon={ChevronLeft}
            label={t("item.previous")}
            hint="←"
            aria-disabled={index === 0}
            onClick={() => index > 0 && onIndex(index - 1)}
          />
          <IconButton
            class="viewer-turn next"
            icon={ChevronRight}
            label={t("item.next")}
            hint="→"
            autofocus
            aria-disabled={index === total - 1}
            onClick={() => index < total - 1 && onIndex(index + 1)}
          />
        </div>
        <div class="viewer-foot">
          <span role="status">{t("item.of", { at: number(index + 1), all: number(total) })}</span>
          {item !== undefined && <ItemFacts item={item} />}
          {item !== undefined && onDelete !== undefined && (
            <Button icon={Trash2} onClick={() => void onDelete(item)}>
              {t("item.delete.action")}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function ItemFacts({ item }: { item: WireItem }): JSX.Element {
  return (
    <span class="quiet viewer-facts">
      {bytes(item.size)}
      {item.path !== item.displayName && (
        <>
          {" · "}
          <bdi title={t("item.stored")}>{item.path}</bdi>
        </>
      )}
    </span>
  );
}

/** The picture: at first the small one, then the whole. */
function Picture({ datasetId, item }: { datasetId: number; item: WireItem }): JSX.Element {
  const state = useSignal<"loading" | "there" | "failed">("loading");
  return (
    <>
      {state.value !== "there" && (
        <img class="viewer-picture low" src={previewAddress(datasetId, item.path)} alt="" />
      )}
      {state.value === "failed" ? (
        <p class="viewer-note warning" role="status">
          {t("item.undecodable")}
        </p>
      ) : (
        <img
          class={`viewer-picture ${state.value}`}
          src={fileAddress(datasetId, item.path)}
          alt={item.displayName}
          decoding="async"
          onLoad={() => {
            state.value = "there";
          }}
          onError={() => {
            state.value = "failed";
          }}
        />
      )}
    </>
  );
}
