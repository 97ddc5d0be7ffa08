"""CVAT XML 1.1: one `annotations.xml` that holds everything a task has, an element per frame.

Source: API v1 contract, formats §4 (the layout CVAT wrote in 2021).
Lost on export: coordinates beyond two decimals, the order of tags among shapes, characters XML cannot
hold. Lost on import: types we do not have and the rotation of boxes, both counted. Tracks are not built yet.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from os.path import splitext
from pathlib import PurePosixPath
from typing import TypeAlias

from msgspec import Struct

from labelwright.domain.dataset import Dataset, Frame, Person, SegmentInfo, in_painting_order
from labelwright.domain.errors import NoAnnotations, NotBuilt
from labelwright.domain.imports import FrameMatcher, ImportTarget, Origin, refuse
from labelwright.domain.labels import Attribute, Label
from labelwright.domain.sentences import Sentence
from labelwright.domain.shapes import AttributeValue, Shape, ShapeType, Source, Tag
from labelwright.domain.xml_nodes import Node, Visit, read_nodes
from labelwright.formats import Archive, Format, ImportSource, SourceFile, write_images

_BOX_SIDES = ("xtl", "ytl", "xbr", "ybr")
_CUBOID_SIDES = tuple(
    f"{axis}{corner}{face}" for face in (1, 2) for corner in ("tl", "bl", "tr", "br") for axis in ("x", "y")
)
_SIDES: dict[ShapeType, tuple[str, ...]] = {"rectangle": _BOX_SIDES, "cuboid": _CUBOID_SIDES}
_SHAPE_TYPES: dict[str, ShapeType] = {
    "box": "rectangle",
    "polygon": "polygon",
    "polyline": "polyline",
    "points": "points",
    "cuboid": "cuboid",
}
_INT_DIGITS = 10
_BOX = " ".join(f'{side}="%.2f"' for side in _BOX_SIDES)
_CUBOID = " ".join(f'{side}="%.2f"' for side in _CUBOID_SIDES)
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
#: Outside XML 1.0, however written (its production 2, `Char`).
_UNHOLDABLE = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_IN_TEXT = re.compile(f"[&<>\r{_UNHOLDABLE}]")
_IN_QUOTES = re.compile(f'[&<>"\n\r\t{_UNHOLDABLE}]')
_REPLACEMENT = "\ufffd"
_CHARACTER_LOST = "a character XML cannot hold: U+FFFD stands in its place"


def write_for_images(dataset: Dataset, archive: Archive) -> None:
    """Write `dataset` as `annotations.xml`, an `image` for every frame, and its images if it brings any."""
    writer = _Writer(dataset.labels, archive)
    with archive.open_text("annotations.xml") as stream:
        stream.write('<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n')
        stream.writelines(writer.element("meta", _meta(dataset), "  "))
        for frame in dataset.frames():
            stream.write(writer.image(frame))
        stream.write("</annotations>\n")
    write_images(dataset, archive, "images")


#: The content of an element of the header: text, or child elements in order.
_Content: TypeAlias = "str | Sequence[tuple[str, _Content]]"


class _Writer:
    """Formats frames as XML; `archive` counts what XML cannot hold."""

    def __init__(self, labels: Iterable[Label], archive: Archive) -> None:
        self._archive = archive
        self._labels: dict[int, str] = {}
        self._attributes: dict[int, str] = {}
        for label in labels:
            self._labels[label.id] = self._quoted(label.name, label.name)
            for attribute in label.attributes:
                name = self._quoted(attribute.name, label.name)
                self._attributes[attribute.id] = f'      <attribute name="{name}">'

    def element(self, name: str, content: _Content, indent: str) -> Iterator[str]:
        """Yield an element of the header, line by line, children two spaces further in."""
        if isinstance(content, str):
            yield f"{indent}<{name}>{self._text(content, 'the header')}</{name}>\n"
            return
        yield f"{indent}<{name}>\n"
        for child_name, child in content:
            yield from self.element(child_name, child, indent + "  ")
        yield f"{indent}</{name}>\n"

    def image(self, frame: Frame) -> str:
        """Return one frame: its shapes in painting order, then its tags."""
        name = self._quoted(frame.name, frame.name)
        size = f'width="{frame.width}" height="{frame.height}"'
        lines = [f'  <image id="{frame.info.source_frame}" name="{name}" {size}>\n']
        for shape in in_painting_order(frame.shapes):
            element, geometry = _geometry(shape)
            group = f' group_id="{shape.group}"' if shape.group else ""
            lines.append(
                f'    <{element} label="{self._labels[shape.label_id]}" occluded="{int(shape.occluded)}" '
                f'source="{shape.source}" {geometry} z_order="{shape.z_order}"{group}>\n'
            )
            lines += self._values(shape.attributes, frame)
            lines.append(f"    </{element}>\n")
        for tag in frame.tags:
            group = f' group_id="{tag.group}"' if tag.group else ""
            lines.append(f'    <tag label="{self._labels[tag.label_id]}" source="{tag.source}"{group}>\n')
            lines += self._values(tag.attributes, frame)
            lines.append("    </tag>\n")
        lines.append("  </image>\n")
        return "".join(lines)

    def _values(self, attributes: Sequence[AttributeValue], frame: Frame) -> list[str]:
        start = self._attributes
        return [
            f"{start[each.attribute_id]}{self._text(each.value, frame.name)}</attribute>\n"
            for each in attributes
            if each.attribute_id in start
        ]

    def _text(self, text: str, where: str) -> str:
        return text if _IN_TEXT.search(text) is None else _IN_TEXT.sub(self._escape(where), text)

    def _quoted(self, text: str, where: str) -> str:
        return _IN_QUOTES.sub(self._escape(where), text)

    def _escape(self, where: str) -> Callable[[re.Match[str]], str]:
        def escape(match: re.Match[str]) -> str:
            if match[0] not in _ESCAPES:
                self._archive.skip(where, _CHARACTER_LOST)
            return _ESCAPES.get(match[0], _REPLACEMENT)

        return escape


def _geometry(shape: Shape) -> tuple[str, str]:
    """Return the name of a shape's element, and its coordinates as XML attributes."""
    if shape.type == "rectangle":
        return "box", _BOX % tuple(shape.points)
    if shape.type == "cuboid":
        return "cuboid", _CUBOID % tuple(shape.points)
    pairs = ";".join(["%.2f,%.2f"] * (len(shape.points) // 2))
    return shape.type, f'points="{pairs % tuple(shape.points)}"'


def _meta(dataset: Dataset) -> _Content:
    task = dataset.task
    header: list[tuple[str, _Content]] = [
        ("id", str(task.id)),
        ("name", task.name),
        ("size", str(task.size)),
        ("mode", task.mode),
        ("overlap", str(task.overlap)),
        ("bugtracker", task.bug_tracker),
        ("created", _time(task.created)),
        ("updated", _time(task.updated)),
        ("start_frame", str(task.start_frame)),
        ("stop_frame", str(task.stop_frame)),
        ("frame_filter", task.frame_filter),
        ("labels", [("label", _label(label)) for label in dataset.labels]),
        ("segments", [("segment", _segment(segment)) for segment in task.segments]),
        ("owner", _person(task.owner)),
        ("assignee", _person(task.assignee)),
    ]
    return [("task", header), ("dumped", _time(task.dumped))]


def _label(label: Label) -> _Content:
    attributes = [("attribute", _attribute(attribute)) for attribute in label.attributes]
    return [("name", label.name), ("color", label.color), ("attributes", attributes)]


def _attribute(attribute: Attribute) -> _Content:
    return [
        ("name", attribute.name),
        ("mutable", str(attribute.mutable)),
        ("input_type", attribute.input_type),
        ("default_value", attribute.default_value),
        ("values", "\n".join(attribute.values)),
    ]


def _segment(segment: SegmentInfo) -> _Content:
    frames = [("start", str(segment.first)), ("stop", str(segment.last))]
    return [("id", str(segment.id)), *frames, ("url", segment.url)]


def _person(person: Person | None) -> _Content:
    return "" if person is None else [("username", person.username), ("email", person.email)]


def _time(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="microseconds")


def read(source: ImportSource, target: ImportTarget) -> Iterator[Tag | Shape]:
    """Yield the objects of a plain XML file, or of every `*.xml` of a zip, in file order.

    Groups and `source` are kept as written (a source we do not know counts as manual); `meta` is not
    looked at.

    Raises:
        ImportMismatch: an image, label or value does not fit the task.
        InvalidArchive: a file is not CVAT's XML, or there is none.
        NotBuilt: there are tracks.
    """
    files = [file for file in source.files if source.is_plain_file or _is_xml(file)]
    if not files:
        raise NoAnnotations("{file} holds no XML file; CVAT's is named annotations.xml", file=source.name)
    matcher = target.matcher(lambda: chain.from_iterable(_item_ids(source, file) for file in files))
    for file in files:
        image = None
        for parent, node in _visits(source, file):
            if parent.name == "track":
                raise NotBuilt("{file} has tracks; tracks in CVAT files are not built yet", file=file.name)
            if parent.name != "image":
                continue
            if node is None:
                image = _matched(parent, matcher)
            elif image is not None:
                if (found := _object(node, image, source, target)) is not None:
                    yield found
                image.taken += 1


def _is_xml(file: SourceFile) -> bool:
    path = PurePosixPath(file.name)
    return path.suffix.lower() == ".xml" and not path.name.startswith("._")


def _visits(source: ImportSource, file: SourceFile) -> Iterator[Visit]:
    return read_nodes(source.pieces(file), name=file.name, root="annotations", depth=3)


def _item_ids(source: ImportSource, file: SourceFile) -> Iterator[str]:
    for parent, node in _visits(source, file):
        if parent.name == "image" and node is None:
            yield _item_id(parent)


def _item_id(image: Node) -> str:
    return splitext(image.attributes.get("name") or image.attributes.get("id", ""))[0]


class _Image(Struct):
    """The frame an `image` was matched to; `taken` counts its elements so far."""

    item_id: str
    frame: int
    taken: int = 0


def _matched(image: Node, matcher: FrameMatcher) -> _Image:
    item_id = _item_id(image)
    number = image.attributes.get("id", "")
    frame = matcher.match(
        item_id,
        image_name=image.attributes.get("name"),
        source_frame=int(number) if number.isdecimal() and len(number) < _INT_DIGITS else None,
    )
    return _Image(item_id, frame)


def _object(node: Node, image: _Image, source: ImportSource, target: ImportTarget) -> Tag | Shape | None:
    """Return what one element below `image` stands for; None, and a loss counted, if we have no such type."""
    given = node.attributes
    origin = Origin(image.item_id, image.taken)
    attributes = {child.attributes.get("name", ""): child.text for child in node.children}
    label = given.get("label")
    written_by: Source = "auto" if given.get("source") == "auto" else "manual"
    group = _whole(given, "group_id", origin, node.name)
    if node.name == "tag":
        return target.tag(
            origin, frame=image.frame, label=label, attributes=attributes, group=group, source=written_by
        )
    shape_type = _SHAPE_TYPES.get(node.name)
    if shape_type is None:
        source.skip(image.item_id, f"<{node.name}>: a type Labelwright does not have")
        return None
    if given.get("rotation", "").strip("0."):
        source.skip(image.item_id, "the rotation of a shape: it was taken over unrotated")
    return target.shape(
        origin,
        shape_type,
        frame=image.frame,
        label=label,
        points=_points(node, shape_type, origin),
        attributes=attributes,
        occluded=given.get("occluded") == "1",
        z_order=_whole(given, "z_order", origin, node.name),
        group=group,
        source=written_by,
    )


def _points(node: Node, shape_type: ShapeType, origin: Origin) -> list[float]:
    given = node.attributes
    sides = _SIDES.get(shape_type)
    try:
        if sides:
            return [float(given[side]) for side in sides]
        return [float(value) for value in given["points"].replace(";", ",").split(",")]
    except KeyError as error:
        refuse(origin, shape_type, Sentence("its {key} is missing", key=error))
    except ValueError as error:
        refuse(origin, shape_type, Sentence("a coordinate is no number ({reason})", reason=error))


def _whole(given: Mapping[str, str], name: str, origin: Origin, type_name: str) -> int:
    text = given.get(name, "0")
    try:
        return int(text)
    except ValueError:
        refuse(
            origin,
            type_name,
            Sentence("{name} is '{text}', a whole number was expected", name=name, text=text),
        )


FORMATS = (
    Format(name="CVAT", version="1.1", ext="XML, ZIP", read=read),
    Format(name="CVAT for images", version="1.1", ext="ZIP", write=write_for_images),
)
