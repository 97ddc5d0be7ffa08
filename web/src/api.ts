/** The one way to the server: API v1, signed in by the session's cookie, or by a token of a platform. */

import { token } from "./bearer";
import { locale } from "./i18n";
import { MOUNT } from "./mount";

/** Where the API of this server stands. */
export const API = `${MOUNT}/api/v1`;

/** The server refused. `message` is its sentence, or ours about what is no sentence. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** The body, decoded if it was JSON. */
    readonly body: unknown,
    readonly headers: Headers,
  ) {
    super(message);
  }
}

/** No answer came: the server is down, or the network. */
export class Unreachable extends Error {}

export interface CallOptions {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON; a FormData as a form. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly keepalive?: boolean;
  /** Where the route stands that is not below `/api/v1`. */
  readonly root?: string;
}

export interface Answer {
  readonly status: number;
  /** Decoded if it was JSON, else its text; undefined if there was none. */
  readonly body: unknown;
  readonly headers: Headers;
}

/**
 * Send a request below `/api/v1`, or below `root`, and return the answer.
 *
 * Raises ApiError for a status of 400 and above, Unreachable when there was no answer, and the signal's
 * AbortError.
 */
export async function send(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const response = await sendRaw(method, path, options);
  const body = await readBody(response);
  if (!response.ok)
    throw new ApiError(response.status, sentenceOf(response.status, body), body, response.headers);
  return { status: response.status, body, headers: response.headers };
}

/** As `send`, for callers who know the shape of what comes back: contract and recorded tests vouch for it. */
export async function call<Result>(method: string, path: string, options: CallOptions = {}): Promise<Result> {
  return (await send(method, path, options)).body as Result;
}

/** Fetch a file below `/api/v1`, with the name the server gives it. Raises as `send` does. */
export async function fetchFile(
  path: string,
  options: CallOptions = {},
): Promise<{ readonly name: string | undefined; readonly content: Blob }> {
  const response = await sendRaw("GET", path, options);
  if (!response.ok) {
    const body = await readBody(response);
    throw new ApiError(response.status, sentenceOf(response.status, body), body, response.headers);
  }
  const name = /filename="?([^";]+)"?/.exec(response.headers.get("content-disposition") ?? "")?.[1];
  return { name, content: await response.blob() };
}

/**
 * The headers every request of ours carries: our language and dialect, the token if there is one, and for writes the
 * echo of the CSRF cookie.
 */
export function ownHeaders(method: string): Record<string, string> {
  const bearer = token();
  const csrf = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  return {
    Accept: "application/json",
    "Labelwright-Language": locale.value,
    "Labelwright-Dialect": "labelwright",
    ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
    ...(method === "GET" || csrf === undefined ? {} : { "X-CSRFToken": csrf }),
  };
}

export function addressOf(path: string, query: CallOptions["query"] = {}, root = API): string {
  const given = Object.entries(query).filter(
    (pair): pair is [string, string | number] => pair[1] !== undefined,
  );
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return `${root}${path}${given.length > 0 ? `?${search}` : ""}`;
}

async function sendRaw(method: string, path: string, options: CallOptions): Promise<Response> {
  const { body, signal } = options;
  const isForm = body instanceof FormData;
  let response: Response;
  try {
    response = await fetch(addressOf(path, options.query, options.root), {
      method,
      headers: {
        ...ownHeaders(method),
        ...(body === undefined || isForm ? {} : { "Content-Type": "application/json" }),
        ...options.headers,
      },
      ...(body === undefined
        ? {}
        : { body: isForm ? body : typeof body === "string" ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
      ...(options.keepalive === undefined ? {} : { keepalive: options.keepalive }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Unreachable(`no answer to ${method} ${path}`, { cause: error });
  }
  if (isIdentityDown(response)) throw new Unreachable(`nobody can be signed in for ${method} ${path}`);
  return response;
}

/** Whether the server cannot learn now who asks: the token may be good, so nobody is sent to sign in. */
export function isIdentityDown(answer: { readonly status: number; readonly headers: Headers }): boolean {
  return answer.status === 401 && answer.headers.has("Retry-After");
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!response.headers.get("content-type")?.startsWith("application/json")) return text || undefined;
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * The sentence in an error's body, in any of the forms v1 has: `{"detail": …}`, a text, a list of texts, or lists
 * by field, nested as deep as they like.
 */
export function sentenceOf(status: number, body: unknown): string {
  const found = [...sentences(body, "")];
  return found.length > 0 ? found.join(" ") : `HTTP ${status}`;
}

/** Names that say nothing about what follows; `msg` is that of the dataset manager's envelope. */
const SILENT: ReadonlySet<string> = new Set(["detail", "message", "msg", "non_field_errors"]);

function* sentences(body: unknown, field: string): Generator<string> {
  if (typeof body === "string") {
    if (!body.startsWith("<")) yield field ? `${field}: ${body}` : body;
  } else if (Array.isArray(body)) {
    for (const each of body) yield* sentences(each, field);
  } else if (typeof body === "object" && body !== null) {
    for (const [name, value] of Object.entries(body)) {
      if (name === "code" || name === "revision") continue;
      const silent = SILENT.has(name);
      yield* sentences(value, silent ? field : name);
    }
  }
}
