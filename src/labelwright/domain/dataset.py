"""A task as formats see it: what it is about, its frames in order, and what stands on each.

The upper half is what is exported. Values are raw, as stored; formats that follow the common export
model (API v1 contract, formats §2) use the lower half, which rounds, orders, types and groups them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import isfinite
from operator import attrgetter
from os.path import splitext
from typing import TypeVar

from msgspec import Struct

from labelwright.domain.errors import Invalid
from labelwright.domain.labels import Label
from labelwright.domain.shapes import AttributeValue, Shape, Tag

TypedValue = bool | float | str
#: Left, top, width and height.
Box = tuple[float, float, float, float]
Item = TypeVar("Item")


class FrameInfo(Struct, frozen=True, gc=False):
    """One frame without what stands on it.

    `index` counts from 0 in the task, `source_frame` is its number in the source (start frame and
    step included), `name` is the file's name in the task with folders, or `frame_000012` for a video.
    `width` and `height` are pixels. `image_suffix` is what the name lacks to be an image file's:
    empty, or `.PNG` for a video frame. `path` is where the file lies below the folder of its dataset, for frames
    whose names alone may not tell them apart; empty for others.
    """

    index: int
    source_frame: int
    name: str
    width: int
    height: int
    image_suffix: str = ""
    path: str = ""

    @property
    def image_name(self) -> str:
        """The name of the frame's image file, folders kept."""
        return self.name + self.image_suffix

    @property
    def item_id(self) -> str:
        """The name without an image's extension, folders kept: what the common model calls the frame."""
        return self.name if self.image_suffix else splitext(self.name)[0]


class Frame(Struct, frozen=True, gc=False):
    """One frame with its tags and shapes, in stored order, attributes filled."""

    info: FrameInfo
    tags: Sequence[Tag]
    shapes: Sequence[Shape]

    @property
    def name(self) -> str:
        """The frame's name in the task."""
        return self.info.name

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return self.info.width

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.info.height


@dataclass(frozen=True)
class Person:
    """An owner or assignee as exports name one."""

    username: str
    email: str


@dataclass(frozen=True)
class SegmentInfo:
    """One segment: the id of its job, its frames `first`..`last` (both included), its job's address."""

    id: int
    first: int
    last: int
    url: str


@dataclass(frozen=True)
class TaskInfo:
    """What an export says of the task itself.

    `mode` is `annotation` (images) or `interpolation` (video); `start_frame`, `stop_frame` and
    `frame_filter` are those of the task's data; all times are aware.
    """

    id: int
    name: str
    size: int
    mode: str
    overlap: int
    bug_tracker: str
    created: datetime
    updated: datetime
    start_frame: int
    stop_frame: int
    frame_filter: str
    segments: Sequence[SegmentInfo]
    owner: Person | None
    assignee: Person | None
    dumped: datetime


@dataclass(frozen=True)
class Dataset:
    """A task on its way out.

    `labels` stand in task order. `stream` gives the frames anew each time it is called, one `Frame`
    for every one of `frame_infos` in that order, so that a writer holds one frame at a time.
    `read_image` gives a frame's original bytes (or None when they are gone); it is None itself for an
    export of annotations alone. `deleted` are frames of the task that are out of the work: not among the others.
    """

    task: TaskInfo
    labels: Sequence[Label]
    frame_infos: Sequence[FrameInfo]
    stream: Callable[[], Iterator[Frame]]
    read_image: Callable[[FrameInfo], bytes | None] | None = None
    deleted: Sequence[FrameInfo] = ()

    def frames(self) -> Iterator[Frame]:
        """Read all frames from the first, also the empty ones."""
        return self.stream()


def group_by_frame(
    infos: Iterable[FrameInfo], *, tags: Iterable[Tag], shapes: Iterable[Shape]
) -> Iterator[Frame]:
    """Deal tags and shapes, each in ascending frame order, to their frames, also to empty ones.

    Raises:
        Invalid: an object's frame is not among `infos`, or stands before the one read last.
    """
    tag_runs = groupby(tags, key=_frame_of)
    shape_runs = groupby(shapes, key=_frame_of)
    tag_frame, next_tags = next(tag_runs, _NO_RUN)
    shape_frame, next_shapes = next(shape_runs, _NO_RUN)
    for info in infos:
        tags_here: Sequence[Tag] = ()
        shapes_here: Sequence[Shape] = ()
        if tag_frame == info.index:
            tags_here = list(next_tags)
            tag_frame, next_tags = next(tag_runs, _NO_RUN)
        if shape_frame == info.index:
            shapes_here = list(next_shapes)
            shape_frame, next_shapes = next(shape_runs, _NO_RUN)
        yield Frame(info, tags_here, shapes_here)
    for frame in (tag_frame, shape_frame):
        if frame is not None:
            raise Invalid("an object stands on frame {frame}: no such frame was left to come", frame=frame)


class AttributeTypes:
    """The common model's view of attributes: `number` is a float, `checkbox` a bool, others are text."""

    def __init__(self, labels: Iterable[Label]) -> None:
        self._known = {
            attribute.id: (attribute.name, _CONVERSIONS.get(attribute.input_type))
            for label in labels
            for attribute in label.attributes
        }

    def read(self, attributes: Iterable[AttributeValue]) -> dict[str, TypedValue]:
        """Return the values of one object by attribute name, in stored order; unknown ids are left out.

        Raises:
            Invalid: the value of a number attribute is not a finite number (the contract fails the export).
        """
        typed: dict[str, TypedValue] = {}
        known = self._known
        for attribute in attributes:
            name, convert = known.get(attribute.attribute_id, _UNKNOWN)
            if convert is not None:
                typed[name] = convert(name, attribute.value)
            elif name:
                typed[name] = attribute.value
        return typed


def round_points(points: Sequence[float]) -> list[float]:
    """Round coordinates as the common model does when they enter it: as `round`, in half its time.

    Whatever lies clearly nearer to one number of two decimals than to the next is rounded by division;
    `round`, which writes decimals to look at them, is asked about the rest.
    """
    return [
        near if -0.0049 < value - (near := (value * 100 + 0.5) // 1 / 100) < 0.0049 else round(value, 2)
        for value in points
    ]


def bounding_box(points: Sequence[float]) -> Box:
    """Return what encloses rounded points. Its width and height have two decimals too."""
    if len(points) == 4:  # by far the most, and three times as fast
        left, top, right, bottom = points
        if left > right:
            left, right = right, left
        if top > bottom:
            top, bottom = bottom, top
    else:
        left, right = min(points[::2]), max(points[::2])
        top, bottom = min(points[1::2]), max(points[1::2])
    # There is binary dust alone to be rounded away, which this does in a quarter of the time `round` takes.
    return left, top, ((right - left) * 100 + 0.5) // 1 / 100, ((bottom - top) * 100 + 0.5) // 1 / 100


def box_area(box: Box) -> float:
    """Return the area of a `bounding_box`, of four decimals."""
    return (box[2] * box[3] * 10_000 + 0.5) // 1 / 10_000


def in_painting_order(shapes: Sequence[Shape]) -> Sequence[Shape]:
    """Order shapes of one frame by ascending `z_order`, equals as they stood."""
    return sorted(shapes, key=_z_order)


def split_groups(
    items: Iterable[Item], group_of: Callable[[Item], int | None]
) -> tuple[list[Item], list[list[Item]]]:
    """Part the objects of one frame into those without a group and the groups, by ascending number."""
    alone: list[Item] = []
    groups: dict[int, list[Item]] = {}
    for item in items:
        if number := group_of(item):
            groups.setdefault(number, []).append(item)
        else:
            alone.append(item)
    return alone, [groups[number] for number in sorted(groups)]


def _as_number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise Invalid(
            "Failed to convert attribute '{name}'='{text}': {reason}", name=name, text=text, reason=error
        ) from error
    if not isfinite(number):
        raise Invalid(
            "Failed to convert attribute '{name}'='{text}': a finite number was expected",
            name=name,
            text=text,
        )
    return number


def _as_bool(_name: str, text: str) -> bool:
    return text.lower() == "true"


_CONVERSIONS: dict[str, Callable[[str, str], TypedValue]] = {"number": _as_number, "checkbox": _as_bool}
_UNKNOWN: tuple[str, None] = ("", None)
_NO_RUN: tuple[None, tuple[()]] = (None, ())
_frame_of = attrgetter("frame")
_z_order = attrgetter("z_order")
