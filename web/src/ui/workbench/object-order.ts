/** Which objects the list shows, in which order, and what a click in it selects. Pure. */

import { type PinyinIndex, searchLabels } from "../../core/label-search";
import type { Cid, Label, Shape } from "../../core/model";

/** Topmost first, undermost first, or by label in the labels' order, topmost first within each. */
export const OBJECT_ORDERS = ["top", "bottom", "label"] as const;
export type ObjectOrder = (typeof OBJECT_ORDERS)[number];

export interface ListOptions {
  readonly order: ObjectOrder;
  /** Only objects whose label's name this meets, or whose number it is; blank: all. */
  readonly filter: string;
  readonly pinyin?: PinyinIndex | undefined;
}

/** The rows for `shapes`, given undermost first. Linear in their number. */
export function listShapes(
  shapes: readonly Shape[],
  labels: ReadonlyMap<number, Label>,
  { order, filter, pinyin }: ListOptions,
): readonly Shape[] {
  const shown = filter.trim() === "" ? shapes : filtered(shapes, labels, filter.trim(), pinyin);
  if (order === "bottom") return shown;
  const fromTop = shown.toReversed();
  return order === "top" ? fromTop : byLabel(fromTop, labels);
}

function filtered(
  shapes: readonly Shape[],
  labels: ReadonlyMap<number, Label>,
  filter: string,
  pinyin: PinyinIndex | undefined,
): readonly Shape[] {
  const met = new Set(
    searchLabels([...labels.values()], filter, { pinyin, gaps: false }).map(({ label }) => label.id),
  );
  const number = filter.replace(/^#/, "");
  return shapes.filter((shape) => met.has(shape.labelId) || String(shape.id) === number);
}

function byLabel(shapes: readonly Shape[], labels: ReadonlyMap<number, Label>): readonly Shape[] {
  const groups = groupByLabel(shapes);
  const known = [...labels.keys()].map((id) => groups.get(id) ?? []);
  const unknown = [...groups].filter(([id]) => !labels.has(id)).map(([, group]) => group);
  return [...known, ...unknown].flat();
}

/** Shapes by label id, in their order. */
export function groupByLabel(shapes: readonly Shape[]): ReadonlyMap<number, readonly Shape[]> {
  const groups = new Map<number, Shape[]>();
  for (const shape of shapes) {
    const group = groups.get(shape.labelId);
    if (group === undefined) groups.set(shape.labelId, [shape]);
    else group.push(shape);
  }
  return groups;
}

export interface Click {
  readonly cid: Cid;
  /** Ctrl, or Command on a Mac: add to or take from what is selected. */
  readonly ctrl: boolean;
  /** From the anchor to here. */
  readonly shift: boolean;
}

/** What is selected after a click on a row; `anchor` is the row that was last clicked without Shift. */
export function selectRows(
  rows: readonly Shape[],
  selected: ReadonlySet<Cid>,
  anchor: Cid | undefined,
  { cid, ctrl, shift }: Click,
): readonly Cid[] {
  const from = shift ? rows.findIndex((row) => row.cid === anchor) : -1;
  if (from >= 0) {
    const to = rows.findIndex((row) => row.cid === cid);
    const span = rows.slice(Math.min(from, to), Math.max(from, to) + 1).map((row) => row.cid);
    return ctrl ? [...new Set([...selected, ...span])] : span;
  }
  if (!ctrl) return [cid];
  return selected.has(cid) ? [...selected].filter((each) => each !== cid) : [...selected, cid];
}
