/** Amounts of time and days as people read them. */

import { locale } from "../../i18n";
import { number, span } from "../format";

const DAY_MS = 86_400_000;

function inUnit(value: number, unit: "second" | "minute" | "hour", digits = 0): string {
  return new Intl.NumberFormat(locale.value, {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: digits,
  }).format(value);
}

/** "2 hr 5 min"; nothing is 0 minutes. */
export function duration(seconds: number): string {
  return seconds < 0.5 ? inUnit(0, "minute") : span(seconds);
}

/** What one object took: "3.4 sec", or as `duration` from a minute on. */
export function pace(seconds: number): string {
  return seconds < 59.95 ? inUnit(seconds, "second", seconds < 10 ? 1 : 0) : duration(seconds);
}

export function minutesText(minutes: number): string {
  return duration(minutes * 60);
}

/** Minutes at an axis: in hours from one on. */
export function minutesShort(minutes: number): string {
  return minutes >= 60 ? inUnit(minutes / 60, "hour", 1) : inUnit(minutes, "minute");
}

export function secondsShort(seconds: number): string {
  return seconds >= 60 ? inUnit(seconds / 60, "minute", 1) : inUnit(seconds, "second", 1);
}

export function countText(count: number): string {
  return number(count, count < 10 ? 1 : 0);
}

/** How a day is written: at an axis, at one over years, in full. */
export type DayForm = "short" | "month" | "long";

const DAY_FORMS: Readonly<Record<DayForm, Intl.DateTimeFormatOptions>> = {
  short: { month: "short", day: "numeric" },
  month: { year: "numeric", month: "short" },
  long: { year: "numeric", month: "short", day: "numeric", weekday: "short" },
};

/** The day of that number (since 1970-01-01). */
export function dayName(day: number, form: DayForm): string {
  return new Intl.DateTimeFormat(locale.value, { ...DAY_FORMS[form], timeZone: "UTC" }).format(day * DAY_MS);
}

const decades = (steps: readonly number[], from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, power) =>
    steps.map((step) => step * 10 ** (from + power)),
  ).flat();

/** Steps an axis may have. */
export const COUNT_STEPS: readonly number[] = decades([1, 2, 5], 0, 7);
export const MINUTE_STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 3, 4, 6, 8, 12, 24, 48, ...decades([1, 2, 5], 2, 5)].map((hours) => hours * 60),
];
export const SECOND_STEPS: readonly number[] = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30, 60, 120, 240, 600].map((minutes) => minutes * 60),
];
