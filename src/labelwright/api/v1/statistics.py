"""Statistics: what people did, how far the work is, and what their clients told. Routes that v1 does not have."""

import os
from collections.abc import Iterator
from typing import BinaryIO, cast

import msgspec
from litestar import Response, get
from litestar.response import Stream

from labelwright.api.paging import Page, envelope, read_page
from labelwright.api.requests import ApiRequest, deps_of, run_in_thread, user_of
from labelwright.api.v1.described import described
from labelwright.api.v1.exports import disposition
from labelwright.api.v1.fields import FieldErrors
from labelwright.api.v1.statistics_wire import (
    event_out,
    progress_out,
    read_about,
    read_by,
    read_choice,
    read_period,
    read_zone,
    row_out,
)
from labelwright.api.v1.users import read_filter
from labelwright.api.v1.wire import base_url, dialect_of
from labelwright.domain.sentences import Sentence
from labelwright.domain.statistics import Wanted
from labelwright.services import statistics
from labelwright.services.statistics import FORMATS, Format

_ABOUT = ("project_id", "task_id", "job_id", "user_id")
_PERIOD = (*_ABOUT, "from", "to", "zone")
#: Events of a page.
_MOST_EVENTS = 1_000
_PIECE_BYTES = 2**18
_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


async def _read_wanted(request: ApiRequest) -> Wanted:
    """Return which work a query is about, seen that it is there and the caller may see into it."""
    query = dict(request.query_params)
    about = read_about(query)
    await run_in_thread(statistics.may_see, deps_of(request), user=user_of(request), wanted=about)
    return read_period(query, about)


@get("/statistics/work")
@described("statistics_work", query=("by", *_PERIOD), answers={200: "WorkReport"}, errors=(403, 404))
async def read_work(request: ApiRequest) -> Response[bytes]:
    """Return working time and objects made, changed and deleted, summed up by day, user, task, job or project.

    `sees` says whose work the caller sees, and so what the sums are of: `all`; `owned`, their own and all in projects
    and tasks they own or are assigned to; `self`, their own. Objects are those of saves by hand. 200; 400 for a query
    that will not do; 403 for a project, task or job the caller may not see into, or for somebody else whose work they
    may not see; 404.
    """
    wanted, query = await _read_wanted(request), dict(request.query_params)
    by, zone = read_by(query), read_zone(query)
    base, dialect = base_url(request), dialect_of(request)

    def answer() -> bytes:
        report = statistics.read_work(
            deps_of(request), user=user_of(request), wanted=wanted, by=by, zone=zone
        )
        rows = [row_out(row, base, dialect) for row in report.rows]
        return msgspec.json.encode({"sees": report.sees, "rows": rows})

    return Response(await run_in_thread(answer), media_type="application/json")


@get("/statistics/progress")
@described(
    "statistics_progress",
    query=("project_id", "task_id", "job_id"),
    answers={200: "Progress"},
    errors=(403, 404),
)
async def read_progress(request: ApiRequest) -> Response[bytes]:
    """Return how far a project, a task or a job is: states of jobs, frames, objects, labels, and its parts.

    Parts are a project's tasks, as far as the caller may see into them, and a task's jobs. 200; 400 unless exactly
    one is named; 403 and 404 as everywhere.
    """
    about = read_about(dict(request.query_params))
    found = await run_in_thread(
        statistics.read_progress,
        deps_of(request),
        user=user_of(request),
        project_id=about.project_id,
        task_id=about.task_id,
        job_id=about.job_id,
    )
    return Response(msgspec.json.encode(progress_out(found)), media_type="application/json")


@get("/statistics/events")
@described(
    "statistics_events",
    query=("name.event", *_PERIOD, "page", "page_size.events"),
    answers={200: "ToldEventPage"},
    errors=(403, 404),
)
async def list_events(request: ApiRequest) -> Response[bytes]:
    """Return a page of what clients told, newest first. Whose events the caller sees is said at `statistics/work`.

    200; 400 for a query that will not do; 403 as there; 404, also for no such page.
    """
    wanted, query = await _read_wanted(request), dict(request.query_params)
    page, name = _read_page(query), read_filter(query, "name")
    base, dialect = base_url(request), dialect_of(request)

    def answer() -> bytes:
        count, found = statistics.list_events(
            deps_of(request),
            user=user_of(request),
            wanted=wanted,
            name=name,
            offset=page.offset,
            limit=page.size or 0,
        )
        results = [event_out(event, base, dialect) for event in found]
        return msgspec.json.encode(
            envelope(page, count, results, url=f"{base}/statistics/events", query=query)
        )

    return Response(await run_in_thread(answer), media_type="application/json")


def _read_page(query: dict[str, str]) -> Page:
    page = read_page(query)
    if page.size is None or page.size > _MOST_EVENTS:
        sentence = Sentence("Ensure this value is less than or equal to {most}.", most=_MOST_EVENTS)
        raise FieldErrors({"page_size": [sentence]})
    return page


@get("/statistics/export")
@described(
    "statistics_export",
    query=("what", "format.table", "by", "name.event", *_PERIOD),
    answers={200: "Table"},
    errors=(403, 404, 507),
)
async def export(request: ApiRequest) -> Stream:
    """Return what `statistics/events` or `statistics/work` lists as a file, all of it: CSV or Parquet.

    200; 400 for a query that will not do; 403 and 404 as there.
    """
    wanted, query = await _read_wanted(request), dict(request.query_params)
    deps, user = deps_of(request), user_of(request)
    what = read_choice(query, "what", ("events", "work"))
    file_format = cast(Format, read_choice(query, "format", FORMATS))
    if what == "events":
        name = read_filter(query, "name")
        file = await run_in_thread(
            statistics.export_events, deps, user=user, wanted=wanted, name=name, file_format=file_format
        )
    else:
        by, zone = read_by(query), read_zone(query)
        file = await run_in_thread(
            statistics.export_work, deps, user=user, wanted=wanted, by=by, zone=zone, file_format=file_format
        )
    size = os.fstat(file.fileno()).st_size
    headers = {"Content-Disposition": disposition(f"{what}.{file_format}"), "Content-Length": str(size)}
    return Stream(_pieces(file), media_type=_TYPES[file_format], headers=headers)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


HANDLERS = (read_work, read_progress, list_events, export)
