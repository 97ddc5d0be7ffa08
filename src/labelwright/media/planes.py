"""Planes of decoded video frames: the bytes before any change of colours, packed as FFmpeg's `rawvideo` has them."""

import hashlib

import numpy as np
from av.video.frame import VideoFrame

from labelwright.media.pixels import Pixels
from labelwright.media.video_index import HASH_BYTES

_PALETTE_BYTES = 1024


def read_planes(frame: VideoFrame) -> list[Pixels]:
    """Return the planes as `(rows, bytes of a row)`, without the padding decoders leave at the ends of rows.

    They lie in the frame's memory and are to be read only. A palette comes last, as one row.
    """
    planes = []
    for number, (plane, (rows, row_bytes)) in enumerate(zip(frame.planes, _shapes(frame), strict=False)):
        lines = np.frombuffer(memoryview(plane), np.uint8)
        if frame.format.name == "pal8" and number == 1:
            planes.append(lines[:_PALETTE_BYTES].reshape(1, -1))
            continue
        stride = abs(plane.line_size)
        planes.append(np.lib.stride_tricks.as_strided(lines, (rows, row_bytes), (stride, 1), writeable=False))
    return planes


def _shapes(frame: VideoFrame) -> list[tuple[int, int]]:
    """Return rows and bytes of a row for each plane (libavutil, `av_image_get_linesize`)."""
    pixel_format, width, height = frame.format, frame.width, frame.height
    if pixel_format.name == "pal8":
        return [(height, width), (1, _PALETTE_BYTES)]
    by_plane: dict[int, list[int]] = {}
    for place, component in enumerate(pixel_format.components):
        by_plane.setdefault(component.plane, []).append(place)
    if len(by_plane) == 1:
        return [(height, -(-width * pixel_format.padded_bits_per_pixel // 8))]
    shapes = []
    for number in sorted(by_plane):
        parts = [pixel_format.components[place] for place in by_plane[number]]
        sample_bytes = -(-parts[0].bits // 8)
        shapes.append((parts[0].height, parts[0].width * sample_bytes * len(parts)))
    return shapes


def hash_planes(frame: VideoFrame) -> bytes:
    """Return the first 16 bytes of the SHA-256 of the planes: compare with `ffmpeg -f framehash`."""
    digest = hashlib.sha256()
    for plane in read_planes(frame):
        digest.update(np.ascontiguousarray(plane).data)
    return digest.digest()[:HASH_BYTES]
