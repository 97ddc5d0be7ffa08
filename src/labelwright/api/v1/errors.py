"""The one table that turns errors into v1's statuses and bodies (rest-api contract, 1.1)."""

import logging
from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException, MethodNotAllowedException
from litestar.exceptions import NotFoundException as UnroutedException

from labelwright.api.methods import allowed_methods
from labelwright.api.requests import ApiRequest, MalformedBody, UnsupportedBody, asked_language
from labelwright.api.throttling import retry_headers
from labelwright.api.v1.fields import FieldErrors
from labelwright.domain import errors
from labelwright.domain.labels import InvalidLabel
from labelwright.domain.reviews import NoNewReviewer
from labelwright.domain.sentences import Sentence
from labelwright.domain.users import WeakPassword
from labelwright.languages import Language, say
from labelwright.services.annotations import InvalidObjects
from labelwright.services.frames import NoData
from labelwright.services.share import NoFolder

logger = logging.getLogger("labelwright.api")

#: Reasons an operation can fail that are the file's fault, not ours: 400 instead of 500.
_FILE_FAULTS = {
    *("ImportMismatch", "InvalidArchive", "NoAnnotations", "TooLarge", "Conflict"),
    *("Invalid", "InvalidAnnotation"),
}
_NO_PAGE = "<!doctype html><title>{title}</title><h1>{title}</h1><p>{sentence}</p>"
_NO_TITLE = Sentence("Not found")
_NOTHING_HERE = Sentence("There is nothing at this address.")
_OUR_MISTAKE = Sentence("The server made a mistake; its log says more. Nothing of this request was saved.")


#: Status, body and headers of an answer; sentences in the body are put into the asker's language last.
_Answer = tuple[int, Any, dict[str, str]]


def _detail(status: int) -> Callable[[errors.LabelwrightError], _Answer]:
    return lambda error: (status, {"detail": error.message}, {})


def _text(status: int) -> Callable[[errors.LabelwrightError], _Answer]:
    return lambda error: (status, error.message, {})


def _not_signed_in(error: errors.NotSignedIn) -> _Answer:
    return 401, {"detail": error.message}, {"WWW-Authenticate": "Token"} | retry_headers(error)


def _invalid(error: errors.Invalid) -> _Answer:
    """A field's error under its name; without one, v1's array of one sentence."""
    return 400, [error.message] if error.field is None else {error.field: [error.message]}, {}


def _invalid_label(error: InvalidLabel) -> _Answer:
    before: list[dict[str, Any]] = [{} for _ in range(error.index)]
    return 400, {"labels": [*before, {error.key: [error.message]}]}, {}


def _revision_moved(error: errors.RevisionMoved) -> _Answer:
    sentence = Sentence(
        "The job is at revision {current}, the request expected {expected}.", **error.message.values
    )
    return 412, {"detail": sentence, "revision": error.current}, {"ETag": f'"{error.current}"'}


def _too_many(error: errors.TooManyRequests) -> _Answer:
    return 429, {"detail": error.message}, retry_headers(error)


def _operation_failed(error: errors.OperationFailed) -> _Answer:
    if error.error == "NotBuilt":
        return 501, error.message, {}
    return 400 if error.error in _FILE_FAULTS else 500, error.message, {}


#: From the most particular to the least; the first that fits answers.
_TABLE: tuple[tuple[type[Exception], Callable[[Any], _Answer | None]], ...] = (
    (FieldErrors, lambda error: (400, error.errors, {})),
    (InvalidObjects, lambda error: (400, error.errors, {})),
    (WeakPassword, lambda error: (400, {error.field: error.reasons}, {})),
    (InvalidLabel, _invalid_label),
    (MalformedBody, _detail(400)),
    (UnsupportedBody, _detail(415)),
    (errors.SignInFailed, lambda error: (400, {"non_field_errors": [error.message]}, {})),
    (errors.InvalidAnnotation, _text(400)),
    (NoFolder, _text(400)),
    (errors.InvalidMedia, _text(400)),
    (NoNewReviewer, _text(400)),
    (errors.InvalidArchive, _text(400)),
    (errors.ImportMismatch, _text(400)),
    (errors.Invalid, _invalid),
    (errors.NotSignedIn, _not_signed_in),
    (errors.Forbidden, _detail(403)),
    (errors.FormatDisabled, lambda _: None),
    (NoData, lambda error: (404, {"message": error.message, "code": "not_found"}, {})),
    (errors.NotFound, _detail(404)),
    (errors.RevisionMoved, _revision_moved),
    (errors.KeyReused, _detail(422)),
    (errors.Conflict, _detail(409)),
    (errors.TooLarge, _detail(413)),
    (errors.TooManyRequests, _too_many),
    (errors.StorageFull, _detail(507)),
    (errors.NotBuilt, _detail(501)),
    (errors.Unreachable, _detail(503)),
    (errors.OperationFailed, _operation_failed),
)


def handle_error(request: ApiRequest, error: Exception) -> Response[bytes]:
    """Answer an error of ours by the table."""
    for kind, answer in _TABLE:
        if isinstance(error, kind):
            found = answer(error)
            return Response(b"", status_code=405) if found is None else _said(request, *found)
    raise error


def handle_http(request: ApiRequest, error: HTTPException) -> Response[Any]:
    """Answer what the framework refuses: no such page, no such method, and the like."""
    if isinstance(error, MethodNotAllowedException):
        allowed = allowed_methods(request.app, request.scope["path"], error)
        if allowed:
            sentence = Sentence('Method "{method}" not allowed.', method=request.method)
            return _said(request, 405, {"detail": sentence}, {"Allow": ", ".join(allowed)})
        return _no_page(request)
    if isinstance(error, UnroutedException):
        return _no_page(request)
    return _said(request, error.status_code, {"detail": error.detail}, dict(error.headers or {}))


def _no_page(request: ApiRequest) -> Response[Any]:
    language = asked_language(request)
    page = _NO_PAGE.format(title=say(_NO_TITLE, language), sentence=say(_NOTHING_HERE, language))
    return Response(page, status_code=404, media_type="text/html", headers=_language_header(language))


def handle_bug(request: ApiRequest, error: Exception) -> Response[bytes]:
    """Answer a mistake of ours: the log has the whole story, the caller learns that it is not theirs."""
    logger.error("%s %s failed", request.method, request.scope["path"], exc_info=error)
    return _said(request, 500, {"detail": _OUR_MISTAKE}, {})


def _said(request: ApiRequest, status: int, body: Any, headers: dict[str, str]) -> Response[bytes]:
    """Answer with JSON, the sentences in it in the asker's language: msgspec hands them over, it knows only `str`."""
    language = asked_language(request)
    return Response(
        msgspec.json.encode(body, enc_hook=lambda sentence: say(sentence, language)),
        status_code=status,
        media_type="application/json",
        headers=headers | _language_header(language),
    )


def _language_header(language: Language) -> dict[str, str]:
    return {} if language == "en" else {"Content-Language": language}
