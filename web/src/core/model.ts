/**
 * The words of the workbench: shapes and labels, and how API v1 writes them.
 *
 * Points are image pixels, `x0, y0, x1, y1, …`; a rectangle is left, top, right, bottom.
 */

/** A shape's name for life, ours: the server's id comes later, and goes with each undo of a creation. */
export type Cid = string;

export const SHAPE_TYPES = ["rectangle", "polygon", "polyline", "points", "cuboid"] as const;
export type ShapeType = (typeof SHAPE_TYPES)[number];

/** Values by attribute id, as text. */
export type Attributes = Readonly<Record<number, string>>;

/** A region on one frame. Never changed in place: a changed shape is a new record with the same `cid`. */
export interface Shape {
  readonly cid: Cid;
  /** What the server calls it; undefined until it has acknowledged it. */
  readonly id: number | undefined;
  readonly frame: number;
  readonly type: ShapeType;
  readonly labelId: number;
  readonly points: readonly number[];
  readonly occluded: boolean;
  readonly zOrder: number;
  /** 0: none. */
  readonly group: number;
  readonly source: "manual" | "auto";
  readonly attributes: Attributes;
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

export interface WireShape {
  type: ShapeType;
  occluded: boolean;
  z_order: number;
  points: number[];
  id?: number | null;
  frame: number;
  label_id: number;
  group: number | null;
  source: "manual" | "auto";
  attributes: { spec_id: number; value: string }[];
  client_id?: string;
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
    cid,
    id: wire.id ?? undefined,
    frame: wire.frame,
    type: wire.type,
    labelId: wire.label_id,
    points: wire.points,
    occluded: wire.occluded,
    zOrder: wire.z_order,
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
    ...(shape.id === undefined ? { client_id: shape.cid } : { id: shape.id }),
    frame: shape.frame,
    label_id: shape.labelId,
    group: shape.group,
    source: shape.source,
    attributes: Object.entries(shape.attributes).map(([id, value]) => ({ spec_id: Number(id), value })),
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

/** Whether two records say the same of a shape; their ids and names aside. */
export function sameShape(a: Shape, b: Shape): boolean {
  return (
    a.frame === b.frame &&
    a.type === b.type &&
    a.labelId === b.labelId &&
    a.occluded === b.occluded &&
    a.zOrder === b.zOrder &&
    a.group === b.group &&
    a.source === b.source &&
    a.points.length === b.points.length &&
    a.points.every((value, index) => value === b.points[index]) &&
    sameAttributes(a.attributes, b.attributes)
  );
}

function sameAttributes(a: Attributes, b: Attributes): boolean {
  const ids = Object.keys(a);
  return ids.length === Object.keys(b).length && ids.every((id) => a[Number(id)] === b[Number(id)]);
}
