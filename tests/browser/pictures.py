"""Pictures for tasks: photographs, and pictures with a marker whose place is known."""

import io
from dataclasses import dataclass

import av
import numpy as np
from PIL import Image

#: EXIF orientations by name: how the stored picture must be turned to stand upright (EXIF 2.3, tag 0x0112).
ORIENTATIONS = {
    "upright": (1, None),
    "mirrored": (2, Image.Transpose.FLIP_LEFT_RIGHT),
    "upside down": (3, Image.Transpose.ROTATE_180),
    "lying on its left": (6, Image.Transpose.ROTATE_90),
    "lying on its right": (8, Image.Transpose.ROTATE_270),
}
_ORIENTATION_TAG = 0x0112
#: Pixels between the places of the bar in two frames of `video` that follow each other.
BAR_STEP = 10


@dataclass(frozen=True)
class Marker:
    """A filled red rectangle: its edges in pixels of the upright picture."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def points(self) -> list[float]:
        return [float(edge) for edge in (self.left, self.top, self.right, self.bottom)]


def photograph(number: int = 0, width: int = 800, height: int = 600) -> bytes:
    """A JPEG with soft shapes and no red in it, another one for each number."""
    y, x = np.mgrid[0:height, 0:width]
    wave = np.sin(x / (37 + number)) + np.cos(y / (23 + 2 * number))
    shades = np.stack([90 + 0 * wave, 120 + 40 * wave, 140 + 30 * np.sin(x / 11 + number)], axis=2)
    return _jpeg(Image.fromarray(shades.astype(np.uint8)))


def photographs(count: int, width: int = 800, height: int = 600) -> list[tuple[str, bytes]]:
    """Names and bytes, in the order of their frames."""
    return [(f"{number:03}.jpg", photograph(number, width, height)) for number in range(count)]


def marked(marker: Marker, width: int, height: int, orientation: str = "upright") -> bytes:
    """A JPEG, `width` x `height` when upright, with `marker` in it; stored turned, with the EXIF tag that says so."""
    picture = Image.new("RGB", (width, height), (90, 120, 110))
    picture.paste((250, 0, 0), (marker.left, marker.top, marker.right, marker.bottom))
    value, stored = ORIENTATIONS[orientation]
    exif = Image.Exif()
    exif[_ORIENTATION_TAG] = value
    return _jpeg(picture if stored is None else picture.transpose(stored), exif=exif.tobytes())


def video(frames: int, width: int = 320, height: int = 180) -> bytes:
    """An MP4 file, grey but for a red bar that begins at `BAR_STEP` times the frame's number."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=25, options={"g": "12"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            picture = Image.new("RGB", (width, height), (90, 110, 120))
            left = BAR_STEP * number
            picture.paste((250, 0, 0), (left, 60, left + BAR_STEP, 120))
            container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode(None))
    return out.getvalue()


def find_marker(screenshot: bytes, pixel_ratio: float) -> tuple[float, float, float, float] | None:
    """Left, top, right, bottom of what is red in a screenshot, in CSS pixels; None if nothing is.

    An edge is where red outweighs green by half: there it lies however much JPEG and scaling have blurred it.
    """
    shades = np.asarray(Image.open(io.BytesIO(screenshot)).convert("RGB")).astype(int)
    red = shades[..., 0] - shades[..., 1] > 110
    if not red.any():
        return None
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    left, top, right, bottom = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    return left / pixel_ratio, top / pixel_ratio, right / pixel_ratio, bottom / pixel_ratio


def _jpeg(picture: Image.Image, exif: bytes = b"") -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92, exif=exif)
    return out.getvalue()
