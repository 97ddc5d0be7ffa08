"""What every format is given: an archive to write, a source to read, a report of what was lost.

A format is a module with a tuple `FORMATS`; built-in ones lie in this package, others announce
themselves through the entry-point group `labelwright.formats`. Formats do not know each other.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from labelwright.archives import DEFAULT_LIMITS, Limits, Member, ZipReader, check_name, is_zip, open_zip
from labelwright.domain.dataset import Dataset
from labelwright.domain.imports import ImportTarget
from labelwright.domain.shapes import Shape, Tag

REPORT_NAME = "export-report.txt"
#: Frames the report names for each reason.
NAMED_FRAMES = 5
#: Level 1 packs JSON to 18 % in a third of the time level 6 takes for 16 %.
_DEFLATE_LEVEL = 1
_FILE_MODE = 0o100644 << 16
_ZIP_EPOCH = datetime(1980, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Format:
    """A file layout, under the name and version clients ask for.

    `ext` names what files it takes, as API v1 lists it (`ZIP`, `JSON, ZIP`). A format without `write`
    cannot be exported, one without `read` not imported. `read` yields objects as the file gives them,
    holding few of them at a time; `enabled` is False when the machine lacks what the format needs.
    """

    name: str
    version: str
    ext: str
    write: Callable[[Dataset, "Archive"], None] | None = None
    read: Callable[["ImportSource", ImportTarget], Iterator[Tag | Shape]] | None = None
    enabled: bool = True
    dimension: str = "2d"

    @property
    def display_name(self) -> str:
        """Name and version, as queries spell them: `COCO 1.0`."""
        return f"{self.name} {self.version}"


@dataclass
class Losses:
    """What could not be carried over: how often, by reason, with the first frames it happened on."""

    counts: dict[str, int] = field(default_factory=dict)
    frames: dict[str, list[str]] = field(default_factory=dict)

    def add(self, frame_name: str, reason: str) -> None:
        """Count one loss on the frame of that name."""
        self.counts[reason] = self.counts.get(reason, 0) + 1
        named = self.frames.setdefault(reason, [])
        if len(named) < NAMED_FRAMES and frame_name not in named:
            named.append(frame_name)

    def report(self) -> str:
        """Return a line a reason, most frequent first; empty when nothing was lost."""
        ordered = sorted(self.counts.items(), key=lambda entry: -entry[1])
        return "".join(
            f"{count} × {reason}; first on: {', '.join(self.frames[reason])}\n" for reason, count in ordered
        )


class Archive:
    """A zip being written, member after member, nothing held in memory.

    `file` is a path, or a binary file open for writing. All members bear the time `modified` (one
    export, one time; it also keeps exports reproducible). Closing adds `export-report.txt` when
    something was lost. Use it as a context manager; on an error the file is left incomplete.
    """

    def __init__(self, file: Path | BinaryIO, *, modified: datetime = _ZIP_EPOCH) -> None:
        self._zip = ZipFile(file, "w")
        self._time = max(modified.timetuple()[:6], _ZIP_EPOCH.timetuple()[:6])
        self.losses = Losses()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error_type: type[BaseException] | None, *_: object) -> None:
        if error_type is None and self.losses.counts:
            head = "This format could not hold everything. Not in this archive:\n\n"
            self.write_text(REPORT_NAME, head + self.losses.report())
        self._zip.close()

    def write_text(self, name: str, text: str) -> None:
        """Add a member of UTF-8 text, deflated; line ends are kept as they are."""
        self._zip.writestr(self._entry(name, ZIP_DEFLATED), text.encode())

    @contextmanager
    def open_binary(self, name: str) -> Iterator[BinaryIO]:
        """Open a deflated member to write bytes to piece by piece; no other member until it is closed."""
        with self._zip.open(self._entry(name, ZIP_DEFLATED), "w", force_zip64=True) as stream:
            yield stream  # type: ignore[misc]

    @contextmanager
    def open_text(self, name: str) -> Iterator[TextIOWrapper]:
        """Open a deflated member to write UTF-8 text to piece by piece; no other until it is closed."""
        with self.open_binary(name) as stream, TextIOWrapper(stream, encoding="utf-8", newline="") as text:
            yield text

    def write_image(self, name: str, image: bytes) -> None:
        """Add an image as it is: stored, for images do not get smaller."""
        self._zip.writestr(self._entry(name, ZIP_STORED), image)

    def skip(self, frame_name: str, reason: str) -> None:
        """Count something of that frame the format cannot hold; the report names it."""
        self.losses.add(frame_name, reason)

    def _entry(self, name: str, method: int) -> ZipInfo:
        check_name(name, "the export")
        entry = ZipInfo(name, self._time)
        entry.compress_type = method
        # The library takes the level of a ready entry from this attribute alone (public from Python 3.13).
        entry._compresslevel = _DEFLATE_LEVEL  # type: ignore[attr-defined]
        entry.external_attr = _FILE_MODE
        return entry


def write_images(dataset: Dataset, archive: Archive, folder: str) -> None:
    """Add the original image of every frame below `folder`; none in an export of annotations alone."""
    if dataset.read_image is None:
        return
    for info in dataset.frame_infos:
        image = dataset.read_image(info)
        if image is None:
            archive.skip(info.name, "the image could not be found")
        else:
            archive.write_image(f"{folder}/{info.image_name}", image)


@dataclass(frozen=True)
class SourceFile:
    """One annotation file to read: its `name` with folders, and its place in the archive if there is one."""

    name: str
    size_bytes: int
    member: Member | None = None


class ImportSource:
    """The uploaded file: a zip archive or one plain file; what it is, its content decides.

    Made by `open_source`. `files` are its files, folders left out. What a reader leaves out it counts
    in `losses`.
    """

    def __init__(self, file: BinaryIO, name: str, archive: ZipReader | None = None) -> None:
        self._file = file
        self._archive = archive
        self.name = name
        self.losses = Losses()
        self.is_archive = archive is not None
        self._places: dict[str, int] = {}
        self.files = (
            (SourceFile(name, file.seek(0, os.SEEK_END)),)
            if archive is None
            else tuple(SourceFile(member.name, member.size_bytes, member) for member in archive.members)
        )

    @property
    def read_share(self) -> float:
        """How much was read of the files begun so far, 0 to 1. Files that nobody asks for, images say, do not count."""
        sizes = {file.name: file.size_bytes for file in self.files if file.name in self._places}
        total = sum(sizes.values())
        return sum(self._places.values()) / total if total else 0.0

    def pieces(self, file: SourceFile, size_bytes: int = 1 << 18) -> Iterator[bytes]:
        """Read one of `files` from its first byte in pieces of at most `size_bytes`.

        Several readings may go on at once: each keeps its own place.
        """
        if file.member is not None and self._archive is not None:
            with self._archive.open(file.member) as stream:
                position = 0
                while piece := stream.read(size_bytes):
                    position += len(piece)
                    self._places[file.name] = position
                    yield piece
            return
        position = 0
        while True:
            self._file.seek(position)
            piece = self._file.read(size_bytes)
            if not piece:
                return
            position += len(piece)
            self._places[file.name] = position
            yield piece

    def skip(self, frame_name: str, reason: str) -> None:
        """Count something the import leaves out."""
        self.losses.add(frame_name, reason)


@contextmanager
def open_source(file: BinaryIO, name: str, *, limits: Limits = DEFAULT_LIMITS) -> Iterator[ImportSource]:
    """Make an uploaded file ready to be read; `file` can seek and stays open, `name` is its own.

    Raises:
        InvalidArchive, TooLarge: it is a zip archive that will not do (see `archives.open_zip`).
    """
    if not is_zip(file):
        yield ImportSource(file, name)
        return
    with open_zip(file, name=name, limits=limits) as archive:
        yield ImportSource(file, name, archive)
