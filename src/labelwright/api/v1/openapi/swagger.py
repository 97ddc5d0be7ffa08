"""The same description as a Swagger 2.0 document, for tools made for API v1 (rest-api contract, 15).

Lost: of the spellings a value may have, all but the first; of the types a body or an answer may have, likewise; what
may be null says so by `x-nullable`; sessions, as version 2.0 knows no cookies; what stands beside v1, as it has one
base for all.
"""

import re
from typing import Any

Document = dict[str, Any]
#: The name the original's document bears, which clients of v1 may look for.
TITLE, VERSION = "CVAT REST API", "v1"
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
#: What a parameter takes over from its schema.
_LIMITS = (
    "type",
    "format",
    "enum",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "items",
    "default",
)


def to_swagger(document: Document) -> Document:
    """Return the Swagger 2.0 document that says what the OpenAPI 3.1 document says."""
    components = document["components"]
    return {
        "swagger": "2.0",
        "info": {**document["info"], "title": TITLE, "version": VERSION},
        "basePath": document["servers"][0]["url"],
        "consumes": ["application/json", *_FORMS],
        "produces": ["application/json"],
        "securityDefinitions": {
            name: _security(scheme)
            for name, scheme in components["securitySchemes"].items()
            if scheme.get("in") != "cookie"
        },
        "security": [each for each in document["security"] if "session" not in each],
        "tags": document["tags"],
        "paths": {
            path: _path(methods, components)
            for path, methods in document["paths"].items()
            if "servers" not in methods
        },
        "definitions": {name: _schema(schema) for name, schema in components["schemas"].items()},
    }


def _security(scheme: Document) -> Document:
    return {"type": "basic"} if scheme["type"] == "http" else scheme


def _path(methods: Document, components: Document) -> Document:
    shared = [_parameter(each, components) for each in methods["parameters"]]
    operations = {
        name: _operation(value, components) for name, value in methods.items() if name != "parameters"
    }
    return {**operations, "parameters": shared}


def _operation(operation: Document, components: Document) -> Document:
    kept: Document = {
        key: operation[key]
        for key in ("operationId", "tags", "summary", "description", "security")
        if key in operation
    }
    kept["parameters"] = [_parameter(each, components) for each in operation["parameters"]]
    content = operation.get("requestBody", {}).get("content")
    if content:
        kind = next(iter(content))
        kept["consumes"] = [kind]
        kept["parameters"] += _body(kind, content[kind]["schema"], components)
    answers = {
        status: _resolved(answer, components["responses"])
        for status, answer in operation["responses"].items()
    }
    kinds = {kind for answer in answers.values() for kind in answer.get("content", {})}
    kept["produces"] = sorted(kinds) or ["application/json"]
    kept["responses"] = {status: _answer(answer) for status, answer in answers.items()}
    return kept


def _resolved(value: Document, among: Document) -> Document:
    found: Document = among[value["$ref"].rsplit("/", 1)[1]] if "$ref" in value else value
    return found


def _parameter(parameter: Document, components: Document) -> Document:
    parameter = _resolved(parameter, components["parameters"])
    plain = {key: value for key, value in parameter.items() if key != "schema"}
    return {**plain, **_limits(_schema(parameter["schema"]))}


def _limits(schema: Document) -> Document:
    return {"type": "string"} | {key: schema[key] for key in _LIMITS if key in schema}


def _body(kind: str, schema: Document, components: Document) -> list[Document]:
    """Return the parameters a body is in version 2.0: one of JSON, or one a field of a form."""
    if kind not in _FORMS:
        return [{"name": "data", "in": "body", "required": True, "schema": _schema(schema)}]
    form = _resolved(schema, components["schemas"])
    required = form.get("required", ())
    return [
        {"name": name, "in": "formData", "required": name in required, **_field(field)}
        for name, field in form["properties"].items()
    ]


def _field(schema: Document) -> Document:
    plain = _limits(_schema(schema))
    if plain.get("format") == "binary" or plain.get("items", {}).get("format") == "binary":
        return {"type": "file"}
    return plain


def _answer(answer: Document) -> Document:
    plain: Document = {"description": answer["description"]}
    if "headers" in answer:
        plain["headers"] = {
            name: {**each["schema"], "description": each["description"]}
            for name, each in answer["headers"].items()
        }
    content = answer.get("content")
    if content:
        schema = next(iter(content.values()))["schema"]
        is_file = schema.get("format") == "binary"
        plain["schema"] = {"type": "file"} if is_file else _schema(schema)
    return plain


def _schema(schema: Document) -> Document:
    """Return the schema in words of version 2.0, which knows one type, no null, and no `anyOf`."""
    if "anyOf" in schema:
        return _first(schema)
    found: Document = {}
    for key, value in schema.items():
        if key == "properties":
            found[key] = {name: _schema(each) for name, each in value.items()}
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            found[key] = _schema(value)
        elif key == "$ref":
            found[key] = re.sub("^#/components/schemas/", "#/definitions/", value)
        elif not (key == "default" and value is None):
            found[key] = value
    return found


def _first(schema: Document) -> Document:
    given = [each for each in schema["anyOf"] if each != {"type": "null"}]
    first = _schema(given[0])
    more: Document = {"description": schema["description"]} if "description" in schema else {}
    if len(given) < len(schema["anyOf"]):
        more["x-nullable"] = True
    if not more:
        return first
    return {"allOf": [first], **more} if "$ref" in first else {**first, **more}
