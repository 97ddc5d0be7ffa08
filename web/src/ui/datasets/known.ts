/** The names of the datasets whose tasks are shown. */

import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError } from "../../api";
import { session } from "../../session";
import { mayRead, readDataset, type WireDataset } from "./wire";

const known = signal<ReadonlyMap<number, WireDataset>>(new Map());
const asked = new Set<number>();

// What somebody else may see is none of the next one's business.
effect(() => {
  if (session.value.name !== "signed-out") return;
  known.value = new Map();
  asked.clear();
});

/** Remember the newest of a dataset. */
export function noteDataset(dataset: WireDataset): void {
  known.value = new Map(known.peek()).set(dataset.id, dataset);
}

/** The dataset with the id, once it is known; it is asked for if it is not yet and may be read. Null is none. */
export function useDataset(id: number | null): WireDataset | undefined {
  const may = mayRead();
  useEffect(() => {
    if (id === null || !may || asked.has(id)) return;
    asked.add(id);
    // What the server refused is not asked for again; what it did not answer is.
    readDataset(id).then(noteDataset, (error: unknown) => {
      if (!(error instanceof ApiError)) asked.delete(id);
    });
  }, [id, may]);
  return id === null ? undefined : known.value.get(id);
}
