"""What an annotation file must fit: the labels and frames of a task, and how its objects become ours.

Source of the rules: API v1 contract, formats §3. An import with an object that does not fit fails as a
whole, so everything here raises `ImportMismatch` rather than leave something out.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from os.path import splitext
from pathlib import PurePosixPath
from typing import NamedTuple, NoReturn

import msgspec

from labelwright.domain.dataset import FrameInfo
from labelwright.domain.errors import ImportMismatch
from labelwright.domain.labels import Label
from labelwright.domain.sentences import Sentence
from labelwright.domain.shapes import AttributeValue, Shape, ShapeType, Source, Tag, points_problem

#: Most characters an attribute value may have (API v1 contract, annotations §8).
VALUE_LIMIT = 4096
#: Group and z-order are stored in 32 bits.
INT_LIMIT = 2**31 - 1
#: How other programs call our types; error messages use these names.
_TYPE_NAMES = {"rectangle": "bbox"}
_FRAME_PREFIX = "frame_"


class Origin(NamedTuple):
    """Where an object stands in the file: its image's id, and its number there, from 0."""

    item_id: str
    number: int


class FrameMatcher:
    """Finds the task frame of an image in an annotation file.

    `frames` are those an import may touch; of datasets they have a path each, which goes before the name. A
    name that two frames have is none of either, unless the file numbers its images as the task does. `item_ids`
    lists the ids of all images of the archive (names without extension, folders kept); it is called once at most,
    when a name alone finds nothing.
    """

    def __init__(self, frames: Sequence[FrameInfo], item_ids: Callable[[], Iterable[str]]) -> None:
        self._item_ids = item_ids
        self._is_video = any(info.image_suffix for info in frames)
        self._by_name: dict[str, int] = {}
        self._by_id: dict[str, int] = {}
        counts = Counter(each for info in frames for each in {info.name, info.item_id})
        self._shared = {name for name, count in counts.items() if count > 1}
        for info in frames:
            if info.name not in self._shared:
                self._by_name[info.name] = info.index
                self._by_id.setdefault(info.item_id, info.index)
        for info in frames:
            if info.path:
                self._by_name[info.path] = info.index
                self._by_id[splitext(info.path)[0]] = info.index
        self._names: dict[int | None, str] = {info.source_frame: info.name for info in frames}
        self._by_source = {info.source_frame: info.index for info in frames}
        self._indexes = {info.index for info in frames}
        self._root: str | None = None

    def named(self, name: str) -> int | None:
        """Return the index of the frame of exactly that name, whole or without its extension; None for none."""
        if name in self._by_name:
            return self._by_name[name]
        return self._by_id.get(name, self._by_id.get(splitext(name)[0]))

    def match(self, item_id: str, *, image_name: str | None = None, source_frame: int | None = None) -> int:
        """Return the index of the frame that is meant.

        First success wins: the image's name, whole or without its extension; the id; both below the
        folder that the archive left out; `source_frame`, as number in the source, then as index; the
        id as an index; for a video the digits of `frame_000012`, as index.

        Raises:
            ImportMismatch: no frame fits.
        """
        if image_name is not None and image_name in self._by_name:
            return self._by_name[image_name]
        names = [item_id] if image_name is None else [splitext(image_name)[0], item_id]
        for name in names:
            if name in self._by_id:
                return self._by_id[name]
        shared = next((name for name in (image_name, item_id) if name in self._shared), None)
        if shared is not None and self._names.get(source_frame) not in (shared, image_name):
            raise ImportMismatch(
                "several frames are named {name}: the file must name their folders as well", name=shared
            )
        if self._root is None and shared is None:
            self._root = self._find_root()
        for name in names:
            if self._root and f"{self._root}/{name}" in self._by_id:
                return self._by_id[f"{self._root}/{name}"]
        if source_frame in self._by_source:
            return self._by_source[source_frame]
        for index in (source_frame, _whole_number(item_id), self._video_number(item_id)):
            if index in self._indexes:
                return index
        raise ImportMismatch("Could not match item id: '{item}' with any task frame", item=item_id)

    def _find_root(self) -> str:
        """Return the folder that all names of the archive lack in front, empty if there is none."""
        deepest = max((PurePosixPath(item_id).parts for item_id in self._item_ids()), key=len, default=())
        for item_id in self._by_id if deepest else ():
            parts = PurePosixPath(item_id).parts
            if parts[-len(deepest) :] == deepest:
                return "/".join(parts[: -len(deepest)])
        return ""

    def _video_number(self, item_id: str) -> int | None:
        return _whole_number(item_id.rpartition("/")[2][len(_FRAME_PREFIX) :]) if self._is_video else None


class ImportTarget:
    """The task (or job) an import replaces the annotations of: its labels and the frames it may touch."""

    def __init__(self, *, labels: Sequence[Label], frames: Sequence[FrameInfo]) -> None:
        self.labels = labels
        self.frames = frames
        self._label_ids = {label.name: label.id for label in labels}
        self._attributes = {
            label.name: {
                attribute.name: (attribute.id, attribute.input_type) for attribute in label.attributes
            }
            for label in labels
        }

    def matcher(self, item_ids: Callable[[], Iterable[str]]) -> FrameMatcher:
        """Return a matcher for one archive; `item_ids` as in `FrameMatcher`."""
        return FrameMatcher(self.frames, item_ids)

    def shape(
        self,
        origin: Origin,
        shape_type: ShapeType,
        *,
        frame: int,
        label: str | None,
        points: list[float],
        attributes: Mapping[str, object],
        occluded: bool = False,
        z_order: int = 0,
        group: int = 0,
        source: Source = "manual",
    ) -> Shape:
        """Return the shape that an object of the file becomes; `points` are kept as given.

        Raises:
            ImportMismatch: the label is unknown or missing, an attribute's value will not do, the
                points are too few, too many or not finite.
        """
        problem = points_problem(shape_type, len(points))
        if problem is None and not isfinite(sum(points)):
            problem = Sentence("its points are not all finite numbers")
        if problem is None and (abs(z_order) > INT_LIMIT or not 0 <= group <= INT_LIMIT):
            problem = Sentence(
                "z-order {z_order} and group {group} must be below {limit}, the group not negative",
                z_order=z_order,
                group=group,
                limit=INT_LIMIT,
            )
        if problem is not None:
            refuse(origin, shape_type, problem)
        return Shape(
            type=shape_type,
            occluded=occluded,
            z_order=z_order,
            points=points,
            frame=frame,
            label_id=self._label_id(origin, shape_type, label),
            group=group,
            source=source,
            attributes=self._values(origin, shape_type, label, attributes) if attributes else [],
        )

    def tag(
        self,
        origin: Origin,
        *,
        frame: int,
        label: str | None,
        attributes: Mapping[str, object],
        group: int = 0,
        source: Source = "manual",
    ) -> Tag:
        """Return the tag that an object of the file becomes. Raises as `shape` does."""
        if not 0 <= group <= INT_LIMIT:
            refuse(
                origin,
                "label",
                Sentence("group {group} must be from 0 to {limit}", group=group, limit=INT_LIMIT),
            )
        return Tag(
            frame=frame,
            label_id=self._label_id(origin, "label", label),
            group=group,
            source=source,
            attributes=self._values(origin, "label", label, attributes),
        )

    def _label_id(self, origin: Origin, type_name: str, label: str | None) -> int:
        if label is None:
            refuse(origin, type_name, Sentence("annotation has no label"))
        label_id = self._label_ids.get(label)
        if label_id is None:
            refuse(
                origin, type_name, Sentence("Label '{label}' is not registered for this task", label=label)
            )
        return label_id

    def _values(
        self, origin: Origin, type_name: str, label: str | None, attributes: Mapping[str, object]
    ) -> list[AttributeValue]:
        """Return the values the label knows the names of, as text; null counts as not given."""
        known = self._attributes[label or ""]
        values = []
        for name, value in attributes.items():
            if name not in known or value is None:
                continue
            attribute_id, input_type = known[name]
            text = value_to_text(value, input_type)
            if input_type == "checkbox" and text not in ("true", "false"):
                refuse(
                    origin,
                    type_name,
                    Sentence(
                        "attribute '{name}' is '{value}', true or false was expected", name=name, value=value
                    ),
                )
            if len(text) > VALUE_LIMIT:
                refuse(
                    origin,
                    type_name,
                    Sentence(
                        "attribute '{name}' has {count} characters, at most {limit} fit",
                        name=name,
                        count=len(text),
                        limit=VALUE_LIMIT,
                    ),
                )
            values.append(AttributeValue(attribute_id, text))
        return values


def refuse(origin: Origin, type_name: str, problem: Sentence) -> NoReturn:
    """Say in the contract's words that one object of the file does not fit.

    Raises:
        ImportMismatch: always.
    """
    type_name = _TYPE_NAMES.get(type_name, type_name)
    raise ImportMismatch(
        "Image {image}: can't import annotation #{number} ({type}): {problem}",
        image=origin.item_id,
        number=origin.number,
        type=type_name,
        problem=problem,
    )


def value_to_text(value: object, input_type: str) -> str:
    """Return the text that is stored for a value of a file.

    A checkbox is lower case; a whole number loses its `.0` where the attribute is a number (exports
    write every number as a float).
    """
    if input_type == "checkbox":
        return str(value).lower()
    if isinstance(value, str):
        return value
    if isinstance(value, float) and input_type == "number" and value.is_integer():
        return str(int(value))
    if isinstance(value, list | dict):
        return msgspec.json.encode(value).decode()
    return str(value)


def _whole_number(text: str) -> int | None:
    """Read decimal digits; None for anything else, or more than an index can have."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
