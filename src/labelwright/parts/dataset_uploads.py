"""Files of a request on their way into a dataset: images, zip archives of them, annotations beside them.

They are written to a scratch folder as they come, archives are unpacked there, and the catalogue takes them from there.
What a file is its first bytes tell; a name that ends like an image's and is none is refused.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import BinaryIO, Self

from labelwright.archives import Limits as ArchiveLimits
from labelwright.archives import Member, ZipReader, is_zip, open_zip
from labelwright.deps import Limits
from labelwright.domain.catalogue import check_path
from labelwright.domain.errors import InvalidMedia, TooLarge
from labelwright.domain.signatures import START_BYTES, image_type
from labelwright.media.kinds import media_kind
from labelwright.parts.dataset_folders import storing
from labelwright.storage.uploads import check_upload

#: Annotations and what goes with them; everything else has no use in a dataset.
_KEPT = {".json", ".jsonl", ".xml", ".txt", ".csv", ".tsv", ".yaml", ".yml", ".names", ".data"}
#: What systems leave in archives and folders.
_LITTER = {"__MACOSX", "Thumbs.db", "desktop.ini"}


class DatasetUpload:
    """The files of one request, in a scratch folder that is deleted on exit.

    `files` are their paths below the dataset's folder and where they lie.
    """

    def __init__(self, scratch: Path, *, limits: Limits, archive_limits: ArchiveLimits) -> None:
        self._folder = scratch
        self._limits, self._archive_limits = limits, archive_limits
        self._total_bytes = 0
        self._file: BinaryIO | None = None
        self._name = ""
        self._received = 0
        self.files: list[tuple[str, Path]] = []

    def __enter__(self) -> Self:
        self._folder.mkdir()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def open_file(self, name: str) -> None:
        """Begin the next file, whose path may have folders. Raises TooLarge, Invalid."""
        check_path(name)
        self._received += 1
        check_upload(self._limits, files=self._received)
        self._name = name
        with storing(name):
            self._file = self._next_path().open("xb+")

    def _next_path(self) -> Path:
        return self._folder / f"{len(self.files):06d}"

    def write(self, content: bytes) -> None:
        """Add bytes to the file begun last. Raises TooLarge, StorageFull."""
        self._total_bytes += len(content)
        check_upload(self._limits, size_bytes=self._total_bytes)
        assert self._file is not None
        with storing(self._name):
            self._file.write(content)

    def close_file(self) -> None:
        """End the file; an archive is unpacked.

        Raises:
            InvalidMedia: it is of no use to a dataset.
            InvalidArchive, Invalid, TooLarge, StorageFull: the archive, or a name in it, will not do.
        """
        assert self._file is not None
        file, self._file = self._file, None
        with file:
            if is_zip(file):
                packed = self._folder / "archive.zip"
                Path(file.name).rename(packed)
                with open_zip(file, name=self._name, limits=self._archive_limits) as archive:
                    self._unpack(archive)
                packed.unlink()
                return
            start = file.read(START_BYTES)
            with storing(self._name):
                file.flush()
        if not _is_wanted(self._name, start):
            raise InvalidMedia(
                "{name} is no image, no zip archive and no file of annotations", name=self._name
            )
        self.files.append((self._name, Path(file.name)))

    def _unpack(self, archive: ZipReader) -> None:
        for member in _useful(archive):
            if len(self.files) >= self._archive_limits.members:
                raise TooLarge(
                    "{name} holds more than {limit} members (setting LABELWRIGHT_MAX_ARCHIVE_MEMBERS)",
                    name=archive.name,
                    limit=self._archive_limits.members,
                )
            check_path(member.name)
            with archive.open(member) as source:
                start = source.peek(START_BYTES)[:START_BYTES]
                if not _is_wanted(member.name, start):
                    continue
                path = self._next_path()
                with storing(member.name), path.open("xb") as target:
                    shutil.copyfileobj(source, target)
            self.files.append((member.name, path))


def _useful(archive: ZipReader) -> Iterator[Member]:
    for member in archive.members:
        parts = PurePosixPath(member.name).parts
        if not any(part in _LITTER or part.startswith(".") for part in parts):
            yield member


def _is_wanted(name: str, start: bytes) -> bool:
    """Whether the file is an image or may be annotations. Raises InvalidMedia for a name that promises an image."""
    if image_type(start, name):
        return True
    if media_kind(name) == "image":
        raise InvalidMedia("{name} is no image that can be read", name=name)
    return PurePosixPath(name).suffix.lower() in _KEPT
