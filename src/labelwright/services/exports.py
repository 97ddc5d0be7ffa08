"""Annotations as files: exports asked for, written and fetched; imports sent, read and taken over.

The protocol is v1's: ask until it is ready, then fetch (rest-api contract, 10.3 and 10.4).
"""

import secrets
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec import Struct

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.errors import Conflict, FormatDisabled, OperationFailed
from labelwright.domain.operations import Operation
from labelwright.domain.tasks import Task
from labelwright.domain.users import User
from labelwright.formats import ZipArchive, write_dataset
from labelwright.parts.task_datasets import fingerprint_of, open_dataset
from labelwright.ports import Progress
from labelwright.services import (
    existing_task,
    hand_over,
    new_operation,
    now_utc,
    people_of_task,
    require,
)
from labelwright.storage import Transaction
from labelwright.storage import operations as operations_storage
from labelwright.storage import tasks as tasks_storage
from labelwright.storage.uploads import drop_old_files

Content = Literal["annotations", "dataset"]
_EXPORTS = "exports/"


class ExportRequest(Struct, frozen=True, kw_only=True):
    """Which export of a task: `content` annotations alone, or a dataset with its images."""

    task_id: int
    content: Content
    format: str
    #: `scheme://host` that addresses inside the file begin with.
    server_url: str = ""

    @property
    def key(self) -> str:
        """What makes two requests ask for the same file."""
        return f"export/{self.task_id}/{self.content}/{self.format}"


class ExportFile(Struct, frozen=True):
    """A finished export: its blob, and the name people save it under."""

    blob: str
    name: str


def request_export(
    deps: Deps, *, user: User, request: ExportRequest, download: bool
) -> Literal["accepted", "ready"] | ExportFile:
    """Ask for an export, or ask again: `accepted` while it is made, `ready` once it can be fetched.

    With `download` the ready file itself comes back, and the next request begins a new cycle; when the
    task has not changed, that cycle gives the same file without work.

    Raises:
        NotFound, Forbidden: as everywhere.
        Invalid: there is no such format.
        FormatDisabled: it cannot be used here.
        Conflict: the task has no frames yet.
        OperationFailed: the export failed; the next request starts anew.
    """
    with deps.database.read() as tx:  # most calls only ask again: they need not wait for a turn to write
        require(access.may_access_task(user, people_of_task(tx, deps, request.task_id)))
        if not deps.formats.exporter(request.format).enabled:
            raise FormatDisabled("{format} cannot be used on this server", format=request.format)
        media = existing_task(tx, request.task_id).media
        if media is None or not media.size:
            raise Conflict("task {task} has no frames yet: there is nothing to export", task=request.task_id)
        asked = operations_storage.newest_operation(tx, request.key)
        if asked is not None and asked.is_running:
            return "accepted"
    with deps.database.write() as tx:
        tasks_storage.lock_task(tx, request.task_id)  # of two who ask at once, one begins the export
        existing_task(tx, request.task_id)
        known = operations_storage.newest_operation(tx, request.key)
        if known is None or not _still_good(tx, deps, user, known, request):
            started = new_operation(
                deps,
                kind="export",
                key=request.key,
                task_id=request.task_id,
                user_id=user.id,
                request=msgspec.to_builtins(request),
            )
            operations_storage.insert_operation(tx, started)
        elif known.collected:
            operations_storage.mark_collected(tx, known.id, collected=False)
            return "accepted"
        elif known.is_running:
            return "accepted"
        elif known.state == "finished":
            if not download:
                return "ready"
            assert known.result is not None
            operations_storage.mark_collected(tx, known.id)
            return ExportFile(known.result["blob"], known.result["name"])
        else:
            operations_storage.mark_collected(tx, known.id)
            started = None
    if started is None:
        assert known is not None
        raise OperationFailed(known.message, (known.result or {}).get("error", ""))
    hand_over(deps, started)
    return "accepted"


#: Time a person has to fetch what they asked for, however the task changes meanwhile.
_GRACE = timedelta(seconds=10)


def _still_good(tx: Transaction, deps: Deps, user: User, known: Operation, request: ExportRequest) -> bool:
    """Whether the operation answers the request: running, failed and not told yet, or of the task as it is now.

    What a person asked for stays good for some seconds after it is ready, or a task that others save
    without pause could never be exported.
    """
    if known.is_running:
        return True
    if known.state != "finished":
        return not known.collected and known.state == "failed"
    assert known.result is not None
    is_kept = known.updated_utc > now_utc(deps, ago=timedelta(hours=deps.limits.export_hours))
    is_awaited = known.user_id == user.id and known.updated_utc > now_utc(deps, ago=_GRACE)
    if not (is_awaited and not known.collected):
        is_kept = is_kept and known.result["fingerprint"] == fingerprint_of(
            existing_task(tx, request.task_id)
        )
    return is_kept and _blob_exists(deps, known)


def _blob_exists(deps: Deps, known: Operation) -> bool:
    return known.result is not None and deps.blobs.size(known.result["blob"]) is not None


def read_export(deps: Deps, file: ExportFile) -> bytes:
    """Return the bytes of a finished export. Raises NotFound when it ran out meanwhile."""
    return deps.blobs.get(file.blob)


def run_export(deps: Deps, operation: Operation, progress: Progress) -> dict[str, Any]:
    """Write the file: the work of an `export`, and what a `push` begins with. Safe to repeat."""
    request = msgspec.convert(operation.request, ExportRequest)
    _drop_expired(deps)
    chosen = deps.formats.exporter(request.format)
    # A name of its own: a worker that was thought dead may still be writing the same export.
    name = f"{operation.id}-{secrets.token_hex(4)}.zip"
    path = deps.scratch / f"export-{name}"
    blob = f"{_EXPORTS}{name}"
    try:
        with deps.database.read() as tx:
            task = existing_task(tx, request.task_id)
            dataset = open_dataset(
                tx,
                deps,
                task,
                with_images=request.content == "dataset",
                server_url=request.server_url,
                progress=progress,
            )
            with ZipArchive(path, modified=deps.clock()) as archive:
                write_dataset(chosen, dataset, archive)
        deps.blobs.put_file(blob, path)
    finally:
        path.unlink(missing_ok=True)
    return {
        "blob": blob,
        "name": _file_name(task, request.format),
        "fingerprint": fingerprint_of(task),
        "revisions": {str(job.id): job.revision for job in task.jobs},
        "losses": archive.losses.counts,
    }


def _drop_expired(deps: Deps) -> None:
    """Delete the files of exports older than the setting says, and those no export knows of."""
    before = now_utc(deps, ago=timedelta(hours=deps.limits.export_hours))
    keys = deps.blobs.list_keys(
        _EXPORTS
    )  # before the ids are read: each of these has an operation, or had one
    with deps.database.write() as tx:
        operations_storage.drop_finished(tx, "export", before_utc=before)
        known = operations_storage.read_ids(tx, "export")
        known |= {
            each.id for each in operations_storage.list_unfinished(tx)
        }  # a push has its export yet to send
    deps.blobs.delete([key for key in keys if key.removeprefix(_EXPORTS).partition("-")[0] not in known])
    drop_old_files(deps.scratch, older_than_s=deps.limits.export_hours * 3600)


def _file_name(task: Task, format_name: str) -> str:
    """Return v1's name of an export: task, time of its last change, format; what is sent is all in lower case."""
    moment = datetime.fromisoformat(task.updated_utc).strftime("%Y_%m_%d_%H_%M_%S")
    return f"task_{task.name}-{moment}-{format_name}.zip"
