import { type ReadonlySignal, useSignal, useSignalEffect } from "@preact/signals";
import { Check, Plus } from "lucide";
import type { JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { type LabelMatch, type NameRange, sameName, searchLabels } from "../../core/label-search";
import type { Label, Point } from "../../core/model";
import { t } from "../../i18n";
import { Icon } from "../kit/icon";
import { isComposing } from "../kit/keys";
import "./panels.css";
import { usePinyin } from "./use-pinyin";
import { useWindowed, type Windowed } from "./windowed";

export interface LabelPickerProps {
  readonly open: ReadonlySignal<boolean>;
  readonly labels: ReadonlySignal<ReadonlyMap<number, Label>>;
  /** Keys by label id, of `labelDigits`. */
  readonly digits: ReadonlyMap<number, number>;
  /** Label ids, last used first, of `withRecent`. */
  readonly recent: ReadonlySignal<readonly number[]>;
  /** The label there is now, marked. */
  readonly current: ReadonlySignal<number | undefined>;
  /** Where the person looks, in client CSS pixels; asked for when it opens. */
  readonly place: () => Point;
  readonly choose: (label: Label) => void;
  /** Make a label of this name and use it; its error's message is shown. Without it, none can be made. */
  readonly create?: ((name: string) => Promise<unknown>) | undefined;
  /** The picker wants to be gone: chosen, Esc, or a press elsewhere. */
  readonly close: () => void;
}

const ROW_HEIGHT = 26;
const WIDTH = 280;
const HEIGHT = 340;
/** CSS pixels between the picker and the edge of the window. */
const EDGE = 8;
/** Beside the pointer, not under it. */
const OFFSET = 14;
/** What the server allows. */
const MAX_NAME = 64;

/** A search for a label beside the pointer. It takes the keys while it has the focus, and never the stage's pointer. */
export function LabelPicker(props: LabelPickerProps): JSX.Element | null {
  return props.open.value ? <OpenPicker {...props} /> : null;
}

export type PickerRow =
  | { readonly name: "head"; readonly text: string }
  | { readonly name: "label"; readonly match: LabelMatch }
  | { readonly name: "create"; readonly label: string };

export interface PickerRowsOptions {
  readonly labels: readonly Label[];
  readonly query: string;
  readonly matches: readonly LabelMatch[];
  readonly recent: readonly number[];
  readonly canCreate: boolean;
}

/** The rows of the list: matches and the offer to create, or, without a query, what was used last and then all. */
export function pickerRows(options: PickerRowsOptions): readonly PickerRow[] {
  const { labels, query, matches, recent, canCreate } = options;
  const rows = matches.map((match): PickerRow => ({ name: "label", match }));
  const typed = query.trim();
  if (typed !== "") {
    const isKnown = labels.some((label) => sameName(label.name, typed));
    return canCreate && !isKnown ? [...rows, { name: "create", label: typed }] : rows;
  }
  const used = recent
    .map((id) => labels.find((label) => label.id === id))
    .filter((label) => label !== undefined)
    .map((label): PickerRow => ({ name: "label", match: { label, ranges: [] } }));
  if (used.length === 0 || labels.length <= used.length) return rows;
  return [
    { name: "head", text: t("picker.recent") },
    ...used,
    { name: "head", text: t("picker.all") },
    ...rows,
  ];
}

/** The row `by` away from `from`, heads left out, round the ends; `from` when there is none. */
export function nextRow(rows: readonly PickerRow[], from: number, by: 1 | -1): number {
  for (let step = 1; step <= rows.length; step += 1) {
    const index = (from + by * step + rows.length * 2) % rows.length;
    if (rows[index]?.name !== "head") return index;
  }
  return from;
}

type Making =
  | { readonly name: "no" }
  | { readonly name: "busy"; readonly label: string }
  | { readonly name: "failed"; readonly why: string };

function OpenPicker(props: LabelPickerProps): JSX.Element {
  const { labels, recent, create, close, choose } = props;
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const query = useSignal("");
  const active = useSignal(0);
  const making = useSignal<Making>({ name: "no" });
  const list = useMemo(() => [...labels.value.values()], [labels.value]);
  const pinyin = usePinyin(list, true);
  const rows = useMemo(() => {
    const matches = searchLabels(list, query.value, { pinyin });
    return pickerRows({
      labels: list,
      query: query.value,
      matches,
      recent: recent.value,
      canCreate: create !== undefined,
    });
  }, [list, query.value, pinyin, recent.value, create]);
  const windowed = useWindowed(rows.length, ROW_HEIGHT);
  const at = rows[active.value]?.name === "head" ? nextRow(rows, active.value, 1) : active.value;
  const isOpen = useFloating(box, props.place, close);
  useSignalEffect(() => {
    query.value;
    active.value = 0;
    if (windowed.view.current !== null) windowed.view.current.scrollTop = 0;
  });

  const take = (row: PickerRow | undefined) => {
    if (making.peek().name === "busy" || row === undefined || row.name === "head") return;
    if (row.name === "label") {
      close();
      choose(row.match.label);
    } else if (create !== undefined) {
      making.value = { name: "busy", label: row.label };
      create(row.label).then(
        () => isOpen.current && close(),
        (error: unknown) => {
          making.value = { name: "failed", why: error instanceof Error ? error.message : String(error) };
        },
      );
    }
  };
  const move = (to: number) => {
    active.value = to;
    windowed.reveal(to);
  };
  const onKey = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (isComposing(event)) return;
    if (event.key === "Enter") take(rows[at]);
    else if (event.key === "Escape" || event.key === "Tab") close();
    else if (event.key === "ArrowDown") move(nextRow(rows, at, 1));
    else if (event.key === "ArrowUp") move(nextRow(rows, at, -1));
    else if (event.key === "PageDown")
      move(nextRow(rows, Math.min(rows.length - 1, at + windowed.page) - 1, 1));
    else if (event.key === "PageUp") move(nextRow(rows, Math.max(0, at - windowed.page) - 1, 1));
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={box}
      class="picker"
      popover="manual"
      role="dialog"
      aria-label={t("picker.title")}
      onKeyDown={onKey}
    >
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-autocomplete="list"
        aria-controls={`${id}-list`}
        aria-activedescendant={`${id}-${at}`}
        aria-label={t("picker.title")}
        placeholder={t(create === undefined ? "picker.search" : "picker.search-create")}
        autocomplete="off"
        spellcheck={false}
        maxLength={MAX_NAME}
        readOnly={making.value.name === "busy"}
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value;
          making.value = { name: "no" };
        }}
      />
      <PickerList
        {...props}
        id={id}
        rows={rows}
        at={at}
        windowed={windowed}
        take={take}
        point={(to) => {
          active.value = to;
        }}
      />
      <PickerNote
        making={making.value}
        isEmpty={rows.length === 0}
        hasLabels={list.length > 0}
        canCreate={create !== undefined}
      />
    </div>
  );
}

/** Open the box beside the pointer, its field focused; tells whether it is open still. */
function useFloating(
  box: { readonly current: HTMLDivElement | null },
  place: () => Point,
  close: () => void,
): { readonly current: boolean } {
  const isOpen = useRef(true);
  const leave = useRef(close);
  leave.current = close;
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const before = document.activeElement;
    const { x, y } = place();
    const left = x + OFFSET + WIDTH + EDGE <= innerWidth ? x + OFFSET : x - OFFSET - WIDTH;
    element.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - WIDTH - EDGE))}px`;
    element.style.top = `${Math.max(EDGE, Math.min(y - ROW_HEIGHT, innerHeight - HEIGHT - EDGE))}px`;
    element.showPopover();
    element.querySelector("input")?.focus({ preventScroll: true });
    return () => {
      isOpen.current = false;
      // Whoever pressed elsewhere has taken the focus there.
      if (!element.contains(document.activeElement)) return;
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, [box, place]);
  useEffect(() => {
    // The press itself goes on to what it meant: the picker is in nobody's way.
    const onPress = (event: Event) => {
      if (event.target instanceof Node && box.current?.contains(event.target) !== true) leave.current();
    };
    window.addEventListener("pointerdown", onPress, { capture: true });
    return () => window.removeEventListener("pointerdown", onPress, { capture: true });
  }, [box]);
  return isOpen;
}

interface ListProps extends LabelPickerProps {
  readonly id: string;
  readonly rows: readonly PickerRow[];
  readonly at: number;
  readonly windowed: Windowed;
  readonly take: (row: PickerRow) => void;
  readonly point: (row: number) => void;
}

function PickerList({ id, rows, at, windowed, take, point, digits, current }: ListProps): JSX.Element {
  return (
    <div ref={windowed.view} class="rows" onScroll={windowed.onScroll}>
      <div id={`${id}-list`} class="rows-all" role="listbox" style={{ height: rows.length * ROW_HEIGHT }}>
        <div role="presentation" style={{ transform: `translateY(${windowed.first * ROW_HEIGHT}px)` }}>
          {rows.slice(windowed.first, windowed.end).map((row, offset) => {
            const index = windowed.first + offset;
            if (row.name === "head")
              return (
                <div key={`head ${index}`} class="picker-head" role="presentation">
                  {row.text}
                </div>
              );
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys
              // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus and points here
              <div
                key={index}
                id={`${id}-${index}`}
                class={`picker-row ${index === at ? "active" : ""}`}
                role="option"
                aria-selected={index === at}
                aria-posinset={index + 1}
                aria-setsize={rows.length}
                onClick={() => take(row)}
                onPointerMove={() => point(index)}
              >
                {row.name === "create" ? (
                  <NewLabel name={row.label} />
                ) : (
                  <Found
                    match={row.match}
                    digit={digits.get(row.match.label.id)}
                    isCurrent={row.match.label.id === current.value}
                  />
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function NewLabel({ name }: { readonly name: string }): JSX.Element {
  const text = t("picker.create", { name });
  return (
    <>
      <Icon icon={Plus} size={14} />
      <span class="name" title={text}>
        {text}
      </span>
    </>
  );
}

interface FoundProps {
  readonly match: LabelMatch;
  readonly digit: number | undefined;
  readonly isCurrent: boolean;
}

function Found({ match: { label, ranges }, digit, isCurrent }: FoundProps): JSX.Element {
  return (
    <>
      <span class="swatch" style={{ backgroundColor: label.color }} />
      <span class="name" title={label.name}>
        {marked(label.name, ranges)}
      </span>
      {isCurrent && <Icon icon={Check} size={14} />}
      {digit !== undefined && <kbd>{digit}</kbd>}
    </>
  );
}

/** The name with what was met marked. */
function marked(name: string, ranges: readonly NameRange[]): (string | JSX.Element)[] {
  const parts: (string | JSX.Element)[] = [];
  let at = 0;
  for (const [start, end] of ranges) {
    if (start > at) parts.push(name.slice(at, start));
    parts.push(<mark key={start}>{name.slice(start, end)}</mark>);
    at = end;
  }
  return at < name.length ? [...parts, name.slice(at)] : parts;
}

interface NoteProps {
  readonly making: Making;
  readonly isEmpty: boolean;
  readonly hasLabels: boolean;
  readonly canCreate: boolean;
}

/** What the list does not say: nothing found, a label being made, why it could not be. */
function PickerNote({ making, isEmpty, hasLabels, canCreate }: NoteProps): JSX.Element | null {
  if (making.name === "failed")
    return (
      <p class="picker-note failed" role="alert">
        {making.why}
      </p>
    );
  if (making.name === "busy")
    return (
      <p class="picker-note" aria-live="polite">
        <span class="spinner" aria-hidden="true" /> {t("picker.creating", { name: making.label })}
      </p>
    );
  if (!isEmpty) return null;
  const why = hasLabels ? "picker.none" : canCreate ? "picker.no-labels-create" : "picker.no-labels";
  return <p class="picker-note">{t(why)}</p>;
}
