"""Annotations of jobs and tasks (rest-api contract, 10.1). Files, the same paths with `format`, are in `exports`."""

from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Response, delete, get, patch, put
from litestar.params import FromPath

from labelwright.api.requests import (
    ApiRequest,
    body_type,
    deps_of,
    if_match,
    read_body,
    read_fields,
    request_key,
    run_in_thread,
    run_short,
    user_of,
)
from labelwright.api.v1 import exports
from labelwright.api.v1.annotation_wire import (
    read_action,
    read_annotations,
    read_sync,
    write_annotations,
    write_created,
    write_stored,
)
from labelwright.api.v1.described import described
from labelwright.api.v1.wire import dialect_of
from labelwright.domain.annotations import Annotations
from labelwright.services import annotations, tasks
from labelwright.services.annotations import Action, Change

_SAVE_HEADERS = ("If-Match", "Idempotency-Key")
_NOTHING = Annotations(version=0, tags=[], shapes=[])


def _answer(content: bytes, revision: int, frames: int | None = None) -> Response[bytes]:
    headers = {"ETag": f'"{revision}"'}
    if frames is not None:
        headers["Labelwright-Frames"] = str(frames)
    return Response(content, media_type="application/json", headers=headers)


@get("/jobs/{job_id:int}/annotations")
@described("jobs_annotations_read", answers={200: "AnnotationsOnFrames"})
async def read_of_job(request: ApiRequest, job_id: FromPath[int]) -> Response[bytes]:
    """Return everything of the job, attributes filled. 200 with the revision as `ETag`; 403, 404 as everywhere.

    `Labelwright-Frames` names the frames that the numbers are of: another once those of the task are read anew.
    """

    def answer() -> tuple[bytes, int, int | None]:
        stored = annotations.read_job(deps_of(request), user=user_of(request), job_id=job_id)
        return write_stored(stored, dialect_of(request)), stored.version, stored.frames

    return _answer(*await run_in_thread(answer))


@get("/tasks/{task_id:int}/annotations")
@described(
    "tasks_annotations_read",
    query=("format", "filename", "action.download"),
    answers={200: "AnnotationsOrArchive", 201: None, 202: None},
    errors=(405, 409, 500, 501),
)
async def read_of_task(request: ApiRequest, task_id: FromPath[int]) -> Response[Any]:
    """Return the annotations of all jobs, merged; with `format` an export (202, 201, then 200 the file)."""
    if "format" in request.query_params:
        return await exports.export(request, task_id, content="annotations")

    def answer() -> tuple[bytes, int]:
        stored = annotations.read_task(deps_of(request), user=user_of(request), task_id=task_id)
        return write_stored(stored, dialect_of(request)), stored.version

    return _answer(*await run_in_thread(answer))


async def _save(
    request: ApiRequest,
    save: Callable[..., Annotations],
    may: Callable[..., None],
    action: Action | None,
    **target: int,
) -> Response[bytes]:
    """Check the rights, read the body once, from bytes, and write: 25 MB are no rare body."""
    deps, user = deps_of(request), user_of(request)
    await run_short(request, may, deps, user=user, **target)
    chosen = read_action(request.query_params.get("action")) if action is None else action
    expected = if_match(request)
    body = await _json_body(request)

    def answer() -> tuple[bytes, int]:
        change = Change(
            action=chosen,
            annotations=read_annotations(body),
            if_match=expected,
            request=request_key(request, body),
        )
        saved = save(deps, user=user, change=change, **target)
        return write_annotations(saved, dialect_of(request)), saved.version

    return _answer(*await run_in_thread(answer))


async def _sync(request: ApiRequest, job_id: int) -> Response[bytes]:
    """Do all three actions at once; a step of ours, not of the contract's, so that one flight carries all changes."""
    deps, user = deps_of(request), user_of(request)
    await run_short(request, tasks.may_change_job, deps, user=user, job_id=job_id)
    expected = if_match(request)
    body = await _json_body(request)

    def answer() -> tuple[bytes, int]:
        sync = read_sync(body, if_match=expected, request=request_key(request, body))
        created = annotations.sync_job(deps, user=user, job_id=job_id, sync=sync)
        return write_created(created), created.version

    return _answer(*await run_in_thread(answer))


async def _json_body(request: ApiRequest) -> bytes:
    """Return the body as it came when it is JSON, as JSON when it is a form. Raises UnsupportedBody for others."""
    if body_type(request) in ("", "application/json"):
        return await read_body(request)
    return msgspec.json.encode(await read_fields(request))


@patch("/jobs/{job_id:int}/annotations", request_max_body_size=None)
@described(
    "jobs_annotations_partial_update",
    query=("action.change",),
    headers=_SAVE_HEADERS,
    body="SavedRequest",
    answers={200: "Saved"},
    errors=(501,),
)
async def patch_of_job(request: ApiRequest, job_id: FromPath[int]) -> Response[bytes]:
    """Create, update or delete annotations of a job; with `action=sync` all three as one revision.

    200 with what was sent, ids included, in that order (of a sync: the ids of what was created); 400 for an
    unknown action or a bad body; 403 and 404 as everywhere; 412 when `If-Match` is not the job's revision.
    """
    if request.query_params.get("action") == "sync":
        return await _sync(request, job_id)
    return await _save(request, annotations.save_job, tasks.may_change_job, None, job_id=job_id)


@put("/jobs/{job_id:int}/annotations", request_max_body_size=None)
@described(
    "jobs_annotations_update",
    query=("format",),
    headers=_SAVE_HEADERS,
    body="AnnotationsOrFile",
    answers={200: "Annotations", 201: "Imported", 202: None},
    errors=(405, 409, 500, 501),
)
async def put_of_job(request: ApiRequest, job_id: FromPath[int]) -> Response[Any]:
    """Replace all annotations of a job; with `format` an import (202, then 201). Else as PATCH."""
    if "format" in request.query_params:
        return await exports.import_file(request, job_id=job_id)
    return await _save(request, annotations.save_job, tasks.may_change_job, "replace", job_id=job_id)


@patch("/tasks/{task_id:int}/annotations", request_max_body_size=None)
@described(
    "tasks_annotations_partial_update",
    query=("action.change",),
    headers=_SAVE_HEADERS,
    body="AnnotationsRequest",
    answers={200: "Annotations"},
    errors=(501,),
)
async def patch_of_task(request: ApiRequest, task_id: FromPath[int]) -> Response[bytes]:
    """Create, update or delete annotations of a task: each job gets those on its frames. As for a job."""
    return await _save(request, annotations.save_task, tasks.may_change, None, task_id=task_id)


@put("/tasks/{task_id:int}/annotations", request_max_body_size=None)
@described(
    "tasks_annotations_update",
    query=("format",),
    headers=_SAVE_HEADERS,
    body="AnnotationsOrFile",
    answers={200: "Annotations", 201: "Imported", 202: None},
    errors=(405, 409, 500, 501),
)
async def put_of_task(request: ApiRequest, task_id: FromPath[int]) -> Response[Any]:
    """Replace all annotations of a task; with `format` an import (202, then 201)."""
    if "format" in request.query_params:
        return await exports.import_file(request, task_id=task_id)
    return await _save(request, annotations.save_task, tasks.may_change, "replace", task_id=task_id)


@delete("/jobs/{job_id:int}/annotations", status_code=204)
@described("jobs_annotations_delete", headers=_SAVE_HEADERS, answers={204: None})
async def delete_of_job(request: ApiRequest, job_id: FromPath[int]) -> None:
    """Delete all annotations of a job. 204; 403 and 404 as everywhere; 412 as PATCH."""
    key = request_key(request, b"")
    change = Change(action="replace", annotations=_NOTHING, if_match=if_match(request), request=key)
    await run_in_thread(
        annotations.save_job, deps_of(request), user=user_of(request), job_id=job_id, change=change
    )


@delete("/tasks/{task_id:int}/annotations", status_code=204)
@described("tasks_annotations_delete", headers=_SAVE_HEADERS, answers={204: None})
async def delete_of_task(request: ApiRequest, task_id: FromPath[int]) -> None:
    """Delete all annotations of every job of the task. 204; 403 and 404 as everywhere."""
    key = request_key(request, b"")
    change = Change(action="replace", annotations=_NOTHING, if_match=if_match(request), request=key)
    await run_in_thread(
        annotations.save_task, deps_of(request), user=user_of(request), task_id=task_id, change=change
    )


HANDLERS = (
    read_of_job, read_of_task, patch_of_job, put_of_job, patch_of_task, put_of_task, delete_of_job, delete_of_task,
)  # fmt: skip
