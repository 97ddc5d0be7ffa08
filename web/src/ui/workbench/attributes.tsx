import { ChevronDown, Copy } from "lucide";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { shared, sharedValue } from "../../core/attribute-values";
import { type Annotation, type Attribute, type Cid, isShape, type Label, type Shape } from "../../core/model";
import { shapeTypes } from "../../core/types";
import { t } from "../../i18n";
import { IconButton } from "../kit/button";
import { Icon } from "../kit/icon";
import { toast } from "../kit/toast";
import { AttributeField, CheckField } from "./attribute-field";
import "./panels.css";
import "./attributes.css";

/** An attribute to set. The objects are named: a text may be finished by selecting others. */
export interface AttributeChange {
  readonly cids: readonly Cid[];
  readonly attributeId: number;
  readonly value: string;
  /** For History: changes of the same `merge` in a row are one step; undefined: this one stands alone. */
  readonly merge: string | undefined;
}

export interface AttributePanelProps {
  /** Those selected. */
  readonly objects: readonly Annotation[];
  readonly labels: ReadonlyMap<number, Label>;
  /** Open the label picker for the objects. */
  readonly pickLabel: () => void;
  readonly setOccluded: (occluded: boolean) => void;
  readonly change: (change: AttributeChange) => void;
  /** Whether nothing may be changed: a finished job, locked objects. */
  readonly readOnly?: boolean;
}

/** What the selected objects are: label, occlusion, attributes, place. */
export function AttributePanel(props: AttributePanelProps): JSX.Element {
  const { objects, labels, readOnly = false } = props;
  const selection = useSelection(objects);
  const shapes = objects.filter(isShape);
  const labelId = shared(objects, (object) => object.labelId);
  const label = labelId === undefined ? undefined : labels.get(labelId);
  return (
    <section class="panel attributes" aria-label={t("panel.attributes")}>
      <header class="panel-head">
        <h2>{t("panel.attributes")}</h2>
        {objects.length > 1 && (
          <span class="panel-count">{t("attributes.count", { count: objects.length })}</span>
        )}
      </header>
      {objects.length === 0 ? (
        <p class="panel-empty">{t("attributes.none-selected")}</p>
      ) : (
        <div class="attribute-fields">
          <LabelField {...props} label={label} />
          {shapes.length > 0 && (
            <CheckField
              text={t("attributes.occluded")}
              isOn={shared(shapes, (shape) => shape.occluded)}
              readOnly={readOnly}
              set={props.setOccluded}
            />
          )}
          {labelId === undefined && <p class="field-hint">{t("attributes.mixed-labels.hint")}</p>}
          {label?.attributes.map((attribute) => (
            <OwnField key={`${attribute.id} ${selection}`} {...props} attribute={attribute} />
          ))}
          {objects.length === 1 && shapes[0] !== undefined && <GeometryField shape={shapes[0]} />}
        </div>
      )}
    </section>
  );
}

/** A number that is another one when other objects are selected: fields begin anew with it. */
function useSelection(objects: readonly Annotation[]): number {
  const last = useRef({ cids: objects.map(({ cid }) => cid), number: 0 });
  const { cids, number } = last.current;
  const isSame = cids.length === objects.length && objects.every(({ cid }, index) => cid === cids[index]);
  if (!isSame) last.current = { cids: objects.map(({ cid }) => cid), number: number + 1 };
  return last.current.number;
}

interface OwnFieldProps extends AttributePanelProps {
  readonly attribute: Attribute;
}

function OwnField({ attribute, objects, change, readOnly = false }: OwnFieldProps): JSX.Element {
  const [first] = objects;
  return (
    <AttributeField
      attribute={attribute}
      value={sharedValue(objects, attribute)}
      readOnly={readOnly}
      set={(value, merges) =>
        change({
          cids: objects.map(({ cid }) => cid),
          attributeId: attribute.id,
          value,
          merge: merges ? `attribute ${attribute.id} ${first?.cid} ${objects.length}` : undefined,
        })
      }
    />
  );
}

interface LabelFieldProps extends AttributePanelProps {
  /** The one that all have. */
  readonly label: Label | undefined;
}

function LabelField({ label, objects, pickLabel, readOnly = false }: LabelFieldProps): JSX.Element {
  const kinds = new Set(objects.map(({ labelId }) => labelId)).size;
  const name =
    label?.name ?? t(kinds > 1 ? "attributes.mixed-labels" : "object.unknown-label", { count: kinds });
  return (
    <div class="attribute-field">
      <span class="field-name">{t("attributes.label")}</span>
      <button
        type="button"
        class="label-button"
        aria-label={`${t("attributes.change-label")}: ${name}`}
        aria-haspopup="dialog"
        title={name}
        disabled={readOnly}
        onClick={pickLabel}
      >
        {label !== undefined && <span class="swatch" style={{ backgroundColor: label.color }} />}
        <span class={`name ${label === undefined ? "mixed" : ""}`}>{name}</span>
        <kbd>L</kbd>
        <Icon icon={ChevronDown} size={14} />
      </button>
    </div>
  );
}

/** The bounding box as x, y, width, height, to two decimals. */
export function geometryOf(shape: Shape): readonly [x: number, y: number, width: number, height: number] {
  const { left, top, right, bottom } = shapeTypes[shape.type].bounds(shape.points);
  const rounded = (value: number) => Math.round(value * 100) / 100;
  return [rounded(left), rounded(top), rounded(right - left), rounded(bottom - top)];
}

function GeometryField({ shape }: { readonly shape: Shape }): JSX.Element {
  const numbers = useRef<HTMLSpanElement>(null);
  const geometry = geometryOf(shape);
  const copy = async () => {
    try {
      // Over plain http there is no clipboard: `navigator.clipboard` is undefined then.
      await navigator.clipboard.writeText(geometry.join(", "));
      toast(t("attributes.copied"));
    } catch {
      if (numbers.current !== null) getSelection()?.selectAllChildren(numbers.current);
      toast(t("attributes.not-copied"));
    }
  };
  return (
    <div class="geometry">
      <span ref={numbers} class="geometry-numbers" title={t("attributes.geometry")}>
        {["x", "y", "w", "h"].map((name, index) => (
          <span key={name}>
            <small>{name}</small> {geometry[index]}{" "}
          </span>
        ))}
      </span>
      {shape.type !== "rectangle" && (
        <span class="geometry-points">{t("attributes.point-count", { count: shape.points.length / 2 })}</span>
      )}
      <IconButton icon={Copy} label={t("attributes.copy-geometry")} onClick={() => void copy()} />
    </div>
  );
}
