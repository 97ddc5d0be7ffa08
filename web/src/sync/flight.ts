/** A flight's way to the server and back. */

import { send, Unreachable } from "../api";
import { revisionOf } from "./load";
import type { Flight, Landing } from "./request";

/** Browsers let 64 KiB of such requests outlive their page, all together. */
const KEEPALIVE_LIMIT = 50_000;
/** When an answer is no longer waited for: some time, and more for what takes time to carry (20 bytes a ms). */
const PATIENCE_MS = 30_000;

/**
 * Send `flight` and return the server's answer. With `keepalive` it goes on if the page goes away, when it is small.
 *
 * Raises as `send`; an answer that is none of ours (a sign-in page of a network, say) counts as Unreachable.
 */
export async function sendFlight(
  jobId: number,
  flight: Flight,
  { keepalive }: { readonly keepalive: boolean },
): Promise<Landing> {
  const departed = performance.now();
  const { status, body, headers } = await send("PATCH", `/jobs/${jobId}/annotations`, {
    query: { action: "sync" },
    body: flight.body,
    headers: { "Idempotency-Key": flight.key, "If-Match": `"${flight.revision}"` },
    keepalive: keepalive && flight.body.length < KEEPALIVE_LIMIT,
    signal: AbortSignal.timeout(PATIENCE_MS + Math.ceil(flight.body.length / 20)),
  });
  if (!isLanding(body)) throw new Unreachable(`an answer of status ${status} that is none of ours`);
  const tookMs = Math.round(performance.now() - departed);
  return { ...body, version: revisionOf(headers) ?? body.version, tookMs };
}

function isLanding(body: unknown): body is Omit<Landing, "tookMs"> {
  const { version, create } = (body ?? {}) as Partial<Landing>;
  return typeof version === "number" && Array.isArray(create?.shapes) && Array.isArray(create.tags);
}
