"""All annotations of jobs exchanged at once: read from a file, written where nobody sees them, then shown.

Everything is read, checked and written in short transactions first; then one transaction lets the jobs show it. So
memory does not grow with the file, nobody who saves waits for it, and a failure leaves the old annotations alone.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from os.path import commonpath, dirname
from typing import Any

from msgspec.structs import replace

from labelwright.deps import Deps
from labelwright.domain.annotations import SERIES, Doc, Series, number_objects, tally_replaced, to_docs
from labelwright.domain.dataset import FrameInfo
from labelwright.domain.errors import Conflict
from labelwright.domain.imports import ImportTarget
from labelwright.domain.labels import AttributeRules, attribute_rules
from labelwright.domain.operations import Operation
from labelwright.domain.sentences import Sentence
from labelwright.domain.shapes import Shape, Tag
from labelwright.domain.tasks import FrameRow, Job, Task
from labelwright.domain.times import utc_text
from labelwright.formats import ImportSource, Losses
from labelwright.parts.frames import image_suffix
from labelwright.ports import Progress
from labelwright.storage import Transaction, layers
from labelwright.storage import annotations as annotations_storage
from labelwright.storage import events as events_storage
from labelwright.storage import labels as labels_storage
from labelwright.storage import tasks as storage

#: Objects read, numbered and written at a time (API v1 contract, annotations 8).
_BATCH = 2_000
#: How much of an import is done when its file is read; the rest is to show it.
READ_SHARE = 0.9
#: Seconds between two short transactions, for those who wait to save.
_BREATH_S = 0.005

_IN_PLACE = "storage:"
#: Keys of layers that nobody sees yet, by job.
Staged = Mapping[int, int]


@contextmanager
def staging(deps: Deps, jobs: Sequence[Job], operation: Operation) -> Iterator[Staged]:
    """Give each of the jobs a layer to write to. What is not shown by the end is dropped."""
    try:
        with deps.database.write() as tx:
            staged = {job.id: layers.begin_layer(tx, job.id, operation_id=operation.id) for job in jobs}
        yield staged
        _repeat(deps, layers.move_ended)
    finally:
        _repeat(deps, lambda tx: layers.drop_unseen(tx, operation.id))


def frame_infos(rows: Sequence[FrameRow], *, base: str | None = None) -> list[FrameInfo]:
    """Return the frames as formats see them. Those in the folder `base`, from the storage root, have a path there.

    Without one it is the folder all that are read in place have in common, from which exports tell them apart.
    """
    if base is None:
        places = [row.location.removeprefix(_IN_PLACE) for row in rows if row.location.startswith(_IN_PLACE)]
        base = commonpath([dirname(place) for place in places]) if places else ""
    prefix = f"{_IN_PLACE}{base}/"
    return [
        FrameInfo(
            row.frame,
            row.source_frame,
            row.name,
            row.width,
            row.height,
            image_suffix=image_suffix(row),
            path=row.location.removeprefix(prefix) if row.location.startswith(prefix) else "",
        )
        for row in rows
    ]


def stage(
    deps: Deps,
    task: Task,
    source: ImportSource,
    format_name: str,
    *,
    frames: Sequence[FrameInfo],
    staged: Staged,
    progress: Progress,
) -> dict[str, Any]:
    """Read the source into the layers; return the `counts` of what came in and the `losses`, by reason.

    What came onto deleted frames counts, and is told: `on_deleted` says how many objects, on which frames first.

    Raises:
        ImportMismatch: something in the source does not fit the task.
        InvalidArchive, TooLarge: it cannot be read.
        Cancelled: a person cancelled.
    """
    read = deps.formats.importer(format_name).read
    assert read is not None, "a format without is no importer"
    rules = {label.id: attribute_rules(label) for label in task.labels}
    counts = dict.fromkeys(SERIES, 0)
    target = ImportTarget(labels=task.labels, frames=frames)
    jobs = [job for job in task.jobs if job.id in staged]
    on_deleted = Losses()
    for batch in _batches(_noted(read(source, target), task, frames, on_deleted)):
        for series, job, items in _deal(batch, jobs):
            docs = _numbered_docs(deps, series, items, rules)
            with deps.database.write() as tx:
                layers.hold_layer(tx, staged[job.id])
                annotations_storage.write_rows(tx, series, docs, key=staged[job.id], revision=0, rules=rules)
            counts[series] += len(items)
        done = sum(counts.values())
        sentence = Sentence("Reading annotations: {done} so far", done=done)
        progress(READ_SHARE * source.read_share, sentence)
    found: dict[str, Any] = {"counts": counts, "losses": source.losses.counts}
    for reason, count in on_deleted.counts.items():
        found["on_deleted"] = {"objects": count, "frames": on_deleted.frames[reason]}
    return found


def _noted(
    items: Iterable[Tag | Shape], task: Task, frames: Sequence[FrameInfo], on_deleted: Losses
) -> Iterator[Tag | Shape]:
    """Pass the objects on; count those on frames that are deleted."""
    assert task.media is not None
    gone = set(task.media.deleted_frames)
    names = {info.index: info.name for info in frames if info.index in gone}
    for item in items:
        if item.frame in names:
            on_deleted.add(names[item.frame], "the frame is deleted")
        yield item


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


def show_staged(tx: Transaction, deps: Deps, operation: Operation, task: Task, staged: Staged) -> None:
    """Let the jobs show the layers. Revisions rise by 2: one for what goes, one for what comes.

    Raises:
        Conflict: the labels or frames of the task are not what they were when it was read.
    """
    storage.lock_task(tx, task.id)
    now = storage.read_task(tx, task.id)
    if now is None or now.media is None or task.media is None or now.media.id != task.media.id:
        raise Conflict("the frames of the task changed while the file was read; import it again")
    # Rules are of the time of staging: a row older than its label's attributes is filled again when it is read.
    if not {label.id for label in task.labels} <= {
        label.id for label in labels_storage.read_labels(tx, task.id)
    }:
        raise Conflict("a label of the task was deleted while the file was read; import it again")
    now_utc = utc_text(deps.clock())
    for job_id, key in staged.items():
        revision = storage.raise_revision(tx, job_id, by=2)
        before = annotations_storage.count_objects(tx, job_id)
        layers.show_layer(tx, job_id, key, revision=revision)
        events_storage.insert_save(
            tx,
            job_id=job_id,
            user_id=operation.user_id,
            at_utc=now_utc,
            kind="import",
            revision=revision,
            tally=tally_replaced(before, annotations_storage.count_objects(tx, job_id)),
        )
    storage.update_task(tx, task.id, updated_utc=now_utc)


def _repeat(deps: Deps, step: Callable[[Transaction], bool]) -> None:
    """Do `step`, each time in a transaction of its own, until it finds nothing more to do; others go in between."""
    more = True
    while more:
        with deps.database.write() as tx:
            more = step(tx)
        time.sleep(_BREATH_S)
