"""Chunks and previews: the one place that makes them, and their names in the cache."""

import os
from collections.abc import Sequence
from functools import partial
from typing import BinaryIO, Literal

from labelwright.deps import Deps, Limits
from labelwright.domain.tasks import ChunkType, FrameRow, Media
from labelwright.media import FrameSource
from labelwright.media.chunks import chunk_range
from labelwright.parts.frames import read_location
from labelwright.parts.videos import borrow

Quality = Literal["compressed", "original"]

#: How the name of a chunk ends in the cache.
_ENDINGS: dict[ChunkType, str] = {"imageset": "zip", "video": "mp4"}


def chunk_frames(media: Media, number: int) -> range:
    """Return the frames of chunk `number`. Raises Invalid when there is no such chunk."""
    assert media.chunk_size is not None
    return chunk_range(number, chunk_size=media.chunk_size, size=media.size)


def chunk_key(media: Media, number: int, quality: Quality, as_type: ChunkType, limits: Limits) -> str:
    """Return the name of a chunk in the cache, another one whenever its bytes could be others.

    `Video.index_key` is no part of it: it changes when hashes are added to the index, which no picture does then.
    """
    form = _form(media, quality, limits)
    return f"{media.id}/{form}/{number}-{len(chunk_frames(media, number))}.{_ENDINGS[as_type]}"


def _form(media: Media, quality: Quality, limits: Limits) -> str:
    """Return what the bytes of pictures depend on besides their frames. No picture of a video is scaled down."""
    if quality == "original":
        return quality
    if media.video is not None:
        return f"compressed-{media.image_quality}"
    return f"compressed-{media.image_quality}-{limits.max_chunk_megapixels}"


def preview_key(media: Media) -> str:
    """Return the name of the preview in the cache."""
    return f"{media.id}/preview.jpeg"


def write_chunk(
    deps: Deps,
    media: Media,
    rows: Sequence[FrameRow],
    quality: Quality,
    as_type: ChunkType,
    target: BinaryIO,
) -> None:
    """Write the chunk of the frames `rows` into `target`, which can seek.

    Raises:
        NotFound: the file of a frame is gone, or cannot be read.
        InvalidMedia: it is damaged.
    """
    if media.video is not None:
        target.write(_video_chunk(deps, media, rows, quality, as_type))
        return
    # Codecs and what packs for them are imported by those who use them: the API starts without.
    from labelwright.media.chunks import write_compressed_chunk, write_original_chunk

    sources = [FrameSource(row.name, partial(read_location, deps, row)) for row in rows]
    if quality == "original":
        target.write(write_original_chunk(sources))
        return
    target.write(
        write_compressed_chunk(
            sources,
            quality=media.image_quality,
            max_megapixels=deps.limits.max_image_megapixels,
            max_chunk_megapixels=deps.limits.max_chunk_megapixels,
            threads=os.cpu_count() or 1,
        )
    )


def _video_chunk(
    deps: Deps, media: Media, rows: Sequence[FrameRow], quality: Quality, as_type: ChunkType
) -> bytes:
    numbers = [row.source_frame for row in rows]
    with borrow(deps, media) as video:
        if quality == "original":
            return video.read_original_mp4(numbers)
        if as_type == "video":
            return video.read_compressed_mp4(numbers, quality=media.image_quality)
        return video.read_jpeg_chunk(numbers, quality=media.image_quality)
