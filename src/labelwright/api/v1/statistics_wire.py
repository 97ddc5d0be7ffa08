"""Queries about statistics, and statistics as JSON."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

import msgspec

from labelwright.api.v1.dialects import Dialect
from labelwright.api.v1.fields import FieldErrors
from labelwright.api.v1.users import read_number
from labelwright.domain.sentences import Sentence
from labelwright.domain.statistics import (
    BY,
    By,
    Part,
    Progress,
    ToldEvent,
    Wanted,
    WorkRow,
    find_zone,
    period,
)

#: Years that all databases and zones can count with.
_DAY = re.compile(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}")
_LAST_YEAR = 9998
#: What the sums are called on the wire, by what they are summed up by.
_KEYS: dict[By, str] = {
    "day": "day",
    "user": "user",
    "task": "task_id",
    "job": "job_id",
    "project": "project_id",
}

# In


def read_about(query: Mapping[str, str]) -> Wanted:
    """Return which project, task, job and user a query is about. Raises FieldErrors."""
    project_id, task_id, job_id, user_id = (
        read_number(dict(query), name) for name in ("project_id", "task_id", "job_id", "user_id")
    )
    return Wanted(project_id=project_id, task_id=task_id, job_id=job_id, user_id=user_id)


def read_period(query: Mapping[str, str], about: Wanted) -> Wanted:
    """Return `about`, and from which day to which, both included. Raises FieldErrors, Invalid."""
    zone = find_zone(read_zone(query))
    from_utc, until_utc = period(_read_day(query, "from"), _read_day(query, "to"), zone)
    return msgspec.structs.replace(about, from_utc=from_utc, until_utc=until_utc)


def read_zone(query: Mapping[str, str]) -> str:
    """Return the name of the zone whose days are meant."""
    return query.get("zone", "").strip() or "UTC"


def _read_day(query: Mapping[str, str], name: str) -> date | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or day.year > _LAST_YEAR:
        raise FieldErrors({name: [Sentence("Enter a day such as 2026-11-22.")]})
    return day


def read_by(query: Mapping[str, str]) -> tuple[By, ...]:
    """Return what to sum up by, once each, in order: days unless the query says; empty for one sum of all.

    Raises FieldErrors.
    """
    names = [name.strip() for name in query.get("by", "day").split(",")]
    for name in names:
        if name and name not in BY:
            raise FieldErrors({"by": [Sentence('"{value}" is not a valid choice.', value=name)]})
    return tuple(cast(By, name) for name in dict.fromkeys(names) if name)


def read_choice(query: Mapping[str, str], name: str, choices: Sequence[str]) -> str:
    """Return one of the choices, which must be there. Raises FieldErrors."""
    text = query.get(name, "").strip()
    if not text:
        raise FieldErrors({name: [Sentence("This field is required.")]})
    if text not in choices:
        raise FieldErrors({name: [Sentence('"{value}" is not a valid choice.', value=text)]})
    return text


# Out


def row_out(row: WorkRow, base: str, dialect: Dialect) -> dict[str, Any]:
    """Return work with what it is the work of before its figures."""
    keys = {
        _KEYS[name]: dialect.person(value, base) if name == "user" else value
        for name, value in row.keys.items()
    }
    work = row.work
    return {
        **keys,
        "working_seconds": work.working_seconds,
        "objects_created": work.created,
        "objects_updated": work.updated,
        "objects_deleted": work.deleted,
        "seconds_per_object": work.seconds_per_object,
        "objects_per_hour": work.objects_per_hour,
    }


def progress_out(progress: Progress) -> dict[str, Any]:
    """Return how far something is: all of it, its labels, its parts."""
    return {
        **_figures(progress.whole),
        "labels": [
            {"id": label.id, "name": label.name, "color": label.color, "objects": label.objects}
            for label in progress.labels
        ],
        "parts": [_part_out(part) for part in progress.parts],
    }


def _part_out(part: Part) -> dict[str, Any]:
    """Return a task with its name, or a job with its frames."""
    if part.first is None:
        return {"id": part.id, "name": part.name, **_figures(part)}
    return {"id": part.id, "start_frame": part.first, "stop_frame": part.last, **_figures(part)}


def _figures(part: Part) -> dict[str, Any]:
    return {
        "jobs": part.jobs,
        "frames": part.frames,
        "frames_with_objects": part.frames_with_objects,
        "frames_deleted": part.deleted,
        "objects": part.objects,
    }


def event_out(event: ToldEvent, base: str, dialect: Dialect) -> dict[str, Any]:
    """Return an event, its payload as it came."""
    return {
        "id": event.id,
        "time": event.at_utc,
        "received": event.received_utc,
        "user": dialect.person(event.user, base),
        "name": event.name,
        "client_id": event.client_id,
        "is_active": event.is_active,
        "job_id": event.job_id,
        "task_id": event.task_id,
        "project_id": event.project_id,
        "message": event.message,
        "payload": msgspec.Raw(event.payload.encode()) if event.payload else None,
        "duration_ms": event.duration_ms,
        "working_ms": event.working_ms,
        "count": event.count,
    }
