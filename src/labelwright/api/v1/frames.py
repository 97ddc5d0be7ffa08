"""A task's data, read: meta, chunks, frames and preview (tasks-and-data contract, 6 and 7)."""

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, cast

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from labelwright.api.requests import ApiRequest, asked_language, deps_of, run_in_thread, user_of
from labelwright.api.v1.described import described
from labelwright.api.v1.wire import dialect_of
from labelwright.domain.errors import Invalid, InvalidMedia, NotBuilt, NotFound
from labelwright.domain.sentences import Sentence
from labelwright.languages import say
from labelwright.services import frames, tasks
from labelwright.services.frames import FrameBytes, Quality


@get("/tasks/{task_id:int}/data/meta")
@described("tasks_data_data_info", answers={200: "DataMeta"})
async def read_meta(request: ApiRequest, task_id: FromPath[int]) -> Response[bytes]:
    """Return size and name of every frame. 200; 403 and 404 as everywhere, 404 also without data."""
    body, rows = await run_in_thread(
        frames.read_meta, deps_of(request), user=user_of(request), task_id=task_id
    )
    found: dict[str, Any] = {
        "chunk_size": body.chunk_size,
        "size": body.size,
        "image_quality": body.image_quality,
        "start_frame": body.start_frame,
        "stop_frame": body.stop_frame,
        "frame_filter": body.frame_filter,
        "frames": [{"width": row.width, "height": row.height, "name": row.name} for row in rows],
    }
    if body.deleted_frames or dialect_of(request).is_own:
        found["deleted_frames"] = body.deleted_frames
    return Response(msgspec.json.encode(found), media_type="application/json")


@get("/tasks/{task_id:int}/data")
@described(
    "tasks_data_read",
    query=("type", "number", "quality"),
    headers=("If-None-Match", "If-Modified-Since"),
    answers={200: "ChunkOrImage", 304: None},
    errors=(501,),
)
async def read_data(request: ApiRequest, task_id: FromPath[int]) -> Response[Any]:
    """Return a chunk, a frame or the preview, by `type`, `number` and `quality`.

    200 with the bytes, 304 for a known `ETag`; 400 for a bad query or a number out of range; 403 and 404
    as everywhere, 404 also without data; 501 for context images.
    """
    query = request.query_params
    kind = query.get("type", "")
    deps, user = deps_of(request), user_of(request)
    problem = _query_problem(query)
    if problem or kind == "context_image":
        await run_in_thread(tasks.may_access, deps, user=user, task_id=task_id)
        if problem:
            language = asked_language(request)
            return Response([{"message": say(problem, language), "code": "invalid"}], status_code=400)
        raise NotBuilt("Context images are not built yet.")
    if kind == "preview":
        found = await run_in_thread(frames.read_preview, deps, user=user, task_id=task_id)
        return _bytes(request, found, {"Content-Disposition": 'inline; filename="preview.jpeg"'})
    quality = query.get("quality", "compressed")
    read = frames.read_chunk if kind == "chunk" else frames.read_frame
    try:
        number = _frame_number(query["number"])
        found = await run_in_thread(
            read, deps, user=user, task_id=task_id, number=number, quality=cast(Quality, quality)
        )
    except Invalid as error:
        raise InvalidMedia(
            "cannot get requested data type: {type}, number: {number}, quality: {quality}\n{problem}",
            type=kind,
            number=query["number"],
            quality=quality,
            problem=error.message,
        ) from error
    except NotFound as error:
        return _gone(request, error)
    return _bytes(request, found, {})


def _query_problem(query: Mapping[str, str]) -> Sentence | None:
    """Say what is wrong with the query of a read, None when it will do."""
    kind = query.get("type", "")
    if kind not in ("chunk", "frame", "preview", "context_image"):
        return Sentence("Data type not specified or has wrong value")
    if kind in ("chunk", "frame") and "number" not in query:
        return Sentence("Number is not specified")
    if kind in ("chunk", "frame") and query.get("quality", "compressed") not in ("compressed", "original"):
        return Sentence("Wrong quality value")
    return None


def _frame_number(text: str) -> int:
    """Return the number asked for, -1, which is out of range, for one that is none."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1


def _gone(request: ApiRequest, error: NotFound) -> Response[Any]:
    """A frame whose file is gone says so; everything else absent goes by the table."""
    if type(error) is NotFound and error.message != "Not found.":
        sentence = say(error.message, asked_language(request))
        return Response(msgspec.json.encode(sentence), status_code=404, media_type="application/json")
    raise error


def _bytes(request: ApiRequest, found: FrameBytes, headers: dict[str, str]) -> Response[Any]:
    age = "private, max-age=86400, immutable" if found.is_final else "private, no-cache"
    caching = {"ETag": found.etag, "Cache-Control": age}
    if found.modified_utc is not None:
        caching["Last-Modified"] = format_datetime(datetime.fromisoformat(found.modified_utc), usegmt=True)
    if _is_known(request, found):
        return Response(b"", status_code=304, headers=caching)
    return Response(found.content, media_type=found.media_type, headers=caching | headers)


def _is_known(request: ApiRequest, found: FrameBytes) -> bool:
    """Whether the client has these bytes. It asks by ETag, or, for want of one, by time (RFC 9110, 13.2.2)."""
    known = request.headers.get("if-none-match")
    since = request.headers.get("if-modified-since")
    if known is not None or since is None or found.modified_utc is None:
        return known == found.etag
    try:
        asked = parsedate_to_datetime(since)
    except ValueError:
        return False
    made = datetime.fromisoformat(found.modified_utc).replace(microsecond=0)
    return asked.tzinfo is not None and made <= asked


HANDLERS = (read_meta, read_data)
