/** How much there is in a job, in the words of API v1's events. */

import type { Annotation, ShapeType } from "../core/model";
import type { Payload } from "./event-log";

const COUNT_OF: Record<ShapeType, string> = {
  rectangle: "box count",
  polygon: "polygon count",
  polyline: "polyline count",
  points: "points count",
  cuboid: "cuboids count",
};

/** Objects of a job; `tracks` are the types of its tracks. */
export interface Counted {
  readonly frames: number;
  readonly objects: Iterable<Pick<Annotation, "type">>;
  readonly tracks: Iterable<ShapeType>;
}

/** The counts of `Load job` and `Send task info`. A plain shape counts as a track of one frame. */
export function objectCounts({ frames, objects, tracks }: Counted): Payload {
  const counts: Record<string, number> = Object.fromEntries(Object.values(COUNT_OF).map((name) => [name, 0]));
  let [regions, tags] = [0, 0];
  const count = (type: ShapeType) => {
    regions += 1;
    counts[COUNT_OF[type]] = (counts[COUNT_OF[type]] ?? 0) + 1;
  };
  for (const { type } of objects) {
    if (type === "tag") tags += 1;
    else count(type);
  }
  for (const type of tracks) count(type);
  return {
    "frame count": frames,
    "object count": regions + tags,
    "track count": regions,
    "tag count": tags,
    ...counts,
  };
}
