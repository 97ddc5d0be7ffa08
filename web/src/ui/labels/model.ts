/** Labels as they are edited: before they are stored, and changes of stored ones. */

import { type InputType, labelFromWire, type WireLabel } from "../../core/model";

export const INPUT_TYPES: readonly InputType[] = ["select", "radio", "checkbox", "number", "text"];

export interface EditedAttribute {
  /** Undefined until the server has it. */
  readonly id: number | undefined;
  readonly name: string;
  readonly inputType: InputType;
  /** The choices; for a number: least, most, step. */
  readonly values: readonly string[];
  readonly defaultValue: string;
  readonly mutable: boolean;
}

export interface EditedLabel {
  /** Undefined until the server has it. */
  readonly id: number | undefined;
  readonly name: string;
  /** `#rrggbb`. */
  readonly color: string;
  readonly attributes: readonly EditedAttribute[];
}

/** A label as the person finds it in the editor. */
export function editedLabel(wire: WireLabel): EditedLabel {
  return labelFromWire(wire);
}

/** The element of `labels` in a POST or PATCH of a task. */
export function labelToWire(label: EditedLabel): Record<string, unknown> {
  return {
    ...(label.id === undefined ? {} : { id: label.id }),
    name: label.name,
    color: label.color,
    attributes: label.attributes.map((each) => ({
      ...(each.id === undefined ? {} : { id: each.id }),
      name: each.name,
      mutable: each.mutable,
      input_type: each.inputType,
      default_value: each.defaultValue,
      values: each.values,
    })),
  };
}

/**
 * Colours one can tell apart, also of neighbours, on photographs and in both themes; the first are the ones told
 * apart best by people who see few colours (after Okabe and Ito 2008).
 */
export const COLORS: readonly string[] = [
  "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#8c6bff",
  "#e6194b", "#3cb44b", "#42d4f4", "#f032e6", "#bfef45", "#9a6324", "#469990", "#fabed4",
  "#808000", "#000075", "#aaffc3", "#800000", "#dcbeff", "#ffd8b1", "#4363d8", "#a9a9a9",
]; // biome-ignore format: as a table

/** A colour for one more label: the first of ours that is used least. */
export function nextColor(used: readonly string[]): string {
  const counts = new Map(COLORS.map((color) => [color, 0]));
  for (const color of used) {
    const count = counts.get(color.toLowerCase());
    if (count !== undefined) counts.set(color.toLowerCase(), count + 1);
  }
  const least = Math.min(...counts.values());
  return [...counts].find(([, count]) => count === least)?.[0] ?? "#e69f00";
}

/** New labels of these names, each with a colour of its own. */
export function newLabels(names: readonly string[], beside: readonly EditedLabel[]): readonly EditedLabel[] {
  const used = beside.map((label) => label.color);
  return names.map((name) => {
    const color = nextColor(used);
    used.push(color);
    return { id: undefined, name, color, attributes: [] };
  });
}
