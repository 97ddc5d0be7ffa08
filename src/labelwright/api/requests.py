"""A request as the handlers see it: its deps and caller, its body within the limit, its keys."""

import functools
import hashlib
import re
from collections.abc import AsyncIterator, Callable
from typing import Any, ParamSpec, TypeVar
from urllib.parse import parse_qsl

import msgspec
from anyio import CapacityLimiter, to_thread
from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import InternalServerException
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from labelwright.api.mounts import is_platform_mount
from labelwright.deps import Deps
from labelwright.domain.errors import Invalid, TooLarge
from labelwright.domain.requests import RequestKey
from labelwright.domain.users import User
from labelwright.languages import Language, language_of

ApiRequest = Request[User | None, Any, State]
P = ParamSpec("P")
T = TypeVar("T")

_MEGABYTE = 1_000_000
#: How far into a form one looks for a field before the form is read.
_PEEK_BYTES = 2**20
#: Threads that serve requests at once; a few writers wait for the database, the rest read.
_LIMITER_SIZE = 24
#: Threads that make chunks and pictures at once, or wait for one that is being made.
_LONG_LIMITER_SIZE = 16
#: Lists in lists of a form; v1 has three.
_MOST_DEPTH = 8
_INDEXED = re.compile(r"([^\[\]]+)\[([0-9]{1,9})\](.*)", re.DOTALL)


class FormValues(dict[str, Any]):
    """The fields of a form, where a text is all a value can be, and an empty one none."""


class MalformedBody(Invalid):
    """The body cannot be read as what its type says."""


class UnsupportedBody(Invalid):
    """The body is of a type nobody expects here."""


def deps_of(request: ApiRequest) -> Deps:
    """Return the bundle the app was made with."""
    deps: Deps = request.app.state.deps
    return deps


def asked_language(request: ApiRequest) -> Language:
    """Return the language of the sentences in the answer: what `Labelwright-Language` names, else English.

    Where the platform's clients ask, its cookie `language` counts too (platform contract, 7.2). `Accept-Language` is
    not looked at: clients of v1 in Chinese browsers get English (decision 0007).
    """
    asked = request.headers.get("labelwright-language", "")
    if not asked and is_platform_mount(request):
        asked = request.cookies.get("language", "")
    return language_of(asked)


def user_of(request: ApiRequest) -> User:
    """Return who is asking. Only for routes that have seen to it that somebody is."""
    user = request.scope["user"]
    assert isinstance(user, User), "the route lets nobody in without signing in"
    return user


@functools.cache
def _lane() -> CapacityLimiter:
    return CapacityLimiter(_LIMITER_SIZE)


@functools.cache
def _long_lane() -> CapacityLimiter:
    return CapacityLimiter(_LONG_LIMITER_SIZE)


async def run_in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a service in a thread, so that the event loop goes on."""
    return await to_thread.run_sync(functools.partial(function, *args, **kwargs), limiter=_lane())


async def run_long(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a service that may take seconds, as `run_in_thread` does, but in nobody else's way: what is quick has threads
    of its own.
    """
    return await to_thread.run_sync(functools.partial(function, *args, **kwargs), limiter=_long_lane())


async def run_short(request: ApiRequest, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a service that reads for a millisecond or two and waits for nobody.

    From SQLite it reads where it stands, on the event loop: readers of a write-ahead log wait for nobody,
    and to hand the work to a thread and take it back cost as much again (8 clients asking for pages of
    tasks: 1.5 ms CPU each instead of 3.4). From PostgreSQL it waits for the network, in a thread.
    """
    if deps_of(request).database.is_sqlite:
        return function(*args, **kwargs)
    return await run_in_thread(function, *args, **kwargs)


async def _pieces(request: ApiRequest) -> AsyncIterator[bytes]:
    """Yield the body as it comes, first what was peeked at."""
    state = request.scope["state"]
    for piece in state.pop("peeked", ()):
        yield piece
    async for piece in state.pop("stream", None) or request.stream():
        yield piece


async def _peek(request: ApiRequest) -> list[bytes]:
    """Return the beginning of the body, which is still there for who reads it next."""
    stream = request.stream()
    pieces: list[bytes] = []
    size = 0
    async for piece in stream:
        pieces.append(piece)
        size += len(piece)
        if size >= _PEEK_BYTES:
            break
    request.scope["state"] |= {"peeked": pieces, "stream": stream}
    return pieces


async def peek_field(request: ApiRequest, name: str) -> str:
    """Return the text field `name` at the beginning of a form, "" without one. The body can still be read."""
    kind = body_type(request)
    if kind == "application/x-www-form-urlencoded":
        text = b"".join(await _peek(request)).decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True)).get(name, "")
    if kind == "multipart/form-data":
        return _field_of(boundary_of(request), await _peek(request), name)
    return ""


def _field_of(boundary: str, pieces: list[bytes], name: str) -> str:
    parser = PushMultipartParser(boundary)
    content: bytearray | None = None
    try:
        for event in parser.parse(b"".join(pieces)):
            if isinstance(event, MultipartSegment):
                content = bytearray() if event.name == name and event.filename is None else None
            elif content is not None and event is None:
                return content.decode("utf-8", "replace")
            elif content is not None:
                content += event or b""
    except MultipartError:  # whoever reads the body says so
        pass
    return ""


async def read_body(request: ApiRequest) -> bytes:
    """Return the whole body. Raises TooLarge."""
    limit = deps_of(request).limits.max_body_mb
    pieces: list[bytes] = []
    total = 0
    _check_length(request, limit)
    async for piece in _pieces(request):
        total += len(piece)
        if total > limit * _MEGABYTE:
            raise _too_large(limit)
        pieces.append(piece)
    return b"".join(pieces)


def _check_length(request: ApiRequest, limit: int) -> None:
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit * _MEGABYTE:
        raise _too_large(limit)


def _too_large(limit: int) -> TooLarge:
    return TooLarge("the body is over {limit} MB (LABELWRIGHT_MAX_BODY_MB)", limit=limit)


def body_type(request: ApiRequest) -> str:
    """Return the body's media type without parameters, in lower case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_fields(request: ApiRequest) -> dict[str, Any]:
    """Return the body's fields: a JSON object, or a form whose lists are indexed names (`labels[0]name`).

    Raises:
        MalformedBody: it is not what its type says, or JSON that is no object.
        UnsupportedBody: it is of another type.
    """
    kind = body_type(request)
    if kind in ("", "application/json"):
        return read_json_object(await read_body(request))
    if kind == "application/x-www-form-urlencoded":
        text = (await read_body(request)).decode("utf-8", "replace")
        return unflatten(dict(parse_qsl(text, keep_blank_values=True)))
    if kind == "multipart/form-data":
        fields = {segment.name: content async for segment, content in read_multipart_fields(request)}
        return unflatten(fields)
    raise UnsupportedBody(
        'Unsupported media type "{type}" in request.', type=request.headers.get("content-type", "")
    )


async def read_keyed_fields(request: ApiRequest) -> tuple[dict[str, Any], RequestKey | None]:
    """Return the body's fields, and the key under which a retry of them is known. Raises as `read_fields`."""
    if body_type(request) in ("", "application/json"):
        body = await read_body(request)
        return read_json_object(body), request_key(request, body)
    values = await read_fields(request)
    return values, request_key(request, msgspec.json.encode(values))


def read_json(body: bytes) -> Any:
    """Decode JSON; an empty body is an empty object. Raises MalformedBody."""
    if not body.strip():
        return {}
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedBody("JSON parse error - {reason}", reason=error) from error


def read_json_object(body: bytes) -> dict[str, Any]:
    """Decode a JSON object; an empty body is an empty one. Raises MalformedBody."""
    decoded = read_json(body)
    if not isinstance(decoded, dict):
        raise Invalid(
            "Invalid data. Expected a dictionary, but got {kind}.",
            kind=type(decoded).__name__,
            field="non_field_errors",
        )
    return decoded


def unflatten(fields: dict[str, Any], depth: int = 0) -> FormValues:
    """Turn `labels[0]name` and `files[2]` into lists, gaps closed, sorted by index. Raises MalformedBody."""
    if depth > _MOST_DEPTH:
        raise MalformedBody("the names of the form are nested more than {most} deep", most=_MOST_DEPTH)
    plain = FormValues()
    lists: dict[str, dict[int, dict[str, Any]]] = {}
    for name, value in fields.items():
        match = _INDEXED.fullmatch(name)
        if match is None:
            plain[name] = value
        else:
            lists.setdefault(match[1], {}).setdefault(int(match[2]), {})[match[3].lstrip(".")] = value
    for name, elements in lists.items():
        ordered = [elements[index] for index in sorted(elements)]
        plain[name] = [
            element[""] if set(element) == {""} else unflatten(element, depth + 1) for element in ordered
        ]
    return plain


def boundary_of(request: ApiRequest) -> str:
    """Return the boundary of a multipart body. Raises MalformedBody."""
    match = re.search(r'boundary="?([^";,]+)"?', request.headers.get("content-type", ""))
    if match is None:
        raise MalformedBody("Multipart form parse error - Invalid boundary in multipart: None")
    return match[1]


#: Bytes gathered before a thread looks at them: fewer hops between loop and threads.
_GATHER_BYTES = 2 * 2**20


async def gathered(request: ApiRequest, at_least: int = _GATHER_BYTES) -> AsyncIterator[bytes]:
    """Yield the body in pieces of about 2 MiB; of one that is cut off, what came, before its error."""
    pieces: list[bytes] = []
    size = 0
    try:
        async for piece in _pieces(request):
            pieces.append(piece)
            size += len(piece)
            if size >= at_least:
                whole, pieces, size = b"".join(pieces), [], 0
                yield whole
    except InternalServerException:  # how the framework says that the client is gone
        if size:
            yield b"".join(pieces)
        raise
    if size:
        yield b"".join(pieces)


async def read_multipart_fields(request: ApiRequest) -> AsyncIterator[tuple[MultipartSegment, str]]:
    """Yield the text fields of a small multipart body; files in it are passed over."""
    limit = deps_of(request).limits.max_body_mb
    _check_length(request, limit)
    body = await read_body(request)
    try:
        with PushMultipartParser(boundary_of(request)) as parser:
            segment: MultipartSegment | None = None
            content = bytearray()
            for event in [*parser.parse(body), *parser.parse(b"")]:
                if isinstance(event, MultipartSegment):
                    segment, content = event, bytearray()
                elif event is None:
                    if segment is not None and segment.filename is None:
                        yield segment, content.decode("utf-8", "replace")
                else:
                    content += event
    except MultipartError as error:
        raise MalformedBody("Multipart form parse error - {reason}", reason=error) from error


def request_key(request: ApiRequest, body: bytes) -> RequestKey | None:
    """Return the request's `Idempotency-Key` with what it stands for, None without one. Raises Invalid."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 1 <= len(key) <= 200:
        raise Invalid("an Idempotency-Key takes 1 to 200 characters, got {count}", count=len(key))
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    digest.update(body)
    return RequestKey(key, digest.hexdigest())


def if_match(request: ApiRequest) -> int | None:
    """Return the revision `If-Match` names, None without one or for `*`. Raises Invalid."""
    text = request.headers.get("if-match")
    if text is None or text.strip() == "*":
        return None
    match = re.fullmatch(r'\s*(?:W/)?"([0-9]{1,18})"\s*', text)
    if match is None:
        raise Invalid('If-Match is {text}, expected a revision in quotes such as "26"', text=text)
    return int(match[1])
