"""A task as a dataset to be written in some format: read in one transaction, frame by frame."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from os.path import commonpath
from pathlib import PurePosixPath
from typing import Any, TypeVar

import msgspec

from labelwright.deps import Deps
from labelwright.domain import users
from labelwright.domain.annotations import Series
from labelwright.domain.dataset import (
    Dataset,
    Frame,
    FrameInfo,
    Person,
    SegmentInfo,
    TaskInfo,
    group_by_frame,
)
from labelwright.domain.errors import InvalidMedia, NotFound
from labelwright.domain.labels import AttributeRules, attribute_rules
from labelwright.domain.sentences import Sentence
from labelwright.domain.shapes import Shape, Tag
from labelwright.domain.tasks import FrameRow, Job, Media, Task
from labelwright.parts.frames import image_suffix, read_location, task_frames
from labelwright.parts.videos import borrow
from labelwright.ports import Progress
from labelwright.storage import Transaction
from labelwright.storage import annotations as annotations_storage
from labelwright.storage import users as users_storage

#: How much of an export with images is done when its annotations are written.
_WRITTEN_SHARE = 0.2
_IN_PLACE = "storage:"

Item = TypeVar("Item", Tag, Shape)


def fingerprint_of(task: Task) -> str:
    """What changes whenever an export of the task would."""
    state = [task.updated_utc, [job.revision for job in task.jobs]]
    return hashlib.sha256(msgspec.json.encode(state)).hexdigest()


def open_dataset(
    tx: Transaction, deps: Deps, task: Task, *, with_images: bool, server_url: str, progress: Progress
) -> Dataset:
    """Return the task as a dataset that can be read while `tx` is open, as often as wanted.

    `server_url` is the `scheme://host` that addresses in a file begin with.
    """
    assert task.media is not None, "an export was asked for of a task that has frames"
    media = task.media
    rows = task_frames(tx, media)
    deleted = frozenset(media.deleted_frames)
    every = [
        FrameInfo(row.frame, row.source_frame, name, row.width, row.height, image_suffix(row))
        for row, name in zip(rows, frame_names(rows), strict=True)
    ]
    infos = [info for info in every if info.index not in deleted]
    rules = {label.id: attribute_rules(label) for label in task.labels}
    written = _WRITTEN_SHARE if with_images else 1.0

    def stream() -> Iterator[Frame]:
        tags, shapes = _objects(tx, task, rules)
        present = group_by_frame(infos, tags=_without(deleted, tags), shapes=_without(deleted, shapes))
        for done, frame in enumerate(present):
            if done % 64 == 0:
                sentence = Sentence(
                    "Writing annotations: image {done} of {count}", done=done, count=len(infos)
                )
                progress(written * done / len(infos), sentence)
            yield frame

    def read_image(info: FrameInfo) -> bytes | None:
        sentence = Sentence("Writing images: {done} of {count}", done=info.index, count=len(every))
        progress(written + (1 - written) * info.index / len(every), sentence)
        return _read_image(deps, media, rows[info.index])

    return Dataset(
        task=_task_info(tx, deps, task, server_url),
        labels=task.labels,
        frame_infos=infos,
        stream=stream,
        read_image=read_image if with_images else None,
        deleted=[info for info in every if info.index in deleted],
    )


def _without(deleted: Collection[int], items: Iterator[Item]) -> Iterator[Item]:
    """Return the objects that stand on none of the `deleted` frames."""
    return (item for item in items if item.frame not in deleted) if deleted else items


def frame_names(rows: Sequence[FrameRow]) -> list[str]:
    """Return the name of each frame; where some share one, as frames of datasets may, a path in its place."""
    shared = {name for name, count in Counter(row.name for row in rows).items() if count > 1}
    places = [row.location.removeprefix(_IN_PLACE) for row in rows if row.location.startswith(_IN_PLACE)]
    above = commonpath([PurePosixPath(place).parent for place in places]) if shared and places else ""
    return [
        PurePosixPath(row.location.removeprefix(_IN_PLACE)).relative_to(above).as_posix()
        if row.name in shared and row.location.startswith(_IN_PLACE)
        else row.name
        for row in rows
    ]


def _read_image(deps: Deps, media: Media, row: FrameRow) -> bytes | None:
    """Return the file of the frame, of a video's a PNG; None when there is no such picture (any more)."""
    try:
        if media.video is None:
            return read_location(deps, row)
        with borrow(deps, media) as video:
            return video.read_png(row.source_frame)
    except (NotFound, InvalidMedia):
        return None


def _objects(
    tx: Transaction, task: Task, rules: dict[int, AttributeRules]
) -> tuple[Iterator[Tag], Iterator[Shape]]:
    """Return the task's tags and shapes in ascending frame order.

    Jobs that share no frames are walked one after the other, in flat memory; jobs that do are merged
    whole (API v1 contract, annotations 5).
    """
    if not task.overlap or len(task.jobs) < 2:
        return _walk(tx, task.jobs, "tags", Tag, rules), _walk(tx, task.jobs, "shapes", Shape, rules)
    from labelwright.domain.merging import merge_jobs  # with numpy: 12 MB the API process does without

    parts = []
    for job in task.jobs:
        tags = list(_walk(tx, [job], "tags", Tag, rules))
        shapes = list(_walk(tx, [job], "shapes", Shape, rules))
        parts.append((job.first_frame, tags, shapes))
    merged_tags, merged_shapes = merge_jobs(parts, task.overlap)
    return iter(sorted(merged_tags, key=_frame)), iter(sorted(merged_shapes, key=_frame))


def _frame(item: Tag | Shape) -> int:
    return item.frame


def _walk(
    tx: Transaction, jobs: Iterable[Job], series: Series, kind: Any, rules: dict[int, AttributeRules]
) -> Iterator[Any]:
    decode = msgspec.json.Decoder(list[kind]).decode
    for job in jobs:
        for docs in annotations_storage.walk_docs(tx, series, job.id, rules=rules):
            yield from decode(f"[{','.join(docs)}]")


def _task_info(tx: Transaction, deps: Deps, task: Task, server_url: str) -> TaskInfo:
    assert task.media is not None
    segments = [
        SegmentInfo(job.id, job.first_frame, job.last_frame, f"{server_url}/?id={job.id}")
        for job in task.jobs
    ]
    return TaskInfo(
        id=task.id,
        name=task.name,
        size=task.media.size,
        mode=task.mode,
        overlap=task.overlap or 0,
        bug_tracker=task.bug_tracker,
        created=datetime.fromisoformat(task.created_utc),
        updated=datetime.fromisoformat(task.updated_utc),
        start_frame=task.media.start_frame,
        stop_frame=task.media.stop_frame,
        frame_filter=task.media.frame_filter,
        segments=segments,
        owner=_export_person(tx, task.owner),
        assignee=_export_person(tx, task.assignee),
        dumped=deps.clock(),
    )


def _export_person(tx: Transaction, person: users.Person | None) -> Person | None:
    user = None if person is None else users_storage.read_user(tx, person.id)
    # Of the platform's people the name is all there is; it stands in both places (platform contract, 2.4).
    return None if user is None else Person(user.username, user.email if user.is_ours else user.username)
