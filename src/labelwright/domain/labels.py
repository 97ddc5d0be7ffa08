"""Labels and their attributes: what a request may ask for, and what it changes.

Source of the rules: API v1 contract, tasks-and-data 8; where the original server crashed or stored
nonsense, we refuse with a sentence.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, cast, get_args

from msgspec import Struct
from msgspec.structs import replace

from labelwright.domain.colors import normalize_label_name, numbered_color
from labelwright.domain.errors import Invalid, NotFound
from labelwright.domain.sentences import Sentence
from labelwright.domain.shapes import AttributeValue

InputType = Literal["select", "radio", "checkbox", "number", "text"]

_INPUT_TYPES = get_args(InputType)
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_NAME_LIMIT = 64
_DEFAULT_LIMIT = 128
_VALUES_LIMIT = 4096
_LABEL = Sentence("a label")
_ATTRIBUTE = Sentence("an attribute")
#: Whose labels: a word in what is said of them.
OF_TASK, OF_PROJECT = Sentence("task"), Sentence("project")


class Attribute(Struct, frozen=True):
    """A named value that objects of a label carry. Field order is the key order of API v1.

    `values` are the choices of a select or radio, `min, max, step` of a number; never empty: no values
    are `("",)`.
    """

    id: int
    name: str
    mutable: bool
    input_type: InputType
    default_value: str
    values: tuple[str, ...]


class Label(Struct, frozen=True):
    """A class objects belong to, with its attributes by id. `color` is `#rrggbb`, lower case.

    `attribute_revision` rises when documents stored before may lack what the attributes now say; it is
    the server's own and not sent to clients.
    """

    id: int
    name: str
    color: str
    attributes: tuple[Attribute, ...] = ()
    attribute_revision: int = 0


class AttributeSpec(Struct, frozen=True, kw_only=True):
    """An attribute as a request asks for it. `name` None keeps the name of the attribute `id`."""

    name: str | None = None
    mutable: bool
    input_type: str
    default_value: str = ""
    values: Sequence[str] = ()
    id: int | None = None


class LabelSpec(Struct, frozen=True, kw_only=True):
    """A label as a request asks for it. `name` None keeps the name of the label `id`.

    `color` None or "" asks for the computed one.
    """

    name: str | None = None
    color: str | None = None
    attributes: Sequence[AttributeSpec] = ()
    id: int | None = None
    deleted: bool = False


class NewAttribute(Struct, frozen=True):
    """An attribute to store that has no id yet; fields as in `Attribute`."""

    name: str
    mutable: bool
    input_type: InputType
    default_value: str
    values: tuple[str, ...]


class NewLabel(Struct, frozen=True):
    """A label to store that has no id yet; its `attribute_revision` starts at 0."""

    name: str
    color: str
    attributes: tuple[NewAttribute, ...] = ()


class ChangedLabel(Struct, frozen=True, kw_only=True):
    """The new state of the label `id`, and of those of its attributes that change or are added."""

    id: int
    name: str
    color: str
    attribute_revision: int
    changed_attributes: tuple[Attribute, ...] = ()
    new_attributes: tuple[NewAttribute, ...] = ()


class LabelEdit(Struct, frozen=True):
    """What an edit stores. Names may pass from one changed label to another: free them before writing."""

    created: tuple[NewLabel, ...] = ()
    changed: tuple[ChangedLabel, ...] = ()
    deleted: tuple[int, ...] = ()


class AttributeRules(Struct, frozen=True):
    """The attributes of one label, prepared for checking and filling many objects.

    `revision` is the label's `attribute_revision`. The values in `defaults` are shared by all objects
    they fill: never change one.
    """

    allowed: frozenset[int]
    defaults: tuple[AttributeValue, ...]
    revision: int = 0


class InvalidLabel(Invalid):
    """Element `index` (from 0) of the labels in a request is not acceptable; `key` names what of it."""

    def __init__(
        self, template: str, /, *, index: int, key: str = "non_field_errors", **values: object
    ) -> None:
        super().__init__(template, field="labels", **values)
        self.index = index
        self.key = key


def plan_labels(specs: Sequence[LabelSpec], *, owner: Sentence = OF_TASK) -> list[NewLabel]:
    """Return the labels a new task or project starts with, in the order asked for, colours computed.

    Ids in `specs` are ignored: everything is new.

    Raises:
        InvalidLabel: an element has no name, or a name, colour or attribute that will not do.
        Invalid: two labels have one name.
    """
    normal_names: Counter[str] = Counter()
    planned = [_new_label(index, spec, normal_names) for index, spec in enumerate(specs)]
    _require_unique_names((label.name for label in planned), owner)
    return planned


def edit_labels(
    current: Sequence[Label], specs: Sequence[LabelSpec], *, owner: Sentence = OF_TASK
) -> LabelEdit:
    """Return what to store so that the labels `current` of a task or project become what `specs` ask.

    Elements apply in order: without `id` a label is added; with it, renamed, recoloured (no colour:
    computed from the name against all other labels) and its attributes changed or added, or the
    label is deleted. Labels and attributes not mentioned stay; what would not change is left out.
    Attributes are matched by id, then by name, and cannot be deleted. Names may be swapped, and the
    name of a label deleted here may be used again: only the outcome must be unique.

    Raises:
        InvalidLabel: as `plan_labels`, or a deleted element has no id, or two elements one id.
        Invalid: two labels would have one name.
        NotFound: an id is of no label here.
    """
    labels = {label.id: label for label in current}
    normal_names = Counter(normalize_label_name(label.name) for label in current)
    seen: set[int] = set()
    created: list[NewLabel] = []
    changed: list[ChangedLabel] = []
    deleted: list[int] = []
    for index, spec in enumerate(specs):
        if spec.id is None:
            created.append(_new_label(index, spec, normal_names))
            continue
        label = _mentioned_label(index, spec.id, labels, seen)
        normal_names[normalize_label_name(label.name)] -= 1
        if spec.deleted:
            deleted.append(label.id)
        else:
            changed.append(_changed_label(index, label, spec, normal_names))
    names = {label.id: label.name for label in current if label.id not in deleted}
    names.update((label.id, label.name) for label in changed)
    _require_unique_names([*names.values(), *(label.name for label in created)], owner)
    differing = tuple(change for change in changed if _differs(labels[change.id], change))
    return LabelEdit(tuple(created), differing, tuple(deleted))


def attribute_rules(label: Label) -> AttributeRules:
    """Prepare the attributes of `label` for checking and filling its objects."""
    defaults = tuple(
        AttributeValue(attribute_id=attribute.id, value=attribute.default_value)
        for attribute in label.attributes
    )
    allowed = frozenset(value.attribute_id for value in defaults)
    return AttributeRules(allowed, defaults, label.attribute_revision)


def fill_attributes(rules: AttributeRules, given: list[AttributeValue]) -> list[AttributeValue]:
    """Return `given` in its order, then the default of each missing attribute in attribute order.

    For shapes and tags, which carry all attributes of their label: at saving, and again when a stored
    row is older than `rules.revision` (API v1 contract, annotations 1.4). `given` is never changed, and
    is itself the answer when nothing is missing (0.2 µs). Foreign values are kept: check them before.
    """
    present = {value.attribute_id for value in given}
    if present >= rules.allowed:
        return given
    return given + [value for value in rules.defaults if value.attribute_id not in present]


def _mentioned_label(index: int, label_id: int, labels: Mapping[int, Label], seen: set[int]) -> Label:
    """Return the label an element is about, and note in `seen` that it had its element."""
    if label_id not in labels:
        raise NotFound("Not found label with id #{id} to change", id=label_id)
    if label_id in seen:
        raise InvalidLabel("label {id} has two elements in one request", id=label_id, index=index, key="id")
    seen.add(label_id)
    return labels[label_id]


def _new_label(index: int, spec: LabelSpec, normal_names: Counter[str]) -> NewLabel:
    """Return the label `spec` asks for, and count its name in `normal_names` (name -> labels so called)."""
    if spec.deleted:
        raise InvalidLabel("Deleted label must have an ID", index=index)
    if spec.name is None:
        raise InvalidLabel(
            "label {number} of the request has no name", number=index + 1, index=index, key="name"
        )
    name = _checked_name(index, spec.name, _LABEL)
    color = _counted_color(index, name, spec.color, normal_names)
    attributes = tuple(_new_attribute(index, attribute) for attribute in spec.attributes)
    _require_unique_attributes(index, name, (attribute.name for attribute in attributes))
    return NewLabel(name=name, color=color, attributes=attributes)


def _changed_label(index: int, label: Label, spec: LabelSpec, normal_names: Counter[str]) -> ChangedLabel:
    """Return `label` as `spec` wants it, whether or not anything differs; count its name."""
    name = label.name if spec.name is None else _checked_name(index, spec.name, _LABEL)
    color = _counted_color(index, name, spec.color, normal_names)
    by_id = {attribute.id: attribute for attribute in label.attributes}
    added: list[NewAttribute] = []
    for attribute in spec.attributes:
        known = _matching_attribute(by_id, attribute)
        if known is None:
            added.append(_new_attribute(index, attribute))
        else:
            by_id[known.id] = _changed_attribute(index, known, attribute)
    names = [attribute.name for attribute in by_id.values()] + [attribute.name for attribute in added]
    _require_unique_attributes(index, name, names)
    changed = [by_id[old.id] for old in label.attributes if by_id[old.id] != old]
    stale = added or any(_shown(by_id[old.id]) != _shown(old) for old in label.attributes)
    return ChangedLabel(
        id=label.id,
        name=name,
        color=color,
        attribute_revision=label.attribute_revision + bool(stale),
        changed_attributes=tuple(changed),
        new_attributes=tuple(added),
    )


def _differs(label: Label, change: ChangedLabel) -> bool:
    rows = bool(change.changed_attributes or change.new_attributes)
    return rows or (label.name, label.color) != (change.name, change.color)


def _shown(attribute: Attribute) -> tuple[str, bool]:
    """Return what of an attribute decides how documents are filled."""
    return attribute.default_value, attribute.mutable


def _matching_attribute(by_id: Mapping[int, Attribute], spec: AttributeSpec) -> Attribute | None:
    if spec.id is not None and spec.id in by_id:
        return by_id[spec.id]
    name = (spec.name or "").strip()
    return next((attribute for attribute in by_id.values() if attribute.name == name), None)


def _new_attribute(index: int, spec: AttributeSpec) -> NewAttribute:
    name = _checked_name(index, spec.name or "", _ATTRIBUTE)
    if spec.input_type not in _INPUT_TYPES:
        expected = ", ".join(_INPUT_TYPES)
        raise InvalidLabel(
            "attribute {name} has input_type {type!r}, expected one of {expected}",
            name=name,
            type=spec.input_type,
            expected=expected,
            index=index,
            key="attributes",
        )
    if len(spec.default_value) > _DEFAULT_LIMIT:
        raise InvalidLabel(
            "the default of attribute {name} takes at most {limit} characters, got {count}",
            name=name,
            limit=_DEFAULT_LIMIT,
            count=len(spec.default_value),
            index=index,
            key="attributes",
        )
    return NewAttribute(
        name=name,
        mutable=spec.mutable,
        input_type=cast(InputType, spec.input_type),
        default_value=spec.default_value,
        values=_checked_values(index, name, spec.values),
    )


def _changed_attribute(index: int, attribute: Attribute, spec: AttributeSpec) -> Attribute:
    new = _new_attribute(index, spec if spec.name is not None else replace(spec, name=attribute.name))
    return Attribute(
        id=attribute.id,
        name=new.name,
        mutable=new.mutable,
        input_type=new.input_type,
        default_value=new.default_value,
        values=new.values,
    )


def _checked_values(index: int, name: str, values: Sequence[str]) -> tuple[str, ...]:
    """Strip and split the values as API v1 does, which stores them as lines of one text."""
    joined = "\n".join(value.strip() for value in values)
    if len(joined) > _VALUES_LIMIT:
        raise InvalidLabel(
            "the values of attribute {name} take at most {limit} characters, got {count}",
            name=name,
            limit=_VALUES_LIMIT,
            count=len(joined),
            index=index,
            key="attributes",
        )
    return tuple(value.strip() for value in joined.split("\n"))


def _checked_name(index: int, name: str, owner: Sentence) -> str:
    """Return `name` without outer blanks, which API v1 has always cut off."""
    stripped = name.strip()
    if 1 <= len(stripped) <= _NAME_LIMIT:
        return stripped
    raise InvalidLabel(
        "label {number} of the request: the name of {owner} takes 1 to {limit} characters, got {count}",
        number=index + 1,
        owner=owner,
        limit=_NAME_LIMIT,
        count=len(stripped),
        index=index,
        key="name" if owner is _LABEL else "attributes",
    )


def _counted_color(index: int, name: str, asked: str | None, normal_names: Counter[str]) -> str:
    """Return the colour asked for, else the computed one; count `name` among the names before the next."""
    if asked and not _COLOR.fullmatch(asked):
        raise InvalidLabel(
            "color {asked!r} of label {name} is not #rrggbb", asked=asked, name=name, index=index, key="color"
        )
    normal_name = normalize_label_name(name)
    earlier = normal_names[normal_name]
    normal_names[normal_name] += 1
    return asked.lower() if asked else numbered_color(normal_name, earlier)


def _require_unique_names(names: Iterable[str], owner: Sentence) -> None:
    if max(Counter(names).values(), default=0) > 1:
        raise Invalid("All label names must be unique for the {owner}", owner=owner, field="labels")


def _require_unique_attributes(index: int, label_name: str, names: Iterable[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise InvalidLabel(
            "attribute {name} stands twice in label {label_name}",
            name=twice[0],
            label_name=label_name,
            index=index,
            key="attributes",
        )
