/** What happens to the page that saving must know of. */

export interface PageEvents {
  /** The network is back. */
  readonly online: () => void;
  /** The person looks elsewhere. */
  readonly away: () => void;
  /** The page may be gone the next moment. */
  readonly leaving: () => void;
}

/** Be told of the page's events; returns how to stop that. */
export function listenToPage({ online, away, leaving }: PageEvents): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  addEventListener("online", online, { signal });
  addEventListener("blur", away, { signal });
  addEventListener("pagehide", leaving, { signal });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leaving(), {
    signal,
  });
  return () => listening.abort();
}
