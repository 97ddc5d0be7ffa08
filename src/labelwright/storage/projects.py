"""Projects with their labels and tasks."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, cast

import msgspec
from sqlalchemy import ColumnElement, Select, Text, delete, exists, func, insert, literal, or_, select, update

from labelwright.domain.access import ProjectPeople
from labelwright.domain.projects import Project, ProjectFilter, TaskRef, Training
from labelwright.domain.tasks import STATUSES, Task
from labelwright.storage import Transaction, contains
from labelwright.storage.labels import labels_of_projects
from labelwright.storage.people import assignee, order_by, owner, person_columns, read_person
from labelwright.storage.tables import jobs, projects, tasks
from labelwright.storage.tasks import people_of_projects_tasks, tasks_of_projects


def _has_task(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(tasks.c.project_id == projects.c.id, *conditions)


#: A project's state is never derived from its tasks: it stays the first one (contract, tasks and data 9).
_STATUS: ColumnElement[str] = literal(STATUSES[0], Text)
_ORDERS: dict[str, ColumnElement[Any]] = {
    "id": projects.c.id,
    "name": projects.c.name,
    "status": _STATUS,
    "updated_date": projects.c.updated_utc,
    "owner": owner.c.username,
    "assignee": assignee.c.username,
}


def _with_people(query: Select[Any]) -> Select[Any]:
    return query.outerjoin(owner, owner.c.id == projects.c.owner_id).outerjoin(
        assignee, assignee.c.id == projects.c.assignee_id
    )


_PROJECTS = _with_people(
    select(
        projects,
        _STATUS.label("status"),
        *person_columns(owner, "owner"),
        *person_columns(assignee, "assignee"),
    )
)


def insert_project(
    tx: Transaction,
    *,
    name: str,
    owner_id: int | None,
    assignee_id: int | None,
    bug_tracker: str,
    training: Training | None,
    now_utc: str,
) -> int:
    """Add an empty project and return its id."""
    values = {
        "name": name,
        "owner_id": owner_id,
        "assignee_id": assignee_id,
        "bug_tracker": bug_tracker,
        "training": None if training is None else msgspec.json.encode(training).decode(),
        "created_utc": now_utc,
        "updated_utc": now_utc,
    }
    return int(tx.connection.execute(insert(projects).values(values).returning(projects.c.id)).scalar_one())


def read_project(tx: Transaction, project_id: int, *, with_tasks: bool) -> Project | None:
    """Return the project, None when there is none of the id."""
    found = _read_projects(tx, _PROJECTS.where(projects.c.id == project_id), with_tasks=with_tasks)
    return found[0] if found else None


def count_owned(tx: Transaction, owner_id: int) -> int:
    """Return how many projects the user owns."""
    query = select(func.count()).select_from(projects).where(projects.c.owner_id == owner_id)
    return tx.connection.execute(query).scalar_one()


def list_projects(
    tx: Transaction,
    wanted: ProjectFilter,
    *,
    ordering: Sequence[str],
    offset: int,
    limit: int | None,
    with_tasks: bool,
) -> tuple[int, list[Project]]:
    """Return the count of projects `wanted`, and one page of them; `ordering` as v1 names it, `-name` descending."""
    conditions = _conditions(wanted)
    counted = _with_people(select(func.count()).select_from(projects)).where(*conditions)
    count = tx.connection.execute(counted).scalar_one()
    order = [
        order_by(tx, _ORDERS[name.removeprefix("-")], descending=name.startswith("-"))
        for name in ordering
        if name.removeprefix("-") in _ORDERS
    ]
    page = _PROJECTS.where(*conditions).order_by(*order, projects.c.id.desc()).offset(offset).limit(limit)
    return count, _read_projects(tx, page, with_tasks=with_tasks)


def _conditions(wanted: ProjectFilter) -> list[ColumnElement[bool]]:
    texts = (
        (projects.c.name, wanted.name),
        (owner.c.username, wanted.owner),
        (assignee.c.username, wanted.assignee),
        (_STATUS, wanted.status),
    )
    found = [contains(column, value) for column, value in texts if value]
    if wanted.id is not None:
        found.append(projects.c.id == wanted.id)
    searched = (projects.c.name, owner.c.username, _STATUS, assignee.c.username)
    found += [or_(*(contains(column, word) for column in searched)) for word in wanted.words]
    if wanted.visible_to is not None:
        found.append(_visible_to(wanted.visible_to))
    return found


def _visible_to(user_id: int) -> ColumnElement[bool]:
    """Say "the user is something to the project, to a task of it, or to a job of one"."""
    of_a_job = exists().where(
        jobs.c.task_id == tasks.c.id,
        tasks.c.project_id == projects.c.id,
        or_(jobs.c.assignee_id == user_id, jobs.c.reviewer_id == user_id),
    )
    return or_(
        projects.c.owner_id == user_id,
        projects.c.assignee_id == user_id,
        _has_task(or_(tasks.c.owner_id == user_id, tasks.c.assignee_id == user_id)),
        of_a_job,
    )


def _read_projects(tx: Transaction, query: Select[Any], *, with_tasks: bool) -> list[Project]:
    """Run `query` and read what belongs to its projects in a few more queries, however many they are."""
    rows = tx.connection.execute(query).all()
    ids = [row.id for row in rows]
    labels_of, refs_of = labels_of_projects(tx, ids), _refs_of(tx, ids)
    tasks_of: dict[int, list[Task]] = defaultdict(list)
    for task in tasks_of_projects(tx, ids) if with_tasks else ():
        tasks_of[cast(int, task.project_id)].append(task)
    return [
        Project(
            id=row.id,
            name=row.name,
            owner=read_person(row, "owner"),
            assignee=read_person(row, "assignee"),
            bug_tracker=row.bug_tracker,
            created_utc=row.created_utc,
            updated_utc=row.updated_utc,
            status=row.status,
            training=None if row.training is None else msgspec.json.decode(row.training, type=Training),
            labels=tuple(labels_of[row.id]),
            task_refs=tuple(refs_of[row.id]),
            tasks=tuple(tasks_of[row.id]) if with_tasks else None,
        )
        for row in rows
    ]


def _refs_of(tx: Transaction, project_ids: Sequence[int]) -> dict[int, list[TaskRef]]:
    found: dict[int, list[TaskRef]] = {project_id: [] for project_id in project_ids}
    query = select(tasks.c.project_id, tasks.c.id, tasks.c.subset).where(tasks.c.project_id.in_(project_ids))
    for project_id, *ref in tx.connection.execute(query.order_by(tasks.c.id)):
        found[project_id].append(TaskRef(*ref))
    return found


def read_project_people(tx: Transaction, project_id: int, *, reduce_visibility: bool) -> ProjectPeople | None:
    """Return what decides the rights on the project, None when there is no such project."""
    query = select(projects.c.owner_id, projects.c.assignee_id).where(projects.c.id == project_id)
    row = tx.connection.execute(query).first()
    if row is None:
        return None
    of_tasks = people_of_projects_tasks(tx, project_id, reduce_visibility=reduce_visibility)
    return ProjectPeople(row.owner_id, row.assignee_id, of_tasks)


def lock_project(tx: Transaction, project_id: int) -> bool:
    """Hold the project until the transaction ends, so that no task comes or goes; whether there is one.

    Take it before any of its tasks.
    """
    query = select(projects.c.id).where(projects.c.id == project_id).with_for_update()
    return tx.connection.execute(query).first() is not None


def list_task_ids(tx: Transaction, project_id: int) -> list[int]:
    """Return the ids of the project's tasks, in order."""
    query = select(tasks.c.id).where(tasks.c.project_id == project_id).order_by(tasks.c.id)
    return list(tx.connection.execute(query).scalars())


def update_project(tx: Transaction, project_id: int, **values: object) -> None:
    """Write columns of the projects table."""
    tx.connection.execute(update(projects).where(projects.c.id == project_id).values(**values))


def delete_project(tx: Transaction, project_id: int) -> None:
    """Delete the project and its labels; its tasks must have gone."""
    tx.connection.execute(delete(projects).where(projects.c.id == project_id))
