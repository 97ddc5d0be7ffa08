"""How a task comes to its frames: uploads, files of the share, folders read in place."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import msgspec

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.errors import Invalid, InvalidMedia
from labelwright.domain.frames import (
    Segment,
    effective_overlap,
    parse_frame_filter,
    select_frames,
    split_frames,
)
from labelwright.domain.operations import Operation
from labelwright.domain.sentences import Sentence
from labelwright.domain.tasks import FrameRow, MediaRequest, Task
from labelwright.domain.users import User
from labelwright.media.chunks import default_chunk_size
from labelwright.media.kinds import is_image, media_kind
from labelwright.ports import Progress
from labelwright.services import (
    existing_task,
    finish_operation,
    hand_over,
    new_operation,
    now_utc,
    people_of_task,
    require,
)
from labelwright.storage import Transaction
from labelwright.storage import frames as frames_storage
from labelwright.storage import operations as operations_storage
from labelwright.storage import tasks as storage
from labelwright.storage.uploads import Upload


def begin_upload(deps: Deps, *, user: User, task_id: int) -> Upload:
    """See that the user may give the task its frames and that it has none; return where the files go.

    Raises:
        NotFound, Forbidden: as everywhere.
        InvalidMedia: the task has data already.
    """
    with deps.database.read() as tx:
        require(access.may_change_task(user, people_of_task(tx, deps, task_id)))
        _require_no_media(existing_task(tx, task_id))
    return Upload(
        deps.blobs,
        prefix=_uploads(task_id),
        scratch=deps.scratch,
        max_mb=deps.limits.max_upload_mb,
        max_files=deps.limits.max_upload_files,
    )


def _require_no_media(task: Task) -> None:
    if task.media is not None:
        raise InvalidMedia("Adding more data is not supported")


def accept_media(
    deps: Deps, *, user: User, task_id: int, request: MediaRequest, upload: Upload | None
) -> None:
    """Take the request on: the task's record of frames exists, and a worker will read them.

    Raises:
        NotFound, Forbidden: as everywhere.
        Invalid: the request contradicts itself, or the task has data already.
    """
    if request.frame_filter:
        parse_frame_filter(request.frame_filter)
    if upload is not None:
        request = msgspec.structs.replace(
            request, client_files=tuple(upload.names), uploads=tuple(upload.keys)
        )
    with deps.database.write() as tx:
        storage.lock_task(tx, task_id)
        require(access.may_change_task(user, people_of_task(tx, deps, task_id)))
        _require_no_media(existing_task(tx, task_id))
        frames_storage.insert_media(tx, task_id, request)
        operation = _media_operation(tx, deps, task_id=task_id, user=user)
    if upload is not None:
        upload.accepted = True
    hand_over(deps, operation)


def _media_operation(
    tx: Transaction, deps: Deps, *, task_id: int, user: User, request: dict[str, object] | None = None
) -> Operation:
    operation = new_operation(
        deps, kind="media", key=_key(task_id), task_id=task_id, user=user, request=request
    )
    operations_storage.insert_operation(tx, operation)
    return operation


def _key(task_id: int) -> str:
    return f"media/{task_id}"


def read_status(deps: Deps, *, user: User, task_id: int) -> Operation | None:
    """Return the operation that makes, or made, the task's frames; None when none is known.

    Raises NotFound, Forbidden.
    """
    with deps.database.read() as tx:
        require(access.may_access_task(user, people_of_task(tx, deps, task_id)))
        return operations_storage.newest_operation(tx, _key(task_id))


def read_media(deps: Deps, operation: Operation, progress: Progress) -> dict[str, object]:
    """Turn what was uploaded or named into the task's frames and jobs: the work of the `media` operation.

    Safe to repeat, and to run twice at once: a task that has its frames is left alone.

    Raises:
        InvalidMedia: a file cannot be a frame, or there are none; the message names it.
        Cancelled: a person cancelled.
    """
    assert operation.task_id is not None
    with deps.database.read() as tx:
        task = existing_task(tx, operation.task_id)
        request = frames_storage.read_media_request(tx, task.id)
    assert task.media is not None
    assert request is not None
    if operation.request.get("append"):
        return _append_names(deps, task, operation, progress)
    if task.media.size:
        return {"size": task.media.size}
    progress(0.0, Sentence("Sorting the files"))
    sources = _collect(deps, task, request)
    if not sources:
        raise InvalidMedia("No media data found")
    step = parse_frame_filter(request.frame_filter) if request.frame_filter else 1
    chosen = select_frames(len(sources), request.start_frame, request.stop_frame, step)
    rows = _measure(deps, [(number, *sources[number]) for number in chosen], progress)
    chunk_size = request.chunk_size or default_chunk_size(*_first_size(deps, sources, rows))
    result: dict[str, object] = {"size": len(rows)}
    with deps.database.write() as tx:
        storage.lock_task(tx, task.id)
        _write_task_media(tx, deps, task, rows, chunk_size=chunk_size, stop_frame=chosen[-1])
        finish_operation(tx, deps, operation, result)
    _drop_other_uploads(deps, task, request)
    return result


def _drop_other_uploads(deps: Deps, task: Task, request: MediaRequest) -> None:
    """Delete what uploads that never came to their end left: the task takes no more of them."""
    deps.blobs.delete(sorted(set(deps.blobs.list_keys(_uploads(task.id))) - set(request.uploads)))


def _uploads(task_id: int) -> str:
    return f"tasks/{task_id}/uploads/"


Source = tuple[str, str]
"""Name and location of a file that will be a frame."""


def _collect(deps: Deps, task: Task, request: MediaRequest) -> list[Source]:
    """Return every image of the request, by name in the order of code points (contract, 4)."""
    found: list[Source] = []
    if request.folder is not None:
        folder = Path(request.folder)
        found += [(name, f"file:{folder / name}") for name in request.names]
    for name, key in zip(request.client_files, request.uploads, strict=True):
        found.append((name, f"blob:{key}"))
    if request.server_files:
        found += _share_files(
            deps, request.server_files, copy_to=f"tasks/{task.id}/share/" if request.copy_data else None
        )
    images = sorted((name, location) for name, location in found if is_image(name))
    names = [name for name, _ in images]
    if len(set(names)) != len(names):
        twice = next(name for index, name in enumerate(names[1:]) if names[index] == name)
        raise InvalidMedia("two files are named {twice}; rename one of them", twice=twice)
    return images


def _share_files(deps: Deps, names: Sequence[str], *, copy_to: str | None) -> list[Source]:
    """Return the chosen files of the share, folders expanded, parents of other choices dropped (contract, 2)."""
    if deps.share is None:
        raise InvalidMedia("this server has no share (LABELWRIGHT_SHARE): server_files cannot be used")
    root = deps.share.resolve()
    chosen = [name.lstrip("/").rstrip("/") for name in names]
    chosen = [name for name in chosen if not any(_is_parent(name, other) for other in chosen)]
    found: dict[str, Path] = {}
    for name in chosen:
        if ".." in Path(name).parts:
            raise InvalidMedia("Don't use '..' inside file paths: {name}", name=name)
        path = (root / name).resolve()
        if not path.is_relative_to(root) or not path.exists():
            raise InvalidMedia("{name} is not in the share", name=name)
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and is_image(file.name) and file.resolve().is_relative_to(root):
                found[PurePosixPath(name, file.relative_to(path)).as_posix()] = file
    if copy_to is None:
        return [(name, f"file:{path}") for name, path in found.items()]
    for index, path in enumerate(found.values()):
        deps.blobs.put_file(f"{copy_to}{index:06d}", path)
    return [(name, f"blob:{copy_to}{index:06d}") for index, name in enumerate(found)]


def _is_parent(name: str, other: str) -> bool:
    """Whether path `name` of the share, "" its root, holds the path `other`."""
    return other != name and (not name or other.startswith(f"{name}/"))


def _measure(deps: Deps, chosen: Sequence[tuple[int, str, str]], progress: Progress) -> list[FrameRow]:
    """Read the size of each chosen image; a file that is no whole image ends it with a sentence."""
    rows = []
    for index, (number, name, location) in enumerate(chosen):
        sentence = Sentence("Reading images: {done} of {count}", done=index, count=len(chosen))
        progress(index / len(chosen), sentence)
        width, height = _image_size(deps, name, location)
        rows.append(FrameRow(index, number, name, width, height, location))
    return rows


def _image_size(deps: Deps, name: str, location: str) -> tuple[int, int]:
    # The codecs are imported by those who decode, so that the API starts without them.
    from labelwright.media.images import read_image_size

    scheme, _, rest = location.partition(":")
    path = Path(rest) if scheme == "file" else deps.blobs.local_path(rest)
    source: Path | bytes = deps.blobs.get(rest) if path is None else path
    try:
        size = read_image_size(source, name=name, max_megapixels=deps.limits.max_image_megapixels)
    except OSError as error:
        raise InvalidMedia("{name} cannot be read: {reason}", name=name, reason=error.strerror) from error
    return size.width, size.height


def _first_size(deps: Deps, sources: Sequence[Source], rows: Sequence[FrameRow]) -> tuple[int, int]:
    """Return the size of source image 0, which decides the chunk size (contract, 6.1), chosen or not."""
    if rows[0].source_frame == 0:
        return rows[0].width, rows[0].height
    return _image_size(deps, *sources[0])


def _write_task_media(
    tx: Transaction, deps: Deps, task: Task, rows: Sequence[FrameRow], *, chunk_size: int, stop_frame: int
) -> None:
    assert task.media is not None
    frames_storage.write_frames(tx, task.media.id, rows, replace=True)
    overlap = effective_overlap(len(rows), task.segment_size, task.overlap, "annotation")
    storage.delete_jobs(tx, task.id)
    storage.insert_jobs(tx, task.id, split_frames(len(rows), task.segment_size, overlap))
    frames_storage.update_media(
        tx, task.media.id, size=len(rows), chunk_size=chunk_size, stop_frame=stop_frame
    )
    storage.update_task(tx, task.id, mode="annotation", overlap=overlap, updated_utc=now_utc(deps))


# Folders opened with `labelwright up FOLDER`


def folder_images(folder: Path) -> list[str]:
    """Return the images below `folder` as paths from it, in the order of code points; hidden ones passed over.

    Raises:
        Invalid: a name is not UTF-8, so that no client could ask for it.
    """
    paths = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    names = sorted(
        path.as_posix()
        for path in paths
        if media_kind(path.name) == "image" and not any(part.startswith(".") for part in path.parts)
    )
    for name in names:
        shown = name.encode(errors="replace").decode()
        if shown != name:
            raise Invalid(
                "the file name {shown} in {folder} is not UTF-8; rename it", shown=shown, folder=folder
            )
    return names


def open_folder(deps: Deps, *, user: User, folder: Path) -> tuple[Task, list[str]]:
    """Return the task of `folder`, made when there is none, and the images that came into it since.

    Images are read where they lie; nothing is copied. When they could not be read the last time, they are
    tried again as they are now.

    Raises:
        Invalid: the folder is missing or holds no image, or a file's name is not UTF-8.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise Invalid("{folder} is no folder", folder=folder)
    names = folder_images(folder)
    with deps.database.write() as tx:
        task = storage.find_folder_task(tx, str(folder))
        if task is not None and not _is_to_try_again(tx, task):
            return task, _unknown_names(tx, task, names)
        if not names:
            raise Invalid("there is no image in {folder}", folder=folder)
        task = _write_folder_task(tx, deps, task, user=user, folder=folder, names=names)
        operation = _media_operation(tx, deps, task_id=task.id, user=user)
    hand_over(deps, operation)
    return task, []


def _is_to_try_again(tx: Transaction, task: Task) -> bool:
    """Whether the folder's task has no frames and nobody is at work on them."""
    assert task.media is not None
    operation = operations_storage.newest_operation(tx, _key(task.id))
    return not task.media.size and (operation is None or not operation.is_running)


def _unknown_names(tx: Transaction, task: Task, names: Sequence[str]) -> list[str]:
    """Return those of `names` that are no frames of the task, and will not be once it is made."""
    assert task.media is not None
    known = {row.name for row in frames_storage.read_frames(tx, task.media.id)}
    request = frames_storage.read_media_request(tx, task.id)
    known |= set(request.names if request else ())
    return [name for name in names if name not in known]


def _write_folder_task(
    tx: Transaction, deps: Deps, task: Task | None, *, user: User, folder: Path, names: Sequence[str]
) -> Task:
    """Have the task of the folder, made when it is None, ask for the images `names`."""
    request = MediaRequest(folder=str(folder), names=tuple(names))
    if task is not None:
        assert task.media is not None
        frames_storage.update_media(tx, task.media.id, request=msgspec.json.encode(request).decode())
        return task
    task_id = storage.insert_task(
        tx,
        name=folder.name or str(folder),
        owner_id=user.id,
        assignee_id=None,
        bug_tracker="",
        subset="",
        overlap=None,
        segment_size=0,
        now_utc=now_utc(deps),
        folder=str(folder),
    )
    frames_storage.insert_media(tx, task_id, request)
    return existing_task(tx, task_id)


def append_folder_images(deps: Deps, *, user: User, task: Task, names: Sequence[str]) -> None:
    """Have the images `names`, paths below the task's folder, become frames after its last: a job of their own."""
    with deps.database.write() as tx:
        operation = _media_operation(tx, deps, task_id=task.id, user=user, request={"append": list(names)})
    hand_over(deps, operation)


def _append_names(deps: Deps, task: Task, operation: Operation, progress: Progress) -> dict[str, object]:
    """Add frames after the last, in a new job; existing frames and jobs stay as they are.

    Two of these may run at once: each image is a frame once.
    """
    with deps.database.read() as tx:
        request = frames_storage.read_media_request(tx, task.id)
        fresh = _frameless(tx, task, operation.request["append"])
    assert request is not None
    assert request.folder is not None
    folder = Path(request.folder)
    sources = [(index, name, f"file:{folder / name}") for index, name in enumerate(fresh)]
    measured = {row.name: row for row in _measure(deps, sources, progress)}
    with deps.database.write() as tx:
        storage.lock_task(tx, task.id)
        media = existing_task(tx, task.id).media
        assert media is not None
        rows = [
            msgspec.structs.replace(measured[name], frame=frame, source_frame=frame)
            for frame, name in enumerate(_frameless(tx, task, fresh), start=media.size)
        ]
        if rows:
            last = rows[-1].frame
            frames_storage.write_frames(tx, media.id, rows, replace=False)
            storage.insert_jobs(tx, task.id, [Segment(media.size, last)])
            frames_storage.update_media(tx, media.id, size=last + 1, stop_frame=last)
            storage.update_task(tx, task.id, updated_utc=now_utc(deps))
        result: dict[str, object] = {"size": media.size + len(rows)}
        finish_operation(tx, deps, operation, result)
    return result


def _frameless(tx: Transaction, task: Task, names: Sequence[str]) -> list[str]:
    """Return those of `names` that are no frames of the task yet."""
    assert task.media is not None
    known = {row.name for row in frames_storage.read_frames(tx, task.media.id)}
    return [name for name in names if name not in known]
