import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { Eye, EyeOff, Lock, LockOpen } from "lucide";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { searchLabels } from "../../core/label-search";
import type { Cid, Label, Shape } from "../../core/model";
import { t } from "../../i18n";
import { FilterField } from "./object-list";
import { groupByLabel } from "./object-order";
import { RowButton } from "./object-row";
import "./panels.css";
import { usePinyin } from "./use-pinyin";
import { ROW_HEIGHT, useWindowed } from "./windowed";

export interface LabelsPanelProps {
  readonly labels: ReadonlySignal<ReadonlyMap<number, Label>>;
  /** Keys by label id, of `labelDigits`. */
  readonly digits: ReadonlyMap<number, number>;
  /** The shapes of the frame. */
  readonly shapes: ReadonlySignal<readonly Shape[]>;
  readonly hidden: ReadonlySignal<ReadonlySet<Cid>>;
  readonly locked: ReadonlySignal<ReadonlySet<Cid>>;
  /** The label the next object gets. */
  readonly armed: ReadonlySignal<number | undefined>;
  readonly arm: (label: Label) => void;
  /** Hide or show all objects of a label. */
  readonly hide: (label: Label, on: boolean) => void;
  readonly lock: (label: Label, on: boolean) => void;
}

/** As many labels are seen at a glance; more need a filter. */
const GLANCE = 12;

/** The labels of the task, and what of them is on the frame. It stands in a flex column, and scrolls when it gets less height than it has rows. */
export function LabelsPanel(props: LabelsPanelProps): JSX.Element {
  const { labels, shapes } = props;
  const filter = useSignal("");
  const list = useMemo(() => [...labels.value.values()], [labels.value]);
  const { index: pinyin } = usePinyin(list, filter.value !== "");
  const rows = useMemo(
    () => searchLabels(list, filter.value, { pinyin, gaps: false }).map(({ label }) => label),
    [list, filter.value, pinyin],
  );
  const onFrame = useComputed(() => groupByLabel(shapes.value)).value;
  const windowed = useWindowed(rows.length);
  return (
    <section class="panel labels" aria-label={t("panel.labels")}>
      <header class="panel-head">
        <h2>{t("panel.labels")}</h2>
        <span class="panel-count">{list.length}</span>
      </header>
      {list.length > GLANCE && (
        <FilterField filter={filter} text={t("labels.filter")} clear={t("labels.filter.clear")} />
      )}
      <div ref={windowed.view} class={`rows ${rows.length === 0 ? "none" : ""}`} onScroll={windowed.onScroll}>
        <div class="rows-all" style={{ height: `${rows.length * ROW_HEIGHT}px` }}>
          <ul style={{ transform: `translateY(${windowed.first * ROW_HEIGHT}px)` }}>
            {rows.slice(windowed.first, windowed.end).map((label) => (
              <LabelRow key={label.id} {...props} label={label} own={onFrame.get(label.id) ?? []} />
            ))}
          </ul>
        </div>
      </div>
      {rows.length === 0 && (
        <p class="panel-empty">{t(list.length === 0 ? "picker.no-labels" : "picker.none")}</p>
      )}
    </section>
  );
}

interface LabelRowProps extends LabelsPanelProps {
  readonly label: Label;
  /** Its shapes on the frame. */
  readonly own: readonly Shape[];
}

function LabelRow({
  label,
  own,
  digits,
  hidden,
  locked,
  armed,
  arm,
  hide,
  lock,
}: LabelRowProps): JSX.Element {
  const digit = digits.get(label.id);
  const isArmed = armed.value === label.id;
  const areHidden = own.length > 0 && own.every((shape) => hidden.value.has(shape.cid));
  const areLocked = own.length > 0 && own.every((shape) => locked.value.has(shape.cid));
  return (
    <li class={`label-row ${isArmed ? "armed" : ""} ${areHidden ? "dimmed" : ""}`}>
      <button
        type="button"
        class="label-arm"
        aria-pressed={isArmed}
        title={isArmed ? `${label.name} · ${t("labels.armed")}` : t("labels.arm", { name: label.name })}
        onClick={() => arm(label)}
      >
        <span class="swatch" style={{ backgroundColor: label.color }} />
        <span class="name">{label.name}</span>
        {digit !== undefined && <kbd>{digit}</kbd>}
      </button>
      <span class="object-number" title={t("labels.count", { count: own.length })}>
        {own.length > 0 && own.length}
      </span>
      <span class="object-buttons">
        <RowButton
          icon={areHidden ? EyeOff : Eye}
          text={t(areHidden ? "labels.show" : "labels.hide", { name: label.name })}
          isOn={areHidden}
          isActive={own.length > 0}
          isDisabled={own.length === 0}
          press={() => hide(label, !areHidden)}
        />
        <RowButton
          icon={areLocked ? Lock : LockOpen}
          text={t(areLocked ? "labels.unlock" : "labels.lock", { name: label.name })}
          isOn={areLocked}
          isActive={own.length > 0}
          isDisabled={own.length === 0}
          press={() => lock(label, !areLocked)}
        />
      </span>
    </li>
  );
}
