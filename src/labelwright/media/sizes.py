"""Sizes of pictures, by numbers alone: no codec is loaded for them."""

from math import sqrt
from typing import NamedTuple

#: libjpeg's JPEG_MAX_DIMENSION: no frame wider or higher can be sent as JPEG.
JPEG_MAX_SIDE = 65_500
#: Millions of pixels that may lie decoded at once while a chunk is made, besides the one frame there must be.
_DECODED_MEGAPIXELS = 100


class ImageSize(NamedTuple):
    """Pixels of a frame as people see it: after its EXIF orientation is applied."""

    width: int
    height: int


def compressed_size(size: ImageSize, *, max_megapixels: float) -> ImageSize:
    """Return the size a frame has in compressed chunks: its own, unless it has more than `max_megapixels`, or a side is
    longer than a JPEG's can be. Then both sides are made smaller by one factor and rounded down, to 1 at least.
    """
    width, height = size
    factor = min(1.0, sqrt(max_megapixels * 1e6 / (width * height)), JPEG_MAX_SIDE / max(width, height))
    if factor == 1.0:
        return size
    return ImageSize(max(1, int(width * factor)), max(1, int(height * factor)))


def encoding_threads(largest: ImageSize, *, cores: int) -> int:
    """Return how many frames, none larger than `largest`, may be decoded at once: one a core, fewer of large ones."""
    return max(1, min(cores, int(_DECODED_MEGAPIXELS * 1e6) // (largest.width * largest.height)))
