import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { Link } from "../link";
import { shownKey } from "./key-names";
import { KEYS_OUT_OF_TEXT } from "./mode-commands";
import { TextCrop } from "./text-crop";
import type { Workbench } from "./workbench";
import "./modes.css";

/** What the server takes. */
const MAX_TEXT = 4096;

/** The field under the picture for what it says. It keeps its height, so that the picture stays where it is. */
export function TextBar({ bench }: { bench: Workbench }): JSX.Element | null {
  const { text } = bench.mode.value;
  if (text === "none") return null;
  if (bench.typing.textLabel.value === undefined)
    return (
      <section class="text-bar" aria-label={t("text.bar")}>
        <p class="no-label">
          {t("text.no-label")} <Link to={`/tasks/${bench.job.taskId}`}>{t("text.to-labels")}</Link>
        </p>
      </section>
    );
  return (
    <section class={`text-bar for-${text}`} aria-label={t("text.bar")}>
      {text === "shape" && <TextCrop bench={bench} />}
      <div class="text-line">
        <TextField bench={bench} />
      </div>
      <div class="text-facts">
        <Place bench={bench} />
        <Keys bench={bench} />
      </div>
    </section>
  );
}

function TextField({ bench }: { bench: Workbench }): JSX.Element {
  const { typing } = bench;
  const field = useRef<HTMLInputElement>(null);
  const subject = typing.subject.value;
  const asked = typing.asked.value;
  const lastAsked = useRef(asked);
  useLayoutEffect(() => {
    const isAsked = asked !== lastAsked.current;
    lastAsked.current = asked;
    const input = field.current;
    if (input === null || subject === undefined) return;
    if (!isAsked && document.activeElement !== input && !typing.followsFrames) return;
    input.focus({ preventScroll: true });
    // Typing on replaces the whole, the arrows go into it.
    input.select();
  }, [subject?.key, asked]);
  const isFixed = bench.fixed.value;
  useLayoutEffect(() => {
    // Where nothing can be typed, keys are meant for the picture.
    if (isFixed && document.activeElement === field.current) field.current?.blur();
  }, [isFixed]);
  return (
    <input
      ref={field}
      type="text"
      class="text-field"
      dir="auto"
      lang=""
      autocomplete="off"
      autocapitalize="off"
      enterkeyhint="next"
      spellcheck={false}
      maxLength={MAX_TEXT}
      aria-label={t("text.bar")}
      data-free-keys={KEYS_OUT_OF_TEXT.join(" ")}
      readOnly={subject === undefined || isFixed}
      placeholder={placeholderOf(bench)}
      value={typing.text.value}
      onInput={(event) => typing.write(event.currentTarget.value, event.isComposing)}
      onCompositionEnd={(event) => typing.write(event.currentTarget.value)}
      onFocus={() => typing.entered()}
      onBlur={({ relatedTarget }) => {
        const isForFrame = relatedTarget instanceof Element && relatedTarget.closest(".player") !== null;
        typing.left(!isForFrame);
      }}
    />
  );
}

function placeholderOf({ mode, navigation, picture, typing }: Workbench): string {
  if (mode.value.text === "shape")
    return t(typing.subject.value === undefined ? "text.placeholder.none" : "text.placeholder");
  const isShown = picture.value?.frame === navigation.wanted.value;
  return t(isShown ? "text.placeholder" : "workbench.frame.loading");
}

/** Which of the texts it is, and how many there are none of yet. */
function Place({ bench }: { bench: Workbench }): JSX.Element {
  const { typing, mode, navigation } = bench;
  if (mode.value.text === "frame")
    return <span>{t("text.of-frame", { frame: navigation.wanted.value })}</span>;
  const order = typing.order.value;
  const at = order.findIndex(({ cid }) => cid === typing.subject.value?.key);
  const empty = typing.emptyCount.value;
  return (
    <span>
      {at < 0
        ? t("text.count", { count: order.length })
        : t("text.place", { at: at + 1, count: order.length })}
      {empty > 0 && <span class="empty-count"> · {t("text.empty", { count: empty })}</span>}
    </span>
  );
}

function Keys({ bench }: { bench: Workbench }): JSX.Element {
  const isOn = bench.typing.isOn.value;
  const hints = isOn
    ? ([
        ["Enter", "text.hint.next"],
        ["Shift+Enter", "text.hint.previous"],
        ["Escape", "text.hint.leave"],
      ] as const)
    : ([["Enter", "text.hint.begin"]] as const);
  return (
    <span class="text-keys">
      {hints.map(([key, text]) => (
        <span key={key}>
          <kbd>{shownKey(key)}</kbd> {t(text)}
        </span>
      ))}
    </span>
  );
}
