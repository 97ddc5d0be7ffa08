import type { Cid, Shape, Tag } from "../src/core/model";

/** A rectangle for tests, 10 by 10 at the origin of frame 0. */
export function box(cid: Cid, fields: Partial<Shape> = {}): Shape {
  return {
    cid,
    id: undefined,
    frame: 0,
    type: "rectangle",
    labelId: 1,
    points: [0, 0, 10, 10],
    occluded: false,
    zOrder: 0,
    group: 0,
    source: "manual",
    attributes: {},
    ...fields,
  };
}

/** A tag for tests, on frame 0. */
export function tag(cid: Cid, fields: Partial<Tag> = {}): Tag {
  return {
    cid,
    id: undefined,
    frame: 0,
    type: "tag",
    labelId: 1,
    group: 0,
    source: "manual",
    attributes: {},
    ...fields,
  };
}
