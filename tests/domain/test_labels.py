import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from labelwright.domain.errors import Invalid, NotFound
from labelwright.domain.labels import (
    Attribute,
    AttributeSpec,
    InvalidLabel,
    Label,
    LabelEdit,
    LabelSpec,
    attribute_rules,
    edit_labels,
    fill_attributes,
    plan_labels,
)
from labelwright.domain.shapes import AttributeValue

PARKED = Attribute(11, "parked", True, "checkbox", "false", ("false",))
MODEL = Attribute(12, "model", False, "text", "unknown", ("",))
CAR = Label(1, "car", "#2080c0", (PARKED, MODEL), 3)
BIRD = Label(2, "bird", "#404040")
TEXT = AttributeSpec(name="note", mutable=False, input_type="text")


def as_spec(attribute: Attribute) -> AttributeSpec:
    return AttributeSpec(**msgspec.structs.asdict(attribute))


def applied(labels: list[Label], edit: LabelEdit, next_id: int) -> list[Label]:
    """Do to `labels` what storage does with an edit, attributes left out."""
    changed = {change.id: change for change in edit.changed}
    kept = [
        replace(label, name=changed[label.id].name, color=changed[label.id].color)
        if label.id in changed
        else label
        for label in labels
        if label.id not in edit.deleted
    ]
    return kept + [Label(next_id + place, new.name, new.color) for place, new in enumerate(edit.created)]


def test_an_attribute_shows_its_fields_in_the_order_of_v1() -> None:
    expected = b'{"id":11,"name":"parked","mutable":true,"input_type":"checkbox",'
    expected += b'"default_value":"false","values":["false"]}'
    assert msgspec.json.encode(PARKED) == expected


def test_new_labels_keep_their_order_and_get_colors_by_place() -> None:
    asked = [
        LabelSpec(name=name, color=color) for name, color in [("car", "#FF00Aa"), ("Car", ""), ("CAR", None)]
    ]
    planned = plan_labels(asked)
    assert [(label.name, label.color) for label in planned] == [
        ("car", "#ff00aa"),
        ("Car", "#b5b36c"),
        ("CAR", "#3533ec"),
    ]


def test_names_lose_their_outer_blanks() -> None:
    label = plan_labels([LabelSpec(name=" car ", attributes=[replace(TEXT, name=" note ")])])[0]
    assert (label.name, label.attributes[0].name) == ("car", "note")


@pytest.mark.parametrize(
    ("values", "stored"),
    [
        pytest.param([], ("",), id="no values come back as one empty one"),
        pytest.param([" red ", "blue"], ("red", "blue"), id="blanks are stripped"),
        pytest.param(["red\nblue", "green"], ("red", "blue", "green"), id="a line break splits a value"),
        pytest.param(["x" * 4096], ("x" * 4096,), id="the longest values there may be"),
    ],
)
def test_values_are_stored_as_lines(values: list[str], stored: tuple[str, ...]) -> None:
    label = plan_labels([LabelSpec(name="car", attributes=[replace(TEXT, values=values)])])[0]
    assert label.attributes[0].values == stored


@pytest.mark.parametrize(
    ("spec", "key", "message"),
    [
        pytest.param(LabelSpec(), "name", "label 2 of the request has no name", id="no name"),
        pytest.param(LabelSpec(name="  "), "name", "takes 1 to 64 characters, got 0", id="blank name"),
        pytest.param(LabelSpec(name="x" * 65), "name", "takes 1 to 64 characters, got 65", id="long name"),
        pytest.param(LabelSpec(name="x", color="red"), "color", "color 'red' of label x", id="color by name"),
        pytest.param(LabelSpec(name="x", color="#12345g"), "color", "is not #rrggbb", id="color not hex"),
        pytest.param(
            LabelSpec(name="x", color="#123456\n"), "color", "is not #rrggbb", id="color and a line break"
        ),
        pytest.param(
            LabelSpec(name="x", deleted=True),
            "non_field_errors",
            "Deleted label must have an ID",
            id="deleted",
        ),
    ],
)
def test_a_label_that_will_not_do_is_named(spec: LabelSpec, key: str, message: str) -> None:
    with pytest.raises(InvalidLabel, match=message) as caught:
        plan_labels([LabelSpec(name="fine"), spec])
    assert (caught.value.field, caught.value.index, caught.value.key) == ("labels", 1, key)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        pytest.param([replace(TEXT, name=None)], "got 0", id="no name"),
        pytest.param([replace(TEXT, name="x" * 65)], "got 65", id="long name"),
        pytest.param([TEXT, TEXT], "attribute note stands twice in label car", id="one name twice"),
        pytest.param(
            [replace(TEXT, input_type="slider")], "expected one of select, radio", id="unknown input"
        ),
        pytest.param(
            [replace(TEXT, default_value="x" * 129)], "at most 128 characters, got 129", id="long default"
        ),
        pytest.param(
            [replace(TEXT, values=["x" * 4096, ""])], "at most 4096 characters, got 4097", id="long values"
        ),
    ],
)
def test_an_attribute_that_will_not_do_is_named(attributes: list[AttributeSpec], message: str) -> None:
    with pytest.raises(InvalidLabel, match=message) as caught:
        plan_labels([LabelSpec(name="car", attributes=attributes)])
    assert (caught.value.index, caught.value.key) == (0, "attributes")


def test_two_new_labels_cannot_share_a_name() -> None:
    with pytest.raises(Invalid, match=r"^All label names must be unique for the task$") as caught:
        plan_labels([LabelSpec(name="car"), LabelSpec(name="car")])
    assert caught.value.field == "labels"


@pytest.mark.parametrize(
    ("spec", "name", "color"),
    [
        pytest.param(LabelSpec(id=2, name="dog"), "dog", "#406040", id="a new name brings its color"),
        pytest.param(LabelSpec(id=2, name="CAR"), "CAR", "#b5b36c", id="a color counts the other labels"),
        pytest.param(LabelSpec(id=2, name="bird", color="#ABCDEF"), "bird", "#abcdef", id="a color is set"),
        pytest.param(LabelSpec(id=2, color="#ABCDEF"), "bird", "#abcdef", id="no name keeps the name"),
    ],
)
def test_an_element_with_id_changes_its_label(spec: LabelSpec, name: str, color: str) -> None:
    edit = edit_labels([CAR, BIRD], [spec])
    assert [(label.id, label.name, label.color) for label in edit.changed] == [(2, name, color)]
    assert (edit.created, edit.deleted) == ((), ())


def test_a_label_without_a_color_asked_for_gets_its_computed_one_back() -> None:
    edit = edit_labels([replace(CAR, color="#000000")], [LabelSpec(id=1)])
    assert edit.changed[0].color == CAR.color
    assert edit.changed[0].attribute_revision == CAR.attribute_revision


def test_an_edit_that_changes_nothing_stores_nothing() -> None:
    same = LabelSpec(id=1, name="car", color="#2080C0", attributes=[as_spec(PARKED), as_spec(MODEL)])
    assert edit_labels([CAR, BIRD], [same]) == LabelEdit()


@pytest.mark.parametrize(
    ("specs", "names"),
    [
        pytest.param([LabelSpec(id=1, name="bird"), LabelSpec(id=2, name="car")], ["bird", "car"], id="swap"),
        pytest.param(
            [LabelSpec(id=1, deleted=True), LabelSpec(name="car")], ["bird", "car"], id="delete, add"
        ),
        pytest.param(
            [LabelSpec(name="car"), LabelSpec(id=1, deleted=True)], ["bird", "car"], id="add, delete"
        ),
        pytest.param([LabelSpec(name="Car")], ["car", "bird", "Car"], id="names differ by case"),
    ],
)
def test_only_the_final_names_must_be_unique(specs: list[LabelSpec], names: list[str]) -> None:
    labels = applied([CAR, BIRD], edit_labels([CAR, BIRD], specs), next_id=3)
    assert [label.name for label in labels] == names


@pytest.mark.parametrize(
    "specs",
    [
        pytest.param([LabelSpec(name="car")], id="a new one takes a name"),
        pytest.param([LabelSpec(id=2, name="car")], id="a rename takes a name"),
        pytest.param([LabelSpec(name="dog"), LabelSpec(name="dog")], id="twice in the request"),
    ],
)
def test_an_edit_cannot_leave_two_labels_of_one_name(specs: list[LabelSpec]) -> None:
    with pytest.raises(Invalid, match="All label names must be unique for the task"):
        edit_labels([CAR, BIRD], specs)


def test_an_unknown_label_is_not_found() -> None:
    with pytest.raises(NotFound, match=r"^Not found label with id #9999 to change$"):
        edit_labels([CAR], [LabelSpec(id=9999, name="dog")])


def test_a_label_has_one_element_in_a_request() -> None:
    with pytest.raises(InvalidLabel, match="label 1 has two elements in one request") as caught:
        edit_labels([CAR], [LabelSpec(id=1, name="van"), LabelSpec(id=1, deleted=True)])
    assert caught.value.index == 1


def test_a_deleted_label_needs_an_id() -> None:
    with pytest.raises(InvalidLabel, match=r"^Deleted label must have an ID$") as caught:
        edit_labels([CAR], [LabelSpec(name="car", deleted=True)])
    assert (caught.value.index, caught.value.key) == (0, "non_field_errors")


@pytest.mark.parametrize(
    ("spec", "changed", "revision"),
    [
        pytest.param(
            replace(as_spec(MODEL), id=None, default_value="?"),
            Attribute(12, "model", False, "text", "?", ("",)),
            4,
            id="matched by name, new default",
        ),
        pytest.param(
            replace(as_spec(MODEL), name="type", values=["a"]),
            Attribute(12, "type", False, "text", "unknown", ("a",)),
            3,
            id="matched by id, renamed",
        ),
        pytest.param(
            replace(as_spec(MODEL), name=None, mutable=True),
            Attribute(12, "model", True, "text", "unknown", ("",)),
            4,
            id="matched by id, made mutable",
        ),
        pytest.param(
            replace(as_spec(MODEL), id=777, input_type="radio"),
            Attribute(12, "model", False, "radio", "unknown", ("",)),
            3,
            id="unknown id, matched by name",
        ),
    ],
)
def test_an_attribute_is_changed_in_place(spec: AttributeSpec, changed: Attribute, revision: int) -> None:
    edit = edit_labels([CAR], [LabelSpec(id=1, color=CAR.color, attributes=[spec])])
    assert edit.changed[0].changed_attributes == (changed,)
    assert edit.changed[0].attribute_revision == revision


def test_an_added_attribute_makes_stored_documents_stale() -> None:
    change = edit_labels([CAR], [LabelSpec(id=1, attributes=[TEXT])]).changed[0]
    assert [attribute.name for attribute in change.new_attributes] == ["note"]
    assert change.changed_attributes == ()
    assert change.attribute_revision == CAR.attribute_revision + 1


def test_a_renamed_attribute_cannot_take_the_name_of_another() -> None:
    spec = replace(as_spec(MODEL), name="parked")
    with pytest.raises(InvalidLabel, match="attribute parked stands twice in label car"):
        edit_labels([CAR], [LabelSpec(id=1, attributes=[spec])])


NAMES = st.sampled_from(["car", "Car", "CAR", "bird", "猫", "狗", "zzz", "zzz!"])
COLORS = st.sampled_from([None, "", "#00FF00"])
EDITS = st.lists(
    st.builds(LabelSpec, name=NAMES, color=COLORS, id=st.none() | st.integers(1, 9), deleted=st.booleans()),
    max_size=4,
)


def of_these(spec: LabelSpec, labels: list[Label]) -> LabelSpec:
    """Point a random spec at one of `labels`, or at none."""
    if spec.id is None or not labels:
        return replace(spec, id=None, deleted=False)
    return replace(spec, id=labels[spec.id % len(labels)].id)


@settings(deadline=None)
@given(st.lists(EDITS, max_size=6))
def test_any_edits_leave_names_unique_and_ids_stable(requests: list[list[LabelSpec]]) -> None:
    labels: list[Label] = []
    next_id = 1
    for request in requests:
        try:
            edit = edit_labels(labels, [of_these(spec, labels) for spec in request])
        except Invalid:
            continue
        before = [label.id for label in labels]
        labels = applied(labels, edit, next_id)
        next_id += len(edit.created)
        ids = [label.id for label in labels]
        assert len({label.name for label in labels}) == len(labels)
        assert ids == sorted(set(ids))
        assert ids[: len(ids) - len(edit.created)] == [known for known in before if known not in edit.deleted]


@pytest.mark.parametrize(
    ("given_values", "filled"),
    [
        pytest.param([(11, "true"), (12, "van")], [(11, "true"), (12, "van")], id="nothing missing"),
        pytest.param([(12, "van")], [(12, "van"), (11, "false")], id="stored ones stay in front"),
        pytest.param([], [(11, "false"), (12, "unknown")], id="defaults in attribute order"),
        pytest.param([(12, "a"), (12, "b")], [(12, "a"), (12, "b"), (11, "false")], id="one given twice"),
    ],
)
def test_missing_attributes_are_filled_with_defaults(
    given_values: list[tuple[int, str]], filled: list[tuple[int, str]]
) -> None:
    values = [AttributeValue(attribute_id=number, value=value) for number, value in given_values]
    result = fill_attributes(attribute_rules(CAR), values)
    assert [(value.attribute_id, value.value) for value in result] == filled
    assert [(value.attribute_id, value.value) for value in values] == given_values


def test_complete_attributes_are_not_copied() -> None:
    values = [AttributeValue(attribute_id=number, value="x") for number in (12, 11)]
    assert fill_attributes(attribute_rules(CAR), values) is values


def test_rules_carry_the_revision_of_their_label() -> None:
    rules = attribute_rules(CAR)
    assert (rules.allowed, rules.revision) == (frozenset({11, 12}), 3)
