import { type ReadonlySignal, type Signal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { Eye, EyeOff, Lock, LockOpen, X } from "lucide";
import type { JSX } from "preact";
import { useId, useMemo, useRef } from "preact/hooks";
import { type Annotation, type Cid, isShape, type Label } from "../../core/model";
import { textOf } from "../../core/texts";
import { locale, t } from "../../i18n";
import { remember, remembered } from "../../remember";
import { IconButton } from "../kit/button";
import { isComposing } from "../kit/keys";
import { listObjects, OBJECT_ORDERS, type ObjectOrder, selectRows } from "./object-order";
import { ObjectRow, type RowActs } from "./object-row";
import "./panels.css";
import { usePinyin } from "./use-pinyin";
import { ROW_HEIGHT, useWindowed } from "./windowed";

export interface ObjectListProps {
  /** The objects of the frame, undermost first, tags last. */
  readonly objects: ReadonlySignal<readonly Annotation[]>;
  /** Whether the texts of objects are shown in place of their labels. */
  readonly showsTexts: boolean;
  /** The order they stand in as long as the person has not chosen another. */
  readonly ownOrder: ObjectOrder;
  readonly labels: ReadonlySignal<ReadonlyMap<number, Label>>;
  readonly selected: ReadonlySignal<ReadonlySet<Cid>>;
  readonly hovered: ReadonlySignal<Cid | undefined>;
  readonly hidden: ReadonlySignal<ReadonlySet<Cid>>;
  readonly locked: ReadonlySignal<ReadonlySet<Cid>>;
  /** Whether nothing may be drawn now. */
  readonly fixed: ReadonlySignal<boolean>;
  readonly select: (cids: readonly Cid[]) => void;
  readonly hover: (cid: Cid | undefined) => void;
  /** Bring an object into view on the stage. */
  readonly reveal: (cid: Cid) => void;
  readonly hide: (cids: readonly Cid[], on: boolean) => void;
  readonly lock: (cids: readonly Cid[], on: boolean) => void;
  readonly remove: (cids: readonly Cid[]) => void;
}

/** The objects of a frame. It stands in a flex column, and scrolls when it gets less height than it has rows. */
export function ObjectList(props: ObjectListProps): JSX.Element {
  const order = useSignal<ObjectOrder>(remembered(memoryOf(props), OBJECT_ORDERS) ?? props.ownOrder);
  const filter = useSignal("");
  const labels = props.labels.value;
  const labelList = useMemo(() => [...labels.values()], [labels]);
  const { index: pinyin } = usePinyin(labelList, filter.value !== "");
  const objects = props.objects.value;
  const rows = useMemo(
    () => listObjects(objects, labels, { order: order.value, filter: filter.value, pinyin }),
    [objects, labels, order.value, filter.value, pinyin],
  );
  return (
    <section class="panel objects" aria-label={t("panel.objects")}>
      <ListHead {...props} rows={rows} order={order} />
      <FilterField filter={filter} text={t("objects.filter")} clear={t("objects.filter.clear")} />
      <Rows {...props} rows={rows} />
      {rows.length === 0 && (
        <p class="panel-empty">
          {objects.length > 0
            ? t("objects.none-met", { filter: filter.value })
            : t(props.fixed.value ? "objects.none-fixed" : "objects.none")}
        </p>
      )}
    </section>
  );
}

/** Texts are read in another order than shapes are seen: each is remembered for itself. */
function memoryOf({ ownOrder }: Pick<ObjectListProps, "ownOrder">): string {
  return ownOrder === "top" ? "object-order" : `object-order.${ownOrder}`;
}

interface HeadProps extends ObjectListProps {
  readonly rows: readonly Annotation[];
  readonly order: Signal<ObjectOrder>;
}

function ListHead({ objects, ownOrder, rows, order, hidden, locked, hide, lock }: HeadProps): JSX.Element {
  const areHidden = useComputed(() => areAll(objects.value.filter(isShape), hidden.value)).value;
  const areLocked = useComputed(() => areAll(objects.value, locked.value)).value;
  const count = objects.value.length;
  const all = () => objects.peek().map(({ cid }) => cid);
  const shapes = () =>
    objects
      .peek()
      .filter(isShape)
      .map(({ cid }) => cid);
  return (
    <header class="panel-head">
      <h2>{t("panel.objects")}</h2>
      <span class="panel-count">
        {rows.length === count
          ? counted(count)
          : t("objects.filtered", { shown: counted(rows.length), count: counted(count) })}
      </span>
      <select
        aria-label={t("objects.order")}
        value={order.value}
        onChange={(event) => {
          order.value = event.currentTarget.value as ObjectOrder;
          remember(memoryOf({ ownOrder }), order.value);
        }}
      >
        {OBJECT_ORDERS.map((each) => (
          <option key={each} value={each}>
            {t(`objects.order.${each}`)}
          </option>
        ))}
      </select>
      <IconButton
        icon={areHidden ? EyeOff : Eye}
        label={t(areHidden ? "objects.show-all" : "objects.hide-all")}
        disabled={count === 0}
        onClick={() => hide(shapes(), !areHidden)}
      />
      <IconButton
        icon={areLocked ? Lock : LockOpen}
        label={t(areLocked ? "objects.unlock-all" : "objects.lock-all")}
        disabled={count === 0}
        onClick={() => lock(all(), !areLocked)}
      />
    </header>
  );
}

function counted(count: number): string {
  return count.toLocaleString(locale.value);
}

function areAll(objects: readonly Annotation[], cids: ReadonlySet<Cid>): boolean {
  return objects.length > 0 && cids.size > 0 && objects.every(({ cid }) => cids.has(cid));
}

interface FilterProps {
  readonly filter: Signal<string>;
  readonly text: string;
  readonly clear: string;
}

/** A small field that narrows a list. Esc empties it. */
export function FilterField({ filter, text, clear }: FilterProps): JSX.Element {
  return (
    <div class="panel-filter">
      <input
        type="text"
        placeholder={text}
        aria-label={text}
        autocomplete="off"
        spellcheck={false}
        value={filter.value}
        onInput={(event) => {
          filter.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || isComposing(event) || filter.value === "") return;
          event.stopPropagation();
          filter.value = "";
        }}
      />
      {filter.value !== "" && (
        <IconButton
          icon={X}
          label={clear}
          onClick={() => {
            filter.value = "";
          }}
        />
      )}
    </div>
  );
}

interface RowsProps extends ObjectListProps {
  readonly rows: readonly Annotation[];
}

function Rows(props: RowsProps): JSX.Element {
  const { rows, labels, selected, hidden, locked, hovered } = props;
  const id = useId();
  const windowed = useWindowed(rows.length);
  const active = useActive(props, windowed.reveal);
  const acts = useRowActs(props, active, () => windowed.view.current?.focus({ preventScroll: true }));
  const isShown = rows.slice(windowed.first, windowed.end).some((row) => row.cid === active.cid.value);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot be a window on its rows
    <div
      ref={windowed.view}
      class={`rows ${rows.length === 0 ? "none" : ""}`}
      role="grid"
      tabIndex={0}
      aria-label={t("panel.objects")}
      aria-multiselectable="true"
      aria-rowcount={rows.length}
      {...(isShown ? { "aria-activedescendant": `${id}-${active.cid.value}` } : {})}
      onScroll={windowed.onScroll}
      onKeyDown={(event) => onKey(event, props, active, windowed.page)}
      onPointerLeave={() => props.hover(undefined)}
    >
      <div class="rows-all" role="presentation" style={{ height: `${rows.length * ROW_HEIGHT}px` }}>
        <div role="presentation" style={{ transform: `translateY(${windowed.first * ROW_HEIGHT}px)` }}>
          {rows.slice(windowed.first, windowed.end).map((object, index) => (
            <ObjectRow
              key={object.cid}
              id={`${id}-${object.cid}`}
              index={windowed.first + index}
              object={object}
              label={labels.value.get(object.labelId)}
              text={props.showsTexts ? textOf(object, labels.value.get(object.labelId)) : undefined}
              isSelected={selected.value.has(object.cid)}
              isActive={active.cid.value === object.cid}
              isHidden={hidden.value.has(object.cid)}
              isLocked={locked.value.has(object.cid)}
              hovered={hovered}
              acts={acts}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

/** What can be done to a row: the same functions for ever, so that a row drawn is drawn again only when it changed. */
function useRowActs(props: RowsProps, active: Active, focusList: () => void): RowActs {
  const latest = useRef({ props, active, focusList });
  latest.current = { props, active, focusList };
  return useMemo(
    () => ({
      pick: (cid, event) => {
        const { props, active } = latest.current;
        const click = { cid, ctrl: event.ctrlKey || event.metaKey, shift: event.shiftKey };
        const cids = selectRows(props.rows, props.selected.peek(), active.anchor.current, click);
        active.goTo(cid, cids, !click.shift);
      },
      hover: (cid) => latest.current.props.hover(cid),
      reveal: (cid) => latest.current.props.reveal(cid),
      hide: (cids, on) => latest.current.props.hide(cids, on),
      lock: (cids, on) => latest.current.props.lock(cids, on),
      remove: (cids) => {
        latest.current.props.remove(cids);
        // The button pressed goes with its row.
        latest.current.focusList();
      },
    }),
    [],
  );
}

/** Where the keyboard stands in the list. */
interface Active {
  readonly cid: ReadonlySignal<Cid | undefined>;
  /** Where a selection with Shift starts from. */
  readonly anchor: { current: Cid | undefined };
  /** Go to a row and select; with `anchors`, later selections with Shift start here. */
  readonly goTo: (cid: Cid, cids: readonly Cid[], anchors: boolean) => void;
}

/** The row of the keyboard: it follows the selection, whoever makes it, and is kept in view. */
function useActive({ rows, selected, select }: RowsProps, reveal: (index: number) => void): Active {
  const cid = useSignal<Cid | undefined>(undefined);
  const anchor = useRef<Cid | undefined>(undefined);
  const latest = useRef(rows);
  latest.current = rows;
  useSignalEffect(() => {
    const cids = selected.value;
    const before = cid.peek();
    if (cids.size === 0 || (before !== undefined && cids.has(before))) return;
    const [first] = cids;
    cid.value = first;
    anchor.current = first;
    // After the rows: those of a new selection may not be there yet.
    requestAnimationFrame(() => reveal(latest.current.findIndex((row) => row.cid === first)));
  });
  const goTo = (to: Cid, cids: readonly Cid[], anchors: boolean) => {
    cid.value = to;
    if (anchors) anchor.current = to;
    select(cids);
    reveal(latest.current.findIndex((row) => row.cid === to));
  };
  return { cid, anchor, goTo };
}

/** Keys of the list. Those it takes go no further: on the stage, arrows move objects. */
function onKey(event: KeyboardEvent, props: RowsProps, active: Active, page: number): void {
  const { rows, selected, select, reveal } = props;
  if (event.target !== event.currentTarget || isComposing(event) || event.altKey) return;
  const at = rows.findIndex((row) => row.cid === active.cid.value);
  const ctrl = event.ctrlKey || event.metaKey;
  const take = () => {
    event.preventDefault();
    event.stopPropagation();
  };
  const to = ctrl ? undefined : targetRow(event.key, at, rows.length, page);
  if (to !== undefined) {
    take();
    const row = rows[to];
    if (row === undefined) return;
    const click = { cid: row.cid, ctrl: false, shift: event.shiftKey };
    active.goTo(row.cid, selectRows(rows, selected.peek(), active.anchor.current, click), !click.shift);
  } else if (event.key === "Enter" && at >= 0) {
    take();
    reveal((rows[at] as Annotation).cid);
  } else if (ctrl && event.code === "KeyA") {
    take();
    select(rows.map((row) => row.cid));
  }
}

/** The row a key goes to from row `at`, -1 for none; undefined when it is no key of ours. */
function targetRow(key: string, at: number, count: number, page: number): number | undefined {
  const last = count - 1;
  switch (key) {
    case "ArrowDown":
      return Math.min(last, at + 1);
    case "ArrowUp":
      return at < 0 ? last : Math.max(0, at - 1);
    case "PageDown":
      return Math.min(last, Math.max(0, at) + page);
    case "PageUp":
      return Math.max(0, at - page);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return undefined;
  }
}
