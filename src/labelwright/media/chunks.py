"""Chunks: frames packed for download, as zips whose members are stored uncompressed.

The same frames always give the same bytes (members carry the date 1980-01-01), so a hash of a chunk can be
its ETag. Rules and member names: the v1 contract, tasks and data, section 6.
"""

import io
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath

from labelwright.domain.errors import Invalid
from labelwright.media import FrameSource

# A chunk holds about as many pixels as 36 full-HD frames.
_CHUNK_PIXELS = 36 * 1920 * 1080
_SMALLEST_CHUNK = 2
_LARGEST_CHUNK = 72


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
    frames: Iterable[FrameSource], *, quality: int, max_megapixels: float, threads: int
) -> bytes:
    """Return a zip of `000000.jpeg`, `000001.jpeg`, …: each frame upright, full size, as RGB JPEG.

    Frames are read and encoded in `threads` threads, so at most that many lie decoded in memory at once.

    Raises:
        InvalidMedia: a frame is no image, damaged or too large; the frames not begun are left alone.
        Exception: whatever `read` of a frame raises.
    """
    # Not at the top: whoever asks this module for numbers alone must not load the codecs.
    from labelwright.media.images import encode_compressed

    def encode(frame: FrameSource) -> bytes:
        return encode_compressed(
            frame.read(), name=frame.name, quality=quality, max_megapixels=max_megapixels
        )

    with ThreadPoolExecutor(threads, thread_name_prefix="encode") as pool:
        encoded = pool.map(encode, frames)
        return _write_zip((f"{index:06}.jpeg", jpeg) for index, jpeg in enumerate(encoded))


def write_original_chunk(frames: Iterable[FrameSource]) -> bytes:
    """Return a zip of `000000.jpg`, `000001.png`, …: source bytes unchanged, source extensions as they are.

    Raises:
        Exception: whatever `read` of a frame raises.
    """
    return _write_zip(
        (f"{index:06}{PurePosixPath(frame.name).suffix}", frame.read()) for index, frame in enumerate(frames)
    )


def _write_zip(members: Iterable[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            member = zipfile.ZipInfo(name)  # dated 1980-01-01 by default
            member.create_system = 3  # Unix, on every platform
            member.external_attr = 0o644 << 16
            archive.writestr(member, content)
    return buffer.getvalue()
