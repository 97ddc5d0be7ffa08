import pytest

from labelwright.domain.catalogue import check_path
from labelwright.domain.crops import crop_box, crop_name, crop_type, item_stem


@pytest.mark.parametrize(
    ("points", "padding", "box"),
    [
        pytest.param([10, 20, 30, 40], 0, (10, 20, 30, 40), id="whole pixels"),
        pytest.param([10.2, 20.9, 29.1, 39.5], 0, (10, 20, 30, 40), id="parts of pixels belong to it"),
        pytest.param([30, 40, 10, 20], 0, (10, 20, 30, 40), id="corners in any order"),
        pytest.param([-5, -5, 500, 12.5], 0, (0, 0, 100, 13), id="clipped to the image"),
        pytest.param([10, 10, 20, 30], 0.5, (5, 0, 25, 40), id="half its size around it"),
        pytest.param([90, 90, 99, 99], 1.0, (81, 81, 100, 100), id="padding clipped"),
        pytest.param([5, 50, 20, 45, 9, 60], 0, (5, 45, 20, 60), id="a polygon by its box"),
        pytest.param([10, 10, 10, 30], 0, None, id="no width"),
        pytest.param([10, 10], 0.5, None, id="a point"),
        pytest.param([100, 0, 120, 50], 0.5, None, id="right of the image"),
        pytest.param([-20, 0, 0, 50], 0.5, None, id="left of the image"),
        pytest.param([99.9, 99.9, 100.1, 100.1], 0, (99, 99, 100, 100), id="a sliver at the corner"),
    ],
)
def test_an_object_is_cut_out_by_the_pixels_it_touches(points, padding, box):
    assert crop_box(points, (100, 100), padding=padding) == box


def test_a_crop_is_named_as_recorded():
    assert crop_name("test_luosi", "louosi", epoch_s=1619496894) == "test_luosi_crop_louosi_1619496894"
    assert crop_name("猫", "a/b\\c\n", epoch_s=1) == "猫_crop_a_b_c__1"
    long = crop_name("x" * 400, "y" * 64, epoch_s=1619496894)
    assert (len(long), long[-75:]) == (256, f"{'y' * 64}_1619496894")


@pytest.mark.parametrize(
    "name", ["a.jpg", "in/图 1.png", "..jpg", "x" * 255, "字" * 85 + ".jpg", "a:b*.jpg", ""]
)
def test_every_item_has_a_name_of_its_own_that_can_be_stored(name):
    stems = [item_stem(name, number) for number in (1, 2, 100_000)]
    assert len(set(stems)) == 3
    for stem in stems:
        check_path(f"{stem}.png")
    assert item_stem("in/图 1.png", 7) == "图 1_00007"


def test_texts_are_read_next_and_all_else_told_apart():
    kinds = ("object_detection", "ocr_detection", "ocr_recognition", "image_segmentation", "")
    next_kinds = ["image_classification", "ocr_recognition", "ocr_recognition"] + ["image_classification"] * 2
    assert [crop_type(kind) for kind in kinds] == next_kinds
