"""The folders of datasets: what lies in them, whether it changed, and how files come into them.

Others write to the storage root as well, so folders are read without following a link (`labelwright.folders`).
"""

import errno
import hashlib
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath

from msgspec import Struct

from labelwright.domain.catalogue import Item, check_path
from labelwright.domain.errors import Invalid, LabelwrightError, NotFound, StorageFull
from labelwright.domain.signatures import START_BYTES, image_type
from labelwright.folders import Entry, Folder, find_below
from labelwright.folders.results import is_results

#: Below the storage root: the folders that are ours.
OWN = "datasets"
#: What begins like this is being filled. Left behind by a process that was killed, it goes after a day.
_UNFINISHED = ".new-"
_ABANDONED_S = 86_400.0
_FULL = (errno.ENOSPC, errno.EDQUOT)


class Content(Struct, frozen=True):
    """What a dataset's folder holds outside its results folder: `files` by path, and what changes with any of them."""

    files: tuple[Entry, ...]
    fingerprint: str


@contextmanager
def open_dataset(root: Path, storage_path: str) -> Iterator[Folder]:
    """Open the folder of a dataset. Raises NotFound when it is gone, or a link has taken the place of a part of it."""
    with ExitStack() as opened:
        try:
            folder = opened.enter_context(Folder(root.resolve()))
            for part in PurePosixPath(storage_path).parts:
                if part in ("/", ".."):
                    raise FileNotFoundError(storage_path)
                folder = opened.enter_context(Folder(part, parent=folder))
        except OSError as error:
            raise NotFound(
                "the folder {path} of the dataset cannot be read: {reason}",
                path=storage_path,
                reason=error.strerror,
            ) from error
        yield folder


def look(folder: Folder, *, results_folder: str) -> Content:
    """Return what the folder holds, no file opened. Links, devices and names that are no text are passed over."""
    found = sorted(_files(folder, results_folder), key=lambda entry: entry.name)
    digest = hashlib.sha256()
    for entry in found:
        digest.update(f"{entry.name}\0{entry.size_bytes}\0{entry.modified_ns}\n".encode())
    return Content(tuple(found), digest.hexdigest())


def _files(folder: Folder, results_folder: str) -> Iterator[Entry]:
    for entry in folder.entries(deep=False):
        if entry.kind == "folder":
            if not is_results(entry.name, results_folder):
                yield from files_below(folder, entry.name)
        elif entry.kind == "file" and _is_text(entry.name):
            yield entry


def files_below(folder: Folder, name: str) -> Iterator[Entry]:
    """Yield the files in the folder `name` of this one, at any depth; none when there is no such folder."""
    with suppress(FileNotFoundError, NotADirectoryError), Folder(name, parent=folder) as inner:
        for entry in inner.entries():
            if entry.kind == "file" and _is_text(entry.name):
                yield Entry(
                    f"{name}/{entry.name}", "file", entry.size_bytes, entry.modified_ns, entry.identity
                )


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def images_of(folder: Folder, content: Content) -> tuple[Item, ...]:
    """Return the files that are images by their content, each opened for its first bytes."""
    return tuple(
        Item(entry.name, entry.size_bytes) for entry in content.files if image_type_of(folder, entry.name)
    )


def image_type_of(folder: Folder, path: str) -> str:
    """Return the media type of the image at `path`, "" when it is none or cannot be read."""
    try:
        with folder.open_file(path) as file:
            return image_type(file.read(START_BYTES), path)
    except OSError:
        return ""


def existing_folder(root: Path, storage_path: str) -> str:
    """Return the path from the storage root of a folder somebody names: absolute, or from the root.

    Raises:
        Invalid: it is no folder, the root itself, or lies elsewhere, perhaps by way of a link.
    """
    try:
        found = find_below(root, storage_path)
    except NotFound as error:
        raise Invalid(error.message, field="storagePath") from error
    if not found.is_dir():
        raise Invalid("{path} is no folder", path=storage_path, field="storagePath")
    return found.relative_to(root.resolve()).as_posix()


@contextmanager
def filled_folder(root: Path, files: Iterable[tuple[str, Path]]) -> Iterator[Path]:
    """Give a new folder below the root that holds `files`: each is moved to its path from there.

    Unless it was renamed meanwhile it is deleted at the end, and with it what it holds.

    Raises:
        Invalid: a path is not one below a folder, or stands there already.
        StorageFull: the disk is full.
    """
    own = root / OWN
    own.mkdir(exist_ok=True)
    drop_abandoned(own, _UNFINISHED)
    folder = own / f"{_UNFINISHED}{secrets.token_hex(8)}"
    folder.mkdir()
    try:
        for path, file in files:
            check_path(path)
            target = folder / path
            with storing(path):
                target.parent.mkdir(parents=True, exist_ok=True)
                if target.exists():
                    raise Invalid("two files are named {name}; rename one of them", name=path)
                shutil.move(file, target)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def drop_abandoned(parent: Path, prefix: str) -> None:
    """Delete the folders of that beginning nobody has put anything in for a day: killed processes left them."""
    for folder in parent.glob(f"{prefix}*"):
        with suppress(OSError):
            if folder.stat().st_mtime < time.time() - _ABANDONED_S:
                shutil.rmtree(folder, ignore_errors=True)


def add_files(folder: Folder, files: Iterable[tuple[str, Path]]) -> None:
    """Copy `files` to their paths in the folder, all or none.

    Raises:
        Invalid: a path is not one below a folder, or stands there already.
        StorageFull: the disk is full.
    """
    added: list[str] = []
    try:
        for path, file in files:
            check_path(path)
            if folder.entry(path) is not None:
                raise Invalid("there is a file named {name} already", name=path)
            with storing(path), folder.new_file(path) as target, file.open("rb") as source:
                added.append(path)
                shutil.copyfileobj(source, target)
    except (LabelwrightError, OSError):
        for path in added:
            folder.delete_file(path)
        raise


@contextmanager
def storing(path: str) -> Iterator[None]:
    """Say in our words why the file cannot be stored."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull("the disk of the storage root is full: nothing of this was stored") from error
        raise Invalid("{name} cannot be stored: {reason}", name=path, reason=error.strerror) from error


def delete_own(root: Path, storage_path: str) -> None:
    """Delete a folder of ours with all that is in it."""
    shutil.rmtree(root / storage_path, ignore_errors=True)
