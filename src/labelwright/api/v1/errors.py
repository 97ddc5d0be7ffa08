"""The one table that turns errors into v1's statuses and bodies (rest-api contract, 1.1)."""

import logging
from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException, MethodNotAllowedException
from litestar.exceptions import NotFoundException as UnroutedException

from labelwright.api.requests import ApiRequest, MalformedBody, UnsupportedBody
from labelwright.api.v1.fields import FieldErrors
from labelwright.domain import errors
from labelwright.domain.labels import InvalidLabel
from labelwright.services.accounts import WeakPassword
from labelwright.services.annotations import InvalidObjects
from labelwright.services.datasets import FormatDisabled, OperationFailed
from labelwright.services.frames import NoData

logger = logging.getLogger("labelwright.api")

#: Reasons an operation can fail that are the file's fault, not ours: 400 instead of 500.
_FILE_FAULTS = {"ImportMismatch", "InvalidArchive", "TooLarge", "Conflict", "Invalid", "InvalidAnnotation"}
_NO_PAGE = "<!doctype html><title>Not found</title><h1>Not found</h1><p>There is nothing at this address.</p>"


def _json(status: int, body: Any, headers: dict[str, str] | None = None) -> Response[bytes]:
    return Response(
        msgspec.json.encode(body), status_code=status, media_type="application/json", headers=headers
    )


def _detail(status: int) -> Callable[[errors.LabelwrightError], Response[bytes]]:
    return lambda error: _json(status, {"detail": error.message})


def _text(status: int) -> Callable[[errors.LabelwrightError], Response[bytes]]:
    return lambda error: _json(status, error.message)


def _not_signed_in(error: errors.NotSignedIn) -> Response[bytes]:
    return _json(401, {"detail": error.message}, {"WWW-Authenticate": "Token"})


def _invalid(error: errors.Invalid) -> Response[bytes]:
    """A field's error under its name; without one, v1's array of one sentence."""
    return _json(400, [error.message] if error.field is None else {error.field: [error.message]})


def _invalid_label(error: InvalidLabel) -> Response[bytes]:
    before: list[dict[str, Any]] = [{} for _ in range(error.index)]
    return _json(400, {"labels": [*before, {error.key: [error.message]}]})


def _revision_moved(error: errors.RevisionMoved) -> Response[bytes]:
    body = {"detail": f"{error.message[0].upper()}{error.message[1:]}.", "revision": error.current}
    return _json(412, body, {"ETag": f'"{error.current}"'})


def _operation_failed(error: OperationFailed) -> Response[bytes]:
    if error.error == "NotBuilt":
        return _json(501, error.message)
    return _json(400 if error.error in _FILE_FAULTS else 500, error.message)


#: From the most particular to the least; the first that fits answers.
_TABLE: tuple[tuple[type[Exception], Callable[[Any], Response[bytes]]], ...] = (
    (FieldErrors, lambda error: _json(400, error.errors)),
    (InvalidObjects, lambda error: _json(400, error.errors)),
    (WeakPassword, lambda error: _json(400, {"password1": error.reasons})),
    (InvalidLabel, _invalid_label),
    (MalformedBody, _detail(400)),
    (UnsupportedBody, _detail(415)),
    (errors.SignInFailed, lambda error: _json(400, {"non_field_errors": [error.message]})),
    (errors.InvalidAnnotation, _text(400)),
    (errors.InvalidMedia, _text(400)),
    (errors.InvalidArchive, _text(400)),
    (errors.ImportMismatch, _text(400)),
    (errors.Invalid, _invalid),
    (errors.NotSignedIn, _not_signed_in),
    (errors.Forbidden, _detail(403)),
    (FormatDisabled, lambda _: Response(b"", status_code=405)),
    (NoData, lambda error: _json(404, {"message": error.message, "code": "not_found"})),
    (errors.NotFound, _detail(404)),
    (errors.RevisionMoved, _revision_moved),
    (errors.KeyReused, _detail(422)),
    (errors.Conflict, _detail(409)),
    (errors.TooLarge, _detail(413)),
    (errors.StorageFull, _detail(507)),
    (errors.NotBuilt, _detail(501)),
    (errors.Unreachable, _detail(503)),
    (OperationFailed, _operation_failed),
)


def handle_error(_request: ApiRequest, error: Exception) -> Response[bytes]:
    """Answer an error of ours by the table."""
    for kind, answer in _TABLE:
        if isinstance(error, kind):
            return answer(error)
    raise error


def handle_http(request: ApiRequest, error: HTTPException) -> Response[Any]:
    """Answer what the framework refuses: no such page, no such method, and the like."""
    if isinstance(error, UnroutedException):
        return Response(_NO_PAGE, status_code=404, media_type="text/html")
    if isinstance(error, MethodNotAllowedException):
        return _json(405, {"detail": f'Method "{request.method}" not allowed.'}, error.headers)
    return _json(error.status_code, {"detail": error.detail}, error.headers)


def handle_bug(request: ApiRequest, error: Exception) -> Response[bytes]:
    """Answer a mistake of ours: the log has the whole story, the caller learns that it is not theirs."""
    logger.error("%s %s failed", request.method, request.scope["path"], exc_info=error)
    return _json(
        500, {"detail": "The server made a mistake; its log says more. Nothing of this request was saved."}
    )
