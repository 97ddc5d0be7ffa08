"""Labels and their attributes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from labelwright.domain.labels import Attribute, Label, LabelEdit, NewAttribute, NewLabel
from labelwright.storage import Transaction
from labelwright.storage.tables import attributes, labels, tasks

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
    .order_by(labels.c.id, attributes.c.id)
)
_OF_TASKS = _LABELS.where(labels.c.task_id.in_(bindparam("task_ids", expanding=True)))
_OF_PROJECTS = _LABELS.where(labels.c.project_id.in_(bindparam("project_ids", expanding=True)))
_PROJECT_OF_TASK = select(tasks.c.project_id).where(tasks.c.id == bindparam("task_id"))


def labels_of_tasks(tx: Transaction, projects: Mapping[int, int | None]) -> dict[int, list[Label]]:
    """Return the labels of each task with their attributes, both by id, in two queries at most.

    `projects` names each task's project; None: the labels are the task's own.
    """
    shared = labels_of_projects(tx, list({each for each in projects.values() if each is not None}))
    alone = [task_id for task_id, project_id in projects.items() if project_id is None]
    own = _grouped(tx.connection.execute(_OF_TASKS, {"task_ids": alone}).all() if alone else (), "task_id")
    return {
        task_id: own.get(task_id, []) if project_id is None else shared[project_id]
        for task_id, project_id in projects.items()
    }


def labels_of_projects(tx: Transaction, project_ids: Sequence[int]) -> dict[int, list[Label]]:
    """Return the labels of each project with their attributes, both by id."""
    if not project_ids:
        return {}
    rows = tx.connection.execute(_OF_PROJECTS, {"project_ids": project_ids}).all()
    return {project_id: [] for project_id in project_ids} | _grouped(rows, "project_id")


def _grouped(rows: Sequence[Row[Any]], owner: str) -> dict[int, list[Label]]:
    """Make labels of the rows, by what the column `owner` holds."""
    grouped: dict[int, list[Attribute]] = defaultdict(list)
    for row in rows:
        if row.attribute_id is not None:
            grouped[row.id].append(_attribute(row))
    found: dict[int, list[Label]] = defaultdict(list)
    seen: set[int] = set()
    for row in rows:
        if row.id not in seen:
            seen.add(row.id)
            found[row._mapping[owner]].append(
                Label(
                    id=row.id,
                    name=row.name,
                    color=row.color,
                    attributes=tuple(grouped[row.id]),
                    attribute_revision=row.attribute_revision,
                )
            )
    return dict(found)


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
    """Return the labels of the task, its own or its project's, with their attributes, by id."""
    project_id = tx.connection.execute(_PROJECT_OF_TASK, {"task_id": task_id}).scalar()
    return labels_of_tasks(tx, {task_id: project_id})[task_id]


def insert_label(
    tx: Transaction, label: NewLabel, *, task_id: int | None = None, project_id: int | None = None
) -> None:
    """Add the label and its attributes to a task or a project."""
    values = {"task_id": task_id, "project_id": project_id, "name": label.name, "color": label.color}
    label_id = tx.connection.execute(insert(labels).values(**values).returning(labels.c.id)).scalar_one()
    for attribute in label.attributes:
        _insert_attribute(tx, label_id, attribute)


def write_label_edit(
    tx: Transaction, edit: LabelEdit, *, task_id: int | None = None, project_id: int | None = None
) -> None:
    """Carry out an edit of the labels of a task or a project; annotations of deleted ones are the caller's business."""
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
        insert_label(tx, label, task_id=task_id, project_id=project_id)


def delete_labels_of_task(tx: Transaction, task_id: int) -> None:
    """Delete the task's own labels: it gets a project's."""
    tx.connection.execute(delete(labels).where(labels.c.task_id == task_id))


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
