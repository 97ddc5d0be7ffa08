/** Days as numbers since 1970-01-01, and the span of them an address asks for. */

const DAY_MS = 86_400_000;
export const PRESETS = [7, 30, 90] as const;
export type Preset = (typeof PRESETS)[number];
const USUAL: Preset = 30;
/** Longer spans are cut at their beginning: a plot has no room for more days. */
const MOST_DAYS = 3660;

/** Days `first` to `last`, both included; `preset` when they are the last so many until today. */
export interface Span {
  readonly first: number;
  readonly last: number;
  readonly preset: Preset | undefined;
}

/** The number of the day written as `2026-11-22`; undefined for what is no day. */
export function dayOf(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const moment = match === null ? Number.NaN : Date.parse(`${text}T00:00:00Z`);
  // Some engines take the 31st of a shorter month for the 1st of the next.
  return Number.isNaN(moment) || dayText(moment / DAY_MS) !== text ? undefined : moment / DAY_MS;
}

export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The zone of the person's clock. */
export const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** The day it is now in `zone`. */
export function today(zone: string, nowMs: number = Date.now()): number {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(nowMs);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? "";
  return dayOf(`${part("year")}-${part("month")}-${part("day")}`) ?? Math.floor(nowMs / DAY_MS);
}

/** What the names `days`, `from` and `to` of an address ask for; the last 30 days unless they say otherwise. */
export function readSpan(query: URLSearchParams, now: number): Span {
  const from = dayOf(query.get("from") ?? "");
  const to = dayOf(query.get("to") ?? "");
  if (from === undefined && to === undefined) {
    const preset = PRESETS.find((each) => String(each) === query.get("days")) ?? USUAL;
    return { first: now - preset + 1, last: now, preset };
  }
  const last = to ?? Math.max(now, from ?? now);
  const [first, end] = [from ?? last - USUAL + 1, last].sort((a, b) => a - b) as [number, number];
  return { first: Math.max(first, end - MOST_DAYS + 1), last: end, preset: undefined };
}

/** The names of the address that ask for `preset`; the usual one needs none. */
export function presetQuery(preset: Preset): Readonly<Record<string, string | undefined>> {
  return { days: preset === USUAL ? undefined : String(preset), from: undefined, to: undefined };
}

/** Every so many days, a whole number of times below `most` in a span, counted from its end. */
export function daySplits(first: number, last: number, most: number): readonly number[] {
  const count = last - first + 1;
  const step =
    [1, 2, 3, 7, 14, 21, 28, 42, 56, 91, 182, 364].find((each) => count / each <= most) ??
    Math.ceil(count / most);
  const splits: number[] = [];
  for (let day = last; day >= first; day -= step) splits.unshift(day);
  return splits;
}
