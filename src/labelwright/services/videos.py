"""Proving that the frames of a task are those of its files."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from labelwright.deps import Deps
from labelwright.domain.errors import Cancelled, LabelwrightError, NotFound
from labelwright.domain.operations import Operation
from labelwright.domain.sentences import Sentence
from labelwright.domain.tasks import FrameRow, Media, Task
from labelwright.parts.chunks import chunk_frames, keep_first, unproved_folder
from labelwright.parts.frames import read_location, task_frames
from labelwright.parts.videos import hash_video, prove_video
from labelwright.ports import Progress
from labelwright.services import existing_task, finish_operation
from labelwright.storage import frames as frames_storage
from labelwright.storage import tasks as storage


def run_hashing(deps: Deps, operation: Operation, progress: Progress) -> dict[str, object]:
    """Read the whole video once and keep a hash of every frame: the work of the `hash` operation.

    Each frame read from then on is checked by its hash. What was made of the video before is made anew,
    what people see first at once. Safe to repeat.

    Raises:
        NotFound, InvalidMedia: the video is gone, or another file lies in its place.
        Cancelled: a person cancelled, or the task has another video.
    """
    assert operation.task_id is not None
    with deps.database.read() as tx:
        media = existing_task(tx, operation.task_id).media
    if media is None or media.video is None:
        raise Cancelled("operation {id} is over", id=operation.id)

    def heard(share: float) -> None:
        progress(share, Sentence("Proving the frames of the video: {percent}%", percent=int(100 * share)))

    proved = hash_video(deps, media, heard)
    result: dict[str, object] = {"frames": proved.frames, "faults": proved.faults}
    with deps.database.write() as tx:
        storage.lock_task(tx, operation.task_id)
        if not _is_still(existing_task(tx, operation.task_id).media, media):
            raise Cancelled("operation {id} is over", id=operation.id)
        frames_storage.update_media(tx, media.id, video=msgspec.json.encode(proved).decode())
        rows = task_frames(tx, media, last=chunk_frames(media, 0)[-1])
        finish_operation(tx, deps, operation, result)
    deps.cache.forget(unproved_folder(media))
    keep_first(deps, replace(media, video=proved), rows)
    if proved.index_key != media.video.index_key:
        deps.blobs.delete([media.video.index_key])
    return result


def _is_still(now: Media | None, before: Media) -> bool:
    return now is not None and now.id == before.id and now.video == before.video


class WrongFrame(Struct, frozen=True):
    """A frame that is not the frame of its file: its row, and why."""

    row: FrameRow
    reason: Sentence


class Verdict(Struct, frozen=True):
    """What became of the frames of a task. `spare` counts pictures of its video that are no frames of it."""

    task: Task
    wrong: list[WrongFrame]
    spare: int = 0

    @property
    def is_good(self) -> bool:
        return not self.wrong and not self.spare


def verify_task(deps: Deps, *, task_id: int, heard: Callable[[float], None]) -> Verdict:
    """Read every frame of the task as clients do, and tell those that are not the frames of the files.

    Images are decoded whole and must be of the size they had; of files in place, and in archives, what was noted of
    them must be so still. `heard` is told shares from 0 to 1.

    Raises:
        NotFound: there is no such task, it has no frames, or its video is gone.
        InvalidMedia: the video is another than it was.
    """
    with deps.database.read() as tx:
        task = existing_task(tx, task_id)
        if task.media is None or not task.media.size:
            raise NotFound("Cannot find requested data for the task")
        rows = task_frames(tx, task.media)
    if task.media.video is not None:
        return _verify_video(deps, task, task.media, rows, heard)
    wrong = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for row, reason in zip(rows, pool.map(lambda row: _fault_of(deps, row), rows), strict=True):
            heard(row.frame / len(rows))
            if reason is not None:
                wrong.append(WrongFrame(row, reason))
    return Verdict(task, wrong)


def _verify_video(
    deps: Deps, task: Task, media: Media, rows: list[FrameRow], heard: Callable[[float], None]
) -> Verdict:
    proof = prove_video(deps, media, heard)
    other = Sentence("it is not the picture that it was, or that the file holds")
    reasons = dict.fromkeys((each.number for each in proof.differences), other)
    reasons |= dict.fromkeys(proof.missing, Sentence("the file holds no picture for it that can be decoded"))
    wrong = [WrongFrame(row, reasons[row.source_frame]) for row in rows if row.source_frame in reasons]
    return Verdict(task, wrong, proof.spare)


def _fault_of(deps: Deps, row: FrameRow) -> Sentence | None:
    """Return why the file of a frame is not the image it was; None when it is."""
    # Codecs, which the API starts without.
    from labelwright.media.images import encode_preview, read_image_size

    limit = deps.limits.max_image_megapixels
    try:
        content = read_location(deps, row)
        size = read_image_size(content, name=row.name, max_megapixels=limit)
        encode_preview(content, name=row.name, max_megapixels=limit)
    except LabelwrightError as error:
        return error.message
    if size == (row.width, row.height):
        return None
    return Sentence(
        "it was {width}×{height} and is {now_width}×{now_height}",
        width=row.width,
        height=row.height,
        now_width=size.width,
        now_height=size.height,
    )
