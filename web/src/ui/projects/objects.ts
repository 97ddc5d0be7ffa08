/** How far the work is and how many objects carry which label, as far as the server tells. */

import { readProgress as askProgress, type Progress } from "../statistics/wire";

export type { Progress as WorkProgress } from "../statistics/wire";

/** A task or project whose objects are counted. */
export interface Counted {
  readonly name: "task" | "project";
  readonly id: number;
}

/** Undefined if the server does not tell. */
export async function readProgress(
  { name, id }: Counted,
  signal = new AbortController().signal,
): Promise<Progress | undefined> {
  const scope = { project: undefined, task: undefined, job: undefined, user: undefined, [name]: id };
  try {
    return await askProgress(scope, signal);
  } catch {
    return undefined;
  }
}

/** No question waits longer for its numbers. */
const PATIENCE_MS = 2000;

/** Objects by the label's id in a task, or in all tasks of a project. */
export async function countObjects(of: Counted): Promise<ReadonlyMap<number, number> | undefined> {
  const progress = await readProgress(of, AbortSignal.timeout(PATIENCE_MS));
  return progress && new Map(progress.labels.map(({ id, objects }) => [id, objects]));
}
