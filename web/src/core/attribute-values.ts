/** The values of attributes: what several shapes have in common, and which numbers are allowed. */

import type { Annotation, Attribute } from "./model";

/** The value of `attribute` that all `objects` have; undefined when they differ, or there are none. */
export function sharedValue(objects: readonly Annotation[], attribute: Attribute): string | undefined {
  return shared(objects, (object) => object.attributes[attribute.id] ?? attribute.defaultValue);
}

/** What `read` gives for every one of `objects`; undefined when they differ, or there are none. */
export function shared<Kind extends Annotation, Value>(
  objects: readonly Kind[],
  read: (object: Kind) => Value,
): Value | undefined {
  const [first, ...rest] = objects;
  if (first === undefined) return undefined;
  const value = read(first);
  return rest.every((object) => read(object) === value) ? value : undefined;
}

/** Whether the value of a checkbox means yes. */
export function isChecked(value: string): boolean {
  return value.trim().toLowerCase() === "true";
}

/** The numbers an attribute allows. */
export interface NumberRange {
  readonly least: number | undefined;
  readonly most: number | undefined;
  readonly step: number | undefined;
}

/** The range in an attribute's values: least, most, step. What is no number there limits nothing. */
export function numberRange({ values }: Pick<Attribute, "values">): NumberRange {
  const [least, most, step] = [0, 1, 2].map((index) => {
    const number = Number.parseFloat(values[index] ?? "");
    return Number.isFinite(number) ? number : undefined;
  });
  return { least, most, step: step !== undefined && step > 0 ? step : undefined };
}

export type NumberCheck =
  /** `value` is how it is stored. */
  | { readonly name: "fine"; readonly value: string }
  | { readonly name: "no-number" | "below" | "above" | "between-steps" };

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/;

/** Whether `text`, as typed, is a number in `range`. Full-width digits are digits. */
export function checkNumber(text: string, { least, most, step }: NumberRange): NumberCheck {
  const plain = text.normalize("NFKC").trim();
  if (!NUMBER.test(plain)) return { name: "no-number" };
  const number = Number(plain);
  if (least !== undefined && number < least) return { name: "below" };
  if (most !== undefined && number > most) return { name: "above" };
  if (step !== undefined) {
    const steps = (number - (least ?? 0)) / step;
    // Decimal steps such as 0.1 are not exact in binary.
    if (Math.abs(steps - Math.round(steps)) > 1e-6) return { name: "between-steps" };
  }
  return { name: "fine", value: String(number) };
}

/** The next number up (1) or down (-1) from `text`, kept in `range`; from no number, the least. */
export function stepNumber(text: string, direction: 1 | -1, { least, most, step }: NumberRange): string {
  const plain = text.normalize("NFKC").trim();
  if (!NUMBER.test(plain)) return String(least ?? 0);
  const by = step ?? 1;
  const base = least ?? 0;
  const steps = (Number(plain) - base) / by;
  const near = Math.round(steps);
  const next =
    Math.abs(steps - near) < 1e-6 ? near + direction : direction > 0 ? Math.ceil(steps) : Math.floor(steps);
  const decimals = Math.max(decimalsOf(by), decimalsOf(base));
  const number = Number((base + next * by).toFixed(decimals));
  return String(
    Math.min(most ?? Number.POSITIVE_INFINITY, Math.max(least ?? Number.NEGATIVE_INFINITY, number)),
  );
}

function decimalsOf(number: number): number {
  return /\.(\d+)$/.exec(String(number))?.[1]?.length ?? 0;
}
