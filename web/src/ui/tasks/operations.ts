import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { listOperations, type WireOperation } from "./wire";

const BUSY_MS = 1200;
const IDLE_MS = 8000;

/** The operations at work now, kept up to date; `onEnded` is called when some have come to their end. */
export function useOperations(onEnded: () => void): readonly WireOperation[] {
  const running = useSignal<readonly WireOperation[]>([]);
  const ended = useRef(onEnded);
  ended.current = onEnded;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    const look = async (): Promise<void> => {
      const before = running.peek();
      const now = document.hidden ? before : await listOperations().catch(() => before);
      if (stopped) return;
      running.value = now;
      if (before.some(({ id }) => !now.some((each) => each.id === id))) ended.current();
      timer = setTimeout(look, now.length > 0 ? BUSY_MS : IDLE_MS);
    };
    const wake = (): void => {
      if (document.hidden) return;
      clearTimeout(timer);
      void look();
    };
    void look();
    document.addEventListener("visibilitychange", wake);
    addEventListener(STARTED, wake);
    return () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", wake);
      removeEventListener(STARTED, wake);
    };
  }, [running]);
  return running.value;
}

const STARTED = "labelwright-operation-started";

/** Tell pages that an operation was asked for: they look at once instead of at their next time. */
export function noteOperationStarted(): void {
  dispatchEvent(new Event(STARTED));
}
