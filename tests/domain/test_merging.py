from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from labelwright.domain.geometry import rectangle_iou
from labelwright.domain.merging import JobPart, cut_to_range, merge_jobs
from labelwright.domain.shapes import Shape, ShapeType, Tag

BOX = [0.0, 0, 100, 100]
SQUARE = [0.0, 0, 10, 0, 10, 10, 0, 10]
BOW_TIE = [0.0, 0, 10, 10, 10, 0, 0, 10]


def shape(
    number: int, frame: int, points: Sequence[float] = BOX, *, kind: ShapeType = "rectangle", label: int = 1
) -> Shape:
    return Shape(
        type=kind,
        occluded=False,
        points=list(points),
        id=number,
        frame=frame,
        label_id=label,
        group=0,
        attributes=[],
    )


def tag(number: int, frame: int, label: int = 1) -> Tag:
    return Tag(id=number, frame=frame, label_id=label, group=0, attributes=[])


def merged_shapes(old: list[Shape], incoming: list[Shape], *, overlap: int = 2) -> list[int | None]:
    """Merge a job of frames 0 to 5 with one that begins at 4; return the ids left."""
    _, shapes = merge_jobs([(0, [], old), (4, [], incoming)], overlap)
    return [item.id for item in shapes]


def test_a_range_keeps_both_its_ends() -> None:
    kept = cut_to_range([shape(1, 5), shape(2, 1), shape(3, 2), shape(4, 4)], 2, 4)
    assert [item.id for item in kept] == [3, 4]
    assert [item.id for item in cut_to_range([tag(1, 0), tag(2, 3)], 3, 3)] == [2]


def test_jobs_without_overlap_are_joined_end_to_end() -> None:
    parts = [
        (0, [tag(1, 0)], [shape(1, 1), shape(2, 0)]),
        (2, [tag(2, 2)], [shape(3, 2), shape(4, 2)]),
    ]
    tags, shapes = merge_jobs(parts, overlap=0)
    assert [item.id for item in tags] == [1, 2]
    assert [item.id for item in shapes] == [1, 2, 3, 4]


def test_a_task_of_one_job_is_that_job() -> None:
    doubles = [shape(1, 0), shape(2, 0)]
    assert merge_jobs([(0, [], doubles)], overlap=1) == ([], doubles)
    assert merge_jobs([], overlap=1) == ([], [])


def test_a_copy_in_the_overlap_is_shown_once_and_the_earlier_job_wins() -> None:
    assert merged_shapes([shape(1, 0), shape(2, 4)], [shape(3, 4), shape(4, 6)], overlap=1) == [2, 1, 4]


def test_frames_past_the_overlap_come_before_what_is_left_in_it() -> None:
    incoming = [shape(2, 4, [500, 0, 600, 100]), shape(3, 6), shape(4, 7)]
    assert merged_shapes([shape(1, 4)], incoming) == [1, 3, 4, 2]


@pytest.mark.parametrize(
    ("incoming", "count"),
    [
        pytest.param(shape(2, 4), 1, id="equal"),
        pytest.param(shape(2, 4, [0, 0, 100, 75]), 1, id="three quarters in common"),
        pytest.param(shape(2, 4, [0, 0, 100, 74.9]), 2, id="less than three quarters in common"),
        pytest.param(shape(2, 5), 2, id="another frame"),
        pytest.param(shape(2, 4, label=2), 2, id="another label"),
        pytest.param(shape(2, 4, [0, 0, 100, 0, 100, 100, 0, 100], kind="polygon"), 2, id="another type"),
        pytest.param(shape(2, 6), 2, id="past the overlap"),
    ],
)
def test_a_rectangle_is_a_copy_by_frame_label_type_and_area(incoming: Shape, count: int) -> None:
    assert len(merged_shapes([shape(1, 4)], [incoming])) == count


@pytest.mark.parametrize(
    ("kind", "old", "incoming", "count"),
    [
        pytest.param("polygon", SQUARE, SQUARE, 1, id="equal polygons"),
        pytest.param("polygon", SQUARE, [0, 0, 10, 0, 10, 9, 0, 9], 1, id="polygons nine tenths in common"),
        pytest.param("polygon", SQUARE, [0, 0, 10, 0, 10, 10], 2, id="polygons half in common"),
        pytest.param("polygon", BOW_TIE, BOW_TIE, 2, id="equal self-intersecting polygons"),
        pytest.param("rectangle", [1, 1, 1, 9], [1, 1, 1, 9], 2, id="equal rectangles without area"),
        pytest.param("polyline", SQUARE, SQUARE, 2, id="equal polylines"),
        pytest.param("points", SQUARE, SQUARE, 2, id="equal points"),
        pytest.param("cuboid", [*SQUARE, *SQUARE], [*SQUARE, *SQUARE], 2, id="equal cuboids"),
    ],
)
def test_only_areas_are_merged(kind: ShapeType, old: list[float], incoming: list[float], count: int) -> None:
    assert len(merged_shapes([shape(1, 4, old, kind=kind)], [shape(2, 4, incoming, kind=kind)])) == count


def test_two_copies_need_two_originals() -> None:
    assert merged_shapes([shape(1, 4)], [shape(2, 4), shape(3, 4)]) == [1, 3]
    assert merged_shapes([shape(1, 4), shape(2, 4)], [shape(3, 4)]) == [1, 2]


def test_pairs_are_chosen_for_the_most_in_common_together() -> None:
    old = [shape(1, 4, [0, 0, 100, 100]), shape(2, 4, [20, 0, 120, 100])]
    incoming = [shape(3, 4, [10, 0, 110, 100]), shape(4, 4, [0, 0, 98, 100])]
    assert merged_shapes(old, incoming) == [1, 2]


def test_every_tag_of_a_label_on_a_frame_has_one_copy() -> None:
    first = [tag(1, 0), tag(2, 2), tag(3, 3, label=2)]
    second = [tag(4, 2), tag(5, 2), tag(6, 3), tag(7, 3, label=2), tag(8, 4)]
    tags, _ = merge_jobs([(0, first, []), (2, second, [])], overlap=2)
    assert [item.id for item in tags] == [2, 3, 1, 8, 5, 6]


def test_three_jobs_are_merged_neighbour_by_neighbour() -> None:
    parts: list[JobPart] = [
        (first, [], [shape(10 + first, first), shape(20 + first, first + 2)]) for first in (0, 2, 4)
    ]
    _, shapes = merge_jobs(parts, overlap=1)
    assert [item.id for item in shapes] == [20, 10, 22, 24]


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 2**32), count=st.integers(0, 12), copies=st.integers(0, 12))
def test_pairs_are_those_of_one_matrix_of_all_with_all(seed: int, count: int, copies: int) -> None:
    chance = np.random.default_rng(seed)
    corners = chance.uniform(0, 8, (count, 2))
    old = np.hstack([corners, corners + chance.uniform(8, 12, (count, 2))])
    incoming = np.vstack([old[:copies], old + chance.uniform(-2, 2, old.shape)])
    in_common = np.zeros((len(incoming), count))
    for row, box in enumerate(incoming):
        in_common[row] = rectangle_iou([box.tolist()] * count, old.tolist())
    rows, columns = linear_sum_assignment(1 - in_common)
    doubles = set(rows[1 - in_common[rows, columns] <= 0.25].tolist())

    left = merged_shapes(
        [shape(-1, 4, box) for box in old.tolist()],
        [shape(number, 4, box) for number, box in enumerate(incoming.tolist())],
    )
    assert left == [-1] * count + [number for number in range(len(incoming)) if number not in doubles]
