"""Making the frame index of a video: from the file's own tables where they can be believed, else by decoding all.

The tables are believed for H.264, HEVC, VP8, VP9, AV1 and codecs of key pictures alone in MP4, MOV, Matroska
and WebM when every packet has its own presentation time, none is damaged or missing, the first is a key
picture that is shown first, pictures are whole and not fields, and the first pictures decoded are those that
the tables promise. An hour is then read in a second or two. All other files are walked.
"""

from array import array
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from labelwright.domain.errors import InvalidMedia
from labelwright.media.planes import hash_planes
from labelwright.media.video_files import OpenVideo, open_video, read_display_orientation
from labelwright.media.video_index import (
    FrameIndex,
    Numbers,
    Starts,
    VideoLimits,
    choose_starts,
    find_origins,
)
from labelwright.media.video_starts import is_exact_start

#: Told the share that is done, 0 to 1, some times a second; may raise to end the work.
Heard = Callable[[float], None]

_TABLES_BELIEVED_IN = frozenset(("mov", "matroska"))
_CODECS_BELIEVED = frozenset(
    ("h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mjpeg", "prores", "dnxhd", "ffv1", "rawvideo")
)
_WHOLE_PICTURES = (0, 1)  # AV_FIELD_UNKNOWN, AV_FIELD_PROGRESSIVE
_FRAMES_TRIED = 3
_NO_TIME = -(2**62)
_TELL_EVERY = 64


def make_index(path: Path, *, name: str, limits: VideoLimits, threads: int, heard: Heard) -> FrameIndex:
    """Return the index of the video at `path`, without hashes unless the whole file had to be decoded.

    Raises:
        InvalidMedia: no video that can be read, without a single picture, or over a limit.
        Exception: whatever `heard` raises.
    """
    with open_video(path, name=name, limits=limits, threads=threads) as video:
        table = _read_table(video, limits, heard)
        found = _believe(video, table)
    if found is not None:
        with open_video(path, name=name, limits=limits) as video:
            first = _try_first_frames(video, found)
        if first is not None:
            return _finish(path, video, found, table, first)
    return walk(path, name=name, limits=limits, threads=threads, heard=heard)


def walk(path: Path, *, name: str, limits: VideoLimits, threads: int, heard: Heard) -> FrameIndex:
    """Return the index with hashes that decoding the whole file gives, in flat memory.

    A file with faults is decoded a second time, without threads: with them the pictures around a fault can
    come out otherwise each time.

    Raises:
        InvalidMedia: as `make_index`.
    """
    with open_video(path, name=name, limits=limits, threads=threads) as video:
        walked = _walk(video, limits, heard)
    if video.faults and threads > 1:
        with open_video(path, name=name, limits=limits, threads=1) as video:
            walked = _walk(video, limits, heard)
    return replace(
        _finish(path, video, walked.order, walked.table, walked.first),
        hashes=bytes(walked.hashes),
        faults=video.faults,
        is_walked=True,
    )


@dataclass(frozen=True)
class _Table:
    """The packets of a file, by number; times are `_NO_TIME` where the file has none."""

    shown: Numbers
    decoded: Numbers
    keys: Numbers
    is_dropped: Numbers
    is_whole: bool

    def anchors(self) -> Numbers:
        return np.where(self.shown == _NO_TIME, self.decoded, self.shown)


class _TableWriter:
    """Takes the packets of a file one after the other."""

    def __init__(self, video: OpenVideo, limits: VideoLimits) -> None:
        self.video, self.limits = video, limits
        self.extradata = video.stream.codec_context.extradata
        self.is_h264 = video.codec == "h264"
        self.shown, self.decoded, self.keys, self.dropped = array("q"), array("q"), array("q"), array("q")
        self.corrupt = 0

    def add(self, packet: "Packet[VideoStream]") -> int:
        number = len(self.shown)
        if number >= self.limits.max_frames:
            raise InvalidMedia(
                "{name} has more than {limit} frames", name=self.video.name, limit=self.limits.max_frames
            )
        self.shown.append(_NO_TIME if packet.pts is None else packet.pts)
        self.decoded.append(_NO_TIME if packet.dts is None else packet.dts)
        self.corrupt += packet.is_corrupt
        if packet.is_discard:
            self.dropped.append(number)
        if packet.is_keyframe and (not self.is_h264 or is_exact_start(bytes(packet), self.extradata)):
            self.keys.append(number)
        return number

    def table(self) -> _Table:
        shown, decoded, keys, dropped = (
            np.array(each, dtype=np.int64) for each in (self.shown, self.decoded, self.keys, self.dropped)
        )
        announced = self.video.stream.frames
        return _Table(shown, decoded, keys, dropped, not self.corrupt and announced in (0, len(shown)))


def _read_table(video: OpenVideo, limits: VideoLimits, heard: Heard) -> _Table:
    """Read every packet of the file, decoding none."""
    writer, size = _TableWriter(video, limits), max(video.container.size, 1)
    for packet in video.packets():
        number = writer.add(packet)
        if number % _TELL_EVERY == 0:
            heard(min((packet.pos or 0) / size, 1.0))
    return writer.table()


@dataclass(frozen=True)
class _First:
    """What the first picture tells of all."""

    width: int
    height: int
    orientation: int
    pixel_format: str


def _read_first(frame: VideoFrame) -> _First:
    return _First(frame.width, frame.height, read_display_orientation(frame), frame.format.name)


def _believe(video: OpenVideo, table: _Table) -> Numbers | None:
    """Return the packets in the order their pictures are shown, None when the tables are not to be believed."""
    kinds = set(video.container.format.name.split(","))
    kept = np.setdiff1d(np.arange(len(table.shown)), table.is_dropped)
    times = table.shown[kept]
    if (
        not kinds & _TABLES_BELIEVED_IN
        or video.codec not in _CODECS_BELIEVED
        or video.stream.codec_context.field_order not in _WHOLE_PICTURES
        or video.faults
        or not table.is_whole
        or not len(kept)
        or times.min() == _NO_TIME
        or len(np.unique(times)) < len(times)
        or 0 not in table.keys
        or table.shown.min() < table.shown[0]
    ):
        return None
    return kept[np.argsort(times, kind="stable")]


def _try_first_frames(video: OpenVideo, order: Numbers) -> _First | None:
    """Return what the first picture tells, None when the decoder brings out others first than `order` says."""
    found: list[VideoFrame] = []
    for number, packet in enumerate(video.packets()):
        found += video.decode(packet, number=number)
        if len(found) >= _FRAMES_TRIED:
            break
    else:
        found += video.decode(None)
    promised = order[:_FRAMES_TRIED].tolist()
    if video.faults or [frame.pts for frame in found[:_FRAMES_TRIED]] != promised:
        return None
    return _read_first(found[0])


@dataclass(frozen=True)
class _Walked:
    table: _Table
    order: Numbers
    hashes: bytearray
    first: _First


def _walk(video: OpenVideo, limits: VideoLimits, heard: Heard) -> _Walked:
    writer, size = _TableWriter(video, limits), max(video.container.size, 1)
    order, hashes = array("q"), bytearray()
    first: _First | None = None

    def take(frames: list[VideoFrame]) -> None:
        nonlocal first
        for frame in frames:
            first = first or _read_first(frame)
            # Some decoders split a packet and name only one of its pictures.
            order.append((order[-1] if order else 0) if frame.pts is None else frame.pts)
            hashes.extend(hash_planes(frame))
            if len(order) > limits.max_frames:
                raise InvalidMedia(
                    "{name} has more than {limit} frames", name=video.name, limit=limits.max_frames
                )

    for packet in video.packets():
        number = writer.add(packet)
        if number % _TELL_EVERY == 0:
            heard(min((packet.pos or 0) / size, 1.0))
        take(video.decode(packet, number=number))
    take(video.decode(None))
    if first is None:
        raise InvalidMedia("{name} holds no picture that can be decoded", name=video.name)
    return _Walked(writer.table(), np.array(order, dtype=np.int64), hashes, first)


def _finish(path: Path, video: OpenVideo, order: Numbers, table: _Table, first: _First) -> FrameIndex:
    anchors = table.anchors()
    keys = table.keys[anchors[table.keys] != _NO_TIME]
    starts = choose_starts(order, Starts(keys, anchors[keys]))
    sideways = first.orientation >= 5
    return FrameIndex(
        width=first.height if sideways else first.width,
        height=first.width if sideways else first.height,
        orientation=first.orientation,
        codec=video.codec,
        pixel_format=first.pixel_format,
        time_base=video.time_base,
        size_bytes=path.stat().st_size,
        times=_fill_times(anchors[order], video),
        packets=order,
        origins=find_origins(order, starts.packets),
        starts=starts.packets,
        anchors=starts.anchors,
        faults=0,
        is_walked=False,
    )


def _fill_times(times: Numbers, video: OpenVideo) -> Numbers:
    """Return the times with gaps filled: a frame without one is shown a frame's length after the one before."""
    if not (times == _NO_TIME).any():
        return times
    length = max(round(1 / (video.frame_rate * video.time_base)), 1)
    filled = times.copy()
    for number in np.flatnonzero(times == _NO_TIME):
        filled[number] = filled[number - 1] + length if number else 0
    return filled
