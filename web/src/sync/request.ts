/** What a flight carries: the body of `PATCH …/annotations?action=sync`, and what its answers mean. Pure. */

import { type Cid, type Shape, shapeToWire } from "../core/model";

/** An object that differs from what the server has: as it was there (with its id), and as it is here. */
export interface Unsaved {
  readonly cid: Cid;
  readonly base: Shape | undefined;
  readonly mine: Shape | undefined;
}

/** A request that is under way, or was when the page went away: sent again, it must be the very same. */
export interface Flight {
  /** Its `Idempotency-Key`. */
  readonly key: string;
  /** Its `If-Match`. */
  readonly revision: number;
  readonly body: string;
  /** What it carries, in the order of the body: updates, creations, deletions. */
  readonly sent: readonly Unsaved[];
}

/** The answer of the server to a flight. */
export interface Landing {
  /** From its departure to the answer. */
  readonly tookMs: number;
  readonly version: number;
  readonly create: { readonly shapes: readonly { readonly id: number; readonly client_id: Cid }[] };
}

/** Pack `changes` into a flight. */
export function packFlight(key: string, revision: number, changes: readonly Unsaved[]): Flight {
  const updated = changes.filter(({ base, mine }) => base !== undefined && mine !== undefined);
  const created = changes.filter(({ base }) => base === undefined);
  const deleted = changes.filter(({ mine }) => mine === undefined);
  const body = {
    version: revision,
    create: { shapes: created.map((each) => wireOf(each, undefined)) },
    update: { shapes: updated.map((each) => wireOf(each, each.base?.id)) },
    delete: { shapes: deleted.map((each) => each.base?.id) },
  };
  return { key, revision, body: JSON.stringify(body), sent: [...updated, ...created, ...deleted] };
}

function wireOf({ mine }: Unsaved, id: number | undefined): unknown {
  return mine === undefined ? undefined : shapeToWire({ ...mine, id });
}

/** The objects that a refusal's body names, each with its sentence; none if it names none. */
export function culprits(
  flight: Flight,
  body: unknown,
  say: (errors: unknown) => string,
): ReadonlyMap<Cid, string> {
  const found = new Map<Cid, string>();
  const updates = flight.sent.filter(({ base, mine }) => base !== undefined && mine !== undefined);
  const creations = flight.sent.filter(({ base }) => base === undefined);
  for (const [part, carried] of [
    ["update", updates],
    ["create", creations],
  ] as const) {
    const errors = field(field(body, part), "shapes");
    if (!Array.isArray(errors)) continue;
    errors.forEach((each: unknown, index) => {
      const object = carried[index];
      if (object !== undefined && !isEmpty(each)) found.set(object.cid, say(each));
    });
  }
  return found;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function isEmpty(value: unknown): boolean {
  return typeof value !== "object" || value === null || Object.keys(value).length === 0;
}

/**
 * How a flight ended without being saved.
 *
 * unknown: nobody answered who knows, so it may have been stored; send the same again. moved: the job has a newer
 * revision; merge, then send anew. refused: some of what it carries will not do. not-now: it was not stored, for a
 * reason that may pass.
 */
export type Failure =
  | "unknown"
  | "moved"
  | "signed-out"
  | "forbidden"
  | "gone"
  | "refused"
  | "too-large"
  | "not-now";

/** What the status of an answer says of the flight. */
export function failureOf(status: number): Failure {
  switch (status) {
    case 400:
      return "refused";
    case 401:
      return "signed-out";
    case 403:
      return "forbidden";
    case 404:
    case 410:
      return "gone";
    case 409:
    case 412:
    case 422: // the key was used before: what for, the newest state tells
      return "moved";
    case 413:
      return "too-large";
    case 408:
    case 429:
      return "unknown";
    default:
      return status >= 500 && status !== 507 ? "unknown" : "not-now";
  }
}
