import contextlib
import io
import json
import random
import zipfile

import pytest
from pycocotools.coco import COCO

from labelwright.domain.errors import Invalid

PATH = "annotations/instances_default.json"
SQUARE = (10.0, 10.0, 30.0, 10.0, 30.0, 30.0, 10.0, 30.0)


@pytest.fixture
def annotations(export, member, make_dataset):
    """Export shapes as COCO and give the annotations of the file."""

    def of(*shapes):
        return json.loads(member(export("COCO 1.0", make_dataset(shapes)), PATH))["annotations"]

    return of


def test_the_file_lists_all_frames_and_labels_in_order(export, member, make_dataset):
    content = json.loads(member(export("COCO 1.0", make_dataset()), PATH))
    assert list(content) == ["licenses", "info", "categories", "images", "annotations"]
    assert content["categories"] == [
        {"id": 1, "name": "car & <van>", "supercategory": ""},
        {"id": 2, "name": "人", "supercategory": ""},
    ]
    assert [image["file_name"] for image in content["images"]] == ["street/a.jpg", "street/b.jpg", "c.png"]
    assert content["images"][0] == {
        "id": 1, "width": 200, "height": 100, "file_name": "street/a.jpg",
        "license": 0, "flickr_url": "", "coco_url": "", "date_captured": 0,
    }  # fmt: skip
    assert content["annotations"] == []


def test_a_rectangle_has_its_sides_as_area_and_typed_attributes(annotations, shape):
    values = [(71, "red"), (72, "4"), (73, "TRUE")]
    (found,) = annotations(shape(points=(10.004, 20.0, 30.5, 60.256), label=7, values=values, occluded=True))
    assert found == {
        "id": 1,
        "image_id": 1,
        "category_id": 1,
        "segmentation": [],
        "area": 825.33,
        "bbox": [10.0, 20.0, 20.5, 40.26],
        "iscrowd": 0,
        "attributes": {"colour": "red", "age": 4.0, "parked": True, "occluded": True},
    }


def test_a_polygon_has_the_area_of_its_pixels(annotations, shape):
    (found,) = annotations(shape("polygon", SQUARE))
    assert found["segmentation"] == [list(SQUARE)]
    assert (found["area"], found["bbox"]) == (400, [10.0, 10.0, 20.0, 20.0])


def test_a_group_is_one_instance_led_by_its_largest_member(annotations, shape):
    (found,) = annotations(
        shape("polygon", SQUARE, group=4),
        shape(points=(0.0, 0.0, 90.0, 90.0), label=7, group=4, occluded=True),
    )
    assert (found["category_id"], found["attributes"]) == (1, {"occluded": True})
    assert found["bbox"] == [0.0, 0.0, 90.0, 90.0]
    assert (found["segmentation"], found["area"]) == ([list(SQUARE)], 400)


def test_a_group_of_boxes_has_their_union_as_bbox(annotations, shape):
    (found,) = annotations(shape(points=(0, 0, 10, 10), group=1), shape(points=(20, 20, 40, 30), group=1))
    assert (found["segmentation"], found["bbox"], found["area"]) == ([], [0.0, 0.0, 40.0, 30.0], 1200.0)


def test_objects_without_a_group_stand_before_groups_by_number(annotations, shape):
    found = annotations(
        shape(points=(5, 0, 9, 9), group=5),
        shape(points=(2, 0, 9, 9), group=2),
        shape(points=(1, 0, 9, 9), z_order=1),
        shape(points=(0, 0, 9, 9), z_order=-1),
    )
    assert [each["bbox"][0] for each in found] == [0.0, 1.0, 2.0, 5.0]
    assert [each["id"] for each in found] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("shape_type", "points"),
    [
        pytest.param("polygon", SQUARE, id="polygon"),
        pytest.param("rectangle", SQUARE[0:2] + SQUARE[4:6], id="box"),
    ],
)
def test_a_crowd_is_written_as_run_lengths(annotations, shape, shape_type, points):
    (found,) = annotations(shape(shape_type, points, label=7, values=[(74, "true")]))
    runs = found["segmentation"]
    assert (found["iscrowd"], found["area"]) == (1, 400)
    assert runs["size"] == [100, 200]
    assert (sum(runs["counts"]), sum(runs["counts"][1::2])) == (20000, 400)


def test_what_coco_cannot_hold_is_counted_in_the_report(export, member, make_dataset, shape, tag):
    shapes = [
        shape("points", (1, 1)),
        shape("points", (2, 2), frame=2),
        shape("polyline", (1, 1, 2, 2), frame=2),
    ]
    report = member(export("COCO 1.0", make_dataset(shapes, [tag()])), "export-report.md")
    assert "2 × COCO has no points; first on: street/a.jpg, c.png" in report
    assert "1 × COCO has no polyline; first on: c.png" in report
    assert "1 × COCO has no tag; first on: street/a.jpg" in report


def test_a_number_that_is_none_fails_the_export(annotations, shape):
    with pytest.raises(Invalid, match="Failed to convert attribute 'age'='old'"):
        annotations(shape(label=7, values=[(72, "old")]))


def test_a_dataset_export_brings_the_original_images_undeflated(export, make_dataset):
    images = {"street/a.jpg": b"\xff\xd8 jpeg", "c.png": b"\x89PNG"}
    path = export("COCO 1.0", make_dataset(read_image=lambda info: images.get(info.name)))
    with zipfile.ZipFile(path) as archive:
        assert archive.read("images/street/a.jpg") == b"\xff\xd8 jpeg"
        assert archive.getinfo("images/c.png").compress_type == zipfile.ZIP_STORED
        assert b"the image could not be found; first on: street/b.jpg" in archive.read("export-report.md")


def test_the_same_dataset_gives_the_same_bytes(export, make_dataset, shape):
    first = export("COCO 1.0", make_dataset([shape()])).read_bytes()
    assert export("COCO 1.0", make_dataset([shape()])).read_bytes() == first


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools 2.0.11
def test_pycocotools_finds_the_same_numbers(export, member, make_dataset, shape, tmp_path):
    draw = random.Random(3).uniform
    shapes = [shape("polygon", [draw(-5, 105) for _ in range(12)], frame=frame) for frame in (0, 1, 1, 2) * 5]
    shapes.sort(key=lambda each: each.frame)
    file = tmp_path / "coco.json"
    file.write_text(member(export("COCO 1.0", make_dataset(shapes)), PATH), encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(file)
    assert len(coco.getAnnIds(catIds=coco.getCatIds(catNms=["人"]))) == 20
    for annotation in coco.anns.values():
        assert coco.annToMask(annotation).sum() == annotation["area"]
