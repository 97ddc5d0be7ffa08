"""How much regions have in common. Coordinates are image pixels, points are flat `x0, y0, x1, y1, …`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Points = Sequence[float]


def bounds(regions: Sequence[Points]) -> NDArray[np.float64]:
    """Return the bounding box of each region: shape (N, 4), left, top, right, bottom."""
    boxes = [
        (min(points[0::2]), min(points[1::2]), max(points[0::2]), max(points[1::2])) for points in regions
    ]
    return np.array(boxes, dtype=np.float64).reshape(-1, 4)


def boxes_meet(box: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which of `others`, shape (N, 4), have area in common with `box`, shape (4,)."""
    left, top, right, bottom = box
    across = (others[:, 0] < right) & (others[:, 2] > left)
    down = (others[:, 1] < bottom) & (others[:, 3] > top)
    return np.asarray(across & down)


def rectangle_iou(firsts: Sequence[Points], seconds: Sequence[Points]) -> NDArray[np.float64]:
    """Return intersection over union of each `firsts[n]` with `seconds[n]`: shape (N,), 0 to 1.

    A rectangle is two opposite corners; one without area has nothing in common with any.
    """
    a, b = bounds(firsts), bounds(seconds)
    shared = _box_areas(np.hstack([np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])]))
    return _ratio(shared, _box_areas(a), _box_areas(b))


def polygon_iou(firsts: Sequence[Points], seconds: Sequence[Points]) -> NDArray[np.float64]:
    """Return intersection over union of each `firsts[n]` with `seconds[n]`: shape (N,), 0 to 1.

    A polygon that crosses itself or has no area has nothing in common with any: its inside is not
    defined (API v1 contract, annotations 5).
    """
    import shapely

    a, b = _polygons(firsts), _polygons(seconds)
    sound = shapely.is_valid(a) & shapely.is_valid(b)
    iou = np.zeros(len(firsts))
    a, b = a[sound], b[sound]
    with np.errstate(over="ignore", invalid="ignore"):
        iou[sound] = _ratio(shapely.area(shapely.intersection(a, b)), shapely.area(a), shapely.area(b))
    return iou


def _polygons(regions: Sequence[Points]) -> NDArray[Any]:
    """Return a shapely `Polygon` for each region, in an object array."""
    import shapely

    counts = [len(points) // 2 for points in regions]
    points_xy = np.array([value for points in regions for value in points]).reshape(-1, 2)
    rings = shapely.linearrings(points_xy, indices=np.repeat(np.arange(len(regions)), counts))
    return np.asarray(shapely.polygons(rings))


def _box_areas(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the areas of boxes of shape (N, 4); 0 where right is not past left, or bottom not below top."""
    with np.errstate(over="ignore"):
        sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 0)
        return np.asarray(sides[:, 0] * sides[:, 1])


def _ratio(
    shared: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return `shared` over the union of areas `a` and `b`, 0 where it is no number: nothing, or too much."""
    with np.errstate(over="ignore", invalid="ignore"):
        union = a + b - shared
    sound = np.isfinite(union) & (union > 0) & (shared > 0)
    return np.divide(shared, union, out=np.zeros(len(union)), where=sound)
