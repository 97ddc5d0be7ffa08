"""Annotation files taken over: sent, read in the background, written in one transaction.

The protocol is v1's: the first call brings the file, later ones ask (rest-api contract, 10.3).
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from io import BytesIO
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from labelwright.archives import Limits as ArchiveLimits
from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.annotations import SERIES, Doc, Series, number_objects, tally_replaced, to_docs
from labelwright.domain.dataset import FrameInfo
from labelwright.domain.errors import Conflict
from labelwright.domain.imports import ImportTarget
from labelwright.domain.labels import AttributeRules, attribute_rules
from labelwright.domain.operations import Operation
from labelwright.domain.sentences import Sentence
from labelwright.domain.shapes import Shape, Tag
from labelwright.domain.tasks import Job, Task
from labelwright.domain.users import User
from labelwright.formats import open_source
from labelwright.ports import Progress
from labelwright.services import (
    existing_job,
    existing_task,
    finish_operation,
    hand_over,
    new_operation,
    now_utc,
    people_of_job,
    people_of_task,
    require,
)
from labelwright.storage import Transaction, layers
from labelwright.storage import annotations as annotations_storage
from labelwright.storage import events as events_storage
from labelwright.storage import frames as frames_storage
from labelwright.storage import labels as labels_storage
from labelwright.storage import operations as operations_storage
from labelwright.storage import tasks as storage
from labelwright.storage.uploads import Upload

#: Objects read, numbered and written at a time (API v1 contract, annotations 8).
_BATCH = 2_000
#: How much of an import is done when its file is read; the rest is to show it.
_READ_SHARE = 0.9
#: Seconds between two short transactions, for those who wait to save.
_BREATH_S = 0.005


class ImportRequest(Struct, frozen=True, kw_only=True):
    """An import into a task, or into one of its jobs."""

    task_id: int
    job_id: int | None = None
    format: str
    file_name: str = ""
    blob: str = ""

    def key(self, user: User) -> str:
        """What makes two calls speak of the same import."""
        target = f"task/{self.task_id}" if self.job_id is None else f"job/{self.job_id}"
        return f"import/{target}/{self.format}/{user.id}"


def find_target(
    deps: Deps, *, user: User, task_id: int | None, job_id: int | None, format_name: str
) -> ImportRequest:
    """Return the request an import call stands for, seen that the user may and the format exists.

    Raises:
        NotFound, Forbidden: as everywhere.
        Invalid: there is no such format.
        Conflict: the task has no frames yet.
    """
    with deps.database.read() as tx:
        if job_id is not None:
            job = existing_job(tx, job_id)
            task_id = job.task_id
            require(access.may_change_job(user, people_of_task(tx, deps, task_id), people_of_job(job)))
        else:
            assert task_id is not None
            require(access.may_change_task(user, people_of_task(tx, deps, task_id)))
        deps.formats.importer(format_name)
        task = existing_task(tx, task_id)
        if task.media is None or not task.media.size:
            raise Conflict("task {task} has no frames yet: annotations cannot be imported", task=task_id)
    return ImportRequest(task_id=task_id, job_id=job_id, format=format_name)


def known_import(deps: Deps, *, user: User, request: ImportRequest) -> Operation | None:
    """Return the import these calls are about, None when the next call starts one.

    One that has ended is given back once; then it is forgotten.
    """
    with deps.database.write() as tx:
        known = operations_storage.newest_operation(tx, request.key(user))
        if known is None or known.collected:
            return None
        if not known.is_running:
            operations_storage.mark_collected(tx, known.id)
        return known


def begin_import(deps: Deps, *, task_id: int) -> Upload:
    """Return where the annotation file goes."""
    return Upload(
        deps.blobs,
        prefix=f"tasks/{task_id}/imports/",
        scratch=deps.scratch,
        max_mb=deps.limits.max_upload_mb,
        max_files=1,
    )


def accept_import(deps: Deps, *, user: User, request: ImportRequest, upload: Upload) -> None:
    """Take the uploaded file on: a worker will read it. One that comes while another is on its way is dropped."""
    kept = replace(request, file_name=upload.names[0], blob=upload.keys[0])
    operation = new_operation(
        deps,
        kind="import",
        key=request.key(user),
        task_id=request.task_id,
        user=user,
        request=msgspec.to_builtins(kept),
    )
    with deps.database.write() as tx:
        storage.lock_task(tx, request.task_id)
        known = operations_storage.newest_operation(tx, operation.key)
        if known is not None and known.is_running:
            return
        operations_storage.insert_operation(tx, operation)
    upload.accepted = True
    hand_over(deps, operation)


def run_import(deps: Deps, operation: Operation, progress: Progress) -> dict[str, Any]:
    """Read the file and replace the annotations of its task or job: the work of the `import` operation.

    First everything is read, checked and written, in short transactions, where nobody sees it; then one
    transaction lets the jobs show that instead and ends the operation. So memory does not grow with the
    file, nobody who saves waits for it, a failure leaves the old annotations as they were, and a second try
    never replaces what was saved after the first.

    Raises:
        ImportMismatch: something in the file does not fit the task.
        InvalidArchive, TooLarge: the file cannot be read.
        Cancelled: a person cancelled.
    """
    request = msgspec.convert(operation.request, ImportRequest)
    with deps.database.read() as tx:
        task = existing_task(tx, request.task_id)
        frames = _frames(tx, task, request)
    jobs = [job for job in task.jobs if request.job_id in (None, job.id)]
    try:
        with deps.database.write() as tx:
            staged = {job.id: layers.begin_layer(tx, job.id, operation_id=operation.id) for job in jobs}
        counts, losses = _stage(deps, task, jobs, frames, request, staged, progress)
        result = {"counts": counts, "losses": losses}
        progress(_READ_SHARE, Sentence("Saving the annotations"))
        with deps.database.write() as tx:
            _show_staged(tx, deps, operation, task, staged)
            finish_operation(tx, deps, operation, result)
        _repeat(deps, layers.move_ended)
    finally:
        _repeat(deps, lambda tx: layers.drop_unseen(tx, operation.id))
        deps.blobs.delete([request.blob])
    return result


def _frames(tx: Transaction, task: Task, request: ImportRequest) -> list[FrameInfo]:
    """Return the frames the import may touch."""
    assert task.media is not None
    first, last = 0, None
    if request.job_id is not None:
        job = existing_job(tx, request.job_id)
        first, last = job.first_frame, job.last_frame
    rows = frames_storage.read_frames(tx, task.media.id, first=first, last=last)
    return [FrameInfo(row.frame, row.source_frame, row.name, row.width, row.height) for row in rows]


def _stage(
    deps: Deps,
    task: Task,
    jobs: list[Job],
    frames: list[FrameInfo],
    request: ImportRequest,
    staged: Mapping[int, int],
    progress: Progress,
) -> tuple[dict[Series, int], dict[str, int]]:
    """Read the file into the layers `staged`, by job; return what came in and what was left out."""
    read = deps.formats.importer(request.format).read
    assert read is not None, "the request was checked"
    rules = {label.id: attribute_rules(label) for label in task.labels}
    limits = ArchiveLimits(
        unpacked_bytes=deps.limits.max_archive_mb * 1_000_000,
        ratio=deps.limits.max_archive_ratio,
        members=deps.limits.max_archive_members,
    )
    counts = dict.fromkeys(SERIES, 0)
    target = ImportTarget(labels=task.labels, frames=frames)
    with (
        _open_blob(deps, request.blob) as file,
        open_source(file, request.file_name, limits=limits) as source,
    ):
        for batch in _batches(read(source, target)):
            for series, job, items in _deal(batch, jobs):
                docs = _numbered_docs(deps, series, items, rules)
                with deps.database.write() as tx:
                    layers.hold_layer(tx, staged[job.id])
                    annotations_storage.write_rows(
                        tx, series, docs, key=staged[job.id], revision=0, rules=rules
                    )
                counts[series] += len(items)
            done = sum(counts.values())
            sentence = Sentence("Reading annotations: {done} so far", done=done)
            progress(_READ_SHARE * source.read_share, sentence)
        return counts, source.losses.counts


def _batches(items: Iterable[Tag | Shape]) -> Iterator[list[Tag | Shape]]:
    batch: list[Tag | Shape] = []
    for item in items:
        batch.append(item)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def _deal(batch: list[Tag | Shape], jobs: list[Job]) -> Iterator[tuple[Series, Job, list[Any]]]:
    """Give each job the objects on its frames; those on frames two jobs share go to both."""
    for job in jobs:
        mine = [item for item in batch if job.first_frame <= item.frame <= job.last_frame]
        tags = [replace(item) for item in mine if isinstance(item, Tag)]
        shapes = [replace(item) for item in mine if isinstance(item, Shape)]
        if tags:
            yield "tags", job, tags
        if shapes:
            yield "shapes", job, shapes


def _numbered_docs(
    deps: Deps, series: Series, items: list[Any], rules: dict[int, AttributeRules]
) -> list[Doc]:
    with deps.database.write() as tx:
        first_id = annotations_storage.take_ids(tx, series, len(items))
    number_objects(items, first_id)
    return to_docs(items, rules)


def _open_blob(deps: Deps, blob: str) -> AbstractContextManager[BinaryIO]:
    path = deps.blobs.local_path(blob)
    return nullcontext(BytesIO(deps.blobs.get(blob))) if path is None else path.open("rb")


def _show_staged(
    tx: Transaction, deps: Deps, operation: Operation, task: Task, staged: Mapping[int, int]
) -> None:
    """Let the jobs show the layers `staged`. Revisions rise by 2: one for what goes, one for what comes."""
    storage.lock_task(tx, task.id)
    # Rules are of the time of staging: a row older than its label's attributes is filled again when it is read.
    if not {label.id for label in task.labels} <= {
        label.id for label in labels_storage.read_labels(tx, task.id)
    }:
        raise Conflict("a label of the task was deleted while the file was read; import it again")
    for job_id, key in staged.items():
        revision, before = (
            storage.raise_revision(tx, job_id, by=2),
            annotations_storage.count_objects(tx, job_id),
        )
        layers.show_layer(tx, job_id, key, revision=revision)
        events_storage.insert_save(
            tx,
            job_id=job_id,
            user_id=operation.user_id,
            at_utc=now_utc(deps),
            kind="import",
            revision=revision,
            tally=tally_replaced(before, annotations_storage.count_objects(tx, job_id)),
        )
    storage.update_task(tx, task.id, updated_utc=now_utc(deps))


def _repeat(deps: Deps, step: Callable[[Transaction], bool]) -> None:
    """Do `step`, each time in a transaction of its own, until it finds nothing more to do; others go in between."""
    more = True
    while more:
        with deps.database.write() as tx:
            more = step(tx)
        time.sleep(_BREATH_S)
