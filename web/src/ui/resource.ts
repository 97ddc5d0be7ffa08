/** What a page shows of the server: asked for, awaited, shown, or not to be had. */

import { useSignal, useSignalEffect } from "@preact/signals";
import { useCallback, useEffect, useRef } from "preact/hooks";
import { Unreachable } from "../api";
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
  /** The key of what is shown, and whether the server was gone when it was asked for anew. */
  const shown = useRef<string>(undefined);
  const stale = useRef(false);
  const asked = useRef(key);
  asked.current = key;
  const reload = useCallback(async (): Promise<void> => {
    flight.current?.abort();
    const own = new AbortController();
    flight.current = own;
    try {
      const value = await withSignIn(() => newest.current(own.signal));
      if (own.signal.aborted) return;
      shown.current = asked.current;
      stale.current = false;
      state.value = { name: "ready", value };
    } catch (error) {
      if (own.signal.aborted) return;
      stale.current = error instanceof Unreachable;
      // What was known is better than nothing while the server is gone; a notice says that it is.
      if (!stale.current || shown.current !== asked.current) state.value = { name: "failed", error };
    }
  }, [state]);
  useEffect(() => {
    void reload();
    return () => flight.current?.abort();
  }, [key, reload]);
  useSignalEffect(() => {
    if (reachable.value && stale.current) void reload();
  });
  return {
    state: state.value,
    reload,
    set: (value) => {
      state.value = { name: "ready", value };
    },
  };
}
