"""Pages of a TIFF, told apart and taken out as files of their own without decoding them: their bytes stay as they are.

Read are both kinds of TIFF (TIFF 6.0, 1992; BigTIFF, 2007). Lost in a page that is taken out: directories below its own
(EXIF, GPS, smaller forms) and what lies in the file without being pointed at.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO, NamedTuple

from labelwright.domain.errors import InvalidMedia

#: Pages that are looked at; a directory of a few bytes makes one.
MOST_PAGES = 1_000
_MOST_ENTRIES = 4_096
#: Bytes of one value, by its type; of types that we do not know entries are left out.
_SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_CODES = {3: "H", 4: "I", 16: "Q"}
_NEW_SUBFILE_TYPE, _COMPRESSION = 254, 259
_NOT_A_PAGE = 0b101  # a smaller form of another picture, or its mask
_OLD_JPEG = 6
#: Where pixels lie, and how many bytes: of strips, of tiles.
_PIXELS = {273: 279, 324: 325}
#: Offsets of what is not taken along: free space, directories below.
_LEFT_OUT = frozenset((288, 289, 330, 34665, 34853, 40965))
_PIECE_BYTES = 1 << 20
#: What broken directories lead to: numbers cut off, unknown kinds of them, offsets that no file has.
_BROKEN = (struct.error, ValueError, LookupError, OverflowError)


class _Form(NamedTuple):
    """How a TIFF spells its numbers: `word` is an offset or a count of values."""

    order: str
    word: str
    counter: str
    header_bytes: int

    @property
    def word_bytes(self) -> int:
        return struct.calcsize(self.word)

    @property
    def entry_bytes(self) -> int:
        return 4 + 2 * self.word_bytes


class _Entry(NamedTuple):
    """A field of a directory: `value` is its bytes, wherever they lay."""

    tag: int
    kind: int
    length: int
    value: bytes

    def numbers(self, form: _Form) -> tuple[int, ...]:
        return struct.unpack(f"{form.order}{self.length}{_CODES[self.kind]}", self.value)


def find_pages(file: BinaryIO) -> list[int]:
    """Return where the directories of the pages in `file` lie, the first included, which always counts.

    Smaller forms of other pages and masks are none. Empty when the file is no TIFF; where a directory is broken, the
    pages end.
    """
    pages: list[int] = []
    known: set[int] = set()
    with suppress(*_BROKEN):
        form, at = _read_header(file)
        while at and at not in known and len(known) < MOST_PAGES:
            known.add(at)
            kind, following = _kind_of(file, form, at)
            if not pages or not kind & _NOT_A_PAGE:
                pages.append(at)
            at = following
    return pages


def write_page(file: BinaryIO, at: int, target: BinaryIO, *, name: str) -> None:
    """Write the page whose directory lies `at` as a TIFF of its own; `name` is what messages call it.

    Raises:
        InvalidMedia: its directory is broken, or of a kind whose pixels cannot be told apart.
    """
    try:
        form, _ = _read_header(file)
        entries = {entry.tag: entry for entry in _entries(file, form, at)}
        _write(file, form, entries, target)
    except _BROKEN as error:
        raise InvalidMedia("{name} cannot be read: its page is damaged", name=name) from error


def _read_header(file: BinaryIO) -> tuple[_Form, int]:
    """Return how the file spells numbers, and where its first directory lies. Raises ValueError: it is no TIFF."""
    file.seek(0)
    start = file.read(16)
    order = {b"II": "<", b"MM": ">"}.get(start[:2])
    if order is None:
        raise ValueError("no TIFF")
    (version,) = struct.unpack_from(f"{order}H", start, 2)
    if version not in (42, 43):
        raise ValueError("no TIFF")
    form = _Form(order, "Q", "Q", 16) if version == 43 else _Form(order, "I", "H", 8)
    (first,) = struct.unpack_from(form.order + form.word, start, form.header_bytes - form.word_bytes)
    return form, first


def _directory(file: BinaryIO, form: _Form, at: int) -> tuple[bytes, int]:
    """Return the entries of a directory, unread, and where the next one lies."""
    file.seek(at)
    count_bytes = struct.calcsize(form.counter)
    (count,) = struct.unpack(form.order + form.counter, file.read(count_bytes))
    if count > _MOST_ENTRIES:
        raise ValueError("too many fields")
    body = file.read(count * form.entry_bytes + form.word_bytes)
    (following,) = struct.unpack_from(form.order + form.word, body, count * form.entry_bytes)
    return body[: count * form.entry_bytes], following


def _kind_of(file: BinaryIO, form: _Form, at: int) -> tuple[int, int]:
    """Return the NewSubfileType of a directory, 0 when it has none, and where the next one lies."""
    body, following = _directory(file, form, at)
    for start in range(0, len(body), form.entry_bytes):
        tag, kind = struct.unpack_from(f"{form.order}HH", body, start)
        if tag == _NEW_SUBFILE_TYPE and kind in _CODES:
            value = struct.unpack_from(form.order + _CODES[kind], body, start + 4 + form.word_bytes)
            return value[0], following
    return 0, following


def _entries(file: BinaryIO, form: _Form, at: int) -> Iterator[_Entry]:
    """Yield the fields of a directory that are known, with values wherever they lie, all within the file's size."""
    body, _ = _directory(file, form, at)
    left = file.seek(0, 2)
    for start in range(0, len(body), form.entry_bytes):
        tag, kind, count = struct.unpack_from(f"{form.order}HH{form.word}", body, start)
        size, value_at = count * _SIZES.get(kind, 0), start + 4 + form.word_bytes
        left -= size
        if left < 0:
            raise ValueError("fields larger than the file")
        value = body[value_at : value_at + size]
        if size > form.word_bytes:
            (far,) = struct.unpack_from(form.order + form.word, body, value_at)
            file.seek(far)
            value = file.read(size)
        if kind in _SIZES:
            yield _Entry(tag, kind, count, value)


def _write(file: BinaryIO, form: _Form, entries: dict[int, _Entry], target: BinaryIO) -> None:
    compression = entries.get(_COMPRESSION)
    if compression is not None and compression.numbers(form)[0] == _OLD_JPEG:
        raise ValueError("pixels of an old kind of JPEG lie anywhere")
    target.write(bytes(form.header_bytes))
    for offsets_tag, counts_tag in _PIXELS.items():
        if offsets_tag in entries:
            starts, counts = entries[offsets_tag], entries[counts_tag]
            moved = _copy_pixels(file, form, starts.numbers(form), counts.numbers(form), target)
            value = struct.pack(f"{form.order}{len(moved)}{form.word}", *moved)
            entries[offsets_tag] = _Entry(offsets_tag, 16 if form.word == "Q" else 4, len(moved), value)
    kept = [entry for tag, entry in sorted(entries.items()) if tag not in _LEFT_OUT]
    at = _write_directory(form, kept, target)
    target.seek(0)
    mark = b"II" if form.order == "<" else b"MM"
    version = struct.pack(f"{form.order}H", 43) + struct.pack(f"{form.order}HH", 8, 0)
    target.write(mark + (version if form.word == "Q" else struct.pack(f"{form.order}H", 42)))
    target.write(struct.pack(form.order + form.word, at))


def _copy_pixels(
    file: BinaryIO, form: _Form, starts: tuple[int, ...], counts: tuple[int, ...], target: BinaryIO
) -> list[int]:
    """Copy strips or tiles to the end of `target`; return where each begins there."""
    if len(starts) != len(counts) or sum(counts) > file.seek(0, 2):
        raise ValueError("pixels that lie over each other")
    moved = []
    for start, count in zip(starts, counts, strict=True):
        moved.append(target.tell())
        file.seek(start)
        left = count
        while left:
            piece = file.read(min(left, _PIECE_BYTES))
            if not piece:
                raise ValueError("pixels behind the end of the file")
            target.write(piece)
            left -= len(piece)
    return moved


def _write_directory(form: _Form, entries: list[_Entry], target: BinaryIO) -> int:
    """Write the fields, long values before their directory, and return where the directory lies."""
    body = struct.pack(form.order + form.counter, len(entries))
    for entry in entries:
        value = entry.value
        if len(value) > form.word_bytes:
            target.write(bytes(target.tell() % 2))
            value = struct.pack(form.order + form.word, target.tell())
            target.write(entry.value)
        body += struct.pack(f"{form.order}HH{form.word}", entry.tag, entry.kind, entry.length)
        body += value.ljust(form.word_bytes, b"\0")
    target.write(bytes(target.tell() % 2))
    at = target.tell()
    target.write(body + bytes(form.word_bytes))
    return at
