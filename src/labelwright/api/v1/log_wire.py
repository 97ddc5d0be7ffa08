"""v1 JSON and the events of clients (review-and-logs contract, 2)."""

from typing import Any
from urllib.parse import urlsplit

import msgspec

from labelwright.api.v1.fields import FieldErrors, Fields
from labelwright.domain.errors import TooLarge
from labelwright.domain.events import EXCEPTION, Event
from labelwright.domain.sentences import Sentence

_MAX_NAME = 64
_MAX_MESSAGE = 4096
_MAX_STACK = 8192
_MAX_SYSTEM = 255
#: Bytes of JSON a payload may have; clients send some 200.
_MAX_PAYLOAD = 65_536
_INT64 = 2**63
_SCHEMES = ("http", "https", "ftp", "ftps")
#: v1's names of what an event is about, in the order of its answers.
_IDS = ("job_id", "task_id", "proj_id")


def read_events(body: Any, *, most: int) -> list[tuple[Event, dict[str, Any]]]:
    """Return each event of the body with its echo: known keys alone, in v1's order, times in UTC.

    Raises:
        FieldErrors: an object an event, empty for good ones.
        TooLarge: more than `most`.
    """
    if not isinstance(body, list):
        kind = type(body).__name__
        sentence = Sentence('Expected a list of items but got type "{kind}".', kind=kind)
        raise FieldErrors({"non_field_errors": [sentence]})
    if len(body) > most:
        raise TooLarge(
            "{count} events in one request, at most {limit} (LABELWRIGHT_MAX_EVENTS)",
            count=len(body),
            limit=most,
        )
    fields = Fields({"events": body})
    found = fields.each("events", _read_event)
    if fields.errors:
        raise FieldErrors(fields.errors["events"])
    return found


def _read_event(fields: Fields) -> tuple[Event, dict[str, Any]]:
    ids = _read_ids(fields)
    payload = fields.mapping("payload")
    packed = msgspec.json.encode(payload)
    if len(packed) > _MAX_PAYLOAD:
        sentence = Sentence("Ensure this field has no more than {limit} characters.", limit=_MAX_PAYLOAD)
        fields.fail("payload", sentence)
    event = Event(
        name=fields.text("name", limit=_MAX_NAME, required=True, blank=False),
        told_utc=fields.moment("time"),
        client_id=_read_integer(fields, "client_id", required=True),
        is_active=fields.boolean("is_active", required=True),
        job_id=ids.get("job_id"),
        task_id=ids.get("task_id"),
        project_id=ids.get("proj_id"),
        message=fields.text("message", limit=_MAX_MESSAGE),
        payload=packed.decode() if "payload" in fields else "",
    )
    echo: dict[str, Any] = {**ids, "client_id": event.client_id, "name": event.name, "time": event.told_utc}
    if "message" in fields:
        echo["message"] = event.message
    if "payload" in fields:
        echo["payload"] = payload
    return event, {**echo, "is_active": event.is_active}


def read_exception(values: dict[str, Any]) -> tuple[Event, dict[str, Any]]:
    """Return an exception as an event, with its echo. Raises FieldErrors."""
    fields = Fields(values)
    system, client = (fields.text(name, limit=_MAX_SYSTEM, required=True, blank=False)
                      for name in ("system", "client"))  # fmt: skip
    told_utc, ids = fields.moment("time"), _read_ids(fields)
    client_id = _read_integer(fields, "client_id", required=True)
    message = fields.text("message", limit=_MAX_MESSAGE, required=True, blank=False)
    found = {
        "filename": _read_address(fields, "filename"),
        "line": _read_integer(fields, "line", required=True),
        "column": _read_integer(fields, "column", required=True),
        "stack": fields.text("stack", limit=_MAX_STACK, required=True),
    }
    fields.finish()
    payload = {"system": system, "client": client, **found}
    event = Event(
        name=EXCEPTION,
        told_utc=told_utc,
        client_id=client_id,
        job_id=ids.get("job_id"),
        task_id=ids.get("task_id"),
        project_id=ids.get("proj_id"),
        message=message,
        payload=msgspec.json.encode(payload).decode(),
    )
    known = {"system": system, "client": client, "time": told_utc, **ids, "client_id": client_id}
    return event, {**known, "message": message, **found}


def _read_ids(fields: Fields) -> dict[str, int]:
    return {name: _read_integer(fields, name) for name in _IDS if name in fields}


def _read_integer(fields: Fields, name: str, *, required: bool = False) -> int:
    return fields.integer(name, least=-_INT64, most=_INT64 - 1, required=required) or 0


def _read_address(fields: Fields, name: str) -> str:
    """Return the address of a script."""
    text = fields.text(name, limit=_MAX_MESSAGE, required=True, blank=False)
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in _SCHEMES and bool(parts.hostname) and " " not in text
    except ValueError:
        is_address = False
    if text and not is_address:
        fields.fail(name, Sentence("Enter a valid URL."))
    return text
