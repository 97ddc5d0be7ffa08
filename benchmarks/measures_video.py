"""What is measured of video: each function gives rows of the table.

The clips are made here: shapes that move under noise, H.264 as phones and cameras write it.
"""

import os
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from statistics import median

import av
import machine
import simplejpeg
from measures import Size
from server import Scratch
from table import Row, spread

from labelwright.media.video_index import FrameIndex, VideoLimits
from labelwright.media.video_process import VideoProcess

_LIMITS = VideoLimits(max_megapixels=100)
_THREADS = os.cpu_count() or 1
_QUALITY = 70
_GOP = 250
_CHUNK_720, _CHUNK_1080 = 72, 36
_HOUR_TIMES = 60
_PLAIN = {"preset": "veryfast", "g": str(_GOP)}


def measure_video(size: Size) -> Iterator[Row]:
    """A minute of 720p, ten seconds of 1080p with a key picture every 250 frames, and an hour."""
    with Scratch() as folder:
        minute = _make_clip(folder / "minute.mp4", width=1280, height=720, seconds=60, rate_mbit=3)
        yield from _rows_of_a_minute(minute, size)
        hour = _repeat(minute, folder / "hour.mp4", _HOUR_TIMES)
        yield from _rows_of_an_hour(hour)
        yield from _rows_of_a_long_gop(
            _make_clip(folder / "hd.mp4", width=1920, height=1080, seconds=10, rate_mbit=8), size
        )


def _rows_of_a_minute(path: Path, size: Size) -> Iterator[Row]:
    indexed, first = [], []
    for _ in range(size.few):
        began = time.perf_counter()
        with _open(path, None) as video:
            index = video.make_index(_ignore)
            indexed.append(time.perf_counter() - began)
        began = time.perf_counter()
        with _open(path, index) as video:
            video.read_jpeg_chunk(range(_CHUNK_720), quality=_QUALITY)
            first.append(time.perf_counter() - began)
    packets, chunk = _fastest(lambda: _demux(path)), _fastest(lambda: _decode(path, _CHUNK_720, encode=True))
    yield Row(
        what=(
            "frame index of 60 s 720p video (1,800 frames), in a process of its own",
            "60 s 720p 视频（1,800 帧）的帧索引，在独立进程中",
        ),
        wanted="< 0.5 s",
        measured=spread(indexed),
        floor=(f"{packets:.2f} s: PyAV reads the packets", f"{packets:.2f} s：PyAV 读出全部数据包"),
        is_reached=median(indexed) < 0.5,
    )
    yield Row(
        what=("its first chunk (72 JPEGs), process started anew", "其首个数据块（72 张 JPEG），进程重新启动"),
        wanted="< 0.4 s",
        measured=spread(first),
        floor=(
            f"{chunk:.2f} s: PyAV and libjpeg-turbo in one loop, all cores decode",
            f"{chunk:.2f} s：PyAV 与 libjpeg-turbo 在同一循环中，全部核参与解码",
        ),
        is_reached=median(first) < 0.4,
    )


def _rows_of_an_hour(path: Path) -> Iterator[Row]:
    with _open(path, None) as video:
        began = time.perf_counter()
        index = video.make_index(_ignore)
        seconds = time.perf_counter() - began
        middle = len(index) // 2
        video.read_jpeg_chunk(range(middle, middle + _CHUNK_720), quality=_QUALITY)
        peak_mb = machine.memory_mb(video.process_id, peak=True)
    yield Row(
        what=(
            f"peak memory of that process for an hour of it ({len(index):,} frames), index and a chunk",
            f"该进程处理一小时视频（{len(index):,} 帧）的内存峰值，含索引与一个数据块",
        ),
        wanted="< 500 MB",
        measured=(
            f"{peak_mb:.0f} MB, indexed in {seconds:.1f} s",
            f"{peak_mb:.0f} MB，索引用时 {seconds:.1f} s",
        ),
        floor="–",
        is_reached=peak_mb < 500,
    )


def _rows_of_a_long_gop(path: Path, size: Size) -> Iterator[Row]:
    with _open(path, None) as video:
        index = video.make_index(_ignore)
    cold, warm = [], []
    wanted = [_GOP // (size.few + 1) * turn for turn in range(1, size.few + 1)]
    with _open(path, index) as video:
        video.read_jpeg(len(index) - 1, quality=_QUALITY)
        for number in wanted:
            video.read_jpeg(len(index) - 1, quality=_QUALITY)  # the decoder stands far behind
            cold.append(_seconds(lambda number=number: video.read_jpeg(number, quality=_QUALITY)))
            warm.append(_seconds(lambda number=number: video.read_jpeg(number, quality=_QUALITY)))
        worst = _seconds(lambda: video.read_jpeg(_GOP - 1, quality=_QUALITY))
        rates = [
            _CHUNK_1080 / _seconds(lambda: video.read_jpeg_chunk(range(_CHUNK_1080), quality=_QUALITY))
            for _ in range(size.few)
        ]
    floor, floor_chunk = (
        _fastest(lambda: _decode(path, _GOP)),
        _fastest(lambda: _decode(path, _CHUNK_1080, encode=True)),
    )
    yield Row(
        what=(
            "random frame of 1080p video with a key picture every 250 frames, as JPEG",
            "1080p 视频（每 250 帧一个关键帧）中的任意一帧，JPEG",
        ),
        wanted="< 0.7 s",
        measured=(
            f"{spread(cold)}, the last of 250: {worst:.2f} s",
            f"{spread(cold)}，第 250 帧：{worst:.2f} s",
        ),
        floor=(
            f"{floor:.2f} s: PyAV decodes the 250 frames, all cores",
            f"{floor:.2f} s：PyAV 在全部核上解码这 250 帧",
        ),
        is_reached=median(cold) < 0.7,
    )
    yield Row(
        what=("the same frame again, decoded but not kept as JPEG", "再次读取同一帧，已解码但未保存为 JPEG"),
        wanted="–",
        measured=spread([1e3 * value for value in warm], "ms"),
        floor=("the JPEG is encoded anew; a kept one is a file", "JPEG 重新编码；已保存的则直接读取文件"),
    )
    rate, floor_rate = median(rates), _CHUNK_1080 / floor_chunk
    yield Row(
        what=("chunk of 36 such frames, frames a second", "含 36 帧的数据块，每秒帧数"),
        wanted=("≥ 0.85 of the floor", "≥ 下限的 0.85"),
        measured=f"{rate:.0f}/s ({min(rates):.0f}–{max(rates):.0f})",
        floor=(
            f"{floor_rate:.0f}/s: PyAV and libjpeg-turbo in one loop",
            f"{floor_rate:.0f}/s：PyAV 与 libjpeg-turbo 在同一循环中",
        ),
        is_reached=rate >= 0.85 * floor_rate,
    )


def _open(path: Path, index: FrameIndex | None) -> VideoProcess:
    return VideoProcess(path, index, name=path.name, limits=_LIMITS, threads=_THREADS)


def _ignore(share: float) -> None:
    pass


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _fastest(work: Callable[[], object]) -> float:
    return min(_seconds(work) for _ in range(3))


def _make_clip(path: Path, *, width: int, height: int, seconds: int, rate_mbit: int) -> Path:
    """Write H.264 with B-frames; 30 frames a second."""
    pattern = f"testsrc2=s={width}x{height}:r=30:d={seconds},noise=alls=4:allf=t,format=yuv420p"
    with av.open(pattern, format="lavfi") as source, av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=30, options=_PLAIN)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.bit_rate = rate_mbit * 1_000_000
        for number, frame in enumerate(source.decode(video=0)):
            frame.pts, frame.time_base, frame.pict_type = number, Fraction(1, 30), 0
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path


def _repeat(path: Path, target_path: Path, times: int) -> Path:
    """Write the clip so many times behind itself, its packets as they are."""
    with av.open(str(target_path), "w") as target:
        stream = None
        for turn in range(times):
            with av.open(str(path)) as source:
                clip = source.streams.video[0]
                stream = stream or target.add_stream_from_template(clip)
                length = clip.duration or 0
                for packet in source.demux(clip):
                    if packet.dts is None or packet.pts is None:
                        continue
                    packet.pts, packet.dts = packet.pts + turn * length, packet.dts + turn * length
                    packet.stream = stream
                    target.mux(packet)
    return target_path


def _demux(path: Path) -> None:
    with av.open(str(path)) as container:
        for _ in container.demux(video=0):
            pass


def _decode(path: Path, count: int, *, encode: bool = False) -> None:
    """Decode the first frames in the barest loop, and encode them as JPEG."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type, stream.thread_count = "AUTO", _THREADS
        for number, frame in enumerate(container.decode(stream)):
            if encode:
                pixels = frame.to_ndarray(format="rgb24")
                simplejpeg.encode_jpeg(pixels, quality=_QUALITY, colorsubsampling="420")
            if number + 1 == count:
                return
