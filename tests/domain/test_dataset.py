import random
from math import inf

import pytest

from labelwright.domain.dataset import (
    AttributeTypes,
    FrameInfo,
    bounding_box,
    box_area,
    group_by_frame,
    in_painting_order,
    round_points,
    split_groups,
)
from labelwright.domain.errors import Invalid
from labelwright.domain.labels import Attribute, Label
from labelwright.domain.shapes import AttributeValue, Shape, Tag

FRAMES = [FrameInfo(index, index, f"{index}.jpg", 10, 10) for index in range(3, 6)]


def point(frame=3, *, number=None, z_order=0, group=0):
    return Shape(
        type="points", points=[1.0, 1.0], occluded=False, id=number, frame=frame, label_id=1,
        group=group, z_order=z_order, attributes=[],
    )  # fmt: skip


def tag(frame):
    return Tag(frame=frame, label_id=1, group=0, attributes=[])


def test_objects_are_dealt_to_all_frames_in_stored_order():
    shapes = [point(3, number=2), point(3, number=1), point(5, number=3)]
    frames = list(group_by_frame(FRAMES, tags=[tag(4), tag(4)], shapes=shapes))
    assert [(frame.name, len(frame.tags), [each.id for each in frame.shapes]) for frame in frames] == [
        ("3.jpg", 0, [2, 1]),
        ("4.jpg", 2, []),
        ("5.jpg", 0, [3]),
    ]


@pytest.mark.parametrize("frames", [[2], [9], [4, 3]], ids=["before", "behind", "out of order"])
def test_no_object_is_left_behind_in_silence(frames):
    with pytest.raises(Invalid, match="no such frame was left to come"):
        list(group_by_frame(FRAMES, tags=[], shapes=[point(frame) for frame in frames]))


@pytest.mark.parametrize(
    ("info", "item_id", "image_name"),
    [
        pytest.param(FrameInfo(0, 0, "a/b.c.jpg", 1, 1), "a/b.c", "a/b.c.jpg", id="image"),
        pytest.param(
            FrameInfo(0, 12, "frame_000012", 1, 1, ".PNG"), "frame_000012", "frame_000012.PNG", id="video"
        ),
    ],
)
def test_a_frame_has_the_names_of_the_contract(info, item_id, image_name):
    assert (info.item_id, info.image_name) == (item_id, image_name)


def attribute_types(input_type):
    attribute = Attribute(
        id=4, name="worth", mutable=True, input_type=input_type, default_value="", values=("",)
    )
    return AttributeTypes([Label(id=1, name="car", color="#000000", attributes=(attribute,))])


@pytest.mark.parametrize(
    ("input_type", "text", "value"),
    [
        ("number", "3", 3.0),
        ("number", "-1.5", -1.5),
        ("checkbox", "TRUE", True),
        ("checkbox", "yes", False),
        ("select", "true", "true"),
        ("text", "3", "3"),
    ],
)
def test_attributes_have_the_types_of_the_common_model(input_type, text, value):
    found = attribute_types(input_type).read([AttributeValue(4, text), AttributeValue(5, "of no label")])
    assert found == {"worth": value}
    assert type(found["worth"]) is type(value)


@pytest.mark.parametrize("text", ["", "three", "nan", "inf"])
def test_a_number_that_is_none_fails(text):
    with pytest.raises(Invalid, match=f"^Failed to convert attribute 'worth'='{text}': "):
        attribute_types("number").read([AttributeValue(4, text)])


def test_shapes_are_painted_by_z_order_equals_as_they_stood():
    shapes = [point(number=1, z_order=2), point(number=2), point(number=3, z_order=-1), point(number=4)]
    assert [each.id for each in in_painting_order(shapes)] == [3, 2, 4, 1]


def test_groups_stand_by_their_number():
    shapes = [point(number=number, group=group) for number, group in enumerate([5, 0, 2, 5, None])]
    alone, groups = split_groups(shapes, lambda each: each.group)
    assert [each.id for each in alone] == [1, 4]
    assert [[each.id for each in group] for group in groups] == [[2], [0, 3]]


def test_coordinates_have_two_decimals():
    assert round_points([1.005, 2.675001, -3.0, 7]) == [1.0, 2.68, -3.0, 7]


def test_coordinates_are_rounded_as_python_rounds():
    chance = random.Random(4)
    thousandths = [chance.randrange(-(10**7), 10**7) / 1000 for _ in range(5_000)]
    any_digits = [chance.uniform(-1, 1) * 10 ** chance.uniform(-5, 11) for _ in range(5_000)]
    for value in (*thousandths, *any_digits, 2.675, 1e300, -1e300, inf):
        assert round_points([value]) == [round(value, 2)]


@pytest.mark.parametrize("count", [2, 3], ids=["box", "polygon"])
def test_boxes_around_points_are_as_python_rounds(count):
    chance = random.Random(5)
    for _ in range(5_000):
        points = [chance.randrange(-(10**5), 10**6) / 100 for _ in range(2 * count)]
        xs, ys = points[::2], points[1::2]
        width, height = round(max(xs) - min(xs), 2), round(max(ys) - min(ys), 2)
        assert bounding_box(points) == (min(xs), min(ys), width, height)
        assert box_area(bounding_box(points)) == round(width * height, 4)
