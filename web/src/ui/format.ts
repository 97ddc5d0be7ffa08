/** Numbers, sizes and times as the language shown writes them. */

import { type Key, locale, t } from "../i18n";

/** What is counted: the part of its keys before the form. */
export type Counted = Key extends infer Each ? (Each extends `${infer Base}.one` ? Base : never) : never;

/** `count` things: the text `{base}.one` or `{base}.other`, with `{count}` filled in. */
export function counted(base: Counted, count: number, params: Record<string, string | number> = {}): string {
  const form = new Intl.PluralRules(locale.value).select(count) === "one" ? "one" : "other";
  return t(`${base}.${form}` as Key, { ...params, count: number(count) });
}

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale.value, { maximumFractionDigits: digits }).format(value);
}

export function percent(fraction: number): string {
  return new Intl.NumberFormat(locale.value, { style: "percent" }).format(fraction);
}

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** A size in decimal units, three digits at most before the unit rises: "1.2 MB". */
export function bytes(size: number): string {
  let value = size;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${number(value, unit > 0 && value < 100 ? 1 : 0)} ${UNITS[unit]}`;
}

const SPANS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** How long ago `date` (ISO 8601) was: "2 hours ago". */
export function age(date: string, nowMs: number = Date.now()): string {
  const seconds = (Date.parse(date) - nowMs) / 1000;
  const [unit, length] = SPANS.find(([, span]) => Math.abs(seconds) >= span) ?? ["minute", 60];
  const format = new Intl.RelativeTimeFormat(locale.value, { numeric: "auto" });
  return Math.abs(seconds) < 60 ? t("age.now") : format.format(Math.trunc(seconds / length), unit);
}

/** The moment of `date` (ISO 8601) in full. */
export function moment(date: string): string {
  return new Intl.DateTimeFormat(locale.value, { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(date),
  );
}

/** A span of time in its greatest unit and the next: "2 min 5 s". */
export function span(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  const parts: readonly [string, number][] = [
    ["hour", Math.floor(whole / 3600)],
    ["minute", Math.floor(whole / 60) % 60],
    ["second", whole % 60],
  ];
  const first = parts.findIndex(([, value]) => value > 0);
  return parts
    .slice(first, first + 2)
    .filter(([, value]) => value > 0)
    .map(([unit, value]) =>
      new Intl.NumberFormat(locale.value, { style: "unit", unit, unitDisplay: "short" }).format(value),
    )
    .join(" ");
}
