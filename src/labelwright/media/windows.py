"""Pictures of more than 8 bits a pixel, shown in 8: the window of values between their 0.1th and 99.9th percentile.

What lies between becomes 0 to 255 in a straight line, what lies outside black or white. So a few dead pixels do not
darken a picture, and a thermal image whose values lie close together shows what is in it. The rule looks at one
picture alone and gives the same bytes each time.
"""

from math import ceil, gcd
from typing import Any

import numpy as np
import numpy.typing as npt

from labelwright.media.pixels import Pixels

#: Of the values, as many below and above are outside the window.
_OUTSIDE = 0.001
#: More values than these are not sorted, but every n-th of them.
_SAMPLES = 1 << 22
#: Rows worked on at once, so that a large picture is not in memory as floats.
_BAND_ROWS = 512

Deep = npt.NDArray[Any]


def window_to_8_bits(values: Deep) -> Pixels:
    """Return grey `values`, `(height, width)` of any number type, as 8 bits.

    What is not a number is black, infinite values are black or white. A picture of one value is black.
    """
    low, high = _window(values)
    if values.dtype.itemsize == 2:
        table = _scale(np.arange(1 << 16, dtype=np.uint16).view(values.dtype.newbyteorder("=")), low, high)
        shown: Pixels = table[values.astype(values.dtype.newbyteorder("=")).view(np.uint16)]
        return shown
    shown = np.empty(values.shape, np.uint8)
    for row in range(0, len(values), _BAND_ROWS):
        shown[row : row + _BAND_ROWS] = _scale(values[row : row + _BAND_ROWS], low, high)
    return shown


def _scale(values: Deep, low: float, high: float) -> Pixels:
    with np.errstate(invalid="ignore", over="ignore"):
        steps = (values.astype(np.float64) - low) * (255 / (high - low))
        return np.clip(np.nan_to_num(steps, nan=0.0) + 0.5, 0, 255).astype(np.uint8)


def _window(values: Deep) -> tuple[float, float]:
    """Return the least and the most value that are told apart, never the same."""
    finite = _sample(values)
    finite = finite[np.isfinite(finite)]
    if not len(finite):
        return 0.0, 1.0
    first, last = int(_OUTSIDE * (len(finite) - 1)), ceil((1 - _OUTSIDE) * (len(finite) - 1))
    ordered = np.partition(finite, (first, last))
    low, high = float(ordered[first]), float(ordered[last])
    if low == high:
        low, high = float(finite.min()), float(finite.max())
    return (low, high) if low < high else (low, low + 1.0)


def _sample(values: Deep) -> Deep:
    """Return all values, or of very many every n-th, from every column."""
    step = max(1, values.size // _SAMPLES)
    while gcd(step, values.shape[1]) != 1:
        step += 1
    return values.ravel()[::step]
