/** The annotations of a job as the server has them. */

import { send } from "../api";
import type { ShapeType, WireShape, WireTag } from "../core/model";

/** A track: as much of it as the workbench knows. */
export interface WireTrack {
  readonly id: number;
  readonly frame: number;
  readonly label_id: number;
  /** Its key shapes: all of one type, at least one. */
  readonly shapes: readonly { readonly type: ShapeType }[];
}

/** What the workbench changes: all shapes and tags of a job. */
export interface WireObjects {
  readonly shapes: readonly WireShape[];
  readonly tags: readonly WireTag[];
}

/** All annotations of a job, at a revision of it. */
export interface Loaded extends WireObjects {
  readonly revision: number;
  readonly tracks: readonly WireTrack[];
}

/** Ask the server for the annotations of a job. Raises as `send`. */
export async function loadJob(jobId: number): Promise<Loaded> {
  const answer = await send("GET", `/jobs/${jobId}/annotations`);
  const body = answer.body as Omit<Loaded, "revision"> & { version: number };
  return {
    revision: revisionOf(answer.headers) ?? body.version,
    shapes: body.shapes,
    tags: body.tags,
    tracks: body.tracks,
  };
}

/** The revision an answer's `ETag` names. */
export function revisionOf(headers: Headers): number | undefined {
  const found = /^(?:W\/)?"(\d+)"$/.exec(headers.get("etag") ?? "")?.[1];
  return found === undefined ? undefined : Number(found);
}
