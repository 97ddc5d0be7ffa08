"""Files of the share that a request for frames names (API v1 contract, tasks-and-data 2)."""

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from msgspec import Struct

from labelwright.deps import Deps
from labelwright.domain.errors import InvalidMedia, NotFound
from labelwright.domain.sentences import Sentence
from labelwright.folders import Entry, Folder, find_below, shown_name
from labelwright.parts.locations import seen
from labelwright.ports import Progress


class ShareFile(Struct, frozen=True):
    """A file of the share. `is_chosen` says that it was named itself, not a folder above it."""

    name: str
    location: str
    is_chosen: bool


def find_share_files(deps: Deps, names: Sequence[str], progress: Progress) -> list[ShareFile]:
    """Return the chosen files, and those below the chosen folders; parents of other choices are dropped.

    A choice may lie behind links as long as it stays in the share; below a folder links are passed over.

    Raises:
        InvalidMedia: there is no share, a path leads out of it or to nothing, or a folder cannot be read.
        Cancelled: a person cancelled.
    """
    if deps.share is None:
        raise InvalidMedia("this server has no share (LABELWRIGHT_SHARE): server_files cannot be used")
    chosen = {"/".join(part for part in name.split("/") if part not in ("", ".")) for name in names}
    found: list[ShareFile] = []
    for name in sorted(name for name in chosen if not any(_is_parent(name, other) for other in chosen)):
        if ".." in PurePosixPath(name).parts:
            raise InvalidMedia("Don't use '..' inside file paths: {name}", name=name)
        try:
            for file in _files(deps.share.resolve(), name):
                progress(0.0, Sentence("Looking for files: {count} so far", count=len(found)))
                found.append(file)
        except OSError as error:
            shown = shown_name(str(error.filename or name))
            raise InvalidMedia(
                "{name} cannot be read: {reason}", name=shown, reason=error.strerror
            ) from error
    return found


def _files(root: Path, name: str) -> Iterator[ShareFile]:
    place = _real_path(root, name)
    with Folder(root) as share:
        entry = share.entry(place) if place else None
    if entry is not None and entry.kind == "file":
        yield _file(name, place, entry, is_chosen=True)
        return
    if entry is not None and entry.kind != "folder":
        raise InvalidMedia("{name} is no file or folder", name=name)
    with Folder(root / place) as folder:
        for below in folder.entries():
            if below.kind == "file":
                yield _file(_joined(name, below.name), _joined(place, below.name), below, is_chosen=False)


def _real_path(root: Path, name: str) -> str:
    """Return where a choice really lies, as a path from the share's root, "" for the root. Raises InvalidMedia."""
    if not name:
        return ""
    try:
        return find_below(root, name).relative_to(root).as_posix()
    except NotFound as error:
        raise InvalidMedia("{name} is not in the share", name=name) from error


def _file(name: str, place: str, entry: Entry, *, is_chosen: bool) -> ShareFile:
    location = seen(f"share:{place}", size_bytes=entry.size_bytes, modified_ns=entry.modified_ns)
    return ShareFile(name, location, is_chosen)


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _is_parent(name: str, other: str) -> bool:
    """Whether path `name` of the share, "" its root, holds the path `other`."""
    return other != name and (not name or other.startswith(f"{name}/"))
