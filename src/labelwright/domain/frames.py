"""Frames of a task: which of the source it takes, and how segments share them among jobs."""

import re
from dataclasses import dataclass
from typing import Literal

from labelwright.domain.errors import Invalid, InvalidMedia

Mode = Literal["annotation", "interpolation"]

#: Frames neighbouring segments share when nobody says; video needs some to join tracks.
_DEFAULT_OVERLAP: dict[Mode, int] = {"annotation": 0, "interpolation": 5}
_STEP = re.compile(r"step\s*=\s*([1-9]\d*)", re.ASCII)


@dataclass(frozen=True)
class Segment:
    """Frames `first`..`last` of a task, both included, counted from 0."""

    first: int
    last: int


def split_frames(size: int, segment_size: int, overlap: int) -> list[Segment]:
    """Cut a task of `size` frames into the segments its jobs work on, by first frame.

    Neighbours share `overlap` frames, at most half a segment. `segment_size` 0 means one
    segment for all. The last segment may hold only shared frames: clients of API v1 see
    such a job today, so we keep it (API v1 contract, tasks-and-data 5).

    Raises:
        Invalid: a count is negative, or `size` is 0.
    """
    if size < 1 or segment_size < 0 or overlap < 0:
        raise Invalid(
            "cannot split {size} frames by {segment_size} with overlap {overlap}",
            size=size,
            segment_size=segment_size,
            overlap=overlap,
        )
    if segment_size == 0:
        return [Segment(0, size - 1)]
    step = segment_size - min(overlap, segment_size // 2)
    return [Segment(first, min(first + segment_size, size) - 1) for first in range(0, size, step)]


def split_added(size: int, added: int, segment_size: int, overlap: int) -> list[Segment]:
    """Cut the `added` frames after the `size` a task has into segments of their own, as `split_frames` would.

    The first begins behind the last frame there was: no segment that there is changes, or shares a frame with these.
    """
    found = split_frames(added, segment_size, overlap)
    return [Segment(size + segment.first, size + segment.last) for segment in found]


def effective_overlap(size: int, segment_size: int, overlap: int | None, mode: Mode) -> int:
    """Return how many frames neighbouring segments share, as the task then shows it.

    `overlap` None means the default of `mode`; more than half a segment (of the whole task when
    `segment_size` is 0) is cut to that (API v1 contract, tasks-and-data 5).
    """
    asked = _DEFAULT_OVERLAP[mode] if overlap is None else overlap
    return min(asked, (segment_size or size) // 2)


def select_frames(count: int, start_frame: int, stop_frame: int | None, step: int) -> range:
    """Return the source frames a task takes out of `count`, all counted from 0.

    `stop_frame` is included, None means the last. The range is the whole numbering: `frames[n]` is the
    source frame of task frame n, `frames.index(source)` the way back, `frames[-1]` the stop frame the
    task shows from then on (API v1 contract, tasks-and-data 4).

    Raises:
        Invalid: `stop_frame` is before `start_frame`.
        InvalidMedia: no frame is left.
    """
    if stop_frame is not None and stop_frame < start_frame:
        raise Invalid("Stop frame must be more or equal start frame")
    frames = range(start_frame, count if stop_frame is None else min(stop_frame + 1, count), step)
    if not frames:
        raise InvalidMedia(
            "no frame to take: the media has {count} frames, start_frame is {start_frame}",
            count=count,
            start_frame=start_frame,
        )
    return frames


def parse_frame_filter(text: str) -> int:
    """Return N of the `step=N` in `text`: every N-th frame is taken. Blanks around `=` are fine.

    Raises:
        Invalid: there is none, or N is 0 or begins with 0. So also for "", which says nothing.
    """
    match = _STEP.search(text)
    if match is None:
        raise Invalid("Invalid frame filter expression", field="frame_filter")
    return int(match[1])


def frame_step(text: str) -> int:
    """Return every how many-th frame a task takes that was asked for with the filter `text`; "" takes all.

    Raises Invalid for any other text that `parse_frame_filter` does not understand.
    """
    return parse_frame_filter(text) if text else 1
