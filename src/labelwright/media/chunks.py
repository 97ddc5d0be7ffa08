"""Chunks: frames packed for download, as zips whose members are stored uncompressed.

The same frames always give the same bytes (members carry the date 1980-01-01), so a hash of a chunk can be
its ETag. Rules and member names: the v1 contract, tasks and data, section 6.
"""

import io
import os
import shutil
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath
from typing import BinaryIO

from labelwright.domain.errors import Invalid
from labelwright.media import FrameFile, FrameSource

# A chunk holds about as many pixels as 36 full-HD frames.
_CHUNK_PIXELS = 36 * 1920 * 1080
_SMALLEST_CHUNK = 2
_LARGEST_CHUNK = 72
_PIECE_BYTES = 256 * 1024
#: A member so large needs the wide numbers of zip; a little below where the narrow ones end.
_ZIP64_BYTES = 0xFFFF_0000


def default_chunk_size(width: int, height: int) -> int:
    """Return how many frames a chunk holds when nobody chose: 2..72, by the pixels of the first source image.

    Raises:
        Invalid: a side is below 1.
    """
    if width < 1 or height < 1:
        raise Invalid(
            "cannot choose a chunk size for frames {width} wide and {height} high", width=width, height=height
        )
    return max(_SMALLEST_CHUNK, min(_LARGEST_CHUNK, _CHUNK_PIXELS // (width * height)))


def chunk_range(number: int, *, chunk_size: int, size: int) -> range:
    """Return the frames of chunk `number`, from 0, in a task of `size` frames; the last may be shorter.

    Raises:
        Invalid: there is no such chunk, in the words v1 clients know.
    """
    first = number * chunk_size
    if number < 0 or first >= size:
        raise Invalid("requested chunk does not exist")
    return range(first, min(first + chunk_size, size))


def write_compressed_chunk(
    frames: Iterable[FrameSource],
    target: BinaryIO,
    *,
    quality: int,
    max_megapixels: float,
    max_chunk_megapixels: float,
    threads: int,
) -> None:
    """Write into `target`, which can seek, a zip of `000000.jpeg`, `000001.jpeg`, …: each frame upright, of its
    `compressed_size`, as RGB JPEG.

    Frames are read and encoded in `threads` threads, so at most that many lie decoded in memory at once
    (`sizes.encoding_threads`).

    Raises:
        InvalidMedia: a frame is no image, damaged or too large; the frames not begun are left alone.
        Exception: whatever `read` of a frame raises; `target` then holds a broken zip.
    """
    # Not at the top: whoever asks this module for numbers alone must not load the codecs.
    from labelwright.media.images import encode_compressed

    def encode(frame: FrameSource) -> bytes:
        return encode_compressed(
            frame.read(),
            name=frame.name,
            quality=quality,
            max_megapixels=max_megapixels,
            max_chunk_megapixels=max_chunk_megapixels,
        )

    with ThreadPoolExecutor(threads, thread_name_prefix="encode") as pool:
        encoded = pool.map(encode, frames)
        _write_members(((f"{index:06}.jpeg", jpeg) for index, jpeg in enumerate(encoded)), target)


def write_original_chunk(frames: Iterable[FrameFile], target: BinaryIO) -> None:
    """Write into `target`, which can seek, a zip of `000000.jpg`, `000001.png`, …, a piece at a time: source bytes
    unchanged, source extensions as they are.

    Raises:
        Exception: whatever a frame's `open`, or reading it, raises; `target` then holds a broken zip.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for index, frame in enumerate(frames):
            with frame.open() as source:
                member = _member(f"{index:06}{PurePosixPath(frame.name).suffix}")
                size_bytes = source.seek(0, os.SEEK_END)
                source.seek(0)
                with archive.open(member, "w", force_zip64=size_bytes >= _ZIP64_BYTES) as written:
                    shutil.copyfileobj(source, written, _PIECE_BYTES)


def write_zip(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip of the members, by name and content, stored uncompressed."""
    buffer = io.BytesIO()
    _write_members(members, buffer)
    return buffer.getvalue()


def _write_members(members: Iterable[tuple[str, bytes]], target: BinaryIO) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            archive.writestr(_member(name), content)


def _member(name: str) -> zipfile.ZipInfo:
    """Return a member that is the same whenever and wherever it is made: it is dated 1980-01-01 by default."""
    member = zipfile.ZipInfo(name)
    member.create_system = 3  # Unix, on every platform
    member.external_attr = 0o644 << 16
    return member
