"""Chunks, single frames and previews: the one place that makes them, and their names in the cache."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import BinaryIO

from labelwright.deps import Deps, Limits
from labelwright.domain.errors import LabelwrightError
from labelwright.domain.tasks import ChunkType, FrameRow, Media, PictureType, Quality, RelatedImage
from labelwright.media import FrameFile, FrameSource
from labelwright.media.chunks import chunk_range
from labelwright.media.sizes import ImageSize, compressed_size, encoding_threads
from labelwright.parts.frames import open_frame, read_location
from labelwright.parts.videos import borrow, let_go

#: How the name of a chunk ends in the cache.
_ENDINGS: dict[ChunkType, str] = {"imageset": "zip", "video": "mp4"}


def chunk_frames(media: Media, number: int) -> range:
    """Return the frames of chunk `number`. Raises Invalid when there is no such chunk."""
    assert media.chunk_size is not None
    return chunk_range(number, chunk_size=media.chunk_size, size=media.size)


def chunk_key(media: Media, number: int, quality: Quality, as_type: ChunkType, limits: Limits) -> str:
    """Return the name of a chunk in the cache, another one whenever its bytes could be others."""
    form = _form(media, quality, limits)
    return f"{_folder(media)}{form}/{number}-{len(chunk_frames(media, number))}.{_ENDINGS[as_type]}"


def unproved_folder(media: Media) -> str:
    """Return the prefix of the names of what is made of a video whose frames are not proved yet."""
    return f"{media.id}/unproved/"


def _folder(media: Media) -> str:
    return unproved_folder(media) if media.is_unproved else f"{media.id}/"


def _form(media: Media, quality: Quality, limits: Limits) -> str:
    """Return what the bytes of pictures depend on besides their frames. No picture of a video is scaled down."""
    if quality == "original":
        return quality
    if media.video is not None:
        return f"compressed-{media.image_quality}"
    return f"compressed-{media.image_quality}-{limits.max_chunk_megapixels}"


def picture_key(media: Media, frame: int, as_type: PictureType, limits: Limits) -> str:
    """Return the name of a frame, encoded alone, in the cache."""
    form = "lossless" if as_type == "png" else _form(media, "compressed", limits)
    return f"{_folder(media)}{form}/frames/{frame}.{as_type}"


def related_key(media: Media, image: RelatedImage, limits: Limits) -> str:
    """Return the name of an image related to a frame, encoded, in the cache."""
    form = _form(media, "compressed", limits)
    return f"{_folder(media)}{form}/related/{image.frame}-{image.position}.jpeg"


def preview_key(media: Media) -> str:
    """Return the name of the preview in the cache."""
    return f"{_folder(media)}preview.jpeg"


def shrunk_size(row: FrameRow, limits: Limits) -> ImageSize:
    """Return the size that a frame which is an image has in compressed chunks, in most cases its own."""
    return compressed_size(ImageSize(row.width, row.height), max_megapixels=limits.max_chunk_megapixels)


def keep_first(deps: Deps, media: Media, rows: Sequence[FrameRow]) -> None:
    """Put the preview and the first chunk of a video, whose frames are `rows`, into the cache: people want them first.

    Its decoder is let go of: whoever reads on does so in another process.
    """
    form = media.compressed_type
    chunk = chunk_key(media, 0, "compressed", form, deps.limits)

    def write(target: BinaryIO) -> None:
        with suppress(LabelwrightError, OSError):
            deps.cache.make(chunk, partial(write_chunk, deps, media, rows, "compressed", form)).close()
        write_preview(deps, media, rows[0], target)

    # Both are claimed before the first is made: who asks meanwhile waits, and starts no decoder of its own.
    with suppress(LabelwrightError, OSError):  # whoever asks for them will be told
        deps.cache.make(preview_key(media), write).close()
    let_go(deps, media)


def write_chunk(
    deps: Deps,
    media: Media,
    rows: Sequence[FrameRow],
    quality: Quality,
    as_type: ChunkType,
    target: BinaryIO,
    *,
    give_way: Callable[[], object] = lambda: None,
) -> None:
    """Write the chunk of the frames `rows` into `target`, which can seek. `give_way` is called before each image.

    Raises:
        NotFound: the file of a frame is gone, or cannot be read.
        Invalid: it is damaged, or is another one than it was.
    """
    if media.video is not None:
        target.write(_video_chunk(deps, media, rows, quality, as_type))
        return
    # Codecs and what packs for them are imported by those who use them: the API starts without.
    from labelwright.media.chunks import write_compressed_chunk, write_original_chunk

    if quality == "original":
        files = [FrameFile(row.name, partial(open_frame, deps, row)) for row in rows]
        write_original_chunk(files, target)
        return

    def read(row: FrameRow) -> bytes:
        give_way()
        return read_location(deps, row)

    largest = max((ImageSize(row.width, row.height) for row in rows), key=lambda size: size[0] * size[1])
    write_compressed_chunk(
        [FrameSource(row.name, partial(read, row)) for row in rows],
        target,
        quality=media.image_quality,
        max_megapixels=deps.limits.max_image_megapixels,
        max_chunk_megapixels=deps.limits.max_chunk_megapixels,
        threads=encoding_threads(largest, cores=os.cpu_count() or 1),
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


def write_picture(deps: Deps, media: Media, row: FrameRow, as_type: PictureType, target: BinaryIO) -> None:
    """Write one frame, encoded, into `target`; an image as the JPEG that it is in a chunk. Raises as `write_chunk`."""
    if media.video is not None:
        with borrow(deps, media) as video:
            number = row.source_frame
            is_png = as_type == "png"
            target.write(
                video.read_png(number) if is_png else video.read_jpeg(number, quality=media.image_quality)
            )
        return
    from labelwright.media.images import encode_compressed

    target.write(
        encode_compressed(
            read_location(deps, row),
            name=row.name,
            quality=media.image_quality,
            max_megapixels=deps.limits.max_image_megapixels,
            max_chunk_megapixels=deps.limits.max_chunk_megapixels,
        )
    )


def write_preview(deps: Deps, media: Media, row: FrameRow, target: BinaryIO) -> None:
    """Write a JPEG of the frame, 256×256 at most, into `target`. Raises as `write_chunk`."""
    if media.video is not None:
        with borrow(deps, media) as video:
            target.write(video.read_preview(row.source_frame))
        return
    from labelwright.media.images import encode_preview

    with open_frame(deps, row) as file:
        target.write(encode_preview(file, name=row.name, max_megapixels=deps.limits.max_image_megapixels))
