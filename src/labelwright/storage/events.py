"""What statistics are made of: saves, and the events clients send."""

from collections.abc import Collection, Sequence
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import Column, Select, bindparam, delete, insert, select, update

from labelwright.domain.annotations import Tally
from labelwright.storage import Transaction
from labelwright.storage.tables import events, jobs, projects, saves, tasks, users

SaveKind = Literal["edit", "import", "labels", "reload"]

#: Whoever has an import written may have gone since.
_WHO = select(users.c.id).where(users.c.id == bindparam("who")).scalar_subquery()
_INSERT_SAVE = insert(saves).values(user_id=_WHO)
#: Ids in one query.
_AT_ONCE = 1_000
#: Events a short transaction deletes: some 20 ms.
_SWEPT = 2_000


class EventRow(Struct, frozen=True, gc=False):
    """An event as it is stored, in the order of the columns."""

    user_id: int
    received_utc: str
    at_utc: str
    name: str
    client_id: int
    is_active: bool
    job_id: int | None
    task_id: int | None
    project_id: int | None
    message: str
    payload: str
    duration_ms: int | None
    working_ms: int | None
    count: int | None


class Places(Struct, frozen=True):
    """What there is of the jobs, tasks and projects asked for, each with what it is in."""

    jobs: dict[int, tuple[int, int | None]]
    tasks: dict[int, int | None]
    projects: set[int]


def insert_save(
    tx: Transaction,
    *,
    job_id: int,
    user_id: int | None,
    at_utc: str,
    kind: SaveKind,
    revision: int,
    tally: Tally,
) -> None:
    """Note a change of the job's annotations that led to `revision`; one that changed nothing leaves no row."""
    if tally:
        values = {"job_id": job_id, "who": user_id, "at_utc": at_utc, "kind": kind, "revision": revision}
        counts = {"created": tally.created, "updated": tally.updated, "deleted": tally.deleted}
        tx.connection.execute(_INSERT_SAVE, {**values, **counts})


def find_places(
    tx: Transaction, *, job_ids: Collection[int], task_ids: Collection[int], project_ids: Collection[int]
) -> Places:
    """Return those of the ids that exist. None of them is deleted before the transaction ends."""
    found_jobs, found_tasks, found_projects = _find(tx, job_ids, task_ids, project_ids)
    if not tx.is_sqlite:  # where writers take turns anyway
        _hold(tx, projects.c.id, {*found_projects, *_ids(found_tasks.values())})
        _hold(tx, jobs.c.id, found_jobs)
        _hold(tx, tasks.c.id, found_tasks)
        found_jobs, found_tasks, found_projects = _find(tx, found_jobs, found_tasks, found_projects)
    return Places(
        {job_id: (task_id, found_tasks[task_id]) for job_id, task_id in found_jobs.items()},
        found_tasks,
        found_projects,
    )


def _find(
    tx: Transaction, job_ids: Collection[int], task_ids: Collection[int], project_ids: Collection[int]
) -> tuple[dict[int, int], dict[int, int | None], set[int]]:
    found_jobs = dict(_read(tx, select(jobs.c.id, jobs.c.task_id), jobs.c.id, job_ids))
    wanted = {*task_ids, *found_jobs.values()}
    found_tasks = dict(_read(tx, select(tasks.c.id, tasks.c.project_id), tasks.c.id, wanted))
    found_projects = {row[0] for row in _read(tx, select(projects.c.id), projects.c.id, project_ids)}
    return found_jobs, found_tasks, found_projects


def _hold(tx: Transaction, column: Column[int], ids: Collection[int]) -> None:
    """Hold rows against deletion, and nothing else, in the order in which those who delete take them."""
    query = select(column).with_for_update(read=True, key_share=True)
    _read(tx, query, column, ids)


def _read(tx: Transaction, query: Select[Any], column: Column[int], ids: Collection[int]) -> list[Any]:
    """Return the rows of the query whose `column` is one of `ids`, which may be many."""
    ordered, rows = sorted(ids), []
    for first in range(0, len(ordered), _AT_ONCE):
        some = query.where(column.in_(ordered[first : first + _AT_ONCE])).order_by(column)
        rows += [tuple(row) for row in tx.connection.execute(some)]
    return rows


def _ids(values: Collection[int | None]) -> set[int]:
    return {value for value in values if value is not None}


def insert_events(tx: Transaction, rows: Sequence[EventRow]) -> None:
    """Add the events, in order."""
    columns = EventRow.__struct_fields__
    tx.insert_rows("events", columns, [tuple(getattr(row, name) for name in columns) for row in rows])


def move_events(tx: Transaction, task_id: int, *, project_id: int) -> None:
    """Let the task's events be of the project it moves to."""
    tx.connection.execute(update(events).where(events.c.task_id == task_id).values(project_id=project_id))


def delete_events_of(tx: Transaction, *, task_id: int | None = None, project_id: int | None = None) -> bool:
    """Delete some of the events of the task or the project; whether there may be more."""
    of_it = events.c.task_id == task_id if project_id is None else events.c.project_id == project_id
    some = select(events.c.id).where(of_it).limit(_SWEPT)
    return tx.connection.execute(delete(events).where(events.c.id.in_(some))).rowcount == _SWEPT


def unname_events(tx: Transaction, user_id: int) -> bool:
    """Let some of the user's events be nobody's; whether there may be more."""
    some = select(events.c.id).where(events.c.user_id == user_id).limit(_SWEPT)
    unnamed = update(events).where(events.c.id.in_(some)).values(user_id=None)
    return tx.connection.execute(unnamed).rowcount == _SWEPT


def has_events_before(tx: Transaction, oldest_utc: str) -> bool:
    """Whether there are events from before `oldest_utc`."""
    query = select(events.c.id).where(events.c.at_utc < oldest_utc).limit(1)
    return tx.connection.execute(query).first() is not None


def delete_events_before(tx: Transaction, oldest_utc: str) -> bool:
    """Delete some of the events from before `oldest_utc`; whether there may be more."""
    some = select(events.c.id).where(events.c.at_utc < oldest_utc).order_by(events.c.at_utc).limit(_SWEPT)
    if not tx.is_sqlite:
        some = some.with_for_update(skip_locked=True)
    return tx.connection.execute(delete(events).where(events.c.id.in_(some))).rowcount == _SWEPT
