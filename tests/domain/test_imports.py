import pytest

from labelwright.domain.dataset import FrameInfo
from labelwright.domain.errors import ImportMismatch
from labelwright.domain.imports import FrameMatcher, ImportTarget, Origin, value_to_text
from labelwright.domain.labels import Attribute, Label

NAMES = ["a.jpg", "a.png", "in/b.jpg", "in/deep/c.d.jpg", "12.jpg"]
IMAGES = [FrameInfo(index, 10 + 2 * index, name, 9, 9) for index, name in enumerate(NAMES)]
VIDEO = [FrameInfo(index, 10 + 2 * index, f"frame_{10 + 2 * index:06}", 9, 9, ".PNG") for index in range(5)]


@pytest.mark.parametrize(
    ("given", "frame"),
    [
        pytest.param({"item_id": "a", "image_name": "a.png"}, 1, id="whole name"),
        pytest.param({"item_id": "a", "image_name": "a.bmp"}, 0, id="name without extension"),
        pytest.param({"item_id": "in/deep/c.d"}, 3, id="id alone"),
        pytest.param(
            {"item_id": "deep/c.d", "image_name": "deep/c.d.jpg"}, 3, id="below the folder left out"
        ),
        pytest.param({"item_id": "12", "source_frame": 10}, 4, id="a name before a number"),
        pytest.param({"item_id": "x", "source_frame": 14}, 2, id="number in the source"),
        pytest.param({"item_id": "x", "source_frame": 3}, 3, id="number as index"),
        pytest.param({"item_id": "1"}, 1, id="id as index"),
    ],
)
def test_frames_are_found_by_the_first_rule_that_fits(given, frame):
    item_id = given.pop("item_id")
    assert FrameMatcher(IMAGES, lambda: ["deep/c.d"]).match(item_id, **given) == frame


@pytest.mark.parametrize(
    ("item_id", "frame"),
    [("frame_000012", 1), ("in/frame_000003", 3)],
    ids=["by name", "by its digits as index"],
)
def test_video_frames_are_found_by_name_or_number(item_id, frame):
    assert FrameMatcher(VIDEO, list).match(item_id) == frame


@pytest.mark.parametrize("item_id", ["z", "99", "frame_000003", "-1", "1.0", "٣", "9" * 99])
def test_what_fits_no_frame_is_refused(item_id):
    with pytest.raises(ImportMismatch, match=f"^Could not match item id: '{item_id}' with any task frame$"):
        FrameMatcher(IMAGES, list).match(item_id)


def test_the_archive_is_looked_through_once_and_only_if_a_name_is_not_found():
    calls = []
    matcher = FrameMatcher(IMAGES, lambda: calls.append(1) or ["b", "deep/c.d"])
    matcher.match("a")
    assert calls == []
    matcher.match("b", image_name="b.jpg")
    matcher.match("deep/c.d")
    assert calls == [1]


@pytest.mark.parametrize(
    ("input_type", "value", "text"),
    [
        ("number", 3.0, "3"),
        ("number", 3.25, "3.25"),
        ("number", "many", "many"),
        ("checkbox", True, "true"),
        ("checkbox", "FALSE", "false"),
        ("text", True, "True"),
        ("text", 3.0, "3.0"),
        ("text", [1, {"a": "人"}], '[1,{"a":"人"}]'),
    ],
)
def test_values_become_text(input_type, value, text):
    assert value_to_text(value, input_type) == text


def _target():
    attribute = Attribute(id=5, name="note", mutable=True, input_type="text", default_value="", values=("",))
    label = Label(id=1, name="car", color="#000000", attributes=(attribute,))
    return ImportTarget(labels=[label], frames=IMAGES)


def test_null_and_unknown_attributes_are_left_out():
    target = _target()
    found = target.tag(Origin("a", 0), frame=0, label="car", attributes={"note": None, "other": "x"})
    assert found.attributes == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        pytest.param({"label": None}, "annotation has no label", id="no label"),
        pytest.param({"label": "dog"}, "Label 'dog' is not registered for this task", id="unknown label"),
        pytest.param({"group": -1}, "group -1 must be from 0", id="group below none"),
        pytest.param(
            {"attributes": {"note": "x" * 4097}}, "'note' has 4097 characters, at most 4096", id="long"
        ),
    ],
)
def test_objects_that_do_not_fit_are_refused_with_their_place(given, sentence):
    plain = {"frame": 0, "label": "car", "attributes": {}}
    with pytest.raises(
        ImportMismatch, match=rf"^Image a: can't import annotation #4 \(label\): .*{sentence}"
    ):
        _target().tag(Origin("a", 4), **plain | given)
