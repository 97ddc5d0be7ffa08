"""Labels and their attributes."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from labelwright.domain.labels import Attribute, Label, LabelEdit, NewAttribute, NewLabel
from labelwright.storage import Transaction
from labelwright.storage.tables import attributes, labels

#: Made once: composing a query costs more than SQLite takes to answer it.
_LABELS = (
    select(
        labels,
        attributes.c.id.label("attribute_id"),
        attributes.c.name.label("attribute_name"),
        attributes.c.mutable,
        attributes.c.input_type,
        attributes.c.default_value,
        attributes.c["values"].label("attribute_values"),
    )
    .outerjoin(attributes, attributes.c.label_id == labels.c.id)
    .where(labels.c.task_id.in_(bindparam("task_ids", expanding=True)))
    .order_by(labels.c.id, attributes.c.id)
)


def labels_of_tasks(tx: Transaction, task_ids: Sequence[int]) -> dict[int, list[Label]]:
    """Return the labels of each task with their attributes, both by id, in one query."""
    if not task_ids:
        return {}
    rows = tx.connection.execute(_LABELS, {"task_ids": task_ids}).all()
    grouped: dict[int, list[Attribute]] = defaultdict(list)
    for row in rows:
        if row.attribute_id is not None:
            grouped[row.id].append(_attribute(row))
    found: dict[int, list[Label]] = {task_id: [] for task_id in task_ids}
    seen: set[int] = set()
    for row in rows:
        if row.id not in seen:
            seen.add(row.id)
            found[row.task_id].append(
                Label(
                    id=row.id,
                    name=row.name,
                    color=row.color,
                    attributes=tuple(grouped[row.id]),
                    attribute_revision=row.attribute_revision,
                )
            )
    return found


def _attribute(row: Row[Any]) -> Attribute:
    return Attribute(
        id=row.attribute_id,
        name=row.attribute_name,
        mutable=row.mutable,
        input_type=row.input_type,
        default_value=row.default_value,
        values=tuple(row.attribute_values.split("\n")),
    )


def read_labels(tx: Transaction, task_id: int) -> list[Label]:
    """Return the task's labels with their attributes, by id."""
    return labels_of_tasks(tx, [task_id])[task_id]


def insert_label(tx: Transaction, task_id: int, label: NewLabel) -> None:
    """Add the label and its attributes."""
    values = {"task_id": task_id, "name": label.name, "color": label.color}
    label_id = tx.connection.execute(insert(labels).values(**values).returning(labels.c.id)).scalar_one()
    for attribute in label.attributes:
        _insert_attribute(tx, label_id, attribute)


def write_label_edit(tx: Transaction, task_id: int, edit: LabelEdit) -> None:
    """Carry out an edit of the task's labels. The annotations of deleted labels are the caller's business."""
    tx.connection.execute(delete(labels).where(labels.c.id.in_(edit.deleted)))
    # Two labels may swap their names: free all of them first.
    for change in edit.changed:
        _update_label(tx, change.id, name=f"\n{change.id}")
    for change in edit.changed:
        _update_label(
            tx, change.id, name=change.name, color=change.color, attribute_revision=change.attribute_revision
        )
        for attribute in change.changed_attributes:
            _update_attribute(tx, attribute.id, name=f"\n{attribute.id}")
        for attribute in change.changed_attributes:
            _update_attribute(tx, attribute.id, **_attribute_values(attribute))
        for new in change.new_attributes:
            _insert_attribute(tx, change.id, new)
    for label in edit.created:
        insert_label(tx, task_id, label)


def _update_label(tx: Transaction, label_id: int, **values: object) -> None:
    tx.connection.execute(update(labels).where(labels.c.id == label_id).values(**values))


def _update_attribute(tx: Transaction, attribute_id: int, **values: object) -> None:
    tx.connection.execute(update(attributes).where(attributes.c.id == attribute_id).values(**values))


def _attribute_values(attribute: Attribute | NewAttribute) -> dict[str, object]:
    return {
        "name": attribute.name,
        "mutable": attribute.mutable,
        "input_type": attribute.input_type,
        "default_value": attribute.default_value,
        "values": "\n".join(attribute.values),
    }


def _insert_attribute(tx: Transaction, label_id: int, attribute: NewAttribute) -> None:
    tx.connection.execute(insert(attributes).values(label_id=label_id, **_attribute_values(attribute)))
