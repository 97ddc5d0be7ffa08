"""Images added to a task that has some: new frames behind the last, in jobs of their own (decision 0021)."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.errors import Conflict, InvalidMedia
from labelwright.domain.frames import frame_step, split_added
from labelwright.domain.operations import Operation
from labelwright.domain.sent_files import sent_prefix
from labelwright.domain.sentences import Sentence, pack
from labelwright.domain.tasks import FrameRow, MediaRequest, Task
from labelwright.domain.users import User
from labelwright.parts.frames import read_frames, some_of
from labelwright.parts.related import related_rows
from labelwright.parts.sent_files import keep_sent, take_sent
from labelwright.parts.sources import Collected, collect, drop_unused
from labelwright.ports import Progress
from labelwright.services import (
    begin_media,
    existing_task,
    finish_operation,
    follow_jobs,
    hand_over,
    hold_operation,
    is_media_running,
    now_utc,
    people_of_task,
    require,
)
from labelwright.storage import Transaction
from labelwright.storage import frames as frames_storage
from labelwright.storage import tasks as storage
from labelwright.storage.uploads import Upload

Item = TypeVar("Item")


class Append(msgspec.Struct, frozen=True, kw_only=True):
    """What to add. With `passes_over`, files whose names are frames already are no mistake: they are passed over."""

    request: MediaRequest
    passes_over: bool = False


def begin_append(deps: Deps, *, user: User, task_id: int) -> Upload:
    """See that the user may add images to the task and that it takes some; return where the files go.

    Raises:
        NotFound, Forbidden: as everywhere.
        Conflict: the task has no frames yet, they are being read, or are of a video or of datasets.
    """
    with deps.database.read() as tx:
        require(access.may_change_task(user, people_of_task(tx, deps, task_id)))
        _require_open(tx, existing_task(tx, task_id))
    return Upload(
        deps.blobs,
        # Not where files for the first frames go: what is left there is deleted when those are made.
        prefix=f"tasks/{task_id}/added/",
        scratch=deps.scratch,
        limits=deps.limits,
    )


def _require_open(tx: Transaction, task: Task) -> None:
    """Raise Conflict unless images can be added to the task now."""
    if is_media_running(tx, task.id):
        raise Conflict("the images of task {task} are still being read", task=task.id)
    if task.media is None or not task.media.size:
        raise Conflict("task {task} has no frames yet: send its data without append", task=task.id)
    if task.media.video is not None:
        raise Conflict("task {task} is of a video: nothing can be added to it", task=task.id)
    request = frames_storage.read_media_request(tx, task.id)
    if request is not None and (request.dataset_ids or request.platform_files):
        raise Conflict(
            "task {task} is of a dataset: add the images there, and have the task read anew", task=task.id
        )


def accept_append(
    deps: Deps, *, user: User, task_id: int, request: MediaRequest, upload: Upload, sent: Sequence[str]
) -> Operation:
    """Take the images on: a worker will make frames of them. `sent` are ids of files that were sent before.

    The quality of pictures and the size of chunks stay the task's, whatever the request says.

    Raises:
        NotFound, Forbidden, Conflict: as `begin_append`.
        Invalid: the request contradicts itself.
    """
    frame_step(request.frame_filter)
    request = replace(
        request,
        client_files=tuple(upload.names),
        uploads=tuple(upload.keys),
        token=secrets.token_hex(8),
    )
    with deps.database.write() as tx:
        storage.lock_task(tx, task_id)
        require(access.may_change_task(user, people_of_task(tx, deps, task_id)))
        _require_open(tx, existing_task(tx, task_id))
        request = take_sent(tx, task_id, sent, request)
        operation = _begin(tx, deps, user, task_id, Append(request=request))
    upload.accepted = True
    hand_over(deps, operation)
    return operation


def append_folder_images(deps: Deps, *, user: User, task: Task, names: Sequence[str]) -> None:
    """Have the images `names`, paths below the folder the task was made of, become frames after its last."""
    with deps.database.write() as tx:
        made_of = frames_storage.read_media_request(tx, task.id)
        assert made_of is not None
        wanted = MediaRequest(folder=made_of.folder, names=tuple(names))
        operation = _begin(tx, deps, user, task.id, Append(request=wanted, passes_over=True))
    hand_over(deps, operation)


def _begin(tx: Transaction, deps: Deps, user: User, task_id: int, append: Append) -> Operation:
    kept = {"append": msgspec.to_builtins(append)}
    return begin_media(tx, deps, task_id=task_id, user=user, request=kept)


def run_append(deps: Deps, operation: Operation, progress: Progress) -> dict[str, object]:
    """Make frames of the images and jobs of those: the work of a `media` operation that asks for it.

    Existing frames and jobs stay as they are; when it fails, all does. Of two that run at once one is first.

    Raises:
        InvalidMedia, InvalidArchive, TooLarge, Invalid: a file cannot be a frame, or one is called as a frame of the
            task is; the message names it.
        Cancelled: a person cancelled.
    """
    assert operation.task_id is not None
    append = msgspec.convert(operation.request["append"], Append)
    progress(0.0, Sentence("Sorting the files"))
    try:
        collected = collect(deps, operation.task_id, append.request, progress)
        result = _add(deps, operation, append, collected, progress)
    except BaseException:
        _drop_leftovers(deps, operation.task_id, append, kept=sent_prefix(operation.task_id))
        raise
    _drop_leftovers(deps, operation.task_id, append)
    return result


def _add(
    deps: Deps, operation: Operation, append: Append, collected: Collected, progress: Progress
) -> dict[str, object]:
    assert operation.task_id is not None
    if collected.video is not None:
        raise InvalidMedia("{name} is a video: only images can be added to a task", name=collected.video[0])
    with deps.database.read() as tx:
        known = _names(tx, existing_task(tx, operation.task_id))
    fresh = _only_fresh(known, append, {name: (name, location) for name, location in collected.images})
    found = read_frames(deps, append.request, fresh, progress) if fresh else None
    notices = [*collected.notices, *(found.notices if found is not None else ())]
    with deps.database.write() as tx:
        storage.lock_task(tx, operation.task_id)
        hold_operation(tx, deps, operation)
        task = existing_task(tx, operation.task_id)
        measured = {} if found is None else {row.name: row for row in found.rows}
        rows = _only_fresh(_names(tx, task), append, measured)
        if rows:
            _write(tx, deps, task, rows, collected)
        keep_sent(tx, task.id, append.request)
        result: dict[str, object] = {"added": len(rows)}
        if notices:
            result["notices"] = [pack(notice) for notice in notices]
        finish_operation(tx, deps, operation, result)
    return result


def _names(tx: Transaction, task: Task) -> set[str]:
    """Return what the frames of the task are called."""
    assert task.media is not None
    return {row.name for row in frames_storage.read_frames(tx, task.media.id)}


def _only_fresh(known: Collection[str], append: Append, named: Mapping[str, Item]) -> list[Item]:
    """Return those, by name, that are no frames yet. Raises InvalidMedia for others, unless they are passed over."""
    taken = [name for name in named if name in known]
    if taken and not append.passes_over:
        raise InvalidMedia(
            "frames of this task are named so already: {names}; rename these files",
            names=some_of(taken),
        )
    return [item for name, item in named.items() if name not in known]


def _write(
    tx: Transaction, deps: Deps, task: Task, measured: Sequence[FrameRow], collected: Collected
) -> None:
    """Give the task the measured frames behind its last, and jobs for them."""
    media = task.media
    assert media is not None
    step = frame_step(media.frame_filter)
    rows = [
        replace(row, frame=frame, source_frame=media.start_frame + frame * step)
        for frame, row in enumerate(measured, start=media.size)
    ]
    frames_storage.write_frames(tx, media.id, rows, replace=False)
    frames_storage.write_related(tx, media.id, related_rows(rows, collected.related))
    segments = split_added(media.size, len(rows), task.segment_size, task.overlap or 0)
    storage.insert_jobs(tx, task.id, segments)
    last = rows[-1]
    frames_storage.update_media(tx, media.id, size=last.frame + 1, stop_frame=last.source_frame)
    storage.update_task(tx, task.id, updated_utc=now_utc(deps))
    follow_jobs(tx, deps, task.id)


def _drop_leftovers(deps: Deps, task_id: int, append: Append, *, kept: str | None = None) -> None:
    """Delete what no frame is made of; files sent before, below `kept`, stay for another try."""
    request = append.request
    with deps.database.read() as tx:
        media = frames_storage.read_media(tx, task_id)
        used = [] if media is None else frames_storage.read_locations(tx, media)
    if kept is not None:
        used += [f"blob:{key}" for key in request.uploads if key.startswith(kept)]
    drop_unused(deps, task_id, request, used)
