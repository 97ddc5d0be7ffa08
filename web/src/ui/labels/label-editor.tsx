import "./labels.css";
import { useSignal } from "@preact/signals";
import { Braces, Plus, Tags, X } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { counted } from "../format";
import { Button, IconButton } from "../kit/button";
import { Icon } from "../kit/icon";
import { isComposing, isEnter } from "../kit/keys";
import { toast } from "../kit/toast";
import { tip } from "../kit/tooltip";
import { problemOf } from "../problem";
import { ColorButton } from "./color-button";
import { LabelDialog } from "./label-dialog";
import { type EditedLabel, newLabels } from "./model";
import { holdsSeveral, parseNames, sortNames } from "./parse";
import { RawLabels } from "./raw-labels";

export interface LabelEditorProps {
  readonly labels: readonly EditedLabel[];
  /** Each answers when it is done; a failure leaves things as they were. */
  readonly onAdd: (labels: readonly EditedLabel[]) => Promise<void>;
  readonly onChange: (before: EditedLabel, after: EditedLabel) => Promise<void>;
  readonly onRemove: (label: EditedLabel) => Promise<void>;
  /** The raw view was applied: the whole set is another. Answers false if the person thought better of it. */
  readonly onReplace: (labels: readonly EditedLabel[]) => Promise<boolean>;
  /** What is wrong with the set as a whole. */
  readonly error?: string | undefined;
  readonly readOnly?: boolean;
}

/** From so many on they can be searched. */
const MANY = 24;

/** The labels of a task: chips with their colours, or their raw JSON. */
export function LabelEditor(props: LabelEditorProps): JSX.Element {
  const { labels, onAdd, onReplace, error, readOnly = false } = props;
  const raw = useSignal(false);
  return (
    <div class="labels">
      {!readOnly && (
        <div class="tabs" role="tablist">
          {([false, true] as const).map((isRaw) => (
            <button
              key={String(isRaw)}
              type="button"
              role="tab"
              aria-selected={raw.value === isRaw}
              onClick={() => {
                raw.value = isRaw;
              }}
            >
              <Icon icon={isRaw ? Braces : Tags} size={14} />
              {t(isRaw ? "labels.raw" : "labels.chips")}
            </button>
          ))}
        </div>
      )}
      {raw.value ? (
        <RawLabels
          labels={labels}
          onApply={async (changed) => {
            if (await onReplace(changed)) raw.value = false;
          }}
        />
      ) : (
        <>
          {!readOnly && <AddField labels={labels} onAdd={onAdd} error={error} />}
          <Chips {...props} readOnly={readOnly} />
        </>
      )}
    </div>
  );
}

function AddField({
  labels,
  onAdd,
  error,
}: Pick<LabelEditorProps, "labels" | "onAdd" | "error">): JSX.Element {
  const typed = useSignal("");
  const problem = useSignal("");
  /** What was passed over, though the rest was added. */
  const passed = useSignal("");
  const busy = useSignal(false);
  const add = async (text: string): Promise<void> => {
    const { fresh, known, tooLong } = sortNames(parseNames(text), labels);
    const told = [
      ...known.slice(0, 3).map((name) => t("labels.known", { name })),
      ...tooLong.slice(0, 1).map((name) => t("labels.problem.name-long", { name })),
    ].join(" ");
    problem.value = fresh.length === 0 ? told : "";
    passed.value = told;
    if (fresh.length === 0) return;
    busy.value = true;
    try {
      await onAdd(newLabels(fresh, labels));
      typed.value = "";
    } catch (failure) {
      problem.value = problemOf(failure);
    } finally {
      busy.value = false;
    }
  };
  const shown = problem.value || error;
  return (
    <div class="field">
      <div class="label-add">
        <input
          type="text"
          aria-label={t("labels.add.name")}
          aria-invalid={shown !== undefined && shown !== ""}
          placeholder={t("labels.add.placeholder")}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
            problem.value = "";
            passed.value = "";
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter") event.preventDefault();
            const isComma = [",", "，", "、"].includes(event.key) && !isComposing(event);
            if (!isEnter(event) && !isComma) return;
            event.preventDefault();
            void add(typed.value);
          }}
          onPaste={(event) => {
            const text = event.clipboardData?.getData("text/plain") ?? "";
            if (!holdsSeveral(text)) return;
            event.preventDefault();
            void add(text);
          }}
        />
        <Button icon={Plus} busy={busy.value} onClick={() => void add(typed.value)}>
          {t("labels.add")}
        </Button>
      </div>
      <div class={shown ? "field-error" : "field-hint"} role={shown ? "alert" : undefined}>
        {shown || passed.value || t("labels.add.hint")}
      </div>
    </div>
  );
}

function Chips({ labels, onChange, onRemove, readOnly }: LabelEditorProps): JSX.Element {
  const sought = useSignal("");
  const edited = useSignal<EditedLabel | undefined>(undefined);
  const wanted = sought.value.trim().toLowerCase();
  const shown = wanted === "" ? labels : labels.filter((label) => label.name.toLowerCase().includes(wanted));
  const now = edited.value;
  const trying = (work: Promise<void>): void =>
    void work.catch((error: unknown) => toast(problemOf(error), { tone: "danger" }));
  return (
    <>
      {labels.length > MANY && (
        <div class="label-many">
          <input
            type="search"
            aria-label={t("labels.search")}
            placeholder={t("labels.search")}
            value={sought.value}
            onInput={(event) => {
              sought.value = event.currentTarget.value;
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter") event.preventDefault();
            }}
          />
          <span class="quiet">{counted("labels.count", labels.length)}</span>
        </div>
      )}
      {labels.length > 0 && (
        <ul class="label-chips" aria-label={t("labels")}>
          {shown.map((label) => (
            <li key={label.id ?? label.name} class="label-chip">
              {readOnly ? (
                <i class="label-swatch" style={{ background: label.color }} />
              ) : (
                <ColorButton
                  color={label.color}
                  label={t("labels.color", { name: label.name })}
                  onChange={(color) => trying(onChange(label, { ...label, color }))}
                />
              )}
              <button
                type="button"
                class="chip-name"
                disabled={readOnly}
                aria-label={t("labels.edit", { name: label.name })}
                onClick={() => {
                  edited.value = label;
                }}
              >
                <bdi class="chip-text">{label.name}</bdi>
                {label.attributes.length > 0 && (
                  <span class="chip-count" {...tip(counted("labels.attributes", label.attributes.length))}>
                    {label.attributes.length}
                  </span>
                )}
              </button>
              {!readOnly && (
                <IconButton
                  icon={X}
                  label={t("labels.remove", { name: label.name })}
                  onClick={() => trying(onRemove(label))}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {now !== undefined && (
        <LabelDialog
          label={now}
          others={labels.filter((each) => each !== now && each.name !== now.name).map((each) => each.name)}
          onSave={(after) => onChange(now, after)}
          onClose={() => {
            edited.value = undefined;
          }}
        />
      )}
    </>
  );
}
