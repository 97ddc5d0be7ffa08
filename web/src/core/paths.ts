/** The geometry of what is made of vertices: polygon, polyline, points. */

import {
  boundsOf,
  clampPoint,
  distance,
  distanceToSegment,
  insidePolygon,
  pointAt,
  polygonArea,
  rounded,
} from "./geometry";
import type { Point } from "./model";
import type { Geometry, Handle } from "./types";

interface PathKind {
  /** What joins the points: all round, from first to last, or nothing. */
  readonly edges: "ring" | "chain" | "none";
  /** The fewest vertices it can have. */
  readonly least: number;
}

/** Handles are the vertices, then the middle of each edge; dragging a middle puts a vertex there. */
function path({ edges, least }: PathKind): Geometry {
  const edgeCount = (points: readonly number[]): number => {
    const vertices = points.length / 2;
    if (edges === "none" || vertices < 2) return 0;
    return edges === "ring" ? vertices : vertices - 1;
  };
  return {
    closed: edges === "ring",
    least,
    bounds: boundsOf,
    area: edges === "ring" ? polygonArea : () => 0,

    hit(points, at, reach) {
      if (edges === "none") return nearVertex(points, at, reach);
      if (edges === "ring") {
        if (insidePolygon(points, at)) return true;
        const { left, top, right, bottom } = boundsOf(points);
        // One too thin to be hit inside is taken by its line.
        if (Math.min(right - left, bottom - top) >= 2 * reach) return false;
      }
      return nearEdge(points, edgeCount(points), at, reach);
    },

    handles(points) {
      const handles: Handle[] = [];
      for (let index = 0; index < points.length / 2; index++)
        handles.push({ ...pointAt(points, index), kind: "vertex", span: Number.POSITIVE_INFINITY });
      for (let edge = 0; edge < edgeCount(points); edge++) {
        const [a, b] = edgeOf(points, edge);
        handles.push({
          x: (a.x + b.x) / 2,
          y: (a.y + b.y) / 2,
          kind: "midpoint",
          span: distance(a, b),
        });
      }
      return handles;
    },

    moveHandle(points, handle, to, image) {
      const vertices = points.length / 2;
      const place = clampPoint(to, image);
      if (handle >= vertices)
        return points.toSpliced(2 * (handle - vertices + 1), 0, rounded(place.x), rounded(place.y));
      const old = pointAt(points, handle);
      const x = to.x === old.x ? old.x : rounded(place.x);
      const y = to.y === old.y ? old.y : rounded(place.y);
      return points.toSpliced(2 * handle, 2, x, y);
    },

    removeVertex(points, handle) {
      return points.length / 2 > least ? points.toSpliced(2 * handle, 2) : undefined;
    },
  };
}

function edgeOf(points: readonly number[], edge: number): [Point, Point] {
  return [pointAt(points, edge), pointAt(points, (edge + 1) % (points.length / 2))];
}

function nearVertex(points: readonly number[], at: Point, reach: number): boolean {
  for (let index = 0; index < points.length / 2; index++)
    if (distance(pointAt(points, index), at) <= reach) return true;
  return false;
}

/** Within `reach` of one of the first `edges` edges; of its only vertex, if there is no edge. */
function nearEdge(points: readonly number[], edges: number, at: Point, reach: number): boolean {
  for (let edge = 0; edge < edges; edge++)
    if (distanceToSegment(at, ...edgeOf(points, edge)) <= reach) return true;
  return edges === 0 && nearVertex(points, at, reach);
}

export const polygon = path({ edges: "ring", least: 3 });
export const polyline = path({ edges: "chain", least: 2 });
export const points = path({ edges: "none", least: 1 });
