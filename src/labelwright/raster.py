"""Regions as pixels: run lengths (RLE) of a mask, made from polygons and joined.

A mask of `height` x `width` pixels is read column by column, top to bottom, left to right, as COCO
does; its *counts* are the lengths of the runs, the first one (maybe 0) being background. A polygon is
filled exactly as `pycocotools` fills it, pixel for pixel, because COCO files state areas and readers
compare them: vertices are moved to a grid five times finer than the pixels, edges are walked on that
grid one step at a time, and an edge toggles a column where it passes between the steps 2 and 3 of the
five (rule published with the COCO API, `common/maskApi.c`, 2015; the code here is our own and computes
the toggles directly, for any number of polygons at once).
"""

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Steps of the fine grid per pixel.
FINE = 5
#: Coordinates beyond this many pixels are pulled in: nothing so far out can touch a mask.
FAR = 2.0**26
#: Polygons filled at once: enough to spread numpy's cost per call, few enough to stay in the CPU's cache.
BATCH = 32


def polygon_areas(polygons: Sequence[Sequence[float]], height: int, width: int) -> Ints:
    """Count the pixels of each polygon, shape `(len(polygons),)`, as pycocotools does.

    A polygon is `x0, y0, x1, y1, …` in pixels, not closed. What lies outside the image does not count.
    """
    areas = np.zeros(len(polygons), np.int64)
    for first in range(0, len(polygons), BATCH):
        batch = polygons[first : first + BATCH]
        owners, places = _toggles(batch, height, width)
        rank = np.arange(len(owners)) - np.searchsorted(owners, owners)
        np.add.at(areas, first + owners, np.where(rank % 2 == 1, places, -places))
    return areas


def polygon_to_counts(points_xy: Sequence[float], height: int, width: int) -> list[int]:
    """Fill the polygon `x0, y0, x1, y1, …` and return the counts of its mask, as pycocotools does."""
    _, toggles = _toggles([points_xy], height, width)
    places, times = np.unique(toggles, return_counts=True)
    return _counts(places[times % 2 == 1], height * width)


def polygons_to_counts(polygons: Iterable[Sequence[float]], height: int, width: int) -> list[int]:
    """Fill several polygons and return the counts of their union."""
    return merge_counts(polygon_to_counts(points_xy, height, width) for points_xy in polygons)


def merge_counts(masks: Iterable[Sequence[int]]) -> list[int]:
    """Join masks of one size into their union, all given and returned as counts."""
    runs = [np.asarray(counts, np.int64) for counts in masks]
    if not runs:
        return []
    ends = [np.cumsum(counts) for counts in runs]
    opened = np.concatenate([edges[:-1:2] for edges in ends])
    closed = np.concatenate([edges[1::2] for edges in ends])
    size = int(ends[0][-1])
    places = np.concatenate([opened, closed[closed < size]])
    steps = np.concatenate([np.ones(len(opened), np.int64), np.full(len(places) - len(opened), -1)])
    distinct, owner = np.unique(places, return_inverse=True)
    depth_change = np.zeros(len(distinct), np.int64)
    np.add.at(depth_change, owner, steps)
    inside = np.cumsum(depth_change) > 0
    changes = np.flatnonzero(np.diff(inside, prepend=False))
    return _counts(distinct[changes], size)


def counts_area(counts: Sequence[int]) -> int:
    """Count the foreground pixels of a mask given as counts."""
    return sum(counts[1::2])


def _counts(toggles: Ints, size: int) -> list[int]:
    """Turn ascending distinct places where the mask changes into run lengths that sum to `size`."""
    inner = toggles[toggles < size]
    lengths: list[int] = np.diff(inner, prepend=0, append=size).tolist()
    return lengths


def _toggles(polygons: Sequence[Sequence[float]], height: int, width: int) -> tuple[Ints, Ints]:
    """Return where each polygon's mask changes: `(owner, place)`, both `(n,)`, sorted by both.

    `place` counts pixels in column order; a place may occur several times.
    """
    owner, start, end = _edges(polygons)
    # Each edge is walked from its lower to its higher end along its longer side, as the rule says.
    flat = np.abs(end[:, 0] - start[:, 0]) >= np.abs(end[:, 1] - start[:, 1])
    along = np.where(flat, 0, 1)
    rows = np.arange(len(owner))
    flip = start[rows, along] > end[rows, along]
    start, end = np.where(flip[:, None], end, start), np.where(flip[:, None], start, end)

    edge, column = _columns_crossed(start[:, 0], end[:, 0], width)
    fine_y = np.empty(len(edge), np.float64)
    is_flat = flat[edge]
    for kind, heights in ((is_flat, _flat_crossings), (~is_flat, _steep_crossings)):
        chosen = edge[kind]
        fine_y[kind] = heights(start[chosen], end[chosen], column[kind] * FINE + FINE // 2)
    row = np.ceil(np.clip((fine_y + 0.5) / FINE - 0.5, 0, height)).astype(np.int64)
    place = column * height + row
    owner_of_place = owner[edge]
    stride = height * (width + 1) + 1
    sorted_owners = np.repeat(np.arange(len(polygons)), np.bincount(owner_of_place, minlength=len(polygons)))
    return sorted_owners, np.sort(owner_of_place * stride + place) - sorted_owners * stride


def _edges(polygons: Sequence[Sequence[float]]) -> tuple[Ints, Ints, Ints]:
    """Return every edge as its polygon's index `(n,)`, start and end `(n, 2)` on the fine grid."""
    sizes = np.array([len(points) // 2 for points in polygons], np.int64)
    total = int(sizes.sum())
    flat = chain.from_iterable(points[: len(points) // 2 * 2] for points in polygons)
    points_xy: Floats = np.fromiter(flat, np.float64, total * 2).reshape(-1, 2)
    fine = np.trunc(FINE * np.clip(points_xy, -FAR, FAR) + 0.5).astype(np.int64)
    following = np.arange(1, total + 1)
    lasts = np.cumsum(sizes)[sizes > 0] - 1
    following[lasts] = lasts + 1 - sizes[sizes > 0]
    return np.repeat(np.arange(len(sizes)), sizes), fine, fine[following]


def _columns_crossed(start_x: Ints, end_x: Ints, width: int) -> tuple[Ints, Ints]:
    """Return `(edge, column)`, both `(n,)`, for every pixel column whose middle an edge passes."""
    low, high = np.minimum(start_x, end_x), np.maximum(start_x, end_x)
    first = np.maximum(-((FINE // 2 - low) // FINE), 0)
    last = np.minimum((high - FINE // 2 - 1) // FINE, width - 1)
    spans = np.maximum(last - first + 1, 0)
    edge = np.repeat(np.arange(len(low)), spans)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(spans) - spans, spans)
    return edge, first[edge] + nth


def _flat_crossings(start: Ints, end: Ints, fine_x: Ints) -> Floats:
    """Return the fine y at which edges, walked in x, step from `fine_x` to the next; all `(n, …)`."""
    slope: Floats = (end[:, 1] - start[:, 1]) / np.maximum(end[:, 0] - start[:, 0], 1)
    step = fine_x - start[:, 0]
    before: Floats = np.trunc(start[:, 1] + slope * step + 0.5)
    after: Floats = np.trunc(start[:, 1] + slope * (step + 1) + 0.5)
    lower: Floats = np.minimum(before, after)
    return lower


def _steep_crossings(start: Ints, end: Ints, fine_x: Ints) -> Floats:
    """Return the fine y at which edges, walked in y, leave `fine_x` for the next x or enter it from there.

    Dividing finds the step up to one, for the walk rounds at each; so its neighbours are tried too.
    """
    slope: Floats = (end[:, 0] - start[:, 0]) / np.maximum(end[:, 1] - start[:, 1], 1)
    rising = slope > 0
    guess = np.ceil((fine_x + 0.5 - start[:, 0]) / np.where(slope == 0, 1, slope)) - 1

    def has_passed(step: Floats) -> NDArray[np.bool_]:
        beyond = np.trunc(start[:, 0] + slope * step + 0.5) > fine_x
        return np.asarray(beyond == rising)

    passed: Floats = guess + 2
    for step in (guess + 1, guess):
        passed = np.where(has_passed(step), step, passed)
    fine_y: Floats = start[:, 1] + passed - 1
    return fine_y
