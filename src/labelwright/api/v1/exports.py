"""Annotations as files (rest-api contract, 10.3 and 10.4), and the list of formats."""

from typing import Any
from urllib.parse import quote

from litestar import Response, get
from litestar.params import FromPath

from labelwright.api.requests import (
    ApiRequest,
    asked_language,
    body_type,
    deps_of,
    run_in_thread,
    user_of,
)
from labelwright.api.uploads import receive_files
from labelwright.api.v1.described import described
from labelwright.api.v1.fields import FieldErrors
from labelwright.api.v1.wire import dialect_of
from labelwright.domain.errors import Invalid, OperationFailed
from labelwright.domain.operations import Operation
from labelwright.domain.sentences import Sentence
from labelwright.languages import say
from labelwright.services import exports, imports, tasks
from labelwright.services.exports import Content, ExportFile, ExportRequest


@get("/server/annotation/formats")
@described("server_annotation_formats", answers={200: "Formats"})
async def list_formats(request: ApiRequest) -> dict[str, Any]:
    """Return the formats that work, importers and exporters. 200."""
    formats = deps_of(request).formats
    has_dimension = dialect_of(request).is_newest
    return {
        name: [
            {
                "name": each.display_name,
                "ext": each.ext if name == "importers" else "ZIP",
                "version": each.version,
                "enabled": each.enabled,
            }
            | ({"dimension": each.dimension} if has_dimension else {})
            for each in found
        ]
        for name, found in (("importers", formats.importers), ("exporters", formats.exporters))
    }


@get("/tasks/{task_id:int}/dataset")
@described(
    "tasks_dataset_export",
    query=("format", "filename", "action.download"),
    answers={200: "Archive", 201: None, 202: None},
    errors=(405, 409, 500, 501),
)
async def export_dataset(request: ApiRequest, task_id: FromPath[int]) -> Response[Any]:
    """Export annotations with their images: 202 while it is made, 201 when ready, 200 the file with
    `action=download`; 400 for an unknown format or action; 403 and 404 as everywhere."""
    return await export(request, task_id, content="dataset")


async def export(request: ApiRequest, task_id: int, *, content: Content) -> Response[Any]:
    """Answer one call of the export protocol."""
    query = request.query_params
    action = query.get("action", "").lower()
    if action not in ("", "download"):
        await run_in_thread(tasks.may_access, deps_of(request), user=user_of(request), task_id=task_id)
        raise Invalid("Unexpected action specified for the request")
    wanted = ExportRequest(
        task_id=task_id,
        content=content,
        format=query.get("format", ""),
        server_url=f"{request.url.scheme}://{request.url.netloc}",
    )
    deps = deps_of(request)
    found = await run_in_thread(
        exports.request_export, deps, user=user_of(request), request=wanted, download=action == "download"
    )
    if not isinstance(found, ExportFile):
        return Response(b"", status_code=202 if found == "accepted" else 201, media_type="application/json")
    name = (query.get("filename") or found.name).lower()
    body = await run_in_thread(exports.read_export, deps, found)
    return Response(body, media_type="application/zip", headers={"Content-Disposition": disposition(name)})


def disposition(name: str) -> str:
    """Return a Content-Disposition that saves under `name` (RFC 6266): ASCII for old clients, UTF-8 for others."""
    ascii_name = "".join(
        char if char.isascii() and char.isprintable() and char not in '"\\' else "_" for char in name
    )
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"


async def import_file(
    request: ApiRequest, *, task_id: int | None = None, job_id: int | None = None
) -> Response[Any]:
    """Answer one call of the import protocol: the first brings the file, later ones ask.

    202 while it is read, 201 when done; 400 with the reason when the file does not fit.
    """
    deps, user = deps_of(request), user_of(request)
    format_name = request.query_params.get("format", "")
    wanted = await run_in_thread(
        imports.find_target, deps, user=user, task_id=task_id, job_id=job_id, format_name=format_name
    )
    known = await run_in_thread(imports.known_import, deps, user=user, request=wanted)
    if known is None:
        await _accept(request, wanted)
    elif known.state == "finished":
        return _imported(request, known)
    elif known.state in ("failed", "cancelled"):
        error = (known.result or {}).get("error", "")
        raise OperationFailed(known.message or Sentence("the import was cancelled"), error or "Conflict")
    return Response(b"", status_code=202, media_type="application/json")


def _imported(request: ApiRequest, known: Operation) -> Response[Any]:
    """Say that it is done; to our own pages also what came onto frames that nobody sees until they are restored."""
    found = (known.result or {}).get("on_deleted")
    if found is None or not dialect_of(request).is_own:
        return Response(b"", status_code=201, media_type="application/json")
    sentence = Sentence(
        "Objects put on deleted frames: {count}; first on {names}",
        count=found["objects"],
        names=", ".join(found["frames"]),
    )
    return Response({"message": say(sentence, asked_language(request))}, status_code=201)


async def _accept(request: ApiRequest, wanted: imports.ImportRequest) -> None:
    deps, user = deps_of(request), user_of(request)
    missing = FieldErrors({"annotation_file": [Sentence("No file was submitted.")]})
    if body_type(request) != "multipart/form-data":
        raise missing
    with imports.begin_import(deps, task_id=wanted.task_id) as upload:
        await receive_files(request, upload, {"annotation_file"})
        if not upload.names:
            raise missing
        await run_in_thread(imports.accept_import, deps, user=user, request=wanted, upload=upload)


HANDLERS = (list_formats, export_dataset)
