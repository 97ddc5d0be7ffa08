"""A small task to export, the doors in and out, and archives of other programs' making."""

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest

from labelwright.domain.dataset import Dataset, FrameInfo, Person, SegmentInfo, TaskInfo, group_by_frame
from labelwright.domain.imports import ImportTarget
from labelwright.domain.labels import Attribute, Label
from labelwright.domain.shapes import AttributeValue, Shape, Tag
from labelwright.formats import ZipArchive, open_source
from labelwright.plugins import find_formats

DUMPED = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


def _attribute(number, name, input_type, default):
    return Attribute(
        id=number, name=name, mutable=False, input_type=input_type, default_value=default, values=("",)
    )


LABELS = (
    Label(
        id=7,
        name="car & <van>",
        color="#ff0000",
        attributes=(
            _attribute(71, "colour", "text", ""),
            _attribute(72, "age", "number", "3"),
            _attribute(73, "parked", "checkbox", "false"),
            _attribute(74, "is_crowd", "checkbox", "false"),
        ),
    ),
    Label(id=9, name="人", color="#00ff00", attributes=()),
)
FRAMES = (
    FrameInfo(0, 10, "street/a.jpg", 200, 100),
    FrameInfo(1, 12, "street/b.jpg", 100, 100),
    FrameInfo(2, 14, "c.png", 300, 50),
)


@pytest.fixture
def shape():
    def make(
        shape_type="rectangle", points=(10.0, 20.0, 30.5, 60.25), *, label=9, frame=0, values=(), **more
    ):
        attributes = [AttributeValue(number, value) for number, value in values]
        rest = {"occluded": False, "z_order": 0, "group": 0} | more
        return Shape(
            type=shape_type, points=list(points), label_id=label, frame=frame, attributes=attributes, **rest
        )

    return make


@pytest.fixture
def tag():
    def make(*, label=9, frame=0, values=(), group=0):
        attributes = [AttributeValue(number, value) for number, value in values]
        return Tag(frame=frame, label_id=label, group=group, attributes=attributes)

    return make


@pytest.fixture
def make_dataset():
    """Give a dataset of the three frames, with these shapes and tags."""

    def make(shapes=(), tags=(), *, read_image=None, frames=FRAMES):
        task = TaskInfo(
            id=5,
            name='Night "drive"',
            size=len(frames),
            mode="annotation",
            overlap=0,
            bug_tracker="",
            created=DUMPED,
            updated=DUMPED,
            start_frame=10,
            stop_frame=14,
            frame_filter="step=2",
            segments=[SegmentInfo(3, 0, len(frames) - 1, "http://localhost:8080/?id=3")],
            owner=Person("ann", "ann@example.com"),
            assignee=None,
            dumped=DUMPED,
        )
        return Dataset(
            task, LABELS, frames, lambda: group_by_frame(frames, tags=tags, shapes=shapes), read_image
        )

    return make


@pytest.fixture
def export(tmp_path):
    """Write a dataset by a format's display name and give the path of the zip."""

    def write(name, dataset):
        path = tmp_path / f"{name}.zip"
        with ZipArchive(path, modified=DUMPED) as archive:
            find_formats(()).exporter(name).write(dataset, archive)
        return path

    return write


@pytest.fixture
def read_file():
    """Read a file's bytes by a format's display name; give its objects, and what was lost."""

    def read(name, content, *, file_name="upload", frames=FRAMES):
        target = ImportTarget(labels=LABELS, frames=frames)
        with open_source(io.BytesIO(content), file_name) as source:
            objects = list(find_formats(()).importer(name).read(source, target))
            return objects, source.losses

    return read


@pytest.fixture
def member():
    """Read one member of a zip as text."""

    def read(path, name):
        with zipfile.ZipFile(path) as archive:
            return archive.read(name).decode()

    return read


@pytest.fixture
def coco_file():
    """Give the JSON of a COCO file as another program would write it, one box on `a.jpg` unless said."""

    def make(annotations=None, **keys):
        box = {"id": 1, "image_id": 44, "category_id": 3, "bbox": [1, 2, 3, 4], "segmentation": []}
        content = {
            "images": [{"id": 44, "file_name": "street/a.jpg", "width": 200, "height": 100}],
            "annotations": [box] if annotations is None else [box | each for each in annotations],
            "categories": [{"id": 3, "name": "人"}, {"id": 4, "name": "car & <van>"}],
        }
        return json.dumps({k: v for k, v in (content | keys).items() if v is not None}).encode()

    return make
