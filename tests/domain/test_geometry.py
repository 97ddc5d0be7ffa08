import numpy as np
import pytest

from labelwright.domain.geometry import bounds, boxes_meet, polygon_iou, rectangle_iou

SQUARE = [0.0, 0, 10, 0, 10, 10, 0, 10]
BOW_TIE = [0.0, 0, 10, 10, 10, 0, 0, 10]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param([0, 0, 10, 10], [0, 0, 10, 10], 1, id="equal"),
        pytest.param([0, 0, 10, 10], [5, 0, 15, 10], 1 / 3, id="half over half"),
        pytest.param([0, 0, 10, 10], [2, 2, 4, 4], 0.04, id="one inside the other"),
        pytest.param([0, 0, 10, 10], [10, 0, 20, 10], 0, id="a common edge"),
        pytest.param([0, 0, 10, 10], [20, 20, 30, 30], 0, id="apart across a corner"),
        pytest.param([10, 10, 0, 0], [0, 0, 10, 10], 1, id="corners the other way round"),
        pytest.param([3, 3, 3, 9], [3, 3, 3, 9], 0, id="equal without area"),
        pytest.param([-1e308, -1e308, 1e308, 1e308], [0, 0, 1, 1], 0, id="larger than numbers"),
    ],
)
def test_rectangles_have_area_in_common(first: list[float], second: list[float], expected: float) -> None:
    assert rectangle_iou([first], [second]) == pytest.approx([expected])


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param(SQUARE, SQUARE, 1, id="equal"),
        pytest.param(SQUARE, SQUARE[::-1], 1, id="the other way round"),
        pytest.param(SQUARE, [0, 0, 10, 0, 10, 10], 0.5, id="a triangle of a square"),
        pytest.param(SQUARE, [20, 20, 30, 20, 30, 30], 0, id="apart"),
        pytest.param(BOW_TIE, BOW_TIE, 0, id="equal and self-intersecting"),
        pytest.param(SQUARE, BOW_TIE, 0, id="one self-intersecting"),
        pytest.param([0, 0, 5, 5, 10, 10], [0, 0, 5, 5, 10, 10], 0, id="equal without area"),
        pytest.param([4, 4, 4, 4, 4, 4], SQUARE, 0, id="one a single point"),
        pytest.param([*SQUARE, 0, 0], SQUARE, 1, id="one closed"),
        pytest.param([0, 0, 1e308, 0, 1e308, 1e308], [0, 0, 1, 0, 1, 1], 0, id="larger than numbers"),
    ],
)
def test_polygons_have_area_in_common(first: list[float], second: list[float], expected: float) -> None:
    assert polygon_iou([first], [second]) == pytest.approx([expected])


def test_pairs_of_polygons_are_answered_in_their_order() -> None:
    triangle = [0.0, 0, 10, 0, 10, 10]
    assert polygon_iou([SQUARE, BOW_TIE, triangle], [triangle, SQUARE, triangle]) == pytest.approx(
        [0.5, 0, 1]
    )


def test_no_pairs_have_no_answers() -> None:
    assert rectangle_iou([], []).shape == (0,)
    assert polygon_iou([], []).shape == (0,)


def test_bounds_hold_every_point() -> None:
    assert bounds([SQUARE, [5, 1, 3, 8, -2, 4]]).tolist() == [[0, 0, 10, 10], [-2, 1, 5, 8]]


def test_boxes_meet_when_they_have_area_in_common() -> None:
    others = np.array([[5, 5, 15, 15], [10, 0, 20, 10], [0, 11, 10, 20], [2, 2, 3, 3]], dtype=np.float64)
    assert boxes_meet(np.array([0, 0, 10, 10.0]), others).tolist() == [True, False, False, True]
