"""Statistics as the document shows them."""

from labelwright.api.v1.openapi.schemas import (
    COUNT,
    ID,
    Schema,
    array,
    choice,
    nullable,
    number,
    record,
    ref,
    text,
    time,
    truth,
    whole,
)
from labelwright.domain.statistics import BY
from labelwright.domain.tasks import STATUSES

_INT64 = 2**63
_MS = nullable(whole("Milliseconds, where the payload says a number that can be believed."))
_DAY = text("A day such as 2026-11-22, included.", pattern="^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$")

#: Names in queries.
QUERY: dict[str, tuple[Schema, str]] = {
    "task_id": (COUNT, "Exactly this task."),
    "job_id": (COUNT, "Exactly this job."),
    "user_id": (COUNT, "Exactly this user."),
    "name.event": (text(), "Exactly this name."),
    "from": (_DAY, "The first day."),
    "to": (_DAY, "The last day."),
    "zone": (text(), "The zone whose days are meant, such as `Asia/Shanghai`; `UTC` by default."),
    "by": (
        text(pattern=f"^((^|,)({'|'.join(BY)}))*$"),
        f"What to sum up by, parted by commas: {', '.join(BY)}. `day` by default; empty for one sum.",
    ),
    "what": (choice("events", "work"), "What the file holds."),
    "format.table": (choice("csv", "parquet"), "How it is written."),
    "page_size.events": (whole(least=1, most=1000), "Items of a page; 10 by default."),
}
REQUIRED = {"what", "format.table"}


def statistics_objects() -> dict[str, Schema]:
    """Return the schemas of statistics."""
    figures = {
        "working_seconds": number("What clients told of working time.", least=0),
        "objects_created": COUNT,
        "objects_updated": COUNT,
        "objects_deleted": COUNT,
        "seconds_per_object": nullable(number(least=0)),
        "objects_per_hour": nullable(number(least=0)),
    }
    keys = {
        "day": nullable(text(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")),
        "user": ref("Person"),
        **{f"{name}_id": nullable(ID) for name in ("project", "task", "job")},
    }
    progress = {
        "jobs": record(dict.fromkeys(STATUSES, COUNT)),
        "frames": COUNT,
        "frames_with_objects": COUNT,
        "frames_deleted": whole("Not among the others."),
        "objects": whole("Shapes and tags."),
    }
    label = record({"id": ID, "name": text(), "color": text(), "objects": COUNT})
    task_or_job = {"name": text(), "start_frame": COUNT, "stop_frame": COUNT}
    return {
        "WorkReport": record({"sees": choice("all", "owned", "self"), "rows": array(record(figures, keys))}),
        "Progress": record(
            {**progress, "labels": array(label), "parts": array(record({"id": ID, **progress}, task_or_job))}
        ),
        "ToldEvent": _event(),
    }


def _event() -> Schema:
    return record(
        {
            "id": whole(least=1, most=_INT64),
            "time": time("When it was, as the client says; not later than it was received."),
            "received": time(),
            "user": ref("Person"),
            "name": text(),
            "client_id": whole(least=-_INT64, most=_INT64 - 1),
            "is_active": truth(),
            **{f"{name}_id": nullable(ID) for name in ("job", "task", "project")},
            "message": text(),
            "payload": nullable({"type": "object"}),
            "duration_ms": _MS,
            "working_ms": _MS,
            "count": nullable(COUNT),
        }
    )
