/** Sending files: a request whose progress can be watched, and how fast it goes. */

import {
  type Answer,
  ApiError,
  addressOf,
  type CallOptions,
  isIdentityDown,
  ownHeaders,
  sentenceOf,
  Unreachable,
} from "./api";

export interface SendOptions {
  readonly query?: CallOptions["query"];
  /** Where the route stands that is not below `/api/v1`. */
  readonly root?: string;
  /** Called with the bytes of the body that have left, and all of them. */
  readonly onSent?: (sentBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  /** So long nothing may move before the connection counts as lost; without it, as long as the browser waits. */
  readonly patienceMs?: number;
}

/**
 * Send `body` below `/api/v1`, or below `root`, as `send` of the API does, with progress: `fetch` has none for what it sends.
 *
 * Raises ApiError for a status of 400 and above, Unreachable when there was no answer, and AbortError.
 */
export function sendBody(
  method: "POST" | "PUT" | "PATCH",
  path: string,
  body: FormData | Blob,
  { query, root, onSent, signal, headers, patienceMs }: SendOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, addressOf(path, query, root));
    for (const [name, value] of Object.entries({ ...ownHeaders(method), ...headers }))
      request.setRequestHeader(name, value);
    const lost = (): void => {
      request.onabort = null;
      request.abort();
      reject(new Unreachable(`nothing moves in ${method} ${path}`));
    };
    let timer = patienceMs === undefined ? undefined : setTimeout(lost, patienceMs);
    request.upload.onprogress = (event) => {
      clearTimeout(timer);
      if (patienceMs !== undefined) timer = setTimeout(lost, patienceMs);
      onSent?.(event.loaded, event.total);
    };
    request.onloadend = () => clearTimeout(timer);
    request.onload = () => {
      const answer = answerOf(request);
      if (isIdentityDown(answer)) reject(new Unreachable(`nobody can be signed in for ${method} ${path}`));
      else if (answer.status < 400) resolve(answer);
      else
        reject(
          new ApiError(answer.status, sentenceOf(answer.status, answer.body), answer.body, answer.headers),
        );
    };
    request.onerror = () => reject(new Unreachable(`no answer to ${method} ${path}`));
    request.onabort = () => reject(new DOMException("The upload was cancelled", "AbortError"));
    if (signal?.aborted) {
      clearTimeout(timer);
      return reject(new DOMException("The upload was cancelled", "AbortError"));
    }
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}

function answerOf(request: XMLHttpRequest): Answer {
  const headers = new Headers();
  for (const line of request.getAllResponseHeaders().trim().split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return { status: request.status, body: bodyOf(request.responseText), headers };
}

function bodyOf(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

const WINDOW_MS = 5000;

/** How fast bytes leave, over the last seconds: neither the first burst nor a pause long ago counts. */
export class Meter {
  readonly #marks: { atMs: number; bytes: number }[] = [];

  /** Note that `bytes` have left in all by the time `atMs`. */
  note(atMs: number, bytes: number): void {
    this.#marks.push({ atMs, bytes });
    // The oldest mark kept is the last one outside the window, so that the window is always covered.
    while (this.#marks.length > 2 && (this.#marks[1]?.atMs ?? 0) <= atMs - WINDOW_MS) this.#marks.shift();
  }

  /** Undefined until something has left for a quarter of a second. */
  get bytesPerSecond(): number | undefined {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined || last.atMs - first.atMs < 250) return undefined;
    return (1000 * (last.bytes - first.bytes)) / (last.atMs - first.atMs);
  }
}

/** How many of files that end at the bytes `ends` (rising) are sent whole when `sentBytes` have left. */
export function filesSent(ends: readonly number[], sentBytes: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? Number.POSITIVE_INFINITY) <= sentBytes) low = middle + 1;
    else high = middle;
  }
  return low;
}
