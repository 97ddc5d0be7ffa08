"""The body of frames of a task: its record, and a row a frame."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, and_, bindparam, delete, insert, select, union_all, update

from labelwright.domain.errors import NotFound
from labelwright.domain.tasks import FrameRow, Media, MediaRequest, Origin, RelatedImage, Video
from labelwright.storage import Transaction
from labelwright.storage.tables import frames, media, related_images, tasks

#: What `media_of` reads; `media_id` is null in the row of a task without.
MEDIA_COLUMNS = (
    media.c.id.label("media_id"),
    *(
        media.c[name]
        for name in (
            "chunk_size",
            "size",
            "image_quality",
            "start_frame",
            "stop_frame",
            "frame_filter",
            "published_path",
            "published_utc",
            "compressed_type",
            "video",
            "deleted_frames",
        )
    ),
)
_MEDIA = select(*MEDIA_COLUMNS).where(media.c.task_id == bindparam("task_id"))
_MEDIA_OF_TASK = select(media.c.id).where(media.c.task_id == bindparam("task_id"))
_FRAMES = (
    select(*(frames.c[name] for name in FrameRow.__struct_fields__))
    .where(frames.c.media_id == bindparam("media_id"))
    .where(frames.c.frame.between(bindparam("first"), bindparam("last")))
    .order_by(frames.c.frame)
)
#: More than any frame's number: the largest that fits the column.
_MOST = 2**31 - 1


def insert_media(tx: Transaction, task_id: int, request: MediaRequest) -> int:
    """Add the record of frames that are yet to be read."""
    values = {
        "task_id": task_id,
        "image_quality": request.image_quality,
        "chunk_size": request.chunk_size,
        "start_frame": request.start_frame,
        "stop_frame": request.stop_frame or 0,
        "frame_filter": request.frame_filter,
        "request": msgspec.json.encode(request).decode(),
    }
    return int(tx.connection.execute(insert(media).values(**values).returning(media.c.id)).scalar_one())


def delete_media(tx: Transaction, task_id: int) -> None:
    """Delete the task's record of frames, and the frames."""
    tx.connection.execute(delete(media).where(media.c.task_id == task_id))


def update_media(tx: Transaction, media_id: int, **values: object) -> None:
    tx.connection.execute(update(media).where(media.c.id == media_id).values(**values))


def media_of(row: Row[Any], task_id: int) -> Media | None:
    """Return the record of frames in a row with `MEDIA_COLUMNS`, None where there is none."""
    if row.media_id is None:
        return None
    return Media(
        id=row.media_id,
        task_id=task_id,
        chunk_size=row.chunk_size,
        size=row.size,
        image_quality=row.image_quality,
        start_frame=row.start_frame,
        stop_frame=row.stop_frame,
        frame_filter=row.frame_filter,
        published_path=row.published_path,
        published_utc=row.published_utc,
        compressed_type=row.compressed_type,
        video=None if row.video is None else msgspec.json.decode(row.video, type=Video),
        deleted_frames=msgspec.json.decode(row.deleted_frames, type=tuple[int, ...]),
    )


def read_media(tx: Transaction, task_id: int) -> Media | None:
    """Return the task's record of frames, None without one."""
    row = tx.connection.execute(_MEDIA, {"task_id": task_id}).first()
    return None if row is None else media_of(row, task_id)


def read_media_id(tx: Transaction, task_id: int) -> int | None:
    """Return the id of the task's record of frames, None without one. It is another once the frames are read anew."""
    return tx.connection.execute(_MEDIA_OF_TASK, {"task_id": task_id}).scalar()


def read_media_request(tx: Transaction, task_id: int) -> MediaRequest | None:
    text = tx.connection.execute(select(media.c.request).where(media.c.task_id == task_id)).scalar()
    return None if text is None else msgspec.json.decode(text, type=MediaRequest)


def read_dataset_ids(tx: Transaction, task_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Return the ids of datasets that the tasks' frames were asked of, each with its task's."""
    asked = select(media.c.task_id, media.c.request).where(
        media.c.task_id.in_(task_ids),
        media.c.request.not_like('%"dataset_ids":[]%'),  # others may hold 100,000 names
    )
    return [
        (dataset_id, row.task_id)
        for row in tx.connection.execute(asked.order_by(media.c.task_id))
        for dataset_id in msgspec.json.decode(row.request, type=MediaRequest).dataset_ids
    ]


def read_origin(tx: Transaction, task_id: int) -> Origin:
    """Return where the task's frames came from; one that has none came from nowhere. Raises NotFound."""
    row = tx.connection.execute(
        select(media.c.size, media.c.video, tasks.c.dataset_id, tasks.c.dataset_tag)
        .select_from(tasks.outerjoin(media, media.c.task_id == tasks.c.id))
        .where(tasks.c.id == task_id)
    ).first()
    if row is None:
        raise NotFound("Not found.")
    video = None if row.video is None else msgspec.json.decode(row.video, type=Video)
    return Origin(row.size or 0, row.dataset_id, row.dataset_tag, video)


def write_frames(tx: Transaction, media_id: int, rows: Sequence[FrameRow], *, replace: bool) -> None:
    """Add frames, after dropping those already there when `replace`."""
    if replace:
        tx.connection.execute(delete(frames).where(frames.c.media_id == media_id))
    columns = ("media_id", "frame", "source_frame", "name", "width", "height", "location")
    values = [
        (media_id, row.frame, row.source_frame, row.name, row.width, row.height, row.location) for row in rows
    ]
    tx.insert_rows("frames", columns, values)


def read_frames(tx: Transaction, media_id: int, *, first: int = 0, last: int | None = None) -> list[FrameRow]:
    """Return frames `first` to `last` (included; None: to the end), in order."""
    values = {"media_id": media_id, "first": first, "last": _MOST if last is None else last}
    return [FrameRow(*row) for row in tx.connection.execute(_FRAMES, values)]


def read_locations(tx: Transaction, record: Media) -> list[str]:
    """Return where the files of all frames lie, and those of images related to them; of a video where it lies."""
    if record.video is not None:
        return [record.video.location]
    both = [select(each.c.location).where(each.c.media_id == record.id) for each in (frames, related_images)]
    return list(tx.connection.execute(union_all(*both)).scalars())


def write_related(tx: Transaction, media_id: int, images: Sequence[RelatedImage]) -> None:
    """Add images related to frames."""
    values = [(media_id, each.frame, each.position, each.name, each.location) for each in images]
    tx.insert_rows("related_images", ("media_id", "frame", "position", "name", "location"), values)


def read_related(tx: Transaction, media_id: int, *, source_frame: int, position: int) -> RelatedImage | None:
    """Return the image at `position` of those related to frame `source_frame` of the source, None without one."""
    of_frame = and_(frames.c.media_id == related_images.c.media_id, frames.c.frame == related_images.c.frame)
    query = (
        select(*(related_images.c[name] for name in RelatedImage.__struct_fields__))
        .select_from(related_images.join(frames, of_frame))
        .where(related_images.c.media_id == media_id, frames.c.source_frame == source_frame)
        .where(related_images.c.position == position)
    )
    row = tx.connection.execute(query).first()
    return None if row is None else RelatedImage(*row)


def read_related_names(tx: Transaction, media_id: int) -> dict[int, list[str]]:
    """Return the names of the images related to frames, by frame, each in its order."""
    query = (
        select(related_images.c.frame, related_images.c.name)
        .where(related_images.c.media_id == media_id)
        .order_by(related_images.c.frame, related_images.c.position)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for frame, name in tx.connection.execute(query):
        found[frame].append(name)
    return found
