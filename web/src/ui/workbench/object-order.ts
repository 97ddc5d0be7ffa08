/** Which objects the list shows, in which order, and what a click in it selects. Pure. */

import { type PinyinIndex, searchLabels } from "../../core/label-search";
import { type Annotation, type Cid, isShape, isTag, type Label, type Shape } from "../../core/model";
import { readingOrder, textOf } from "../../core/texts";

/** Topmost first, undermost first, by label in the labels' order (topmost first within each), or as a page is read. */
export const OBJECT_ORDERS = ["top", "bottom", "label", "reading"] as const;
export type ObjectOrder = (typeof OBJECT_ORDERS)[number];

export interface ListOptions {
  readonly order: ObjectOrder;
  /** Only objects whose label's name this meets, whose number it is, or whose text has it; blank: all. */
  readonly filter: string;
  readonly pinyin?: PinyinIndex | undefined;
}

/** The rows for `objects`, given undermost first and tags last. Linear in their number, but for the order of reading. */
export function listObjects(
  objects: readonly Annotation[],
  labels: ReadonlyMap<number, Label>,
  { order, filter, pinyin }: ListOptions,
): readonly Annotation[] {
  const shown = filter.trim() === "" ? objects : filtered(objects, labels, filter.trim(), pinyin);
  if (order === "bottom") return shown;
  if (order === "reading") return [...shown.filter(isTag), ...readingOrder(shown.filter(isShape))];
  const fromTop = shown.toReversed();
  return order === "top" ? fromTop : byLabel(fromTop, labels);
}

function filtered(
  objects: readonly Annotation[],
  labels: ReadonlyMap<number, Label>,
  filter: string,
  pinyin: PinyinIndex | undefined,
): readonly Annotation[] {
  const met = new Set(
    searchLabels([...labels.values()], filter, { pinyin, gaps: false }).map(({ label }) => label.id),
  );
  const number = filter.replace(/^#/, "");
  const text = filter.toLowerCase();
  return objects.filter(
    (object) =>
      met.has(object.labelId) ||
      String(object.id) === number ||
      textOf(object, labels.get(object.labelId))?.toLowerCase().includes(text),
  );
}

function byLabel(objects: readonly Annotation[], labels: ReadonlyMap<number, Label>): readonly Annotation[] {
  const groups = groupByLabel(objects);
  const known = [...labels.keys()].map((id) => groups.get(id) ?? []);
  const unknown = [...groups].filter(([id]) => !labels.has(id)).map(([, group]) => group);
  return [...known, ...unknown].flat();
}

/** Objects by label id, in their order. */
export function groupByLabel<Kind extends Annotation>(
  objects: readonly Kind[],
): ReadonlyMap<number, readonly Kind[]> {
  const groups = new Map<number, Kind[]>();
  for (const object of objects) {
    const group = groups.get(object.labelId);
    if (group === undefined) groups.set(object.labelId, [object]);
    else group.push(object);
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
  rows: readonly Annotation[],
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

/** The shape after the selected one, or before it, round the ends; undefined when there is none. */
export function nextShape(
  shapes: readonly Shape[],
  selected: ReadonlySet<Cid>,
  direction: 1 | -1,
): Shape | undefined {
  const at = shapes.findIndex((shape) => selected.has(shape.cid));
  if (at < 0) return shapes.at(direction === 1 ? 0 : -1);
  return shapes[(at + direction + shapes.length) % shapes.length];
}
