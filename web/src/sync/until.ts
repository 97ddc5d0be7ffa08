import { effect } from "@preact/signals";

/** Resolves as soon as `reached`, which reads signals, says so. */
export function until(reached: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (!reached()) return;
      resolve();
      queueMicrotask(() => stop());
    });
  });
}
