"""Whether an answer is what the description of the API says: its status, its type, its body to the last key.

Every client of `live.py` looks at every answer with this, so the description cannot fall behind the server.
"""

import functools
import json
import re
from typing import Any

import httpx
import jsonschema_rs

from labelwright.api.v1 import repositories
from labelwright.api.v1.described import description_of
from labelwright.api.v1.dialects import DIALECTS
from labelwright.api.v1.openapi import make_document
from labelwright.api.v1.routes import HANDLERS

#: Mount and path of an address; what stands beside v1 is described with its whole path.
PLACE = re.compile(r"(?P<ui>/annotations)?(?:/api/v1(?P<path>/.*)|(?P<beside>/git/repository/.*))")


class NotAsDescribed(AssertionError):
    """The server answered what its description does not know."""


def check_answer(answer: httpx.Response, *, dialects: dict[str, str]) -> None:
    """Raise NotAsDescribed unless the document of the mount, whose dialect `dialects` names, knows the answer.

    Passed over: paths that are no route, and methods that are not described (they are 405).
    """
    request = answer.request
    found = PLACE.fullmatch(request.url.path)
    if found is None:
        return
    dialect = request.headers.get("labelwright-dialect", "")
    document = described(dialect if dialect in DIALECTS else dialects[f"{found['ui'] or ''}/api/v1"])
    operation = document.operation(request.method, found["path"] or found["beside"])
    if operation is None:
        return
    answer.read()
    problem = document.problem(operation, answer)
    if problem:
        where = f"{request.method} {request.url.path} ({operation['operationId']})"
        raise NotAsDescribed(f"{where} answered {answer.status_code}: {problem}\n{answer.content[:600]!r}")


class Document:
    """The description of the API in one dialect, ready to be asked."""

    def __init__(self, dialect: str) -> None:
        # A route that says nothing of itself fails a test of its own, in `test_openapi.py`.
        handlers = [handler for handler in HANDLERS if description_of(handler)]
        whole = make_document(
            handlers,
            beside={repositories.ROOT: repositories.HANDLERS},
            mount="/api/v1",
            dialect=DIALECTS[dialect],
            product="Labelwright",
            version="1",
        )
        self.whole = whole
        self._components = closed(whole["components"])
        # What stands word for word goes before what has a hole.
        self._paths = [
            (_pattern(path, methods), methods)
            for path, methods in sorted(whole["paths"].items(), key=lambda item: item[0].count("{"))
        ]
        self._validators: dict[str, Any] = {}

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        name = "get" if method == "HEAD" else method.lower()
        for pattern, methods in self._paths:
            if pattern.fullmatch(path):
                return methods.get(name)
        return None

    def problem(self, operation: dict[str, Any], answer: httpx.Response) -> str:
        """Say what is not as described, "" when all is."""
        described = operation["responses"].get(str(answer.status_code))
        if described is None:
            return f"no such status, only {', '.join(operation['responses'])}"
        if "$ref" in described:
            described = self._components["responses"][described["$ref"].rsplit("/", 1)[1]]
        if answer.request.method == "HEAD":
            return ""
        content = described.get("content", {})
        if not answer.content and any(each["schema"].get("maxLength") == 0 for each in content.values()):
            return ""
        if not content or not answer.content:
            empty = not content and not answer.content
            return "" if empty else f"{len(answer.content)} bytes, described are {list(content) or 'none'}"
        kind = answer.headers.get("content-type", "").partition(";")[0]
        schema = content.get(kind) or content.get(f"{kind.partition('/')[0]}/*")
        if schema is None:
            return f"{kind}, described are {list(content)}"
        return self._misfit(schema["schema"], answer) if kind == "application/json" else ""

    def _misfit(self, schema: dict[str, Any], answer: httpx.Response) -> str:
        key = json.dumps(schema)
        if key not in self._validators:
            self._validators[key] = jsonschema_rs.Draft202012Validator(
                {**schema, "components": self._components}, validate_formats=True
            )
        error = next(self._validators[key].iter_errors(json.loads(answer.content)), None)
        return "" if error is None else f"{list(error.instance_path)}: {error.message[:600]}"


@functools.cache
def described(dialect: str) -> Document:
    return Document(dialect)


def closed(schema: Any) -> Any:
    """The same schemas, whose objects allow no key they do not name."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in schema.items()}
    if found.get("type") == "object" and "properties" in found:
        found["additionalProperties"] = False
    return found


def _pattern(path: str, methods: dict[str, Any]) -> re.Pattern[str]:
    """Match the paths a route answers to: numbers where its parameters are numbers."""
    operation = next(value for value in methods.values() if "operationId" in value)
    kinds = {each["name"]: each["schema"]["type"] for each in operation["parameters"] if "name" in each}
    holes = {"integer": "[0-9]+", "string": "[^/]+"}
    return re.compile(re.sub(r"\{(\w+)\}", lambda match: holes[kinds[match[1]]], path))
