import { useSignal } from "@preact/signals";
import { ChevronDown } from "lucide";
import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { callSignedIn } from "../../session";
import { Icon } from "../kit/icon";
import { isComposing } from "../kit/keys";
import { placeBeside } from "../kit/placing";
import { toast } from "../kit/toast";
import { problemOf } from "../problem";
import type { WirePerson } from "./wire";

export interface PersonPickerProps {
  readonly person: WirePerson | null;
  /** What the person is to the thing: the control's name. */
  readonly label: string;
  readonly disabled?: boolean;
  readonly onPick: (person: WirePerson | null) => Promise<void>;
}

/** Chooses somebody, found by name, or nobody. */
export function PersonPicker({ person, label, disabled = false, onPick }: PersonPickerProps): JSX.Element {
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
  const pick = async (chosen: WirePerson | null): Promise<void> => {
    panel.current?.hidePopover();
    button.current?.focus();
    if (chosen?.id === person?.id) return;
    try {
      await onPick(chosen);
    } catch (error) {
      toast(problemOf(error), { tone: "danger" });
    }
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class={`button quiet person ${person === null ? "nobody" : ""}`}
        aria-label={`${label}: ${person?.username ?? t("person.nobody")}`}
        aria-haspopup="listbox"
        disabled={disabled}
        popovertarget={id}
      >
        <span>{person?.username ?? t("person.nobody")}</span>
        {!disabled && <Icon icon={ChevronDown} size={14} />}
      </button>
      <div ref={panel} id={id} class="menu people" popover="auto">
        {open.value && (
          <People person={person} label={label} onPick={(each) => void pick(each)} onSized={place} />
        )}
      </div>
    </>
  );
}

interface PeopleProps {
  readonly person: WirePerson | null;
  readonly label: string;
  readonly onPick: (person: WirePerson | null) => void;
  /** The list has another height now. */
  readonly onSized: () => void;
}

const NOBODY = null;

/** A search, and whom it finds; arrows and Enter choose. */
function People({ person, label, onPick, onSized }: PeopleProps): JSX.Element {
  const found = useSignal<readonly WirePerson[]>([]);
  const typed = useSignal("");
  const at = useSignal(0);
  const input = useRef<HTMLInputElement>(null);
  const text = typed.value;
  const choices = [NOBODY, ...found.value];
  useEffect(() => input.current?.focus(), []);
  useEffect(onSized);
  useEffect(() => {
    const asked = new AbortController();
    const { signal } = asked;
    const query = { search: text.trim() || undefined, is_active: "true" };
    callSignedIn<{ results: readonly WirePerson[] }>("GET", "/users", { query, signal }).then(
      ({ results }) => {
        found.value = results;
      },
      (error: unknown) => {
        if (!signal.aborted) toast(problemOf(error), { tone: "danger", key: "people" });
      },
    );
    return () => asked.abort();
  }, [text, found]);
  const move = (event: KeyboardEvent): void => {
    if (isComposing(event)) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) at.value = (at.value + step + choices.length) % choices.length;
    else if (event.key === "Enter") onPick(choices[at.value] ?? NOBODY);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        ref={input}
        type="search"
        aria-label={t("person.search")}
        placeholder={t("person.search")}
        value={text}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
          at.value = event.currentTarget.value.trim() === "" ? 0 : 1;
        }}
        onKeyDown={move}
      />
      <div role="listbox" aria-label={label}>
        {choices.map((each, index) => (
          <button
            key={each?.id ?? 0}
            type="button"
            role="option"
            tabIndex={-1}
            class={index === at.value ? "active" : ""}
            aria-selected={each?.id === person?.id}
            onClick={() => onPick(each)}
          >
            {each?.username ?? t("person.nobody")}
          </button>
        ))}
      </div>
    </>
  );
}
