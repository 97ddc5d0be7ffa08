/** How far the work is and how many objects carry which label, as far as the server tells. */

import { call } from "../../api";
import type { Status } from "../tasks/wire";

/** A task or project whose objects are counted. */
export interface Counted {
  readonly name: "task" | "project";
  readonly id: number;
}

export interface WorkProgress {
  readonly jobs: Readonly<Record<Status, number>>;
  readonly labels: readonly { readonly id: number; readonly objects: number }[];
  /** The tasks of a project, the jobs of a task. */
  readonly parts: readonly {
    readonly id: number;
    readonly frames_with_objects: number;
    readonly objects: number;
  }[];
}

/** Undefined if the server does not tell: pages then do without numbers. */
export async function readProgress(of: Counted): Promise<WorkProgress | undefined> {
  try {
    return await call<WorkProgress>("GET", "/statistics/progress", { query: { [`${of.name}_id`]: of.id } });
  } catch {
    return undefined;
  }
}

/** Objects by the label's id in a task, or in all tasks of a project. */
export async function countObjects(of: Counted): Promise<ReadonlyMap<number, number> | undefined> {
  const progress = await readProgress(of);
  return progress && new Map(progress.labels.map(({ id, objects }) => [id, objects]));
}
