/** Issues, sent or not, as one list: in the order of their frames, and the way from one to the next. */

import { type Region, regionOf } from "../../core/regions";
import type { Person } from "../workbench/job";
import type { Draft } from "./drafts";
import type { WireComment, WireIssue } from "./wire";

/** An issue or a draft of one. */
export interface Entry {
  /** A draft's own, or `issue:` and the id. */
  readonly key: string;
  /** The server's; undefined for a draft. */
  readonly id: number | undefined;
  readonly frame: number;
  /** Undefined when the position says nothing. */
  readonly region: Region | undefined;
  readonly look: "draft" | "open" | "resolved";
  readonly owner: Person | null;
  readonly resolver: Person | null;
  readonly resolvedDate: string | null;
  readonly comments: readonly WireComment[];
  /** What it is about: its first comment. */
  readonly message: string;
}

export function entryOf(issue: WireIssue): Entry {
  return {
    key: `issue:${issue.id}`,
    id: issue.id,
    frame: issue.frame,
    region: regionOf(issue.position),
    // By its date: the account of whoever resolved it may be gone.
    look: issue.resolved_date === null ? "open" : "resolved",
    owner: issue.owner,
    resolver: issue.resolver,
    resolvedDate: issue.resolved_date,
    comments: issue.comment_set,
    message: issue.comment_set[0]?.message ?? "",
  };
}

export function entryOfDraft(draft: Draft): Entry {
  return {
    key: draft.key,
    id: undefined,
    frame: draft.frame,
    region: regionOf(draft.position),
    look: "draft",
    owner: null,
    resolver: null,
    resolvedDate: null,
    comments: [],
    message: draft.message,
  };
}

/** By frame; on one frame those of the server first, by age, then the drafts as they were made. */
export function inOrder(issues: readonly Entry[], drafts: readonly Entry[]): readonly Entry[] {
  const byId = [...issues].sort((a, b) => (a.id ?? 0) - (b.id ?? 0));
  return [...byId, ...drafts].sort((a, b) => a.frame - b.frame);
}

/**
 * The entry to go to in `direction`: the one beside `current`, or, when none is opened, the first from `frame` on;
 * undefined at the end of the list.
 */
export function neighbour(
  entries: readonly Entry[],
  current: string | undefined,
  frame: number,
  direction: 1 | -1,
): Entry | undefined {
  const at = entries.findIndex(({ key }) => key === current);
  if (at >= 0) return entries[at + direction];
  return direction === 1
    ? entries.find((entry) => entry.frame >= frame)
    : entries.findLast((entry) => entry.frame <= frame);
}
