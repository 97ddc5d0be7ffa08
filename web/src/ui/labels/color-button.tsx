import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { isEnter } from "../kit/keys";
import { placeBeside } from "../kit/placing";
import { COLORS } from "./model";

export interface ColorButtonProps {
  /** `#rrggbb`. */
  readonly color: string;
  readonly label: string;
  readonly onChange: (color: string) => void;
}

/** A swatch that opens a choice of colours: ours, the system's, or one written down. */
export function ColorButton({ color, label, onChange }: ColorButtonProps): JSX.Element {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const open = useSignal(false);
  useEffect(() => {
    const element = panel.current;
    const toggled = (event: Event): void => {
      open.value = (event as ToggleEvent).newState === "open";
      if (open.value && element !== null && button.current !== null)
        placeBeside(element, button.current.getBoundingClientRect(), { align: "start" });
    };
    element?.addEventListener("toggle", toggled);
    return () => element?.removeEventListener("toggle", toggled);
  }, [open]);
  const choose = (chosen: string): void => {
    panel.current?.hidePopover();
    if (chosen !== color) onChange(chosen);
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class="label-swatch"
        style={{ background: color }}
        aria-label={label}
        popovertarget={id}
        data-tip={label}
      />
      <div ref={panel} id={id} class="menu color-panel" popover="auto">
        {open.value && <Choice color={color} onChoose={choose} />}
      </div>
    </>
  );
}

function Choice({ color, onChoose }: { color: string; onChoose: (color: string) => void }): JSX.Element {
  const typed = useSignal(color);
  const isGood = /^#[0-9a-f]{6}$/i.test(typed.value);
  return (
    <>
      <div class="label-swatches">
        {COLORS.map((each) => (
          <button
            key={each}
            type="button"
            class="label-swatch"
            style={{ background: each }}
            aria-label={each}
            aria-pressed={each === color}
            onClick={() => onChoose(each)}
          />
        ))}
      </div>
      <div class="color-own">
        <input
          type="color"
          aria-label={t("labels.color.pick")}
          value={isGood ? typed.value : color}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
          onChange={(event) => onChoose(event.currentTarget.value)}
        />
        <input
          type="text"
          aria-label={t("labels.color.hex")}
          value={typed.value}
          maxLength={7}
          spellcheck={false}
          aria-invalid={!isGood}
          onInput={(event) => {
            typed.value = event.currentTarget.value.trim();
          }}
          onKeyDown={(event) => {
            if (!isEnter(event)) return;
            event.preventDefault();
            if (isGood) onChoose(typed.value.toLowerCase());
          }}
        />
      </div>
    </>
  );
}
