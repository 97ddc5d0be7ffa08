"""Decoding runs: from a start of the index onwards, frame by frame in the order they are shown."""

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from av.error import FFmpegError
from av.video.frame import VideoFrame

from labelwright.media.video_files import OpenVideo
from labelwright.media.video_index import FrameIndex

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

    Packets = Iterator[Packet[VideoStream]]


# Who looks at a frame often looks at those before it next.
_KEPT_BEFORE = 12


class Kept(Protocol):
    """Where a run leaves every picture it comes by."""

    def add(self, number: int, frame: VideoFrame) -> None: ...


class Run:
    """One decoding from the start at place `origin`: it gives each frame once, in ascending order."""

    def __init__(self, video: OpenVideo, index: FrameIndex, origin: int, packets: "Packets") -> None:
        self.index, self.origin = index, origin
        self._fed = int(index.starts[origin]) - 1
        self._next = 0 if origin == 0 else int(index.first_frame_of_packet[index.starts[origin]])
        self._skip_before = 0
        self._frames = self._decode(video, packets)

    def leads_to(self, number: int, origin: int) -> bool:
        """Return whether frame `number` is still to come and no start, `origin` being its own, is nearer."""
        return number >= self._next and int(self.index.starts[origin]) <= self._fed + 1

    def advance(self, number: int, kept: Kept, *, skip: bool) -> VideoFrame | None:
        """Decode up to frame `number` and return it; None if it does not come out.

        With `skip`, pictures that are shown well before it and that no other leans on are not decoded, and lost to
        this run: of H.264 as it is usually made that saves a third of the work.
        """
        self._skip_before = number - _KEPT_BEFORE if skip else 0
        while self._next <= number:
            found = next(self._frames, None)
            if found is None:
                break
            at, frame = found
            kept.add(at, frame)
            self._next = at + 1
            if at == number:
                return frame
        return None

    def _decode(self, video: OpenVideo, packets: "Packets") -> Iterator[tuple[int, VideoFrame]]:
        """Yield frames with their numbers, without those shown before this run's start, whose ground is missing."""
        first, packet_number, same = self._next, -1, 0
        for frame in self._bring_out(video, packets):
            came_from = packet_number if frame.pts is None else frame.pts
            same = same + 1 if came_from == packet_number else 0
            packet_number = came_from
            number = self.index.number_of(packet_number, same)
            if number is not None and number >= first:
                yield number, frame

    def _bring_out(self, video: OpenVideo, packets: "Packets") -> Iterator[VideoFrame]:
        for packet in packets:
            self._fed += 1
            shown_at = self.index.number_of(self._fed, 0)
            video.skip_unreferenced(shown_at is not None and shown_at < self._skip_before)
            yield from video.decode(packet, number=self._fed)
        yield from video.decode(None)


def seek_start(video: OpenVideo, index: FrameIndex, origin: int, *, aim: int) -> Run | None:
    """Seek to the start at place `aim`, go on to the one at `origin`; None if the file does not lead there."""
    wanted = int(index.anchors[origin])
    try:
        video.seek(int(index.anchors[aim]))
    except (FFmpegError, OSError):
        return None
    packets = video.packets()
    for packet in packets:
        found = packet.dts if packet.pts is None else packet.pts
        if not packet.is_keyframe or found is None or found < wanted:
            continue
        if found > wanted:
            return None
        return Run(video, index, origin, chain((packet,), packets))
    return None


def count_to_start(video: OpenVideo, index: FrameIndex, origin: int) -> Run:
    """Go through a freshly opened file, decoding nothing, until the start at place `origin`."""
    packets, passed = video.packets(), int(index.starts[origin])
    for _ in zip(range(passed), packets, strict=False):
        pass
    return Run(video, index, origin, packets)
