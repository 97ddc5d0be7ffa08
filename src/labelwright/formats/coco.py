"""COCO 1.0: one JSON file of instances for all images, boxes and polygons; OCR DETECTION 1.0 is the same by its name.

Source: https://cocodataset.org/#format-data and API v1 contract, formats §5.
Lost on export: tags, polylines, points, cuboids, z-order, source, tracks as such (a shape a frame); a
group becomes one instance with the label and attributes of its largest member.
Lost on import: masks (run lengths, such as crowds have) are counted, not yet converted; captions.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from itertools import chain, count
from math import isfinite
from operator import attrgetter
from os.path import splitext
from pathlib import PurePosixPath
from types import ModuleType
from typing import Any, BinaryIO, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

from labelwright.domain.dataset import (
    AttributeTypes,
    Box,
    Dataset,
    Frame,
    FrameInfo,
    TypedValue,
    bounding_box,
    box_area,
    in_painting_order,
    round_points,
    split_groups,
)
from labelwright.domain.errors import ImportMismatch, InvalidArchive, NoAnnotations
from labelwright.domain.imports import FrameMatcher, ImportTarget, Origin, refuse
from labelwright.domain.json_elements import BEGIN, Element, read_elements
from labelwright.domain.sentences import Sentence
from labelwright.domain.shapes import Shape, ShapeType, Tag
from labelwright.formats import Archive, Format, ImportSource, SourceFile, write_images

_INFO = dict.fromkeys(("contributor", "date_created", "description", "url", "version", "year"), "")
_LICENSES = [{"name": "", "id": 0, "url": ""}]
_IMAGE_REST: dict[str, int | str] = {"license": 0, "flickr_url": "", "coco_url": "", "date_captured": 0}
_FILE_NAME = re.compile(r"(instances|person_keypoints|captions|labels|image_info)_.+\.json", re.IGNORECASE)
_READ_KINDS = ("instances", "person_keypoints", "labels")
_KEYS = ("images", "categories", "annotations")
#: Digits kept where a corner is computed as position + size: more than files state, fewer than binary dust.
_CORNER_DECIMALS = 6
_MASK_LOST = "a mask (RLE): masks are not turned into polygons yet"


class _Rle(Struct):
    counts: list[int]
    size: tuple[int, int]


class _Annotation(Struct, gc=False):
    id: int
    image_id: int
    category_id: int
    segmentation: list[list[float]] | _Rle
    area: float
    bbox: Box
    iscrowd: int
    attributes: dict[str, TypedValue]
    score: float | UnsetType = UNSET


class _Part(Struct, gc=False):
    """A shape on its way into an instance: `points` rounded, `bbox` around them, `area` in pixels."""

    shape: Shape
    points: list[float]
    bbox: Box
    area: float


def write(dataset: Dataset, archive: Archive) -> None:
    """Write `dataset` as `annotations/instances_default.json`, and its images if it brings any.

    Raises:
        Invalid: a number attribute holds something else.
    """
    encode = msgspec.json.Encoder().encode
    numbered = enumerate(dataset.labels, start=1)
    categories = [{"id": number, "name": label.name, "supercategory": ""} for number, label in numbered]
    instances = _Instances(dataset, archive)
    with archive.open_binary("annotations/instances_default.json") as stream:
        stream.write(b'{"licenses":' + encode(_LICENSES) + b',"info":' + encode(_INFO))
        stream.write(b',"categories":' + encode(categories) + b',"images":[')
        images = (_image(number, info) for number, info in enumerate(dataset.frame_infos, start=1))
        _write_joined(stream, map(encode, images))
        stream.write(b'],"annotations":[')
        frames = (instances.of_frame(number, frame) for number, frame in enumerate(dataset.frames(), start=1))
        _write_joined(stream, (encode(found)[1:-1] for found in frames if found))
        stream.write(b"]}")
    write_images(dataset, archive, "images")


def _image(number: int, info: FrameInfo) -> dict[str, int | str]:
    size = {"width": info.width, "height": info.height}
    return {"id": number, **size, "file_name": info.image_name, **_IMAGE_REST}


def _write_joined(stream: BinaryIO, pieces: Iterable[bytes]) -> None:
    separator = b"\n"
    for piece in pieces:
        stream.write(separator + piece)
        separator = b",\n"


class _Instances:
    """Turns frame after frame into annotations, numbered from 1 through all of them."""

    def __init__(self, dataset: Dataset, archive: Archive) -> None:
        self._category_ids = {label.id: index for index, label in enumerate(dataset.labels, start=1)}
        self._read_attributes = AttributeTypes(dataset.labels).read
        self._archive = archive
        self._last_id = 0

    def of_frame(self, image_id: int, frame: Frame) -> list[_Annotation]:
        """Return the annotations of one frame: shapes without a group first, then groups by number."""
        for _ in frame.tags:
            self._archive.skip(frame.name, "COCO has no tag")
        held = []
        for shape in in_painting_order(frame.shapes):
            if shape.type in ("rectangle", "polygon"):
                held.append(shape)
            else:
                self._archive.skip(frame.name, f"COCO has no {shape.type}")
        alone, groups = split_groups(_parts(held, frame.info), attrgetter("shape.group"))
        return [
            *(self._annotation(image_id, frame.info, [part]) for part in alone),
            *(self._annotation(image_id, frame.info, parts) for parts in groups),
        ]

    def _annotation(self, image_id: int, info: FrameInfo, parts: Sequence[_Part]) -> _Annotation:
        if len(parts) == 1:
            leader = parts[0]
            bbox, area = leader.bbox, leader.area
        else:
            leader = max(parts, key=attrgetter("area"))
            bbox = bounding_box([value for part in parts for value in part.points])
            area = bbox[2] * bbox[3]
        attributes = self._read_attributes(leader.shape.attributes)
        attributes["occluded"] = leader.shape.occluded
        outlines = [part.points for part in parts if part.shape.type == "polygon"]
        segmentation: list[list[float]] | _Rle = outlines
        is_crowd = attributes.get("is_crowd") is True
        if is_crowd or (outlines and len(parts) > 1):
            # A crowd of boxes alone has no outline to fill but their own.
            counts = _raster().polygons_to_counts(
                outlines or [_corners(part.points) for part in parts], info.height, info.width
            )
            area = _raster().counts_area(counts)
            segmentation = _Rle(counts, (info.height, info.width)) if is_crowd else outlines
        self._last_id += 1
        category = self._category_ids[leader.shape.label_id]
        score = _score(attributes) if "score" in attributes else UNSET
        return _Annotation(
            self._last_id, image_id, category, segmentation, area, bbox, int(is_crowd), attributes, score
        )


def _raster() -> ModuleType:
    """Return `raster`, imported by those who fill polygons: the API lists this format and need not bear numpy."""
    return import_module("labelwright.raster")


def _parts(shapes: Sequence[Shape], info: FrameInfo) -> list[_Part]:
    """Round the shapes and measure them: a polygon by its pixels inside the image, a box by its sides."""
    parts = []
    polygons = []
    for shape in shapes:
        points = round_points(shape.points)
        bbox = bounding_box(points)
        if shape.type == "rectangle":
            parts.append(_Part(shape, points, bbox, box_area(bbox)))
        else:
            parts.append(_Part(shape, points, bbox, 0.0))
            polygons.append(parts[-1])
    if polygons:
        areas = _raster().polygon_areas([part.points for part in polygons], info.height, info.width)
        for part, area in zip(polygons, areas.tolist(), strict=True):
            part.area = area
    return parts


def _corners(box: Sequence[float]) -> list[float]:
    return [box[side] for side in (0, 1, 2, 1, 2, 3, 0, 3)]


def _score(attributes: dict[str, TypedValue]) -> float | UnsetType:
    """Return the attribute `score` as the number COCO has a key for; unset when it is no number."""
    with suppress(ValueError):
        score = float(attributes["score"])
        return score if isfinite(score) else UNSET
    return UNSET


class _ReadImage(Struct):
    id: int | str
    file_name: str

    @property
    def name(self) -> str:
        return self.file_name.replace("\\", "/")


class _ReadCategory(Struct):
    id: int | str
    name: str


class _ReadAnnotation(Struct, gc=False):
    image_id: int | str
    category_id: int | str | None = None
    segmentation: list[list[float]] | dict[str, Any] | None = None
    bbox: Box | None = None
    keypoints: list[float] = []
    iscrowd: int | bool = 0
    attributes: dict[str, Any] = {}
    score: float | None = None


class _Place(Struct):
    """The frame an image was matched to; `taken` counts its annotations so far."""

    item_id: str
    frame: int
    taken: int = 0


_Read = TypeVar("_Read", _ReadImage, _ReadCategory, _ReadAnnotation)


def read(source: ImportSource, target: ImportTarget) -> Iterator[Tag | Shape]:
    """Yield the objects of a plain `.json`, or of every COCO file of a zip, in file order.

    Polygons of one annotation share a group, numbered from 1 through the whole import (a group's number
    is unique in a job, so it does not start again on each frame). Key points become a shape only from
    `person_keypoints_*.json`, tags come from `labels_*.json`.

    Raises:
        ImportMismatch: an image, label or value does not fit the task.
        InvalidArchive: a file is not COCO's JSON, or there is none.
    """
    readable = [(file, kind) for file in source.files if (kind := _kind(file, source)) in _READ_KINDS]
    if not readable:
        raise NoAnnotations(
            "{file} holds no COCO annotations; their file is named <type>_<subset>.json, the type one of {kinds}",
            file=source.name,
            kinds=", ".join(_READ_KINDS),
        )
    matcher = target.matcher(lambda: chain.from_iterable(_item_ids(source, file) for file, _ in readable))
    next_group = count(1)
    for file, kind in readable:
        yield from _Reader(source, file, kind, target, next_group).read(matcher)


def _kind(file: SourceFile, source: ImportSource) -> str:
    """Return what a file's name says it holds; a plain file of another name holds instances."""
    if match := _FILE_NAME.fullmatch(PurePosixPath(file.name).name):
        return match[1].lower()
    return "instances" if source.is_plain_file else ""


def _item_ids(source: ImportSource, file: SourceFile) -> Iterator[str]:
    for element in read_elements(source.pieces(file), name=file.name, wanted=("images",)):
        if element.value is not BEGIN:
            yield splitext(_converted(element, _ReadImage, file.name).name)[0]


def _converted(element: Element, kind: type[_Read], file_name: str) -> _Read:
    try:
        return msgspec.convert(element.value, kind)
    except (msgspec.ValidationError, OverflowError) as error:
        where = f"{file_name}, {element.key}[{element.number}]"
        raise InvalidArchive("{where}: {reason}", where=where, reason=error) from error


class _Reader:
    """Reads one COCO file: its images and categories first, then its annotations."""

    def __init__(
        self,
        source: ImportSource,
        file: SourceFile,
        kind: str,
        target: ImportTarget,
        next_group: Iterator[int],
    ) -> None:
        self._source = source
        self._file = file
        self._kind = kind
        self._target = target
        self._next_group = next_group
        self._places: dict[int | str, _Place] = {}
        self._categories: dict[int | str, str] = {}

    def read(self, matcher: FrameMatcher) -> Iterator[Tag | Shape]:
        """Yield the file's objects. Annotations before images or categories cost a second reading."""
        elements = self._elements(*_KEYS)
        begun: set[str] = set()
        for element in elements:
            if element.value is BEGIN:
                if element.key == "annotations" and len(begun) == len(_KEYS) - 1:
                    break
                begun.add(element.key)
            elif element.key == "images":
                image = _converted(element, _ReadImage, self._file.name)
                item_id = splitext(image.name)[0]
                self._places[image.id] = _Place(item_id, matcher.match(item_id, image_name=image.name))
            elif element.key == "categories":
                category = _converted(element, _ReadCategory, self._file.name)
                self._categories[category.id] = category.name
        else:
            if missing := next((key for key in _KEYS if key not in begun), None):
                raise InvalidArchive(
                    "{where}: the key '{key}' is missing", where=self._file.name, key=missing
                )
            elements = self._elements("annotations")
        for element in elements:
            if element.key == "annotations" and element.value is not BEGIN:
                yield from self._objects(element)

    def _elements(self, *wanted: str) -> Iterator[Element]:
        return read_elements(self._source.pieces(self._file), name=self._file.name, wanted=wanted)

    def _objects(self, element: Element) -> Iterator[Tag | Shape]:
        annotation = _converted(element, _ReadAnnotation, self._file.name)
        place = self._places.get(annotation.image_id)
        label = None if annotation.category_id is None else self._categories.get(annotation.category_id)
        if place is None or (label is None and annotation.category_id):
            raise ImportMismatch(
                "{where}: image {image!r} or category {category!r} is not listed in the file",
                where=f"{self._file.name}, annotations[{element.number}]",
                image=annotation.image_id,
                category=annotation.category_id,
            )
        origin = Origin(place.item_id, place.taken)
        place.taken += 1
        attributes = annotation.attributes
        attributes["is_crowd"] = bool(annotation.iscrowd)
        if annotation.score is not None:
            attributes["score"] = annotation.score
        if self._kind == "labels":
            yield self._target.tag(origin, frame=place.frame, label=label, attributes=attributes)
            return
        regions = self._regions(annotation, origin)
        group = next(self._next_group) if len(regions) > 1 else 0
        for shape_type, points in regions:
            yield self._target.shape(
                origin,
                shape_type,
                frame=place.frame,
                label=label,
                points=points,
                attributes=attributes,
                occluded=str(attributes.get("occluded")).lower() == "true",
                group=group,
            )

    def _regions(self, annotation: _ReadAnnotation, origin: Origin) -> list[tuple[ShapeType, list[float]]]:
        """Return the shapes one annotation stands for: its type and points each."""
        regions: list[tuple[ShapeType, list[float]]] = []
        if self._kind == "person_keypoints" and annotation.keypoints:
            flat = annotation.keypoints
            pairs = zip(flat[::3], flat[1::3], strict=False)
            regions.append(("points", list(chain.from_iterable(pairs))))
        if isinstance(annotation.segmentation, dict):
            self._source.skip(origin.item_id, _MASK_LOST)
        elif annotation.segmentation:
            regions += [("polygon", points) for points in annotation.segmentation]
        elif annotation.bbox is not None:
            left, top, width, height = annotation.bbox
            right, bottom = round(left + width, _CORNER_DECIMALS), round(top + height, _CORNER_DECIMALS)
            regions.append(("rectangle", [left, top, right, bottom]))
        elif not regions:
            refuse(origin, "rectangle", Sentence("annotation has neither a segmentation nor a bbox"))
        return regions


FORMATS = (
    Format(name="COCO", version="1.0", ext="ZIP", write=write),
    Format(name="COCO", version="1.0", ext="JSON, ZIP", read=read),
    Format(name="OCR DETECTION", version="1.0", ext="ZIP", write=write),
    Format(name="OCR DETECTION", version="1.0", ext="JSON, ZIP", read=read),
)
