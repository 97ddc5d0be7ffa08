/** The rows of the label picker, and how the arrows go over them. Pure but for the language. */

import { type LabelMatch, sameName } from "../../core/label-search";
import type { Label } from "../../core/model";
import { t } from "../../i18n";

export type PickerRow =
  | { readonly name: "head"; readonly text: string }
  | { readonly name: "label"; readonly match: LabelMatch }
  | { readonly name: "create"; readonly label: string };

export interface PickerRowsOptions {
  readonly labels: readonly Label[];
  readonly query: string;
  readonly matches: readonly LabelMatch[];
  readonly recent: readonly number[];
  readonly canCreate: boolean;
}

/** The rows of the list: matches and the offer to create, or, without a query, what was used last and then all. */
export function pickerRows(options: PickerRowsOptions): readonly PickerRow[] {
  const { labels, query, matches, recent, canCreate } = options;
  const rows = matches.map((match): PickerRow => ({ name: "label", match }));
  const typed = query.trim();
  if (typed !== "") {
    const isKnown = labels.some((label) => sameName(label.name, typed));
    return canCreate && !isKnown ? [...rows, { name: "create", label: typed }] : rows;
  }
  const used = recent
    .map((id) => labels.find((label) => label.id === id))
    .filter((label) => label !== undefined)
    .map((label): PickerRow => ({ name: "label", match: { label, ranges: [] } }));
  if (used.length === 0 || labels.length <= used.length) return rows;
  return [
    { name: "head", text: t("picker.recent") },
    ...used,
    { name: "head", text: t("picker.all") },
    ...rows,
  ];
}

/** The row `by` away from `from`, heads left out, round the ends; `from` when there is none. */
export function nextRow(rows: readonly PickerRow[], from: number, by: 1 | -1): number {
  for (let step = 1; step <= rows.length; step += 1) {
    const index = (from + by * step + rows.length * 2) % rows.length;
    if (rows[index]?.name !== "head") return index;
  }
  return from;
}

/** The row a key goes to from row `at`; undefined when the key goes nowhere. */
export function targetRow(
  key: string,
  rows: readonly PickerRow[],
  at: number,
  page: number,
): number | undefined {
  switch (key) {
    case "ArrowDown":
      return nextRow(rows, at, 1);
    case "ArrowUp":
      return nextRow(rows, at, -1);
    case "PageDown":
      return nextRow(rows, Math.min(rows.length - 1, at + page) - 1, 1);
    case "PageUp":
      return nextRow(rows, Math.max(0, at - page) - 1, 1);
    default:
      return undefined;
  }
}
