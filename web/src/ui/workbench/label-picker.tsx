import { type ReadonlySignal, type Signal, useSignal } from "@preact/signals";
import { Check, Plus } from "lucide";
import type { JSX } from "preact";
import { useEffect, useId, useMemo, useRef } from "preact/hooks";
import { type LabelMatch, type NameRange, searchLabels } from "../../core/label-search";
import type { Label, Point } from "../../core/model";
import { t } from "../../i18n";
import { Icon } from "../kit/icon";
import { isComposing } from "../kit/keys";
import "./panels.css";
import "./label-picker.css";
import { nextRow, type PickerRow, pickerRows, targetRow } from "./picker-rows";
import { useFloating } from "./use-floating";
import { usePinyin } from "./use-pinyin";
import { ROW_HEIGHT, useWindowed, type Windowed } from "./windowed";

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

/** What the server allows. */
const MAX_NAME = 64;

/** A search for a label beside the pointer. It takes the keys while it has the focus, and never the stage's pointer. */
export function LabelPicker(props: LabelPickerProps): JSX.Element | null {
  return props.open.value ? <OpenPicker {...props} /> : null;
}

type Making =
  | { readonly name: "no" }
  | { readonly name: "busy"; readonly label: string }
  | { readonly name: "failed"; readonly why: string };

function OpenPicker(props: LabelPickerProps): JSX.Element {
  const { create, close } = props;
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const query = useSignal("");
  const active = useSignal(0);
  const isOpen = useFloating(box, props.place, close);
  const { rows, isAwaited } = usePickerRows(props, query.value);
  const windowed = useWindowed(rows.length);
  const { making, take } = useTake(props, isOpen);
  const at = rows[active.value]?.name === "head" ? nextRow(rows, active.value, 1) : active.value;
  const move = (to: number) => {
    active.value = to;
    windowed.reveal(to);
  };
  const enter = useEnter(rows, isAwaited, query.value, take);
  const onKey = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    const to = targetRow(event.key, rows, at, windowed.page);
    if (to !== undefined) move(to);
    else if (event.key === "Enter") enter(rows[at], isAwaited);
    else if (event.key === "Escape" || event.key === "Tab") close();
    else return;
    event.preventDefault();
    // To the page, Esc and the arrows mean other things.
    event.stopPropagation();
  };
  const search = (text: string) => {
    query.value = text;
    making.value = { name: "no" };
    move(0);
  };
  return (
    <div
      ref={box}
      class="picker"
      popover="manual"
      role="dialog"
      aria-label={t("picker.title")}
      onKeyDown={onKey}
      onMouseDown={keepFocus}
    >
      <PickerField
        list={`${id}-list`}
        active={rows.length > 0 ? `${id}-${at}` : undefined}
        text={query.value}
        canCreate={create !== undefined}
        isBusy={making.value.name === "busy"}
        search={search}
      />
      <PickerList {...props} id={id} rows={rows} at={at} windowed={windowed} take={take} active={active} />
      <PickerNote
        making={making.value}
        isEmpty={rows.length === 0}
        hasLabels={props.labels.value.size > 0}
        canCreate={create !== undefined}
      />
    </div>
  );
}

interface FieldProps {
  /** Element ids of the list and of the row the arrows are at. */
  readonly list: string;
  readonly active: string | undefined;
  readonly text: string;
  readonly canCreate: boolean;
  readonly isBusy: boolean;
  readonly search: (text: string) => void;
}

function PickerField({ list, active, text, canCreate, isBusy, search }: FieldProps): JSX.Element {
  return (
    <input
      type="text"
      role="combobox"
      aria-expanded="true"
      aria-autocomplete="list"
      aria-controls={list}
      {...(active === undefined ? {} : { "aria-activedescendant": active })}
      aria-label={t("picker.title")}
      placeholder={t(canCreate ? "picker.search-create" : "picker.search")}
      autocomplete="off"
      spellcheck={false}
      maxLength={MAX_NAME}
      readOnly={isBusy}
      value={text}
      onInput={(event) => search(event.currentTarget.value)}
    />
  );
}

/** A press on a row leaves the focus in the field. */
function keepFocus(event: MouseEvent): void {
  if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
}

/** The rows, and whether pinyin may still bring others. */
function usePickerRows(
  { labels, recent, create }: LabelPickerProps,
  query: string,
): { readonly rows: readonly PickerRow[]; readonly isAwaited: boolean } {
  const known = labels.value;
  const list = useMemo(() => [...known.values()], [known]);
  const { index: pinyin, isAwaited } = usePinyin(list, true);
  const matches = useMemo(() => searchLabels(list, query, { pinyin }), [list, query, pinyin]);
  const canCreate = create !== undefined;
  const rows = useMemo(
    () => pickerRows({ labels: list, query, matches, recent: recent.value, canCreate }),
    [list, query, matches, recent.value, canCreate],
  );
  return { rows, isAwaited };
}

/**
 * Enter, which waits for pinyin before it makes a label: what was typed may be the pinyin of one there is. Typing on
 * takes it back.
 */
function useEnter(
  rows: readonly PickerRow[],
  isAwaited: boolean,
  query: string,
  take: (row: PickerRow | undefined) => void,
): (row: PickerRow | undefined, isAwaited: boolean) => void {
  const waiting = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (isAwaited || waiting.current === undefined) return;
    const isSame = waiting.current === query;
    waiting.current = undefined;
    if (isSame) take(rows[nextRow(rows, -1, 1)]);
  });
  return (row, isAwaited) => {
    if (isAwaited && row?.name !== "label") waiting.current = query;
    else take(row);
  };
}

/** What choosing a row does, and how far the making of a label is. */
function useTake(
  { create, close, choose }: LabelPickerProps,
  isOpen: { readonly current: boolean },
): { readonly making: Signal<Making>; readonly take: (row: PickerRow | undefined) => void } {
  const making = useSignal<Making>({ name: "no" });
  const make = async (label: string, created: Promise<unknown>) => {
    making.value = { name: "busy", label };
    try {
      await created;
      if (isOpen.current) close();
    } catch (error) {
      making.value = { name: "failed", why: error instanceof Error ? error.message : String(error) };
    }
  };
  const take = (row: PickerRow | undefined) => {
    if (making.peek().name === "busy" || row === undefined || row.name === "head") return;
    if (row.name === "create") {
      if (create !== undefined) void make(row.label, create(row.label));
    } else {
      choose(row.match.label);
      close();
    }
  };
  return { making, take };
}

interface ListProps extends LabelPickerProps {
  readonly id: string;
  readonly rows: readonly PickerRow[];
  readonly at: number;
  readonly windowed: Windowed;
  readonly take: (row: PickerRow) => void;
  readonly active: Signal<number>;
}

function PickerList({ id, rows, at, windowed, take, active, digits, current }: ListProps): JSX.Element {
  return (
    <div ref={windowed.view} class="rows" onScroll={windowed.onScroll}>
      <div
        id={`${id}-list`}
        class="rows-all"
        role="listbox"
        style={{ height: `${rows.length * ROW_HEIGHT}px` }}
      >
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
                onPointerMove={() => {
                  active.value = index;
                }}
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
