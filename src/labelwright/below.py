"""Files below a folder that others write too, such as a platform's storage, reached without going through a link.

Whoever writes there can put a link to anywhere, also between a look and a reading. So each part of a path is opened
by itself, from the folder before it, and a link on the way is an error. The folder at the top is trusted.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
#: A pipe that nobody writes to must not hold the reader.
_FILE = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def find_below(root: Path, path: str) -> str | None:
    """Return where the folder `path` really lies, as a path from `root` ("" for itself); None when not below it.

    `path` is from `root`, or absolute. Links on the way are followed, once and here, as long as they end below.

    Raises:
        OSError, ValueError: it cannot be looked at, or is no folder.
    """
    top = root.resolve()
    found = (top / path).resolve()
    if not found.is_relative_to(top):
        return None
    if not stat.S_ISDIR(found.stat().st_mode):
        raise NotADirectoryError(path)
    return found.relative_to(top).as_posix().removeprefix(".")


def open_below(root: Path, path: str) -> BinaryIO:
    """Open the file at `path` below `root` to read.

    Raises:
        OSError: it is not there, is no plain file, or a part of its path is a link.
    """
    folder = _open_folder(root, str(PurePosixPath(path).parent))
    try:
        file = os.open(PurePosixPath(path).name, _FILE, dir_fd=folder)
    finally:
        os.close(folder)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise FileNotFoundError(path)
        return os.fdopen(file, "rb")
    except OSError:
        with suppress(OSError):
            os.close(file)
        raise


def walk_below(
    root: Path, folder: str, *, skip: str, choose: Callable[[str, Callable[[], BinaryIO]], bool]
) -> Iterator[str]:
    """Yield each plain file at any depth below the folder, itself below `root`, as its path from `root`.

    Links, to files and to folders, are passed over; so is what the folder's own subfolder `skip` holds. `choose` is
    asked with each file's name and a way to open it.

    Raises:
        OSError: a folder or file on the way cannot be read.
    """
    top = _open_folder(root, folder)
    try:
        for place, folders, files, opened in os.fwalk(".", dir_fd=top, onerror=_raise):
            inside = PurePosixPath(folder, place)
            if place == ".":
                folders[:] = [name for name in folders if name != skip]
            for name in files:
                if not stat.S_ISREG(os.stat(name, dir_fd=opened, follow_symlinks=False).st_mode):
                    continue
                if choose(name, lambda: _open_in(opened, name)):  # noqa: B023  # asked before the next round
                    yield str(inside / name)
    finally:
        os.close(top)


def _open_folder(root: Path, path: str) -> int:
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for part in PurePosixPath(path).parts:
        try:
            if part in ("..", "/"):
                raise PermissionError(path)
            inner = os.open(part, _FOLDER, dir_fd=folder)
        finally:
            os.close(folder)
        folder = inner
    return folder


def _open_in(folder: int, name: str) -> BinaryIO:
    return os.fdopen(os.open(name, _FILE, dir_fd=folder), "rb")


def _raise(error: OSError) -> None:
    raise error
