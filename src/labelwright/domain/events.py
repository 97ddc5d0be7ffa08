"""What clients tell of their work: single events, and which of their numbers can be believed (review-and-logs, 2)."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

#: The last event of every batch, with how long somebody worked since the batch before.
ACTIVITY = "Send user activity"
#: An object was drawn by hand, with how long that took.
DRAWN = "Draw object"
#: A script failed; it has a route of its own.
EXCEPTION = "Send exception"
#: Clients send after every save and leave out pauses: what claims more than a day is a clock gone wrong.
MOST_MS = 86_400_000
#: Objects one event may be about: as many as a track could be propagated over.
MOST_OBJECTS = 1_000_000


class Event(Struct, frozen=True, kw_only=True):
    """An event as it was sent. `told_utc` is the client's time; `payload` is JSON, "" for none.

    The ids are what the client says, which may be nothing's.
    """

    name: str
    told_utc: str
    client_id: int
    is_active: bool = True
    job_id: int | None = None
    task_id: int | None = None
    project_id: int | None = None
    message: str = ""
    payload: str = ""


class Numbers(Struct, frozen=True):
    """Numbers of a payload that statistics are made of; None where there is none that can be believed."""

    duration_ms: int | None
    working_ms: int | None
    count: int | None


def numbers_of(name: str, payload: Mapping[str, Any]) -> Numbers:
    """Return the numbers in the payload of an event: from 0 to `MOST_MS` and `MOST_OBJECTS`, rounded.

    Working time counts in `ACTIVITY` alone.
    """
    return Numbers(
        duration_ms=_believed(payload.get("duration"), MOST_MS),
        working_ms=_believed(payload.get("working_time"), MOST_MS) if name == ACTIVITY else None,
        count=_believed(payload.get("count"), MOST_OBJECTS),
    )


def _believed(value: Any, most: int) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return round(value) if 0 <= value <= most else None
