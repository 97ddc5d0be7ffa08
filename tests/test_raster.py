import random

import pytest
from pycocotools import mask as oracle

from labelwright.raster import counts_area, merge_counts, polygon_areas, polygon_to_counts, polygons_to_counts


def unpacked(packed):
    """Return the run lengths in pycocotools' packed text: six bits a letter, differences from the third on."""
    lengths, place = [], 0
    while place < len(packed):
        value, shift, more = 0, 0, True
        while more:
            bits = packed[place] - 48
            value |= (bits & 31) << shift
            shift, place, more = shift + 5, place + 1, bits & 32
        if bits & 16:
            value -= 1 << shift
        lengths.append(value + (lengths[-2] if len(lengths) > 2 else 0))
    return lengths


def _free(draw):
    return draw(-30, 150)


GRIDS = {
    "anywhere": _free,
    "on whole pixels": lambda draw: round(_free(draw)),
    "on fifths of pixels": lambda draw: round(_free(draw) * 5) / 5,
    "on tens, with edges over each other": lambda draw: round(_free(draw), -1),
    "with two decimals": lambda draw: round(_free(draw), 2),
    "wholly outside": lambda draw: draw(-200, -100),
    "far outside": lambda draw: draw(-1e5, 1e5),
}


@pytest.mark.parametrize("grid", GRIDS)
def test_polygons_are_filled_as_pycocotools_fills_them(grid):
    rng = random.Random(grid)
    for _ in range(150):
        height, width = rng.randint(1, 120), rng.randint(1, 120)
        points_xy = [float(GRIDS[grid](rng.uniform)) for _ in range(2 * rng.randint(3, 12))]
        (expected,) = oracle.frPyObjects([points_xy], height, width)
        assert polygon_to_counts(points_xy, height, width) == unpacked(expected["counts"])
        assert polygon_areas([points_xy], height, width).tolist() == [oracle.area(expected)]


def test_many_polygons_are_measured_at_once():
    rng = random.Random(5)
    polygons = [[rng.uniform(-20, 220) for _ in range(2 * rng.randint(3, 9))] for _ in range(200)]
    expected = [int(oracle.area(oracle.frPyObjects([each], 200, 100)[0])) for each in polygons]
    assert polygon_areas(polygons, 200, 100).tolist() == expected


def test_masks_are_joined_as_pycocotools_joins_them():
    rng = random.Random(6)
    for _ in range(200):
        height, width = rng.randint(1, 60), rng.randint(1, 60)
        polygons = [[rng.uniform(-20, 80) for _ in range(8)] for _ in range(rng.randint(1, 5))]
        expected = oracle.merge(oracle.frPyObjects(polygons, height, width))
        found = polygons_to_counts(polygons, height, width)
        assert found == unpacked(expected["counts"])
        assert counts_area(found) == oracle.area(expected)


@pytest.mark.parametrize(
    ("masks", "joined"),
    [
        pytest.param([[2, 3, 4]], [2, 3, 4], id="one mask is itself"),
        pytest.param([[2, 3, 4], [5, 2, 2]], [2, 5, 2], id="touching runs become one"),
        pytest.param([[0, 9], [4, 5]], [0, 9], id="all foreground"),
        pytest.param([[9], [9]], [9], id="all background"),
        pytest.param([], [], id="no masks"),
    ],
)
def test_joined_masks_have_the_fewest_runs(masks, joined):
    assert merge_counts(masks) == joined


def test_no_polygons_have_no_areas():
    assert polygon_areas([], 10, 10).tolist() == []


@pytest.mark.parametrize(
    "points_xy",
    [
        pytest.param([5.0, 5.0, 5.0, 5.0, 5.0, 5.0], id="a single point"),
        pytest.param([1.0, 1.0, 8.0, 8.0, 1.0, 1.0], id="a line there and back"),
        pytest.param([1e300, 5.0, -1e300, 1e300, 5.0, 5.0], id="endless"),
    ],
)
def test_odd_polygons_do_no_harm(points_xy):
    assert 0 <= polygon_areas([points_xy], 10, 10)[0] <= 100
    assert sum(polygon_to_counts(points_xy, 10, 10)) == 100


def test_a_square_covers_the_pixels_whose_middles_it_encloses():
    square = [2.0, 3.0, 7.0, 3.0, 7.0, 9.0, 2.0, 9.0]
    columns = [6, 4] * 4 + [6]
    assert polygon_to_counts(square, 10, 12) == [23, *columns, 120 - 23 - sum(columns)]
