"""Sending bytes that a client may have already, or may want a part of: ETag, Range, HEAD (RFC 9110, 13 and 14)."""

import asyncio
import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from litestar import Response
from litestar.response.base import ASGIResponse

from labelwright.api.methods import IS_HEAD
from labelwright.api.requests import ApiRequest, run_in_thread, run_long

if TYPE_CHECKING:
    from litestar.types import Receive, Scope, Send

#: So many bytes are read and sent at once.
_PIECE_BYTES = 2**20
#: How the ETag of bytes begins that are named by what they are.
_BY_BYTES = '"='
_RANGE = re.compile(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*")


class Content(Protocol):
    """Bytes on their way out. `read_at_once` waits for no disk and returns None where it would have to."""

    @property
    def size_bytes(self) -> int: ...

    def read_at_once(self, part: range) -> bytes | None: ...

    def read(self, part: range) -> bytes: ...

    def close(self) -> None: ...


class Sendable(Protocol):
    """What may be sent: how it is named and kept by clients, and two ways to its bytes, the quick one first."""

    @property
    def media_type(self) -> str: ...

    @property
    def etag(self) -> str: ...

    @property
    def is_provisional(self) -> bool: ...

    @property
    def is_final(self) -> bool: ...

    @property
    def modified_utc(self) -> str | None: ...

    @property
    def kept(self) -> Callable[[], Content | None]: ...

    @property
    def make(self) -> Callable[[], Content]: ...


async def send(request: ApiRequest, found: Sendable, headers: dict[str, str]) -> Response[Any]:
    """Answer with the bytes, the part that is asked for (206), or that the client has them (304); 416 for a part that
    is not there. Raises whatever `found.make` raises.

    What is provisional is named by its bytes: when the same bytes are made for good, who has them gets them no second
    time.
    """
    age = "private, max-age=86400, immutable" if found.is_final else "private, no-cache"
    named = _named_etags(request)
    etag, content = found.etag, None
    if found.is_provisional or any(name.startswith(_BY_BYTES) for name in named):
        content = await _open(found)
        by_bytes = await run_long(_name_by_bytes, content)
        etag = by_bytes if found.is_provisional or by_bytes in named else etag
    caching = {"ETag": etag, "Cache-Control": age}
    if found.modified_utc is not None:
        caching["Last-Modified"] = format_datetime(datetime.fromisoformat(found.modified_utc), usegmt=True)
    if etag in named or named == ["*"] or (not named and _is_unchanged(request, found)):
        if content is not None:
            content.close()
        return Response(b"", status_code=304, headers=caching)
    if content is None:
        content = await _open(found)
    size = content.size_bytes
    part = _wanted_part(request, etag, size)
    caching["Accept-Ranges"] = "bytes"
    if not part and size:
        content.close()
        caching["Content-Range"] = f"bytes */{size}"
        return Response(b"", status_code=416, headers=caching)
    status = 200
    if len(part) < size:
        status = 206
        caching["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    headers = caching | headers | {"Content-Length": str(len(part))}
    if IS_HEAD in (request.scope.get("extensions") or {}):
        part = part[:0]
    try:
        first = await _read(content, part)
    except BaseException:
        content.close()
        raise
    rest = _Rest(content, part[len(first) :])
    return _Sent(first, rest, status_code=status, media_type=found.media_type, headers=headers)


async def _open(found: Sendable) -> Content:
    content = found.kept()
    return await run_long(found.make) if content is None else content


async def _read(content: Content, part: range) -> bytes:
    """Return the first bytes of `part`, none where the file has become shorter.

    What is in memory is read on the event loop: to hand it to a thread and back costs a third of sending it.
    """
    part = part[:_PIECE_BYTES]
    if not part:
        return b""
    piece = content.read_at_once(part)
    return await run_in_thread(content.read, part) if piece is None else piece


class _Rest(NamedTuple):
    """The bytes of `part`, which are yet to be read of `content`."""

    content: Content
    part: range


class _Sent(Response[bytes]):
    """An answer of some first bytes and the rest of a content, which is closed at its end.

    The framework's own stream asks a group of tasks for each answer: to do without sends a seventh more in the
    same CPU time. Headers and cookies that a route adds to all its answers are left out: none that sends so has any.
    """

    def __init__(self, first: bytes, rest: _Rest, **options: Any) -> None:
        super().__init__(first, **options)
        self._rest = rest

    def to_asgi_response(self, app: Any, request: Any, **options: Any) -> ASGIResponse:
        return _SentPieces(
            self._rest,
            body=self.content,
            headers=self.headers,
            cookies=self.cookies,
            media_type=self.media_type,
            status_code=self.status_code,
        )


class _SentPieces(ASGIResponse):
    """`_Sent` as it goes to the server program, piece by piece, until the client has all or is gone."""

    def __init__(self, rest: _Rest, **options: Any) -> None:
        super().__init__(**options)
        self._rest = rest

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._rest.content.close()

    async def send_body(self, send: "Send", receive: "Receive") -> None:
        piece, (content, part) = self.body, self._rest
        gone = asyncio.ensure_future(_until_gone(receive)) if part else None
        try:
            while part and not (gone and gone.done()):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                piece = await _read(content, part)
                if not piece:
                    return  # the server program misses the rest, says so, and hangs up
                part = part[len(piece) :]
            await send({"type": "http.response.body", "body": piece, "more_body": False})
        finally:
            if gone is not None:
                gone.cancel()


async def _until_gone(receive: "Receive") -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _named_etags(request: ApiRequest) -> list[str]:
    """Return the ETags of what the client has (RFC 9110, 13.1.2)."""
    known = request.headers.get("if-none-match", "")
    return [name.strip().removeprefix("W/") for name in known.split(",") if name.strip()]


def _name_by_bytes(content: Content) -> str:
    digest, part = hashlib.sha256(), range(content.size_bytes)
    while part and (piece := content.read(part[:_PIECE_BYTES])):
        digest.update(piece)
        part = part[len(piece) :]
    return f'{_BY_BYTES}{digest.hexdigest()[:32]}"'


def _is_unchanged(request: ApiRequest, found: Sendable) -> bool:
    """Whether the client, which names no ETag, has these bytes by their time (RFC 9110, 13.2.2)."""
    since = request.headers.get("if-modified-since")
    return since is not None and found.modified_utc is not None and not _changed_since(found, since)


def _changed_since(found: Sendable, since: str) -> bool:
    try:
        asked = parsedate_to_datetime(since)
    except ValueError:
        return True
    assert found.modified_utc is not None
    made = datetime.fromisoformat(found.modified_utc).replace(microsecond=0)
    return asked.tzinfo is None or made > asked


def _wanted_part(request: ApiRequest, etag: str, size: int) -> range:
    """Return which bytes to send: all, unless the client asks for one part of just these; an empty range for one that
    is not there. Several parts at once are no need of anybody: they get all (RFC 9110, 14.2).
    """
    whole = range(size)
    match = _RANGE.fullmatch(request.headers.get("range", ""))
    only_of = request.headers.get("if-range")
    if match is None or not any(match.groups()) or only_of not in (None, etag):
        return whole
    first, last = match.groups()
    if not first:
        return whole[-int(last) :] if int(last) else whole[:0]
    if last and int(last) < int(first):
        return whole
    return whole[int(first) : int(last) + 1] if last else whole[int(first) :]
