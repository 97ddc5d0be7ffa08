"""The words JSON Schemas are written in here: a few functions instead of many braces (JSON Schema 2020-12)."""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

MAX_INT = 2**31 - 1


def text(about: str = "", *, least: int = 0, most: int | None = None, pattern: str = "") -> Schema:
    """A text of `least` to `most` characters."""
    limits: Schema = {"minLength": least} if least else {}
    if most is not None:
        limits["maxLength"] = most
    if pattern:
        limits["pattern"] = pattern
    return _with({"type": "string", **limits}, about)


def whole(about: str = "", *, least: int = 0, most: int = MAX_INT) -> Schema:
    """A whole number from `least` to `most`."""
    return _with({"type": "integer", "minimum": least, "maximum": most}, about)


def number(about: str = "", *, least: float | None = None) -> Schema:
    limits = {} if least is None else {"minimum": least}
    return _with({"type": "number", **limits}, about)


def truth(about: str = "") -> Schema:
    return _with({"type": "boolean"}, about)


def choice(*values: str, about: str = "") -> Schema:
    """One of the texts."""
    return _with({"type": "string", "enum": list(values)}, about)


def time(about: str = "") -> Schema:
    return _with({"type": "string", "format": "date-time"}, about)


def address(about: str = "") -> Schema:
    """An absolute URL."""
    return _with({"type": "string", "format": "uri"}, about)


def bytes_of(about: str = "") -> Schema:
    """The bytes of a file."""
    return _with({"type": "string", "format": "binary"}, about)


def array(of: Schema, about: str = "", *, least: int = 0, most: int | None = None) -> Schema:
    limits: Schema = {"minItems": least} if least else {}
    if most is not None:
        limits["maxItems"] = most
    return _with({"type": "array", "items": of, **limits}, about)


def either(*schemas: Schema, about: str = "") -> Schema:
    """What fits at least one of the schemas."""
    return _with({"anyOf": list(schemas)}, about)


def nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    """The schema `name` of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(
    required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None, *, about: str = ""
) -> Schema:
    """An object with these fields; others may stand beside them and are passed over."""
    schema: Schema = {"type": "object", "properties": {**required, **(optional or {})}}
    if required:
        schema["required"] = list(required)
    return _with(schema, about)


def _with(schema: Schema, about: str) -> Schema:
    return {**schema, "description": about} if about else schema


ID = whole(least=1)
COUNT = whole()
