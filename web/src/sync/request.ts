/** What a flight carries: the body of `PATCH …/annotations?action=sync`, and what its answers mean. Pure. */

import { type Annotation, type Cid, isTag, shapeToWire, tagToWire } from "../core/model";

/** An object that differs from what the server has: as it was there (with its id), and as it is here. */
export interface Unsaved {
  readonly cid: Cid;
  readonly base: Annotation | undefined;
  readonly mine: Annotation | undefined;
}

/** A request that is under way, or was when the page went away: sent again, it must be the very same. */
export interface Flight {
  /** Its `Idempotency-Key`. */
  readonly key: string;
  /** Its `If-Match`. */
  readonly revision: number;
  readonly body: string;
  /** What it carries: updates, creations, deletions, each in the order of the body within shapes and within tags. */
  readonly sent: readonly Unsaved[];
}

/** The answer of the server to a flight. */
export interface Landing {
  /** From its departure to the answer. */
  readonly tookMs: number;
  readonly version: number;
  readonly create: { readonly [series in Series]: readonly Named[] };
}

interface Named {
  readonly id: number;
  readonly client_id: Cid;
}

/** The two parts that each of a body's create, update and delete has. */
export type Series = (typeof SERIES)[number];
const SERIES = ["shapes", "tags"] as const;

/** Pack `changes` into a flight. */
export function packFlight(key: string, revision: number, changes: readonly Unsaved[]): Flight {
  const [updated, created] = [changes.filter(isUpdate), changes.filter(isCreation)];
  const deleted = changes.filter(({ mine }) => mine === undefined);
  const body = {
    version: revision,
    create: bySeries(created, (each) => wireOf(each, undefined)),
    update: bySeries(updated, (each) => wireOf(each, each.base?.id)),
    delete: bySeries(deleted, (each) => each.base?.id),
  };
  return { key, revision, body: JSON.stringify(body), sent: [...updated, ...created, ...deleted] };
}

const isUpdate = ({ base, mine }: Unsaved): boolean => base !== undefined && mine !== undefined;
const isCreation = ({ base }: Unsaved): boolean => base === undefined;

function bySeries(changes: readonly Unsaved[], write: (each: Unsaved) => unknown): Record<Series, unknown[]> {
  const [shapes, tags] = SERIES.map((series) =>
    changes.filter((each) => seriesOf(each) === series).map(write),
  );
  return { shapes: shapes ?? [], tags: tags ?? [] };
}

function seriesOf({ base, mine }: Unsaved): Series {
  const object = mine ?? base;
  return object !== undefined && isTag(object) ? "tags" : "shapes";
}

function wireOf({ mine }: Unsaved, id: number | undefined): unknown {
  if (mine === undefined) return undefined;
  return isTag(mine) ? tagToWire({ ...mine, id }) : shapeToWire({ ...mine, id });
}

/** The objects that a refusal's body names, each with its sentence; none if it names none. */
export function culprits(
  flight: Flight,
  body: unknown,
  say: (errors: unknown) => string,
): ReadonlyMap<Cid, string> {
  const found = new Map<Cid, string>();
  for (const [part, carries] of [
    ["update", isUpdate],
    ["create", isCreation],
  ] as const) {
    for (const series of SERIES) {
      const errors = field(field(body, part), series);
      if (!Array.isArray(errors)) continue;
      const carried = flight.sent.filter((each) => carries(each) && seriesOf(each) === series);
      errors.forEach((each: unknown, index) => {
        const object = carried[index];
        if (object !== undefined && !isEmpty(each)) found.set(object.cid, say(each));
      });
    }
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
