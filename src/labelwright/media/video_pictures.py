"""Pictures of decoded video frames: upright, in RGB, as JPEG, PNG or preview.

Colours follow the frame's own tags (matrix, limited or full range) as ffmpeg's `-pix_fmt rgb24` does: where the
file names no matrix it is BT.601, whatever the size. Bright pictures (PQ, HLG) are not toned down. A frame of
another size than the first, and one that does not decode, come in the size of all: scaled, or plain grey.
"""

import io
from fractions import Fraction

import numpy as np
from av.error import FFmpegError
from av.filter import Graph
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from PIL import Image

from labelwright.media.headers import is_sideways
from labelwright.media.images import PREVIEW_BOX_WH, PREVIEW_QUALITY
from labelwright.media.pixels import (
    Colours,
    Pixels,
    colours_to_turn,
    pixels_to_jpeg,
    turn_upright,
)
from labelwright.media.video_index import FrameIndex

_GREY = 128
_NOT_NAMED = 2  # AVCOL_SPC_UNSPECIFIED
_LIMITED = ":out_range=limited"
_UPRIGHT_FILTERS: dict[int, tuple[tuple[str, str], ...]] = {
    1: (),
    2: (("hflip", ""),),
    3: (("hflip", ""), ("vflip", "")),
    4: (("vflip", ""),),
    5: (("transpose", "cclock_flip"),),
    6: (("transpose", "clock"),),
    7: (("transpose", "clock_flip"),),
    8: (("transpose", "cclock"),),
}
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
    if not _takes_short_way(frame, index):
        return convert_upright(frame, index, "rgb24").to_ndarray().view(np.uint8)
    colours = colours_to_turn(index.orientation)
    converted = VideoReformatter().reformat(frame, format=_FORMATS[colours], threads=1)
    return turn_upright(converted.to_ndarray().view(np.uint8), index.orientation)


def _takes_short_way(frame: VideoFrame, index: FrameIndex) -> bool:
    """Return whether swscale turns the frame into RGB by tables: twice as fast, and to the same bytes as ffmpeg."""
    width, height = (
        (index.height, index.width) if is_sideways(index.orientation) else (index.width, index.height)
    )
    return (
        frame.format.name in ("yuv420p", "yuvj420p")
        and (frame.width, frame.height) == (width, height)
        and height % 2 == 0
        and not frame.interlaced_frame
    )


def convert_upright(
    frame: VideoFrame, index: FrameIndex, pixel_format: str, *, size_wh: tuple[int, int] | None = None
) -> VideoFrame:
    """Return the frame upright, in another pixel format, as it leaves ffmpeg's own filters.

    They alone know where samples of chroma lie. The size is that of all frames, or `size_wh`. YUV comes out in
    limited range.
    """
    width, height = size_wh or (index.width, index.height)
    steps = [*_UPRIGHT_FILTERS[index.orientation], ("scale", f"{width}:{height}:flags=bicubic{_LIMITED}")]
    if not pixel_format.startswith("yuv"):
        steps[-1] = ("scale", f"{width}:{height}:flags=bicubic")
    steps.append(("format", f"pix_fmts={pixel_format}"))
    try:
        return _filter(frame, steps, frame.colorspace)
    except (FFmpegError, ValueError, OSError):
        # A matrix that swscale does not know, or that is no matrix, counts as not named.
        return _filter(frame, steps, _NOT_NAMED)


def _filter(frame: VideoFrame, steps: list[tuple[str, str]], matrix: int) -> VideoFrame:
    graph = Graph()
    graph.threads = 1
    source = graph.add(
        "buffer",
        video_size=f"{frame.width}x{frame.height}",
        pix_fmt=frame.format.name,
        time_base="1/1",
        colorspace=str(matrix),
        range=str(frame.color_range),
    )
    graph.link_nodes(source, *(graph.add(name, value) for name, value in steps), graph.add("buffersink"))
    graph.configure()
    graph.vpush(frame)
    return graph.vpull()


def _is_deep(frame: VideoFrame) -> bool:
    return max(component.bits for component in frame.format.components) > 8


def _deep_png(frame: VideoFrame, index: FrameIndex) -> bytes:
    """Return a PNG of 16 bits a channel; FFmpeg writes it, since Pillow cannot."""
    deep = convert_upright(frame, index, "rgb48be")
    encoder = VideoCodecContext.create("png", "w")
    encoder.width, encoder.height = index.width, index.height
    encoder.pix_fmt, encoder.time_base = "rgb48be", Fraction(1, 1)
    encoder.options = {"compression_level": "1"}
    deep.pts, deep.time_base = 0, encoder.time_base
    return b"".join(bytes(packet) for packet in [*encoder.encode(deep), *encoder.encode(None)])
