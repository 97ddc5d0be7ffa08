/** How the saving stands, in words that the chip says. */

import type { Cid } from "../core/model";

/** Why nothing can be changed here. */
export type ReadOnlyReason =
  /** Another tab of this browser works on the job. */
  | "other-tab"
  /** The server says that the person may not. */
  | "forbidden"
  /** There is no such job any more. */
  | "gone"
  /** Somebody else signed in meanwhile. */
  | "other-person"
  /** The frames of the task were read anew: a number may mean another image than it does here. */
  | "frames";

/** `count` is how many objects differ from what the server has acknowledged. */
export type SyncState =
  | { readonly name: "saved"; readonly at: Date | undefined }
  | { readonly name: "waiting"; readonly count: number }
  | { readonly name: "saving"; readonly count: number }
  | { readonly name: "offline"; readonly count: number; readonly since: Date; readonly retryAt: Date }
  /** The server answers and cannot save now: its disk is full, say. */
  | { readonly name: "failing"; readonly count: number; readonly sentence: string; readonly retryAt: Date }
  /** All else is saved. */
  | { readonly name: "refused"; readonly count: number; readonly sentences: readonly string[] }
  | { readonly name: "signed-out"; readonly count: number }
  | {
      readonly name: "read-only";
      readonly count: number;
      readonly reason: ReadOnlyReason;
      readonly sentence: string;
    };

/** An object the server does not take as it is, and its sentence about it. */
export interface Refused {
  readonly cid: Cid;
  readonly sentence: string;
}

/** Why saving waits: no answer, or one that it cannot be done now. */
export interface Trouble {
  readonly name: "offline" | "failing";
  readonly sentence: string;
  readonly since: Date;
  readonly retryAt: Date;
}

/** A save that the server has acknowledged. */
export interface Save {
  readonly at: Date;
  readonly tookMs: number;
}

/** What the state follows from. */
export interface Facts {
  readonly count: number;
  readonly flying: boolean;
  readonly trouble: Trouble | undefined;
  readonly signedOut: boolean;
  readonly readOnly: { readonly reason: ReadOnlyReason; readonly sentence: string } | undefined;
  readonly refused: readonly Refused[];
  readonly lastSaved: Date | undefined;
}

export function stateOf(facts: Facts): SyncState {
  const { count, flying, trouble, refused } = facts;
  if (facts.readOnly !== undefined) return { name: "read-only", count, ...facts.readOnly };
  if (facts.signedOut) return { name: "signed-out", count };
  if (trouble?.name === "offline")
    return { name: "offline", count, since: trouble.since, retryAt: trouble.retryAt };
  if (trouble !== undefined)
    return { name: "failing", count, sentence: trouble.sentence, retryAt: trouble.retryAt };
  if (flying) return { name: "saving", count };
  if (count > refused.length) return { name: "waiting", count };
  if (count > 0) return { name: "refused", count, sentences: refused.map(({ sentence }) => sentence) };
  return { name: "saved", at: facts.lastSaved };
}
