"""Folders opened with `labelwright up FOLDER`: a task each, whose images are read where they lie."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from labelwright.deps import Deps
from labelwright.domain.errors import Invalid
from labelwright.domain.tasks import MediaRequest, Task
from labelwright.domain.users import User
from labelwright.media.kinds import media_kind
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
            raise Invalid(
                "there is no image in {folder}; of a video make a task in the browser, after `labelwright up`",
                folder=folder,
            )
        task = _write_folder_task(tx, deps, task, user=user, folder=folder, names=names)
        operation = begin_media(tx, deps, task_id=task.id, user=user)
    hand_over(deps, operation)
    return task, []


def _is_to_try_again(tx: Transaction, task: Task) -> bool:
    """Whether the folder's task has no frames and nobody is at work on them."""
    assert task.media is not None
    return not task.media.size and not is_media_running(tx, task.id)


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
