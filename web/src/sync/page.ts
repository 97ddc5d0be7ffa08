/** What happens to the page that saving must know of. */

export interface PageEvents {
  /** The network is back. */
  readonly online: () => void;
  /** The person looks elsewhere. */
  readonly away: () => void;
  /** The page may be gone the next moment. */
  readonly leaving: () => void;
  /** Whether leaving now would lose something: the browser asks the person then. */
  readonly mayLose: () => boolean;
}

/** Be told of the page's events; returns how to stop that. */
export function listenToPage({ online, away, leaving, mayLose }: PageEvents): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  addEventListener("online", online, { signal });
  addEventListener("blur", away, { signal });
  addEventListener("pagehide", leaving, { signal });
  addEventListener("beforeunload", (event) => mayLose() && event.preventDefault(), { signal });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leaving(), {
    signal,
  });
  return () => listening.abort();
}
