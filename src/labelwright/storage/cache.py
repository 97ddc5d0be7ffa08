"""A cache of files on this machine's disk, with a limit in bytes, shared by every process that opens its folder."""

import contextlib
import os
import secrets
from pathlib import Path


class DiskCache:
    """Bytes that can be made again. The files read longest ago go first when the limit is passed."""

    def __init__(self, folder: Path, *, limit_bytes: int) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes

    def get(self, key: str) -> bytes | None:
        """Return the bytes under `key`, None when they are not there (any more)."""
        path = self._folder / key
        try:
            content = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return content

    def put(self, key: str, content: bytes) -> None:
        """Keep `content`, whole or not at all. A full disk is passed over: the cache is only a convenience."""
        path = self._folder / key
        aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            aside.write_bytes(content)
            aside.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                aside.unlink()
            return
        self._shrink()

    def forget(self, prefix: str) -> None:
        """Delete every key below the folder `prefix`."""
        for path in (self._folder / prefix).rglob("*"):
            if path.is_file():
                path.unlink(missing_ok=True)

    def _shrink(self) -> None:
        """Delete the files read longest ago until nine tenths of the limit are left."""
        files = []
        for path in self._folder.rglob("*"):
            with contextlib.suppress(OSError):
                state = path.stat()
                if path.is_file():
                    files.append((state.st_mtime, state.st_size, path))
        total = sum(size for _, size, _ in files)
        if total <= self._limit_bytes:
            return
        for _, size, path in sorted(files):
            if total <= self._limit_bytes * 0.9:
                return
            path.unlink(missing_ok=True)
            total -= size
