"""Annotations of a job or task: checked against labels and frames, and made ready to be stored."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec
from msgspec import UNSET, Struct

from labelwright.domain.errors import InvalidAnnotation
from labelwright.domain.labels import AttributeRules, fill_attributes
from labelwright.domain.shapes import Shape, Tag, points_problem

#: The kinds of objects that have rows and ids of their own.
Series = Literal["tags", "shapes"]
SERIES: tuple[Series, ...] = ("tags", "shapes")

_encode = msgspec.json.Encoder().encode


class Annotations(Struct, kw_only=True):
    """Tags and shapes at a revision of their job (v1's `version`). Tracks are not built yet."""

    version: int
    tags: list[Tag]
    shapes: list[Shape]


class Tally(Struct, frozen=True):
    """How many objects a write made, changed and took away."""

    created: int = 0
    updated: int = 0
    deleted: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.created + other.created, self.updated + other.updated, self.deleted + other.deleted)

    def __bool__(self) -> bool:
        return bool(self.created or self.updated or self.deleted)


def tally_replaced(before: int, after: int) -> Tally:
    """Return the tally of `after` objects put in the place of `before`.

    Whoever sends everything each time changed little of it: what there is more or less of was made or taken away,
    the rest counts as changed.
    """
    return Tally(max(after - before, 0), min(before, after), max(before - after, 0))


class Doc(Struct, frozen=True, gc=False):
    """One object as storage keeps it: the columns that are searched by, and the JSON that GET shows."""

    id: int
    frame: int
    label_id: int
    type: str
    doc: str


def check_annotations(
    tags: Iterable[Tag],
    shapes: Iterable[Shape],
    rules: Mapping[int, AttributeRules],
    *,
    first: int,
    last: int,
) -> None:
    """See that every object has a label and attributes of `rules`, a frame from `first` to `last`, enough points.

    Raises:
        InvalidAnnotation: names the first thing that does not fit, labels and attributes in API v1's words.
    """
    for tag in tags:
        _check_object(tag, rules, first, last)
    for shape in shapes:
        _check_object(shape, rules, first, last)
        problem = points_problem(shape.type, len(shape.points))
        if problem:
            raise InvalidAnnotation("{problem} (frame {frame})", problem=problem, frame=shape.frame)


def _check_object(item: Tag | Shape, rules: Mapping[int, AttributeRules], first: int, last: int) -> None:
    rule = rules.get(item.label_id)
    if rule is None:
        raise InvalidAnnotation("label_id `{id}` is invalid", id=item.label_id)
    if not first <= item.frame <= last:
        raise InvalidAnnotation(
            "frame {frame} is outside, expected {first} to {last}", frame=item.frame, first=first, last=last
        )
    for attribute in item.attributes:
        if attribute.attribute_id not in rule.allowed:
            raise InvalidAnnotation("spec_id `{id}` is invalid", id=attribute.attribute_id)


def number_objects(items: Sequence[Tag | Shape], first_id: int) -> None:
    """Give the items the ids `first_id`, `first_id + 1`, … in order."""
    for offset, item in enumerate(items):
        item.id = first_id + offset


def to_docs(items: Sequence[Tag | Shape], rules: Mapping[int, AttributeRules]) -> list[Doc]:
    """Return the stored form of numbered items, attributes filled. The items stay as they came: answers echo them."""
    docs = []
    for item in items:
        given, client_id = item.attributes, item.client_id
        filled = fill_attributes(rules[item.label_id], given)
        if filled is not given or client_id is not UNSET:
            item.attributes, item.client_id = filled, UNSET
        assert item.id is not None, "items are numbered before they are stored"
        kind = item.type if isinstance(item, Shape) else ""
        docs.append(Doc(item.id, item.frame, item.label_id, kind, _encode(item).decode()))
        if filled is not given or client_id is not UNSET:
            item.attributes, item.client_id = given, client_id
    return docs
