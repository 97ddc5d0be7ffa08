"""Crops: the objects of one label of a task, cut out of a dataset's images into a new one (platform contract, 9)."""

import hashlib
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
from msgspec import Struct

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.catalogue import FORMATS, AnnotationType, CatalogueDataset, DatasetSpec
from labelwright.domain.crops import crop_box, crop_name, crop_type, item_stem
from labelwright.domain.dataset import Frame
from labelwright.domain.errors import Cancelled, Conflict, Invalid, InvalidMedia, NotFound
from labelwright.domain.labels import Label
from labelwright.domain.operations import Operation
from labelwright.domain.sentences import Sentence
from labelwright.domain.shapes import Shape
from labelwright.domain.tasks import Task
from labelwright.domain.users import User
from labelwright.parts.dataset_folders import drop_abandoned
from labelwright.parts.task_datasets import open_dataset
from labelwright.ports import Progress
from labelwright.services import (
    existing_task,
    finish_operation,
    hand_over,
    new_operation,
    people_of_task,
    require,
)
from labelwright.storage import Transaction
from labelwright.storage import operations as operations_storage

_SCRATCH = "crop-"
#: The attribute that holds an object's text (platform contract, 4).
_TEXT = "value"


class CropRequest(Struct, frozen=True, kw_only=True):
    """Which objects to cut out. `padding` is added on each side, as a fraction of the object's width and height.

    `annotation_type` None is what follows from the dataset's; `name` "" is the recorded form.
    """

    dataset_id: int
    task_id: int
    label: str
    annotation_type: AnnotationType | None = None
    padding: float = 0.0
    name: str = ""


class _Order(Struct, frozen=True, kw_only=True):
    """A crop as its worker gets it: nothing is left to choose, so that it can be done again."""

    dataset_id: int
    label_id: int
    padding: float
    spec: DatasetSpec


class _Cuttings(Struct):
    """What was cut out: files by name, how many are images, and how many objects have no area or no whole image.

    `deleted_frames` counts the frames nothing was cut out of because they are deleted.
    """

    files: list[tuple[str, Path]]
    count: int = 0
    skipped: int = 0
    deleted_frames: int = 0


def may_crop(deps: Deps, *, user: User, dataset_id: int) -> CatalogueDataset:
    """Return the dataset. Raises NotFound or Forbidden unless the user may cut objects out of it."""
    dataset = deps.catalogue.read(dataset_id)
    require(access.may_crop_dataset(user, owner_id=dataset.owner_id))
    return dataset


def request_crop(deps: Deps, *, user: User, wanted: CropRequest) -> Operation:
    """Have a worker cut the objects out. Asked again while that goes on, it is the same operation.

    Raises:
        NotFound, Forbidden: the dataset is not there, or dataset or task are not the user's to crop.
        Invalid: the task is not made of the dataset, or has no such label.
        Conflict: the task has no frames yet.
    """
    dataset = may_crop(deps, user=user, dataset_id=wanted.dataset_id)
    digest = hashlib.sha256(msgspec.json.encode(wanted)).hexdigest()[:32]
    key = f"crop/{wanted.dataset_id}/{digest}"
    with deps.database.write() as tx:
        label = _chosen_label(tx, deps, user, wanted)
        running = operations_storage.newest_operation(tx, key)
        if running is not None and running.is_running:
            return running
        kind = wanted.annotation_type or crop_type(dataset.annotation_type)
        asked_s = deps.clock().timestamp()
        spec = DatasetSpec(
            name=wanted.name or crop_name(dataset.name, label.name, epoch_s=int(asked_s)),
            annotation_type=kind,
            format=FORMATS[kind],
            source_type="crop",
            code=str(uuid4()),
            asked_ms=int(asked_s * 1000),
        )
        order = _Order(dataset_id=dataset.id, label_id=label.id, padding=wanted.padding, spec=spec)
        operation = new_operation(
            deps,
            kind="crop",
            key=key,
            task_id=wanted.task_id,
            user_id=user.id,
            request=msgspec.to_builtins(order),
        )
        operations_storage.insert_operation(tx, operation)
    hand_over(deps, operation)
    return operation


def _chosen_label(tx: Transaction, deps: Deps, user: User, wanted: CropRequest) -> Label:
    try:
        people = people_of_task(tx, deps, wanted.task_id)
    except NotFound as error:
        raise Invalid("there is no task {task}", task=wanted.task_id) from error
    require(access.may_access_task(user, people))
    task = existing_task(tx, wanted.task_id)
    if task.dataset_id != wanted.dataset_id:
        raise Invalid("task {task} is not made of dataset {dataset}", task=task.id, dataset=wanted.dataset_id)
    if task.media is None or not task.media.size:
        raise Conflict("task {task} has no frames yet: there is nothing to cut out", task=task.id)
    label = next((label for label in task.labels if label.name == wanted.label), None)
    if label is None:
        raise Invalid("task {task} has no label {label}", task=task.id, label=wanted.label)
    return label


def read_crop(deps: Deps, *, user: User, dataset_id: int, operation_id: str) -> Operation:
    """Return a crop of the dataset, for who asked for it and who may see datasets. Raises NotFound, Forbidden."""
    with deps.database.read() as tx:
        try:
            operation = operations_storage.read_operation(tx, operation_id)
        except NotFound as error:
            raise NotFound("Not found.") from error
    if operation.kind != "crop" or operation.request["dataset_id"] != dataset_id:
        raise NotFound("Not found.")
    require(operation.user_id == user.id or access.may_see_datasets(user))
    return operation


def run_crop(deps: Deps, operation: Operation, progress: Progress) -> dict[str, Any]:
    """Cut the objects out and make a dataset of them: the work of the `crop` operation.

    Safe to repeat: the dataset's code is chosen before, and of one code there is one dataset.

    Raises:
        Invalid: there is no object to cut out.
        Cancelled: a person cancelled; what was made is deleted.
    """
    order = msgspec.convert(operation.request, _Order)
    drop_abandoned(deps.scratch, _SCRATCH)
    # A name of its own: a worker that was thought dead may still be at it.
    folder = deps.scratch / f"{_SCRATCH}{operation.id}-{secrets.token_hex(4)}"
    folder.mkdir()
    try:
        with deps.database.read() as tx:
            cuttings = _cut_all(tx, deps, operation, order, folder, progress)
        if not cuttings.count:
            raise Invalid("there is no object of this label that has an area: nothing was cut out")
        made = deps.catalogue.create(order.spec, cuttings.files, user_id=operation.user_id)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    result = {
        "dataset_id": made.id,
        "items": cuttings.count,
        "skipped": cuttings.skipped,
        "deleted_frames": cuttings.deleted_frames,
    }
    _finish(deps, operation, made, result)
    return result


def _finish(deps: Deps, operation: Operation, made: CatalogueDataset, result: dict[str, Any]) -> None:
    try:
        with deps.database.write() as tx:
            finish_operation(tx, deps, operation, result)
    except Cancelled:
        if _is_unwanted(deps, operation):
            deps.catalogue.delete(made.id)
        raise


def _is_unwanted(deps: Deps, operation: Operation) -> bool:
    """Whether a person cancelled the operation, or deleted its task; another worker may have finished it instead."""
    with deps.database.read() as tx:
        try:
            return operations_storage.read_operation(tx, operation.id).state == "cancelled"
        except NotFound:
            return True


def _cut_all(
    tx: Transaction, deps: Deps, operation: Operation, order: _Order, folder: Path, progress: Progress
) -> _Cuttings:
    """Write every object of the label to `folder`, one image in memory at a time, in the order of frames."""
    assert operation.task_id is not None
    task = existing_task(tx, operation.task_id)
    text_id = _text_attribute(task, order)
    dataset = open_dataset(tx, deps, task, with_images=True, server_url="", progress=_say_nothing)
    assert dataset.read_image is not None
    cuttings = _Cuttings([], deleted_frames=len(dataset.deleted))
    count = len(dataset.frame_infos)
    for done, frame in enumerate(dataset.frames()):
        progress(
            done / count, Sentence("Cutting out objects: image {done} of {count}", done=done, count=count)
        )
        found = list(_boxes(frame, order))
        cuttings.skipped += sum(box is None for _, box in found)
        whole = [(shape, box) for shape, box in found if box is not None]
        image = dataset.read_image(frame.info) if whole else None
        if image is None:
            cuttings.skipped += len(whole)
            continue
        try:
            _cut_frame(deps, frame, image, whole, folder=folder, text_id=text_id, cuttings=cuttings)
        except (
            InvalidMedia
        ):  # damaged since it became a frame: it is decoded before the first object is cut out
            cuttings.skipped += len(whole)
    return cuttings


def _say_nothing(fraction: float, message: Sentence) -> None:
    """The walk over the task tells of a file it is written to; here it goes another way."""


def _text_attribute(task: Task, order: _Order) -> int | None:
    """Return the attribute whose value is the text of an object, None where no texts are wanted."""
    label = next((label for label in task.labels if label.id == order.label_id), None)
    if label is None:
        raise Invalid("the label was deleted meanwhile: nothing was cut out")
    if order.spec.annotation_type != "ocr_recognition":
        return None
    named = [attribute.id for attribute in label.attributes if attribute.name == _TEXT]
    texts = [attribute.id for attribute in label.attributes if attribute.input_type == "text"]
    return next(iter([*named, *texts]), None)


def _boxes(frame: Frame, order: _Order) -> Iterator[tuple[Shape, tuple[int, int, int, int] | None]]:
    for shape in frame.shapes:
        if shape.label_id == order.label_id:
            yield shape, crop_box(shape.points, (frame.width, frame.height), padding=order.padding)


def _cut_frame(
    deps: Deps,
    frame: Frame,
    image: bytes,
    wanted: list[tuple[Shape, tuple[int, int, int, int]]],
    *,
    folder: Path,
    text_id: int | None,
    cuttings: _Cuttings,
) -> None:
    # Codecs are imported by those who use them: the API, which asks for crops, starts without.
    from labelwright.media.crops import cut

    boxes = [box for _, box in wanted]
    limit = deps.limits.max_image_megapixels
    parts = cut(image, boxes, name=frame.name, max_megapixels=limit)
    for (shape, _), part in zip(wanted, parts, strict=True):
        cuttings.count += 1
        stem = item_stem(frame.name, cuttings.count)
        _write(cuttings, folder, f"{stem}{part.extension}", part.content)
        text = next((each.value for each in shape.attributes if each.attribute_id == text_id), "")
        if text:
            _write(cuttings, folder, f"{stem}.txt", text.encode())


def _write(cuttings: _Cuttings, folder: Path, name: str, content: bytes) -> None:
    path = folder / f"{len(cuttings.files):06d}"
    path.write_bytes(content)
    cuttings.files.append((name, path))
