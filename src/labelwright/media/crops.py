"""Parts of an image as images of their own, in the best quality their source has.

A JPEG's parts are JPEGs of quality 95 with full chroma: as PNG they would take some five times the room to keep what
the source lost before. All other kinds become PNG, which loses nothing: same depth, palette, alpha. The colour profile
goes along, the EXIF tags do not: the parts are upright.
"""

import io
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from PIL import Image

from labelwright.media.headers import open_image, read_orientation
from labelwright.media.images import convert_to_rgb

Box = tuple[int, int, int, int]

_JPEG_QUALITY = 95
#: Level 3 packs photographs nearly as well as 6, in half the time.
_PNG_LEVEL = 3
#: How Pillow brings a picture of each EXIF orientation upright (Exif 2.32, section 4.6.4).
_UPRIGHT_BY = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PNG_MODES = {"1", "L", "LA", "I", "I;16", "P", "RGB", "RGBA"}


class Part(NamedTuple):
    """An image file: its bytes, and the extension it goes by."""

    content: bytes
    extension: str


def cut(source: bytes, boxes: Sequence[Box], *, name: str, max_megapixels: float) -> Iterator[Part]:
    """Yield the part of the upright image in each box: left, top, right, bottom, the last two not included.

    The image is decoded once. Boxes must have an area and lie in it.

    Raises:
        InvalidMedia: no image, damaged, or over `max_megapixels` (millions of pixels).
    """
    with open_image(source, name=name, max_megapixels=max_megapixels) as (opened, _):
        is_jpeg = opened.format in ("JPEG", "MPO")
        profile = opened.info.get("icc_profile")
        orientation = read_orientation(opened)
        opened.load()
        image: Image.Image = opened
        if orientation in _UPRIGHT_BY:
            image = image.transpose(_UPRIGHT_BY[orientation])
        kept = {"L", "RGB"} if is_jpeg else _PNG_MODES
        if image.mode not in kept:
            image = convert_to_rgb(image)
            profile = None  # it was one of other colours
    for box in boxes:
        out = io.BytesIO()
        part = image.crop(box)
        if is_jpeg:
            part.save(out, "JPEG", quality=_JPEG_QUALITY, subsampling=0, icc_profile=profile)
        else:
            part.save(out, "PNG", compress_level=_PNG_LEVEL, icc_profile=profile)
        yield Part(out.getvalue(), ".jpg" if is_jpeg else ".png")
