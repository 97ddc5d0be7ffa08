"""What every format is given: an archive to write, a source to read, a report of what was lost.

A format is a module with a tuple `FORMATS`; built-in ones lie in this package, others announce
themselves through the entry-point group `labelwright.formats`. Formats do not know each other.
"""

import codecs
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from io import RawIOBase, TextIOWrapper
from pathlib import Path
from typing import BinaryIO, Self, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from labelwright.archives import DEFAULT_LIMITS, MEGABYTE, Limits, check_name, is_zip, open_zip
from labelwright.domain.dataset import Dataset
from labelwright.domain.errors import InvalidArchive, NotFound, TooLarge
from labelwright.domain.imports import ImportTarget
from labelwright.domain.shapes import Shape, Tag
from labelwright.folders import Folder, decode_text, shown_name
from labelwright.folders.results import files_to_read

#: No `.txt`, which readers of several layouts take for annotations.
REPORT_NAME = "export-report.md"
#: Frames the report names for each reason.
NAMED_FRAMES = 5
#: Most bytes of a file of text that is read whole.
TEXT_BYTES = 64 * MEGABYTE
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


class Archive(ABC):
    """What a format writes, member after member, nothing held in memory. What it cannot hold is in `losses`."""

    def __init__(self) -> None:
        self.losses = Losses()

    def write_text(self, name: str, text: str) -> None:
        """Add a member of UTF-8 text; line ends are kept as they are."""
        with self._member(name, packed=True) as stream:
            stream.write(text.encode())

    def open_binary(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open a member to write bytes to piece by piece; no other member until it is closed."""
        return self._member(name, packed=True)

    @contextmanager
    def open_text(self, name: str) -> Iterator[TextIOWrapper]:
        """Open a member to write UTF-8 text to piece by piece; no other until it is closed."""
        with self.open_binary(name) as stream:
            text = TextIOWrapper(stream, encoding="utf-8", newline="")
            try:
                yield text
            finally:
                text.detach()

    def write_image(self, name: str, image: bytes) -> None:
        """Add an image as it is."""
        with self._member(name, packed=False) as stream:
            stream.write(image)

    def skip(self, frame_name: str, reason: str) -> None:
        """Count something of that frame the format cannot hold; the report names it."""
        self.losses.add(frame_name, reason)

    @abstractmethod
    def _member(self, name: str, *, packed: bool) -> AbstractContextManager[BinaryIO]:
        """Open a member for writing; `packed` where it gets smaller by it."""


class ZipArchive(Archive):
    """A zip being written.

    `file` is a path, or a binary file open for writing. All members bear the time `modified` (one
    export, one time; it also keeps exports reproducible). Closing adds `export-report.md` when
    something was lost. Use it as a context manager; on an error the file is left incomplete.
    """

    def __init__(self, file: Path | BinaryIO, *, modified: datetime = _ZIP_EPOCH) -> None:
        super().__init__()
        self._zip = ZipFile(file, "w")
        self._time = max(modified.timetuple()[:6], _ZIP_EPOCH.timetuple()[:6])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error_type: type[BaseException] | None, *_: object) -> None:
        if error_type is None and self.losses.counts:
            head = "Not everything the task holds is in this archive. Left out:\n\n"
            self.write_text(REPORT_NAME, head + self.losses.report())
        self._zip.close()

    @contextmanager
    def _member(self, name: str, *, packed: bool) -> Iterator[BinaryIO]:
        check_name(name, "the export")
        entry = ZipInfo(name, self._time)
        entry.compress_type = ZIP_DEFLATED if packed else ZIP_STORED
        # The library takes the level of a ready entry from this attribute alone (public from Python 3.13).
        entry._compresslevel = _DEFLATE_LEVEL  # type: ignore[attr-defined]
        entry.external_attr = _FILE_MODE
        with self._zip.open(entry, "w", force_zip64=True) as stream:
            yield stream  # type: ignore[misc]


class FolderArchive(Archive):
    """The same as files in a folder where none of them is yet; `rename` says what a member is called there.

    They are on the disk once that folder's `sync_all` is done.
    """

    def __init__(self, folder: Folder, *, rename: Callable[[str], str] = str) -> None:
        super().__init__()
        self.names: list[str] = []
        self._folder = folder
        self._rename = rename

    @contextmanager
    def _member(self, name: str, *, packed: bool) -> Iterator[BinaryIO]:
        check_name(name, "the export")
        self.names.append(self._rename(name))
        with self._folder.new_file(self.names[-1], sync=False) as stream:
            yield stream


def write_dataset(chosen: Format, dataset: Dataset, archive: Archive) -> None:
    """Write the dataset in a format that can; the frames that were deleted are named among the losses."""
    assert chosen.write is not None, "it is an exporter"
    chosen.write(dataset, archive)
    for info in dataset.deleted:
        archive.skip(info.name, "the frame is deleted")


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
    """One file to read: its `name` with folders, and how to open it from its first byte."""

    name: str
    size_bytes: int
    open: Callable[[], AbstractContextManager[BinaryIO]]


class ImportSource:
    """What is imported: a zip archive, a folder, or one plain file; what an upload is, its content decides.

    Made by `open_source` or `open_folder`. `files` are its files, folders left out. What a reader leaves out it
    counts in `losses`. `most_bytes` bounds what is read of all files together, each counted once.
    """

    def __init__(
        self,
        name: str,
        files: Iterable[SourceFile],
        *,
        is_plain_file: bool = False,
        most_bytes: int | None = None,
    ) -> None:
        self.name = name
        self.files = tuple(files)
        self.is_plain_file = is_plain_file
        self.losses = Losses()
        self._most_bytes = most_bytes
        self._places: dict[str, int] = {}

    @property
    def read_share(self) -> float:
        """How much was read of the files begun so far, 0 to 1. Files that nobody asks for, images say, do not count."""
        sizes = {file.name: file.size_bytes for file in self.files if file.name in self._places}
        total = sum(sizes.values())
        return min(1.0, sum(self._places.values()) / total) if total else 0.0

    def pieces(self, file: SourceFile, size_bytes: int = 1 << 18) -> Iterator[bytes]:
        """Read one of `files` from its first byte in pieces of at most `size_bytes`.

        Several readings may go on at once: each keeps its own place.
        """
        position = 0
        with file.open() as stream:
            while piece := stream.read(size_bytes):
                position += len(piece)
                self._places[file.name] = position
                self._check_size()
                yield piece

    def read_text(self, file: SourceFile, *, most_bytes: int = TEXT_BYTES) -> str:
        """Return a whole file of text: UTF-8, with or without its mark, or GB18030.

        Raises:
            TooLarge: it has more than `most_bytes`.
        """
        content = b""
        for piece in self.pieces(file):
            content += piece
            if len(content) > most_bytes:
                raise TooLarge("{file} has more than {limit} bytes of text", file=file.name, limit=most_bytes)
        return decode_text(content.removeprefix(codecs.BOM_UTF8))

    def skip(self, frame_name: str, reason: str) -> None:
        """Count something the import leaves out."""
        self.losses.add(frame_name, reason)

    def _check_size(self) -> None:
        if self._most_bytes is not None and sum(self._places.values()) > self._most_bytes:
            raise TooLarge(
                "the annotations in {name} have more than {limit} MB (setting LABELWRIGHT_MAX_ARCHIVE_MB)",
                name=self.name,
                limit=self._most_bytes // MEGABYTE,
            )


@contextmanager
def open_source(file: BinaryIO, name: str, *, limits: Limits = DEFAULT_LIMITS) -> Iterator[ImportSource]:
    """Make an uploaded file ready to be read; `file` can seek and stays open, `name` is its own.

    Raises:
        InvalidArchive, TooLarge: it is a zip archive that will not do (see `archives.open_zip`).
    """
    if not is_zip(file):
        size_bytes = file.seek(0, os.SEEK_END)
        whole = SourceFile(name, size_bytes, lambda: nullcontext(cast("BinaryIO", _Reading(file))))
        yield ImportSource(name, [whole], is_plain_file=True)
        return
    with open_zip(file, name=name, limits=limits) as archive:
        members = [
            SourceFile(member.name, member.size_bytes, partial(archive.open, member))
            for member in archive.members
        ]
        yield ImportSource(name, members)


@contextmanager
def open_folder(
    folder: Path, *, format_name: str, results_folder: str, limits: Limits = DEFAULT_LIMITS
) -> Iterator[ImportSource]:
    """Make the folder of a dataset ready to be read by the importer `format_name`; no link in it is followed.

    What Labelwright published into its `results_folder` in that format is all there is to read; without that it is
    all else but such results. So nothing is read twice. Hidden files are passed over.

    Raises:
        NotFound: it is no folder.
        TooLarge: it holds more files than `limits` allow members. Reading raises it for too many bytes.
    """
    with ExitStack() as stack:
        try:
            root = stack.enter_context(Folder(folder))
            base, entries = files_to_read(
                root, format_name=format_name, results_folder=results_folder, most=limits.members
            )
            if base:
                root = stack.enter_context(Folder(base, parent=root))
        except OSError as error:
            raise NotFound(
                "the folder {name} cannot be read: {reason}", name=folder.name, reason=error.strerror
            ) from error
        if len(entries) > limits.members:
            raise TooLarge(
                "{name} holds more than {limit} files (setting LABELWRIGHT_MAX_ARCHIVE_MEMBERS)",
                name=folder.name,
                limit=limits.members,
            )
        files = [
            SourceFile(shown_name(entry.name), entry.size_bytes, partial(_open_entry, root, entry.name))
            for entry in entries
        ]
        yield ImportSource(folder.name, files, most_bytes=limits.unpacked_bytes)


@contextmanager
def _open_entry(folder: Folder, name: str) -> Iterator[BinaryIO]:
    """Open a file of a folder. Raises InvalidArchive when it cannot be read (any more)."""
    try:
        with folder.open_file(name) as file:
            yield file
    except OSError as error:
        raise InvalidArchive(
            "{file} cannot be read: {reason}", file=shown_name(name), reason=error.strerror or error
        ) from error


class _Reading(RawIOBase):
    """A place of its own in a file that others read as well."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._position = 0

    def read(self, size: int = -1) -> bytes:
        self._file.seek(self._position)
        piece = self._file.read(size)
        self._position += len(piece)
        return piece
