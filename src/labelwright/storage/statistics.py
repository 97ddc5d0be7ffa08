"""Sums of events and saves, and the events themselves: what statistics of work are read from."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    TIMESTAMP,
    ColumnElement,
    Interval,
    Row,
    Text,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    true,
)

from labelwright.domain.statistics import By, Shift, ToldEvent, Wanted, Work
from labelwright.domain.users import Person
from labelwright.storage import Transaction
from labelwright.storage.people import person_columns, read_person
from labelwright.storage.tables import events, jobs, projects, saves, tasks, users

#: What is exported of an event, in this order.
EVENT_COLUMNS = (
    "id", "at_utc", "received_utc", "user_id", "username", "name", "client_id", "is_active", "job_id", "task_id",
    "project_id", "message", "payload", "duration_ms", "working_ms", "count",
)  # fmt: skip
#: Rows of an export read at once, and ids in one query.
_BATCH = 10_000
_AT_ONCE = 1_000
#: The conditions of the two indexes of events that count, word for word as the indexes have them.
_WORKING: ColumnElement[bool] = literal_column("events.working_ms IS NOT NULL")
_DRAWING: ColumnElement[bool] = literal_column(
    "(events.name = 'Draw object' AND events.duration_ms IS NOT NULL)"
)

#: Another name, for queries that have `tasks` in them already.
_tasks = tasks.alias("seen_tasks")
_SAVES = saves.join(jobs, jobs.c.id == saves.c.job_id).join(tasks, tasks.c.id == jobs.c.task_id)
_OF_EVENTS: dict[By, ColumnElement[Any]] = {
    "user": events.c.user_id,
    "project": events.c.project_id,
    "task": events.c.task_id,
    "job": events.c.job_id,
}
_OF_SAVES: dict[By, ColumnElement[Any]] = {
    "user": saves.c.user_id,
    "project": tasks.c.project_id,
    "task": jobs.c.task_id,
    "job": saves.c.job_id,
}


class Seen(Struct, frozen=True):
    """Whose work is seen: all when `by` is None; else that user's own, and, if `owned`, all in the tasks and projects
    they own or are assigned to."""

    by: int | None
    owned: bool


def first_moment(tx: Transaction) -> str | None:
    """Return when the first event or save was, None when there is none."""
    found = [tx.connection.execute(select(func.min(table.c.at_utc))).scalar() for table in (events, saves)]
    return min((moment for moment in found if moment is not None), default=None)


def sum_work(
    tx: Transaction, wanted: Wanted, *, by: Sequence[By], days: Sequence[Shift], seen: Seen
) -> dict[tuple[Any, ...], Work]:
    """Return the work `wanted`, by the values of `by` in its order: ids, and days as the clock of `days` has them."""
    amounts = [
        (events, _OF_EVENTS, events.c.at_utc, [_WORKING], {"working_ms": func.sum(events.c.working_ms)}),
        (
            events,
            _OF_EVENTS,
            events.c.at_utc,
            [_DRAWING],
            {
                "drawing_ms": func.sum(events.c.duration_ms),
                "drawn": func.sum(func.coalesce(events.c.count, 1)),
            },
        ),
        (
            _SAVES,
            _OF_SAVES,
            saves.c.at_utc,
            [saves.c.kind == "edit"],
            {name: func.sum(saves.c[name]) for name in ("created", "updated", "deleted")},
        ),
    ]
    found: dict[tuple[Any, ...], Work] = defaultdict(Work)
    for source, columns, at, conditions, sums in amounts:
        # `+ 0`: SQLite would else walk all events in the order of an index on the column instead of those that count.
        keys = [
            (_day(tx, at, days) if name == "day" else columns[name] + 0).label(f"of_{name}") for name in by
        ]
        where = [*conditions, *_conditions(wanted, columns, at), _seen(columns, seen)]
        query = select(*keys, *sums.values()).select_from(source).where(*where)
        # By their names: a day is an expression with values in it, which PostgreSQL would not see to be the same.
        for row in tx.connection.execute(query.group_by(*(text(key.name) for key in keys))):
            if row[-1] is not None:  # a sum of nothing
                found[tuple(row[: len(keys)])].add(**dict(zip(sums, map(int, row[len(keys) :]), strict=True)))
    return found


def _conditions(
    wanted: Wanted, columns: Mapping[By, ColumnElement[Any]], at: ColumnElement[str]
) -> list[ColumnElement[bool]]:
    ids: dict[By, int | None] = {
        "project": wanted.project_id,
        "task": wanted.task_id,
        "job": wanted.job_id,
        "user": wanted.user_id,
    }
    found = [columns[name] == value for name, value in ids.items() if value is not None]
    if wanted.from_utc is not None:
        found.append(at >= wanted.from_utc)
    if wanted.until_utc is not None:
        found.append(at < wanted.until_utc)
    return found


def _seen(columns: Mapping[By, ColumnElement[Any]], seen: Seen) -> ColumnElement[bool]:
    if seen.by is None:
        return true()
    own = columns["user"] == seen.by
    if not seen.owned:
        return own
    theirs = or_(projects.c.owner_id == seen.by, projects.c.assignee_id == seen.by)
    their_projects = select(projects.c.id).where(theirs)
    their_tasks = select(_tasks.c.id).where(
        or_(
            _tasks.c.owner_id == seen.by,
            _tasks.c.assignee_id == seen.by,
            _tasks.c.project_id.in_(their_projects),
        )
    )
    return or_(own, columns["task"].in_(their_tasks), columns["project"].in_(their_projects))


def _day(tx: Transaction, at: ColumnElement[str], days: Sequence[Shift]) -> ColumnElement[str]:
    """Say "the day of the moment `at`", as text."""
    *changing, last = [(shift.until_utc, _shifted(tx, at, shift.seconds)) for shift in days]
    if not changing:
        return last[1]
    return case(*((at < until, day) for until, day in changing), else_=last[1])


def _shifted(tx: Transaction, at: ColumnElement[str], seconds: int) -> ColumnElement[str]:
    if not seconds:
        return func.substr(at, 1, 10)
    if tx.is_sqlite:
        return func.date(at, f"{seconds:+d} seconds")
    in_utc = func.timezone("UTC", cast(at, TIMESTAMP(timezone=True)))
    return func.to_char(in_utc + cast(literal(f"{seconds} seconds", Text), Interval), "YYYY-MM-DD")


_EVENTS = select(events, *person_columns(users, "user")).outerjoin(users, users.c.id == events.c.user_id)


def _events(wanted: Wanted, *, name: str, seen: Seen) -> list[ColumnElement[bool]]:
    found = [*_conditions(wanted, _OF_EVENTS, events.c.at_utc), _seen(_OF_EVENTS, seen)]
    return [*found, events.c.name == name] if name else found


def list_events(
    tx: Transaction, wanted: Wanted, *, name: str, seen: Seen, offset: int, limit: int
) -> tuple[int, list[ToldEvent]]:
    """Return the count of events `wanted`, of this name ("" is any), and one page of them, newest first."""
    where = _events(wanted, name=name, seen=seen)
    count = tx.connection.execute(select(func.count()).select_from(events).where(*where)).scalar_one()
    order = (events.c.at_utc.desc(), events.c.id.desc())
    page = _EVENTS.where(*where).order_by(*order).offset(offset).limit(limit)
    return count, [_event(row) for row in tx.connection.execute(page)]


def _event(row: Row[Any]) -> ToldEvent:
    fields = row._mapping
    told = {name: fields[name] for name in ToldEvent.__struct_fields__ if name != "user"}
    return ToldEvent(user=read_person(row, "user"), **told)


def walk_events(
    tx: Transaction, wanted: Wanted, *, name: str, seen: Seen
) -> Iterator[Sequence[Sequence[Any]]]:
    """Yield the events `wanted`, oldest first, some thousands at a time, each as `EVENT_COLUMNS` says."""
    columns = [users.c.username if name == "username" else events.c[name] for name in EVENT_COLUMNS]
    query = select(*columns).outerjoin_from(events, users, users.c.id == events.c.user_id)
    where = _events(wanted, name=name, seen=seen)
    query = query.where(*where).order_by(events.c.at_utc, events.c.id)
    yield from tx.connection.execute(query, execution_options={"yield_per": _BATCH}).partitions()


def read_people(tx: Transaction, ids: Collection[int]) -> dict[int, Person]:
    """Return the people of the ids, by id."""
    query = select(users.c.id, users.c.username, users.c.first_name, users.c.last_name)
    found: dict[int, Person] = {}
    ordered = sorted(ids)
    for first in range(0, len(ordered), _AT_ONCE):
        some = query.where(users.c.id.in_(ordered[first : first + _AT_ONCE]))
        found |= {row[0]: Person(*row) for row in tx.connection.execute(some)}
    return found
