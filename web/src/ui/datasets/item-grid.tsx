import { type Signal, useSignal } from "@preact/signals";
import { ImageOff, Trash2 } from "lucide";
import type { JSX, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { IconButton } from "../kit/button";
import { Icon } from "../kit/icon";
import { type GridSize, gridOf, indexByKey, partInSight } from "./grid";
import type { ItemPages } from "./item-pages";
import { previewAddress, type WireItem } from "./wire";

export interface ItemGridProps {
  readonly datasetId: number;
  readonly pages: ItemPages;
  readonly total: number;
  /** Set from outside, the tile gets the focus. */
  readonly focused: Signal<number | undefined>;
  readonly onOpen: (index: number) => void;
  /** Undefined where nothing may be deleted. */
  readonly onDelete: ((item: WireItem) => Promise<void>) | undefined;
}

interface InSight extends GridSize {
  readonly first: number;
  readonly end: number;
}

/** The part of the grid that is in sight, while the page scrolls and is sized. */
function useInSight(box: RefObject<HTMLElement | null>, total: number): InSight {
  const width = useSignal(0);
  const top = useSignal(0);
  const height = useSignal(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const look = (): void => {
      width.value = element.clientWidth;
      top.value = -element.getBoundingClientRect().top;
      height.value = innerHeight;
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    // What stands above the grid may grow and shrink: the page then changes its height.
    observer.observe(document.body);
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      observer.disconnect();
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [box, width, top, height]);
  const size = gridOf(width.value, total);
  return { ...size, ...partInSight(size, total, top.value, height.value) };
}

/** Gives the tile that is wanted the focus, as soon as its row is in the page; answers the one that can be tabbed to. */
function useTileFocus(
  box: RefObject<HTMLElement | null>,
  { columns, rowPx, first, end }: InSight,
  focused: Signal<number | undefined>,
): { readonly tabbed: number; readonly note: (index: number) => void } {
  const active = useSignal(0);
  const wanted = focused.value;
  useLayoutEffect(() => {
    if (wanted === undefined) return;
    active.value = wanted;
    const element = box.current;
    const tile = element?.querySelector<HTMLElement>(`[data-index="${wanted}"] > button`);
    if (tile !== null && tile !== undefined) {
      tile.focus();
      focused.value = undefined;
      return;
    }
    const top = (element?.getBoundingClientRect().top ?? 0) + Math.floor(wanted / columns) * rowPx;
    scrollBy(0, top - innerHeight / 2);
  }, [wanted, first, end, columns, rowPx, active, focused, box]);
  // One tile can be tabbed to, whichever are in the page.
  const tabbed = active.value >= first && active.value < end ? active.value : first;
  const note = (index: number): void => {
    active.value = index;
  };
  return { tabbed, note };
}

/** Images as a grid of any length, of which only the rows in sight are in the page. Arrow keys go from one to another. */
export function ItemGrid({ datasetId, pages, total, focused, onOpen, onDelete }: ItemGridProps): JSX.Element {
  const box = useRef<HTMLUListElement>(null);
  const inSight = useInSight(box, total);
  const { columns, rowPx, heightPx, first, end } = inSight;
  const { tabbed, note } = useTileFocus(box, inSight, focused);
  useEffect(() => pages.want(first, end), [pages, first, end, pages.total.value]);
  const onKeyDown = (event: KeyboardEvent, index: number): void => {
    if (event.key === "Delete" || event.key === "Backspace") {
      const item = pages.at(index);
      if (item !== undefined && onDelete !== undefined) void onDelete(item);
      return;
    }
    const to = indexByKey(event.key, index, columns, total);
    if (to === undefined) return;
    event.preventDefault();
    focused.value = to;
  };
  return (
    <ul
      ref={box}
      class="item-grid"
      aria-label={t("files")}
      style={{
        height: `${heightPx}px`,
        paddingTop: `${(first / columns) * rowPx}px`,
        gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
        gridAutoRows: `${rowPx}px`,
      }}
    >
      {Array.from({ length: end - first }, (_, offset) => {
        const index = first + offset;
        return (
          <Tile
            key={index}
            datasetId={datasetId}
            item={pages.at(index)}
            index={index}
            total={total}
            isTabbed={index === tabbed}
            onOpen={() => onOpen(index)}
            onFocus={() => note(index)}
            onKeyDown={(event) => onKeyDown(event, index)}
            onDelete={onDelete}
          />
        );
      })}
    </ul>
  );
}

interface TileProps {
  readonly datasetId: number;
  readonly item: WireItem | undefined;
  readonly index: number;
  readonly total: number;
  readonly isTabbed: boolean;
  readonly onOpen: () => void;
  readonly onFocus: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onDelete: ItemGridProps["onDelete"];
}

function Tile(props: TileProps): JSX.Element {
  const { datasetId, item, index, total, isTabbed, onOpen, onFocus, onKeyDown, onDelete } = props;
  const name = item?.displayName ?? "";
  return (
    <li data-index={index} aria-setsize={total} aria-posinset={index + 1}>
      <button
        type="button"
        class="item"
        title={name}
        aria-label={item === undefined ? t("loading") : t("item.open", { name })}
        tabIndex={isTabbed ? 0 : -1}
        aria-disabled={item === undefined}
        onClick={() => item !== undefined && onOpen()}
        onFocus={onFocus}
        onKeyDown={onKeyDown}
      >
        {item !== undefined && <Preview key={item.path} datasetId={datasetId} item={item} />}
      </button>
      <span class="item-name" aria-hidden="true">
        <bdi>{name}</bdi>
      </span>
      {item !== undefined && onDelete !== undefined && (
        <IconButton
          class="item-delete"
          icon={Trash2}
          label={t("item.delete", { name })}
          tabIndex={-1}
          onClick={() => void onDelete(item)}
        />
      )}
    </li>
  );
}

function Preview({ datasetId, item }: { datasetId: number; item: WireItem }): JSX.Element {
  const failed = useSignal(false);
  if (failed.value) return <Icon icon={ImageOff} size={24} />;
  return (
    <img
      src={previewAddress(datasetId, item.path)}
      alt=""
      loading="lazy"
      decoding="async"
      onError={() => {
        failed.value = true;
      }}
    />
  );
}
