"""A cache of files on this machine's disk, with a limit in bytes, shared by every process that opens its folder."""

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

#: Beside the cached files: how many bytes they are together, as 8 bytes.
_COUNT = ".size"
#: What is left of the limit when files had to go: they are counted one by one only then.
_KEPT = 0.9


class DiskCache:
    """Bytes that can be made again. The files read longest ago go first when the limit is passed.

    A file that was opened can be read to its end, whatever becomes of it in the cache.
    """

    def __init__(self, folder: Path, *, limit_bytes: int) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes

    def get(self, key: str) -> bytes | None:
        """Return the bytes under `key`, None when they are not there (any more)."""
        file = self.open(key)
        if file is None:
            return None
        with file:
            return file.read()

    def put(self, key: str, content: bytes) -> None:
        """Keep `content`, whole or not at all. A full disk is passed over: the cache is only a convenience."""
        self._keep(key, lambda file: file.write(content)).close()

    def holds(self, key: str) -> bool:
        """Return whether there is something under `key`."""
        return (self._folder / key).is_file()

    def open(self, key: str) -> BinaryIO | None:
        """Open the file under `key`, None when it is not there (any more)."""
        try:
            file = (self._folder / key).open("rb")
        except OSError:
            return None
        # An empty file is what a power cut leaves of one that was just written.
        if not os.fstat(file.fileno()).st_size:
            file.close()
            return None
        with contextlib.suppress(OSError):
            os.utime(file.fileno())
        return file

    def make(self, key: str, write: Callable[[BinaryIO], object]) -> BinaryIO:
        """Open the file under `key`, which `write` fills if it is not there. The file given to it can seek.

        Of all who want it at once, in whatever process, one writes and the others wait for it. On a full disk it is
        written into memory. What `write` raises comes out of here, and nothing is kept; OSError makes it write again.
        """
        file = self.open(key)
        if file is None:
            with self._alone(key):
                file = self.open(key) or self._keep(key, write)
        return file

    def forget(self, prefix: str) -> None:
        """Delete every key below the folder `prefix`."""
        shutil.rmtree(self._folder / prefix, ignore_errors=True)

    @contextlib.contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        """Keep others who want to make `key` out. Where that cannot be done, each makes its own."""
        path = self._beside(key, "lock")
        try:
            held = _hold(path)
        except OSError:
            yield
            return
        with held:
            try:
                yield
            finally:
                path.unlink(missing_ok=True)

    def _keep(self, key: str, write: Callable[[BinaryIO], object]) -> BinaryIO:
        """Fill the file under `key`, or memory when the disk does not take it; return it open, at its beginning."""
        try:
            file = self._write(key, write)
            with contextlib.suppress(OSError):
                self._count(os.fstat(file.fileno()).st_size)
        except OSError:
            file = BytesIO()
            write(file)
        file.seek(0)
        return file

    def _write(self, key: str, write: Callable[[BinaryIO], object]) -> BinaryIO:
        aside = self._beside(key, secrets.token_hex(4))
        aside.parent.mkdir(parents=True, exist_ok=True)
        file = aside.open("w+b")
        try:
            write(file)
            file.flush()
            aside.replace(self._folder / key)
        except BaseException:
            file.close()
            aside.unlink(missing_ok=True)
            raise
        return file

    def _beside(self, key: str, ending: str) -> Path:
        path = self._folder / key
        return path.with_name(f".{path.name}.{ending}")

    def _count(self, added: int) -> None:
        """Note that `added` bytes came, and make room when the limit is passed.

        What is deleted otherwise is not taken off: the count is at most too large, and right again after each walk.
        """
        with (self._folder / _COUNT).open("a+b") as noted:
            fcntl.flock(noted, fcntl.LOCK_EX)
            noted.seek(0)
            stored = noted.read()
            total = int.from_bytes(stored, "little") + added if len(stored) == 8 else None
            if total is None or total > self._limit_bytes:
                total = self._make_room()
            noted.truncate(0)
            noted.write(total.to_bytes(8, "little"))

    def _make_room(self) -> int:
        """If the limit is passed, delete the files read longest ago until nine tenths are left. Return what is left."""
        files = list(self._files())
        total = sum(size for _, size, _ in files)
        if total <= self._limit_bytes:
            return total
        for _, size, path in sorted(files):
            if total <= self._limit_bytes * _KEPT:
                break
            with contextlib.suppress(OSError):
                os.unlink(path)
            total -= size
        return total

    def _files(self) -> Iterator[tuple[float, int, str]]:
        """Yield when each file was read last, its bytes, its path."""
        for folder, _, names in os.walk(self._folder):
            for name in names:
                path = os.path.join(folder, name)
                with contextlib.suppress(OSError):
                    state = os.stat(path)
                    if name != _COUNT:
                        yield state.st_mtime, state.st_size, path


def _hold(path: Path) -> BinaryIO:
    """Return the file at `path`, made and locked by us alone: whoever held it has deleted it by then."""
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
        fcntl.flock(file, fcntl.LOCK_EX)
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        file.close()
