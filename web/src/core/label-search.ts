/**
 * Finding a label by what a person types: parts of its name, its words' first letters, and pinyin for Chinese.
 *
 * Names and queries are compared without case, accents and the width of their letters. Pinyin knows every reading
 * of a character, so heteronyms are found by any of them.
 */

import type { Label } from "./model";

/** Part of a name, from `start` up to but not including `end`, in UTF-16 units. */
export type NameRange = readonly [start: number, end: number];

export interface LabelMatch {
  readonly label: Label;
  /** What of the name the query met, in order, none touching the next; empty when the query is. */
  readonly ranges: readonly NameRange[];
}

/** The readings of Han characters, without tones, `ü` as `v`. */
export type PinyinIndex = ReadonlyMap<string, readonly string[]>;

export interface SearchOptions {
  /** Without it, Chinese names are found by their characters alone. */
  readonly pinyin?: PinyinIndex | undefined;
  /** Whether letters may be met with gaps between them, as `crt` meets cart. Default true. */
  readonly gaps?: boolean;
}

/** How well a query meets a name, best first. Labels of one rank keep their order. */
const RANKS = [
  "exact",
  "prefix",
  "spoken",
  "spoken-prefix",
  "word",
  "spoken-inside",
  "inside",
  "words",
  "gaps",
] as const;
type Rank = (typeof RANKS)[number];
interface Found {
  readonly rank: Rank;
  readonly ranges: readonly NameRange[];
}

/** The labels that `query` meets, best first; all of them, in their order, when it is blank. */
export function searchLabels(
  labels: readonly Label[],
  query: string,
  options: SearchOptions = {},
): readonly LabelMatch[] {
  const wanted = fold(query).text.trim();
  if (wanted === "") return labels.map((label) => ({ label, ranges: [] }));
  const byRank = new Map<Rank, LabelMatch[]>(RANKS.map((rank) => [rank, []]));
  for (const label of labels) {
    const found = meet(preparedOf(label, options.pinyin), wanted, options.gaps ?? true);
    if (found !== undefined) byRank.get(found.rank)?.push({ label, ranges: found.ranges });
  }
  return [...byRank.values()].flat();
}

/** Whether two names are the same to someone who reads them: case, accents and outer blanks aside. */
export function sameName(a: string, b: string): boolean {
  return fold(a).text.trim() === fold(b).text.trim();
}

const HAN = /\p{Script=Han}/u;

/** Whether pinyin is of any use for these labels. */
export function needsPinyin(labels: readonly Label[]): boolean {
  return labels.some((label) => HAN.test(label.name));
}

/** Read the Han characters of `labels`. Fetches the dictionary (140 KB) the first time. */
export async function loadPinyin(labels: readonly Label[]): Promise<PinyinIndex> {
  const { pinyin } = await import("pinyin-pro");
  const index = new Map<string, readonly string[]>();
  for (const label of labels) {
    for (const character of label.name) {
      if (index.has(character) || !HAN.test(character)) continue;
      const read = pinyin(character, { multiple: true, toneType: "none", type: "array", v: true });
      // Some type lü as lu: the letter is on no keyboard.
      index.set(character, [...new Set(read.flatMap((syllable) => [syllable, syllable.replace("v", "u")]))]);
    }
  }
  return index;
}

/** The keys 1–9 by label id: those of the first nine labels. */
export function labelDigits(labels: readonly Label[]): ReadonlyMap<number, number> {
  return new Map(labels.slice(0, 9).map((label, index) => [label.id, index + 1]));
}

/** `recent` with `labelId` at its front, the last few kept. */
export function withRecent(recent: readonly number[], labelId: number): readonly number[] {
  return [labelId, ...recent.filter((id) => id !== labelId)].slice(0, 5);
}

/** A name made ready to be searched. */
interface Prepared {
  readonly folded: Folded;
  readonly words: readonly Word[];
  readonly pinyin: PinyinIndex | undefined;
}

/** What was made ready already: a key typed costs a fifth. Labels are never changed in place. */
const PREPARED = new WeakMap<Label, Prepared>();

function preparedOf(label: Label, pinyin: PinyinIndex | undefined): Prepared {
  const before = PREPARED.get(label);
  if (before !== undefined && before.pinyin === pinyin) return before;
  const folded = fold(label.name);
  const prepared = { folded, words: wordsOf(label.name, folded, pinyin), pinyin };
  PREPARED.set(label, prepared);
  return prepared;
}

function meet(name: Prepared, wanted: string, gaps: boolean): Found | undefined {
  const literal = meetLiteral(name, wanted);
  if (literal !== undefined && literal.rank !== "inside") return literal;
  const tight = wanted.replace(/[\s'’]+/g, "");
  return (
    meetSpoken(name.words, tight) ??
    literal ??
    meetEach(name, wanted) ??
    (gaps ? meetWithGaps(name, tight) : undefined)
  );
}

// ---- folding

interface Folded {
  /** Letters to compare by. */
  readonly text: string;
  /** The range in the name of each unit of `text`; undefined when both count alike. */
  readonly origin: readonly NameRange[] | undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant
const ASCII = /^[\x00-\x7f]*$/;

function fold(name: string): Folded {
  if (ASCII.test(name)) return { text: name.toLowerCase(), origin: undefined };
  let text = "";
  const origin: [number, number][] = [];
  let at = 0;
  for (const character of name) {
    const end = at + character.length;
    const letters = character.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    const last = origin.at(-1);
    if (letters === "" && last !== undefined) last[1] = end;
    for (let index = 0; index < letters.length; index += 1) origin.push([at, end]);
    text += letters;
    at = end;
  }
  return { text, origin };
}

/** The ranges of the name for units `from` up to `to` of its folded text. */
function unfold(folded: Folded, from: number, to: number): NameRange {
  if (folded.origin === undefined) return [from, to];
  return [folded.origin[from]?.[0] ?? 0, folded.origin[to - 1]?.[1] ?? 0];
}

/** Ranges in order, those that touch or overlap made one. */
function merged(ranges: readonly NameRange[]): readonly NameRange[] {
  const result: [number, number][] = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

// ---- words

/** A word of a name, or one Han character, and what a person may type for it. */
interface Word {
  /** Where it starts in the folded text. */
  readonly at: number;
  readonly readings: readonly string[];
  /** The part of the name that `length` letters of a reading stand for. */
  readonly range: (length: number) => NameRange;
}

/** A Han character, ABBREVIATION, Word or word, number. */
const WORD =
  /\p{Script=Han}|\p{Lu}+(?!\p{Ll})|\p{Lu}?(?:(?!\p{Script=Han}|\p{Lu})[\p{L}\p{M}])+|\p{Lu}|\p{N}+/gu;

function wordsOf(name: string, folded: Folded, pinyin: PinyinIndex | undefined): readonly Word[] {
  const words: Word[] = [];
  for (const match of name.matchAll(WORD)) {
    const [start, end] = [match.index, match.index + match[0].length];
    const at = folded.origin === undefined ? start : folded.origin.findIndex((range) => range[0] >= start);
    if (at < 0) continue;
    if (HAN.test(match[0])) {
      const readings = [match[0], ...(pinyin?.get(match[0]) ?? [])];
      words.push({ at, readings, range: () => [start, end] });
    } else {
      const readings = [fold(match[0]).text];
      words.push({ at, readings, range: (length) => unfold(folded, at, at + length) });
    }
  }
  return words;
}

// ---- the ways to meet

function meetLiteral({ folded, words }: Prepared, wanted: string): Found | undefined {
  const first = folded.text.indexOf(wanted);
  if (first < 0) return undefined;
  const found = (rank: Rank, at: number): Found => ({
    rank,
    ranges: [unfold(folded, at, at + wanted.length)],
  });
  if (folded.text.trim() === wanted) return found("exact", first);
  if (first === 0) return found("prefix", first);
  for (let at = first; at >= 0; at = folded.text.indexOf(wanted, at + 1)) {
    if (words.some((word) => word.at === at)) return found("word", at);
  }
  return found("inside", first);
}

/** Neighbouring words, each by some first letters: `qiche`, `qc` and `qche` meet 汽车, `parkl` meets parking lot. */
function meetSpoken(words: readonly Word[], wanted: string): Found | undefined {
  for (let first = 0; first < words.length; first += 1) {
    if (!words[first]?.readings.some((reading) => reading[0] === wanted[0])) continue;
    const path = speak(words, first, wanted, false);
    if (path === undefined) continue;
    const whole = first === 0 && path.length === words.length;
    const rank = whole ? "spoken" : first === 0 ? "spoken-prefix" : "spoken-inside";
    return { rank, ranges: merged(path) };
  }
  return undefined;
}

/** The ranges of words from `first` on that together spell `wanted`; with `skips`, words may be left out. */
function speak(
  words: readonly Word[],
  first: number,
  wanted: string,
  skips: boolean,
): readonly NameRange[] | undefined {
  // Places known to lead nowhere; made late, as most attempts end at their first letter.
  let dead: Set<number> | undefined;
  const from = (index: number, at: number): readonly NameRange[] | undefined => {
    if (at === wanted.length) return [];
    const word = words[index];
    const place = index * (wanted.length + 1) + at;
    if (word === undefined || dead?.has(place)) return undefined;
    for (const reading of word.readings) {
      for (let length = shared(reading, wanted, at); length > 0; length -= 1) {
        const rest = from(index + 1, at + length);
        if (rest !== undefined) return [word.range(length), ...rest];
      }
    }
    const later = skips ? from(index + 1, at) : undefined;
    if (later === undefined) {
      dead ??= new Set();
      dead.add(place);
    }
    return later;
  };
  return from(first, 0);
}

/** How many letters `reading` has in common with `wanted` from `at` on. */
function shared(reading: string, wanted: string, at: number): number {
  let length = 0;
  while (length < reading.length && reading[length] === wanted[at + length]) length += 1;
  return length;
}

/** Each word of the query somewhere, in any order: `light red` meets Red traffic light. */
function meetEach(name: Prepared, wanted: string): Found | undefined {
  const parts = wanted.split(/\s+/);
  if (parts.length === 1) return undefined;
  const ranges: NameRange[] = [];
  for (const part of parts) {
    const found = meetLiteral(name, part) ?? meetSpoken(name.words, part);
    if (found === undefined) return undefined;
    ranges.push(...found.ranges);
  }
  return { rank: "words", ranges: merged(ranges) };
}

/** First letters of some of the words, or else letters anywhere, in order. */
function meetWithGaps({ folded, words }: Prepared, wanted: string): Found | undefined {
  const spoken = speak(words, 0, wanted, true);
  if (spoken !== undefined) return { rank: "gaps", ranges: merged(spoken) };
  const ranges: NameRange[] = [];
  let at = 0;
  for (const letter of wanted) {
    const found = folded.text.indexOf(letter, at);
    if (found < 0) return undefined;
    ranges.push(unfold(folded, found, found + letter.length));
    at = found + letter.length;
  }
  return { rank: "gaps", ranges: merged(ranges) };
}
