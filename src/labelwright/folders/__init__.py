"""Folders that others write to as well, such as those of datasets: read without trusting what lies in them.

A `Folder` is held by descriptor, and no symbolic link is followed on the way to anything in it: whatever is put in
the place of a file or folder meanwhile, nothing outside is read or written.
"""

import ctypes
import errno
import hashlib
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal, Self

from labelwright.domain.errors import Conflict, NotFound

#: In names on Windows, in paths anywhere; hidden files; and what our own escapes look like.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]|^\.|%(?=[0-9A-F]{2})')
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
#: A pipe opened for reading would wait for a writer.
_OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
Kind = Literal["file", "folder", "link", "other"]
_NO_SECOND_NAME = (errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP)
_COPY_BYTES = 1 << 20
_KINDS: dict[int, Kind] = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "folder",
    stat.S_IFLNK: "link",
}


@dataclass(frozen=True)
class Entry:
    """What lies in a folder: `name` is its path from there, in the system's own spelling."""

    name: str
    kind: Kind
    size_bytes: int
    #: When its content was written last, in nanoseconds since 1970.
    modified_ns: int
    #: Device and number: two names of one file have the same.
    identity: tuple[int, int]


class Folder:
    """An open folder. Names are paths from it, their parts joined by `/`. Use it as a context manager."""

    def __init__(self, path: Path | str, *, parent: "Folder | None" = None) -> None:
        self.descriptor: int = os.open(
            path, _OPEN_FOLDER, dir_fd=None if parent is None else parent.descriptor
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)

    def entry(self, name: str) -> Entry | None:
        """Return what lies under `name`, None when there is nothing."""
        try:
            with self._holder(name) as (holder, last):
                return _entry(name, os.stat(last, dir_fd=holder, follow_symlinks=False))
        except (FileNotFoundError, NotADirectoryError):
            return None

    def entries(self, *, deep: bool = True) -> Iterator[Entry]:
        """Yield what lies in it, with `deep` in the folders below too, each after its folder, in no certain order."""
        with os.scandir(self.descriptor) as found:
            names = [each.name for each in found]
        for name in names:
            try:
                entry = _entry(name, os.stat(name, dir_fd=self.descriptor, follow_symlinks=False))
            except FileNotFoundError:
                continue  # it went meanwhile
            yield entry
            if deep and entry.kind == "folder":
                with suppress(FileNotFoundError, NotADirectoryError), Folder(name, parent=self) as below:
                    for each in below.entries():
                        yield replace(each, name=f"{name}/{each.name}")

    @contextmanager
    def open_file(self, name: str) -> Iterator[BinaryIO]:
        """Open a file for reading. Raises OSError, also for what is no file."""
        with self._holder(name) as (holder, last):
            descriptor = os.open(last, _OPEN_FILE, dir_fd=holder)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise FileNotFoundError(f"{name} is no file")
            yield file

    @contextmanager
    def new_file(self, name: str, *, sync: bool = True) -> Iterator[BinaryIO]:
        """Open a file that is not there yet for writing, folders above it made.

        It is on the disk once it is closed, or, without `sync`, once `sync_all` is done.
        """
        with self._holder(name, make=True) as (holder, last):
            descriptor = os.open(last, _NEW_FILE, 0o666, dir_fd=holder)
        with open(descriptor, "wb") as file:
            yield file
            if sync:
                file.flush()
                os.fsync(descriptor)

    def new_link(self, name: str, target: str) -> None:
        """Make a symbolic link, folders above it made."""
        with self._holder(name, make=True) as (holder, last):
            os.symlink(target, last, dir_fd=holder)

    def make_folder(self, name: str) -> None:
        """Make a folder and those above it, where they are missing."""
        with self._holder(f"{name}/x", make=True):
            pass

    def delete_file(self, name: str) -> None:
        """Delete a file or link, if it is there."""
        with suppress(FileNotFoundError), self._holder(name) as (holder, last):
            os.unlink(last, dir_fd=holder)

    def delete_folder(self, name: str) -> None:
        """Delete a folder directly in this one, with all that is in it; no link is followed."""
        with suppress(FileNotFoundError):
            with Folder(name, parent=self) as folder:
                for entry in list(folder.entries(deep=False)):
                    if entry.kind == "folder":
                        folder.delete_folder(entry.name)
                    else:
                        folder.delete_file(entry.name)
            os.rmdir(name, dir_fd=self.descriptor)

    def take(self, name: str, source: "Folder") -> None:
        """Give the file or link `name` of `source` the same name here, folders above it made.

        It is the same file under two names; a copy where the system refuses that, for others' files say.
        """
        with source._holder(name) as (theirs, last), self._holder(name, make=True) as (ours, _):
            try:
                os.link(last, last, src_dir_fd=theirs, dst_dir_fd=ours, follow_symlinks=False)
            except OSError as error:
                if error.errno not in _NO_SECOND_NAME:
                    raise
                _copy(last, theirs, ours)

    def sync_all(self) -> None:
        """Have all that is in it on the disk: a file system at once where the system can, else file by file."""
        sync_file_system = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
        if sync_file_system is None or sync_file_system(self.descriptor):
            self._sync_each()

    def _sync_each(self) -> None:
        for entry in self.entries(deep=False):
            if entry.kind == "folder":
                with Folder(entry.name, parent=self) as below:
                    below._sync_each()
            elif entry.kind == "file":
                with self.open_file(entry.name) as file:
                    os.fsync(file.fileno())
        os.fsync(self.descriptor)

    @contextmanager
    def _holder(self, name: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        """Give the descriptor of the folder that holds `name`, and its last part; `make` makes those missing."""
        *parts, last = PurePosixPath(name).parts
        if ".." in (*parts, last) or name.startswith("/"):
            raise FileNotFoundError(f"{name} leads out of its folder")
        holder, opened = self.descriptor, -1
        try:
            for part in parts:
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(part, dir_fd=holder)
                fresh = os.open(part, _OPEN_FOLDER, dir_fd=holder)
                if opened >= 0:
                    os.close(opened)
                holder = opened = fresh
            yield holder, last
        finally:
            if opened >= 0:
                os.close(opened)


def find_below(root: Path, path: str) -> Path:
    """Return the real place of what lies below `root` under `path`, absolute or from `root`; links are considered.

    Raises:
        NotFound: there is nothing, or it lies elsewhere: the same words for both, so that nobody learns which.
    """
    real_root = root.resolve()
    with suppress(OSError, RuntimeError, ValueError):
        found = (real_root / path).resolve(strict=True)
        if ".." not in PurePosixPath(path).parts and found != real_root and found.is_relative_to(real_root):
            return found
    raise NotFound("{path} is not below the storage root", path=path)


def open_below(root: Path, path: str) -> Folder:
    """Open the folder `path` below `root`. Raises NotFound as `find_below`, Conflict when it is no folder."""
    found = find_below(root, path)
    try:
        return Folder(found)
    except OSError as error:
        raise Conflict("{path} is no folder: {reason}", path=path, reason=error.strerror) from error


def shown_name(name: str) -> str:
    """Return a name as people read it: UTF-8, or GB18030 where its bytes are not UTF-8."""
    return decode_text(os.fsencode(name))


def decode_text(content: bytes) -> str:
    """Return text whose encoding nobody named: UTF-8, else GB18030 (and with it GBK), else with U+FFFD in places."""
    with suppress(UnicodeDecodeError):
        return content.decode("utf-8")
    return content.decode("gb18030", errors="replace")


def safe_name(text: str, *, most_bytes: int = 200) -> str:
    """Return a text as the name of a file, on any system, or the beginning of one.

    What a name cannot hold is written as `%2F`, what is too long is cut and told apart by a digest; texts that need
    neither stay as they are, and different texts give different names.
    """
    escaped = _UNSAFE.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), text)
    encoded = escaped.encode()
    if len(encoded) <= most_bytes:
        return escaped
    digest = f"~{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    return encoded[: most_bytes - len(digest)].decode(errors="ignore") + digest


def _copy(name: str, source: int, target: int) -> None:
    """Copy a file or link from one open folder to another, with its time."""
    found = os.stat(name, dir_fd=source, follow_symlinks=False)
    if stat.S_ISLNK(found.st_mode):
        os.symlink(os.readlink(name, dir_fd=source), name, dir_fd=target)
        return
    with (
        open(os.open(name, _OPEN_FILE, dir_fd=source), "rb") as original,
        open(os.open(name, _NEW_FILE, 0o666, dir_fd=target), "wb") as copy,
    ):
        shutil.copyfileobj(original, copy, _COPY_BYTES)
        copy.flush()
        os.utime(copy.fileno(), ns=(found.st_atime_ns, found.st_mtime_ns))
        os.fsync(copy.fileno())


def _entry(name: str, found: os.stat_result) -> Entry:
    kind: Kind = _KINDS.get(stat.S_IFMT(found.st_mode), "other")
    return Entry(name, kind, found.st_size, found.st_mtime_ns, (found.st_dev, found.st_ino))
