"""Events of clients: stored, told to the log, forgotten after a time."""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from labelwright.deps import Deps
from labelwright.domain.events import Event, numbers_of
from labelwright.domain.requests import RequestKey
from labelwright.domain.users import User
from labelwright.services import earlier_answer, now_utc, remember_answer
from labelwright.storage import Transaction
from labelwright.storage import events as storage
from labelwright.storage.events import EventRow, Places

#: Ids are columns of 32 bits.
_MOST_ID = 2**31 - 1
#: Seconds between two short transactions, for those who wait to save.
_BREATH_S = 0.01


def take_events(
    deps: Deps,
    *,
    user: User,
    events: Sequence[Event],
    lines: Sequence[Mapping[str, Any]],
    is_error: bool = False,
    request: RequestKey | None = None,
) -> None:
    """Store the events of the user's client, and tell the log of each by its object in `lines`, with the user's name.

    Whoever signs in may tell, of any job: one that is no longer theirs was theirs when they worked. An event of a
    job or task that does not exist is of none. A retry with the same key stores and tells nothing.
    """
    with deps.database.write() as tx:
        if earlier_answer(tx, user, request) is not None:
            return
        storage.insert_events(
            tx, _rows(events, _places(tx, events), user_id=user.id, received_utc=now_utc(deps))
        )
        remember_answer(tx, deps, user, request, {})
    deps.client_log.write([{**line, "username": user.username} for line in lines], is_error=is_error)


def _places(tx: Transaction, events: Iterable[Event]) -> Places:
    def named(ids: Iterable[int | None]) -> set[int]:
        return {found for found in ids if found is not None and 0 < found <= _MOST_ID}

    return storage.find_places(
        tx,
        job_ids=named(event.job_id for event in events),
        task_ids=named(event.task_id for event in events),
        project_ids=named(event.project_id for event in events),
    )


def _rows(events: Iterable[Event], places: Places, *, user_id: int, received_utc: str) -> list[EventRow]:
    """Return the events as rows of the job, else the task, else the project they name; each is in the next.

    Nobody works in the future: what a clock that is fast says counts as of now.
    """
    rows = []
    for event in events:
        job_id = event.job_id if event.job_id in places.jobs else None
        task_id = event.task_id if event.task_id in places.tasks else None
        project_id = event.project_id if event.project_id in places.projects else None
        if job_id is not None:
            task_id, project_id = places.jobs[job_id]
        elif task_id is not None:
            project_id = places.tasks[task_id]
        numbers = numbers_of(event.name, msgspec.json.decode(event.payload) if event.payload else {})
        rows.append(
            EventRow(
                user_id=user_id,
                received_utc=received_utc,
                at_utc=min(event.told_utc, received_utc),
                name=event.name,
                client_id=event.client_id,
                is_active=event.is_active,
                job_id=job_id,
                task_id=task_id,
                project_id=project_id,
                message=event.message,
                payload=event.payload,
                duration_ms=numbers.duration_ms,
                working_ms=numbers.working_ms,
                count=numbers.count,
            )
        )
    return rows


def forget_old(deps: Deps) -> None:
    """Delete the events that are older than the setting allows, in short transactions."""
    days = deps.limits.events_kept_days
    if not days:
        return
    oldest_utc = now_utc(deps, ago=timedelta(days=days))
    with deps.database.read() as tx:
        more = storage.has_events_before(tx, oldest_utc)
    while more:
        with deps.database.write() as tx:
            more = storage.delete_events_before(tx, oldest_utc)
        time.sleep(_BREATH_S)
