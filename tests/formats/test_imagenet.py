import io
import random
import zipfile

import pytest

from labelwright.domain.dataset import FrameInfo
from labelwright.domain.errors import ImportMismatch, InvalidArchive, NoAnnotations

NAME = "ImageNet 1.0"
AWKWARD = (
    FrameInfo(0, 0, "two words.jpg", 10, 10),
    FrameInfo(1, 1, "人/猫 1.png", 10, 10),
    FrameInfo(2, 2, "v1.2.jpg", 10, 10),
    FrameInfo(3, 3, '"quoted" 7.jpg', 10, 10),
    FrameInfo(4, 4, f"{'x' * 250}.jpg", 10, 10),
    FrameInfo(5, 5, "车 & <van>_a.jpg", 10, 10),
)


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def found_in(result):
    return sorted((each.frame, each.label_id) for each in result[0])


def test_without_images_it_is_a_list_of_classes(export, member, make_dataset, tag):
    path = export(NAME, make_dataset(tags=[tag(label=9), tag(label=7), tag(frame=2)]))
    assert member(path, "synsets.txt") == "car & <van>\n人\n"
    assert member(path, "default.txt") == "street/a 0 1\nstreet/b \nc 1\n"


def test_with_images_each_label_has_a_folder(export, make_dataset, tag):
    tags = [tag(label=9), tag(label=7), tag(frame=2)]
    path = export(NAME, make_dataset(tags=tags, read_image=lambda info: info.name.encode()))
    with zipfile.ZipFile(path) as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == {
            "人/人_street/a.jpg": "street/a.jpg",
            "car & %3Cvan%3E/car & %3Cvan%3E_street/a.jpg": "street/a.jpg",
            "no_label/no_label_street/b.jpg": "street/b.jpg",
            "人/人_c.png": "c.png",
        }


@pytest.mark.parametrize("with_images", [False, True], ids=["list", "folders"])
@pytest.mark.parametrize("seed", range(5))
def test_an_export_read_again_has_the_same_tags(export, read_file, make_dataset, tag, with_images, seed):
    draw = random.Random(seed)
    chosen = [(frame, label) for frame in range(len(AWKWARD)) for label in (7, 9) if draw.random() < 0.6]
    tags = [tag(frame=frame, label=label) for frame, label in chosen]
    image = (lambda info: b"an image") if with_images else None
    path = export(NAME, make_dataset(tags=tags, frames=AWKWARD, read_image=image))
    result = read_file(NAME, path.read_bytes(), frames=AWKWARD)
    assert (found_in(result), result[1].counts) == (chosen, {})


def test_what_it_cannot_hold_is_counted(export, member, make_dataset, shape, tag):
    tags = [tag(label=7, values=[(71, "red")]), tag(label=7), tag(frame=1)]
    path = export(NAME, make_dataset([shape(), shape("points", (1, 2))], tags))
    report = member(path, "export-report.md")
    for line in (
        "ImageNet has no rectangle",
        "has no points",
        "has no attributes",
        "that the image has twice",
    ):
        assert f"1 × ImageNet {line}" in report or line in report
    assert member(path, "default.txt").startswith("street/a 0\nstreet/b 1\n")


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"人/street/a.jpg": "", "人/c.png": "", "b.jpg": ""}, id="plain names"),
        pytest.param({"train/人/a.JPEG": "", "val/人/c.webp": "", "val/人/a.jpg": ""}, id="parts of a dataset"),
        pytest.param({"人/人_a.jpg": "", "人/c.png": "", "no_label/no_label_b.jpg": ""}, id="mixed"),
        pytest.param({"synsets.txt": "人\n", "train.txt": "street/a.jpg 0\r\n\r\nc 0\r\n"}, id="lists, CRLF"),
        pytest.param({"x/synsets.txt": "\ufeff人 person, human", "x/val.txt": "a 0\nc 0"}, id="words, a folder"),
        pytest.param({"synsets.txt": "人\n".encode("gbk"), "l.txt": "a 0\nc.png 0".encode("gbk")}, id="GBK"),
        pytest.param({"synsets.txt": "人", "a.txt": '"street/a".jpg 0', "b.txt": '"c" 0'}, id="in quotes"),
    ],
)  # fmt: skip
def test_layouts_as_people_have_them_are_read(read_file, files):
    assert found_in(read_file(NAME, zipped(files))) == [(0, 9), (2, 9)]


def test_numbers_in_a_name_that_nobody_quoted_stay_in_the_name(read_file):
    frames = (FrameInfo(0, 0, "photo 1.jpg", 1, 1), FrameInfo(1, 1, "cat_7.jpg", 1, 1))
    lists = zipped({"synsets.txt": "人\ncar & <van>", "l.txt": "photo 1 1\ncat_7 0"})
    assert found_in(read_file(NAME, lists, frames=frames)) == [(0, 7), (1, 9)]


def test_a_label_in_a_file_name_is_no_number_of_a_frame(read_file):
    frames = tuple(FrameInfo(number, number, name, 1, 1) for number, name in enumerate(("人_1.jpg", "x.jpg")))
    assert found_in(read_file(NAME, zipped({"人/人_1.jpg": ""}), frames=frames)) == [(0, 9)]


@pytest.mark.parametrize(
    ("files", "error", "sentence"),
    [
        pytest.param({"a.json": ""}, NoAnnotations, "holds no ImageNet annotations", id="neither"),
        pytest.param({"l.txt": "a 0", "a.jpg": ""}, NoAnnotations, "neither synsets", id="no synsets"),
        pytest.param(
            {"synsets.txt": "人\n", "l.txt": "a 0\nc 1\n"},
            InvalidArchive,
            r"l\.txt, line 2: class 1 is not in synsets\.txt, which has 1",
            id="class",
        ),
        pytest.param(
            {"synsets.txt": "人\n", "l.txt": '"a" zero'}, InvalidArchive, "line 1: class zero", id="word"
        ),
        pytest.param(
            {"synsets.txt": "人\n", "l.txt": f"a {'9' * 5000}"}, InvalidArchive, "line 1: class 9", id="long"
        ),
        pytest.param(
            {"synsets.txt": "dog\n", "l.txt": "a 0"}, ImportMismatch, "'dog' is not registered", id="label"
        ),
        pytest.param({"dog/a.jpg": ""}, ImportMismatch, "'dog' is not registered", id="folder"),
        pytest.param({"synsets.txt": "人", "l.txt": "zzz 0"}, ImportMismatch, "item id: 'zzz'", id="frame"),
        pytest.param({"人/人_zzz.jpg": ""}, ImportMismatch, "item id: 'zzz'", id="frame of a folder"),
    ],
)
def test_what_does_not_fit_is_named(read_file, files, error, sentence):
    with pytest.raises(error, match=sentence):
        read_file(NAME, zipped(files))
