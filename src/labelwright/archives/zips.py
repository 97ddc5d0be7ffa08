"""Zip archives. Beside what every archive may not do (`limits`), refused are links and devices, encryption,
methods other than store and deflate (others unpack without bound), and members lying over each other.
"""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from itertools import pairwise
from typing import IO, BinaryIO

from labelwright.archives.limits import (
    DEFAULT_LIMITS,
    MEGABYTE,
    Limits,
    check_name,
    check_ratio,
    decode_name,
    too_many,
)
from labelwright.archives.places import Place
from labelwright.domain.errors import InvalidArchive, TooLarge
from labelwright.domain.sentences import Sentence

_UTF8_NAME = 0x800
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_DIRECTORY_ENTRY = b"PK\x01\x02"
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: Bytes of a local file header before its name.
_LOCAL_HEADER = 30
_DAMAGED = Sentence("is damaged")
#: Room for names and extra fields in the directory, on average over the members allowed.
_ENTRY_BYTES = 1024


@dataclass(frozen=True)
class Member:
    """One file of an archive: `name` with `/` between folders, `size_bytes` unpacked."""

    name: str
    size_bytes: int
    entry: zipfile.ZipInfo


class ZipReader:
    """An open archive whose names and sizes have been checked. Made by `open_zip`."""

    def __init__(self, archive: zipfile.ZipFile, file: BinaryIO, name: str) -> None:
        self._archive = archive
        self._file = file
        self.name = name
        self.members = tuple(
            Member(_member_name(entry), entry.file_size, entry)
            for entry in archive.infolist()
            if not entry.is_dir()
        )

    def open(self, member: Member) -> BufferedReader:
        """Open a member for reading from its first byte, as often as wanted, also several at once.

        Reading raises `InvalidArchive` when the member is damaged or not of the size it states.
        """
        where = f"{self.name}: '{member.name}'"
        with _refusing(where):
            return BufferedReader(_MemberStream(self._archive.open(member.entry), member.size_bytes, where))

    def place(self, member: Member) -> Place:
        """Return where the member's bytes lie, for `open_place`.

        Raises:
            InvalidArchive: the member does not begin where the directory says.
        """
        entry, where = member.entry, f"{self.name}: '{member.name}'"
        with _refusing(where):  # the offset may be anything, less than 0 too
            self._file.seek(entry.header_offset)
            header = self._file.read(_LOCAL_HEADER)
        if len(header) < _LOCAL_HEADER or not header.startswith(_ZIP_STARTS[0]):
            raise InvalidArchive("{where} {otherwise}", where=where, otherwise=_DAMAGED)
        name_bytes, extra_bytes = struct.unpack_from("<HH", header, _LOCAL_HEADER - 4)
        return Place(
            entry.header_offset + _LOCAL_HEADER + name_bytes + extra_bytes,
            entry.compress_size,
            entry.file_size,
            "stored" if entry.compress_type == zipfile.ZIP_STORED else "deflated",
            entry.CRC,
        )


@contextmanager
def open_zip(file: BinaryIO, *, name: str, limits: Limits = DEFAULT_LIMITS) -> Iterator[ZipReader]:
    """Open the archive in `file`, which can seek and stays open; `name` is what messages call it.

    Raises:
        InvalidArchive: it is no zip archive, is damaged, or holds what is refused.
        TooLarge: it holds more than `limits` allow.
    """
    guard = _DirectoryGuard(file, name, limits.members)
    with _refusing(name, otherwise=Sentence("is not a zip archive, or its end is missing")):
        archive = zipfile.ZipFile(guard)
    with archive:
        guard.is_open = True
        _check_entries(archive.infolist(), name)
        _check_sizes(archive.infolist(), name, limits)
        yield ZipReader(archive, file, name)


def _member_name(entry: zipfile.ZipInfo) -> str:
    """Return a member's name. One not marked as UTF-8 may be so all the same, or GBK, as Chinese Windows writes.

    The library takes such a name for code page 437, which plain ASCII is too, and turns every byte into a character.
    """
    name = entry.orig_filename
    if entry.flag_bits & _UTF8_NAME or name.isascii():
        return name
    return decode_name(name.encode("cp437"), otherwise=name)


def is_zip(file: BinaryIO) -> bool:
    """Tell by its first bytes whether `file`, read from its start, is a zip archive."""
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    return start in _ZIP_STARTS


def _check_entries(entries: list[zipfile.ZipInfo], name: str) -> None:
    for entry in entries:
        member = _member_name(entry)
        check_name(member, name)
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise InvalidArchive(
                "{name}: '{member}' is a link or a device, only files are taken",
                name=name,
                member=member,
            )
        if entry.flag_bits & _ENCRYPTED:
            raise InvalidArchive(
                "{name}: '{member}' is encrypted, send it without a password",
                name=name,
                member=member,
            )
        if entry.compress_type not in _METHODS:
            raise InvalidArchive(
                "{name}: '{member}' is packed by method {method}, only store and deflate are read",
                name=name,
                member=member,
                method=entry.compress_type,
            )
    for before, after in pairwise(sorted(entries, key=lambda entry: entry.header_offset)):
        if before.header_offset + _LOCAL_HEADER + before.compress_size > after.header_offset:
            raise InvalidArchive(
                "{name}: '{name1}' and '{name2}' lie over each other",
                name=name,
                name1=_member_name(before),
                name2=_member_name(after),
            )


def _check_sizes(entries: list[zipfile.ZipInfo], name: str, limits: Limits) -> None:
    if len(entries) > limits.members:
        raise too_many(name, limits.members)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_bytes:
        raise TooLarge(
            "{name} unpacks to {size} MB, "
            "at most {limit} MB are allowed (setting LABELWRIGHT_MAX_ARCHIVE_MB)",
            name=name,
            size=unpacked // MEGABYTE,
            limit=limits.unpacked_bytes // MEGABYTE,
        )
    packed = sum(entry.compress_size for entry in entries)
    check_ratio(name, unpacked_bytes=unpacked, packed_bytes=packed, limits=limits)


@contextmanager
def _refusing(where: str, *, otherwise: Sentence = _DAMAGED) -> Iterator[None]:
    """Say in our words what the zip library found wrong; it raises all of these for bad bytes."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        ValueError,
        OverflowError,
    ) as error:
        raise InvalidArchive(
            "{where} {otherwise} ({reason})", where=where, otherwise=otherwise, reason=error
        ) from error


class _DirectoryGuard:
    """Counts the members before the zip library makes an object of each: a million take 500 MB.

    The library reads the whole directory in one piece; that piece is looked through first. The count
    in the archive's last record may be a lie and is not asked.
    """

    def __init__(self, file: BinaryIO, name: str, members: int) -> None:
        self._file = file
        self._name = name
        self._members = members
        self.is_open = False
        self.seekable, self.seek, self.tell = file.seekable, file.seek, file.tell

    def read(self, count: int = -1) -> bytes:
        if self.is_open:
            return self._file.read(count)
        if count > self._members * _ENTRY_BYTES + MEGABYTE:
            raise too_many(self._name, self._members)
        piece = self._file.read(count)
        if piece.count(_DIRECTORY_ENTRY) > self._members:
            raise too_many(self._name, self._members)
        return piece


class _MemberStream(RawIOBase):
    """A member's bytes, counted as they are really produced."""

    def __init__(self, stream: IO[bytes], size_bytes: int, where: str) -> None:
        super().__init__()
        self._stream = stream
        self._left = size_bytes
        self._where = where

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io gives it a memoryview, whatever it allows
        with _refusing(self._where):
            piece = self._stream.read(len(buffer))
        self._left -= len(piece)
        if self._left < 0 or (not piece and self._left and len(buffer)):
            raise InvalidArchive("{where} is not of the size the archive states", where=self._where)
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._stream.close()
        super().close()
