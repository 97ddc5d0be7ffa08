"""What is measured of video: each function gives rows of the table.

The clips are made here: shapes that move under noise, H.264 as phones and cameras write it.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from statistics import median

import av
import machine
import simplejpeg
from measures import Size
from server import API, Scratch, Server, await_task
from table import Row, spread
from wire import Connection

from labelwright.media.video_index import FrameIndex, VideoLimits
from labelwright.media.video_process import VideoProcess

_LIMITS = VideoLimits(max_megapixels=100)
_THREADS = os.cpu_count() or 1
_QUALITY = 70
_GOP = 250
_CHUNK_720, _CHUNK_1080 = 72, 36
_HOUR_TIMES = 60
_PROVING_S = 5.0
#: Between two looks at the memory of processes.
_LOOK_S = 0.05
#: CPU seconds that a server takes in half a second while it does nothing, at most.
_QUIET_S = 0.1
_PLAIN = {"preset": "veryfast", "g": str(_GOP)}


def measure_video(size: Size) -> Iterator[Row]:
    """A minute of 720p, ten seconds of 1080p with a key picture every 250 frames, and an hour, as tasks."""
    with Scratch() as folder:
        share = folder / "share"
        share.mkdir()
        minute = _make_clip(share / "minute.mp4", width=1280, height=720, seconds=60, rate_mbit=3)
        long_gop = _make_clip(share / "hd.mp4", width=1920, height=1080, seconds=10, rate_mbit=8)
        hour = _repeat(minute, share / "hour.mp4", _HOUR_TIMES)
        with Server(folder / "data", share=share) as server:
            client = server.sign_in()
            workers = server.workers  # now: decoders of the API come to stand beside them
            yield from _rows_of_a_minute(server, client, minute, size)
            yield from _rows_of_a_long_gop(server, client, long_gop, size)
            yield _row_of_an_hour(server, workers, client, hour)
        yield _row_of_a_chunk(long_gop, size)


def _rows_of_a_minute(server: Server, client: Connection, path: Path, size: Size) -> Iterator[Row]:
    made, first = [], []
    for turn in range(size.few + 1):
        _rest(server, client)
        began = time.perf_counter()
        task_id = _take(client, path)
        finished = time.perf_counter()
        client.call("GET", f"{API}/tasks/{task_id}/data?type=chunk&number=0")
        if turn:  # the first turn finds everything cold: programs, and what they import
            made.append(finished - began)
            first.append(time.perf_counter() - finished)
    _rest(server, client)
    packets, chunk = _fastest(lambda: _demux(path)), _fastest(lambda: _decode(path, _CHUNK_720, encode=True))
    yield Row(
        what=(
            "60 s 720p video (1,800 frames), from its last byte to `Finished`",
            "60 s 720p 视频（1,800 帧），从上传完毕到 `Finished`",
        ),
        wanted="< 0.5 s",
        measured=spread(made),
        floor=(f"{packets:.2f} s: PyAV reads the packets", f"{packets:.2f} s：PyAV 读出全部数据包"),
        cvat="3.0 s",
        is_reached=median(made) < 0.5,
    )
    yield Row(
        what=("its first chunk (72 JPEGs), asked for at once", "随即请求其首个数据块（72 张 JPEG）"),
        wanted="< 0.4 s",
        measured=spread(first),
        floor=(
            f"{chunk:.2f} s: PyAV and libjpeg-turbo in one loop, all cores decode",
            f"{chunk:.2f} s：PyAV 与 libjpeg-turbo 在同一循环中，全部核参与解码",
        ),
        cvat="1.1 s",
        is_reached=median(first) < 0.4,
    )


def _rows_of_a_long_gop(server: Server, client: Connection, path: Path, size: Size) -> Iterator[Row]:
    task_id = _take(client, path)
    _rest(server, client)
    cold, warm = [], []
    last = _address(task_id, _GOP + 40)
    client.call("GET", last)
    wanted = [_GOP // (size.few + 1) * turn for turn in range(1, size.few + 1)]
    for turn, number in enumerate([*wanted, _GOP - 1]):
        address = _address(task_id, number)
        cold.append(_seconds(lambda address=address: client.call("GET", address)))
        warm.append(_seconds(lambda address=address: client.call("GET", address)))
        client.call("GET", _address(task_id, _GOP + 41 + turn))  # the decoder stands far behind
    floor = _fastest(lambda: _decode(path, _GOP))
    *cold, worst = cold
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
        what=("the same frame again", "再次请求同一帧"),
        wanted="< 5 ms",
        measured=spread([1e3 * value for value in warm], "ms"),
        floor="–",
        is_reached=median(warm) < 0.005,
    )


def _row_of_an_hour(server: Server, workers: list[int], client: Connection, path: Path) -> Row:
    _rest(server, client)
    with _watch(workers) as most_mb:
        began = time.perf_counter()
        task_id = _take(client, path)
        seconds = time.perf_counter() - began
        client.call("GET", f"{API}/tasks/{task_id}/data?type=chunk&number=750")
        time.sleep(_PROVING_S)  # the video is being proved then
    peak_mb = max(most_mb.values())
    frames = _HOUR_TIMES * 1800
    return Row(
        what=(
            f"an hour of it ({frames:,} frames): peak memory of a worker and the processes that decode for it",
            f"一小时的同类视频（{frames:,} 帧）：工作进程及其解码进程合计的内存峰值",
        ),
        wanted="< 500 MB",
        measured=(
            f"{peak_mb:.0f} MB, `Finished` after {seconds:.1f} s",
            f"{peak_mb:.0f} MB，{seconds:.1f} s 后 `Finished`",
        ),
        floor="–",
        is_reached=peak_mb < 500,
    )


@contextmanager
def _watch(workers: list[int]) -> Iterator[dict[int, float]]:
    """Give the most MB that each worker and the processes it has started took together, looked at all the while."""
    most_mb: dict[int, float] = dict.fromkeys(workers, 0.0)
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(_LOOK_S):
            for worker in workers:
                now_mb = machine.memory_mb(worker)
                for child in machine.children(worker):
                    with suppress(FileNotFoundError, ProcessLookupError):
                        now_mb += machine.memory_mb(child)
                most_mb[worker] = max(most_mb[worker], now_mb)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield most_mb
    finally:
        is_over.set()
        watcher.join()


def _row_of_a_chunk(path: Path, size: Size) -> Row:
    with _open(path, None) as video:
        video.make_index(_ignore)
        rates = [
            _CHUNK_1080 / _seconds(lambda: video.read_jpeg_chunk(range(_CHUNK_1080), quality=_QUALITY))
            for _ in range(size.few)
        ]
    rate, floor_rate = median(rates), _CHUNK_1080 / _fastest(lambda: _decode(path, _CHUNK_1080, encode=True))
    return Row(
        what=("chunk of 36 frames of 1080p, frames a second", "含 36 帧 1080p 的数据块，每秒帧数"),
        wanted=("≥ 0.85 of the floor", "≥ 下限的 0.85"),
        measured=f"{rate:.0f}/s ({min(rates):.0f}–{max(rates):.0f})",
        floor=(
            f"{floor_rate:.0f}/s: PyAV and libjpeg-turbo in one loop",
            f"{floor_rate:.0f}/s：PyAV 与 libjpeg-turbo 在同一循环中",
        ),
        is_reached=rate >= 0.85 * floor_rate,
    )


def _take(client: Connection, path: Path) -> int:
    """Make a task of a video of the share, and wait until it is finished: it is as if it was sent just now."""
    labels = [{"name": "car", "attributes": []}]
    made = client.call(
        "POST", f"{API}/tasks", json.dumps({"name": path.stem, "labels": labels}).encode(), expect=201
    )
    task_id = int(made.json()["id"])
    wanted = {"image_quality": _QUALITY, "server_files": [path.name], "use_zip_chunks": True}
    client.call("POST", f"{API}/tasks/{task_id}/data", json.dumps(wanted).encode(), expect=202)
    await_task(client, task_id)
    return task_id


def _address(task_id: int, number: int) -> str:
    return f"{API}/tasks/{task_id}/data?type=frame&number={number}&as=jpeg"


def _rest(server: Server, client: Connection) -> None:
    """Wait until no process of the server works any more: frames are proved once a task is finished."""
    client.close()  # the server would, while nobody asks
    quiet = 0
    while quiet < 3:
        pids = [*server.pids, *(child for pid in server.pids for child in machine.children(pid))]
        before = machine.cpu_s(pids)
        time.sleep(0.5)
        quiet = quiet + 1 if machine.cpu_s(pids) - before < _QUIET_S else 0


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
