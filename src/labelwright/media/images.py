"""Images: their size, and their frames as JPEG.

Ordinary JPEGs go through simplejpeg (libjpeg-turbo without Pillow's copies), everything else through Pillow.
Both release the GIL while they work on pixels, so frames can be encoded in threads.

Lost on the way to a frame: alpha (dropped, not blended), more than 8 bits a channel (grey: by `windows`; colour: the
upper 8 are kept), profiles of CMYK, all but the first picture of a file (`read_picture` tells).
"""

import threading
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import simplejpeg
from PIL import Image, ImageFile

from labelwright.domain.errors import InvalidMedia
from labelwright.media.headers import (
    holds_several,
    is_plainly_complete,
    is_sideways,
    open_image,
    read_orientation,
)
from labelwright.media.pixels import Colours, Pixels, colours_to_turn, pixels_to_jpeg, turn_upright
from labelwright.media.profiles import profile_to_keep, with_profile
from labelwright.media.sizes import ImageSize, compressed_size
from labelwright.media.windows import window_to_8_bits

PREVIEW_BOX_WH = (256, 256)
PREVIEW_QUALITY = 80
#: Pictures of more pixels are decoded one after the other, whoever asks: one of 400 megapixels takes 2.4 GB.
_LARGE_PIXELS = 64_000_000
_large = threading.Lock()


class Picture(NamedTuple):
    """The first picture of a file, which is the frame: its size, and whether others follow it there."""

    size: ImageSize
    is_one_of_several: bool


def read_picture(source: BinaryIO | Path | bytes, *, name: str, max_megapixels: float) -> Picture:
    """Return what the frame of this image will be, reading its header and its last bytes only.

    Only where the end of the file leaves a doubt whether it is whole are the pixels decoded. `name` is used
    in messages alone: what the file is, its content decides. A `BinaryIO` must be able to seek, and it stays
    open. Others that follow are pages of a TIFF, steps of a GIF, WebP, AVIF or PNG.

    Raises:
        InvalidMedia: no image, truncated, or over `max_megapixels` (millions of pixels).
        OSError: the file could not be read at all.
    """
    with open_image(source, name=name, max_megapixels=max_megapixels) as (image, stream):
        width, height = image.size
        sideways = is_sideways(read_orientation(image))
        if not is_plainly_complete(image, stream):
            image.load()
        several = holds_several(image)
    return Picture(ImageSize(height, width) if sideways else ImageSize(width, height), several)


def read_image_size(source: BinaryIO | Path | bytes, *, name: str, max_megapixels: float) -> ImageSize:
    """Return the size the frame of this image will have. Reads and raises as `read_picture`."""
    return read_picture(source, name=name, max_megapixels=max_megapixels).size


def encode_compressed(
    source: bytes,
    *,
    name: str,
    quality: int,
    max_megapixels: float,
    max_chunk_megapixels: float,
) -> bytes:
    """Return the frame as an RGB JPEG of its `compressed_size`, upright, with 4:2:0 chroma.

    `quality` is 0..100 as v1 clients send it; 0 means 1, the least a JPEG knows. Grey pictures of more than 8 bits are
    shown through a window (`windows`), other modes are converted as Pillow's `convert("RGB")` does. A colour profile
    is passed on, so that browsers show the picture as they show its file. Huffman tables are the standard ones: fitted
    ones (v1's "optimised") saved 2 to 18 % of bytes on two photographs and doubled the time.

    Raises:
        InvalidMedia: no image, damaged, or over `max_megapixels` (millions of pixels).
    """
    with ExitStack() as turn:
        with open_image(source, name=name, max_megapixels=max_megapixels) as (image, _):
            stated = ImageSize(*image.size)
            turn.enter_context(_in_turn(stated))
            size = compressed_size(stated, max_megapixels=max_chunk_megapixels)
            orientation, profile = read_orientation(image), profile_to_keep(image)
            pixels = _decode(image, source, size, colours_to_turn(orientation))
            if pixels is None:
                raise InvalidMedia(
                    "{name} says it is {width}×{height} but holds a picture of another size",
                    name=name,
                    width=stated.width,
                    height=stated.height,
                )
        return with_profile(pixels_to_jpeg(turn_upright(pixels, orientation), quality=quality), profile)


def encode_preview(source: BinaryIO | bytes, *, name: str, max_megapixels: float) -> bytes:
    """Return the frame as an RGB JPEG fitted into 256x256, ratio kept, upright, never enlarged.

    A JPEG is decoded at 1/2, 1/4 or 1/8 of its size where that is enough.

    Raises:
        InvalidMedia: no image, damaged, or over `max_megapixels` (millions of pixels).
    """
    with ExitStack() as turn:
        with open_image(source, name=name, max_megapixels=max_megapixels) as (image, _):
            orientation = read_orientation(image)
            image.draft("RGB", PREVIEW_BOX_WH)
            turn.enter_context(_in_turn(ImageSize(*image.size)))
            preview = convert_to_rgb(image)
        preview.thumbnail(PREVIEW_BOX_WH)
    pixels = np.asarray(preview.convert(colours_to_turn(orientation)))
    return pixels_to_jpeg(turn_upright(pixels, orientation), quality=PREVIEW_QUALITY)


def _in_turn(size: ImageSize) -> AbstractContextManager[object]:
    """Return what to hold while a picture of this size lies in memory: large ones wait for each other."""
    return _large if size.width * size.height > _LARGE_PIXELS else nullcontext()


def _decode(image: ImageFile.ImageFile, source: bytes, size: ImageSize, colours: Colours) -> Pixels | None:
    """Return pixels `(height, width, 3 or 4)` of `size`, which is not larger than the image's; None when the decoder
    found a picture of another size than the header says. `image` was opened from `source` and is not loaded yet.
    """
    stated = image.size
    pixels = _decode_jpeg(image, source, size, colours)
    if pixels is not None and pixels.shape == (size.height, size.width, len(colours)):
        return pixels
    shown = _in_8_bits(image) if pixels is None else Image.fromarray(pixels)
    if pixels is None and shown.size != stated:
        return None
    del pixels  # a large picture is not to lie in memory more often than it must
    if shown.size != size:
        shown = shown.resize(size, Image.Resampling.BOX)
    return np.asarray(shown if colours == shown.mode else shown.convert(colours))


def _decode_jpeg(
    image: ImageFile.ImageFile, source: bytes, size: ImageSize, colours: Colours
) -> Pixels | None:
    """Return the pixels of an ordinary JPEG, not smaller than `size`; None for what Pillow must look at."""
    if image.format not in ("JPEG", "MPO") or image.mode not in ("RGB", "L"):
        return None
    try:
        # Asked first, so that two readings of one header cannot make a picture larger than was checked.
        height, width, *_ = simplejpeg.decode_jpeg_header(source)
        if (width, height) != image.size:
            return None
        if size == image.size:
            pixels: Pixels = simplejpeg.decode_jpeg(source, colorspace=colours)
        else:
            pixels = simplejpeg.decode_jpeg(
                source, colorspace="RGB", min_width=size.width, min_height=size.height
            )
    except ValueError:
        # libjpeg had something to warn of. Pillow tells a harmless oddity from a truncated file.
        return None
    return pixels


def convert_to_rgb(image: Image.Image) -> Image.Image:
    """Return `image` in mode RGB, deep grey as `windows` shows it; one that is RGB as it is."""
    shown = _in_8_bits(image)
    return shown if shown.mode == "RGB" else shown.convert("RGB")


def _in_8_bits(image: Image.Image) -> Image.Image:
    """Return `image` in mode L or RGB, as it is where it can be: large pictures are not copied for nothing."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return Image.fromarray(window_to_8_bits(np.asarray(image)))
    image.load()
    return image if image.mode in ("L", "RGB") else image.convert("RGB")
