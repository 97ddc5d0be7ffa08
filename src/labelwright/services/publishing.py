"""Publishing: what stands on a task's frames, written into the folder of its dataset for others to use.

A task is published once for each state it is in (platform contract, 5). What the platform's first generation called
saving (5.2) is publishing too, of tasks made of folders, laid out a little otherwise.
"""

import logging
from datetime import timedelta
from typing import Any, Literal

import msgspec

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.catalogue import CatalogueDataset
from labelwright.domain.errors import (
    Conflict,
    FormatDisabled,
    LabelwrightError,
    NotFound,
    OperationFailed,
    Unreachable,
)
from labelwright.domain.operations import Operation
from labelwright.domain.sentences import Sentence
from labelwright.domain.tasks import Task, TaskFilter
from labelwright.domain.users import User
from labelwright.parts.places import holder_of
from labelwright.parts.results import Place, PublishRequest, write_results
from labelwright.parts.task_datasets import fingerprint_of
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
from labelwright.storage import frames as frames_storage
from labelwright.storage import operations as operations_storage
from labelwright.storage import publishing as storage
from labelwright.storage import tasks as tasks_storage
from labelwright.storage.publishing import Published

logger = logging.getLogger("labelwright.services")

_PLATFORM = Sentence("the platform")
_TRANSLATED = "/ai_arts/api/dataset_management/set_translated"


def may_publish(deps: Deps, *, user: User, task_id: int) -> None:
    """Raise NotFound or Forbidden unless the user may publish the task: asked before the request is looked at."""
    with deps.database.read() as tx:
        _require_right(tx, deps, user, task_id)


def request_publishing(deps: Deps, *, user: User, request: PublishRequest) -> Literal["accepted", "ready"]:
    """Ask for the task to be published, or ask again: `ready` once it is, as it is now.

    Raises:
        NotFound, Forbidden: as everywhere.
        Invalid: there is no such format.
        FormatDisabled: it cannot be used here.
        Conflict: the task has no frames, or is not made of a dataset (or folder, for saving).
        OperationFailed: publishing failed; the next request starts anew.
    """
    with deps.database.read() as tx:
        _require_right(tx, deps, user, request.task_id)
        if request.format and not deps.formats.exporter(request.format).enabled:
            raise FormatDisabled("{format} cannot be used on this server", format=request.format)
        _require_place(tx, request)
    with deps.database.write() as tx:
        tasks_storage.lock_task(tx, request.task_id)  # of two who ask at once, one begins
        task = existing_task(tx, request.task_id)
        known = operations_storage.newest_operation(tx, request.key)
        if known is not None and known.is_running:
            return "accepted"
        if known is not None and _still_good(deps, known, task, request):
            return "ready"
        is_told = known is None or known.state != "failed" or known.collected
        if known is not None and not is_told:
            operations_storage.mark_collected(tx, known.id)
            started = None
        else:
            started = new_operation(
                deps,
                kind="publish",
                key=request.key,
                task_id=task.id,
                user_id=user.id,
                request=msgspec.to_builtins(request),
            )
            operations_storage.insert_operation(tx, started)
    if started is None:
        assert known is not None
        error = (known.result or {}).get("error", "")
        raise OperationFailed(known.message, error if error == "NotBuilt" else "")
    hand_over(deps, started)
    return "accepted"


def _require_right(tx: Transaction, deps: Deps, user: User, task_id: int) -> None:
    people = people_of_task(tx, deps, task_id)
    require(access.may_publish_task(user, people, by_readers=deps.platform.publish_by_readers))


def _require_place(tx: Transaction, request: PublishRequest) -> None:
    """Raise Conflict unless there is something to publish, and somewhere to."""
    task = existing_task(tx, request.task_id)
    if request.is_saving:
        if not _saved_folder(tx, task):
            raise Conflict(
                "task {task} is not made of a folder of the platform: there is nowhere to save to",
                task=task.id,
            )
    elif task.dataset_id is None:
        raise Conflict("task {task} is not made of a dataset: there is nowhere to publish it", task=task.id)
    if task.media is None or not task.media.size:
        raise Conflict("task {task} has no frames yet: there is nothing to publish", task=task.id)


def _saved_folder(tx: Transaction, task: Task) -> str:
    """Return the folder that saving writes to, as the task was asked to be made of it; "" for none."""
    asked = frames_storage.read_media_request(tx, task.id)
    return asked.platform_files[0] if asked is not None and asked.platform_files else ""


def _still_good(deps: Deps, known: Operation, task: Task, request: PublishRequest) -> bool:
    """Whether what was published is the task as it is now, in the format asked for."""
    return (
        known.state == "finished"
        and known.result is not None
        and known.request["format"] == request.format
        and known.result["fingerprint"] == fingerprint_of(task)
        and known.updated_utc > now_utc(deps, ago=timedelta(hours=deps.limits.export_hours))
    )


def run_publishing(deps: Deps, operation: Operation, progress: Progress) -> dict[str, Any]:
    """Write the results: the first step of a `publish`. Safe to repeat: what is there already is not written again.

    Raises:
        NotFound, Conflict, Unreachable: the dataset, its folder or the catalogue is not there, or cannot be used.
        Invalid: the dataset names a format we do not have.
        Cancelled: a person cancelled.
    """
    request = msgspec.convert(operation.request, PublishRequest)
    with deps.database.read() as tx:
        task = existing_task(tx, request.task_id)
        folder = _saved_folder(tx, task)
    if request.is_saving:
        place = Place(folder=folder, format=request.format)
    else:
        assert task.dataset_id is not None, "the request was checked"
        dataset = _read_dataset(deps, task.dataset_id)
        place = Place(folder=dataset.storage_path.lstrip("/"), format=request.format or dataset.format)
    written = write_results(deps, request, place, progress)
    with deps.database.write() as tx:
        storage.note_published(tx, request.task_id, path=written["path"], now_utc=now_utc(deps))
    return {"folder": place.folder, **written}


def _read_dataset(deps: Deps, dataset_id: int) -> CatalogueDataset:
    try:
        return deps.catalogue.read(dataset_id)
    except NotFound as error:
        raise NotFound("there is no dataset {id}", id=dataset_id) from error


def run_release(deps: Deps, operation: Operation, progress: Progress) -> dict[str, Any]:
    """Tell whose the folder is that results are there: the last step of a `publish`. Safe to repeat.

    Raises:
        Unreachable: the catalogue was not told, so that this is tried again, and this alone.
    """
    request = msgspec.convert(operation.request, PublishRequest)
    assert operation.result is not None, "the results were written"
    if request.is_saving:
        _tell_platform(deps, operation.result["folder"])
        return {}
    with deps.database.read() as tx:
        task = existing_task(tx, request.task_id)
    assert task.dataset_id is not None
    progress(0.0, Sentence("Telling the dataset of its labels"))
    try:
        before = _read_dataset(deps, task.dataset_id).tag
        names = [label.name for label in task.labels]
        deps.catalogue.unbind(task.dataset_id, holder=holder_of(task.id), labels=names)
    except (Unreachable, NotFound, Conflict) as error:
        raise Unreachable(
            "the results are written, but the dataset could not be told: {reason}", reason=error.message
        ) from error
    _follow_tag(deps, task, before)
    return {}


def _follow_tag(deps: Deps, task: Task, before: str) -> None:
    """Keep the tag that publishing has given the dataset: its images are the same, no task need be reloaded."""
    assert task.dataset_id is not None
    try:
        after = deps.catalogue.read(task.dataset_id).tag
    except LabelwrightError as error:
        logger.warning("the tag of dataset %s after publishing is not known: %s", task.dataset_id, error)
        return
    with deps.database.write() as tx:
        storage.note_dataset_tag(tx, task.dataset_id, before=before, after=after)


def _tell_platform(deps: Deps, folder: str) -> None:
    """Tell the platform's backend that the folder has results. That it cannot be told is logged (contract, 5.2)."""
    rules = deps.platform
    if not rules.platform_url:
        return
    from labelwright.http import Service  # 0.1 s to load, for few

    service = Service(
        _PLATFORM, rules.platform_url, timeout_s=rules.platform_timeout_s, token=rules.catalogue_token
    )
    try:
        service.call("POST", _TRANSLATED, body={"path": folder})
    except Unreachable as error:
        logger.warning("the platform was not told of the results in %s: %s", folder, error)


def list_published(deps: Deps, *, user: User) -> list[Published]:
    """Return every published task that the user sees, by the number of its media."""
    wanted = TaskFilter()
    if not access.sees_everything(user):
        wanted = TaskFilter(visible_to=user.id, unassigned_visible=not deps.reduce_task_visibility)
    with deps.database.read() as tx:
        return storage.list_published(tx, wanted)
