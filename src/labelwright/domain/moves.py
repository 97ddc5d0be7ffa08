"""A task moves to another project: its labels become those of the project by name."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from labelwright.domain.errors import Invalid, NotFound
from labelwright.domain.labels import AttributeRules, Label, LabelSpec, fill_attributes
from labelwright.domain.shapes import Shape, Tag

Item = TypeVar("Item", Tag, Shape)


def map_labels(
    current: Sequence[Label], specs: Sequence[LabelSpec], target: Sequence[Label]
) -> dict[int, int]:
    """Return by which label of `target` each label of `current` goes on, by id.

    A spec names the new label of the label `id`; a label without a spec goes on under its own name.

    Raises:
        Invalid: a name is of no label of `target`.
        NotFound: an id is of no label of `current`.
    """
    names = {label.id: label.name for label in current}
    for spec in specs:
        if spec.id is None:
            continue
        if spec.id not in names:
            raise NotFound("Not found label with id #{id} to change", id=spec.id)
        names[spec.id] = names[spec.id] if spec.name is None else spec.name
    ids = {label.name: label.id for label in target}
    if not set(names.values()) <= set(ids):
        raise Invalid(
            "All task or project label names must be mapped to the target project", field="non_field_errors"
        )
    return {label_id: ids[name] for label_id, name in names.items()}


def relabel(
    items: list[Item], label_ids: Mapping[int, int], rules: Mapping[int, AttributeRules]
) -> list[Item]:
    """Give the items, in place, the labels they go on by; what their attributes said is lost for the defaults."""
    for item in items:
        item.label_id = label_ids[item.label_id]
        item.attributes = fill_attributes(rules[item.label_id], [])
    return items
