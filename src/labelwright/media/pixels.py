"""Pixels in memory: bringing them upright, and making a JPEG of them. Images and video frames share this."""

from typing import Literal

import numpy as np
import numpy.typing as npt
import simplejpeg

Colours = Literal["RGB", "RGBX"]
Pixels = npt.NDArray[np.uint8]

# Brings a picture of each EXIF orientation upright (Exif 2.32, section 4.6.4): whether rows and columns
# change places first, then the steps in which rows and columns are read.
_UPRIGHT_BY = {
    1: (False, 1, 1),
    2: (False, 1, -1),
    3: (False, -1, -1),
    4: (False, -1, 1),
    5: (True, 1, 1),
    6: (True, 1, -1),
    7: (True, -1, -1),
    8: (True, -1, 1),
}


def colours_to_turn(orientation: int) -> Colours:
    """Return RGBX where pixels have to move: four bytes move as one word, four times as fast as three."""
    return "RGB" if orientation == 1 else "RGBX"


def turn_upright(pixels: Pixels, orientation: int) -> Pixels:
    """Return `(height, width, 4)` RGBX pixels of an EXIF orientation upright; orientation 1 as it is."""
    if orientation == 1:
        return pixels
    swapped, row_step, column_step = _UPRIGHT_BY[orientation]
    words = np.ascontiguousarray(pixels).view(np.uint32)[..., 0]
    upright = np.ascontiguousarray((words.T if swapped else words)[::row_step, ::column_step])
    return upright.view(np.uint8).reshape(*upright.shape, 4)


def pixels_to_jpeg(pixels: Pixels, *, quality: int) -> bytes:
    """Return RGB or RGBX pixels as a JPEG with 4:2:0 chroma; quality 0 is 1 (Pillow would make it 75)."""
    encoded: bytes = simplejpeg.encode_jpeg(
        pixels,
        quality=min(max(quality, 1), 100),
        colorspace="RGBX" if pixels.shape[2] == 4 else "RGB",
        colorsubsampling="420",
    )
    return encoded
