"""A member's place in its archive, by which its bytes are found again without reading the archive's directory.

A task of 10,000 images in one archive keeps 10,000 places, and each frame is then as near as a file of its own.
"""

import os
import zlib
from contextlib import suppress
from io import BufferedReader, RawIOBase
from typing import BinaryIO, Literal, NamedTuple

from labelwright.domain.errors import InvalidArchive

_PIECE_BYTES = 64 * 1024


class Place(NamedTuple):
    """Where a member lies: `packed_bytes` bytes from `offset` on. `crc32` is that of the unpacked bytes, if known."""

    offset: int
    packed_bytes: int
    size_bytes: int
    method: Literal["stored", "deflated"]
    crc32: int | None

    def __str__(self) -> str:
        return ",".join("" if value is None else str(value) for value in self)


def parse_place(text: str) -> Place:
    """Return the place that `str` made a text of. Raises ValueError for any other text."""
    offset, packed, size, method, crc32 = text.split(",")
    if method not in ("stored", "deflated"):
        raise ValueError(text)
    return Place(
        int(offset),
        int(packed),
        int(size),
        "stored" if method == "stored" else "deflated",
        int(crc32) if crc32 else None,
    )


def read_start(file: BinaryIO, place: Place, count: int) -> bytes:
    """Return the first `count` bytes of the member at `place`, or fewer; nothing about them is proved.

    Much cheaper than opening the member. Where it is damaged, whoever reads it whole will learn of that.
    """
    file.seek(place.offset)
    if place.method == "stored":
        return file.read(min(count, place.packed_bytes))
    start = file.read(min(2 * count, place.packed_bytes))
    with suppress(zlib.error):
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(start, count)
    return b""


def open_window(file: BinaryIO, place: Place, *, where: str) -> BufferedReader:
    """Open the member at `place`, which is stored as it is, as a file that can seek; closing it closes `file` too.

    Whoever reads it from its first byte to its last learns of damage as from `open_place`.
    """
    return BufferedReader(_Window(file, place, where), _PIECE_BYTES)


def open_place(file: BinaryIO, place: Place, *, where: str) -> BufferedReader:
    """Open the member at `place` of the archive `file`, for reading from its first byte to its last.

    `file` can seek, stays open, and belongs to this reader until it is done. `where` is what messages call the member.
    Reading raises `InvalidArchive` when the bytes are not those that `place` was made of.
    """
    return BufferedReader(_PlaceStream(file, place, where), _PIECE_BYTES)


class _Window(RawIOBase):
    """The bytes of a stored member. They are summed as long as they are read one after the other."""

    def __init__(self, file: BinaryIO, place: Place, where: str) -> None:
        super().__init__()
        self._file = file
        self._place = place
        self._where = where
        self._at = self._summed = self._crc32 = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._place.size_bytes}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io gives it a memoryview, whatever it allows
        piece = self._next(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def readall(self) -> bytes:
        return self._next(self._place.size_bytes)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _next(self, most: int) -> bytes:
        count = max(0, min(most, self._place.size_bytes - self._at))
        self._file.seek(self._place.offset + self._at)
        piece = self._file.read(count)
        if self._at == self._summed:
            self._crc32 = zlib.crc32(piece, self._crc32)
            self._summed += len(piece)
        is_read = self._summed == self._place.size_bytes
        if len(piece) < count or (is_read and self._place.crc32 not in (None, self._crc32)):
            raise _changed(self._where)
        self._at += count
        return piece


class _PlaceStream(RawIOBase):
    """The member's bytes, counted and summed as they are produced."""

    def __init__(self, file: BinaryIO, place: Place, where: str) -> None:
        super().__init__()
        self._file = file
        self._place = place
        self._where = where
        self._packed_left = place.packed_bytes
        self._left = place.size_bytes
        self._crc32 = 0
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS) if place.method == "deflated" else None
        file.seek(place.offset)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io gives it a memoryview, whatever it allows
        piece = self._next(min(len(buffer), self._left))
        self._left -= len(piece)
        self._crc32 = zlib.crc32(piece, self._crc32)
        if not piece and len(buffer):
            self._check_end()
        buffer[: len(piece)] = piece
        return len(piece)

    def _next(self, count: int) -> bytes:
        """Return up to `count` bytes; b"" when there are no more, or none were asked for."""
        if self._inflate is None or not count:
            return self._packed(count)
        try:
            piece = b""
            while not piece and not self._inflate.eof:
                packed = self._inflate.unconsumed_tail or self._packed(_PIECE_BYTES)
                piece = self._inflate.decompress(packed, count)
                if not packed and not piece:
                    break
        except zlib.error as error:
            raise _changed(self._where) from error
        return piece

    def _packed(self, count: int) -> bytes:
        piece = self._file.read(min(count, self._packed_left))
        self._packed_left -= len(piece)
        return piece

    def _check_end(self) -> None:
        if self._left or self._place.crc32 not in (None, self._crc32):
            raise _changed(self._where)


def _changed(where: str) -> InvalidArchive:
    """Return the error of bytes that are not those a place was made of."""
    return InvalidArchive("{where} is damaged, or its archive has changed", where=where)
