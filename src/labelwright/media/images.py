"""Images: their size, and their frames as JPEG.

Ordinary JPEGs go through simplejpeg (libjpeg-turbo without Pillow's copies), everything else through Pillow.
Both release the GIL while they work on pixels, so frames can be encoded in threads.

Lost on the way to a frame: alpha (dropped, not blended), colour profiles, more than 8 bits a channel, all but
the first picture of a file.
"""

from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import simplejpeg
from PIL import Image, ImageFile

from labelwright.domain.errors import InvalidMedia
from labelwright.media.headers import is_plainly_complete, is_sideways, open_image, read_orientation
from labelwright.media.pixels import Colours, Pixels, colours_to_turn, pixels_to_jpeg, turn_upright

PREVIEW_BOX_WH = (256, 256)
PREVIEW_QUALITY = 80


class ImageSize(NamedTuple):
    """Pixels of a frame as people see it: after its EXIF orientation is applied."""

    width: int
    height: int


def read_image_size(source: BinaryIO | Path | bytes, *, name: str, max_megapixels: float) -> ImageSize:
    """Return the size the frame of this image will have, reading its header and its last bytes only.

    Only where the end of the file leaves a doubt whether it is whole are the pixels decoded. `name` is used
    in messages alone: what the file is, its content decides. A `BinaryIO` must be able to seek, and it stays
    open.

    Raises:
        InvalidMedia: no image, truncated, or over `max_megapixels` (millions of pixels).
        OSError: the file could not be read at all.
    """
    with open_image(source, name=name, max_megapixels=max_megapixels) as (image, stream):
        width, height = image.size
        sideways = is_sideways(read_orientation(image))
        if not is_plainly_complete(image, stream):
            image.load()
    return ImageSize(height, width) if sideways else ImageSize(width, height)


def encode_compressed(source: bytes, *, name: str, quality: int, max_megapixels: float) -> bytes:
    """Return the frame as an RGB JPEG of full size, upright, with 4:2:0 chroma.

    `quality` is 0..100 as v1 clients send it; 0 means 1, the least a JPEG knows. Grey and integer pictures of
    more than 8 bits are multiplied by 256 / their largest value, lower values than 0 become 0: the rule of v1
    for 32-bit integers, which in 2021 took in 16-bit PNGs as well; here 16-bit TIFF and float follow it too.
    Other modes are converted as Pillow's `convert("RGB")` does. Huffman tables are the standard ones: fitted
    ones (v1's "optimised") saved 2 to 18 % of bytes on two photographs and doubled the time.

    Raises:
        InvalidMedia: no image, damaged, or over `max_megapixels` (millions of pixels).
    """
    with open_image(source, name=name, max_megapixels=max_megapixels) as (image, _):
        width, height = image.size
        orientation = read_orientation(image)
        pixels = _decode(image, source, colours_to_turn(orientation))
        if pixels.shape[:2] != (height, width):
            raise InvalidMedia(
                "{name} says it is {width}×{height} but holds a picture of another size",
                name=name,
                width=width,
                height=height,
            )
    return pixels_to_jpeg(turn_upright(pixels, orientation), quality=quality)


def encode_preview(source: bytes, *, name: str, max_megapixels: float) -> bytes:
    """Return the frame as an RGB JPEG fitted into 256x256, ratio kept, upright, never enlarged.

    A JPEG is decoded at 1/2, 1/4 or 1/8 of its size where that is enough.

    Raises:
        InvalidMedia: no image, damaged, or over `max_megapixels` (millions of pixels).
    """
    with open_image(source, name=name, max_megapixels=max_megapixels) as (image, _):
        orientation = read_orientation(image)
        image.draft("RGB", PREVIEW_BOX_WH)
        preview = _convert_to_rgb(image)
    preview.thumbnail(PREVIEW_BOX_WH)
    pixels = np.asarray(preview.convert(colours_to_turn(orientation)))
    return pixels_to_jpeg(turn_upright(pixels, orientation), quality=PREVIEW_QUALITY)


def _decode(image: ImageFile.ImageFile, source: bytes, colours: Colours) -> Pixels:
    """Return pixels `(height, width, 3 or 4)`; `image` was opened from `source` and is not loaded yet."""
    if image.format in ("JPEG", "MPO") and image.mode in ("RGB", "L"):
        try:
            # Asked first, so that two readings of one header cannot make a picture larger than was checked.
            height, width, *_ = simplejpeg.decode_jpeg_header(source)
            if (width, height) == image.size:
                pixels: Pixels = simplejpeg.decode_jpeg(source, colorspace=colours)
                return pixels
        except ValueError:
            # libjpeg had something to warn of. Pillow tells a harmless oddity from a truncated file.
            pass
    rgb = _convert_to_rgb(image)
    return np.asarray(rgb if colours == "RGB" else rgb.convert(colours))


def _convert_to_rgb(image: Image.Image) -> Image.Image:
    """Return `image` in mode RGB, deep grey windowed as `encode_compressed` says."""
    if image.mode not in ("I", "F") and not image.mode.startswith("I;16"):
        return image.convert("RGB")
    values = np.nan_to_num(np.asarray(image).astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    positive = np.maximum(values, 0)
    largest = float(positive.max()) or 1.0
    return Image.fromarray(np.minimum(positive / largest * 256, 255).astype(np.uint8)).convert("RGB")
