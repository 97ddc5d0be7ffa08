"""Files of a multipart body, streamed from the socket to the blob store: no file is ever whole in memory
but a small one."""

import asyncio
import re
from collections.abc import Callable, Collection
from typing import Any, Protocol

from multipart import MultipartError, MultipartSegment, PushMultipartParser

from labelwright.api.requests import (
    ApiRequest,
    MalformedBody,
    boundary_of,
    deps_of,
    gathered,
    run_in_thread,
    unflatten,
)
from labelwright.domain.errors import TooLarge

_MEGABYTE = 1_000_000
_INDEX = re.compile(r"\[\d+\]$")


class Upload(Protocol):
    """Where the files of a request go, one after the other."""

    def open_file(self, name: str) -> None:
        """Begin the next file."""

    def write(self, content: bytes) -> None:
        """Add bytes to the file begun last."""

    def close_file(self) -> None:
        """End the file."""


async def receive_files(
    request: ApiRequest,
    upload: Upload,
    names: Collection[str],
    *,
    keep_folders: bool = False,
    paths: str = "",
) -> dict[str, Any]:
    """Put the files in fields `names` (with or without an index) into `upload`; return the text fields.

    Folder parts of file names are dropped, as v1 does, unless with `keep_folders`; or a field `paths` of the same index
    stands before the file, which is what it is called then. Files in other fields are read past.

    Raises:
        MalformedBody: it is no multipart body, or it ends too early.
        TooLarge, StorageFull: the text or the files are over a limit, or the disk is full.
    """
    limit = deps_of(request).limits.max_body_mb * _MEGABYTE
    receiver = _Receiver(upload, names, text_limit=limit, keep_folders=keep_folders, paths=paths)
    try:
        with PushMultipartParser(boundary_of(request), max_segment_size=float("inf")) as parser:
            await _take_while_reading(request, lambda piece: receiver.take(parser, piece))
    except MultipartError as error:
        raise MalformedBody("Multipart form parse error - {reason}", reason=error) from error
    return unflatten(receiver.fields)


async def _take_while_reading(request: ApiRequest, take: Callable[[bytes], None]) -> None:
    """Give the body to `take` piece by piece in a thread, and read the next piece meanwhile; an empty one ends it."""
    busy: asyncio.Task[None] | None = None
    try:
        async for piece in gathered(request):
            if busy is not None:
                await busy
            busy = asyncio.create_task(run_in_thread(take, piece))
        if busy is not None:
            await busy
        await run_in_thread(take, b"")
    finally:
        if busy is not None and not busy.done():  # the client is gone: what it sent is about to be deleted
            await asyncio.wait([busy])
            busy.exception()


class _Receiver:
    """Sorts what the parser finds: file bytes go on at once, text is gathered."""

    def __init__(
        self,
        upload: Upload,
        names: Collection[str],
        *,
        text_limit: int,
        keep_folders: bool,
        paths: str,
    ) -> None:
        self._upload = upload
        self._names = names
        self._text_limit = text_limit
        self._keep_folders = keep_folders
        self._paths = paths
        self._text_bytes = 0
        self._field = ""
        self._text: bytearray | None = None
        self._in_file = False
        self.fields: dict[str, str] = {}

    def take(self, parser: PushMultipartParser, piece: bytes) -> None:
        """Feed one piece of the body; an empty one ends it."""
        for event in parser.parse(piece):
            if isinstance(event, MultipartSegment):
                self._begin(event)
            elif event is None:
                self._end()
            elif self._in_file:
                self._upload.write(bytes(event))
            elif self._text is not None:
                self._text_bytes += len(event)
                if self._text_bytes > self._text_limit:
                    raise TooLarge(
                        "the fields are over {limit} MB (LABELWRIGHT_MAX_BODY_MB)",
                        limit=self._text_limit // _MEGABYTE,
                    )
                self._text += event

    def _begin(self, segment: MultipartSegment) -> None:
        self._field = segment.name
        name = segment.filename
        if name is None:
            self._text = bytearray()
        elif _INDEX.sub("", self._field) in self._names and name:
            self._upload.open_file(self._path_of(name))
            self._in_file = True

    def _path_of(self, name: str) -> str:
        index = _INDEX.search(self._field)
        said = self.fields.get(f"{self._paths}{index[0]}" if index else self._paths) if self._paths else None
        if said is not None:
            return said
        return name.replace("\\", "/") if self._keep_folders else _base_name(name)

    def _end(self) -> None:
        if self._in_file:
            self._upload.close_file()
        elif self._text is not None:
            self.fields[self._field] = self._text.decode("utf-8", "replace")
        self._in_file, self._text = False, None


def _base_name(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1]
