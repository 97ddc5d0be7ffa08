"""The dataset manager's routes, answered by our own catalogue or passed on to the platform's (platform contract, 3).

To read a dataset, bind and unbind it is as recorded; the other routes are ours in the same manner. They are no part of
API v1 and of its description: an answer is an envelope, and so is whatever goes wrong.
"""

from typing import Any
from urllib.parse import quote

from litestar import Response, Router, delete, get, patch, post
from litestar.params import FromPath
from litestar.response import Stream

from labelwright.api.callers import authenticate
from labelwright.api.methods import options_handlers, refusals
from labelwright.api.mounts import ANNOTATIONS
from labelwright.api.platform.wire import (
    ERROR_HANDLERS,
    crop_out,
    dataset_out,
    item_out,
    page_out,
    read_annotation_type,
    read_change,
    read_labels,
    read_name,
    read_number,
    read_page,
    read_spec,
    tell,
)
from labelwright.api.requests import ApiRequest, body_type, deps_of, read_fields, run_in_thread, user_of
from labelwright.api.uploads import receive_files
from labelwright.domain.errors import Invalid
from labelwright.parts.dataset_uploads import DatasetUpload
from labelwright.services import crops, datasets

#: The mounts below which the routes are, which are those of the pages too.
_MOUNTS = ("", ANNOTATIONS)
ROOT = "/dataset_manager/api"
#: A crop may take so many times an object's width and height around it.
_MOST_PADDING = 1.0
#: What is shown of a stranger's file runs nothing, wherever it is opened.
_INERT = "default-src 'none'; sandbox"
_SERVICE = {"service": True}


@get("/cv_datasets", opt=_SERVICE)
async def list_datasets(request: ApiRequest) -> Response[bytes]:
    """Return one page of the datasets, newest first, by `name` if asked. 200; 400; 403; 503."""
    page, page_size = read_page(request.query_params)
    found = await run_in_thread(
        datasets.list_datasets,
        deps_of(request),
        user=user_of(request),
        page=page,
        page_size=page_size,
        search=read_name(request.query_params, "name"),
    )
    return tell(page_out([dataset_out(each) for each in found.datasets], found.total, page, page_size))


@post("/cv_datasets", request_max_body_size=None)
async def create_dataset(request: ApiRequest) -> Response[bytes]:
    """Make a dataset of `files[i]`, or of the folder `storagePath`. 201; 400, 403, 413, 503, 507."""
    deps, user = deps_of(request), user_of(request)
    with await run_in_thread(datasets.begin_upload, deps, user=user) as upload:
        spec = read_spec(await _receive(request, upload))
        made = await run_in_thread(datasets.create_dataset, deps, user=user, spec=spec, upload=upload)
    return tell(dataset_out(made), status=201)


async def _receive(request: ApiRequest, upload: DatasetUpload) -> dict[str, Any]:
    """Take the files of a form, if it is one; return the other fields."""
    if body_type(request) == "multipart/form-data":
        return await receive_files(request, upload, {"files"}, keep_folders=True)
    return await read_fields(request)


@get("/cv_datasets/id/{dataset_id:int}", opt=_SERVICE)
async def read_dataset(request: ApiRequest, dataset_id: FromPath[int]) -> Response[bytes]:
    """Return a dataset as it is now. 200; 403, 404, 503."""
    found = await run_in_thread(
        datasets.read_dataset, deps_of(request), user=user_of(request), dataset_id=dataset_id
    )
    return tell(dataset_out(found))


@patch("/cv_datasets/id/{dataset_id:int}")
async def change_dataset(request: ApiRequest, dataset_id: FromPath[int]) -> Response[bytes]:
    """Change `name` and `description`. 200; 400, 403, 404, 501."""
    deps, user = deps_of(request), user_of(request)
    await run_in_thread(datasets.may_change, deps, user=user, dataset_id=dataset_id)
    change = read_change(await read_fields(request))
    changed = await run_in_thread(
        datasets.change_dataset, deps, user=user, dataset_id=dataset_id, change=change
    )
    return tell(dataset_out(changed))


@delete("/cv_datasets/id/{dataset_id:int}", status_code=200)
async def delete_dataset(request: ApiRequest, dataset_id: FromPath[int]) -> Response[bytes]:
    """Delete a dataset nobody works on. 200; 403, 404; 409 while it is bound or tasks are made of it."""
    await run_in_thread(
        datasets.delete_dataset, deps_of(request), user=user_of(request), dataset_id=dataset_id
    )
    return tell(None)


@post("/cv_datasets/id/{dataset_id:int}/bind", status_code=200, opt=_SERVICE)
async def bind(request: ApiRequest, dataset_id: FromPath[int]) -> Response[bytes]:
    """Say that the caller works on the dataset. 200; 403, 404."""
    await run_in_thread(datasets.bind, deps_of(request), user=user_of(request), dataset_id=dataset_id)
    return tell(None)


@post("/cv_datasets/id/{dataset_id:int}/unbind", status_code=200, opt=_SERVICE)
async def unbind(request: ApiRequest, dataset_id: FromPath[int]) -> Response[bytes]:
    """Say that it was published with the labels of `labelList`; with none, let it go only. 200; 400, 403, 404."""
    deps, user = deps_of(request), user_of(request)
    await run_in_thread(datasets.may_change, deps, user=user, dataset_id=dataset_id)
    labels = read_labels(await read_fields(request))
    await run_in_thread(datasets.unbind, deps, user=user, dataset_id=dataset_id, labels=labels)
    return tell(None)


@get("/cv_datasets/id/{dataset_id:int}/items")
async def list_items(request: ApiRequest, dataset_id: FromPath[int]) -> Response[bytes]:
    """Return one page of the dataset's images, by path. 200; 400, 403, 404."""
    page, page_size = read_page(request.query_params)
    found = await run_in_thread(
        datasets.list_items,
        deps_of(request),
        user=user_of(request),
        dataset_id=dataset_id,
        page=page,
        page_size=page_size,
    )
    return tell(page_out([item_out(each) for each in found.items], found.total, page, page_size))


@post("/cv_datasets/id/{dataset_id:int}/items", status_code=201, request_max_body_size=None)
async def add_items(request: ApiRequest, dataset_id: FromPath[int]) -> Response[bytes]:
    """Add `files[i]` to the dataset, all or none. 201 with the dataset; 400, 403, 404, 409, 413, 501, 507."""
    deps, user = deps_of(request), user_of(request)
    upload = await run_in_thread(datasets.begin_upload, deps, user=user, dataset_id=dataset_id)
    with upload:
        await _receive(request, upload)
        changed = await run_in_thread(
            datasets.add_items, deps, user=user, dataset_id=dataset_id, upload=upload
        )
    return tell(dataset_out(changed), status=201)


@delete("/cv_datasets/id/{dataset_id:int}/items", status_code=200)
async def delete_item(request: ApiRequest, dataset_id: FromPath[int]) -> Response[bytes]:
    """Delete the image `path`. 200 with the dataset; 403, 404, 409, 501."""
    changed = await run_in_thread(
        datasets.delete_item,
        deps_of(request),
        user=user_of(request),
        dataset_id=dataset_id,
        path=request.query_params.get("path", ""),
    )
    return tell(dataset_out(changed))


@get("/cv_datasets/id/{dataset_id:int}/items/preview")
async def read_preview(request: ApiRequest, dataset_id: FromPath[int]) -> Response[bytes]:
    """Return the image `path` as a JPEG, 256×256 at most. 200, 304 for a known `ETag`; 400, 403, 404."""
    content, etag = await run_in_thread(
        datasets.read_item_preview,
        deps_of(request),
        user=user_of(request),
        dataset_id=dataset_id,
        path=request.query_params.get("path", ""),
        known_etag=request.headers.get("if-none-match", ""),
    )
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if content is None:
        return Response(b"", status_code=304, headers=headers)
    return Response(content, media_type="image/jpeg", headers=headers)


@get("/cv_datasets/id/{dataset_id:int}/items/file")
async def read_file(request: ApiRequest, dataset_id: FromPath[int]) -> Stream:
    """Return the image `path` as it is. 200; 403, 404."""
    found = await run_in_thread(
        datasets.read_item,
        deps_of(request),
        user=user_of(request),
        dataset_id=dataset_id,
        path=request.query_params.get("path", ""),
    )
    headers = {
        "Content-Length": str(found.size_bytes),
        "Content-Disposition": _inline(found.name),
        "Content-Security-Policy": _INERT,
        "Cache-Control": "private, no-cache",
    }
    return Stream(found.pieces, media_type=found.media_type, headers=headers)


def _inline(name: str) -> str:
    """Return how a browser is told to show a file, and to call it when it is saved (RFC 6266)."""
    return f"inline; filename*=UTF-8''{quote(name, safe='')}"


@post("/cv_datasets/id/{dataset_id:int}/crop", status_code=202)
async def crop(request: ApiRequest, dataset_id: FromPath[int]) -> Response[bytes]:
    """Cut the objects of a label out into a new dataset. 202 with the operation; 400, 403, 404, 409, 503."""
    deps, user = deps_of(request), user_of(request)
    await run_in_thread(crops.may_crop, deps, user=user, dataset_id=dataset_id)
    values = await read_fields(request)
    operation = await run_in_thread(
        crops.request_crop,
        deps,
        user=user,
        wanted=crops.CropRequest(
            dataset_id=dataset_id,
            task_id=_task_id(values),
            label=read_name(values, "label"),
            annotation_type=read_annotation_type(values),
            padding=read_number(values, "padding", 0.0, most=_MOST_PADDING),
            name=read_name(values, "name"),
        ),
    )
    return tell({"operation": operation.id}, status=202)


def _task_id(values: dict[str, Any]) -> int:
    number = read_number(values, "task_id", -1, most=2**31 - 1)
    if number != int(number) or number < 1:
        raise Invalid("task_id must be the number of a task")
    return int(number)


@get("/cv_datasets/id/{dataset_id:int}/crop/{operation_id:str}")
async def read_crop(
    request: ApiRequest, dataset_id: FromPath[int], operation_id: FromPath[str]
) -> Response[bytes]:
    """Return how far a crop is, and the dataset it made. 200; 403, 404."""
    found = await run_in_thread(
        crops.read_crop,
        deps_of(request),
        user=user_of(request),
        dataset_id=dataset_id,
        operation_id=operation_id,
    )
    return tell(crop_out(request, found))


HANDLERS = (
    list_datasets,
    create_dataset,
    read_dataset,
    change_dataset,
    delete_dataset,
    bind,
    unbind,
    list_items,
    add_items,
    delete_item,
    read_preview,
    read_file,
    crop,
    read_crop,
)


def make_dataset_routers() -> list[Router]:
    """Return the routes on each of their mounts."""
    return [
        Router(
            path=f"{mount}{ROOT}",
            route_handlers=[*options_handlers(HANDLERS), *HANDLERS, *refusals(HANDLERS)],
            before_request=authenticate,
            exception_handlers=ERROR_HANDLERS,
        )
        for mount in _MOUNTS
    ]
