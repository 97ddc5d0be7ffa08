/**
 * The words of the workbench: shapes, tags and labels, and how API v1 writes them.
 *
 * Points are image pixels, `x0, y0, x1, y1, …`; a rectangle is left, top, right, bottom.
 */

/** A shape's or tag's name for life, ours: the server's id comes later, and goes with each undo of a creation. */
export type Cid = string;

export const SHAPE_TYPES = ["rectangle", "polygon", "polyline", "points", "cuboid"] as const;
export type ShapeType = (typeof SHAPE_TYPES)[number];

/** Values by attribute id, as text. */
export type Attributes = Readonly<Record<number, string>>;

/** What a shape and a tag have both. Never changed in place: what changed is a new record with the same `cid`. */
interface Labelled {
  readonly cid: Cid;
  /** What the server calls it; undefined until it has acknowledged it. Shapes and tags are numbered each by themselves. */
  readonly id: number | undefined;
  readonly frame: number;
  readonly labelId: number;
  /** 0: none. */
  readonly group: number;
  readonly source: "manual" | "auto";
  readonly attributes: Attributes;
}

/** A region on one frame. */
export interface Shape extends Labelled {
  readonly type: ShapeType;
  readonly points: readonly number[];
  readonly occluded: boolean;
  readonly zOrder: number;
}

/** A label on a whole frame. */
export interface Tag extends Labelled {
  readonly type: "tag";
}

export type Annotation = Shape | Tag;

export function isShape(object: Annotation): object is Shape {
  return object.type !== "tag";
}

export function isTag(object: Annotation): object is Tag {
  return object.type === "tag";
}

/** What a tool draws: the rest of the shape is the workbench's to fill in. */
export type NewShape = Pick<Shape, "type" | "points">;

export type InputType = "checkbox" | "radio" | "number" | "text" | "select";

export interface Attribute {
  readonly id: number;
  readonly name: string;
  readonly mutable: boolean;
  readonly inputType: InputType;
  readonly defaultValue: string;
  /** The values to choose from; for a number: least, most, step. */
  readonly values: readonly string[];
}

export interface Label {
  readonly id: number;
  readonly name: string;
  /** `#rrggbb`. */
  readonly color: string;
  readonly attributes: readonly Attribute[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Edges in image pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

// ---- the wire of API v1

export interface WireTag {
  id?: number | null;
  frame: number;
  label_id: number;
  group: number | null;
  source: "manual" | "auto";
  attributes: { spec_id: number; value: string }[];
  client_id?: string;
}

export interface WireShape extends WireTag {
  type: ShapeType;
  occluded: boolean;
  z_order: number;
  points: number[];
}

export interface WireLabel {
  id: number;
  name: string;
  color: string;
  attributes: {
    id: number;
    name: string;
    mutable: boolean;
    input_type: InputType;
    default_value: string;
    values: string[];
  }[];
}

/** The shape as the server tells of it, under the name `cid`. */
export function shapeFromWire(wire: WireShape, cid: Cid): Shape {
  return {
    ...labelledFromWire(wire, cid),
    type: wire.type,
    points: wire.points,
    occluded: wire.occluded,
    zOrder: wire.z_order,
  };
}

export function tagFromWire(wire: WireTag, cid: Cid): Tag {
  return { ...labelledFromWire(wire, cid), type: "tag" };
}

function labelledFromWire(wire: WireTag, cid: Cid): Labelled {
  return {
    cid,
    id: wire.id ?? undefined,
    frame: wire.frame,
    labelId: wire.label_id,
    group: wire.group ?? 0,
    source: wire.source,
    attributes: Object.fromEntries(wire.attributes.map(({ spec_id, value }) => [spec_id, value])),
  };
}

/** The shape as a request carries it; without an id it is one to create, and `client_id` brings back its `cid`. */
export function shapeToWire(shape: Shape): WireShape {
  return {
    type: shape.type,
    occluded: shape.occluded,
    z_order: shape.zOrder,
    points: [...shape.points],
    ...labelledToWire(shape),
  };
}

export function tagToWire(tag: Tag): WireTag {
  return labelledToWire(tag);
}

function labelledToWire(object: Labelled): WireTag {
  return {
    ...(object.id === undefined ? { client_id: object.cid } : { id: object.id }),
    frame: object.frame,
    label_id: object.labelId,
    group: object.group,
    source: object.source,
    attributes: Object.entries(object.attributes).map(([id, value]) => ({ spec_id: Number(id), value })),
  };
}

export function labelFromWire(wire: WireLabel): Label {
  return {
    id: wire.id,
    name: wire.name,
    color: wire.color,
    attributes: wire.attributes.map((attribute) => ({
      id: attribute.id,
      name: attribute.name,
      mutable: attribute.mutable,
      inputType: attribute.input_type,
      defaultValue: attribute.default_value,
      values: attribute.values,
    })),
  };
}

/** Whether two records say the same of an object; their ids and names aside. */
export function sameAnnotation(a: Annotation, b: Annotation): boolean {
  return (
    a.frame === b.frame &&
    a.type === b.type &&
    a.labelId === b.labelId &&
    a.group === b.group &&
    a.source === b.source &&
    sameAttributes(a.attributes, b.attributes) &&
    (isTag(a) || isTag(b) || sameForm(a, b))
  );
}

function sameForm(a: Shape, b: Shape): boolean {
  return (
    a.occluded === b.occluded &&
    a.zOrder === b.zOrder &&
    a.points.length === b.points.length &&
    a.points.every((value, index) => value === b.points[index])
  );
}

function sameAttributes(a: Attributes, b: Attributes): boolean {
  const ids = Object.keys(a);
  return ids.length === Object.keys(b).length && ids.every((id) => a[Number(id)] === b[Number(id)]);
}
