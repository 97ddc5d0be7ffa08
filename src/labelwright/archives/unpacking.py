"""Files packed by gzip, bzip2 or xz, unpacked while they are read, within the limits of an archive."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from typing import BinaryIO, Protocol

from labelwright.archives.limits import MEGABYTE, Limits, check_ratio
from labelwright.domain.errors import InvalidArchive
from labelwright.domain.sentences import Sentence

DAMAGED = Sentence("is damaged")
CUT = Sentence("is cut off: its end is missing")
_PIECE_BYTES = 64 * 1024
#: What unpacking xz may take; `xz -9` wants 65 MB.
_XZ_MEMORY = 256 * MEGABYTE


class _Decompressor(Protocol):
    """What bz2 and lzma give, and `_Inflate` as they do."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes: ...


class _Inflate:
    """gzip by zlib, with the face of bz2's and lzma's decompressors."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        piece = self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)
        self.needs_input = not self._zlib.unconsumed_tail and len(piece) < max_length
        return piece


_PACKED: tuple[tuple[bytes, Callable[[], _Decompressor]], ...] = (
    (b"\x1f\x8b\x08", _Inflate),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\0", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)),
)


def unpack(file: BinaryIO, *, name: str, limits: Limits) -> BufferedReader | None:
    """Return what `file`, from its start, unpacks to; None when it is not packed, its position then as it was.

    Reading raises what `refusing_damage` knows, and `TooLarge` when it unpacks to too many times its size.
    """
    start = file.tell()
    magic = file.read(8)
    file.seek(start)
    begin = next((begin for known, begin in _PACKED if magic.startswith(known)), None)
    return None if begin is None else BufferedReader(_Unpacked(file, name, limits, begin), _PIECE_BYTES)


@contextmanager
def refusing_damage(where: str) -> Iterator[None]:
    """Say in our words what the libraries found wrong with packed bytes."""
    try:
        yield
    except (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise InvalidArchive(
            "{where} {otherwise} ({reason})", where=where, otherwise=DAMAGED, reason=error
        ) from error


class _Unpacked(RawIOBase):
    """The bytes of a packed file, and of packed files behind it; `limits` holds for how many they become."""

    def __init__(self, file: BinaryIO, name: str, limits: Limits, begin: Callable[[], _Decompressor]) -> None:
        super().__init__()
        self._file = file
        self._name = name
        self._limits = limits
        self._begin = begin
        self._decompressor = begin()
        self._packed_bytes = self._unpacked_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io gives it a memoryview, whatever it allows
        piece = b""
        while not piece:
            packed = b""
            if self._decompressor.eof:
                packed = self._decompressor.unused_data or self._packed()
                if not packed.strip(b"\0"):
                    return 0
                self._decompressor = self._begin()
            elif self._decompressor.needs_input:
                packed = self._packed()
                if not packed:
                    raise InvalidArchive("{where} {otherwise}", where=self._name, otherwise=CUT)
            piece = self._decompressor.decompress(packed, len(buffer))
        self._unpacked_bytes += len(piece)
        check_ratio(
            self._name,
            unpacked_bytes=self._unpacked_bytes,
            packed_bytes=self._packed_bytes,
            limits=self._limits,
        )
        buffer[: len(piece)] = piece
        return len(piece)

    def _packed(self) -> bytes:
        piece = self._file.read(_PIECE_BYTES)
        self._packed_bytes += len(piece)
        return piece
