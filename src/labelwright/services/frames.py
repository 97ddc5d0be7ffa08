"""Frames on their way to the eye: what a task's frames are, single frames, chunks, the preview."""

import hashlib
import mimetypes
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from msgspec import Struct

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.errors import Invalid, NotFound
from labelwright.domain.tasks import ChunkType, FrameRow, Media, PictureType, Quality
from labelwright.domain.users import User
from labelwright.parts import chunks
from labelwright.parts.frames import open_frame, task_frames
from labelwright.services import existing_task, people_of_task, require
from labelwright.storage import frames as frames_storage

#: Linux alone reads without waiting for the disk.
_NOWAIT: int = getattr(os, "RWF_NOWAIT", 0)
_CHUNK_TYPES: dict[ChunkType, str] = {"imageset": "application/zip", "video": "video/mp4"}
#: Kinds of images that Python's own table of names does not know on every machine.
_IMAGE_TYPES = {
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".jfif": "image/jpeg",
    ".jp2": "image/jp2",
    ".jpx": "image/jpx",
    ".tga": "image/x-tga",
}


class Content:
    """Bytes on their way out, from any place of them. Whoever sends them calls `close`, more than once if need be."""

    def __init__(self, opened: AbstractContextManager[BinaryIO]) -> None:
        self._stack = ExitStack()
        self._file = self._stack.enter_context(opened)
        self.size_bytes = self._file.seek(0, os.SEEK_END)
        try:
            self._descriptor: int | None = self._file.fileno()
        except OSError:  # a member of an archive, or bytes in memory
            self._descriptor = None

    def read_at_once(self, part: range) -> bytes | None:
        """Return the first bytes of `part`, which is not empty, if the machine's memory holds all of them; None if a
        disk or a network must be asked.
        """
        if self._descriptor is None or not _NOWAIT:
            return None
        try:
            # The last byte speaks for all of them: files are written and read from their beginning.
            os.preadv(self._descriptor, [bytearray(1)], part[-1], _NOWAIT)
        except OSError:  # not in memory, or the file system cannot tell
            return None
        return os.pread(self._descriptor, len(part), part.start)

    def read(self, part: range) -> bytes:
        """Return the first bytes of `part`, none where the file has become shorter."""
        if self._descriptor is not None:
            return os.pread(self._descriptor, len(part), part.start)
        self._file.seek(part.start)
        return self._file.read(len(part))

    def close(self) -> None:
        self._stack.close()


class Found(Struct, frozen=True, kw_only=True):
    """A chunk or a picture that is there to be had. `etag` changes whenever the bytes could.

    `kept` gives the bytes at once, or None; `make` takes its time, in the way of nobody but who waits for them.
    `is_provisional` says that they come of a video whose frames are not proved: they are made anew, mostly the same.
    `is_final` is False where other bytes may come under the same address: in a last chunk that is not full, which
    frames added later join, and of datasets, whose images are read anew when they change.
    """

    media_type: str
    etag: str
    is_final: bool
    is_provisional: bool
    kept: Callable[[], Content | None]
    make: Callable[[], Content]
    #: When the picture came to be, for clients that ask by time; None where only the ETag counts.
    modified_utc: str | None = None


class FrameSize(Struct, frozen=True):
    """Name and size of a frame, and its size in compressed chunks; names of the images related to it."""

    name: str
    width: int
    height: int
    compressed_width: int
    compressed_height: int
    related: Sequence[str] = ()


def read_meta(deps: Deps, *, user: User, task_id: int) -> tuple[Media, list[FrameSize]]:
    """Return the task's body of frames, and every frame in order; of a video one, which is as all of them.

    Raises NotFound (also without data), Forbidden.
    """
    with deps.database.read() as tx:
        require(access.may_access_task(user, people_of_task(tx, deps, task_id)))
        media = frames_storage.read_media(tx, task_id)
        if media is None:
            raise NotFound("Not found.")
        video = media.video
        rows = [] if video is not None else task_frames(tx, media)
        related = frames_storage.read_related_names(tx, media.id)
    if video is not None:
        return media, [FrameSize(video.name, video.width, video.height, video.width, video.height)]
    sizes = (chunks.shrunk_size(row, deps.limits) for row in rows)
    return media, [
        FrameSize(row.name, row.width, row.height, *size, related.get(row.frame, ()))
        for row, size in zip(rows, sizes, strict=True)
    ]


def find_chunk(
    deps: Deps, *, user: User, task_id: int, number: int, quality: Quality, as_type: ChunkType | None
) -> Found:
    """Find chunk `number`, in the form that `as_type` names, None for the task's own.

    Raises:
        NotFound, Forbidden: as everywhere, also for a task without data.
        Invalid: there is no such chunk, or not in this form. `make` raises it, and NotFound, for bad files.
    """
    media, may_change = _readable(deps, user, task_id)
    frames = chunks.chunk_frames(media, number)
    form = _chunk_type(media, quality, as_type)
    key = chunks.chunk_key(media, number, quality, form, deps.limits)

    def kept() -> Content | None:
        file = deps.cache.open(key)
        if file is None:
            return None
        _go_ahead(deps, media, number + 1, quality, form)
        return Content(file)

    def make() -> Content:
        file = deps.cache.make(key, partial(_write_chunk, deps, media, frames, quality, form))
        _go_ahead(deps, media, number + 1, quality, form)
        return Content(file)

    is_whole = len(frames) == media.chunk_size or media.video is not None  # to a video nothing is added
    is_final = is_whole and not may_change
    return Found(
        media_type=_CHUNK_TYPES[form],
        etag=_etag(key),
        is_final=is_final,
        is_provisional=media.is_unproved,
        kept=kept,
        make=make,
    )


def _chunk_type(media: Media, quality: Quality, wanted: ChunkType | None) -> ChunkType:
    own = media.original_type if quality == "original" else media.compressed_type
    is_free = media.video is not None and quality == "compressed"
    may_be: tuple[ChunkType, ...] = ("imageset", "video") if is_free else (own,)
    if wanted is not None and wanted not in may_be:
        raise Invalid("this chunk cannot be had as {type}", type=wanted)
    return wanted or own


def _write_chunk(
    deps: Deps, media: Media, frames: range, quality: Quality, form: ChunkType, target: BinaryIO
) -> None:
    with deps.ahead.in_front():
        rows = _rows(deps, media, frames[0], frames[-1])
        chunks.write_chunk(deps, media, rows, quality, form, target)


def _go_ahead(deps: Deps, media: Media, number: int, quality: Quality, form: ChunkType) -> None:
    """Have chunk `number` made, if there is one, before its reader asks for it."""
    if quality == "original" or number * cast(int, media.chunk_size) >= media.size:
        return
    frames = chunks.chunk_frames(media, number)

    def write(target: BinaryIO) -> None:
        rows = _rows(deps, media, frames[0], frames[-1])
        chunks.write_chunk(deps, media, rows, quality, form, target, give_way=deps.ahead.give_way)

    key = chunks.chunk_key(media, number, quality, form, deps.limits)
    if not deps.cache.holds(key):
        deps.ahead.begin(key, lambda: deps.cache.make(key, write).close())


def find_frame(
    deps: Deps, *, user: User, task_id: int, number: int, quality: Quality, as_type: PictureType | None
) -> Found:
    """Find one frame: of images the source's own bytes, or the compressed JPEG a chunk would hold.

    Frames of videos are PNG of either quality; as JPEG they are compressed.

    Raises:
        NotFound, Forbidden: as everywhere, also for a task without data.
        Invalid: there is no such frame, or not in this form. `make` raises it, and NotFound, for bad files.
    """
    media, may_change = _readable(deps, user, task_id)
    if not 0 <= number < media.size:
        raise Invalid("Incorrect requested frame number: {number}", number=number)
    form = _picture_type(media, quality, as_type)
    if form is None:
        return _find_original(deps, media, number, is_final=not may_change)
    key = chunks.picture_key(media, number, form, deps.limits)

    def write(target: BinaryIO) -> None:
        with deps.ahead.in_front():
            (row,) = _rows(deps, media, number, number)
            chunks.write_picture(deps, media, row, form, target)

    return _kept_picture(deps, media, key, f"image/{form}", write, is_final=not may_change)


def _picture_type(media: Media, quality: Quality, wanted: PictureType | None) -> PictureType | None:
    """Return how a frame is encoded, None where its file is sent as it is."""
    may_be: tuple[PictureType | None, ...]
    if media.video is not None:
        may_be = ("png", "jpeg") if quality == "compressed" else ("png",)
    else:
        may_be = ("jpeg",) if quality == "compressed" else (None,)
    if wanted is not None and wanted not in may_be:
        raise Invalid("this frame cannot be had as {type}", type=wanted)
    return wanted or may_be[0]


def _find_original(deps: Deps, media: Media, number: int, *, is_final: bool) -> Found:
    (row,) = _rows(deps, media, number, number)
    suffix = PurePosixPath(row.name).suffix.lower()
    # Of the name only the suffix: the whole may look like an address of another type, `data:text/html,x.jpg`.
    named = _IMAGE_TYPES.get(suffix) or mimetypes.guess_type(f"x{suffix}")[0]
    return Found(
        media_type=named or "application/octet-stream",
        etag=_etag(f"{media.id}/original/{number}"),
        is_final=is_final,
        is_provisional=False,
        kept=lambda: None,
        make=lambda: Content(open_frame(deps, row)),
    )


def find_related(deps: Deps, *, user: User, task_id: int, number: int, position: int) -> Found:
    """Find the image at `position`, from 0, of those related to frame `number` of the source, as a JPEG.

    Raises:
        NotFound, Forbidden: as everywhere, also for a task without data.
        NoRelated: there is none. `make` raises NotFound and Invalid for bad files.
    """
    media, may_change = _readable(deps, user, task_id)
    with deps.database.read() as tx:
        image = frames_storage.read_related(tx, media.id, source_frame=number, position=position)
    if image is None:
        raise NoRelated("No context image related to the frame")
    row = FrameRow(image.frame, number, image.name, 0, 0, image.location)

    def write(target: BinaryIO) -> None:
        with deps.ahead.in_front():
            chunks.write_picture(deps, media, row, "jpeg", target)

    key = chunks.related_key(media, image, deps.limits)
    return _kept_picture(deps, media, key, "image/jpeg", write, is_final=not may_change)


def find_preview(deps: Deps, *, user: User, task_id: int) -> Found:
    """Find a JPEG of the first frame, 256×256 at most. Raises NotFound (also without data), Forbidden."""
    media, may_change = _readable(deps, user, task_id)

    def write(target: BinaryIO) -> None:
        with deps.ahead.in_front():
            (row,) = _rows(deps, media, 0, 0)
            chunks.write_preview(deps, media, row, target)

    # Asked by time alone, a client would take the picture of other frames for the present one.
    modified_utc = None
    if not may_change:
        with deps.database.read() as tx:
            modified_utc = existing_task(tx, task_id).created_utc
    return _kept_picture(
        deps,
        media,
        chunks.preview_key(media),
        "image/jpeg",
        write,
        is_final=not may_change,
        modified_utc=modified_utc,
    )


def _kept_picture(
    deps: Deps,
    media: Media,
    key: str,
    media_type: str,
    write: Callable[[BinaryIO], object],
    *,
    is_final: bool,
    modified_utc: str | None = None,
) -> Found:
    def kept() -> Content | None:
        file = deps.cache.open(key)
        return None if file is None else Content(file)

    return Found(
        media_type=media_type,
        etag=_etag(key),
        is_final=is_final,
        is_provisional=media.is_unproved,
        kept=kept,
        make=lambda: Content(deps.cache.make(key, write)),
        modified_utc=modified_utc,
    )


class NoData(NotFound):
    """The task has no frames (yet)."""


class NoRelated(NotFound):
    """No image is related to the frame."""


def _readable(deps: Deps, user: User, task_id: int) -> tuple[Media, bool]:
    """Return the task's body of frames, and whether other bytes may come in their place one day.

    So it is where they lie in a dataset, which may change, and of a video until its frames are proved.
    """
    with deps.database.read() as tx:
        require(access.may_access_task(user, people_of_task(tx, deps, task_id)))
        media = frames_storage.read_media(tx, task_id)
        if media is None or not media.size:
            raise NoData("Cannot find requested data for the task")
        (first,) = task_frames(tx, media, first=0, last=0)
    return media, media.is_unproved or first.location.startswith("storage:")


def _rows(deps: Deps, media: Media, first: int, last: int) -> list[FrameRow]:
    """Return frames `first` to `last`. Raises NoData when they were exchanged for others since `media` was read."""
    with deps.database.read() as tx:
        rows = task_frames(tx, media, first=first, last=last)
    if len(rows) != last - first + 1:
        raise NoData("Cannot find requested data for the task")
    return rows


def _etag(key: str) -> str:
    return f'"{hashlib.sha256(key.encode()).hexdigest()[:32]}"'
