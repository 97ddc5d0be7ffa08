"""The dataset manager's JSON: its envelope, a dataset as recorded, what requests hold (platform contract, 3)."""

import logging
import re
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException, MethodNotAllowedException
from litestar.exceptions import NotFoundException as UnroutedException
from litestar.types import ExceptionHandlersMap

from labelwright.api.methods import allowed_methods
from labelwright.api.requests import ApiRequest, UnsupportedBody, asked_language
from labelwright.api.throttling import retry_headers
from labelwright.domain import errors
from labelwright.domain.catalogue import (
    ANNOTATION_TYPES,
    FORMATS,
    AnnotationType,
    CatalogueDataset,
    DatasetChange,
    DatasetSpec,
    Item,
    display_name,
)
from labelwright.domain.operations import Operation
from labelwright.domain.sentences import Sentence
from labelwright.languages import say

logger = logging.getLogger("labelwright.api")

_NAME_LETTERS, _TEXT_LETTERS = 256, 4_096
#: A tag that is a number to clients too; another catalogue may have words, or longer numbers.
_COUNTED = re.compile(r"0|[1-9][0-9]{0,14}")
_PAGE_SIZE, _MOST_PAGE_SIZE, _MOST_PAGE = 10, 1_000, 10**9
_NO_ROUTE = Sentence("There is nothing at this address.")
_OUR_MISTAKE = Sentence("The server made a mistake; its log says more. Nothing of this request was saved.")
#: From the most particular to the least; the first that fits answers.
_STATUSES: tuple[tuple[type[errors.LabelwrightError], int], ...] = (
    (UnsupportedBody, 415),
    (errors.Invalid, 400),
    (errors.NotSignedIn, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.TooLarge, 413),
    (errors.TooManyRequests, 429),
    (errors.NotBuilt, 501),
    (errors.Unreachable, 503),
    (errors.StorageFull, 507),
)


def tell(data: Any, *, status: int = 200) -> Response[bytes]:
    """Answer with the envelope of success."""
    body = msgspec.json.encode({"code": 0, "msg": "success", "data": data})
    return Response(body, status_code=status, media_type="application/json")


def dataset_out(dataset: CatalogueDataset) -> dict[str, Any]:
    """Return the dataset with the keys of the recording, in its order."""
    return {
        "id": dataset.id,
        "createdAt": dataset.created_ms,
        "updatedAt": dataset.updated_ms,
        "deletedAt": None,
        "cvDatasetFormat": dataset.format,
        "annotScene": dataset.scene,
        "annotType": dataset.annotation_type,
        "annotStatus": dataset.status,
        "extType": "",
        "datasetCode": dataset.code,
        "name": dataset.name,
        "description": dataset.description,
        "version": dataset.version,
        "tag": int(dataset.tag) if _COUNTED.fullmatch(dataset.tag) else dataset.tag,
        "sourceType": dataset.source_type,
        "sourceDetail": None,
        "storageType": dataset.storage_type,
        "storagePath": dataset.storage_path,
        "storageDetail": None,
        "itemCount": dataset.item_count,
        "annotCount": dataset.annotation_count,
        "isPublished": dataset.is_published,
        "isLatest": True,
        "jobStatus": dataset.job_status,
        "labelList": dataset.labels,
        "versionCount": "",
    }


def item_out(item: Item) -> dict[str, Any]:
    return {
        "path": item.path,
        "name": item.name,
        "displayName": display_name(item.name),
        "size": item.size_bytes,
    }


def crop_out(request: ApiRequest, operation: Operation) -> dict[str, Any]:
    return {
        "state": operation.state,
        "progress": operation.progress,
        "message": say(operation.message, asked_language(request)),
        "dataset_id": (operation.result or {}).get("dataset_id"),
        "items": (operation.result or {}).get("items"),
        "skipped": (operation.result or {}).get("skipped"),
        "deleted_frames": (operation.result or {}).get("deleted_frames"),
    }


def page_out(items: list[dict[str, Any]], total: int, page: int, page_size: int) -> dict[str, Any]:
    return {"items": items, "total": total, "pageNum": page, "pageSize": page_size}


def read_page(query: Mapping[str, str]) -> tuple[int, int]:
    """Return number and size of the page a query asks for. Raises Invalid."""
    page = _whole(query, "pageNum", 1, most=_MOST_PAGE)
    return page, _whole(query, "pageSize", _PAGE_SIZE, most=_MOST_PAGE_SIZE)


def _whole(query: Mapping[str, str], name: str, default: int, *, most: int) -> int:
    text = query.get(name, "").strip()
    if not text:
        return default
    number = int(text) if text.isascii() and text.isdigit() and len(text) < len(str(_MOST_PAGE)) + 1 else 0
    if not 1 <= number <= most:
        raise errors.Invalid(
            "{name} is {text!r}, expected a number from 1 to {most}", name=name, text=text, most=most
        )
    return number


def read_spec(values: Mapping[str, Any]) -> DatasetSpec:
    """Return the dataset a request asks for. Raises Invalid."""
    annotation_type = _annotation_type(values)
    return DatasetSpec(
        name=_name(values),
        description=_text(values, "description", most=_TEXT_LETTERS),
        annotation_type=annotation_type,
        format=_text(values, "cvDatasetFormat", most=_NAME_LETTERS) or FORMATS[annotation_type],
        source_type="storage_path" if values.get("storagePath") else "upload_from_page",
        storage_path=_text(values, "storagePath", most=_TEXT_LETTERS),
    )


def read_change(values: Mapping[str, Any]) -> DatasetChange:
    """Return what a request changes. Raises Invalid."""
    return DatasetChange(
        name=_name(values) if "name" in values else None,
        description=_text(values, "description", most=_TEXT_LETTERS) if "description" in values else None,
    )


def read_labels(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of `labelList`. Raises Invalid."""
    found = values.get("labelList")
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise errors.Invalid("labelList must be a list of names of labels")
    return tuple(found)


def read_annotation_type(values: Mapping[str, Any]) -> AnnotationType | None:
    """Return `annotType`, None without one. Raises Invalid."""
    return _annotation_type(values) if values.get("annotType") else None


def _annotation_type(values: Mapping[str, Any]) -> AnnotationType:
    text = _text(values, "annotType", most=_NAME_LETTERS)
    for known in ANNOTATION_TYPES:
        if text == known:
            return known
    raise errors.Invalid(
        "annotType is {text!r}, expected one of {known}", text=text, known=", ".join(ANNOTATION_TYPES)
    )


def _name(values: Mapping[str, Any]) -> str:
    name = _text(values, "name", most=_NAME_LETTERS)
    if not name:
        raise errors.Invalid("a dataset needs a name")
    return name


def read_name(values: Mapping[str, Any], name: str) -> str:
    """Return a short text, "" without one. Raises Invalid."""
    return _text(values, name, most=_NAME_LETTERS)


def _text(values: Mapping[str, Any], name: str, *, most: int) -> str:
    value = values.get(name, "")
    if value is None:
        return ""
    if not isinstance(value, str):
        raise errors.Invalid("{name} must be a text", name=name)
    text = value.strip()
    if len(text) > most:
        raise errors.Invalid(
            "{name} has {count} letters, at most {most} fit", name=name, count=len(text), most=most
        )
    if "\0" in text:
        raise errors.Invalid("{name} holds a NUL character", name=name)
    return text


def read_number(values: Mapping[str, Any], name: str, default: float, *, most: float) -> float:
    """Return a number from 0 to `most`, in JSON or spelled. Raises Invalid."""
    value = values.get(name, default)
    try:
        number = -1.0 if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = -1.0
    if not 0 <= number <= most:
        raise errors.Invalid(
            "{name} is {text!r}, expected a number from 0 to {most}", name=name, text=str(value), most=most
        )
    return number


def status_of(error: errors.LabelwrightError) -> int:
    """Return the status that tells of the error."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)


def _handle_error(request: ApiRequest, error: errors.LabelwrightError) -> Response[bytes]:
    headers = retry_headers(error)
    if isinstance(error, errors.NotSignedIn):
        headers["WWW-Authenticate"] = "Token"
    return _refuse(request, status_of(error), error.message, headers)


def _handle_http(request: ApiRequest, error: HTTPException) -> Response[bytes]:
    """Answer what the framework refuses: no such address, no such method."""
    if isinstance(error, MethodNotAllowedException):
        allowed = allowed_methods(request.app, request.scope["path"], error)
        if allowed:
            sentence = Sentence('Method "{method}" not allowed.', method=request.method)
            return _refuse(request, 405, sentence, {"Allow": ", ".join(allowed)})
    if isinstance(error, MethodNotAllowedException | UnroutedException):
        return _refuse(request, 404, _NO_ROUTE, {})
    return _refuse(request, error.status_code, error.detail, dict(error.headers or {}))


def _handle_bug(request: ApiRequest, error: Exception) -> Response[bytes]:
    logger.error("%s %s failed", request.method, request.scope["path"], exc_info=error)
    return _refuse(request, 500, _OUR_MISTAKE, {})


def _refuse(request: ApiRequest, status: int, sentence: str, headers: dict[str, str]) -> Response[bytes]:
    language = asked_language(request)
    body = {"code": status, "msg": say(sentence, language), "data": None}
    if language != "en":
        headers = headers | {"Content-Language": language}
    return Response(
        msgspec.json.encode(body), status_code=status, media_type="application/json", headers=headers
    )


ERROR_HANDLERS: ExceptionHandlersMap = {
    errors.LabelwrightError: _handle_error,
    HTTPException: _handle_http,
    Exception: _handle_bug,
}
