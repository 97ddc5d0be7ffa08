import io
import json
import zipfile

import pytest

from labelwright.domain.dataset import FrameInfo
from labelwright.domain.errors import ImportMismatch, InvalidArchive
from labelwright.domain.imports import ImportTarget
from labelwright.domain.labels import Label
from labelwright.formats import open_source
from labelwright.plugins import find_formats

SQUARE = [10.0, 10.0, 30.0, 10.0, 30.0, 30.0, 10.0, 30.0]


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_an_export_read_again_is_the_same_but_for_stated_losses(export, read_file, make_dataset, shape):
    values = [(71, "red"), (72, "4"), (73, "true"), (74, "false")]
    shapes = [
        shape(points=(10.1, 20.2, 30.33, 60.25), label=7, values=values, occluded=True),
        shape("polygon", SQUARE, frame=1),
        shape("polygon", SQUARE, frame=2, group=8),
        shape("polygon", [value + 3 for value in SQUARE], frame=2, group=8),
    ]
    found, losses = read_file("COCO 1.0", export("COCO 1.0", make_dataset(shapes)).read_bytes())
    for each in shapes:
        each.group = min(each.group, 1)  # group numbers are given anew
    assert found == shapes
    assert losses.counts == {}


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(["images", "categories", "annotations"], id="annotations last"),
        pytest.param(["annotations", "categories", "images"], id="annotations first"),
        pytest.param(["images", "annotations", "categories"], id="annotations between"),
    ],
)
def test_keys_may_stand_in_any_order(read_file, coco_file, order):
    content = json.loads(coco_file())
    found, _ = read_file("COCO 1.0", json.dumps({key: content[key] for key in order}).encode())
    assert [(each.points, each.frame, each.label_id) for each in found] == [([1.0, 2.0, 4.0, 6.0], 0, 9)]
    assert all(type(value) is float for value in found[0].points)


def test_polygons_of_one_annotation_share_a_group(read_file, coco_file):
    found, _ = read_file(
        "COCO 1.0", coco_file([{"segmentation": [SQUARE, SQUARE]}, {}, {"segmentation": [SQUARE] * 2}])
    )
    assert [(each.type, each.group) for each in found] == [
        ("polygon", 1), ("polygon", 1), ("rectangle", 0), ("polygon", 2), ("polygon", 2),
    ]  # fmt: skip


@pytest.mark.parametrize("counts", [[0, 5, 10], "abc"], ids=["plain run lengths", "packed run lengths"])
def test_masks_are_left_out_and_counted(read_file, coco_file, counts):
    mask = {"segmentation": {"counts": counts, "size": [3, 5]}, "iscrowd": 1}
    found, losses = read_file("COCO 1.0", coco_file([mask, {}]))
    assert len(found) == 1
    assert list(losses.counts.values()) == [1]
    assert "masks are not turned into polygons yet" in losses.report()


def test_attributes_are_taken_by_name_as_text(read_file, coco_file):
    values = {"colour": "blue", "age": 4.0, "parked": True, "unknown": 1, "occluded": True}
    (found,), _ = read_file("COCO 1.0", coco_file([{"category_id": 4, "attributes": values, "iscrowd": 1}]))
    assert [(each.attribute_id, each.value) for each in found.attributes] == [
        (71, "blue"), (72, "4"), (73, "true"), (74, "true"),
    ]  # fmt: skip
    assert found.occluded


def test_key_points_become_points_in_their_own_kind_of_file_alone(read_file, coco_file):
    content = coco_file([{"keypoints": [1, 2, 2, 5, 6, 1]}])
    found, _ = read_file("COCO 1.0", content, file_name="person_keypoints_train.json")
    assert [(each.type, each.points, each.group) for each in found] == [
        ("points", [1.0, 2.0, 5.0, 6.0], 1),
        ("rectangle", [1.0, 2.0, 4.0, 6.0], 1),
    ]
    assert [each.type for each in read_file("COCO 1.0", content)[0]] == ["rectangle"]


def test_label_files_become_tags(read_file, coco_file):
    (found,), _ = read_file("COCO 1.0", coco_file(), file_name="labels_train.json")
    assert (found.frame, found.label_id, hasattr(found, "points")) == (0, 9, False)


def test_a_zip_may_hold_files_at_any_depth(read_file, coco_file):
    files = {"x/y/instances_a.json": coco_file(), "instances_b.json": coco_file(), "captions_a.json": b"no"}
    files |= {"notes.json": b"no", "__MACOSX/x/._instances_a.json": b"no"}
    assert len(read_file("COCO 1.0", zipped(**files))[0]) == 2


def test_the_folder_that_file_names_leave_out_is_found(read_file, coco_file):
    found, _ = read_file("COCO 1.0", coco_file(images=[{"id": 44, "file_name": "b.jpg"}]))
    assert found[0].frame == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param(
            {"images": [{"id": 44, "file_name": "z.jpg"}]},
            "^Could not match item id: 'z' with any task frame$",
            id="unknown image",
        ),
        pytest.param(
            {"categories": [{"id": 3, "name": "dog"}]},
            r"^Image street/a: can't import annotation #0 \(bbox\): "
            "Label 'dog' is not registered for this task$",
            id="unknown label",
        ),
        pytest.param(
            {"annotations": [{"category_id": 0}]}, r"\(bbox\): annotation has no label", id="no label"
        ),
        pytest.param(
            {"annotations": [{"category_id": 8}]}, "category 8 is not listed", id="unlisted category"
        ),
        pytest.param(
            {"annotations": [{}, {"image_id": 9}]}, r"annotations\[1\]: image 9 ", id="unlisted image"
        ),
        pytest.param(
            {"annotations": [{}, {"segmentation": [[1, 2, 3]]}]},
            r"#1 \(polygon\): a polygon takes",
            id="points",
        ),
        pytest.param({"annotations": [{"bbox": None}]}, "neither a segmentation nor a bbox", id="no region"),
        pytest.param({"annotations": [{"bbox": [1, 2, 1e308, 1e308]}] * 2}, "not all finite", id="huge"),
        pytest.param(
            {"annotations": [{"category_id": 4, "attributes": {"parked": "maybe"}}]},
            "attribute 'parked' is 'maybe', true or false was expected",
            id="checkbox",
        ),
    ],
)
def test_a_file_that_does_not_fit_the_task_is_refused(read_file, coco_file, changes, sentence):
    with pytest.raises(ImportMismatch, match=sentence):
        read_file("COCO 1.0", coco_file(**changes))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"categories": None}, "upload: the key 'categories' is missing", id="no categories"),
        pytest.param({"images": 5}, "an array was expected under 'images'", id="no array"),
        pytest.param(
            {"images": [{"id": 1}]}, r"images\[0\]: Object missing .*`file_name`", id="no file name"
        ),
        pytest.param(
            {"annotations": [{"bbox": [1, 2]}]}, r"annotations\[0\]: Expected `array`", id="short box"
        ),
        pytest.param(
            {"annotations": [{"bbox": [1, 2, 3, 10**400]}]}, r"annotations\[0\]", id="endless number"
        ),
        pytest.param(
            {"annotations": [{"bbox": [1, 2, 3, float("nan")]}]}, "line 1, column", id="not a number"
        ),
    ],
)
def test_a_file_that_is_not_coco_is_refused(read_file, coco_file, changes, sentence):
    with pytest.raises(InvalidArchive, match=sentence):
        read_file("COCO 1.0", coco_file(**changes))


def test_a_zip_without_a_coco_file_is_refused_not_taken_for_empty(read_file):
    with pytest.raises(InvalidArchive, match="holds no COCO annotations"):
        read_file("COCO 1.0", zipped(readme=b"hello"))


def test_an_empty_file_empties_the_task(read_file, coco_file):
    assert read_file("COCO 1.0", coco_file([]))[0] == []


def test_how_much_is_read_counts_the_annotation_files_alone(coco_file):
    annotations = [{"id": n} for n in range(1, 20_001)]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("images/a.jpg", bytes(10_000_000))
        archive.writestr("annotations/instances_default.json", coco_file(annotations))
    frames = [FrameInfo(0, 0, "street/a.jpg", 200, 100)]
    target = ImportTarget(labels=[Label(1, "人", "#000000")], frames=frames)
    shares = []
    with open_source(content, "upload.zip") as source:
        for _ in find_formats(()).importer("COCO 1.0").read(source, target):
            shares.append(source.read_share)
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.5
    assert shares[-1] == 1.0
