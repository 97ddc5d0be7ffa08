/** What a page before left behind: what of it can go on, and what cannot, because its frames were exchanged. */

import { ApiError } from "../api";
import type { Cid } from "../core/model";
import { sendFlight } from "./flight";
import type { Journal, Journaled, OnFrames } from "./journal";
import { type Loaded, loadJob } from "./load";
import { same } from "./merge";
import { type Flight, failureOf, type Landing, type Unsaved } from "./request";

/** What the person is to be told of a journal. */
export interface Told {
  /** How many objects it holds of the frames that the task has now. */
  readonly restored: number;
  /** Objects of other frames: their numbers may mean other images now, so they must not be sent. */
  readonly stranded: readonly Cid[];
  /** How many of those are not on the server as they were left. */
  readonly lost: number;
}

/** What a journal holds of the frames that the task has now, and what the server has. */
export interface Found extends Told, Journaled {
  readonly loaded: Loaded;
  /** The answer to the journal's flight; undefined when it was not stored. */
  readonly landing: Landing | undefined;
}

/** Read the journal of a job, send its flight again and ask for what the server has. Raises as `send`. */
export async function findLeft(journal: Journal, jobId: number): Promise<Found> {
  const journaled = await journal.read();
  const landing = journaled.flight && (await resend(jobId, journaled.flight));
  const loaded = await loadJob(jobId);
  return { ...sortOut(journaled, landing, loaded.frames), loaded, landing };
}

/**
 * Send again what a page before had sent: it is not known whether it was stored. Undefined: it was not.
 *
 * No harm is in that when the frames were exchanged since: that raised the job's revision, so nothing is stored now.
 * What was stored before is answered for by the key, and is not lost.
 *
 * Raises when it stays unknown.
 */
async function resend(jobId: number, flight: Flight): Promise<Landing | undefined> {
  try {
    return await sendFlight(jobId, flight, { keepalive: false });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // 500 is our own server's: nothing was stored.
    const name = error.status === 500 ? "refused" : failureOf(error.status);
    if (name === "unknown" || name === "signed-out") throw error;
    return undefined;
  }
}

function sortOut(
  { unsaved, flight }: Journaled,
  landing: Landing | undefined,
  frames: number | undefined,
): Journaled & Told {
  const isHere = (noted: OnFrames<object>) => !differ(noted.frames, frames);
  const here = { unsaved: unsaved.filter(isHere), flight: flight && isHere(flight) ? flight : undefined };
  const stranded = unsaved.filter((each) => !isHere(each));
  const stored = new Map(landing && flight?.sent.map(({ cid, mine }) => [cid, mine]));
  const isLost = ({ cid, base, mine }: Unsaved) => !same(mine, stored.has(cid) ? stored.get(cid) : base);
  return {
    ...here,
    restored: new Set([...here.unsaved, ...(here.flight?.sent ?? [])].map(({ cid }) => cid)).size,
    stranded: stranded.map(({ cid }) => cid),
    lost: stranded.filter(isLost).length,
  };
}

/** Whether two numbers are of different frames, as far as that is known. */
export function differ(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}
