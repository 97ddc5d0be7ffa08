"""Reading frames of a video by number, exactly and fast.

A reader seeks to the start that the index names, decodes on from there, and keeps its decoder and the pictures
decoded last: the next frame, and those just before, cost next to nothing. Where the index knows hashes every
frame is checked against its own before it is given out; one that came out otherwise, because the file's key
pictures promise more than they hold, is decoded again from an earlier start.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from av.video.frame import VideoFrame

from labelwright.domain.errors import Invalid, InvalidMedia
from labelwright.media.planes import hash_planes
from labelwright.media.video_files import OpenVideo, check_size_bytes, open_video
from labelwright.media.video_index import NO_PICTURE, FrameIndex, VideoLimits
from labelwright.media.video_runs import Run, count_to_start, seek_start

# Some demuxers land behind the time they are asked for: the starts before are tried too.
_SEEK_BACK = (0, 1, 3)
# A picture that comes out wrong is decoded from earlier starts too; more of them never helped.
_STARTS_BACK = (0, 1, 3, 7)
_NEAR_PACKETS = 3000


class WrongPicture(InvalidMedia):
    """A frame does not come out as it did when its hash was made."""


class VideoReader:
    """An open video, its decoder, and the pictures decoded last. For one thread at a time; close it after use."""

    def __init__(
        self,
        path: Path,
        index: FrameIndex,
        *,
        name: str,
        limits: VideoLimits,
        threads: int,
        cache_bytes: int = 64 * 2**20,
    ) -> None:
        self.path, self.index, self.name, self.limits = path, index, name, limits
        # Around faults threads make pictures come out otherwise each time.
        self.threads = 1 if index.faults else threads
        self._is_calm = False
        self._recent = _Recent(cache_bytes)
        self._file = ExitStack()
        self._video: OpenVideo | None = None
        self._run: Run | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and forget all pictures; the next reading opens it again."""
        self._video = self._run = None
        self._recent.clear()
        self._file.close()

    def read(
        self, numbers: Iterable[int], *, grey_if_wrong: bool = False
    ) -> Iterator[tuple[int, VideoFrame | None]]:
        """Yield frames by number, as decoded: not turned, colours as they are. Ascending numbers are fastest.

        None stands for a frame that the file names but that does not decode, and with `grey_if_wrong` for one that
        is not the picture it was.

        Raises:
            Invalid: there is no such frame.
            WrongPicture: a frame is not the picture it was.
            InvalidMedia: the file is gone, or is no longer as long as it was.
        """
        for number in numbers:
            if not 0 <= number < len(self.index):
                raise Invalid("Incorrect requested frame number: {number}", number=number)
            kept = self._recent.get(number)
            if kept is not None and self._is_right(number, kept):
                yield number, kept
                continue
            try:
                yield number, self._decode(number)
            except WrongPicture:
                if not grey_if_wrong:
                    raise
                yield number, None

    def _is_right(self, number: int, frame: VideoFrame) -> bool:
        """Return whether the picture is the frame's, True while its hash is not known."""
        expected = self.index.hash_of(number)
        return expected is None or hash_planes(frame) == expected

    def _decode(self, number: int) -> VideoFrame | None:
        expected = self.index.hash_of(number)
        if expected == NO_PICTURE:
            return None
        for origin, skip in self._attempts(number):
            if self._run is None or not self._run.leads_to(number, origin):
                self._run = self._begin(origin)
            frame = self._run.advance(number, self._recent, skip=skip)
            if frame is not None and self._is_right(number, frame):
                return frame
            if not self._is_calm:
                self._recent.clear()
                self._run = None
        if expected is None:
            return None
        raise WrongPicture(
            "frame {number} of {name} is not the picture it was when the task was made: "
            "the file has changed or is damaged",
            number=number,
            name=self.name,
        )

    def _attempts(self, number: int) -> Iterator[tuple[int, bool]]:
        """Yield from which start to decode, and whether to skip pictures that none leans on, until it comes right.

        What FFmpeg paints where a file is damaged depends on threads, on memory that pictures used before, and on
        all that came before: at last it is decoded without the first two, and from the beginning if that is near.
        """
        origin = int(self.index.origins[number])
        if not self._is_calm:
            if self.index.codec == "h264" and not self.index.faults:
                # Skipping changes when a decoder gives its pictures out.
                yield origin, True
            for place in dict.fromkeys(max(origin - back, 0) for back in _STARTS_BACK):
                yield place, False
            self.close()
            self._is_calm, self._recent, self.threads = True, _Recent(0), 1
        yield origin, False
        if self._run is not None and self._run.origin and int(self.index.packets[number]) < _NEAR_PACKETS:
            yield 0, False

    def _begin(self, origin: int) -> Run:
        """Stand at a start of the index, found by its time, or by counting where the file's times mislead."""
        if origin > 0:
            video = self._video or self._open()
            for back in _SEEK_BACK:
                run = seek_start(video, self.index, origin, aim=max(origin - back, 1))
                if run is not None:
                    return run
        return count_to_start(self._open(), self.index, origin)

    def _open(self) -> OpenVideo:
        self._file.close()
        check_size_bytes(self.path, self.index.size_bytes, name=self.name)
        opened = open_video(self.path, name=self.name, limits=self.limits, threads=self.threads)
        self._video = self._file.enter_context(opened)
        return self._video


class _Recent:
    """The pictures decoded last, by frame number, as many as fit into a number of bytes."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes, self.size_bytes = limit_bytes, 0
        self.frames: OrderedDict[int, VideoFrame] = OrderedDict()

    def get(self, number: int) -> VideoFrame | None:
        return self.frames.get(number)

    def add(self, number: int, frame: VideoFrame) -> None:
        if number in self.frames or not self.limit_bytes:
            return
        self.frames[number] = frame
        self.size_bytes += _size_bytes(frame)
        while self.size_bytes > self.limit_bytes and len(self.frames) > 1:
            _, oldest = self.frames.popitem(last=False)
            self.size_bytes -= _size_bytes(oldest)

    def clear(self) -> None:
        self.frames.clear()
        self.size_bytes = 0


def _size_bytes(frame: VideoFrame) -> int:
    return sum(plane.buffer_size for plane in frame.planes)
