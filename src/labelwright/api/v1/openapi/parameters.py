"""Names in queries and headers, and how a request says who sends it.

A key is what the routes call a parameter: its name on the wire, then, when one name means several things, a dot and
which of them.
"""

from typing import Any

from labelwright.api.v1.openapi import statistics
from labelwright.api.v1.openapi.schemas import MAX_INT, Schema, choice, either, text, whole

_ID = whole(least=1)
_FILTER = text(most=256)
_FILTER_ID = whole(least=-999_999_999, most=999_999_999)
_SWITCH = choice("true", "false")

_QUERY: dict[str, tuple[Schema, str]] = {
    "page": (whole(least=1, most=999_999_999), "Page, from 1."),
    "page_size": (either(whole(least=1, most=999_999_999), choice("all")), "Items of a page; 10 by default."),
    "search": (text(), "Words, all of which must stand in some field: at most 32."),
    "ordering": (text(), "Names to order by, parted by commas; `-name` is descending."),
    "id": (_FILTER_ID, "Exactly this id."),
    "project_id": (_FILTER_ID, "Exactly this project."),
    "dataset_id": (_FILTER_ID, "Frames read from exactly this dataset."),
    "project": (_FILTER, "The project's name contains this."),
    "name": (_FILTER, "The name contains this."),
    "name.dataset": (_FILTER, "The name contains this."),
    "pageNum": (whole(least=1, most=999_999_999), "Page, from 1."),
    "pageSize": (whole(least=1, most=1000), "Datasets of a page; 10 by default."),
    "owner": (_FILTER, "The owner's user name contains this."),
    "assignee": (_FILTER, "The assignee's user name contains this."),
    "mode": (_FILTER, "The mode contains this."),
    "status": (_FILTER, "The status contains this."),
    "subset": (_FILTER, "Exactly this subset."),
    "reload": (_SWITCH, "Read the frames anew from the dataset they are of; no body then."),
    "append": (_SWITCH, "Add images to those there are, as frames after the last."),
    "is_active": (_SWITCH, "Only accounts that may sign in, or may not."),
    "names_only": (_SWITCH, "Ids and names alone."),
    "without_tasks": (_SWITCH, "Tasks as ids."),
    "directory": (text(), "A folder of the share, its root by default."),
    "action.change": (choice("create", "update", "delete", "sync"), "What is done with the objects."),
    "action.download": (choice("download"), "The file itself, once it is ready. In any case of letters."),
    "format": (text(), "Name of a format, such as `CVAT for images 1.1`."),
    "filename": (text(), "Name the file is saved under."),
    "type": (choice("chunk", "frame", "preview", "context_image"), "What is read."),
    "number": (whole(most=999_999_999), "Of the chunk or frame, from 0."),
    "quality": (choice("compressed", "original"), "`compressed` by default."),
    "as": (
        choice("imageset", "video", "png", "jpeg"),
        "Of a video: its compressed chunks as zips of JPEGs or as videos, the task's own kind by default; "
        "its frames as PNG, the default, or JPEG.",
    ),
    "position": (whole(most=999_999_999), "Of the context image among those of its frame, 0 by default."),
    **statistics.QUERY,
}
#: A query that must be there; `number` need not be for a preview.
_REQUIRED = {"action.change", "type", *statistics.REQUIRED}
_HEADERS: dict[str, tuple[Schema, str]] = {
    "Idempotency-Key": (
        text(least=1, most=200),
        "A word of the client's own: a repeated request with it gets the first one's answer.",
    ),
    "If-Match": (
        text(pattern='^(W/)?"[0-9]{1,18}"$'),
        "The revision to be changed, in quotes, as `ETag` told.",
    ),
    "If-None-Match": (text(), "An `ETag`: 304 when it still holds."),
    "If-Modified-Since": (text(), "A time: 304 when nothing was changed since."),
    "Range": (text(), "Bytes wanted, one range of them such as `bytes=0-999`."),
    "If-Range": (text(), "The `ETag` that the rest of the bytes had; all are sent if it is another now."),
    "Upload-Length": (
        text(pattern="^[0-9]{1,15}$"),
        "Bytes of a file that will be sent in pieces; without it the body is a form.",
    ),
    "Upload-Metadata": (text(), "`filename` and the file's path in base64; `Upload-Length` needs it."),
    "Upload-Offset": (
        text(pattern="^[0-9]{1,15}$"),
        "The byte the piece begins at: how far the file has come.",
    ),
    "Labelwright-Language": (choice("en", "zh-CN"), "The language of sentences in the answer."),
}


def parameters() -> dict[str, Any]:
    """Return what stands in queries and headers, by its key."""
    queries = {
        key: _parameter(key.partition(".")[0], "query", schema, about, required=key in _REQUIRED)
        for key, (schema, about) in _QUERY.items()
    }
    headers = {
        name: _parameter(name, "header", schema, about, required=False)
        for name, (schema, about) in _HEADERS.items()
    }
    return queries | headers


def _parameter(name: str, place: str, schema: Schema, about: str, *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "description": about, "schema": schema}


def path_parameter(name: str, kind: str) -> dict[str, Any]:
    """Return a part of a path; `kind` is the framework's word for its type."""
    schema = whole(least=1, most=MAX_INT) if kind == "int" else text(least=1)
    return {"name": name, "in": "path", "required": True, "schema": schema}


#: Tried in this order (contract, 2).
SECURITY: dict[str, Any] = {
    "bearer": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Bearer` and the token of a platform, or the key that signing in gives: `Bearer eyJh…`. The "
        "cookie `token` may hold it instead; what changes something must then come from a page of this server.",
    },
    "token": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Token` and the key that signing in gives: `Token 0123…`",
    },
    "signature": {
        "type": "apiKey",
        "in": "query",
        "name": "sign",
        "description": "An address from `/auth/signing` has it; good for 30 s.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sessionid",
        "description": "Set by signing in. What changes something also needs the cookie `csrftoken` in the header "
        "`X-CSRFTOKEN`.",
    },
    "password": {"type": "http", "scheme": "basic"},
}
