import { useSignal } from "@preact/signals";
import {
  ChevronDown,
  ChevronFirst,
  ChevronLast,
  ChevronLeft,
  ChevronRight,
  ChevronsLeft,
  ChevronsRight,
  Pause,
  Play,
} from "lucide";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { t } from "../../i18n";
import { Icon } from "../kit/icon";
import { isEnter } from "../kit/keys";
import { placeBeside } from "../kit/placing";
import { tip } from "../kit/tooltip";
import { SPEED, STEP } from "./playing";
import "./player.css";
import { CommandButton } from "./toolbar";
import type { Workbench } from "./workbench";

/** Speeds one press away; any other can be typed. */
const SPEEDS = [1, 5, 12, 15, 25, 30, 50, 100] as const;
const SETTINGS = "player-settings";

/** From frame to frame, by hand or by the clock. */
export function Player({ bench }: { bench: Workbench }): JSX.Element {
  const { wanted, first, last } = bench.navigation;
  const isFirst = wanted.value === first;
  const isLast = wanted.value === last;
  const step = bench.playing.step.value;
  const isPlaying = bench.playing.isOn.value;
  return (
    <fieldset class="player" aria-label={t("workbench.player")}>
      <CommandButton bench={bench} id="frame.first" icon={ChevronFirst} disabled={isFirst} />
      <CommandButton
        bench={bench}
        id="frame.back"
        icon={ChevronsLeft}
        label={t("player.back", { count: step })}
        disabled={isFirst}
      />
      <CommandButton bench={bench} id="frame.previous" icon={ChevronLeft} disabled={isFirst} />
      <CommandButton
        bench={bench}
        id="play"
        icon={isPlaying ? Pause : Play}
        label={t(isPlaying ? "player.pause" : "player.play")}
        disabled={first === last}
      />
      <CommandButton bench={bench} id="frame.next" icon={ChevronRight} disabled={isLast} />
      <CommandButton
        bench={bench}
        id="frame.forward"
        icon={ChevronsRight}
        label={t("player.forward", { count: step })}
        disabled={isLast}
      />
      <CommandButton bench={bench} id="frame.last" icon={ChevronLast} disabled={isLast} />
      <span class="frame-field" title={t("workbench.frame.counted", { first, last })}>
        <label for="frame-number">{t("workbench.frame")}</label>
        <FrameNumber bench={bench} />
        <span>{t("workbench.frame.range", { first, last })}</span>
      </span>
      {first < last && <Speed bench={bench} />}
      <FrameName bench={bench} />
    </fieldset>
  );
}

/** The image's name; of a video its own, and where in it the frame is when that is another number. */
function FrameName({ bench }: { bench: Workbench }): JSX.Element {
  const frame = bench.navigation.wanted.value;
  const { name = "", sourceFrame = frame } = bench.job.frameAt(frame) ?? {};
  const place = sourceFrame === frame ? name : t("player.source", { name, frame: sourceFrame });
  return (
    <span class="frame-name" title={place}>
      <span>{name}</span>
    </span>
  );
}

/** The number of the frame, to read and to type. */
function FrameNumber({ bench }: { bench: Workbench }): JSX.Element {
  const { wanted } = bench.navigation;
  const take = (input: HTMLInputElement): void => {
    const frame = Number(input.value);
    if (input.value.trim() !== "" && Number.isInteger(frame)) bench.go(frame);
    else bench.say("workbench.frame.no-number");
    input.value = String(wanted.value);
    input.blur();
  };
  return (
    <input
      id="frame-number"
      class="frame-number"
      type="text"
      inputMode="numeric"
      aria-label={t("workbench.frame.number")}
      value={String(wanted.value)}
      onFocus={(event) => {
        bench.playing.stop();
        event.currentTarget.select();
      }}
      onKeyDown={(event) => {
        if (isEnter(event)) take(event.currentTarget);
        else if (event.key === "Escape") {
          event.currentTarget.value = String(wanted.value);
          event.currentTarget.blur();
        }
      }}
    />
  );
}

/** How fast it plays, how fast it does in truth, and the way to change that. */
function Speed({ bench }: { bench: Workbench }): JSX.Element {
  const panel = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const isOpen = useSignal(false);
  const closeByKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !isOpen.value) return;
    // Else the key would mean the picture, and the panel would stay.
    event.stopPropagation();
    panel.current?.hidePopover();
  };
  const fps = bench.playing.speed.value;
  const pulse = bench.playing.pulse.value;
  const said = {
    smooth: () => t("player.fps", { fps }),
    dropping: (shown: number) => t("player.fps.of", { shown, fps }),
    waiting: () => t("player.waiting"),
  };
  const text = pulse.name === "dropping" ? said.dropping(pulse.shown) : said[pulse.name]();
  return (
    <>
      <button
        ref={button}
        onKeyDown={closeByKey}
        type="button"
        class={`speed ${pulse.name}`}
        popovertarget={SETTINGS}
        aria-expanded={isOpen.value}
        {...tip(pulse.name === "dropping" ? t("player.dropping") : t("player.settings"))}
      >
        <span>{text}</span>
        <Icon icon={ChevronDown} />
      </button>
      <div
        ref={panel}
        id={SETTINGS}
        popover="auto"
        onKeyDown={closeByKey}
        class="player-settings"
        role="dialog"
        aria-label={t("player.settings")}
        onToggle={(event) => {
          isOpen.value = event.newState === "open";
          const owner = button.current;
          if (owner === null || panel.current === null) return;
          if (isOpen.value) placeBeside(panel.current, owner.getBoundingClientRect(), { align: "start" });
          // After a click, the next key is meant for the picture.
          else if (!owner.matches(":focus-visible")) owner.blur();
        }}
      >
        {isOpen.value && <Settings bench={bench} />}
      </div>
    </>
  );
}

function Settings({ bench: { playing } }: { bench: Workbench }): JSX.Element {
  const fps = playing.speed.value;
  return (
    <>
      <NumberField
        label={t("player.speed")}
        unit={t("player.speed.unit")}
        bounds={SPEED}
        value={fps}
        onTake={(value) => playing.setSpeed(value)}
      />
      <fieldset class="speeds" aria-label={t("player.speeds")}>
        {SPEEDS.map((each) => (
          <button key={each} type="button" aria-pressed={each === fps} onClick={() => playing.setSpeed(each)}>
            {each}
          </button>
        ))}
      </fieldset>
      <p>{t("player.speed.hint")}</p>
      <NumberField
        label={t("player.step")}
        unit={t("player.step.unit")}
        bounds={STEP}
        value={playing.step.value}
        onTake={(value) => playing.setStep(value)}
      />
    </>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly unit: string;
  readonly bounds: { readonly least: number; readonly most: number };
  readonly value: number;
  readonly onTake: (value: number) => void;
}

/** A whole number within bounds: what is typed beyond them becomes the nearest. */
function NumberField({ label, unit, bounds, value, onTake }: NumberFieldProps): JSX.Element {
  return (
    <label class="number-field">
      <span>{label}</span>
      <input
        type="number"
        min={bounds.least}
        max={bounds.most}
        value={value}
        onChange={(event) => {
          const typed = event.currentTarget.valueAsNumber;
          if (Number.isFinite(typed)) onTake(typed);
          event.currentTarget.value = String(
            Number.isFinite(typed) ? Math.min(bounds.most, Math.max(bounds.least, Math.round(typed))) : value,
          );
        }}
      />
      <span class="unit">{unit}</span>
    </label>
  );
}
