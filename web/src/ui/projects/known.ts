/** The projects whose tasks are shown: their names, and their people, who have rights on the tasks. */

import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError } from "../../api";
import { session } from "../../session";
import { readProject, type WireProject } from "./wire";

/** By id; undefined for those that could not be had: a reviewer of a task does not see its project. */
const known = signal<ReadonlyMap<number, WireProject | undefined>>(new Map());
const asked = new Set<number>();

// What somebody else may see is none of the next one's business.
effect(() => {
  if (session.value.name !== "signed-out") return;
  known.value = new Map();
  asked.clear();
});

/** The project with the id, as far as it is known now; null is that of no project. */
export function knownProject(id: number | null): WireProject | undefined {
  return id === null ? undefined : known.value.get(id);
}

/** Remember the newest of a project. */
export function noteProject(project: WireProject): void {
  known.value = new Map(known.peek()).set(project.id, project);
}

/** The project with the id, once it is known; it is asked for if it is not yet. */
export function useProject(id: number | null): WireProject | undefined {
  useEffect(() => {
    if (id === null || asked.has(id)) return;
    asked.add(id);
    // What the server refused is not asked for again; what it did not answer is.
    readProject(id).then(noteProject, (error: unknown) => {
      if (error instanceof ApiError) known.value = new Map(known.peek()).set(id, undefined);
      else asked.delete(id);
    });
  }, [id]);
  return knownProject(id);
}
