"""Frames on their way to the eye: what a task's frames are, single frames, chunks, the preview."""

import hashlib
import mimetypes
import os
from typing import Literal

from msgspec import Struct

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.errors import Invalid, NotFound
from labelwright.domain.tasks import FrameRow, Media
from labelwright.domain.users import User
from labelwright.media import FrameSource
from labelwright.parts.frames import read_location
from labelwright.services import existing_task, people_of_task, require
from labelwright.storage import frames as frames_storage

Quality = Literal["compressed", "original"]


class FrameBytes(Struct, frozen=True):
    """An image or a zip of them. `etag` changes whenever the bytes could.

    `is_final` is False where other bytes may come under the same address: in a last chunk that is not full, which
    frames added later join, and of datasets, whose images are read anew when they change.
    """

    content: bytes
    media_type: str
    etag: str
    is_final: bool = True
    #: When the picture came to be, for clients that ask by time; None where only the ETag counts.
    modified_utc: str | None = None


def read_meta(deps: Deps, *, user: User, task_id: int) -> tuple[Media, list[FrameRow]]:
    """Return the task's body of frames, and every frame in order. Raises NotFound (also without data), Forbidden."""
    with deps.database.read() as tx:
        require(access.may_access_task(user, people_of_task(tx, deps, task_id)))
        media = existing_task(tx, task_id).media
        if media is None:
            raise NotFound("Not found.")
        return media, frames_storage.read_frames(tx, media.id)


def read_chunk(deps: Deps, *, user: User, task_id: int, number: int, quality: Quality) -> FrameBytes:
    """Return chunk `number` as a zip of images, made when it is read for the first time.

    Raises:
        NotFound, Forbidden: as everywhere, also for a task without data.
        Invalid: there is no such chunk.
    """
    # Codecs and what packs for them are imported by those who use them: the API starts without.
    from labelwright.media.chunks import chunk_range, write_compressed_chunk, write_original_chunk

    media, may_change, _ = _readable(deps, user, task_id)
    assert media.chunk_size is not None
    frames = chunk_range(number, chunk_size=media.chunk_size, size=media.size)
    key = f"{media.id}/{quality}-{media.image_quality}/{number}-{len(frames)}.zip"
    content = deps.cache.get(key)
    if content is None:
        sources = [_source(deps, row) for row in _rows(deps, media, frames[0], frames[-1])]
        if quality == "original":
            content = write_original_chunk(sources)
        else:
            content = write_compressed_chunk(
                sources,
                quality=media.image_quality,
                max_megapixels=deps.limits.max_image_megapixels,
                threads=os.cpu_count() or 1,
            )
        deps.cache.put(key, content)
    is_final = len(frames) == media.chunk_size and not may_change
    return FrameBytes(content, "application/zip", _etag(key), is_final)


def read_frame(deps: Deps, *, user: User, task_id: int, number: int, quality: Quality) -> FrameBytes:
    """Return one frame: the source's own bytes, or the compressed JPEG a chunk would hold.

    Raises:
        NotFound, Forbidden: as everywhere, also for a task without data.
        Invalid: there is no such frame.
    """
    media, may_change, _ = _readable(deps, user, task_id)
    if not 0 <= number < media.size:
        raise Invalid("Incorrect requested frame number: {number}", number=number)
    (row,) = _rows(deps, media, number, number)
    source, key = _source(deps, row), f"{media.id}/frame/{quality}-{media.image_quality}/{number}"
    if quality == "original":
        media_type = mimetypes.guess_type(row.name)[0] or "application/octet-stream"
        return FrameBytes(source.read(), media_type, _etag(key), not may_change)
    from labelwright.media.images import encode_compressed

    limit = deps.limits.max_image_megapixels
    jpeg = encode_compressed(source.read(), name=row.name, quality=media.image_quality, max_megapixels=limit)
    return FrameBytes(jpeg, "image/jpeg", _etag(key), not may_change)


def read_preview(deps: Deps, *, user: User, task_id: int) -> FrameBytes:
    """Return a JPEG of the first frame, 256×256 at most. Raises NotFound (also without data), Forbidden."""
    media, may_change, made_utc = _readable(deps, user, task_id)
    key = f"{media.id}/preview.jpeg"
    content = deps.cache.get(key)
    if content is None:
        from labelwright.media.images import encode_preview

        (row,) = _rows(deps, media, 0, 0)
        limit = deps.limits.max_image_megapixels
        content = encode_preview(_source(deps, row).read(), name=row.name, max_megapixels=limit)
        deps.cache.put(key, content)
    # Asked by time alone, a client would take the picture of other frames for the present one.
    modified_utc = None if may_change else made_utc
    return FrameBytes(content, "image/jpeg", _etag(key), not may_change, modified_utc=modified_utc)


class NoData(NotFound):
    """The task has no frames (yet)."""


def _readable(deps: Deps, user: User, task_id: int) -> tuple[Media, bool, str]:
    """Return the task's body of frames, whether there may be others one day, and when the task was made."""
    with deps.database.read() as tx:
        require(access.may_access_task(user, people_of_task(tx, deps, task_id)))
        task = existing_task(tx, task_id)
        if task.media is None or not task.media.size:
            raise NoData("Cannot find requested data for the task")
        first = frames_storage.read_frames(tx, task.media.id, first=0, last=0)[0]
    return task.media, first.location.startswith("storage:"), task.created_utc


def _rows(deps: Deps, media: Media, first: int, last: int) -> list[FrameRow]:
    """Return frames `first` to `last`. Raises NoData when they were exchanged for others since `media` was read."""
    with deps.database.read() as tx:
        rows = frames_storage.read_frames(tx, media.id, first=first, last=last)
    if len(rows) != last - first + 1:
        raise NoData("Cannot find requested data for the task")
    return rows


def _source(deps: Deps, row: FrameRow) -> FrameSource:
    return FrameSource(row.name, lambda: read_location(deps, row))


def _etag(key: str) -> str:
    return f'"{hashlib.sha256(key.encode()).hexdigest()[:32]}"'
