"""Bytes under keys, through obstore: a folder, or S3 (decision 5)."""

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore

from labelwright.domain.errors import NotFound, StorageFull

#: Pieces of files leave so much of the disk free: they stay, and a full database could not even forget them.
_SPARE_BYTES = 16 * 2**20


@contextmanager
def _full_disk_named(key: str) -> Iterator[None]:
    """Turn "no space left", which obstore says only in words, into `StorageFull`."""
    try:
        yield
    except (OSError, BaseError) as error:
        if "os error 28" in str(error) or "No space left" in str(error):
            raise StorageFull("the disk of the data folder is full: {key} was not stored", key=key) from error
        raise


class FolderBlobs:
    """Blobs in a folder of this machine. Every write is whole or not at all: obstore writes aside and renames."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._store = LocalStore(folder, automatic_cleanup=True)

    def put(self, key: str, content: bytes) -> None:
        with _full_disk_named(key):
            obstore.put(self._store, key, content, use_multipart=False)

    def put_file(self, key: str, path: Path) -> None:
        with _full_disk_named(key):
            obstore.put(self._store, key, path)

    def write_at(self, key: str, content: bytes, *, at: int) -> None:
        path = self._folder / key
        with _full_disk_named(key):
            if not path.is_file() or path.stat().st_size < at:
                raise NotFound("fewer than {at} bytes are under {key}", at=at, key=key)
            if shutil.disk_usage(path.parent).free < len(content) + _SPARE_BYTES:
                raise StorageFull("the disk of the data folder is full: {key} was not stored", key=key)
            if at == 0:
                _sync_folder(path.parent)
            with path.open("r+b", buffering=0) as file:
                file.seek(at)
                rest = memoryview(content)
                while rest:
                    rest = rest[file.write(rest) :]
                os.fdatasync(file.fileno())

    @contextmanager
    def alone(self, key: str) -> Iterator[None]:
        try:
            file = (self._folder / key).open("rb")
        except FileNotFoundError as error:
            raise NotFound("there are no bytes under {key}", key=key) from error
        with file:  # closing it lets the next one in
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def local_path(self, key: str) -> Path | None:
        path = self._folder / key
        return path if path.is_file() else None

    def get(self, key: str) -> bytes:
        try:
            return bytes(obstore.get(self._store, key).bytes())
        except FileNotFoundError as error:
            raise NotFound("there are no bytes under {key}", key=key) from error

    def size(self, key: str) -> int | None:
        try:
            return int(obstore.head(self._store, key)["size"])
        except FileNotFoundError:
            return None

    def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            try:
                obstore.delete(self._store, key)
            except FileNotFoundError:
                continue

    def delete_folder(self, prefix: str) -> None:
        self.delete(self.list_keys(prefix))

    def list_keys(self, prefix: str) -> list[str]:
        return sorted(item["path"] for batch in obstore.list(self._store, prefix) for item in batch)


def _sync_folder(folder: Path) -> None:
    """Have the folder's names on the disk: a file whose bytes are kept must be found again."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
