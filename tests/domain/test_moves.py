"""What a task's labels and annotations become in another project."""

import pytest
from msgspec import UNSET

from labelwright.domain.errors import Invalid, NotFound
from labelwright.domain.labels import Attribute, Label, LabelSpec, attribute_rules
from labelwright.domain.moves import map_labels, relabel
from labelwright.domain.shapes import AttributeValue, Tag

SIZE = Attribute(id=9, name="size", mutable=False, input_type="text", default_value="S", values=("",))
CURRENT = [Label(1, "car", "#000000"), Label(2, "dog", "#000000")]
TARGET = [Label(11, "dog", "#000000"), Label(12, "car", "#000000", (SIZE,)), Label(13, "van", "#000000")]


@pytest.mark.parametrize(
    ("specs", "expected"),
    [
        pytest.param([], {1: 12, 2: 11}, id="by their own names"),
        pytest.param([LabelSpec(id=1, name="van")], {1: 13, 2: 11}, id="one renamed"),
        pytest.param([LabelSpec(id=1, name="dog")], {1: 11, 2: 11}, id="two become one"),
        pytest.param([LabelSpec(id=1), LabelSpec(name="new")], {1: 12, 2: 11}, id="nothing named"),
    ],
)
def test_labels_go_on_by_name(specs, expected):
    assert map_labels(CURRENT, specs, TARGET) == expected


def test_every_label_needs_one_to_go_on_by():
    with pytest.raises(Invalid, match="must be mapped to the target project"):
        map_labels(CURRENT, [LabelSpec(id=2, name="cat")], TARGET)
    with pytest.raises(Invalid, match="must be mapped"):
        map_labels([Label(3, "cat", "#000000")], [], TARGET)
    with pytest.raises(NotFound, match="#7 to change"):
        map_labels(CURRENT, [LabelSpec(id=7, name="dog")], TARGET)


def test_moved_objects_have_the_defaults_of_their_new_label():
    tag = Tag(frame=0, label_id=1, group=0, attributes=[AttributeValue(5, "lost")], client_id=UNSET)
    rules = {label.id: attribute_rules(label) for label in TARGET}
    (moved,) = relabel([tag], {1: 12, 2: 11}, rules)
    assert (moved.label_id, moved.attributes) == (12, [AttributeValue(9, "S")])
