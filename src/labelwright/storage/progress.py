"""How far projects, tasks and jobs are: states, frames and objects, counted. What is deleted does not count."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Integer,
    Select,
    cast,
    func,
    select,
    tuple_,
    union,
    union_all,
)

from labelwright.domain.statistics import Part, new_part
from labelwright.storage import Transaction
from labelwright.storage.tables import jobs, media, shapes, tags, tasks

#: The key a job's objects stand under (`storage/annotations.py`).
_KEY = func.coalesce(jobs.c.layer, jobs.c.id)
_SERIES = (shapes, tags)


def of_project(project_id: int) -> ColumnElement[bool]:
    """Say "the job is of the project"."""
    return jobs.c.task_id.in_(select(tasks.c.id).where(tasks.c.project_id == project_id))


def of_task(task_id: int) -> ColumnElement[bool]:
    """Say "the job is of the task"."""
    return jobs.c.task_id == task_id


def of_job(job_id: int) -> ColumnElement[bool]:
    """Say "it is the job"."""
    return jobs.c.id == job_id


def read_tasks(tx: Transaction, *, project_id: int) -> list[Part]:
    """Return how far each task of the project is, by id."""
    scope = of_project(project_id)
    deleted = _deleted_frames(tx, scope)
    query = select(tasks.c.id, tasks.c.name, media.c.size).outerjoin(media, media.c.task_id == tasks.c.id)
    rows = tx.connection.execute(query.where(tasks.c.project_id == project_id).order_by(tasks.c.id))
    parts = {
        row.id: new_part(row.id, name=row.name, frames=row.size or 0, deleted=len(deleted.get(row.id, ())))
        for row in rows
    }
    return _counted(tx, parts, jobs.c.task_id, scope, are_some_deleted=bool(deleted))


def read_task(tx: Transaction, task_id: int) -> Part:
    """Return how far the task is, which exists. A frame that two of its jobs share counts once."""
    deleted = _deleted_frames(tx, of_task(task_id))
    query = select(tasks.c.id, tasks.c.name, media.c.size).outerjoin(media, media.c.task_id == tasks.c.id)
    row = tx.connection.execute(query.where(tasks.c.id == task_id)).one()
    part = new_part(row.id, name=row.name, frames=row.size or 0, deleted=len(deleted.get(row.id, ())))
    found = {task_id: part}
    return _counted(tx, found, jobs.c.task_id, of_task(task_id), are_some_deleted=bool(deleted))[0]


def read_jobs(tx: Transaction, scope: ColumnElement[bool]) -> list[Part]:
    """Return how far each job of the scope is, by id."""
    deleted = _deleted_frames(tx, scope)
    columns = (jobs.c.id, jobs.c.task_id, jobs.c.first_frame, jobs.c.last_frame)
    parts = {}
    for row in tx.connection.execute(select(*columns).where(scope).order_by(jobs.c.id)):
        frames = deleted.get(row.task_id, ())
        count = sum(row.first_frame <= frame <= row.last_frame for frame in frames)
        parts[row.id] = new_part(row.id, first=row.first_frame, last=row.last_frame, deleted=count)
    return _counted(tx, parts, jobs.c.id, scope, are_some_deleted=bool(deleted))


def count_labels(tx: Transaction, scope: ColumnElement[bool]) -> dict[int, int]:
    """Return how many objects there are of each label in the jobs of the scope, by the label's id."""
    hidden = _hidden(tx) if _deleted_frames(tx, scope) else None
    each = union_all(
        *(
            _objects(table, scope, hidden, table.c.label_id, func.count().label("count")).group_by(
                table.c.label_id
            )
            for table in _SERIES
        )
    ).subquery()
    query = select(each.c.label_id, func.sum(each.c.count)).group_by(each.c.label_id)
    return {label_id: int(count) for label_id, count in tx.connection.execute(query)}


def _deleted_frames(tx: Transaction, scope: ColumnElement[bool]) -> Mapping[int, Sequence[int]]:
    """Return the deleted frames of the tasks whose jobs are in the scope, by task; tasks without any left out."""
    query = select(media.c.task_id, media.c.deleted_frames).where(
        media.c.deleted_frames != "[]", media.c.task_id.in_(select(jobs.c.task_id).where(scope))
    )
    return {
        task_id: msgspec.json.decode(text, type=list[int]) for task_id, text in tx.connection.execute(query)
    }


def _hidden(tx: Transaction) -> Select[Any]:
    """Select task and frame of every deleted frame."""
    if tx.is_sqlite:
        each = func.json_each(media.c.deleted_frames).table_valued("value", joins_implicitly=True)
    else:
        whole = cast(media.c.deleted_frames, JSON)
        each = func.json_array_elements_text(whole).table_valued("value", joins_implicitly=True)
    return select(media.c.task_id, cast(each.c.value, Integer)).where(media.c.deleted_frames != "[]")


def _counted(
    tx: Transaction,
    parts: dict[int, Part],
    part: Column[int],
    scope: ColumnElement[bool],
    *,
    are_some_deleted: bool,
) -> list[Part]:
    """Count jobs, objects and the frames that have some into `parts`, by the column `part` of their jobs."""
    hidden = _hidden(tx) if are_some_deleted else None
    states = select(part, jobs.c.status, func.count()).where(scope).group_by(part, jobs.c.status)
    for part_id, status, count in tx.connection.execute(states):
        parts[part_id].jobs[status] = count
    for table in _SERIES:
        for part_id, count in tx.connection.execute(
            _objects(table, scope, hidden, part, func.count()).group_by(part)
        ):
            parts[part_id].objects += count
    drawn = union(
        *(_objects(table, scope, hidden, part.label("part"), table.c.frame) for table in _SERIES)
    ).subquery()
    for part_id, count in tx.connection.execute(select(drawn.c.part, func.count()).group_by(drawn.c.part)):
        parts[part_id].frames_with_objects = count
    return list(parts.values())


def _objects(
    table: Any, scope: ColumnElement[bool], hidden: Select[Any] | None, *columns: ColumnElement[Any]
) -> Select[Any]:
    """Select `columns` of the objects in the jobs of the scope, but for those on `hidden` frames."""
    found = select(*columns).select_from(jobs).join(table, table.c.job_id == _KEY).where(scope)
    return found if hidden is None else found.where(tuple_(jobs.c.task_id, table.c.frame).not_in(hidden))
