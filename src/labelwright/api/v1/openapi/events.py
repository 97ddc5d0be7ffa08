"""Events of clients, as they are sent and echoed (review-and-logs contract, 2)."""

from labelwright.api.v1.openapi.schemas import Schema, array, record, ref, text, time, truth, whole

_INT64 = 2**63
_NUMBER = whole(least=-_INT64, most=_INT64 - 1)
_IDS = {
    "job_id": _NUMBER,
    "task_id": _NUMBER,
    "proj_id": whole(
        "Of the project. What no job, task or project has this id is kept all the same.",
        least=-_INT64,
        most=_INT64 - 1,
    ),
}


def event_objects() -> dict[str, Schema]:
    """Return the schemas of events: as they are sent, so they come back."""
    event = record(
        {
            "client_id": _NUMBER,
            "name": text("What was done, such as `Draw object`.", least=1, most=64),
            "time": time(),
            "is_active": truth(),
        },
        {**_IDS, "message": text(most=4096), "payload": {"type": "object"}},
        about="`duration`, `working_time` (both in milliseconds) and `count` in a payload make statistics.",
    )
    exception = record(
        {
            "system": text(least=1, most=255),
            "client": text(least=1, most=255),
            "time": time(),
            "client_id": _NUMBER,
            "message": text(least=1, most=4096),
            "filename": text("Address of the script.", most=4096, pattern="^(https?|ftps?)://[^ /]+"),
            "line": _NUMBER,
            "column": _NUMBER,
            "stack": text(most=8192),
        },
        _IDS,
        about="An exception in a client's script.",
    )
    return {"Event": event, "EventList": array(ref("Event")), "Exception": exception}
