"""How a task comes to its frames: uploads, files of the share, images of datasets."""

import secrets
from collections.abc import Sequence
from contextlib import suppress

import msgspec

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.errors import InvalidMedia, NotFound
from labelwright.domain.frames import Mode, effective_overlap, frame_step, split_frames
from labelwright.domain.operations import Operation
from labelwright.domain.sentences import Sentence, pack
from labelwright.domain.tasks import MediaRequest, Task
from labelwright.domain.users import User
from labelwright.parts.chunks import chunk_frames, keep_first
from labelwright.parts.frames import ReadFrames, read_frames, task_frames
from labelwright.parts.places import Places, bind_datasets, find_images, find_places
from labelwright.parts.related import related_rows
from labelwright.parts.sent_files import keep_sent, take_sent
from labelwright.parts.sources import Collected, collect, drop_unused
from labelwright.parts.videos import read_video, video_folder
from labelwright.ports import Progress
from labelwright.services import (
    begin_media,
    existing_task,
    finish_operation,
    hand_over,
    hold_operation,
    is_media_running,
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
        InvalidMedia: the task has data already, or somebody is at work on them.
    """
    with deps.database.read() as tx:
        require(access.may_change_task(user, people_of_task(tx, deps, task_id)))
        _require_no_media(tx, existing_task(tx, task_id))
    return Upload(
        deps.blobs,
        prefix=_uploads(task_id),
        scratch=deps.scratch,
        limits=deps.limits,
    )


def _require_no_media(tx: Transaction, task: Task) -> None:
    """Raise InvalidMedia unless the task may be given frames: it has none, and nobody is at work on them."""
    if task.media is not None and (task.media.size or is_media_running(tx, task.id)):
        raise InvalidMedia("Adding more data is not supported")


def _sent_before(tx: Transaction, task_id: int, request: MediaRequest) -> MediaRequest:
    """Return a request that names nothing with the files of the one before, which made no frames."""
    before = frames_storage.read_media_request(tx, task_id)
    names = (request.client_files, request.server_files, request.remote_files)
    if before is None or any((*names, request.dataset_ids, request.platform_files)):
        return request
    return msgspec.structs.replace(request, client_files=before.client_files, uploads=before.uploads)


def accept_media(
    deps: Deps,
    *,
    user: User,
    task_id: int,
    request: MediaRequest,
    upload: Upload | None,
    sent: Sequence[str] = (),
) -> MediaRequest:
    """Take the request on: the task's record of frames exists, and a worker will read them. Return it whole.

    `sent` are the ids of files that were sent before. What was asked for before, and could not be read, is forgotten;
    but a request that names nothing is for the files that were uploaded then.

    Raises:
        NotFound, Forbidden: as everywhere.
        Invalid: the request contradicts itself, or the task has data already.
    """
    frame_step(request.frame_filter)
    if upload is not None:
        request = msgspec.structs.replace(
            request, client_files=tuple(upload.names), uploads=tuple(upload.keys)
        )
    with deps.database.write() as tx:
        storage.lock_task(tx, task_id)
        require(access.may_change_task(user, people_of_task(tx, deps, task_id)))
        _require_no_media(tx, existing_task(tx, task_id))
        request = _sent_before(tx, task_id, take_sent(tx, task_id, sent, request))
        request = msgspec.structs.replace(request, token=secrets.token_hex(8))
        frames_storage.delete_media(tx, task_id)
        frames_storage.insert_media(tx, task_id, request)
        operation = begin_media(tx, deps, task_id=task_id, user=user)
    if upload is not None:
        upload.accepted = True
    hand_over(deps, operation)
    return request


def read_media(deps: Deps, operation: Operation, progress: Progress) -> dict[str, object]:
    """Turn what was uploaded or named into the task's frames and jobs: the work of the `media` operation.

    Safe to repeat, and to run twice at once: a task that has its frames is left alone. Of a dataset's task the
    operation goes on: the annotations that the dataset has are taken over next. When it fails, what was uploaded stays
    for another try, and nothing else.

    Raises:
        InvalidMedia, InvalidArchive, TooLarge, Invalid: a file cannot be a frame, or there are none; the message names
            it. Or a dataset or its folder cannot be used.
        Unreachable: the catalogue of datasets did not answer.
        Cancelled: a person cancelled.
    """
    assert operation.task_id is not None
    with deps.database.read() as tx:
        task = existing_task(tx, operation.task_id)
        request = frames_storage.read_media_request(tx, task.id)
    assert task.media is not None
    assert request is not None
    if task.media.size:
        return {"size": task.media.size}
    progress(0.0, Sentence("Sorting the files"))
    bind_datasets(deps, request, task_id=task.id)
    places = find_places(deps, request)
    try:
        if places.folders:
            collected = Collected(find_images(deps, places, progress))
        else:
            collected = collect(deps, task.id, request, progress)
        if collected.video is not None:
            return _take_video(deps, operation, task, request, collected, progress)
        return _take_images(deps, operation, task, request, collected, places, progress)
    finally:
        _tidy(deps, task.id, request)


def _take_images(
    deps: Deps,
    operation: Operation,
    task: Task,
    request: MediaRequest,
    collected: Collected,
    places: Places,
    progress: Progress,
) -> dict[str, object]:
    """Give the task the frames that are chosen of its images."""
    found = read_frames(deps, request, collected.images, progress)
    result = _result(len(found.rows), (*collected.notices, *found.notices))
    with deps.database.write() as tx:
        storage.lock_task(tx, task.id)
        hold_operation(tx, deps, operation)
        keep_sent(tx, task.id, request)
        _write_task_media(tx, deps, existing_task(tx, task.id), found, collected, places)
        if not places.datasets:
            finish_operation(tx, deps, operation, result)
    return result


def _take_video(
    deps: Deps,
    operation: Operation,
    task: Task,
    request: MediaRequest,
    collected: Collected,
    progress: Progress,
) -> dict[str, object]:
    """Give the task the frames of its video, and have every frame of it hashed by another operation."""
    assert task.media is not None
    assert collected.video is not None
    found = read_video(deps, task.media, request, collected.video, progress)
    size = len(found.chosen)
    result = _result(size, collected.notices)
    with deps.database.write() as tx:
        storage.lock_task(tx, task.id)
        hold_operation(tx, deps, operation)
        keep_sent(tx, task.id, request)
        values = {
            "chunk_size": found.chunk_size,
            "stop_frame": found.chosen[-1],
            "compressed_type": found.compressed_type,
            "video": msgspec.json.encode(found.video).decode(),
        }
        frames_storage.update_media(tx, task.media.id, size=size, **values)
        _write_jobs(tx, deps, existing_task(tx, task.id), size, "interpolation")
        hashing = new_operation(
            deps, kind="hash", key=f"hash/{task.media.id}", task_id=task.id, user_id=operation.user_id
        )
        operations_storage.insert_operation(tx, hashing)
        finish_operation(tx, deps, operation, result)
    _keep_first(deps, task.id)
    hand_over(deps, hashing)
    return result


def _keep_first(deps: Deps, task_id: int) -> None:
    """Make the preview and the first chunk of a video while its decoder stands there."""
    with suppress(NotFound):  # deleted meanwhile
        with deps.database.read() as tx:
            media = existing_task(tx, task_id).media
            assert media is not None
            rows = task_frames(tx, media, last=chunk_frames(media, 0)[-1])
        keep_first(deps, media, rows)


def _result(size: int, notices: Sequence[Sentence]) -> dict[str, object]:
    return {"size": size} | ({"notices": [pack(notice) for notice in notices]} if notices else {})


def _tidy(deps: Deps, task_id: int, request: MediaRequest) -> None:
    """Delete what came of the request's files and is no frame's; what was sent stays until there are frames."""
    with deps.database.read() as tx:
        media = frames_storage.read_media(tx, task_id)
        used = [] if media is None else frames_storage.read_locations(tx, media)
    sent = deps.blobs.list_keys(_uploads(task_id)) if used else []
    if not used and media is not None:
        used = [f"blob:{key}" for key in request.uploads]
        deps.blobs.delete_folder(video_folder(media))
    drop_unused(deps, task_id, request, used)
    # Of uploads that never came to their end, or of earlier tries.
    deps.blobs.delete(sorted(set(sent) - set(request.uploads)))


def _uploads(task_id: int) -> str:
    return f"tasks/{task_id}/uploads/"


def _write_task_media(
    tx: Transaction, deps: Deps, task: Task, found: ReadFrames, collected: Collected, places: Places
) -> None:
    """Give the task its frames and jobs, unless another worker came first."""
    assert task.media is not None
    if task.media.size:
        return
    size = len(found.rows)
    frames_storage.write_frames(tx, task.media.id, found.rows, replace=True)
    frames_storage.write_related(tx, task.media.id, related_rows(found.rows, collected.related))
    frames_storage.update_media(
        tx, task.media.id, size=size, chunk_size=found.chunk_size, stop_frame=found.stop_frame
    )
    annotation_type = task.annotation_type or places.annotation_type
    _write_jobs(tx, deps, task, size, "annotation", annotation_type=annotation_type, **places.values)


def _write_jobs(tx: Transaction, deps: Deps, task: Task, size: int, mode: Mode, **values: object) -> None:
    """Cut the task's frames into jobs, and keep `values` of it."""
    overlap = effective_overlap(size, task.segment_size, task.overlap, mode)
    storage.delete_jobs(tx, task.id)
    storage.insert_jobs(tx, task.id, split_frames(size, task.segment_size, overlap))
    storage.update_task(tx, task.id, mode=mode, overlap=overlap, updated_utc=now_utc(deps), **values)
