/** A button that opens a list one can search, to choose one thing or none. */

import "./picker.css";
import { useSignal } from "@preact/signals";
import { ChevronDown } from "lucide";
import type { JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { problemOf } from "../problem";
import { Icon } from "./icon";
import { isComposing } from "./keys";
import { placeBeside } from "./placing";
import { toast } from "./toast";

export interface PickerProps<Item> {
  readonly chosen: Item | null;
  /** What the choice is about: the control's name. */
  readonly label: string;
  /** How the choice of none is called. */
  readonly none: string;
  /** What the search field says. */
  readonly search: string;
  /** What matches a text, the first few; "" matches all. */
  readonly find: (text: string, signal: AbortSignal) => Promise<readonly Item[]>;
  /** What an item is called. */
  readonly nameOf: (item: Item) => string;
  /** What tells items apart. */
  readonly keyOf: (item: Item) => string | number;
  readonly onPick: (item: Item | null) => Promise<void> | void;
  readonly disabled?: boolean;
  readonly class?: string;
  /** Show the label before what is chosen. */
  readonly labelled?: boolean;
}

/** Chooses one of many, found by name, or none. */
export function Picker<Item>(props: PickerProps<Item>): JSX.Element {
  const { chosen, label, none, nameOf, keyOf, onPick, disabled = false, labelled = false } = props;
  const id = useId();
  const open = useSignal(false);
  const panel = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const element = panel.current;
    const toggled = (event: Event): void => {
      open.value = (event as ToggleEvent).newState === "open";
    };
    element?.addEventListener("toggle", toggled);
    return () => element?.removeEventListener("toggle", toggled);
  }, [open]);
  const place = (): void => {
    if (panel.current !== null && button.current !== null)
      placeBeside(panel.current, button.current.getBoundingClientRect(), { align: "start" });
  };
  const key = chosen === null ? undefined : keyOf(chosen);
  const pick = async (item: Item | null): Promise<void> => {
    panel.current?.hidePopover();
    button.current?.focus();
    if ((item === null ? undefined : keyOf(item)) === key) return;
    try {
      await onPick(item);
    } catch (error) {
      toast(problemOf(error), { tone: "danger" });
    }
  };
  const text = chosen === null ? none : nameOf(chosen);
  return (
    <>
      <button
        ref={button}
        type="button"
        class={`button picker-button ${chosen === null ? "none" : ""} ${props.class ?? ""}`}
        aria-label={`${label}: ${text}`}
        aria-haspopup="listbox"
        disabled={disabled}
        popovertarget={id}
      >
        {labelled && <span class="picker-label">{label}</span>}
        <span class="picker-text">{text}</span>
        {!disabled && <Icon icon={ChevronDown} size={14} />}
      </button>
      <div ref={panel} id={id} class="menu picker-panel" popover="auto">
        {open.value && <Choices {...props} onPick={(item) => void pick(item)} onSized={place} />}
      </div>
    </>
  );
}

interface Found<Item> {
  /** What it was found for; undefined before anything was. */
  readonly text: string | undefined;
  readonly items: readonly Item[];
}

/** What `find` answers for `text`. */
function useFound<Item>(text: string, find: PickerProps<Item>["find"]): Found<Item> {
  const found = useSignal<Found<Item>>({ text: undefined, items: [] });
  const newest = useRef(find);
  newest.current = find;
  useEffect(() => {
    const asked = new AbortController();
    const { signal } = asked;
    newest.current(text, signal).then(
      (items) => {
        if (!signal.aborted) found.value = { text, items };
      },
      (error: unknown) => {
        if (!signal.aborted) toast(problemOf(error), { tone: "danger", key: "picker" });
      },
    );
    return () => asked.abort();
  }, [text, found]);
  return found.value;
}

interface ChoicesProps<Item> extends PickerProps<Item> {
  readonly onPick: (item: Item | null) => void;
  /** The list has another height now. */
  readonly onSized: () => void;
}

/** A search, and what it finds; arrows and Enter choose. */
function Choices<Item>(props: ChoicesProps<Item>): JSX.Element {
  const { search, find, onPick, onSized } = props;
  const id = useId();
  const typed = useSignal("");
  const at = useSignal(0);
  /** Enter was pressed before what was typed was found: the first of it is meant. */
  const isHasty = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  const text = typed.value.trim();
  const found = useFound(text, find);
  const choices: readonly (Item | null)[] = [null, ...found.items];
  const active = Math.min(at.value, choices.length - 1);
  const [first] = found.items;
  useLayoutEffect(() => input.current?.focus(), []);
  // Before it is painted: a list that moves under the hand is missed by it.
  useLayoutEffect(onSized);
  useEffect(() => {
    if (!isHasty.value || found.text !== text) return;
    isHasty.value = false;
    if (first !== undefined) onPick(first);
  });
  const enter = (): void => {
    if (text !== "" && found.text !== text) isHasty.value = true;
    // What matches nothing is no wish for none.
    else if (text === "" || first !== undefined) onPick(choices[active] ?? null);
  };
  const move = (event: KeyboardEvent): void => {
    if (isComposing(event)) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) at.value = (active + step + choices.length) % choices.length;
    else if (event.key === "Enter") enter();
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={`${id}-${active}`}
        aria-label={search}
        placeholder={search}
        value={typed.value}
        onInput={(event) => {
          isHasty.value = false;
          typed.value = event.currentTarget.value;
          at.value = event.currentTarget.value.trim() === "" ? 0 : 1;
        }}
        onKeyDown={move}
      />
      <Choosable {...props} id={id} choices={choices} active={active} busy={found.text !== text} />
      {found.items.length === 0 && found.text === text && text !== "" && (
        <p class="picker-empty">{t("picker.none-found")}</p>
      )}
    </>
  );
}

interface ChoosableProps<Item> extends ChoicesProps<Item> {
  readonly id: string;
  readonly choices: readonly (Item | null)[];
  readonly active: number;
  /** Whether what was typed is being looked for yet. */
  readonly busy: boolean;
}

/** What there is to choose from, none among it. */
function Choosable<Item>(props: ChoosableProps<Item>): JSX.Element {
  const { id, choices, active, busy, chosen, label, none, nameOf, keyOf, onPick } = props;
  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [id, active]);
  const key = chosen === null ? undefined : keyOf(chosen);
  return (
    <div id={`${id}-list`} class="picker-list" role="listbox" aria-label={label} aria-busy={busy}>
      {choices.map((item, index) => {
        const itemKey = item === null ? undefined : keyOf(item);
        return (
          <button
            key={itemKey ?? "none"}
            id={`${id}-${index}`}
            type="button"
            role="option"
            tabIndex={-1}
            class={`${index === active ? "active" : ""} ${item === null ? "quiet" : ""}`}
            aria-selected={itemKey === key}
            title={item === null ? undefined : nameOf(item)}
            onClick={() => onPick(item)}
          >
            {item === null ? none : nameOf(item)}
          </button>
        );
      })}
    </div>
  );
}
