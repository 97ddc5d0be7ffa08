import { Check, Search } from "lucide";
import type { JSX } from "preact";
import type { Label } from "../../core/model";
import { t } from "../../i18n";
import { Icon } from "../kit/icon";
import { shownKey } from "./key-names";
import type { Workbench } from "./workbench";
import "./panels.css";
import "./modes.css";

/** More labels than these are searched for, not looked for. */
const GLANCE = 60;
/** Keys worth knowing here, with what they do. */
const HINTS = [
  ["Shift+1…9", "tag.hint.stay"],
  ["E", "tag.hint.empty"],
  ["Ctrl+Z", "tag.hint.undo"],
] as const;

/** The labels as buttons for the whole frame, with their keys. */
export function TagPanel({ bench }: { bench: Workbench }): JSX.Element {
  const labels = [...bench.labels.value.values()];
  const given = bench.tagging.given.value;
  return (
    <section class="panel tag-panel" aria-label={t("tag.panel")}>
      <header class="panel-head">
        <h2>{t("tag.panel")}</h2>
        <span class="panel-count">{labels.length}</span>
      </header>
      <div class="tag-buttons">
        {labels.slice(0, GLANCE).map((label, index) => (
          <TagButton key={label.id} bench={bench} label={label} index={index} isGiven={given.has(label.id)} />
        ))}
        {labels.length === 0 && <p class="panel-empty">{t("picker.no-labels")}</p>}
        <button
          type="button"
          class="tag-search"
          onClick={() => {
            bench.picking.value = "tag";
          }}
        >
          <kbd>L</kbd>
          <Icon icon={Search} size={14} />
          <span class="name">{t(labels.length > GLANCE ? "tag.search.more" : "tag.search")}</span>
        </button>
      </div>
      <TagOptions bench={bench} />
    </section>
  );
}

interface TagButtonProps {
  readonly bench: Workbench;
  readonly label: Label;
  readonly index: number;
  readonly isGiven: boolean;
}

function TagButton({ bench, label, index, isGiven }: TagButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class="tag-button"
      style={{ "--label": label.color }}
      aria-pressed={isGiven}
      disabled={bench.fixed.value}
      title={label.name}
      onClick={(event) => {
        bench.tagging.toggle(label, event.shiftKey);
        // After a click, the next key is meant for the picture. Whoever came by keys goes on from here.
        if (event.detail > 0) event.currentTarget.blur();
      }}
    >
      {index < 10 ? <kbd>{(index + 1) % 10}</kbd> : <span class="no-key" />}
      <span class="swatch" />
      <span class="name">{label.name}</span>
      {isGiven && <Icon icon={Check} size={16} />}
    </button>
  );
}

function TagOptions({ bench }: { bench: Workbench }): JSX.Element {
  const { goesOn, isSingle } = bench.tagging;
  return (
    <footer class="tag-options">
      {(
        [
          [goesOn, "tag.goes-on"],
          [isSingle, "tag.single"],
        ] as const
      ).map(([option, key]) => (
        <label key={key}>
          <input
            type="checkbox"
            checked={option.value.value}
            onChange={(event) => {
              option.set(event.currentTarget.checked);
              event.currentTarget.blur();
            }}
          />
          {t(key)}
        </label>
      ))}
      <p>
        {HINTS.map(([key, text]) => (
          <span key={key}>
            <kbd>{shownKey(key)}</kbd> {t(text)}
          </span>
        ))}
      </p>
    </footer>
  );
}
