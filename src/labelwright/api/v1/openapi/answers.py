"""Answers as the document shows them: what comes with a success, and every form an error takes (contract, 1.1)."""

from typing import Any

from labelwright.api.v1.described import Described
from labelwright.api.v1.openapi.schemas import Schema, array, bytes_of, either, record, ref, text

JSON = "application/json"
_ZIP = {"application/zip": {"schema": bytes_of()}}
_VIDEO = {"video/mp4": {"schema": bytes_of()}}
_IMAGE = {"image/*": {"schema": bytes_of()}}
_HTML = {"text/html": {"schema": text()}}
#: What is no JSON schema, or not alone one, by the name the routes give it.
_CONTENTS: dict[str, dict[str, Any]] = {
    "Archive": _ZIP,
    "AnnotationsOnFrames": {JSON: {"schema": ref("Annotations")}},
    "AnnotationsOrArchive": {JSON: {"schema": ref("Annotations")}, **_ZIP},
    "ChunkOrImage": {**_ZIP, **_VIDEO, **_IMAGE},
    "Imported": {JSON: {"schema": ref("Told")}, "text/plain": {"schema": text(most=0)}},
    "NoTasks": {JSON: {"schema": ref("Absent")}, "text/plain": {"schema": text(most=0)}},
    "Page": _HTML,
    "Table": {kind: {"schema": bytes_of()} for kind in ("text/csv", "application/vnd.apache.parquet")},
}
#: Headers that come with an answer, by its name.
_REVISION = {"ETag": "The job's revision in quotes, for `If-Match`."}
_FRAMES = {
    "Labelwright-Frames": "Which frames the numbers are of; another once those of the task are read anew."
}
_FILE = {"Content-Disposition": "The name to save it under."}
_STANDING = {"Upload-Offset": "How many bytes have come.", "Upload-Length": "How many there will be."}
_HEADERS: dict[str, dict[str, str]] = {
    "Annotations": _REVISION,
    "Saved": _REVISION,
    "AnnotationsOnFrames": _REVISION | _FRAMES,
    "AnnotationsOrArchive": _REVISION | _FILE,
    "Archive": _FILE,
    "Table": _FILE,
    "SentFile": _STANDING,
    "SentFileList": {"Location": "Where the pieces of a large file are sent."},
    "ChunkOrImage": {"ETag": "For `If-None-Match` and `If-Range`.", "Cache-Control": "How long it holds."},
}
_SUCCESSES = {
    200: "Done.",
    201: "Made.",
    202: "Taken on; ask again.",
    204: "Done; there is nothing to tell.",
    206: "The part that was asked for.",
    304: "The caller has these bytes already.",
    412: "Another version of tus was asked for than `Tus-Version`.",
    416: "There are no such bytes; `Content-Range` says how many there are.",
    404: "There is none: an empty body, or a sentence about a number that can be nothing's.",
}
#: What every error says, and what its body may be besides `Detail`.
_ERRORS: dict[int, tuple[str, str]] = {
    400: ("Something in the request will not do.", "Problem"),
    401: ("Nobody is signed in, or the credentials are wrong.", "Detail"),
    403: ("The caller may not do this, or the CSRF check failed.", "Detail"),
    404: ("There is nothing of this id, or no such page.", "Absent"),
    405: ("The format is switched off.", ""),
    409: ("The present state does not allow it.", "Detail"),
    412: ("`If-Match` names a revision that is not the newest.", "Moved"),
    413: ("The body is over a limit.", "Detail"),
    415: ("The body is of a type nobody expects here.", "Detail"),
    422: ("The `Idempotency-Key` came with another request before.", "Detail"),
    429: ("Too many requests; `Retry-After` says when to come back.", "Detail"),
    500: ("What was asked for failed on the server; the text says how.", "Problem"),
    501: ("This part is not built yet.", "Problem"),
    503: ("Something outside that this needs does not answer.", "Detail"),
    507: ("The disk is full.", "Detail"),
}


def error_schemas() -> dict[str, Schema]:
    """Return the schemas of error bodies, by name."""
    message = either(
        text(), ref("FieldErrors"), array(text()), about="A sentence, or the errors of an element."
    )
    return {
        "FieldErrors": {
            "type": "object",
            "description": "Sentences by field, nested as the fields are.",
            "additionalProperties": either(array(message), ref("FieldErrors"), text()),
        },
        "Problem": either(
            ref("Detail"),
            ref("FieldErrors"),
            array(message),
            text(),
            about="The forms v1 knows for a problem.",
        ),
        "Absent": either(
            ref("Detail"), record({"message": text(), "code": text()}), text("A frame whose file is gone.")
        ),
        "Moved": record({"detail": text(), "revision": {"type": "integer"}}),
    }


def responses() -> dict[str, Any]:
    """Return the answers of errors, by the name `E404`: what the routes share."""
    return {f"E{status}": _error(status) for status in _ERRORS}


def _error(status: int) -> dict[str, Any]:
    about, schema = _ERRORS[status]
    if not schema:
        return {"description": about}
    content: dict[str, Any] = {JSON: {"schema": ref(schema)}}
    if status == 400:  # what is no HTTP is answered before it reaches a route
        content |= {"text/plain": {"schema": text()}}
    if status == 404:  # what is no number in a path leads to no route at all
        content |= _HTML
    found: dict[str, Any] = {"description": about, "content": content}
    if status == 429:
        found["headers"] = {"Retry-After": _header("Seconds to wait.")}
    if status == 401:
        found["headers"] = {"WWW-Authenticate": _header("`Token`, or nothing.")}
    return found


def answers_of(note: Described, *, changes: bool, is_about_one: bool) -> dict[str, Any]:
    """Return the answers of a route: its own, those of its kind, and those of its errors.

    `changes` is a method that changes something, `is_about_one` a path with an id in it.
    """
    errors = {400, 401, 429, *note.errors}
    if changes:
        errors |= {403, 507}
    if is_about_one:
        errors |= {403, 404}
    if note.body is not None:
        errors |= {413, 415}
    if "Idempotency-Key" in note.headers:
        errors.add(422)
    if "If-Match" in note.headers:
        errors.add(412)
    found = {str(status): _success(status, name) for status, name in note.answers.items()}
    found |= {
        str(status): {"$ref": f"#/components/responses/E{status}"}
        for status in sorted(errors - set(note.answers))
    }
    return found


def _success(status: int, name: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"description": _SUCCESSES[status]}
    if name is not None:
        found["content"] = _CONTENTS.get(name) or {JSON: {"schema": ref(name)}}
    headers = _HEADERS.get(name or "", {})
    if headers:
        found["headers"] = {key: _header(about) for key, about in headers.items()}
    return found


def _header(about: str) -> dict[str, Any]:
    return {"description": about, "schema": {"type": "string"}}
