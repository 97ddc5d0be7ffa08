"""Opening an image by its header: kind, size, orientation, and whether its end is there.

Everything here is decided before pixels are decoded, so that a file of a few bytes that claims to be
60,000 pixels wide and high is refused without memory being taken for it.
"""

import io
import os
import struct
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageFile, TiffImagePlugin, UnidentifiedImageError, _imaging

from labelwright.domain.errors import InvalidMedia
from labelwright.domain.sentences import Sentence
from labelwright.media.contents import START_BYTES, recognise

# Our own limit stands before each decode and is a setting; Pillow's would warn or raise beside it.
Image.MAX_IMAGE_PIXELS = None
# Larger than what the C library keeps for the next one (32 MiB at most): the memory of a large picture goes back.
_imaging.set_block_size(64 * 2**20)
# Pillow speaks of each odd tag in a photograph; people can do nothing about it.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

# Only kinds whose pixels have the size their header names, so that the limit holds (ICO and ICNS wrap a
# second image of any size), and none that runs a program (EPS starts Ghostscript). JPEG includes MPO.
_READABLE = (
    *("JPEG", "PNG", "BMP", "GIF", "TIFF", "WEBP", "AVIF", "JPEG2000"),
    *("PPM", "PCX", "SGI", "PSD", "DDS", "TGA"),
)

# What Pillow's readers raise on damaged files; each kind of file has its own habit.
_DAMAGED = (
    *(OSError, EOFError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, RuntimeError),
    struct.error,
)

#: Scans a progressive JPEG may have: each is decoded over all pixels, and a few bytes make one. Cameras and programs
#: write some ten.
_MOST_SCANS = 100
#: Pages of a TIFF that are looked at.
_MOST_PAGES = 1_000
_NEW_SUBFILE_TYPE, _SUB_DIRECTORIES = 254, 330
_TAIL_BYTES = 64 * 1024
_JPEG_SCAN, _JPEG_END = b"\xff\xda", b"\xff\xd9"
_PNG_END = b"\0\0\0\0IEND\xaeB\x60\x82"
_ORIENTATION_TAG = 0x0112
_SHORT = 3
_EXIF_BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_ORIENTATIONS = range(1, 9)
# These lay the picture on its side.
_SIDEWAYS = range(5, 9)


@contextmanager
def open_image(
    source: BinaryIO | Path | bytes, *, name: str, max_megapixels: float
) -> Iterator[tuple[ImageFile.ImageFile, BinaryIO]]:
    """Open `source` as an image, not yet decoded; give it with the stream it is read from.

    A stream must be able to seek and stays open; its position afterwards is anywhere. Of several pictures in
    one file (GIF, TIFF, MPO) it is the first. Keep the body to what decodes: whatever a decoder raises in it
    becomes `InvalidMedia` with `name` and the reason.

    Raises:
        InvalidMedia: no image, damaged, larger than the limit, or but a preview of what the file holds.
        OSError: the file could not be read at all.
    """
    with _open_stream(source) as stream:
        try:
            with Image.open(stream, formats=_READABLE) as image:
                _check_size(image, name=name, max_megapixels=max_megapixels)
                _check_scans(image, stream, name=name)
                _check_whole(image, name=name)
                yield image, stream
        except _DAMAGED as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise InvalidMedia(_sentence(error, stream, name=name)) from error


def _open_stream(source: BinaryIO | Path | bytes) -> AbstractContextManager[BinaryIO]:
    if isinstance(source, Path):
        return source.open("rb")
    return nullcontext(io.BytesIO(source) if isinstance(source, bytes) else source)


def _check_size(image: Image.Image, *, name: str, max_megapixels: float) -> None:
    width, height = image.size
    megapixels = width * height / 1e6
    if megapixels > max_megapixels:
        raise InvalidMedia(
            "{name} is {width}×{height} ({megapixels} megapixels), over the limit of "
            "{limit} megapixels (LABELWRIGHT_MAX_IMAGE_MEGAPIXELS)",
            name=name,
            width=width,
            height=height,
            megapixels=_number(megapixels),
            limit=_number(max_megapixels),
        )


def _check_scans(image: ImageFile.ImageFile, stream: BinaryIO, *, name: str) -> None:
    """Refuse a JPEG whose decoding would take for ever. The stream stays where it is.

    No byte of an entropy-coded scan looks like a mark (ITU T.81, B.1.1.5), and what is behind the end does not count.
    """
    if "progressive" not in image.info:
        return
    pixels_start = stream.tell()
    content = stream.read()
    stream.seek(pixels_start)
    end = content.find(_JPEG_END)
    scans = content.count(_JPEG_SCAN, 0, end if end >= 0 else len(content))
    if scans > _MOST_SCANS:
        raise InvalidMedia(
            "{name} is a JPEG of {count} scans, at most {most} are taken",
            name=name,
            count=scans,
            most=_MOST_SCANS,
        )


def _check_whole(image: Image.Image, *, name: str) -> None:
    """Refuse a TIFF that shows a preview where the picture is elsewhere in the file, as raw pictures of cameras do."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return
    is_reduced = bool(image.tag_v2.get(_NEW_SUBFILE_TYPE, 0) & 1)
    if is_reduced and (_SUB_DIRECTORIES in image.tag_v2 or image.is_animated):
        raise InvalidMedia(
            "{name} begins with a preview of its picture, as raw pictures do: save it as JPEG, PNG or TIFF",
            name=name,
        )


def holds_several(image: Image.Image) -> bool:
    """Return whether the file of `image`, which stands at its first picture, holds more of them.

    Pages of a TIFF that are a smaller form of another, or its mask, do not count, nor does what a camera puts behind
    its JPEG. How many there are would take reading the whole file, which may say a million.
    """
    if image.format not in ("TIFF", "GIF", "PNG", "WEBP", "AVIF") or not getattr(image, "is_animated", False):
        return False
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return True
    for page in range(1, _MOST_PAGES):
        try:
            image.seek(page)
        except EOFError:
            return False
        if not image.tag_v2.get(_NEW_SUBFILE_TYPE, 0) & 0b101:
            return True
    return False


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _sentence(error: Exception, stream: BinaryIO, *, name: str) -> Sentence:
    reason = str(error) or type(error).__name__
    if isinstance(error, UnidentifiedImageError):
        stream.seek(0)
        reason = _why_unknown(stream.read(START_BYTES))
    if "truncated" in reason.lower():
        return Sentence("{name} is truncated: {reason}", name=name, reason=reason)
    return Sentence("{name} is no image that can be read: {reason}", name=name, reason=reason)


def _why_unknown(start: bytes) -> Sentence:
    """Return why no decoder takes a file that begins with `start`."""
    if not start:
        return Sentence("the file is empty")
    found = recognise(start)
    if found is None:
        return Sentence("its content is of no known image kind, or its header is broken")
    if found.refused is not None:
        return Sentence("it is {format}: {problem}", format=found.said, problem=found.refused)
    if found.kind != "image":
        return Sentence("it is {format}", format=found.said)
    return Sentence(
        "it is {format}, but its header is broken, or its pixels are of a kind that is not read",
        format=found.said,
    )


def read_orientation(image: Image.Image) -> int:
    """Return how `image` must still be turned, as the EXIF orientation 1..8; 1 when it says nothing usable.

    TIFF is always 1, because Pillow turns it while decoding and its `size` is the turned one. Rules: Exif
    2.32, section 4.6.4, tag 0x0112 of the first directory. XMP is not asked: browsers do not either, and a
    frame must lie the same way in its original and its compressed form.
    """
    exif = image.info.get("exif")
    if image.format == "TIFF" or not isinstance(exif, bytes):
        return 1
    tiff = exif.removeprefix(b"Exif\0\0")
    order = _EXIF_BYTE_ORDERS.get(tiff[:4])
    if order is None:
        return 1
    try:
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, directory)
        for entry in range(entries):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, directory + 2 + 12 * entry)
            if tag == _ORIENTATION_TAG:
                return int(value) if kind == _SHORT and value in _ORIENTATIONS else 1
    except struct.error:
        pass
    return 1


def is_sideways(orientation: int) -> bool:
    """Return whether an EXIF orientation swaps width and height."""
    return orientation in _SIDEWAYS


def is_plainly_complete(image: ImageFile.ImageFile, stream: BinaryIO) -> bool:
    """Return True when the file's end is there, False when only decoding can tell.

    `image` is fresh from `open_image`: for JPEG and PNG the stream then stands where pixels begin, and the
    end mark is looked for behind that, never in the EXIF thumbnail. Entropy-coded JPEG data cannot hold the
    mark (ITU T.81, B.1.1.5), so anything may follow it. Kinds that are rare or name no length are left to
    the decoder.
    """
    pixels_start = stream.tell()
    size_bytes = stream.seek(0, os.SEEK_END)
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return _tiff_reaches(image) <= size_bytes
    if image.format == "WEBP":
        stream.seek(4)
        return 8 + int.from_bytes(stream.read(4), "little") <= size_bytes
    if image.format not in ("JPEG", "MPO", "PNG"):
        return False
    stream.seek(max(pixels_start, size_bytes - _TAIL_BYTES))
    return (_PNG_END if image.format == "PNG" else _JPEG_END) in stream.read()


def _tiff_reaches(image: TiffImagePlugin.TiffImageFile) -> float:
    """Return the offset behind the last strip or tile of the first page, infinite when it is not given."""
    tags = image.tag_v2
    for offsets_tag, counts_tag in ((273, 279), (324, 325)):
        offsets, counts = tags.get(offsets_tag), tags.get(counts_tag)
        if offsets and counts and len(offsets) == len(counts):
            return float(max(offset + count for offset, count in zip(offsets, counts, strict=True)))
    return float("inf")
