import { type ReadonlySignal, useComputed } from "@preact/signals";
import {
  Box,
  CircleDot,
  Eye,
  EyeOff,
  Lock,
  LockOpen,
  Pentagon,
  Spline,
  Square,
  SquaresSubtract,
  Tag as TagIcon,
  Trash2,
} from "lucide";
import type { JSX } from "preact";
import { type Annotation, type Cid, isTag, type Label } from "../../core/model";
import { t } from "../../i18n";
import { Icon, type IconNode } from "../kit/icon";
import { tip } from "../kit/tooltip";

const ICONS: Record<Annotation["type"], IconNode> = {
  rectangle: Square,
  polygon: Pentagon,
  polyline: Spline,
  points: CircleDot,
  cuboid: Box,
  tag: TagIcon,
};

/** By hand, as rows of a window cannot be a `<table>`; the focus stays on the grid. */
const CELL = { role: "gridcell" } as const;

export interface ObjectRowProps {
  readonly id: string;
  /** Counted from 0, for screen readers. */
  readonly index: number;
  readonly object: Annotation;
  readonly label: Label | undefined;
  /** What it says, "" for nothing yet; undefined: its label is shown alone. */
  readonly text: string | undefined;
  readonly isSelected: boolean;
  /** Whether the keyboard is here: its buttons can be reached by Tab. */
  readonly isActive: boolean;
  readonly isHidden: boolean;
  readonly isLocked: boolean;
  readonly hovered: ReadonlySignal<Cid | undefined>;
  readonly acts: RowActs;
}

/** What can be done to rows. */
export interface RowActs {
  readonly pick: (cid: Cid, event: MouseEvent) => void;
  readonly hover: (cid: Cid | undefined) => void;
  readonly reveal: (cid: Cid) => void;
  readonly hide: (cids: readonly Cid[], on: boolean) => void;
  readonly lock: (cids: readonly Cid[], on: boolean) => void;
  readonly remove: (cids: readonly Cid[]) => void;
}

/**
 * One object: its label, type, number, and what can be done to it. A row of a grid. What moves with the other rows is
 * in the row itself, all else in its cells, which are drawn again only when they changed.
 */
export function ObjectRow(props: ObjectRowProps): JSX.Element {
  const { id, index, object, isSelected, isActive, isHidden, hovered, acts } = props;
  const isHovered = useComputed(() => hovered.value === object.cid);
  const states = `${isActive ? "active" : ""} ${isHidden ? "dimmed" : ""} ${isHovered.value ? "hovered" : ""}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of a window cannot be a table
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and points here
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys
    <div
      id={id}
      class={`object-row ${states}`}
      role="row"
      aria-selected={isSelected}
      aria-rowindex={index + 1}
      onClick={(event) => acts.pick(object.cid, event)}
      onDblClick={() => acts.reveal(object.cid)}
      onPointerEnter={() => acts.hover(object.cid)}
      onPointerLeave={() => acts.hover(undefined)}
    >
      <ObjectCells object={object} label={props.label} text={props.text} />
      <ObjectButtons
        cid={object.cid}
        isSeen={!isTag(object)}
        isActive={isActive}
        isHidden={isHidden}
        isLocked={props.isLocked}
        acts={acts}
      />
    </div>
  );
}

type CellsProps = Pick<ObjectRowProps, "object" | "label" | "text">;

function ObjectCells({ object, label, text }: CellsProps): JSX.Element {
  const name = label?.name ?? t("object.unknown-label");
  const kind = t(`shape.${object.type}`);
  return (
    <>
      <span class="object-name" {...CELL} title={`${text ? `${text} · ` : ""}${name} · ${kind}`}>
        <span class="swatch" style={{ backgroundColor: label?.color ?? "transparent" }} />
        <Icon icon={ICONS[object.type]} size={14} />
        {text === "" ? (
          <span class="name no-text">{t("object.no-text")}</span>
        ) : (
          <span class="name">{text ?? name}</span>
        )}
        <span class="for-readers">{kind}</span>
      </span>
      <span class="object-flag" {...CELL}>
        {!isTag(object) && object.occluded && (
          <span role="img" aria-label={t("object.occluded")} {...tip(t("object.occluded"))}>
            <Icon icon={SquaresSubtract} size={13} />
          </span>
        )}
      </span>
      <span class="object-number" {...CELL}>
        {object.id === undefined ? (
          <span class="unsaved" {...tip(t("object.new.tip"))}>
            {t("object.new")}
          </span>
        ) : (
          <span title={t("object.number", { id: object.id })}>{object.id}</span>
        )}
      </span>
    </>
  );
}

type ButtonsProps = Pick<ObjectRowProps, "isActive" | "isHidden" | "isLocked" | "acts"> & {
  readonly cid: Cid;
  /** Whether it is on the picture, and so can be hidden. */
  readonly isSeen: boolean;
};

function ObjectButtons({ cid, isSeen, isActive, isHidden, isLocked, acts }: ButtonsProps): JSX.Element {
  return (
    <span class="object-buttons" {...CELL}>
      <RowButton
        icon={Trash2}
        text={t("object.delete")}
        isOn={false}
        isActive={isActive}
        isDisabled={isLocked}
        press={() => acts.remove([cid])}
      />
      <RowButton
        icon={isHidden ? EyeOff : Eye}
        text={t(isHidden ? "object.show" : "object.hide")}
        isOn={isHidden}
        isActive={isActive}
        isDisabled={!isSeen}
        press={() => acts.hide([cid], !isHidden)}
      />
      <RowButton
        icon={isLocked ? Lock : LockOpen}
        text={t(isLocked ? "object.unlock" : "object.lock")}
        isOn={isLocked}
        isActive={isActive}
        press={() => acts.lock([cid], !isLocked)}
      />
    </span>
  );
}

export interface RowButtonProps {
  readonly icon: IconNode;
  readonly text: string;
  /** What it says is so: it is seen without the pointer on its row. */
  readonly isOn: boolean;
  readonly isActive: boolean;
  readonly isDisabled?: boolean;
  readonly press: () => void;
}

/** A small button in a row; pressing it does not press the row. */
export function RowButton({ icon, text, isOn, isActive, isDisabled, press }: RowButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={`row-button ${isOn ? "on" : ""}`}
      aria-label={text}
      tabIndex={isActive ? 0 : -1}
      disabled={isDisabled ?? false}
      {...tip(text)}
      onClick={(event) => {
        event.stopPropagation();
        press();
      }}
      onDblClick={(event) => event.stopPropagation()}
    >
      <Icon icon={icon} size={14} />
    </button>
  );
}
