"""Chunks of a video task: zips of JPEGs, or short MP4 files as v1 clients of 2021 expect them.

Rules: the v1 contract, tasks and data, section 6.3. The same frames give the same bytes. MP4 chunks hold H.264
made by x264; a PyAV built without it can make zips alone.
"""

import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from typing import Final

import av
from av.codec.codec import UnknownCodecError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from labelwright.domain.errors import InvalidMedia
from labelwright.media.chunks import write_zip
from labelwright.media.video_index import FrameIndex
from labelwright.media.video_pictures import convert_upright, frame_to_jpeg, frame_to_pixels

_ENCODER: Final = "libx264"
_RATE = 25
_LIMITED = 1  # AVCOL_RANGE_MPEG
#: The height from which compressed pictures are halved.
_COMPRESSED_HEIGHT = 1080
_ORIGINAL_CRF = 17
# The browser decoder of 2021 knows no B-frames, no CABAC, no weighted prediction and no loop filter.
_PLAIN_H264 = {"profile": "baseline", "coder": "0", "bf": "0", "wpredp": "0", "flags": "-loop"}

Frames = Iterable[tuple[int, VideoFrame | None]]


def write_jpeg_chunk(frames: Frames, index: FrameIndex, *, quality: int, threads: int) -> bytes:
    """Return a zip of `000000.jpeg`, `000001.jpeg`, …: each frame upright, full size, as RGB JPEG.

    Frames are encoded in `threads` threads while the next are decoded; few lie decoded in memory at once.
    """

    def encode(numbered: tuple[int, VideoFrame | None]) -> bytes:
        return frame_to_jpeg(numbered[1], index, quality=quality)

    with ThreadPoolExecutor(threads, thread_name_prefix="encode") as pool:
        encoded = _map_ahead(pool, encode, frames, ahead=threads + 1)
        return write_zip((f"{place:06}.jpeg", jpeg) for place, jpeg in enumerate(encoded))


def _map_ahead(
    pool: ThreadPoolExecutor,
    work: Callable[[tuple[int, VideoFrame | None]], bytes],
    frames: Frames,
    *,
    ahead: int,
) -> Iterator[bytes]:
    """Yield what `work` makes of each frame, in order, with at most `ahead` frames taken and not yet given."""
    waiting: deque[Future[bytes]] = deque()
    for numbered in frames:
        waiting.append(pool.submit(work, numbered))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def can_write_mp4() -> bool:
    """Return whether this PyAV brings x264."""
    try:
        av.Codec(_ENCODER, "w")
    except UnknownCodecError:
        return False
    return True


def compressed_size_wh(index: FrameIndex) -> tuple[int, int]:
    """Return the size of frames in compressed MP4 chunks: halved until below 1080 high, sides made even."""
    width, height, divisor = index.width, index.height, 1
    while height / divisor >= _COMPRESSED_HEIGHT:
        divisor *= 2
    return _even(width // divisor), _even(height // divisor)


def write_compressed_mp4(frames: Frames, index: FrameIndex, *, quality: int) -> bytes:
    """Return the frames as H.264 baseline at 25 a second, `quality` 0..100 turned into a constant rate factor."""
    crf = round(51 * (100 - min(max(quality, 1), 100)) / 99)
    options = {"preset": "superfast", "crf": str(crf), **_PLAIN_H264}
    return _write_mp4(frames, index, compressed_size_wh(index), options)


def write_original_mp4(frames: Frames, index: FrameIndex) -> bytes:
    """Return the frames as nearly lossless H.264 at 25 a second: 8 bits, 4:2:0, odd sides made even."""
    options = {"preset": "ultrafast", "crf": str(_ORIGINAL_CRF), "bf": "0"}
    return _write_mp4(frames, index, (_even(index.width), _even(index.height)), options)


def _even(side: int) -> int:
    return max(side + side % 2, 2)


def _write_mp4(frames: Frames, index: FrameIndex, size_wh: tuple[int, int], options: dict[str, str]) -> bytes:
    if not can_write_mp4():
        raise InvalidMedia(
            "MP4 chunks cannot be written: the PyAV installed here comes without x264. Choose zip chunks."
        )
    buffer, stream = io.BytesIO(), None
    # Without `bitexact` the file names the version of FFmpeg that wrote it.
    with av.open(buffer, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        for place, (_, decoded) in enumerate(frames):
            frame = _prepare(decoded, index, size_wh)
            if stream is None:
                stream = container.add_stream(_ENCODER, rate=_RATE, options=options)
                _describe(stream, size_wh, frame)
            frame.pts, frame.time_base = place, Fraction(1, _RATE)
            container.mux(stream.encode(frame))
        if stream is not None:
            container.mux(stream.encode(None))
    return buffer.getvalue()


def _describe(stream: VideoStream, size_wh: tuple[int, int], frame: VideoFrame) -> None:
    stream.width, stream.height = size_wh
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.color_range, context.colorspace = _LIMITED, frame.colorspace
    context.color_primaries, context.color_trc = frame.color_primaries, frame.color_trc


def _prepare(decoded: VideoFrame | None, index: FrameIndex, size_wh: tuple[int, int]) -> VideoFrame:
    """Return the frame upright, in limited range 4:2:0 and of the chunk's size."""
    if decoded is None:
        grey = av.VideoFrame.from_ndarray(frame_to_pixels(None, index), format="rgb24")
        frame = grey.reformat(*size_wh, format="yuv420p", threads=1)
    else:
        frame = convert_upright(decoded, index, "yuv420p", size_wh=size_wh)
    frame.pict_type = 0
    return frame
