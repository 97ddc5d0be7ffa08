"""Tar archives, plain or packed by gzip, bzip2 or xz, read in one pass from their first byte to their last.

Written here and not left to Python's `tarfile`, which reads a header as long as the archive says it is into memory.
Read are the headers of POSIX 1003.1-2001 (ustar, pax) and the long names of GNU tar. Beside what every archive may
not do (`limits`), refused are links, devices, pipes, sparse files and archives in several volumes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from typing import BinaryIO

from labelwright.archives.limits import (
    DEFAULT_LIMITS,
    MEGABYTE,
    Limits,
    check_name,
    decode_name,
    normal_name,
    too_many,
)
from labelwright.archives.places import Place
from labelwright.archives.unpacking import CUT, DAMAGED, refusing_damage, unpack
from labelwright.domain.errors import InvalidArchive, TooLarge
from labelwright.domain.sentences import Sentence

_BLOCK = 512
_PIECE_BYTES = 64 * 1024
#: Of a header that only names the next member; names have 1024 characters at most.
_LONGEST_HEADER = 64 * 1024
_FILES = b"0\07"
_FOLDER = b"5"
_PAX = b"x"
_LONG_NAME = b"L"
#: Headers that say nothing we ask for: of the whole archive, a link's long target, a volume's label.
_PASSED_OVER = b"gKV"
_SPARSE = b"S"
_HOLDS_HOLES = Sentence("holds sparse files, pack it without --sparse")


@dataclass(frozen=True)
class TarMember:
    """A file of a tar archive, as its turn comes.

    `name` has `/` between folders. `stream` gives the bytes, until the next member is asked for. `place` is None in a
    packed archive, where nothing can be found again without unpacking.
    """

    name: str
    size_bytes: int
    stream: BufferedReader
    place: Place | None


def is_tar_header(start: bytes) -> bool:
    """Tell by its first 512 bytes whether a file is a tar archive that is not packed."""
    block = start[:_BLOCK]
    if len(block) < _BLOCK or not block[0]:
        return False
    try:
        return _number(block[148:156]) == sum(block[:148]) + 8 * 0x20 + sum(block[156:])
    except ValueError:
        return False


def read_tar(file: BinaryIO, *, name: str, limits: Limits = DEFAULT_LIMITS) -> Iterator[TarMember]:
    """Yield each file of the archive in `file`, which can seek, is read from its start and stays open.

    `name` is what messages call the archive. Folders are left out; members of one name come as often as they are there.

    Raises:
        InvalidArchive: it is no tar archive, is damaged or cut off, or holds what is refused.
        TooLarge: it holds more than `limits` allow.
    """
    reader = _open(file, name, limits)
    count, long_name, pax = 0, b"", _Pax()
    while header := reader.next_header():
        count += 1
        if count > limits.members:
            raise too_many(name, limits.members)
        kind, size = header[156:157], reader.number(header[124:136])
        if kind == _LONG_NAME:
            long_name = reader.read_header(size).rstrip(b"\0")
        elif kind == _PAX:
            pax = _read_pax(reader.read_header(size), name)
        elif kind in _PASSED_OVER:
            reader.count(size)
            reader.skip(size)
        else:
            raw = pax.path or long_name or _name_in(header)
            yield from reader.member(raw, kind, size if pax.size is None else pax.size)
            long_name, pax = b"", _Pax()
    reader.finish()


@dataclass(frozen=True)
class _Pax:
    """What an extended header says of the next member, as far as we ask."""

    path: bytes = b""
    size: int | None = None


def _read_pax(content: bytes, archive: str) -> _Pax:
    """Return what a pax header of records "LENGTH KEY=VALUE\\n" says (POSIX.1-2001, pax, Extended Header)."""
    path, size = b"", None
    while content:
        length, _, _ = content.partition(b" ")
        if not length.isdigit() or not len(length) < int(length) <= len(content):
            raise InvalidArchive("{where} {otherwise}", where=archive, otherwise=DAMAGED)
        key, _, value = content[len(length) + 1 : int(length) - 1].partition(b"=")
        if key.startswith(b"GNU.sparse"):
            raise InvalidArchive("{where} {otherwise}", where=archive, otherwise=_HOLDS_HOLES)
        if key == b"path":
            path = value
        elif key == b"size":
            if not value.isdigit():
                raise InvalidArchive("{where} {otherwise}", where=archive, otherwise=DAMAGED)
            size = int(value)
        content = content[int(length) :]
    return _Pax(path, size)


def _name_in(header: bytes) -> bytes:
    name = header[:100].partition(b"\0")[0]
    prefix = header[345:500].partition(b"\0")[0] if header[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _number(field: bytes) -> int:
    """Return a number of a header: octal digits, or binary behind a byte 0x80 (GNU). Raises ValueError."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0") or b"0"
    if not digits.isdigit():
        raise ValueError(field)
    return int(digits, 8)


class _Reader:
    """Walks through the bytes of an archive, header by header."""

    def __init__(self, stream: BinaryIO, name: str, limits: Limits, *, is_plain: bool) -> None:
        self._stream = stream
        self._name = name
        self._limits = limits
        self._is_plain = is_plain
        self._size_bytes = stream.seek(0, 2) if is_plain else 0
        self._unpacked = 0
        if is_plain:
            stream.seek(0)

    def next_header(self) -> bytes:
        """Return the next header, b"" at the archive's end."""
        block = self._exactly(_BLOCK)
        if not any(block):
            return b""
        if not is_tar_header(block):
            raise self._damaged()
        return block

    def number(self, field: bytes) -> int:
        try:
            return _number(field)
        except ValueError as error:
            raise self._damaged() from error

    def read_header(self, size: int) -> bytes:
        """Return the content of a header that stands before its member."""
        if size > _LONGEST_HEADER:
            raise self._damaged()
        content = self._exactly(size)
        self._exactly(-size % _BLOCK)
        return content

    def member(self, raw: bytes, kind: bytes, size: int) -> Iterator[TarMember]:
        """Yield the member whose content is next, if it is a file, and pass what was not read of it."""
        member = decode_name(raw, otherwise=raw.decode("latin-1"))
        if kind == _SPARSE:
            raise InvalidArchive("{where} {otherwise}", where=self._name, otherwise=_HOLDS_HOLES)
        if kind not in _FILES + _FOLDER:
            raise InvalidArchive(
                "{name}: '{member}' is a link or a device, only files are taken",
                name=self._name,
                member=member,
            )
        self.count(size)
        check_name(member, self._name)
        is_folder = kind == _FOLDER or member.endswith("/")
        if is_folder or not normal_name(member):
            self.skip(size)
            return
        content = _MemberStream(self._read, size)
        place = Place(self._stream.tell(), size, size, "stored", None) if self._is_plain else None
        yield TarMember(normal_name(member), size, BufferedReader(content, _PIECE_BYTES), place)
        self.skip(content.left, size)

    def skip(self, left: int, size: int | None = None) -> None:
        """Pass the `left` bytes of a content of `size`, and what fills its last block."""
        to_go = left + -(left if size is None else size) % _BLOCK
        if not self._is_plain:
            while to_go:
                to_go -= len(self._read(min(to_go, _PIECE_BYTES)))
        elif self._stream.seek(to_go, 1) > self._size_bytes:
            raise self._cut()

    def finish(self) -> None:
        """Read what stands behind the archive's end in a packed file: the sum of all its bytes comes last."""
        while not self._is_plain and (piece := self._piece(_PIECE_BYTES)):
            self.count(len(piece))

    def count(self, size: int) -> None:
        self._unpacked += size
        if self._unpacked > self._limits.unpacked_bytes:
            raise TooLarge(
                "{name} unpacks to more than {limit} MB (setting LABELWRIGHT_MAX_ARCHIVE_MB)",
                name=self._name,
                limit=self._limits.unpacked_bytes // MEGABYTE,
            )

    def _exactly(self, count: int) -> bytes:
        content = b""
        while len(content) < count:
            content += self._read(count - len(content))
        return content

    def _read(self, count: int) -> bytes:
        """Return 1 to `count` bytes."""
        piece = self._piece(count)
        if not piece and count:
            raise self._cut()
        return piece

    def _piece(self, count: int) -> bytes:
        with refusing_damage(self._name):
            return self._stream.read(count)

    def _damaged(self) -> InvalidArchive:
        return InvalidArchive("{where} {otherwise}", where=self._name, otherwise=DAMAGED)

    def _cut(self) -> InvalidArchive:
        return InvalidArchive("{where} {otherwise}", where=self._name, otherwise=CUT)


class _MemberStream(RawIOBase):
    """The content of the member whose turn it is."""

    def __init__(self, read: Callable[[int], bytes], size: int) -> None:
        super().__init__()
        self._read = read
        self.left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io gives it a memoryview, whatever it allows
        count = min(len(buffer), self.left)
        piece = self._read(count) if count else b""
        self.left -= len(piece)
        buffer[: len(piece)] = piece
        return len(piece)


def _open(file: BinaryIO, name: str, limits: Limits) -> _Reader:
    """Return a reader of the archive, unpacked on the way when it is packed. Raises InvalidArchive: it is no tar."""
    file.seek(0)
    start = file.read(_BLOCK)
    file.seek(0)
    unpacked = unpack(file, name=name, limits=limits)
    if unpacked is None:
        if not is_tar_header(start) and (any(start) or len(start) < _BLOCK):
            raise InvalidArchive("{where} is no tar archive", where=name)
        return _Reader(file, name, limits, is_plain=True)
    with refusing_damage(name):
        is_tar = is_tar_header(unpacked.peek(_BLOCK))
    if not is_tar:
        raise InvalidArchive("{where} is a single packed file, no tar archive; unpack it first", where=name)
    return _Reader(unpacked, name, limits, is_plain=False)
