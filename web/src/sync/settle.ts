/** What a person's choice in a conflict does. */

import type { Change } from "../core/document";
import type { Annotation } from "../core/model";
import { newName } from "./cargo";
import type { Choice, Conflict } from "./merge";

/** The change that `choice` asks for, of the object as it is `here`; undefined: none, mine is what was kept so far. */
export function settle(
  { cid, theirs }: Conflict,
  choice: Choice,
  here: Annotation | undefined,
): Change | undefined {
  if (choice === "mine") return undefined;
  if (theirs === undefined) return { put: [], remove: [cid] };
  const changed =
    choice === "both" ? { ...theirs, cid: newName(), id: undefined } : { ...theirs, cid, id: here?.id };
  return { put: [changed], remove: [] };
}
