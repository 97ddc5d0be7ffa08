"""Tags and shapes of a task: cut to the jobs when written, merged from them when read.

Jobs of one task may share frames (its overlap), where both hold a copy of an object. Source of the
rules: API v1 contract, annotations 3 to 5. Tracks are not built yet.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from labelwright.domain.geometry import bounds, boxes_meet, polygon_iou, rectangle_iou
from labelwright.domain.shapes import Shape, Tag

#: Two shapes are one object when at most this much of their union is not common to both.
_MOST_DIFFERENCE = 0.25
#: Types whose copies are recognised; the others are never merged.
_IOU = {"rectangle": rectangle_iou, "polygon": polygon_iou}

_Object = TypeVar("_Object", Tag, Shape)
_Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]

#: What one job holds: the first frame of its segment, and its tags and shapes, which lie in the segment.
JobPart = tuple[int, Sequence[Tag], Sequence[Shape]]


def cut_to_range(objects: Iterable[_Object], first: int, last: int) -> list[_Object]:
    """Return the tags or shapes on the task frames `first` to `last`, both included, in their order."""
    return [item for item in objects if first <= item.frame <= last]


def merge_jobs(parts: Sequence[JobPart], overlap: int) -> tuple[list[Tag], list[Shape]]:
    """Return the tags and shapes of a task whose neighbouring segments share `overlap` frames.

    `parts` come by job id, so by first frame. Of an object that two jobs hold the earlier job's is
    kept: tags of one label on one frame; rectangles or polygons of one label and frame with at most a
    quarter of their union not in common, paired so that all pairs together have the most in common
    (Kuhn 1955). Each job gives its frames past the overlap first, then what is its own in the overlap:
    the result is not by frame. Objects are passed on, not copied.
    """
    tags = _merge([(first, tags) for first, tags, _ in parts], overlap, _find_double_tags)
    shapes = _merge([(first, shapes) for first, _, shapes in parts], overlap, _find_double_shapes)
    return tags, shapes


def _merge(
    parts: Sequence[tuple[int, Sequence[_Object]]],
    overlap: int,
    find_doubles: Callable[[Sequence[_Object], Sequence[_Object]], Collection[int]],
) -> list[_Object]:
    if overlap == 0 or len(parts) < 2:
        return [item for _, items in parts for item in items]
    merged: list[_Object] = []
    known: list[_Object] = []
    for first, items in parts:
        end = first + overlap
        ahead = [item for item in items if item.frame >= end]
        shared = [item for item in items if item.frame < end]
        # Later segments begin later still, so what lies before this one is never looked at again.
        known = [item for item in known if item.frame >= first]
        doubles = find_doubles(shared, known) if shared and known else ()
        own = [item for number, item in enumerate(shared) if number not in doubles]
        merged += ahead + own
        known += ahead + own
    return merged


def _find_double_tags(shared: Sequence[Tag], known: Sequence[Tag]) -> set[int]:
    """Return the indices of those `shared` that are copies of a tag in `known`, one of each."""
    left = Counter((tag.frame, tag.label_id) for tag in known)
    doubles = set()
    for number, tag in enumerate(shared):
        key = tag.frame, tag.label_id
        if left[key]:
            left[key] -= 1
            doubles.add(number)
    return doubles


def _find_double_shapes(shared: Sequence[Shape], known: Sequence[Shape]) -> set[int]:
    """Return the indices of those `shared` that are copies of a shape in `known`.

    Equal shapes are paired first, without a matrix: after an upload that is all of them. No better
    pairing is lost: what two regions do not have in common is a metric (Jaccard distance), so by the
    triangle inequality freeing two equals from other partners gains at least what it costs.
    """
    equal = _equal_pairs(shared, known)
    doubles = {number for number, _ in equal}
    taken = {number for _, number in equal}
    rows, columns = _meeting_pairs(shared, _by_kind(shared, doubles), known, _by_kind(known, taken))
    in_common = _in_common(shared, known, rows, columns)
    touching = in_common > 0
    paired = _best_pairs(rows[touching], columns[touching], in_common[touching])
    doubles.update(rows[touching][paired & (1 - in_common[touching] <= _MOST_DIFFERENCE)].tolist())
    return doubles


def _equal_pairs(shared: Sequence[Shape], known: Sequence[Shape]) -> list[tuple[int, int]]:
    """Return index pairs of shapes with equal points, each used once, whose inside is defined."""
    waiting: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, shape in enumerate(known):
        waiting[_kind(shape), tuple(shape.points)].append(number)
    pairs = []
    for number, shape in enumerate(shared):
        same = waiting.get((_kind(shape), tuple(shape.points)))
        if same and shape.type in _IOU:
            pairs.append((number, same.pop(0)))
    if not pairs:
        return []
    rows, columns = np.array(pairs).T
    whole = _in_common(shared, known, rows, columns) > 0
    return [pair for pair, is_whole in zip(pairs, whole, strict=True) if is_whole]


def _kind(shape: Shape) -> tuple[int, int, str]:
    """Only shapes of one frame, label and type are compared."""
    return shape.frame, shape.label_id, shape.type


def _by_kind(shapes: Sequence[Shape], done: Collection[int]) -> dict[tuple[int, int, str], list[int]]:
    """Group the indices of shapes that may be merged and are not `done`."""
    groups: dict[tuple[int, int, str], list[int]] = defaultdict(list)
    for number, shape in enumerate(shapes):
        if number not in done and shape.type in _IOU:
            groups[_kind(shape)].append(number)
    return groups


def _meeting_pairs(
    shared: Sequence[Shape],
    shared_kinds: dict[tuple[int, int, str], list[int]],
    known: Sequence[Shape],
    known_kinds: dict[tuple[int, int, str], list[int]],
) -> _Pairs:
    """Return the index pairs of one kind whose bounding boxes meet: few, where all pairs are many."""
    rows: list[NDArray[np.intp]] = []
    columns: list[NDArray[np.intp]] = []
    for kind in shared_kinds.keys() & known_kinds.keys():
        candidates = np.array(known_kinds[kind], dtype=np.intp)
        boxes = bounds([known[number].points for number in candidates])
        for number, box in zip(
            shared_kinds[kind], bounds([shared[number].points for number in shared_kinds[kind]]), strict=True
        ):
            hits = candidates[boxes_meet(box, boxes)]
            rows.append(np.full(len(hits), number, dtype=np.intp))
            columns.append(hits)
    nothing = np.empty(0, dtype=np.intp)
    return np.concatenate([nothing, *rows]), np.concatenate([nothing, *columns])


def _in_common(
    shared: Sequence[Shape], known: Sequence[Shape], rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return what `shared[rows[n]]` and `known[columns[n]]`, of one type, have in common: (N,), 0 to 1."""
    types = np.array([shared[row].type for row in rows], dtype=object)
    in_common = np.zeros(len(rows))
    for shape_type, iou in _IOU.items():
        chosen = np.flatnonzero(types == shape_type)
        if len(chosen):
            in_common[chosen] = iou(
                [shared[row].points for row in rows[chosen]],
                [known[column].points for column in columns[chosen]],
            )
    return in_common


def _best_pairs(
    rows: NDArray[np.intp], columns: NDArray[np.intp], values: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Choose pairs, each row and column once at most, with the largest sum of `values` (all > 0).

    Returns which are chosen, shape (N,). Pairs hang together in clusters through rows and columns;
    each is solved by itself, so the matrices stay small.
    """
    chosen = (np.bincount(rows)[rows] == 1) & (np.bincount(columns)[columns] == 1)
    crowded = np.flatnonzero(~chosen)
    if not len(crowded):
        return np.asarray(chosen)
    for cluster in _clusters(rows[crowded], columns[crowded]):
        chosen[_assign(rows, columns, values, crowded[cluster])] = True
    return np.asarray(chosen)


def _clusters(rows: NDArray[np.intp], columns: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Split pairs into index arrays of those linked, directly or through others, by a row or column."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    offset = rows.max() + 1
    size = offset + columns.max() + 1
    links = coo_array((np.ones(len(rows)), (rows, columns + offset)), shape=(size, size))
    _, cluster_of = connected_components(links, directed=False)
    order = np.argsort(cluster_of[rows], kind="stable")
    starts = np.flatnonzero(np.diff(cluster_of[rows][order])) + 1
    return np.split(order, starts)


def _assign(
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
    values: NDArray[np.float64],
    cluster: NDArray[np.intp],
) -> NDArray[np.intp]:
    """Return those pairs of `cluster` that together have the largest sum of values."""
    from scipy.optimize import linear_sum_assignment

    row_names, row = np.unique(rows[cluster], return_inverse=True)
    column_names, column = np.unique(columns[cluster], return_inverse=True)
    matrix = np.zeros((len(row_names), len(column_names)))
    matrix[row, column] = values[cluster]
    best = np.zeros(matrix.shape, dtype=bool)
    best[linear_sum_assignment(matrix, maximize=True)] = True
    return cluster[best[row, column]]
