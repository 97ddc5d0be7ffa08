"""The description of the API as an OpenAPI 3.1 document, made from the route table when it is first asked for.

Each handler says what it takes and answers (`described.py`); the modules here hold the tables those words are looked up
in. Each mount has its own document, because each shows objects in its own dialect.
"""

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from litestar.handlers import HTTPRouteHandler

from labelwright.api.v1.described import description_of
from labelwright.api.v1.dialects import Dialect
from labelwright.api.v1.openapi.answers import answers_of, error_schemas, responses
from labelwright.api.v1.openapi.beside import beside_answers, beside_objects
from labelwright.api.v1.openapi.bodies import bodies, requests
from labelwright.api.v1.openapi.objects import objects
from labelwright.api.v1.openapi.parameters import SECURITY, parameters, path_parameter

Document = dict[str, Any]
#: Routes of every kind stand in this order under a path.
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_V1 = "/api/v1"
_EVERYWHERE = [{"$ref": "#/components/parameters/Labelwright-Language"}]
_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
_ABOUT = """\
Everything this server does, for programs. It speaks API v1 of CVAT (May 2021); the same routes are served below \
`/annotations/api/v1` in the words of an AI platform.

Sign in with `POST /auth/login` and send the `key` of its answer as `Authorization: Token …`, or use the session's \
cookies. Bodies may be JSON or forms. Times are ISO 8601. A wrong method on a path is answered 405."""


class Undescribed(Exception):
    """A route says nothing of itself: it lacks its `described`."""


def make_document(
    handlers: Iterable[HTTPRouteHandler],
    *,
    beside: Mapping[str, Iterable[HTTPRouteHandler]],
    mount: str,
    dialect: Dialect,
    product: str,
    version: str,
) -> Document:
    """Return the document of the handlers, whose paths begin below `mount`, and of those `beside` it, by their roots.

    Raises:
        Undescribed: a route says nothing of itself.
    """
    paths: dict[str, Any] = {}
    for path, method, handler in routes_of(handlers):
        of_path = paths.setdefault(_shown(path), {"parameters": _EVERYWHERE})
        of_path[method.lower()] = _operation(path, method, handler)
    server = mount.removesuffix(_V1) or "/"
    for root, others in beside.items():
        for path, method, handler in routes_of(others):
            operation = _operation(f"{root}{path}", method, handler)
            answers = {status: each for status, each in operation["responses"].items() if status[0] == "2"}
            operation["responses"] = beside_answers(answers, changes=method != "GET")
            of_path = {"servers": [{"url": server}], "parameters": _EVERYWHERE, method.lower(): operation}
            paths[_shown(f"{root}{path}")] = of_path
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{product} API v1", "version": version, "description": _ABOUT},
        "servers": [{"url": mount}],
        "security": [{name: []} for name in SECURITY],
        "tags": [{"name": name} for name in dict.fromkeys(_tag(path) for path in paths)],
        "paths": paths,
        "components": {
            "schemas": {**objects(dialect), **requests(), **beside_objects(), **error_schemas()},
            "parameters": parameters(),
            "responses": responses(),
            "securitySchemes": SECURITY,
        },
    }


def routes_of(handlers: Iterable[HTTPRouteHandler]) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """Yield path, method and handler of every route people are told of, in the table's order."""
    for handler in handlers:
        if handler.include_in_schema is False:
            continue
        note = description_of(handler)
        told = {note.method} if note is not None and note.method else handler.http_methods
        for path in sorted(handler.paths):
            for method in _METHODS:
                if method in told:
                    yield path, method, handler


def _operation(path: str, method: str, handler: HTTPRouteHandler) -> Document:
    note = description_of(handler)
    if note is None:
        raise Undescribed(f"{method} {path} lacks its @described")
    parts = _PARAMETER.findall(path)
    shared = (*note.query, *note.headers)
    about = inspect.cleandoc(handler.fn.__doc__ or "")
    summary, _, more = about.partition("\n")
    first, _, statuses = summary.partition(". ")
    found: Document = {
        "operationId": note.operation,
        "tags": [_tag(path)],
        "summary": f"{first.rstrip('.')}.",
        "description": "\n\n".join(part for part in (statuses, more.strip()) if part),
        "parameters": [path_parameter(_name(name), kind) for name, kind in parts]
        + [{"$ref": f"#/components/parameters/{key}"} for key in shared],
        "responses": answers_of(note, changes=method != "GET", is_about_one=bool(parts)),
    }
    if note.body is not None:
        found["requestBody"] = {
            "required": True,
            "content": {kind: {"schema": schema} for kind, schema in bodies()[note.body].items()},
        }
    if handler.opt.get("anonymous"):
        found["security"] = [{}]
    return found


def _shown(path: str) -> str:
    """Return the path as the document spells it: `/tasks/{task_id:int}` as `/tasks/{id}`."""
    return _PARAMETER.sub(lambda match: f"{{{_name(match[1])}}}", path)


def _name(name: str) -> str:
    """Return what a part of a path is called: `id`, but for names people choose."""
    return "id" if name.endswith("_id") or name == "number" else name


def _tag(path: str) -> str:
    return path.split("/")[1]
