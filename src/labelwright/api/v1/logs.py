"""What clients tell of their work (review-and-logs contract, 2)."""

from typing import Any

import msgspec
from litestar import post

from labelwright.api.requests import (
    ApiRequest,
    body_type,
    deps_of,
    read_body,
    read_fields,
    read_json,
    read_keyed_fields,
    request_key,
    run_in_thread,
    unflatten,
    user_of,
)
from labelwright.api.v1.described import described
from labelwright.api.v1.log_wire import read_events, read_exception
from labelwright.domain.requests import RequestKey
from labelwright.services import events


@post("/server/logs", status_code=201)
@described("server_logs", headers=("Idempotency-Key",), body="EventList", answers={201: "EventList"})
async def store_events(request: ApiRequest) -> list[dict[str, Any]]:
    """Store events of the caller's client.

    201 with them as they are stored; 400 with an object an event, empty for good ones; 413 for too many.
    """
    deps = deps_of(request)
    values, key = await _read_list(request)
    found = read_events(values, most=deps.limits.max_events)
    echo = [each for _, each in found]
    await run_in_thread(
        events.take_events,
        deps,
        user=user_of(request),
        events=[event for event, _ in found],
        lines=echo,
        request=key,
    )
    return echo


async def _read_list(request: ApiRequest) -> tuple[Any, RequestKey | None]:
    """Return the body, which should be a list, and the key of a retry; the list of a form has no name: `[0]name`."""
    if body_type(request) in ("", "application/json"):
        body = await read_body(request)
        return read_json(body), request_key(request, body)
    values = unflatten({f"events{name}": value for name, value in (await read_fields(request)).items()})
    return values.get("events", []), request_key(request, msgspec.json.encode(values))


@post("/server/exception", status_code=201)
@described("server_exception", headers=("Idempotency-Key",), body="Exception", answers={201: "Exception"})
async def store_exception(request: ApiRequest) -> dict[str, Any]:
    """Store an exception of the caller's client. 201 with it as it is stored; 400 by field."""
    values, key = await read_keyed_fields(request)
    event, echo = read_exception(values)
    await run_in_thread(
        events.take_events,
        deps_of(request),
        user=user_of(request),
        events=[event],
        lines=[{"name": event.name, **echo}],
        is_error=True,
        request=key,
    )
    return echo


HANDLERS = (store_events, store_exception)
