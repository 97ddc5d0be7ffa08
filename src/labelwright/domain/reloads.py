"""Frames of a task that are read anew: which frame is which, and the job each of them is in from then on."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from msgspec import Struct

from labelwright.domain.frames import Segment
from labelwright.domain.tasks import FrameRow


class Reload(Struct, frozen=True):
    """What becomes of a task's frames: `places` has the new number of each that is still there, by its old one.

    `segments` are the new ones, by the order of jobs: a job keeps its place in it.
    """

    places: dict[int, int]
    segments: Sequence[Segment]

    def is_untouched(self, index: int, first: int, last: int) -> bool:
        """Whether the job of that place, until now of the frames `first` to `last`, has these and no others."""
        return (
            index < len(self.segments)
            and self.segments[index] == Segment(first, last)
            and all(self.places.get(frame) == frame for frame in range(first, last + 1))
        )

    def home(self, index: int, frame: int) -> int:
        """Return the place of the job that has the new `frame`: where two share it, the one that had it before."""
        if index < len(self.segments) and _holds(self.segments[index], frame):
            return index
        return next(place for place, segment in enumerate(self.segments) if _holds(segment, frame))


def _holds(segment: Segment, frame: int) -> bool:
    return segment.first <= frame <= segment.last


def match_frames(before: Sequence[FrameRow], after: Sequence[FrameRow]) -> dict[int, int]:
    """Return the number after of every frame that is still there, by its number before.

    A frame is known by the path of its file; one that was moved by as much of the end of its path as tells it from all
    others, its name at least.
    """
    found: dict[int, int] = {}
    old = {row.frame: _parts(row) for row in before}
    new = {row.frame: _parts(row) for row in after}
    for depth in range(max(map(len, (*old.values(), *new.values())), default=0), 0, -1):
        of_new = _unique(new.items(), depth)
        for end, frame in _unique(old.items(), depth).items():
            if end in of_new:
                found[frame] = of_new[end]
                del old[frame], new[of_new[end]]
    return found


def _parts(row: FrameRow) -> tuple[str, ...]:
    return PurePosixPath(row.location.partition(":")[2]).parts


def _unique(paths: Iterable[tuple[int, tuple[str, ...]]], depth: int) -> dict[tuple[str, ...], int]:
    """Return the frame of every end of `depth` parts that only one of the paths has."""
    ends = [(parts[-depth:], frame) for frame, parts in paths]
    counts = Counter(end for end, _ in ends)
    return {end: frame for end, frame in ends if counts[end] == 1}
