/** What a reviewer wrote last, to be said again with one click. */

import { browserStorage } from "./drafts";

const OFFERED = 3;
const LONGEST = 60;

/** A message by its beginning, where there is room for one line alone. */
export function shortened(message: string): string {
  const line = message.replace(/\s+/g, " ");
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/** The three latest different messages of a person: those noted in this browser, then `others`, newest first. */
export function latestMessages(
  userId: number,
  others: readonly string[],
  storage: Storage | undefined = browserStorage(),
): readonly string[] {
  return distinct([...noted(userId, storage), ...others]).slice(0, OFFERED);
}

export function noteMessage(
  userId: number,
  message: string,
  storage: Storage | undefined = browserStorage(),
): void {
  const latest = distinct([message, ...noted(userId, storage)]).slice(0, OFFERED);
  try {
    storage?.setItem(nameOf(userId), JSON.stringify(latest));
  } catch {
    // Full, or switched off: then it is not offered again.
  }
}

function noted(userId: number, storage: Storage | undefined): readonly string[] {
  try {
    const found: unknown = JSON.parse(storage?.getItem(nameOf(userId)) ?? "[]");
    return Array.isArray(found) ? found.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}

function distinct(messages: readonly string[]): readonly string[] {
  return [...new Set(messages.map((each) => each.trim()).filter((each) => each !== ""))];
}

const nameOf = (userId: number): string => `labelwright.review.messages|${userId}`;
