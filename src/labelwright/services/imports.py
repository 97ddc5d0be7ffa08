"""Annotation files taken over: sent, read in the background, written in one transaction.

The protocol is v1's: the first call brings the file, later ones ask (rest-api contract, 10.3). What lies in the folder
of a dataset comes with the frames of a task that is made of it (platform contract, 4).
"""

import dataclasses
from contextlib import AbstractContextManager, nullcontext
from io import BytesIO
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.dataset import FrameInfo
from labelwright.domain.errors import Cancelled, Conflict, LabelwrightError, NoAnnotations
from labelwright.domain.operations import Operation
from labelwright.domain.sentences import Sentence, pack
from labelwright.domain.tasks import MediaRequest, Task
from labelwright.domain.users import User
from labelwright.formats import open_folder, open_source
from labelwright.parts.archived import archive_limits
from labelwright.parts.frames import task_frames
from labelwright.parts.places import find_places
from labelwright.parts.staging import READ_SHARE, frame_infos, show_staged, stage, staging
from labelwright.ports import Progress
from labelwright.services import (
    existing_job,
    existing_task,
    finish_operation,
    hand_over,
    new_operation,
    people_of_job,
    people_of_task,
    require,
)
from labelwright.storage import Transaction
from labelwright.storage import frames as frames_storage
from labelwright.storage import operations as operations_storage
from labelwright.storage import tasks as storage
from labelwright.storage.uploads import Upload


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
        limits=dataclasses.replace(deps.limits, max_upload_files=1),
    )


def accept_import(deps: Deps, *, user: User, request: ImportRequest, upload: Upload) -> None:
    """Take the uploaded file on: a worker will read it. One that comes while another is on its way is dropped."""
    kept = replace(request, file_name=upload.names[0], blob=upload.keys[0])
    operation = new_operation(
        deps,
        kind="import",
        key=request.key(user),
        task_id=request.task_id,
        user_id=user.id,
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

    A second try never replaces what was saved after the first.

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
        with (
            staging(deps, jobs, operation) as staged,
            _open_blob(deps, request.blob) as file,
            open_source(file, request.file_name, limits=archive_limits(deps)) as source,
        ):
            result = stage(
                deps, task, source, request.format, frames=frames, staged=staged, progress=progress
            )
            progress(READ_SHARE, Sentence("Saving the annotations"))
            with deps.database.write() as tx:
                show_staged(tx, deps, operation, task, staged)
                finish_operation(tx, deps, operation, result)
    finally:
        deps.blobs.delete([request.blob])
    return result


def _frames(tx: Transaction, task: Task, request: ImportRequest) -> list[FrameInfo]:
    """Return the frames the import may touch."""
    assert task.media is not None
    frames = frame_infos(task_frames(tx, task.media))
    if request.job_id is None:
        return frames
    job = existing_job(tx, request.job_id)
    return frames[job.first_frame : job.last_frame + 1]


def _open_blob(deps: Deps, blob: str) -> AbstractContextManager[BinaryIO]:
    path = deps.blobs.local_path(blob)
    return nullcontext(BytesIO(deps.blobs.get(blob))) if path is None else path.open("rb")


def import_dataset(deps: Deps, operation: Operation, progress: Progress) -> dict[str, Any]:
    """Take the annotations over that lie in the folder of the task's first dataset: the last step of its making.

    What stands in the way is told in the result, packed as `failure`: the task has its frames in any case. Where
    somebody has saved annotations meanwhile, they stay. Safe to repeat.

    Raises:
        Cancelled: a person cancelled.
    """
    assert operation.task_id is not None
    with deps.database.read() as tx:
        task = existing_task(tx, operation.task_id)
        request = frames_storage.read_media_request(tx, task.id)
    assert request is not None
    try:
        return _import_folder(deps, operation, task, request, progress)
    except NoAnnotations:
        return {}
    except Cancelled:
        raise
    except LabelwrightError as error:
        return {"failure": pack(error.message)}


def _import_folder(
    deps: Deps, operation: Operation, task: Task, request: MediaRequest, progress: Progress
) -> dict[str, Any]:
    assert task.media is not None
    first = MediaRequest(dataset_ids=request.dataset_ids[:1])
    places = find_places(deps, first)
    folder, format_name = places.folders[0], places.datasets[0].format
    with deps.database.read() as tx:
        frames = frame_infos(task_frames(tx, task.media), base=folder)
    with (
        staging(deps, task.jobs, operation) as staged,
        open_folder(
            deps.platform.storage_root.resolve() / folder,
            format_name=format_name,
            results_folder=deps.platform.results_folder,
            limits=archive_limits(deps),
        ) as source,
    ):
        found = stage(deps, task, source, format_name, frames=frames, staged=staged, progress=progress)
        result = {**(operation.result or {}), **found}
        with deps.database.write() as tx:
            storage.lock_task(tx, task.id)
            if any(job.revision for job in storage.list_jobs(tx, task.id)):
                raise Conflict("somebody began to annotate before they were read")
            if any(found["counts"].values()):
                show_staged(tx, deps, operation, task, staged)
            finish_operation(tx, deps, operation, result)
    return result
