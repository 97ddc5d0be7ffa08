"""Pictures of decoded video frames: upright, in RGB, as JPEG, PNG or preview.

Colours follow the frame's own tags (matrix, limited or full range) as ffmpeg's `-pix_fmt rgb24` does: where the
file names no matrix it is BT.601, whatever the size. Bright pictures (PQ, HLG) are not toned down. A frame of
another size than the first, and one that does not decode, come in the size of all: scaled, or plain grey.
"""

import io
from fractions import Fraction

import av
import numpy as np
from av.error import FFmpegError
from av.filter import Graph
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from PIL import Image

from labelwright.media.images import PREVIEW_BOX_WH, PREVIEW_QUALITY
from labelwright.media.pixels import (
    Colours,
    Pixels,
    colours_to_turn,
    pixels_to_jpeg,
    turn_samples_upright,
    turn_upright,
)
from labelwright.media.video_index import FrameIndex

_GREY = 128
# What swscale turns into RGB by tables, twice as fast as its long way and to the same bytes as ffmpeg.
_SHORT_WAY = ("yuv420p", "yuvj420p")
_NOT_NAMED = 2  # AVCOL_SPC_UNSPECIFIED
_FORMATS: dict[Colours, str] = {"RGB": "rgb24", "RGBX": "rgba"}


def frame_to_jpeg(frame: VideoFrame | None, index: FrameIndex, *, quality: int) -> bytes:
    """Return the frame as an RGB JPEG of full size with 4:2:0 chroma; `quality` 0..100, 0 means 1."""
    return pixels_to_jpeg(frame_to_pixels(frame, index), quality=quality)


def frame_to_png(frame: VideoFrame | None, index: FrameIndex) -> bytes:
    """Return the frame as an RGB PNG, of 16 bits a channel where the video has more than 8."""
    if frame is not None and _is_deep(frame):
        return _deep_png(frame, index)
    buffer = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(frame_to_pixels(frame, index)[..., :3]))
    picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def frame_to_preview(frame: VideoFrame | None, index: FrameIndex) -> bytes:
    """Return the frame as an RGB JPEG fitted into 256x256, ratio kept, never enlarged."""
    preview = Image.fromarray(np.ascontiguousarray(frame_to_pixels(frame, index)[..., :3]))
    preview.thumbnail(PREVIEW_BOX_WH)
    return pixels_to_jpeg(np.asarray(preview), quality=PREVIEW_QUALITY)


def frame_to_pixels(frame: VideoFrame | None, index: FrameIndex) -> Pixels:
    """Return RGB or RGBX pixels `(height, width, 3 or 4)`, upright; plain grey for no frame."""
    if frame is None:
        return np.full((index.height, index.width, 3), _GREY, dtype=np.uint8)
    colours = colours_to_turn(index.orientation)
    pixels = convert(frame, index, _FORMATS[colours]).to_ndarray().view(np.uint8)
    return turn_upright(pixels, index.orientation)


def convert(frame: VideoFrame, index: FrameIndex, pixel_format: str) -> VideoFrame:
    """Return the frame in another pixel format and in the size of all, not turned, as ffmpeg converts it."""
    sideways = index.orientation >= 5
    size_wh = (index.height, index.width) if sideways else (index.width, index.height)
    if (frame.width, frame.height) == size_wh and frame.format.name in _SHORT_WAY and frame.height % 2 == 0:
        return VideoReformatter().reformat(frame, format=pixel_format, threads=1)
    try:
        return _filter(frame, size_wh, pixel_format, frame.colorspace)
    except (FFmpegError, ValueError, OSError):
        # A matrix that swscale does not know, or that is no matrix, counts as not named.
        return _filter(frame, size_wh, pixel_format, _NOT_NAMED)


def _filter(frame: VideoFrame, size_wh: tuple[int, int], pixel_format: str, matrix: int) -> VideoFrame:
    """Return the frame as it leaves ffmpeg's own filter, which alone knows where chroma samples lie."""
    graph = Graph()
    graph.threads = 1
    size, wanted = f"{frame.width}x{frame.height}", "x".join(map(str, size_wh))
    source = graph.add(
        "buffer",
        video_size=size,
        pix_fmt=frame.format.name,
        time_base="1/1",
        colorspace=str(matrix),
        range=str(frame.color_range),
    )
    graph.link_nodes(
        source,
        graph.add("scale", f"s={wanted}:flags=bicubic"),
        graph.add("format", f"pix_fmts={pixel_format}"),
        graph.add("buffersink"),
    ).configure()
    graph.vpush(frame)
    return graph.vpull()


def _is_deep(frame: VideoFrame) -> bool:
    return max(component.bits for component in frame.format.components) > 8


def _deep_png(frame: VideoFrame, index: FrameIndex) -> bytes:
    """Return a PNG of 16 bits a channel; FFmpeg writes it, since Pillow cannot."""
    pixels = convert(frame, index, "rgb48be").to_ndarray().view(np.uint16)
    upright = turn_samples_upright(pixels, index.orientation)
    encoder = VideoCodecContext.create("png", "w")
    encoder.width, encoder.height = index.width, index.height
    encoder.pix_fmt, encoder.time_base = "rgb48be", Fraction(1, 1)
    encoder.options = {"compression_level": "1"}
    deep = av.VideoFrame.from_ndarray(upright, format="rgb48be")
    return b"".join(bytes(packet) for packet in [*encoder.encode(deep), *encoder.encode(None)])
