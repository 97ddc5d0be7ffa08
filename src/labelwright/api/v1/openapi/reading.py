"""The description of the API as a page to read: every route and every object, without a script."""

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any

Document = dict[str, Any]


def to_page(document: Document) -> str:
    """Return the document as HTML that stands in a page's `main`."""
    return "\n".join(_parts(document))


def _parts(document: Document) -> Iterator[str]:
    components = document["components"]
    yield f"<h1>{_text(document['info']['title'])}</h1>"
    yield from (f"<p>{_text(part)}</p>" for part in document["info"]["description"].split("\n\n"))
    names = [*(tag["name"] for tag in document["tags"]), "objects"]
    links = "".join(f'<li><a href="#{name}">{name}</a></li>' for name in names)
    yield f'<nav class="contents"><ul>{links}</ul></nav>'
    for tag in document["tags"]:
        yield f'<h2 id="{tag["name"]}">{tag["name"]}</h2>'
        for path, method, operation in _operations(document, tag["name"]):
            yield from _operation(path, method, operation, components)
    yield '<h2 id="objects">objects</h2>'
    for name, schema in components["schemas"].items():
        yield f'<h3 id="{name}">{name}</h3>'
        yield from _object(schema)


def _operations(document: Document, tag: str) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "operationId" in operation and tag in operation["tags"]:
                yield path, method, operation


def _operation(path: str, method: str, operation: Document, components: Document) -> Iterator[str]:
    address = re.sub(r"\{\w+\}", lambda hole: f"<var>{hole[0]}</var>", path)
    yield f'<section id="{operation["operationId"]}">'
    yield f'<h3><span class="method">{method.upper()}</span> {address}</h3>'
    yield f"<p>{_text(operation['summary'])}</p>"
    yield from (f"<p>{_text(part)}</p>" for part in operation["description"].split("\n\n") if part)
    named = [_resolved(each, components["parameters"]) for each in operation["parameters"]]
    yield from _table(
        (
            f"<code>{each['name']}</code>",
            each["in"],
            _type(each["schema"]),
            _text(each.get("description", "")),
        )
        for each in named
    )
    content = operation.get("requestBody", {}).get("content", {})
    if content:
        takes = ", ".join(f"{_type(each['schema'])} as {kind}" for kind, each in content.items())
        yield f"<p>Takes {takes}.</p>"
    yield from _table(
        (f"<code>{status}</code>", *_answer(_resolved(answer, components["responses"])))
        for status, answer in operation["responses"].items()
    )
    yield "</section>"


def _answer(answer: Document) -> tuple[str, str]:
    kinds = answer.get("content", {}).items()
    types = dict.fromkeys(
        _type(each["schema"]) if kind == "application/json" else html.escape(kind) for kind, each in kinds
    )
    return _text(answer["description"]), ", ".join(types)


def _resolved(value: Document, among: Document) -> Document:
    found: Document = among[value["$ref"].rsplit("/", 1)[1]] if "$ref" in value else value
    return found


def _object(schema: Document) -> Iterator[str]:
    about = schema.get("description", "")
    if about:
        yield f"<p>{_text(about)}</p>"
    if "properties" not in schema:
        yield f"<p>{_type(schema)}</p>"
        return
    required = schema.get("required", ())
    yield from _table(
        (
            f"<code>{html.escape(name)}</code>",
            _type(each),
            " ".join(
                part
                for part in ("" if name in required else "Optional.", _text(each.get("description", "")))
                if part
            ),
        )
        for name, each in schema["properties"].items()
    )


def _table(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    lines = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    if lines:
        yield f'<div class="scroll"><table>{"".join(f"<tr>{line}</tr>" for line in lines)}</table></div>'


def _type(schema: Document) -> str:
    """Return what a value is, in words."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(
            f"<code>{html.escape(str(value)) or '&quot;&quot;'}</code>" for value in schema["enum"]
        )
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {_type(schema['items'])}"
    if kind == "object" and schema.get("properties"):
        fields = (
            f"<code>{html.escape(name)}</code> ({_type(each)})" for name, each in schema["properties"].items()
        )
        return f"object of {', '.join(fields)}"
    return f"{schema.get('format') or kind}{_limits(schema)}"


def _limits(schema: Document) -> str:
    said = [
        f"{sign} {schema[key]}"
        for key, sign in (
            ("minimum", "≥"),
            ("maximum", "≤"),
            ("minLength", "characters ≥"),
            ("maxLength", "characters ≤"),
        )
        if key in schema
    ]
    return f' <span class="quiet">({", ".join(said)})</span>' if said else ""


def _text(text: str) -> str:
    """Return plain text as HTML; what stands between backticks is code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(text))
