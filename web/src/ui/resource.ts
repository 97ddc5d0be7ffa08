/** What a page shows of the server: asked for, awaited, shown, or not to be had. */

import { useSignal, useSignalEffect } from "@preact/signals";
import { useCallback, useEffect, useRef } from "preact/hooks";
import { reachable, withSignIn } from "../session";

export type State<Value> =
  | { name: "loading" }
  | { name: "ready"; value: Value }
  | { name: "failed"; error: unknown };

export interface Resource<Value> {
  readonly state: State<Value>;
  /** Ask again; what is shown stays until the answer is there. */
  reload(): Promise<void>;
  /** Show what is known to be the newest. */
  set(value: Value): void;
}

/**
 * What `load` answers, asked anew when `key` changes, on `reload`, and when the server is back after it was not
 * there. A 401 has the person sign in over the page.
 */
export function useResource<Value>(
  key: string,
  load: (signal: AbortSignal) => Promise<Value>,
): Resource<Value> {
  const state = useSignal<State<Value>>({ name: "loading" });
  const flight = useRef<AbortController>(undefined);
  const newest = useRef(load);
  newest.current = load;
  const reload = useCallback(async (): Promise<void> => {
    flight.current?.abort();
    const own = new AbortController();
    flight.current = own;
    try {
      const value = await withSignIn(() => newest.current(own.signal));
      if (!own.signal.aborted) state.value = { name: "ready", value };
    } catch (error) {
      if (!own.signal.aborted) state.value = { name: "failed", error };
    }
  }, [state]);
  useEffect(() => {
    void reload();
    return () => flight.current?.abort();
  }, [key, reload]);
  useSignalEffect(() => {
    if (reachable.value && state.peek().name === "failed") void reload();
  });
  return {
    state: state.value,
    reload,
    set: (value) => {
      state.value = { name: "ready", value };
    },
  };
}
