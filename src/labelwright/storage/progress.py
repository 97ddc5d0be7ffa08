"""How far projects, tasks and jobs are: states, frames and objects, counted."""

from typing import Any

from sqlalchemy import Column, ColumnElement, Select, func, select, union, union_all

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
    query = select(tasks.c.id, tasks.c.name, media.c.size).outerjoin(media, media.c.task_id == tasks.c.id)
    rows = tx.connection.execute(query.where(tasks.c.project_id == project_id).order_by(tasks.c.id))
    parts = {row.id: new_part(row.id, name=row.name, frames=row.size or 0) for row in rows}
    return _counted(tx, parts, jobs.c.task_id, of_project(project_id))


def read_task(tx: Transaction, task_id: int) -> Part:
    """Return how far the task is, which exists. A frame that two of its jobs share counts once."""
    query = select(tasks.c.id, tasks.c.name, media.c.size).outerjoin(media, media.c.task_id == tasks.c.id)
    row = tx.connection.execute(query.where(tasks.c.id == task_id)).one()
    part = new_part(row.id, name=row.name, frames=row.size or 0)
    return _counted(tx, {task_id: part}, jobs.c.task_id, of_task(task_id))[0]


def read_jobs(tx: Transaction, scope: ColumnElement[bool]) -> list[Part]:
    """Return how far each job of the scope is, by id."""
    query = select(jobs.c.id, jobs.c.first_frame, jobs.c.last_frame).where(scope).order_by(jobs.c.id)
    parts = {
        row.id: new_part(row.id, first=row.first_frame, last=row.last_frame)
        for row in tx.connection.execute(query)
    }
    return _counted(tx, parts, jobs.c.id, scope)


def count_labels(tx: Transaction, scope: ColumnElement[bool]) -> dict[int, int]:
    """Return how many objects there are of each label in the jobs of the scope, by the label's id."""
    each = union_all(
        *(
            _objects(table, scope, table.c.label_id, func.count().label("count")).group_by(table.c.label_id)
            for table in _SERIES
        )
    ).subquery()
    query = select(each.c.label_id, func.sum(each.c.count)).group_by(each.c.label_id)
    return {label_id: int(count) for label_id, count in tx.connection.execute(query)}


def _counted(
    tx: Transaction, parts: dict[int, Part], part: Column[int], scope: ColumnElement[bool]
) -> list[Part]:
    """Count jobs, objects and the frames that have some into `parts`, by the column `part` of their jobs."""
    states = select(part, jobs.c.status, func.count()).where(scope).group_by(part, jobs.c.status)
    for part_id, status, count in tx.connection.execute(states):
        parts[part_id].jobs[status] = count
    for table in _SERIES:
        for part_id, count in tx.connection.execute(
            _objects(table, scope, part, func.count()).group_by(part)
        ):
            parts[part_id].objects += count
    drawn = union(
        *(_objects(table, scope, part.label("part"), table.c.frame) for table in _SERIES)
    ).subquery()
    for part_id, count in tx.connection.execute(select(drawn.c.part, func.count()).group_by(drawn.c.part)):
        parts[part_id].frames_with_objects = count
    return list(parts.values())


def _objects(table: Any, scope: ColumnElement[bool], *columns: ColumnElement[Any]) -> Select[Any]:
    """Select `columns` of the objects in the jobs of the scope."""
    return select(*columns).select_from(jobs).join(table, table.c.job_id == _KEY).where(scope)
