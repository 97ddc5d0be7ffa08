"""Locations: where the bytes of a frame's file lie, as texts that rows keep (`domain.tasks.FrameRow`).

`seen:SIZE,MODIFIED_NS:` before a location of a file read in place says how large the file was and when it was written
last, in nanoseconds since 1970, nothing where that does not count: it is told from another file that takes its name.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO, cast

from labelwright.archives import open_place, open_window, parse_place
from labelwright.deps import Deps
from labelwright.domain.errors import InvalidMedia, NotFound
from labelwright.folders import Folder

#: Name and location of a file that will be a frame.
Source = tuple[str, str]
#: What is unpacked of an archive, or comes as a stream, is kept in memory up to so many bytes, else in a file.
_MEMORY_BYTES = 16 * 2**20
_PIECE_BYTES = 1 << 20


def seen(location: str, *, size_bytes: int, modified_ns: int | None) -> str:
    """Return the location of a file in place with what it looks like now. `modified_ns` None: only its size counts."""
    return f"seen:{size_bytes},{'' if modified_ns is None else modified_ns}:{location}"


def packed(location: str, place: object) -> str:
    """Return the location of what lies at `place` (`archives.Place`) of the archive at `location`."""
    return f"packed:{location}#{place}"


def blob_key(location: str) -> str | None:
    """Return the key of the blob that holds the bytes, None for a file in place."""
    scheme, _, rest = location.partition(":")
    if scheme == "packed":
        return blob_key(rest.rpartition("#")[0])
    return rest if scheme == "blob" else None


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Say which file could not be read, and why. Raises InvalidMedia."""
    try:
        yield
    except OSError as error:
        raise InvalidMedia("{name} cannot be read: {reason}", name=name, reason=error.strerror) from error


def open_location(deps: Deps, location: str, *, name: str) -> BinaryIO:
    """Open what lies at `location`, to read; it can seek. Close it after use. `name` is what messages call it.

    Raises:
        OSError: the file is gone or cannot be read, also where a link would be gone through.
        InvalidMedia: it is another file than was seen when the frame was made.
        InvalidArchive: bytes packed in an archive are not those that were seen; also while reading.
    """
    scheme, _, rest = location.partition(":")
    if scheme == "packed":
        return _open_member(deps, rest, name)
    if scheme == "seen":
        stamp, _, location = rest.partition(":")
        file = _open_file(deps, location)
        if not _is_same(file, stamp):
            file.close()
            raise InvalidMedia("{name} has changed since its task was made", name=name)
        return file
    return _open_file(deps, location)


def local_path(deps: Deps, location: str, *, name: str) -> Path:
    """Return the path of a file that is not packed, for a process that takes a path.

    Raises:
        NotFound: it is gone, or cannot be read.
        InvalidMedia: as `open_location`.
    """
    try:
        open_location(deps, location, name=name).close()
    except OSError as error:
        raise NotFound("{name} cannot be read: {reason}", name=name, reason=error.strerror) from error
    if location.startswith("seen:"):
        location = location.split(":", 2)[2]
    scheme, _, rest = location.partition(":")
    if scheme == "blob":
        path = deps.blobs.local_path(rest)
        assert path is not None, "blobs are files of this machine"
        return path
    return Path(rest) if scheme == "file" else _root(deps, scheme) / rest


def keep_stream(deps: Deps, key: str, stream: BinaryIO) -> bytes:
    """Store what `stream` has still to give as a blob, whole or not at all, and return how it begins.

    Raises what reading it raises.
    """
    start = stream.read(_MEMORY_BYTES)
    if len(start) < _MEMORY_BYTES:
        deps.blobs.put(key, start)
        return start
    with tempfile.NamedTemporaryFile(dir=deps.scratch) as file:
        file.write(start)
        copyfileobj(stream, file, _PIECE_BYTES)
        file.flush()
        deps.blobs.put_file(key, Path(file.name))
    return start


def _open_file(deps: Deps, location: str) -> BinaryIO:
    scheme, _, rest = location.partition(":")
    if scheme in ("storage", "share"):
        with Folder(_root(deps, scheme)) as root, root.open_file(rest) as file:
            return open(os.dup(file.fileno()), "rb")
    path = Path(rest) if scheme == "file" else deps.blobs.local_path(rest)
    if path is not None:
        return path.open("rb")
    try:
        return BytesIO(deps.blobs.get(rest))
    except NotFound as error:  # which knows but the key: callers name the file
        raise FileNotFoundError(2, os.strerror(2)) from error


def _root(deps: Deps, scheme: str) -> Path:
    """Return the folder that locations of this scheme are paths from. Raises FileNotFoundError: it is set no more."""
    root = deps.platform.storage_root if scheme == "storage" else deps.share
    if root is None:
        raise FileNotFoundError(2, os.strerror(2))
    return root.resolve()


def _is_same(file: BinaryIO, stamp: str) -> bool:
    found = os.fstat(file.fileno())
    size, modified = stamp.split(",")
    return found.st_size == int(size) and modified in ("", str(found.st_mtime_ns))


def _open_member(deps: Deps, rest: str, name: str) -> BinaryIO:
    location, _, text = rest.rpartition("#")
    place = parse_place(text)
    archive = open_location(deps, location, name=name)
    if place.method == "stored":
        return cast(BinaryIO, open_window(archive, place, where=name))
    with archive, ExitStack() as opened:
        member = open_place(archive, place, where=name)
        if place.size_bytes <= _MEMORY_BYTES:
            return BytesIO(member.read())
        unpacked = opened.enter_context(tempfile.TemporaryFile(dir=deps.scratch))
        copyfileobj(member, unpacked, _PIECE_BYTES)
        unpacked.seek(0)
        opened.pop_all()  # it stays open
        return cast(BinaryIO, unpacked)
