/** The texts of OCR: which attribute holds them, and in which order they are read. */

import type { Annotation, Attribute, Box, Label, Shape } from "./model";
import { shapeTypes } from "./types";

/** What the attribute of the text is called, unless somebody called it otherwise (contract of the platform, 4). */
const TEXT_NAME = "value";

/** The attribute of `label` that is the text itself: the text attribute `value`, else its first text attribute. */
export function textAttribute(label: Label | undefined): Attribute | undefined {
  const texts = label?.attributes.filter(({ inputType }) => inputType === "text") ?? [];
  return texts.find(({ name }) => name === TEXT_NAME) ?? texts[0];
}

/** A label that bears texts, and the attribute that holds them. */
export interface TextLabel {
  readonly label: Label;
  readonly attribute: Attribute;
}

/** The label for texts: the first that has a text attribute `value`, else the first that has any text attribute. */
export function textLabel(labels: Iterable<Label>): TextLabel | undefined {
  const bearing = [...labels].flatMap((label) => {
    const attribute = textAttribute(label);
    return attribute === undefined ? [] : [{ label, attribute }];
  });
  return bearing.find(({ attribute }) => attribute.name === TEXT_NAME) ?? bearing[0];
}

/** The text of an object of `label`; undefined when that bears none. */
export function textOf(object: Annotation, label: Label | undefined): string | undefined {
  const attribute = textAttribute(label);
  return attribute === undefined ? undefined : (object.attributes[attribute.id] ?? attribute.defaultValue);
}

/** A box so many times as high as another is no neighbour in a row: it stands beside several of them. */
const TALL = 3;
/** So many rows back a box may still belong to: what stands beside them came in between. */
const LOOK_BACK = 4;

/** `shapes` as a page is read: rows from the top, each from the left. */
export function readingOrder(shapes: readonly Shape[]): readonly Shape[] {
  const placed = shapes
    .map((shape) => ({ shape, box: shapeTypes[shape.type].bounds(shape.points) }))
    .sort((a, b) => middle(a.box) - middle(b.box));
  const rows: { box: Box; shape: Shape }[][] = [];
  for (const each of placed) {
    const row = rows.slice(-LOOK_BACK).findLast((row) => row.some(({ box }) => shareRow(box, each.box)));
    if (row === undefined) rows.push([each]);
    else row.push(each);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.box.left - b.box.left).map(({ shape }) => shape));
}

function middle({ top, bottom }: Box): number {
  return (top + bottom) / 2;
}

/** Whether half of the lower of two boxes, or more, lies at the height of the other. */
function shareRow(a: Box, b: Box): boolean {
  const [low, high] = [a.bottom - a.top, b.bottom - b.top].sort((one, other) => one - other) as [
    number,
    number,
  ];
  const shared = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return shared >= low / 2 && high <= TALL * Math.max(low, 1);
}
