"""A task's data, read: meta, chunks, frames and preview (tasks-and-data contract, 6 and 7)."""

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from labelwright.api.requests import ApiRequest, asked_language, deps_of, run_in_thread, run_short, user_of
from labelwright.api.sending import send
from labelwright.api.v1.described import described
from labelwright.api.v1.wire import dialect_of
from labelwright.domain.errors import Invalid, InvalidMedia, NotFound
from labelwright.domain.sentences import Sentence
from labelwright.domain.tasks import Quality
from labelwright.languages import say
from labelwright.services import frames, tasks
from labelwright.services.frames import FrameSize

#: What `as` may be, by `type`.
_FORMS = {"chunk": ("imageset", "video"), "frame": ("png", "jpeg")}


@get("/tasks/{task_id:int}/data/meta")
@described("tasks_data_data_info", answers={200: "DataMeta"})
async def read_meta(request: ApiRequest, task_id: FromPath[int]) -> Response[bytes]:
    """Return size and name of every frame. 200; 403 and 404 as everywhere, 404 also without data."""
    body, sizes = await run_in_thread(
        frames.read_meta, deps_of(request), user=user_of(request), task_id=task_id
    )
    found: dict[str, Any] = {
        "chunk_size": body.chunk_size,
        "size": body.size,
        "image_quality": body.image_quality,
        "start_frame": body.start_frame,
        "stop_frame": body.stop_frame,
        "frame_filter": body.frame_filter,
        "frames": [_frame(size) for size in sizes],
    }
    if dialect_of(request).is_own:
        for frame, size in zip(found["frames"], sizes, strict=True):
            frame["has_related_context"] = bool(size.related)
            if size.related:
                frame["related_images"] = size.related
    if body.deleted_frames or dialect_of(request).is_own:
        found["deleted_frames"] = body.deleted_frames
    return Response(msgspec.json.encode(found), media_type="application/json")


def _frame(size: FrameSize) -> dict[str, Any]:
    """Return what meta says of a frame; its size in compressed chunks where that is another."""
    found: dict[str, Any] = {"width": size.width, "height": size.height, "name": size.name}
    if (size.compressed_width, size.compressed_height) != (size.width, size.height):
        found["compressed_width"] = size.compressed_width
        found["compressed_height"] = size.compressed_height
    return found


@get("/tasks/{task_id:int}/data")
@described(
    "tasks_data_read",
    query=("type", "number", "quality", "as", "position"),
    headers=("If-None-Match", "If-Modified-Since", "Range", "If-Range"),
    answers={200: "ChunkOrImage", 206: "ChunkOrImage", 304: None, 416: None},
)
async def read_data(request: ApiRequest, task_id: FromPath[int]) -> Response[Any]:
    """Return a chunk, a frame or the preview, by `type`, `number` and `quality`; of videos in the form `as`.

    `context_image` is an image that is related to frame `number` of the source: the first, or that at `position`.

    200 with the bytes, 206 with those of `Range`, 304 for a known `ETag`; 416 for bytes that are not there;
    400 for a bad query or a number out of range; 403 and 404 as everywhere, 404 also without data or where no
    image is related.
    """
    query = request.query_params
    kind = query.get("type", "")
    deps, user = deps_of(request), user_of(request)
    problem = _query_problem(query)
    if problem:
        await run_in_thread(tasks.may_access, deps, user=user, task_id=task_id)
        language = asked_language(request)
        return Response([{"message": say(problem, language), "code": "invalid"}], status_code=400)
    if kind == "preview":
        found = await run_short(request, frames.find_preview, deps, user=user, task_id=task_id)
        return await send(request, found, {"Content-Disposition": 'inline; filename="preview.jpeg"'})
    try:
        return await _send_numbered(request, task_id)
    except Invalid as error:
        raise InvalidMedia(
            "cannot get requested data type: {type}, number: {number}, quality: {quality}\n{problem}",
            type=kind,
            number=query["number"],
            quality=query.get("quality", "compressed"),
            problem=error.message,
        ) from error
    except NotFound as error:
        return _gone(request, error)


async def _send_numbered(request: ApiRequest, task_id: int) -> Response[Any]:
    """Answer with the chunk or frame that the query, which will do, asks for."""
    query = request.query_params
    if query["type"] == "context_image":
        return await _send_related(request, task_id)
    find: Callable[..., frames.Found] = frames.find_chunk if query["type"] == "chunk" else frames.find_frame
    found = await run_short(
        request,
        find,
        deps_of(request),
        user=user_of(request),
        task_id=task_id,
        number=_number(query["number"]),
        quality=cast(Quality, query.get("quality", "compressed")),
        as_type=query.get("as"),
    )
    return await send(request, found, {})


async def _send_related(request: ApiRequest, task_id: int) -> Response[Any]:
    """Answer with the image that is related to a frame. The dialects before ours know them of point clouds only."""
    query = request.query_params
    try:
        found = await run_short(
            request,
            frames.find_related,
            deps_of(request),
            user=user_of(request),
            task_id=task_id,
            number=_number(query["number"]),
            position=_number(query.get("position", "0")),
        )
    except frames.NoRelated as error:
        if dialect_of(request).is_own:
            return _said(request, error.message, 404)
        return _said(request, Sentence("Only 3D tasks support context images"), 400)
    return await send(request, found, {})


def _query_problem(query: Mapping[str, str]) -> Sentence | None:
    """Say what is wrong with the query of a read, None when it will do."""
    kind = query.get("type", "")
    if kind not in ("chunk", "frame", "preview", "context_image"):
        return Sentence("Data type not specified or has wrong value")
    if kind != "preview" and "number" not in query:
        return Sentence("Number is not specified")
    if kind in ("chunk", "frame") and query.get("quality", "compressed") not in ("compressed", "original"):
        return Sentence("Wrong quality value")
    if kind in _FORMS and query.get("as", _FORMS[kind][0]) not in _FORMS[kind]:
        return Sentence("Wrong as value")
    return None


def _number(text: str) -> int:
    """Return the number asked for, -1, which is out of range, for one that is none."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1


def _gone(request: ApiRequest, error: NotFound) -> Response[Any]:
    """A frame whose file is gone says so; everything else absent goes by the table."""
    if type(error) is NotFound and error.message != "Not found.":
        return _said(request, error.message, 404)
    raise error


def _said(request: ApiRequest, sentence: Sentence, status: int) -> Response[Any]:
    told = msgspec.json.encode(say(sentence, asked_language(request)))
    return Response(told, status_code=status, media_type="application/json")


HANDLERS = (read_meta, read_data)
