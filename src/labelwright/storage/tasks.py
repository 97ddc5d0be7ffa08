"""Tasks with their labels, jobs, media and frames."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
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
from labelwright.domain.tasks import Job, Media, Task, TaskFilter
from labelwright.domain.users import Person
from labelwright.storage import Transaction, contains
from labelwright.storage.labels import labels_of_tasks
from labelwright.storage.tables import jobs, media, tasks, users

_owner, _assignee, _reviewer = users.alias("owner"), users.alias("assignee"), users.alias("reviewer")
_ORDERS: dict[str, ColumnElement[Any]] = {
    "id": tasks.c.id,
    "name": tasks.c.name,
    "status": tasks.c.status,
    "owner": _owner.c.username,
    "assignee": _assignee.c.username,
}


def _person(row: Row[Any], prefix: str) -> Person | None:
    fields = row._mapping
    user_id = fields[f"{prefix}_id"]
    if user_id is None:
        return None
    return Person(
        user_id, fields[f"{prefix}_username"], fields[f"{prefix}_first_name"], fields[f"{prefix}_last_name"]
    )


def _person_columns(alias: Any, prefix: str) -> list[ColumnElement[Any]]:
    return [alias.c[name].label(f"{prefix}_{name}") for name in ("username", "first_name", "last_name")]


_TASKS = (
    select(
        tasks,
        *_person_columns(_owner, "owner"),
        *_person_columns(_assignee, "assignee"),
        media.c.id.label("media_id"),
        *(
            media.c[name]
            for name in ("chunk_size", "size", "image_quality", "start_frame", "stop_frame", "frame_filter")
        ),
    )
    .outerjoin(_owner, _owner.c.id == tasks.c.owner_id)
    .outerjoin(_assignee, _assignee.c.id == tasks.c.assignee_id)
    .outerjoin(media, media.c.task_id == tasks.c.id)
)
_JOBS = (
    select(jobs, *_person_columns(_assignee, "assignee"), *_person_columns(_reviewer, "reviewer"))
    .outerjoin(_assignee, _assignee.c.id == jobs.c.assignee_id)
    .outerjoin(_reviewer, _reviewer.c.id == jobs.c.reviewer_id)
)


#: Made once: composing a query costs more than SQLite takes to answer it.
_JOBS_OF_TASKS = _JOBS.where(jobs.c.task_id.in_(bindparam("task_ids", expanding=True))).order_by(jobs.c.id)


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
            )
            .returning(tasks.c.id)
        ).scalar_one()
    )


def read_task(tx: Transaction, task_id: int) -> Task | None:
    found = _read_tasks(tx, _TASKS.where(tasks.c.id == task_id))
    return found[0] if found else None


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
        counted = counted.outerjoin(_owner, _owner.c.id == tasks.c.owner_id)
    if wanted.assignee:
        counted = counted.outerjoin(_assignee, _assignee.c.id == tasks.c.assignee_id)
    count = tx.connection.execute(counted.where(*conditions)).scalar_one()
    order = [_order(tx, name) for name in ordering if name.removeprefix("-") in _ORDERS]
    page = _TASKS.where(*conditions).order_by(*order, tasks.c.id.desc()).offset(offset).limit(limit)
    return count, _read_tasks(tx, page)


def _order(tx: Transaction, name: str) -> ColumnElement[Any]:
    """Order by code points on every database, nobody after everybody; `-name` is the reverse."""
    column = _ORDERS[name.removeprefix("-")]
    if isinstance(column.type, Text) and not tx.is_sqlite:
        column = column.collate("C")
    return column.desc().nulls_first() if name.startswith("-") else column.asc().nulls_last()


def _conditions(wanted: TaskFilter) -> list[ColumnElement[bool]]:
    texts = (
        (tasks.c.name, wanted.name),
        (_owner.c.username, wanted.owner),
        (_assignee.c.username, wanted.assignee),
        (tasks.c.mode, wanted.mode),
        (tasks.c.status, wanted.status),
    )
    found = [contains(column, value) for column, value in texts if value]
    if wanted.id is not None:
        found.append(tasks.c.id == wanted.id)
    searched = (tasks.c.name, _owner.c.username, tasks.c.mode, tasks.c.status)
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
    labels_of, jobs_of = labels_of_tasks(tx, ids), _jobs_of(tx, ids)
    return [
        Task(
            id=row.id,
            name=row.name,
            mode=row.mode,
            owner=_person(row, "owner"),
            assignee=_person(row, "assignee"),
            bug_tracker=row.bug_tracker,
            subset=row.subset,
            overlap=row.overlap,
            segment_size=row.segment_size,
            status=row.status,
            created_utc=row.created_utc,
            updated_utc=row.updated_utc,
            labels=tuple(labels_of[row.id]),
            jobs=tuple(jobs_of[row.id]),
            media=None if row.media_id is None else _media(row),
        )
        for row in rows
    ]


def _media(row: Row[Any]) -> Media:
    return Media(
        id=row.media_id,
        task_id=row.id,
        chunk_size=row.chunk_size,
        size=row.size,
        image_quality=row.image_quality,
        start_frame=row.start_frame,
        stop_frame=row.stop_frame,
        frame_filter=row.frame_filter,
    )


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
        assignee=_person(row, "assignee"),
        reviewer=_person(row, "reviewer"),
        status=row.status,
        revision=row.revision,
    )


def read_job(tx: Transaction, job_id: int) -> Job | None:
    row = tx.connection.execute(_JOBS.where(jobs.c.id == job_id)).first()
    return None if row is None else _job(row)


def list_jobs(tx: Transaction, task_id: int) -> list[Job]:
    """Return the task's jobs, by id."""
    return _jobs_of(tx, [task_id])[task_id]


def read_task_people(tx: Transaction, task_id: int, *, reduce_visibility: bool) -> TaskPeople | None:
    """Return what decides the rights on the task and its jobs, None when there is no such task."""
    row = tx.connection.execute(
        select(tasks.c.owner_id, tasks.c.assignee_id).where(tasks.c.id == task_id)
    ).first()
    if row is None:
        return None
    query = select(jobs.c.assignee_id, jobs.c.reviewer_id, jobs.c.status).where(jobs.c.task_id == task_id)
    people = [JobPeople(*job) for job in tx.connection.execute(query)]
    return TaskPeople(row.owner_id, row.assignee_id, people, reduce_visibility)


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
