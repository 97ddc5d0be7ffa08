"""Files of a request on their way into the blob store."""

import contextlib
import secrets
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from labelwright.deps import Limits
from labelwright.domain.errors import StorageFull, TooLarge
from labelwright.ports import Blobs
from labelwright.storage import refuse_nul

#: Bytes of one uploaded file kept in memory before it goes to a temporary file.
_MEMORY_BYTES = 16 * 2**20
_MEGABYTE = 1_000_000


def drop_old_files(scratch: Path, *, older_than_s: float) -> None:
    """Delete the temporary files nobody has written to for so long: processes that were killed left them."""
    before = time.time() - older_than_s
    for path in scratch.iterdir():
        with contextlib.suppress(OSError):
            if path.is_file() and path.stat().st_mtime < before:
                path.unlink()


def check_upload(limits: Limits, *, files: int = 0, size_bytes: int = 0) -> None:
    """Raise TooLarge when so many files, or their bytes, are more than one upload may have."""
    if size_bytes > limits.max_upload_mb * _MEGABYTE:
        raise TooLarge(
            "the upload is over {limit} MB (LABELWRIGHT_MAX_UPLOAD_MB)", limit=limits.max_upload_mb
        )
    if files > limits.max_upload_files:
        raise TooLarge(
            "more than {limit} files in one upload (LABELWRIGHT_MAX_UPLOAD_FILES)",
            limit=limits.max_upload_files,
        )


class Upload:
    """The files of one request on their way into the blob store. What is not accepted is deleted on exit."""

    def __init__(
        self,
        blobs: Blobs,
        *,
        prefix: str,
        scratch: Path,
        limits: Limits,
        files_before: int = 0,
        bytes_before: int = 0,
    ) -> None:
        self._blobs = blobs
        self._limits = limits
        self._prefix = f"{prefix}{secrets.token_hex(8)}/"
        self._scratch = scratch / f"upload-{secrets.token_hex(8)}"
        self._parts: list[bytes] = []
        self._part_bytes = 0
        self._spilled = False
        self._file_bytes = 0
        self._total_bytes = bytes_before
        self._files_before = files_before
        self.names: list[str] = []
        self.keys: list[str] = []
        #: Bytes of the files that are whole: one less than names while the last is on its way.
        self.sizes: list[int] = []
        self.accepted = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._scratch.unlink(missing_ok=True)
        if not self.accepted:
            self._blobs.delete_folder(self._prefix)

    def open_file(self, name: str) -> None:
        """Begin the next file. Raises TooLarge, Invalid."""
        refuse_nul(name)
        check_upload(self._limits, files=self._files_before + len(self.names) + 1)
        self.names.append(name)
        self.keys.append(f"{self._prefix}{len(self.names):06d}")

    def write(self, content: bytes) -> None:
        """Add bytes to the file begun last. Raises TooLarge, StorageFull."""
        self._total_bytes += len(content)
        self._file_bytes += len(content)
        check_upload(self._limits, size_bytes=self._total_bytes)
        self._parts.append(content)
        self._part_bytes += len(content)
        if self._part_bytes > _MEMORY_BYTES:
            self._spill()

    def _spill(self) -> None:
        try:
            with self._scratch.open("ab" if self._spilled else "wb") as file:
                file.write(b"".join(self._parts))
        except OSError as error:
            raise StorageFull("the disk of the data folder is full: the upload was not stored") from error
        self._spilled = True
        self._parts, self._part_bytes = [], 0

    def close_file(self) -> None:
        """End the file: it now lies in the blob store, whole. Raises StorageFull."""
        if self._spilled:
            self._spill()
            self._blobs.put_file(self.keys[-1], self._scratch)
            self._scratch.unlink()
            self._spilled = False
        else:
            self._blobs.put(self.keys[-1], b"".join(self._parts))
        self.sizes.append(self._file_bytes)
        self._parts, self._part_bytes, self._file_bytes = [], 0, 0
