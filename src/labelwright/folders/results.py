"""What Labelwright writes into the folder of a dataset: results of its own, replaced as one.

They lie in a results folder that others may write to as well. Beside them lies a manifest, hidden, that says which
files are ours; by it the next results take the place of these, and a reader of the folder finds them.
"""

import ctypes
import errno
import fcntl
import os
import re
import secrets
import stat
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import PurePosixPath

import msgspec
from msgspec import Struct

from labelwright.domain.errors import Conflict
from labelwright.folders import Entry, Folder, shown_name

MANIFEST = ".labelwright.json"
#: Most a manifest may weigh; ours of 200,000 files weighs some 20 MB.
_MANIFEST_BYTES = 256 * 1024 * 1024
_NEW, _OLD = ".new", ".old"
#: When nobody can be at work on it any more, should the file system know no locks.
_ABANDONED_S = 24 * 3600.0
_WAIT_S = 0.2
_RENAME_EXCHANGE = 2


class Manifest(Struct, frozen=True, kw_only=True):
    """What the last results were. `token` is their own; `files` are paths in the results folder, by format.

    `state` is what they were made of: equal states have equal results.
    """

    token: str
    task: int
    state: str
    files: Mapping[str, Sequence[str]]

    def names(self) -> set[str]:
        """Return the paths of all files that are ours, the manifest too."""
        return {MANIFEST, *(name for names in self.files.values() for name in names)}

    def written_as(self, format_name: str) -> Sequence[str]:
        """Return the files an importer of that name reads: `CVAT 1.1` those of `CVAT for images 1.1`."""
        name, _, version = format_name.rpartition(" ")
        for written, names in self.files.items():
            if written == format_name or (written.startswith(f"{name} for ") and written.endswith(version)):
                return names
        return ()


def read_manifest(results: Folder) -> Manifest | None:
    """Return the manifest of a results folder; None without one that makes sense, for others can write it too."""
    try:
        with results.open_file(MANIFEST) as file:
            found = msgspec.json.decode(file.read(_MANIFEST_BYTES), type=Manifest)
    except (OSError, msgspec.DecodeError):
        return None
    return found if all(_is_inside(name) for name in found.names()) else None


def _is_inside(name: str) -> bool:
    return bool(name) and not name.startswith("/") and ".." not in PurePosixPath(name).parts


def files_to_read(
    folder: Folder, *, format_name: str, results_folder: str, most: int
) -> tuple[str, list[Entry]]:
    """Return the files of a dataset's folder to read in that format, sorted by name, and the folder they lie in.

    Results of ours in that format are all there is to read, and lie in `results_folder`; without any, it is
    everything but results of ours, and the folder is "". What begins with a dot is passed over. Of more than `most`
    files one too many is returned.
    """
    ours: set[str] = set()
    found = folder.entry(results_folder)
    if found is not None and found.kind == "folder":
        with Folder(results_folder, parent=folder) as results:
            manifest = read_manifest(results)
            if manifest is not None:
                wanted = (results.entry(name) for name in manifest.written_as(format_name))
                if mine := [entry for entry in wanted if entry is not None and entry.kind == "file"]:
                    return results_folder, sorted(mine, key=lambda entry: entry.name)
                ours = {f"{results_folder}/{name}" for name in manifest.names()}
    kept = (entry for entry in folder.entries() if entry.kind == "file" and entry.name not in ours)
    shown = (entry for entry in kept if not any(part.startswith(".") for part in entry.name.split("/")))
    return "", sorted(islice(shown, most + 1), key=lambda entry: entry.name)


def is_results(name: str, results_folder: str) -> bool:
    """Whether what lies in a dataset's folder under `name` is published there, or about to be: none of its items."""
    first = name.partition("/")[0]
    return first == results_folder or (
        first.startswith(f".{results_folder}.") and first.endswith((_NEW, _OLD))
    )


class NewResults:
    """Results being written beside those they will replace: first their files into `folder`, then `show`."""

    def __init__(self, dataset: Folder, name: str, staged: str, folder: Folder) -> None:
        self._dataset = dataset
        self._name = name
        self._staged = staged
        self.folder = folder

    def show(self, *, task: int, state: str, files: Mapping[str, Sequence[str]]) -> None:
        """Let what was written take the place of the results before, in one step.

        Files of others go along; those we wrote before and do not write now are gone. All is on the disk first: whoever
        looks finds the results before or these, also after the power has failed.

        Raises:
            Conflict: something of others has the name of a folder or file of ours.
        """
        manifest = Manifest(token=_token_of(self._staged), task=task, state=state, files=files)
        kept: dict[str, tuple[int, int]] = {}
        with suppress(FileNotFoundError), Folder(self._name, parent=self._dataset) as before:
            replaced = read_manifest(before)
            os.fchmod(self.folder.descriptor, stat.S_IMODE(os.fstat(before.descriptor).st_mode))
            kept = _keep(before, self.folder, ours=replaced.names() if replaced else {MANIFEST})
        with self.folder.new_file(MANIFEST) as file:
            file.write(msgspec.json.encode(manifest))
        self.folder.sync_all()
        _exchange(self._dataset, self._staged, self._name)
        os.fsync(self._dataset.descriptor)
        for left in (self._staged, _aside(self._staged)):
            _rescue(self._dataset, left, self.folder, kept)


@contextmanager
def new_results(dataset: Folder, name: str, *, wait: Callable[[], None]) -> Iterator[NewResults]:
    """Give an empty folder to write results to that are to replace those in `name`; if they are not shown, it goes.

    One writes at a time to a dataset; `wait` is called a few times a second while another does. What writers that were
    killed left behind is cleared.

    Raises:
        Conflict: `name` is a file or a link: nothing is written through it.
    """
    with _alone(dataset, wait) as is_alone:
        _clear(dataset, name, is_alone=is_alone)
        found = dataset.entry(name)
        if found is not None and found.kind != "folder":
            raise Conflict(
                "{name} in the dataset's folder is a {kind}, not a folder", name=name, kind=found.kind
            )
        staged = f".{name}.{secrets.token_hex(8)}{_NEW}"
        os.mkdir(staged, dir_fd=dataset.descriptor)
        try:
            with Folder(staged, parent=dataset) as folder:
                yield NewResults(dataset, name, staged, folder)
        finally:
            for left in (staged, _aside(staged)):
                dataset.delete_folder(left)


def _aside(staged: str) -> str:
    """Return where results go that were replaced in two steps."""
    return f"{staged.removesuffix(_NEW)}{_OLD}"


def _token_of(staged: str) -> str:
    return staged.rsplit(".", 2)[-2]


@contextmanager
def _alone(dataset: Folder, wait: Callable[[], None]) -> Iterator[bool]:
    """Hold the dataset's folder, as long as this process lives; False where the file system knows no such locks."""
    descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=dataset.descriptor)
    try:
        yield _lock(descriptor, wait)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, wait: Callable[[], None]) -> bool:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            wait()
            time.sleep(_WAIT_S)
        except OSError:
            return False
        else:
            return True


def _clear(dataset: Folder, name: str, *, is_alone: bool) -> None:
    """Clear what writers left that were killed: results half written, or those that were just replaced."""
    form = re.compile(rf"\.{re.escape(name)}\.[0-9a-f]{{16}}({re.escape(_NEW)}|{re.escape(_OLD)})")
    for entry in list(dataset.entries(deep=False)):
        is_left = is_alone or entry.modified_ns < (time.time() - _ABANDONED_S) * 1e9
        if entry.kind != "folder" or not is_left or not form.fullmatch(entry.name):
            continue
        if entry.name.endswith(_OLD) and dataset.entry(name) is None:
            os.rename(entry.name, name, src_dir_fd=dataset.descriptor, dst_dir_fd=dataset.descriptor)
            continue
        with suppress(FileNotFoundError, NotADirectoryError), Folder(name, parent=dataset) as results:
            shown = read_manifest(results)
            if shown is not None and shown.token == _token_of(entry.name):
                _rescue(dataset, entry.name, results, {})
        dataset.delete_folder(entry.name)


def _keep(before: Folder, new: Folder, *, ours: set[str]) -> dict[str, tuple[int, int]]:
    """Give what others put among the results before its place in the new ones; return which files these are.

    Where we write a file of that name, ours stands, as in the original.
    """
    above = {str(folder) for name in ours for folder in PurePosixPath(name).parents}
    kept = {}
    for entry in before.entries():
        if entry.name in ours:
            continue
        there = new.entry(entry.name)
        try:
            if entry.kind == "folder":
                if entry.name not in above:
                    new.make_folder(entry.name)
            elif there is None:
                new.take(entry.name, before)
                kept[entry.name] = entry.identity
            elif there.kind == "folder":
                raise NotADirectoryError
        except NotADirectoryError as error:
            raise Conflict(
                "{name} among the results is in the way; move or rename it", name=shown_name(entry.name)
            ) from error
    return kept


def _rescue(dataset: Folder, left: str, new: Folder, kept: Mapping[str, tuple[int, int]]) -> None:
    """Move on what others put into the results before after we had looked; the rest of them may go."""
    with suppress(FileNotFoundError, NotADirectoryError), Folder(left, parent=dataset) as before:
        replaced, shown = read_manifest(before), read_manifest(new)
        ours = {MANIFEST, *(replaced.names() if replaced else ()), *(shown.names() if shown else ())}
        for entry in before.entries():
            if entry.kind == "folder" or entry.name in ours or kept.get(entry.name) == entry.identity:
                continue
            there = new.entry(entry.name)
            if there is None or entry.name in kept:
                new.delete_file(entry.name)
                new.take(entry.name, before)


def _exchange(dataset: Folder, staged: str, name: str) -> None:
    """Let two folders exchange their names in one step, or, where the system cannot, in two."""
    if dataset.entry(name) is None:
        os.rename(staged, name, src_dir_fd=dataset.descriptor, dst_dir_fd=dataset.descriptor)
        return
    place = dataset.descriptor
    system = ctypes.CDLL(None, use_errno=True)
    exchange = getattr(system, "renameat2", None)
    if exchange is not None:
        if not exchange(place, os.fsencode(staged), place, os.fsencode(name), _RENAME_EXCHANGE):
            return
        number = ctypes.get_errno()
        if number not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
            raise OSError(number, os.strerror(number), name)
    os.rename(name, _aside(staged), src_dir_fd=place, dst_dir_fd=place)
    os.rename(staged, name, src_dir_fd=place, dst_dir_fd=place)
