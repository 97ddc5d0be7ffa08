"""The share: files of the server that people may make tasks of."""

import os
import stat
from pathlib import Path
from typing import Literal

from msgspec import Struct

from labelwright.deps import Deps
from labelwright.domain.errors import Invalid


class NoFolder(Invalid):
    """The share has no such folder."""


class ShareEntry(Struct, frozen=True):
    """A file ("REG") or folder ("DIR") of the share."""

    name: str
    type: Literal["REG", "DIR"]


def list_share(deps: Deps, *, directory: str) -> list[ShareEntry]:
    """Return what one folder of the share holds, by name; "" is its root.

    Links are followed as far as they stay in the share; devices, and names that are no text, are passed over.

    Raises:
        NoFolder: it is no folder, or lies outside the share.
    """
    if deps.share is None:
        if directory:
            raise _no_folder(directory)
        return []
    root = deps.share.resolve()
    try:
        folder = (root / directory).resolve()
        if not folder.is_relative_to(root):
            raise _no_folder(directory)
        names = sorted(os.listdir(folder))
    except (
        OSError,
        ValueError,
        RuntimeError,
    ) as error:  # a NUL is a ValueError, a loop of links a RuntimeError
        raise _no_folder(directory) from error
    entries = (_entry(root, folder, name) for name in names)
    return [entry for entry in entries if entry is not None]


def _entry(root: Path, folder: Path, name: str) -> ShareEntry | None:
    try:
        name.encode()
        path = (folder / name).resolve()
        mode = path.stat().st_mode
    except (
        OSError,
        UnicodeEncodeError,
        RuntimeError,
    ):  # gone meanwhile, a dangling link, a name in no known script
        return None
    if not path.is_relative_to(root):
        return None
    if stat.S_ISDIR(mode):
        return ShareEntry(name, "DIR")
    return ShareEntry(name, "REG") if stat.S_ISREG(mode) else None


def _no_folder(directory: str) -> NoFolder:
    return NoFolder("{directory} is an invalid directory", directory=directory)
