"""Sending bytes that a client may have already, or may want a part of: ETag, Range, HEAD (RFC 9110, 13 and 14)."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, Protocol

from litestar import Response
from litestar.background_tasks import BackgroundTask
from litestar.response import Stream

from labelwright.api.methods import IS_HEAD
from labelwright.api.requests import ApiRequest, run_in_thread, run_long

#: Up to so many bytes are sent at once, more as a stream.
_AT_ONCE_BYTES = 2**20
_RANGE = re.compile(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*")


class Content(Protocol):
    """Bytes on their way out. Whoever reads `pieces` to their end, or calls `close`, has closed them."""

    @property
    def size_bytes(self) -> int: ...

    def pieces(self, part: range) -> Iterator[bytes]: ...

    def close(self) -> None: ...


class Sendable(Protocol):
    """What may be sent: how it is named and kept by clients, and two ways to its bytes, the quick one first."""

    @property
    def media_type(self) -> str: ...

    @property
    def etag(self) -> str: ...

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
    """
    age = "private, max-age=86400, immutable" if found.is_final else "private, no-cache"
    caching = {"ETag": found.etag, "Cache-Control": age}
    if found.modified_utc is not None:
        caching["Last-Modified"] = format_datetime(datetime.fromisoformat(found.modified_utc), usegmt=True)
    if _is_known(request, found):
        return Response(b"", status_code=304, headers=caching)
    content = found.kept()
    if content is None:
        content = await run_long(found.make)
    size = content.size_bytes
    part = _wanted_part(request, found, size)
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
        content.close()
        return Stream(iter(()), status_code=status, media_type=found.media_type, headers=headers)
    pieces = content.pieces(part)
    if len(part) <= _AT_ONCE_BYTES:
        body = await run_in_thread(b"".join, pieces)
        return Response(body, status_code=status, media_type=found.media_type, headers=headers)
    # Of a client that is gone before the first piece, nobody has begun to read them.
    end = BackgroundTask(content.close)
    return Stream(pieces, status_code=status, media_type=found.media_type, headers=headers, background=end)


def _is_known(request: ApiRequest, found: Sendable) -> bool:
    """Whether the client has these bytes. It asks by ETag, or, for want of one, by time (RFC 9110, 13.2.2)."""
    known = request.headers.get("if-none-match")
    since = request.headers.get("if-modified-since")
    if known is not None:
        named = [name.strip().removeprefix("W/") for name in known.split(",")]
        return found.etag in named or named == ["*"]
    return since is not None and found.modified_utc is not None and not _changed_since(found, since)


def _changed_since(found: Sendable, since: str) -> bool:
    try:
        asked = parsedate_to_datetime(since)
    except ValueError:
        return True
    assert found.modified_utc is not None
    made = datetime.fromisoformat(found.modified_utc).replace(microsecond=0)
    return asked.tzinfo is None or made > asked


def _wanted_part(request: ApiRequest, found: Sendable, size: int) -> range:
    """Return which bytes to send: all, unless the client asks for one part of just these; an empty range for one that
    is not there. Several parts at once are no need of anybody: they get all (RFC 9110, 14.2).
    """
    whole = range(size)
    match = _RANGE.fullmatch(request.headers.get("range", ""))
    only_of = request.headers.get("if-range")
    if match is None or not any(match.groups()) or only_of not in (None, found.etag):
        return whole
    first, last = match.groups()
    if not first:
        return whole[-int(last) :] if int(last) else whole[:0]
    if last and int(last) < int(first):
        return whole
    return whole[int(first) : int(last) + 1] if last else whole[int(first) :]
