"""What `labelwright up PATH` opens: a folder of images, or one video, archive or PDF, read where it lies."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from labelwright.deps import Deps
from labelwright.domain.errors import Invalid
from labelwright.domain.tasks import MediaRequest, Task
from labelwright.domain.users import User
from labelwright.media.contents import START_BYTES, recognise
from labelwright.media.kinds import MediaKind, is_unread_picture, media_kind
from labelwright.services import (
    begin_media,
    existing_task,
    hand_over,
    is_media_running,
    now_utc,
)
from labelwright.storage import Transaction
from labelwright.storage import frames as frames_storage
from labelwright.storage import tasks as storage

#: Kinds of which one file is a whole task.
_SINGLES: frozenset[MediaKind] = frozenset(("video", "zip", "archive", "pdf"))


class Opened(Struct, frozen=True, kw_only=True):
    """The task of a folder or file, and what else lies there; names are paths below the folder.

    `count` is how many frames it has, or will have as far as that can be told, else 0. `single` is the video, archive
    or PDF that it is of, "" of images. `fresh` are images that came since, `left_out` what the task is not made of.
    """

    task: Task
    count: int
    single: str
    fresh: Sequence[str] = ()
    left_out: Sequence[str] = ()


class _Place(Struct, frozen=True):
    """What there is to label in `folder`; `singles` with their kinds, by name."""

    folder: Path
    images: list[str]
    singles: Mapping[str, MediaKind]

    @property
    def names(self) -> set[str]:
        return {*self.images, *self.singles}


def open_folder(deps: Deps, *, user: User, path: Path) -> Opened:
    """Return the task of a folder, or of one file, made when there is none.

    In a folder its images are meant; where there are none, the one video, or else the one archive or PDF. All are read
    where they lie; nothing is copied. When they could not be read the last time, they are tried again as they are now.

    Raises:
        Invalid: there is nothing at `path`, nothing to label, or nobody can say which file is meant; or a file's name
            is not UTF-8.
    """
    path = path.resolve()
    place = _look(path)
    with deps.database.write() as tx:
        task = storage.find_folder_task(tx, str(path))
        if task is not None and not _is_to_try_again(tx, task):
            return _as_it_is(tx, task, place)
        names = _chosen(place, path)
        request = MediaRequest(
            folder=str(place.folder), names=tuple(names), use_zip_chunks=bool(place.singles.keys() & names)
        )
        task = _write_folder_task(tx, deps, task, user=user, path=path, request=request)
        operation = begin_media(tx, deps, task_id=task.id, user=user)
    hand_over(deps, operation)
    return _opened(task, request, left_out=place.names.difference(names))


def _look(path: Path) -> _Place:
    """Return what there is at `path`: of a folder, all below it whose names are not hidden.

    Of what is found in a folder the content must be that of its name: a `.ts` is seldom a video. A file that is named
    says by its name what it is, and fails by name if it is not.
    """
    if path.is_file():
        kind = media_kind(path.name)
        _require_utf8(path.parent, [path.name])
        if kind in _SINGLES:
            return _Place(path.parent, [], {path.name: kind})
        return _Place(path.parent, [path.name] if kind == "image" else [], {})
    if not path.is_dir():
        raise Invalid("{path} is no folder and no file", path=path)
    images: list[str] = []
    singles: dict[str, MediaKind] = {}
    found = ((each, each.relative_to(path)) for each in path.rglob("*"))
    for each, below in sorted(found, key=lambda pair: pair[1].as_posix()):
        if any(part.startswith(".") for part in below.parts) or not each.is_file():
            continue
        kind = media_kind(each.name)
        if kind == "image":
            images.append(below.as_posix())
        elif kind in _SINGLES and _holds(each, kind):
            singles[below.as_posix()] = kind
    _require_utf8(path, images)
    return _Place(path, images, singles)


def _holds(path: Path, kind: MediaKind) -> bool:
    """Whether the file begins as one of its kind that is read. One that cannot be opened is left to its reader."""
    try:
        found = recognise(_start_of(path))
    except OSError:
        return True
    packed = ("zip", "archive")
    return (
        found is not None
        and found.refused is None
        and (found.kind == kind or (found.kind in packed and kind in packed))
    )


def _is_read(path: Path) -> bool:
    """Whether the file is no picture of a kind that is not read; what cannot be opened is left to its reader."""
    try:
        return not is_unread_picture(path.name, _start_of(path))
    except OSError:
        return True


def _start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(START_BYTES)


def _require_utf8(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        shown = name.encode(errors="replace").decode()
        if shown != name:
            raise Invalid(
                "the file name {shown} in {folder} is not UTF-8; rename it", shown=shown, folder=folder
            )


def _chosen(place: _Place, path: Path) -> list[str]:
    """Return what the task of a place is made of. Raises Invalid: there is nothing, or nobody can say."""
    if place.images:
        return place.images
    videos = [name for name, kind in place.singles.items() if kind == "video"]
    for names in (videos, list(place.singles)):
        if len(names) == 1:
            _require_utf8(place.folder, names)
            return names
    if not place.singles:
        raise Invalid("there is no image, video, archive or PDF in {path}", path=path)
    raise Invalid(
        "there is no image in {folder}, but {count} videos, archives or PDFs: give one of them, such as {path}",
        folder=place.folder,
        count=len(place.singles),
        path=place.folder / next(iter(videos or place.singles)),
    )


def _as_it_is(tx: Transaction, task: Task, place: _Place) -> Opened:
    """Return a task that was opened before, and what of the place is no frame of it and will not be."""
    assert task.media is not None
    request = frames_storage.read_media_request(tx, task.id)
    if request is None or request.folder is None:  # somebody gave it other files
        return _opened(task, MediaRequest())
    known = {row.name for row in frames_storage.read_frames(tx, task.media.id)}
    known.update(request.names)
    unknown = [
        name
        for name in (*place.images, *place.singles)
        if name not in known and _is_read(place.folder / name)
    ]
    if _single_of(request):
        return _opened(task, request, left_out=unknown)
    return _opened(
        task,
        request,
        fresh=[name for name in unknown if name not in place.singles],
        left_out=[name for name in unknown if name in place.singles],
    )


def _single_of(request: MediaRequest) -> str:
    """Return the video, archive or PDF that a request of `open_folder` is for, "" when it is for images."""
    return next((name for name in request.names if media_kind(name) in _SINGLES), "")


def _opened(
    task: Task, request: MediaRequest, *, fresh: Sequence[str] = (), left_out: Iterable[str] = ()
) -> Opened:
    assert task.media is not None
    single = _single_of(request)
    count = task.media.size or (0 if single else len(request.names))
    return Opened(task=task, count=count, single=single, fresh=fresh, left_out=sorted(left_out))


def _is_to_try_again(tx: Transaction, task: Task) -> bool:
    """Whether the folder's task has no frames and nobody is at work on them."""
    assert task.media is not None
    return not task.media.size and not is_media_running(tx, task.id)


def _write_folder_task(
    tx: Transaction, deps: Deps, task: Task | None, *, user: User, path: Path, request: MediaRequest
) -> Task:
    """Have the task of `path`, made when it is None, ask for its frames."""
    if task is not None:
        assert task.media is not None
        frames_storage.update_media(tx, task.media.id, request=msgspec.json.encode(request).decode())
        return task
    task_id = storage.insert_task(
        tx,
        name=path.name or str(path),
        owner_id=user.id,
        assignee_id=None,
        bug_tracker="",
        subset="",
        overlap=None,
        segment_size=0,
        now_utc=now_utc(deps),
        folder=str(path),
    )
    frames_storage.insert_media(tx, task_id, request)
    return existing_task(tx, task_id)
