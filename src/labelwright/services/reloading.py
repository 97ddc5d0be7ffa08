"""The frames of a task read anew from its dataset, which has changed: what people did is carried over."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.annotations import SERIES, Series, Tally, number_objects, to_docs
from labelwright.domain.errors import Conflict
from labelwright.domain.frames import Segment, effective_overlap, split_frames
from labelwright.domain.labels import AttributeRules, attribute_rules
from labelwright.domain.operations import Operation
from labelwright.domain.reloads import Reload, match_frames
from labelwright.domain.tasks import Job, MediaRequest, Task
from labelwright.domain.users import User
from labelwright.parts.frames import ReadFrames, read_frames
from labelwright.parts.places import Places, find_images, find_places
from labelwright.ports import Progress
from labelwright.services import (
    begin_media,
    existing_task,
    finish_operation,
    follow_jobs,
    hand_over,
    hold_operation,
    media_key,
    now_utc,
    people_of_task,
    require,
)
from labelwright.storage import Transaction
from labelwright.storage import annotations as annotations_storage
from labelwright.storage import events as events_storage
from labelwright.storage import frames as frames_storage
from labelwright.storage import operations as operations_storage
from labelwright.storage import reviews as reviews_storage
from labelwright.storage import tasks as storage
from labelwright.storage.heirs import bequeath

Rules = Mapping[int, AttributeRules]


class _Work(Struct, frozen=True):
    """What the carrying over works on. `jobs` are those of the new segments, in order; `revisions` are of all jobs."""

    task: Task
    reload: Reload
    jobs: Sequence[Job]
    revisions: dict[int, int]
    rules: Rules
    #: How many objects each job lost with their images.
    gone: dict[int, int]


def accept_reload(deps: Deps, *, user: User, task_id: int) -> Operation:
    """Have the frames of the task read anew; return the operation that does it, which may be at work already.

    Raises:
        NotFound, Forbidden: as everywhere.
        Conflict: the task was not made of a dataset, or its frames are being read for the first time.
    """
    with deps.database.write() as tx:
        storage.lock_task(tx, task_id)
        require(access.may_change_task(user, people_of_task(tx, deps, task_id)))
        running = _running_reload(tx, task_id)
        if running is not None:
            return running
        operation = begin_media(tx, deps, task_id=task_id, user=user, request={"reload": True})
    hand_over(deps, operation)
    return operation


def _running_reload(tx: Transaction, task_id: int) -> Operation | None:
    """Return the reload that is at work, None where one can begin. Raises Conflict where none can."""
    request = frames_storage.read_media_request(tx, task_id)
    if request is None or not (request.dataset_ids or request.platform_files):
        raise Conflict("task {task} was not made of a dataset: there is nothing to read anew", task=task_id)
    known = operations_storage.newest_operation(tx, media_key(task_id))
    if known is not None and known.is_running:
        if known.request.get("reload"):
            return known
        raise Conflict("the images of task {task} are still being read", task=task_id)
    if not frames_storage.read_origin(tx, task_id).size:
        raise Conflict("task {task} has no frames yet: send its data again", task=task_id)
    return None


def follow_dataset(deps: Deps, *, user: User, task_id: int, tag: str) -> None:
    """Have the frames read anew because the dataset is at `tag` now, where the settings say so; once for each tag."""
    if not deps.platform.reload_changed_datasets:
        return
    with deps.database.write() as tx:
        storage.lock_task(tx, task_id)
        known = operations_storage.newest_operation(tx, media_key(task_id))
        if known is None or known.is_running or known.request.get("tag") == tag:
            return
        operation = begin_media(tx, deps, task_id=task_id, user=user, request={"reload": True, "tag": tag})
    hand_over(deps, operation)


def run_reload(deps: Deps, operation: Operation, progress: Progress) -> dict[str, Any]:
    """Read the frames anew and carry over what people did: the work of a `media` operation that asks for it.

    All is done, and the operation ended, in one transaction, so it is done once, whole, and not at all when it fails.
    Saves that come before it are carried over; those that come after it find the revisions of all jobs raised.

    Raises:
        InvalidMedia: as `media.read_media`; everything stays as it was.
        Unreachable: the catalogue of datasets did not answer.
        Cancelled: a person cancelled.
    """
    assert operation.task_id is not None
    with deps.database.read() as tx:
        task = existing_task(tx, operation.task_id)
        request = frames_storage.read_media_request(tx, task.id)
    assert task.media is not None
    assert request is not None
    places = find_places(deps, request)
    found = read_frames(deps, request, find_images(deps, places, progress), progress)
    with deps.database.write() as tx:
        storage.lock_task(tx, task.id)
        hold_operation(tx, deps, operation)
        result = _exchange_frames(tx, deps, operation, existing_task(tx, task.id), request, found, places)
        finish_operation(tx, deps, operation, result)
    deps.cache.forget(f"{task.media.id}/")
    return result


def _exchange_frames(
    tx: Transaction,
    deps: Deps,
    operation: Operation,
    task: Task,
    request: MediaRequest,
    found: ReadFrames,
    places: Places,
) -> dict[str, Any]:
    """Put the frames `found` in the place of the task's, with all that hangs on them; return what became of it."""
    assert task.media is not None
    size = len(found.rows)
    overlap = effective_overlap(size, task.segment_size, task.overlap, "annotation")
    before = frames_storage.read_frames(tx, task.media.id)
    reload = Reload(match_frames(before, found.rows), split_frames(size, task.segment_size, overlap))
    work = _divide(tx, task, reload)
    gone: dict[str, int] = {series: _carry_objects(tx, work, series) for series in SERIES}
    gone["issues"] = _carry_issues(tx, work)
    _end_surplus(tx, deps, operation, work)
    _exchange_media(tx, task, request, found, reload)
    storage.update_task(
        tx,
        task.id,
        overlap=overlap,
        updated_utc=now_utc(deps),
        annotation_type=task.annotation_type or places.annotation_type,
        **places.values,
    )
    follow_jobs(tx, deps, task.id)
    kept = len(reload.places)
    return {"size": size, "added": size - kept, "removed": len(before) - kept, "gone": gone}


def _divide(tx: Transaction, task: Task, reload: Reload) -> _Work:
    """Give the jobs their new frames, add those that lack, and raise the revisions of all."""
    for job, segment in zip(task.jobs, reload.segments, strict=False):
        storage.update_job(tx, job.id, first_frame=segment.first, last_frame=segment.last)
    storage.insert_jobs(tx, task.id, reload.segments[len(task.jobs) :])
    every = storage.list_jobs(tx, task.id)
    return _Work(
        task=task,
        reload=reload,
        jobs=every[: len(reload.segments)],
        revisions={job.id: storage.raise_revision(tx, job.id) for job in every},
        rules={label.id: attribute_rules(label) for label in task.labels},
        gone=dict.fromkeys((job.id for job in task.jobs), 0),
    )


def _carry_objects(tx: Transaction, work: _Work, series: Series) -> int:
    """Move the objects to the new numbers of their frames; return how many were on images that are gone."""
    gone_before = sum(work.gone.values())
    arriving = _leave_shared(tx, work, series) if _shares_frames(work) else _leave(tx, work, series)
    for place, items in arriving.items():
        job = work.jobs[place]
        docs = to_docs(items, work.rules)
        annotations_storage.write_docs(
            tx, series, docs, job_id=job.id, revision=work.revisions[job.id], rules=work.rules
        )
    return sum(work.gone.values()) - gone_before


def _shares_frames(work: _Work) -> bool:
    """Whether jobs have frames in common, before or now."""
    return bool(work.task.overlap) and max(len(work.task.jobs), len(work.jobs)) > 1


def _leave(tx: Transaction, work: _Work, series: Series) -> dict[int, list[Any]]:
    """End the objects that are somewhere else now, and return them as they are there, by the place of their job."""
    arriving: dict[int, list[Any]] = {}
    for index, job in enumerate(work.task.jobs):
        if work.reload.keeps(index, job.first_frame, job.last_frame):
            continue
        leaving = []
        for item in _read_items(tx, work, series, job):
            frame = work.reload.places.get(item.frame)
            place = None if frame is None else work.reload.home(index, frame)
            if (place, frame) == (index, item.frame):
                continue
            leaving.append(item.id)
            if place is None:
                work.gone[job.id] += 1
            else:
                item.frame = frame
                arriving.setdefault(place, []).append(item)
        if leaving:
            annotations_storage.end_docs(tx, series, job.id, revision=work.revisions[job.id], ids=leaving)
    return arriving


def _read_items(tx: Transaction, work: _Work, series: Series, job: Job) -> list[Any]:
    kind: Any = annotations_storage.TYPES[series]
    docs = annotations_storage.read_docs(tx, series, job.id, rules=work.rules)
    return [msgspec.json.decode(doc, type=kind) for doc in docs]


def _leave_shared(tx: Transaction, work: _Work, series: Series) -> dict[int, list[Any]]:
    """As `_leave`, where jobs share frames: all objects are merged, as the task shows them, and dealt out anew."""
    jobs = work.task.jobs
    segments = [Segment(job.first_frame, job.last_frame) for job in jobs]
    if segments == list(work.reload.segments) and all(
        work.reload.keeps(index, segment.first, segment.last) for index, segment in enumerate(segments)
    ):
        return {}
    # With numpy, which a start does without.
    from labelwright.domain.merging import cut_to_range, merge_jobs

    read = [_read_items(tx, work, series, job) for job in jobs]
    parts = [
        (job.first_frame, items, []) if series == "tags" else (job.first_frame, [], items)
        for job, items in zip(jobs, read, strict=True)
    ]
    merged: list[Any] = merge_jobs(parts, work.task.overlap or 0)[SERIES.index(series)]
    moved = [
        replace(item, frame=work.reload.places[item.frame])
        for item in merged
        if item.frame in work.reload.places
    ]
    work.gone[jobs[0].id] += len(merged) - len(moved)
    for job in jobs:
        annotations_storage.end_docs(tx, series, job.id, revision=work.revisions[job.id])
    arriving = {
        place: [replace(item) for item in cut_to_range(moved, job.first_frame, job.last_frame)]
        for place, job in enumerate(work.jobs)
    }
    for items in arriving.values():
        number_objects(items, annotations_storage.take_ids(tx, series, len(items)) if items else 0)
    return arriving


def _carry_issues(tx: Transaction, work: _Work) -> int:
    """Move the issues to the new numbers of their frames; delete those on images that are gone, return how many."""
    gone = 0
    for index, job in enumerate(work.task.jobs):
        for issue in reviews_storage.list_issues(tx, job.id):
            frame = work.reload.places.get(issue.frame)
            if frame is None:
                reviews_storage.delete_issue(tx, issue.id)
                gone += 1
            else:
                home = work.jobs[work.reload.home(index, frame)]
                reviews_storage.move_issue(tx, issue.id, job_id=home.id, frame=frame)
    return gone


def _end_surplus(tx: Transaction, deps: Deps, operation: Operation, work: _Work) -> None:
    """Note in the traces of the jobs what went, and end those there is no segment for any more."""
    for job in work.task.jobs:
        events_storage.insert_save(
            tx,
            job_id=job.id,
            user_id=operation.user_id,
            at_utc=now_utc(deps),
            kind="reload",
            revision=work.revisions[job.id],
            tally=Tally(deleted=work.gone[job.id]),
        )
    heir = work.jobs[-1]
    for job in work.task.jobs[len(work.reload.segments) :]:
        bequeath(tx, job.id, heir_id=heir.id, revision=work.revisions[heir.id])


def _exchange_media(
    tx: Transaction, task: Task, request: MediaRequest, found: ReadFrames, reload: Reload
) -> None:
    """Give the task a new record of frames, so that nothing kept of the old ones is taken for them.

    Frames that were deleted still are, wherever they are now.
    """
    assert task.media is not None
    frames_storage.delete_media(tx, task.id)
    media_id = frames_storage.insert_media(tx, task.id, request)
    places = reload.places
    deleted = sorted(places[frame] for frame in task.media.deleted_frames if frame in places)
    frames_storage.update_media(
        tx,
        media_id,
        size=len(found.rows),
        chunk_size=found.chunk_size,
        stop_frame=found.stop_frame,
        published_path=task.media.published_path,
        published_utc=task.media.published_utc,
        deleted_frames=msgspec.json.encode(deleted).decode(),
    )
    frames_storage.write_frames(tx, media_id, found.rows, replace=False)
