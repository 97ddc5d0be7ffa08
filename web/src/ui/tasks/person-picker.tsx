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

const NOBODY = null;

/** Chooses somebody, found by name, or nobody. */
export function PersonPicker({ person, label, disabled = false, onPick }: PersonPickerProps): JSX.Element {
  const id = useId();
  const found = useSignal<readonly WirePerson[]>([]);
  const typed = useSignal("");
  const at = useSignal(0);
  const panel = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const asked = useRef(0);
  const choices = [NOBODY, ...found.value];
  const look = useRef(async (text: string): Promise<void> => {
    const own = ++asked.current;
    try {
      const page = await callSignedIn<{ results: readonly WirePerson[] }>("GET", "/users", {
        query: { search: text.trim() || undefined, is_active: "true" },
      });
      if (own === asked.current) found.value = page.results;
    } catch (error) {
      toast(problemOf(error), { tone: "danger", key: "people" });
    }
  });
  useEffect(() => {
    const element = panel.current;
    const toggled = (event: Event): void => {
      if ((event as ToggleEvent).newState !== "open" || element === null || button.current === null) return;
      typed.value = "";
      at.value = 0;
      placeBeside(element, button.current.getBoundingClientRect(), { align: "start" });
      element.querySelector("input")?.focus();
      void look.current("");
    };
    element?.addEventListener("toggle", toggled);
    return () => element?.removeEventListener("toggle", toggled);
  }, [typed, at]);
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
  const move = (event: KeyboardEvent): void => {
    if (isComposing(event)) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) at.value = (at.value + step + choices.length) % choices.length;
    else if (event.key === "Enter") void pick(choices[at.value] ?? NOBODY);
    else return;
    event.preventDefault();
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
        <input
          type="search"
          aria-label={t("person.search")}
          placeholder={t("person.search")}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
            at.value = 0;
            void look.current(typed.value);
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
              onClick={() => void pick(each)}
            >
              {each?.username ?? t("person.nobody")}
            </button>
          ))}
        </div>
      </div>
    </>
  );
}
