"""Files sent for a task before it is said what to make of them: many small ones in a form, a large one in pieces.

Not of API v1. The pieces are sent as tus 1.0.0 has it (https://tus.io/protocols/resumable-upload, 2016), with its
extensions creation and termination: whoever lost the connection asks how far the file came, and goes on from there.
"""

import base64
import binascii
from typing import Any

from litestar import Response, delete, get, patch, post
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from labelwright.api.requests import (
    ApiRequest,
    UnsupportedBody,
    body_type,
    deps_of,
    gathered,
    run_in_thread,
    user_of,
)
from labelwright.api.uploads import receive_files
from labelwright.api.v1.described import described
from labelwright.domain.errors import Conflict, Invalid
from labelwright.domain.sent_files import SentFile
from labelwright.domain.tasks import MediaRequest
from labelwright.services import sent_files

_VERSION = "1.0.0"
_PIECES = "application/offset+octet-stream"
#: Bytes of a piece that is kept before the next one: less is lost with the connection, more makes fewer trips to disk.
_PIECE_BYTES = 8 * 2**20
#: Digits in the length of a file.
_MOST_DIGITS = 15


@get("/tasks/{task_id:int}/uploads")
@described("tasks_uploads_list", answers={200: "SentFiles"})
async def list_uploads(request: ApiRequest, task_id: FromPath[int]) -> dict[str, Any]:
    """Return the files sent for the task, how far each came, and what was asked to be made last. 200; 403, 404."""
    files, asked = await run_in_thread(
        sent_files.list_sent, deps_of(request), user=user_of(request), task_id=task_id
    )
    return {
        "uploads": [_sent_out(sent) for sent in files],
        "request": None if asked is None else _request_out(asked),
    }


@post("/tasks/{task_id:int}/uploads", status_code=201, request_max_body_size=None)
@described(
    "tasks_uploads_create",
    headers=("Upload-Length", "Upload-Metadata"),
    body="SentFilesRequest",
    answers={201: "SentFileList", 412: "Detail"},
)
async def post_uploads(request: ApiRequest, task_id: FromPath[int]) -> Response[Any]:
    """Keep the files of a form, `files[i]` with `paths[i]` before each, or make room for one of `Upload-Length` bytes.

    201 with those that are whole, also after a request that was cut off; with `Location` of the one to be sent in
    pieces; 400 for a path that can be none; 403 and 404 as everywhere; 413 over a limit.
    """
    deps, user = deps_of(request), user_of(request)
    if "upload-length" in request.headers:
        _check_version(request)
        size, path = _read_count(request, "Upload-Length"), _read_path(request)
        sent = await run_in_thread(
            sent_files.begin_sent, deps, user=user, task_id=task_id, path=path, size_bytes=size
        )
        headers = {**_standing(sent), "Location": f"uploads/{sent.id}"}  # seen from here, whatever the prefix
        return Response([_sent_out(sent)], status_code=201, headers=headers)
    with await run_in_thread(sent_files.begin_files, deps, user=user, task_id=task_id) as upload:
        try:
            await receive_files(request, upload, {"files"}, paths="paths")
        finally:  # what came whole is kept, whatever became of the rest
            kept = await run_in_thread(sent_files.keep_files, deps, user=user, task_id=task_id, upload=upload)
    return Response([_sent_out(sent) for sent in kept], status_code=201)


@get("/tasks/{task_id:int}/uploads/{upload_id:str}")
@described("tasks_uploads_read", answers={200: "SentFile"})
async def read_upload(
    request: ApiRequest, task_id: FromPath[int], upload_id: FromPath[str]
) -> Response[dict[str, Any]]:
    """Say how far a file came, also in `Upload-Offset`: HEAD is enough. 200; 403 and 404 as everywhere."""
    sent = await _find(request, task_id, upload_id)
    return Response(_sent_out(sent), headers={**_standing(sent), "Cache-Control": "no-store"})


@patch("/tasks/{task_id:int}/uploads/{upload_id:str}", status_code=204, request_max_body_size=None)
@described(
    "tasks_uploads_partial_update",
    headers=("Upload-Offset",),
    body="Piece",
    answers={204: None, 412: "Detail"},
    errors=(409,),
)
async def patch_upload(
    request: ApiRequest, task_id: FromPath[int], upload_id: FromPath[str]
) -> Response[None]:
    """Add a piece to the file, from byte `Upload-Offset` on.

    204 with the offset of the next one; 400 for an offset that is no number; 409 when the file is not that far, or
    further; what came before a request was cut off is kept.
    """
    deps = deps_of(request)
    sent = await _find(request, task_id, upload_id)
    _check_version(request)
    if body_type(request) != _PIECES:
        kind = request.headers.get("content-type", "")
        raise UnsupportedBody('Unsupported media type "{type}" in request.', type=kind)
    offset = _read_count(request, "Upload-Offset")
    if offset != sent.received_bytes:
        raise Conflict(
            "Upload-Offset is {offset}, {received} bytes have come",
            offset=offset,
            received=sent.received_bytes,
        )
    async for piece in gathered(request, _PIECE_BYTES):
        sent = await run_in_thread(sent_files.add_piece, deps, sent=sent, content=piece)
    return Response(None, status_code=204, headers=_standing(sent))


@delete("/tasks/{task_id:int}/uploads/{upload_id:str}", status_code=204)
@described("tasks_uploads_delete", answers={204: None}, errors=(409,))
async def delete_upload(
    request: ApiRequest, task_id: FromPath[int], upload_id: FromPath[str]
) -> Response[None]:
    """Forget a file, whole or not. 204; 403 and 404 as everywhere; 409 while frames are made of the task's files."""
    await run_in_thread(
        sent_files.drop_sent, deps_of(request), user=user_of(request), task_id=task_id, sent_id=upload_id
    )
    return Response(None, status_code=204, headers={"Tus-Resumable": _VERSION})


async def _find(request: ApiRequest, task_id: int, upload_id: str) -> SentFile:
    return await run_in_thread(
        sent_files.read_sent, deps_of(request), user=user_of(request), task_id=task_id, sent_id=upload_id
    )


def _check_version(request: ApiRequest) -> None:
    """Refuse another version of tus, as it wants."""
    if request.headers.get("tus-resumable", _VERSION) != _VERSION:
        raise HTTPException(status_code=412, headers={"Tus-Version": _VERSION})


def _read_count(request: ApiRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise Invalid("{header} is {text!r}, expected a count of bytes", header=header, text=text)
    return int(text)


def _read_path(request: ApiRequest) -> str:
    """Return the path in `Upload-Metadata`: pairs of a key and base64, parted by commas."""
    for pair in request.headers.get("upload-metadata", "").split(","):
        key, _, encoded = pair.strip().partition(" ")
        if key == "filename":
            try:
                return base64.b64decode(encoded.strip(), validate=True).decode()
            except (binascii.Error, ValueError) as error:
                raise Invalid("the filename in Upload-Metadata is no base64 of a text") from error
    raise Invalid("Upload-Metadata names no filename")


def _standing(sent: SentFile) -> dict[str, str]:
    """Return the headers that say how far a file came."""
    encoded = base64.b64encode(sent.path.encode()).decode()
    return {
        "Tus-Resumable": _VERSION,
        "Upload-Offset": str(sent.received_bytes),
        "Upload-Length": str(sent.size_bytes),
        "Upload-Metadata": f"filename {encoded}",
    }


def _sent_out(sent: SentFile) -> dict[str, Any]:
    return {"id": sent.id, "path": sent.path, "size": sent.size_bytes, "received": sent.received_bytes}


def _request_out(asked: MediaRequest) -> dict[str, Any]:
    return {
        "image_quality": asked.image_quality,
        "chunk_size": asked.chunk_size,
        "start_frame": asked.start_frame,
        "stop_frame": asked.stop_frame,
        "frame_filter": asked.frame_filter,
        "client_files": list(asked.client_files),
        "server_files": list(asked.server_files),
        "remote_files": list(asked.remote_files),
        "use_zip_chunks": asked.use_zip_chunks,
        "use_cache": asked.use_cache,
        "copy_data": asked.copy_data,
    }


HANDLERS = (list_uploads, post_uploads, read_upload, patch_upload, delete_upload)
