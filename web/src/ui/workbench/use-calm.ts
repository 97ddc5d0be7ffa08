import { type ReadonlySignal, useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";

/** Milliseconds that what is shown stays while its source changes with each frame that plays: faster nobody reads. */
const CALM_MS = 300;

/** What `source` says, told less often while `isRestless`: lists take longer to draw than pictures. */
export function useCalm<Value>(
  source: ReadonlySignal<Value>,
  isRestless: ReadonlySignal<boolean>,
): ReadonlySignal<Value> {
  const shown = useSignal(source.peek());
  const since = useRef(Number.NEGATIVE_INFINITY);
  useSignalEffect(() => {
    const value = source.value;
    const now = performance.now();
    if (isRestless.value && now - since.current < CALM_MS) return;
    since.current = now;
    shown.value = value;
  });
  return shown;
}
