"""Datumaro, which reads both formats on its own terms, finds in our exports what we put in.

It lives in an environment of its own (`make setup` makes it) and is spoken to in JSON.
"""

import io
import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from labelwright.domain.dataset import FrameInfo

SCRIPT = """
import json, sys
from datumaro.components.annotation import AnnotationType
from datumaro.components.dataset import Dataset

dataset = Dataset.import_from(sys.argv[1], sys.argv[2])
labels = [label.name for label in dataset.categories()[AnnotationType.label]]
found = {}
for item in dataset:
    found[item.id] = sorted(
        [each.type.name, labels[each.label], [float(value) for value in getattr(each, "points", ())]]
        for each in item.annotations
    )
print("FOUND" + json.dumps(found))
"""


@pytest.fixture
def datumaro(tmp_path):
    """Unpack an export and give what Datumaro finds in it: item id to [type, label, points]."""
    default = Path(__file__).parents[2] / ".venv-oracles" / "bin" / "python"
    python = Path(os.environ.get("LABELWRIGHT_ORACLES_PYTHON", default))
    if not python.exists():
        pytest.fail(f"{python} is missing: run `make setup`, or name another in LABELWRIGHT_ORACLES_PYTHON")

    def read(path, layout):
        folder = tmp_path / layout
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        command = [python, "-c", SCRIPT, folder, layout]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.rpartition("FOUND")[2])

    return read


@pytest.fixture
def shapes(shape):
    return [
        shape(points=(1.25, 2.5, 30.75, 40.0), label=7, values=[(71, "red"), (72, "4")]),
        shape("polygon", (10.0, 10.0, 60.0, 10.0, 60.0, 40.0)),
        shape("polygon", (5.0, 5.0, 9.5, 5.0, 9.5, 9.0), frame=2),
        *(shape(points=(each, 1.0, each + 2.5, 9.0), frame=2) for each in range(10, 60)),
    ]


def blank(info):
    buffer = io.BytesIO()
    Image.new("RGB", (info.width, info.height)).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("format_name", "layout"),
    [("COCO 1.0", "coco"), ("CVAT for images 1.1", "cvat"), ("OCR DETECTION 1.0", "coco")],
    ids=["COCO", "CVAT", "OCR DETECTION"],
)
def test_datumaro_finds_what_was_exported(export, make_dataset, datumaro, shapes, format_name, layout):
    words = {7: "car & <van>", 9: "人", "rectangle": "bbox", "polygon": "polygon"}
    expected = {"street/a": [], "street/b": [], "c": []}
    for shape in shapes:
        item_id = list(expected)[shape.frame]
        expected[item_id].append([words[shape.type], words[shape.label_id], shape.points])
        if layout == "coco" and shape.type == "polygon":  # Datumaro 1.13 takes its bbox for a box as well
            xs, ys = shape.points[::2], shape.points[1::2]
            expected[item_id].append(["bbox", words[shape.label_id], [min(xs), min(ys), max(xs), max(ys)]])
    found = datumaro(export(format_name, make_dataset(shapes, read_image=blank)), layout)
    assert found == {item_id: sorted(rows) for item_id, rows in expected.items()}


FLAT = [FrameInfo(number, number, f"{name}.jpg", 8, 8) for number, name in enumerate("abc")]


def test_datumaro_finds_the_labels_of_a_list(export, make_dataset, datumaro, tag):
    tags = [tag(label=7), tag(label=9), tag(frame=2)]
    found = datumaro(export("ImageNet 1.0", make_dataset(tags=tags, frames=FLAT)), "imagenet_txt")
    assert found == {
        "a": [["label", "car & <van>", []], ["label", "人", []]],
        "b": [],
        "c": [["label", "人", []]],
    }


def test_datumaro_finds_the_labels_of_folders(export, make_dataset, datumaro, tag):
    tags = [tag(), tag(frame=2)]
    path = export("ImageNet 1.0", make_dataset(tags=tags, frames=FLAT, read_image=blank))
    assert datumaro(path, "imagenet") == {
        "人:人_a": [["label", "人", []]],
        "人:人_c": [["label", "人", []]],
        "no_label:no_label_b": [],
    }
