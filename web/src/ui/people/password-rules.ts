/** What a new password must be, as far as the browser can tell: the server has the last word. */

export const RULES = ["length", "digits", "similar", "common", "same"] as const;
export type Rule = (typeof RULES)[number];
/** `open`: nothing can be said yet, or only the server can. */
export type Verdict = "kept" | "broken" | "open";

const LEAST = 8;
/** From this likeness on a password repeats something of its owner (API v1 contract, 3.3). */
const SIMILAR = 0.7;

/** How `password`, typed `again`, stands to each rule; `about` is what is known of its owner. */
export function judge(password: string, again: string, about: readonly string[]): Record<Rule, Verdict> {
  const told = (isKept: boolean): Verdict => (isKept ? "kept" : "broken");
  const typed = password !== "";
  const known = about.filter((each) => each !== "");
  return {
    length: typed ? told([...password].length >= LEAST) : "open",
    digits: typed ? told(!/^\p{Nd}+$/u.test(password)) : "open",
    similar: typed && known.length > 0 ? told(!known.some((each) => isSimilar(password, each))) : "open",
    common: "open",
    same: typed && again !== "" ? told(password === again) : "open",
  };
}

/** Whether the password resembles a value of its owner, or a part of it. */
function isSimilar(password: string, value: string): boolean {
  const lowered = password.toLowerCase();
  const whole = value.toLowerCase();
  const parts = whole.split(/[^\p{L}\p{N}_]+/u).filter((part) => part !== "");
  return [...parts, whole].some((part) => likeness(lowered, part) >= SIMILAR);
}

/** The share of letters two texts have in common, in any order (`quick_ratio` of Python's difflib). */
function likeness(a: string, b: string): number {
  const left = new Map<string, number>();
  for (const letter of b) left.set(letter, (left.get(letter) ?? 0) + 1);
  let shared = 0;
  for (const letter of a) {
    const count = left.get(letter) ?? 0;
    left.set(letter, count - 1);
    if (count > 0) shared += 1;
  }
  return (2 * shared) / ([...a].length + [...b].length);
}
