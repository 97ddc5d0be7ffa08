"""The folder of a dataset as a source: which files are read of it, and that nothing is read twice."""

import os

import pytest

from labelwright.archives import Limits
from labelwright.domain.errors import NotFound, TooLarge
from labelwright.domain.imports import ImportTarget
from labelwright.folders import Folder
from labelwright.folders.results import new_results
from labelwright.formats import FolderArchive, open_folder
from labelwright.plugins import find_formats

FOUND = find_formats(())


@pytest.fixture
def read_folder(tmp_path, make_dataset):
    """Read the dataset's folder by a format's name; give frame and label of what was found."""

    def read(name, **limits):
        dataset = make_dataset()
        target = ImportTarget(labels=dataset.labels, frames=dataset.frame_infos)
        with open_folder(
            tmp_path, format_name=name, results_folder="annotations", limits=Limits(**limits)
        ) as source:
            return sorted((each.frame, each.label_id) for each in FOUND.importer(name).read(source, target))

    return read


@pytest.fixture
def publish(tmp_path):
    """Write a dataset in a format, and as CVAT beside it, into the results folder."""

    def write(name, dataset, *, state):
        with Folder(tmp_path) as folder, new_results(folder, "annotations", wait=lambda: None) as new:
            files = {}
            for each, rename in ((name, str), ("CVAT for images 1.1", "cvat_{}".format)):
                archive = FolderArchive(new.folder, rename=rename)
                FOUND.exporter(each).write(dataset, archive)
                files[each] = archive.names
            new.show(task=1, state=state, files=files)

    return write


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_annotations_are_found_at_any_depth_links_and_hidden_files_passed_over(
    tmp_path, read_folder, coco_file
):
    put(tmp_path / "x/y/instances_a.json", coco_file())
    put(tmp_path / "annotations/instances_b.json", coco_file())
    put(tmp_path / ".hidden/instances_c.json", coco_file())
    put(tmp_path / "other.json", coco_file())
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    put(outside / "instances_d.json", coco_file())
    (tmp_path / "link").symlink_to(outside)
    (tmp_path / "instances_e.json").symlink_to(outside / "instances_d.json")
    assert read_folder("COCO 1.0") == [(0, 9), (0, 9)]


def test_what_was_published_last_is_read_instead_of_what_came_with_the_dataset(
    tmp_path, read_folder, publish, make_dataset, shape, coco_file
):
    put(tmp_path / "annotations/instances_default.json", coco_file())
    publish("COCO 1.0", make_dataset([shape(frame=1), shape(frame=2)]), state="1")
    assert read_folder("COCO 1.0") == [(1, 9), (2, 9)]
    assert read_folder("CVAT 1.1") == [(1, 9), (2, 9)]
    assert read_folder("OCR DETECTION 1.0") == [(0, 9)]  # of that format nothing was published
    (tmp_path / "annotations/annotations/instances_default.json").unlink()
    assert read_folder("COCO 1.0") == [(0, 9)]


@pytest.mark.parametrize("with_images", [False, True], ids=["list", "folders"])
def test_published_labels_and_texts_come_back(tmp_path, read_folder, publish, make_dataset, tag, with_images):
    put(tmp_path / "人/b.jpg", b"")
    assert read_folder("ImageNet 1.0") == [(1, 9)]
    image = (lambda info: b"an image") if with_images else None
    publish("ImageNet 1.0", make_dataset(tags=[tag(), tag(label=7)], read_image=image), state="1")
    assert read_folder("ImageNet 1.0") == [(0, 7), (0, 9)]
    publish("OCR RECOGNITION 1.0", make_dataset(tags=[tag(label=7, values=[(71, "a/b")])]), state="2")
    assert read_folder("OCR RECOGNITION 1.0") == [(0, 7)]


def test_names_in_gbk_are_names_of_labels(tmp_path, read_folder):
    folder = os.fsencode(tmp_path) + b"/" + "人".encode("gbk")
    os.mkdir(folder)
    with open(folder + b"/c.png", "w"):
        pass
    assert read_folder("ImageNet 1.0") == [(2, 9)]


def test_folders_have_the_limits_of_archives(tmp_path, read_folder, coco_file):
    put(tmp_path / "instances_a.json", coco_file())
    put(tmp_path / "image.jpg", b"x" * 10_000)
    assert read_folder("COCO 1.0", unpacked_bytes=1000) == [(0, 9)]  # what nobody reads does not count
    with pytest.raises(TooLarge, match="more than 0 MB"):
        read_folder("COCO 1.0", unpacked_bytes=100)
    with pytest.raises(TooLarge, match="holds more than 1 files"):
        read_folder("COCO 1.0", members=1)


def test_a_folder_that_is_none_is_told(tmp_path):
    with (
        pytest.raises(NotFound, match="the folder gone cannot be read"),
        open_folder(tmp_path / "gone", format_name="COCO 1.0", results_folder="annotations"),
    ):
        pass
