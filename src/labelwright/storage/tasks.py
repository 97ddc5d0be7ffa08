"""Tasks with their labels, jobs, media and frames."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from labelwright.domain.access import JobPeople, TaskPeople
from labelwright.domain.errors import NotFound
from labelwright.domain.frames import Segment
from labelwright.domain.tasks import Job, Task, TaskFilter
from labelwright.storage import Transaction, contains
from labelwright.storage.frames import MEDIA_COLUMNS, media_of
from labelwright.storage.labels import labels_of_tasks
from labelwright.storage.people import assignee, order_by, owner, person_columns, read_person, reviewer
from labelwright.storage.tables import jobs, media, projects, tasks

_ORDERS: dict[str, ColumnElement[Any]] = {
    "id": tasks.c.id,
    "name": tasks.c.name,
    "status": tasks.c.status,
    "updated_date": tasks.c.updated_utc,
    "owner": owner.c.username,
    "assignee": assignee.c.username,
}

_TASKS = (
    select(
        tasks,
        *person_columns(owner, "owner"),
        *person_columns(assignee, "assignee"),
        *MEDIA_COLUMNS,
    )
    .outerjoin(owner, owner.c.id == tasks.c.owner_id)
    .outerjoin(assignee, assignee.c.id == tasks.c.assignee_id)
    .outerjoin(media, media.c.task_id == tasks.c.id)
)
_JOBS = (
    select(jobs, *person_columns(assignee, "assignee"), *person_columns(reviewer, "reviewer"))
    .outerjoin(assignee, assignee.c.id == jobs.c.assignee_id)
    .outerjoin(reviewer, reviewer.c.id == jobs.c.reviewer_id)
)


#: Made once: composing a query costs more than SQLite takes to answer it.
_JOBS_OF_TASKS = _JOBS.where(jobs.c.task_id.in_(bindparam("task_ids", expanding=True))).order_by(jobs.c.id)
_JOB = _JOBS.where(jobs.c.id == bindparam("wanted"))
_HELD_JOB = _JOB.with_for_update(of=jobs)
_TASK_PEOPLE = select(
    tasks.c.id,
    tasks.c.owner_id,
    tasks.c.assignee_id,
    projects.c.owner_id.label("project_owner_id"),
    projects.c.assignee_id.label("project_assignee_id"),
).outerjoin(projects, projects.c.id == tasks.c.project_id)
_JOB_PEOPLE = select(jobs.c.task_id, jobs.c.assignee_id, jobs.c.reviewer_id, jobs.c.status)
_OF_TASK = (
    _TASK_PEOPLE.where(tasks.c.id == bindparam("wanted")),
    _JOB_PEOPLE.where(jobs.c.task_id == bindparam("wanted")),
)
_OF_PROJECT = (
    _TASK_PEOPLE.where(tasks.c.project_id == bindparam("wanted")).order_by(tasks.c.id),
    _JOB_PEOPLE.join(tasks, tasks.c.id == jobs.c.task_id).where(tasks.c.project_id == bindparam("wanted")),
)


def insert_task(
    tx: Transaction,
    *,
    name: str,
    owner_id: int | None,
    assignee_id: int | None,
    bug_tracker: str,
    subset: str,
    overlap: int | None,
    segment_size: int,
    now_utc: str,
    folder: str | None = None,
    project_id: int | None = None,
    annotation_type: str = "",
) -> int:
    """Add an empty task and return its id."""
    return int(
        tx.connection.execute(
            insert(tasks)
            .values(
                name=name,
                owner_id=owner_id,
                assignee_id=assignee_id,
                bug_tracker=bug_tracker,
                subset=subset,
                overlap=overlap,
                segment_size=segment_size,
                created_utc=now_utc,
                updated_utc=now_utc,
                folder=folder,
                project_id=project_id,
                annotation_type=annotation_type,
            )
            .returning(tasks.c.id)
        ).scalar_one()
    )


def read_task(tx: Transaction, task_id: int) -> Task | None:
    found = _read_tasks(tx, _TASKS.where(tasks.c.id == task_id))
    return found[0] if found else None


def count_owned(tx: Transaction, owner_id: int) -> int:
    """Return how many tasks the user owns."""
    query = select(func.count()).select_from(tasks).where(tasks.c.owner_id == owner_id)
    return tx.connection.execute(query).scalar_one()


def find_folder_task(tx: Transaction, folder: str) -> Task | None:
    found = _read_tasks(tx, _TASKS.where(tasks.c.folder == folder))
    return found[0] if found else None


def list_tasks(
    tx: Transaction, wanted: TaskFilter, *, ordering: Sequence[str], offset: int, limit: int | None
) -> tuple[int, list[Task]]:
    """Return the count of tasks `wanted`, and one page of them; `ordering` as v1 names it, `-name` descending."""
    conditions = _conditions(wanted)
    counted = select(func.count()).select_from(tasks)
    if wanted.owner or wanted.words:
        counted = counted.outerjoin(owner, owner.c.id == tasks.c.owner_id)
    if wanted.assignee:
        counted = counted.outerjoin(assignee, assignee.c.id == tasks.c.assignee_id)
    count = tx.connection.execute(counted.where(*conditions)).scalar_one()
    order = [
        order_by(tx, _ORDERS[name.removeprefix("-")], descending=name.startswith("-"))
        for name in ordering
        if name.removeprefix("-") in _ORDERS
    ]
    page = _TASKS.where(*conditions).order_by(*order, tasks.c.id.desc()).offset(offset).limit(limit)
    return count, _read_tasks(tx, page)


def tasks_of_projects(tx: Transaction, project_ids: Sequence[int]) -> list[Task]:
    """Return all tasks of the projects, by id."""
    return _read_tasks(tx, _TASKS.where(tasks.c.project_id.in_(project_ids)).order_by(tasks.c.id))


def ids_of(wanted: TaskFilter) -> Select[Any]:
    """Return the query for the ids of the tasks `wanted`, of any owner and assignee, to be part of another."""
    return select(tasks.c.id).where(*_conditions(wanted))


def _conditions(wanted: TaskFilter) -> list[ColumnElement[bool]]:
    texts = (
        (tasks.c.name, wanted.name),
        (owner.c.username, wanted.owner),
        (assignee.c.username, wanted.assignee),
        (tasks.c.mode, wanted.mode),
        (tasks.c.status, wanted.status),
    )
    found = [contains(column, value) for column, value in texts if value]
    if wanted.id is not None:
        found.append(tasks.c.id == wanted.id)
    if wanted.project_id is not None:
        found.append(tasks.c.project_id == wanted.project_id)
    if wanted.dataset_id is not None:
        found.append(tasks.c.dataset_id == wanted.dataset_id)
    if wanted.subset:
        found.append(tasks.c.subset == wanted.subset)
    if wanted.project:
        named = select(projects.c.id).where(contains(projects.c.name, wanted.project))
        found.append(tasks.c.project_id.in_(named))
    searched = (tasks.c.name, owner.c.username, tasks.c.mode, tasks.c.status)
    found += [or_(*(contains(column, word) for column in searched)) for word in wanted.words]
    if wanted.visible_to is not None:
        of_a_job = exists().where(
            jobs.c.task_id == tasks.c.id,
            or_(jobs.c.assignee_id == wanted.visible_to, jobs.c.reviewer_id == wanted.visible_to),
        )
        ways = [tasks.c.owner_id == wanted.visible_to, tasks.c.assignee_id == wanted.visible_to, of_a_job]
        if wanted.unassigned_visible:
            ways.append(tasks.c.assignee_id.is_(None))
        found.append(or_(*ways))
    return found


def _read_tasks(tx: Transaction, query: Select[Any]) -> list[Task]:
    """Run `query` and read what belongs to its tasks in three more queries, however many tasks there are."""
    rows = tx.connection.execute(query).all()
    ids = [row.id for row in rows]
    labels_of = labels_of_tasks(tx, {row.id: row.project_id for row in rows})
    jobs_of = _jobs_of(tx, ids)
    return [
        Task(
            id=row.id,
            project_id=row.project_id,
            name=row.name,
            mode=row.mode,
            owner=read_person(row, "owner"),
            assignee=read_person(row, "assignee"),
            bug_tracker=row.bug_tracker,
            subset=row.subset,
            overlap=row.overlap,
            segment_size=row.segment_size,
            status=row.status,
            created_utc=row.created_utc,
            updated_utc=row.updated_utc,
            labels=tuple(labels_of[row.id]),
            jobs=tuple(jobs_of[row.id]),
            media=media_of(row, row.id),
            annotation_type=row.annotation_type,
            dataset_id=row.dataset_id,
            dataset_tag=row.dataset_tag,
        )
        for row in rows
    ]


def _jobs_of(tx: Transaction, task_ids: Sequence[int]) -> dict[int, list[Job]]:
    found: dict[int, list[Job]] = {task_id: [] for task_id in task_ids}
    if task_ids:
        for row in tx.connection.execute(_JOBS_OF_TASKS, {"task_ids": task_ids}):
            found[row.task_id].append(_job(row))
    return found


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        task_id=row.task_id,
        first_frame=row.first_frame,
        last_frame=row.last_frame,
        assignee=read_person(row, "assignee"),
        reviewer=read_person(row, "reviewer"),
        status=row.status,
        revision=row.revision,
    )


def read_job(tx: Transaction, job_id: int, *, hold: bool = False) -> Job | None:
    """Return the job; with `hold` nobody else changes it until the transaction ends."""
    row = tx.connection.execute(_HELD_JOB if hold else _JOB, {"wanted": job_id}).first()
    return None if row is None else _job(row)


def list_jobs(tx: Transaction, task_id: int) -> list[Job]:
    """Return the task's jobs, by id."""
    return _jobs_of(tx, [task_id])[task_id]


def read_task_people(tx: Transaction, task_id: int, *, reduce_visibility: bool) -> TaskPeople | None:
    """Return what decides the rights on the task and its jobs, None when there is no such task."""
    found = _people_of(tx, _OF_TASK, task_id, reduce_visibility=reduce_visibility)
    return found[0] if found else None


def people_of_projects_tasks(
    tx: Transaction, project_id: int, *, reduce_visibility: bool
) -> list[TaskPeople]:
    """Return what `read_task_people` does, of every task of the project, by its id."""
    return _people_of(tx, _OF_PROJECT, project_id, reduce_visibility=reduce_visibility)


def _people_of(
    tx: Transaction, queries: tuple[Select[Any], Select[Any]], wanted: int, *, reduce_visibility: bool
) -> list[TaskPeople]:
    of_tasks, of_jobs = queries
    rows = tx.connection.execute(of_tasks, {"wanted": wanted}).all()
    people: dict[int, list[JobPeople]] = {row.id: [] for row in rows}
    for task_id, *job in tx.connection.execute(of_jobs, {"wanted": wanted}) if rows else ():
        people[task_id].append(JobPeople(*job))
    return [
        TaskPeople(
            owner_id=row.owner_id,
            assignee_id=row.assignee_id,
            project_owner_id=row.project_owner_id,
            project_assignee_id=row.project_assignee_id,
            jobs=people[row.id],
            reduce_visibility=reduce_visibility,
        )
        for row in rows
    ]


def update_task(tx: Transaction, task_id: int, **values: object) -> None:
    """Write columns of the tasks table."""
    tx.connection.execute(update(tasks).where(tasks.c.id == task_id).values(**values))


def lock_task(tx: Transaction, task_id: int) -> None:
    """Hold the task and its jobs until the transaction ends, so that two writers of one task take turns.

    Jobs first, by id, then the task: the order in which a save takes them, so that no two wait for each other.
    """
    of_task = select(jobs.c.id).where(jobs.c.task_id == task_id).order_by(jobs.c.id)
    tx.connection.execute(of_task.with_for_update()).all()
    tx.connection.execute(select(tasks.c.id).where(tasks.c.id == task_id).with_for_update()).all()


def lock_tasks_of_project(tx: Transaction, project_id: int) -> None:
    """Hold every task of the project and their jobs, in the order `lock_task` takes them."""
    of_project = select(tasks.c.id).where(tasks.c.project_id == project_id)
    of_tasks = select(jobs.c.id).where(jobs.c.task_id.in_(of_project)).order_by(jobs.c.id)
    tx.connection.execute(of_tasks.with_for_update()).all()
    tx.connection.execute(of_project.order_by(tasks.c.id).with_for_update()).all()


def touch_tasks_of_project(tx: Transaction, project_id: int, *, now_utc: str) -> None:
    """Say that every task of the project changed just now."""
    tx.connection.execute(update(tasks).where(tasks.c.project_id == project_id).values(updated_utc=now_utc))


def delete_task(tx: Transaction, task_id: int) -> None:
    """Delete the task and what hangs on it by reference; annotations are deleted by their own rooms."""
    tx.connection.execute(delete(tasks).where(tasks.c.id == task_id))


def update_job(tx: Transaction, job_id: int, **values: object) -> None:
    tx.connection.execute(update(jobs).where(jobs.c.id == job_id).values(**values))


def raise_revision(tx: Transaction, job_id: int, *, by: int = 1) -> int:
    """Raise the job's revision and return the new one; other writers of the job wait for this transaction.

    Raises:
        NotFound: the job has gone since it was read.
    """
    query = (
        update(jobs)
        .where(jobs.c.id == job_id)
        .values(revision=jobs.c.revision + by)
        .returning(jobs.c.revision)
    )
    revision = tx.connection.execute(query).scalar()
    if revision is None:
        raise NotFound("job {job} was deleted meanwhile", job=job_id)
    return int(revision)


def insert_jobs(tx: Transaction, task_id: int, segments: Iterable[Segment]) -> None:
    """Add one job a segment, in order."""
    for segment in segments:
        values = {"task_id": task_id, "first_frame": segment.first, "last_frame": segment.last}
        tx.connection.execute(insert(jobs).values(**values))


def delete_jobs(tx: Transaction, task_id: int) -> None:
    tx.connection.execute(delete(jobs).where(jobs.c.task_id == task_id))
