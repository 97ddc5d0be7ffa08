import io
import json
import zipfile

import pytest

from labelwright.domain.dataset import FrameInfo
from labelwright.domain.errors import ImportMismatch, InvalidArchive, NoAnnotations, TooLarge

NAME = "OCR RECOGNITION 1.0"
TEXTS = [
    "a/b",
    "a/b",
    "",
    "..",
    "x" * 4000,
    "50%41",
    'q"?<|>',
    "first\r\nsecond\n",
    "标匠 ✓",
    "a%2Fb",
    "frames",
]


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


FRAMES = [
    FrameInfo(0, 0, "street/a.jpg", 9, 9),
    FrameInfo(1, 1, "b.jpg", 9, 9),
    FrameInfo(2, 2, "c.png", 9, 9),
]


def values_of(objects):
    return [
        (each.frame, each.label_id, [(one.attribute_id, one.value) for one in each.attributes])
        for each in objects
    ]


def test_each_text_is_a_file_named_after_it_with_a_counter(export, make_dataset, tag):
    tags = [tag(label=7, frame=frame, values=[(71, "红 car")]) for frame in (0, 2)]
    path = export(NAME, make_dataset(tags=tags, read_image=lambda info: b"an image"))
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [
            "红 car_0.txt", "红 car_1.txt", "frames.json",
            "images/street/a.jpg", "images/street/b.jpg", "images/c.png",
        ]  # fmt: skip
        assert archive.read("红 car_1.txt").decode() == "红 car"


def test_texts_no_name_can_hold_come_back_exactly(export, read_file, make_dataset, tag):
    frames = [FrameInfo(number, number, f"street/{number}.jpg", 9, 9) for number in range(len(TEXTS))]
    tags = [tag(label=7, frame=frame, values=[(71, text)]) for frame, text in enumerate(TEXTS)]
    path = export(NAME, make_dataset(tags=tags, frames=frames))
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert names[:4] == ["a%2Fb_0.txt", "a%2Fb_1.txt", "_0.txt", "%2E._0.txt"]
        assert len(set(names)) == len(names)
        assert max(len(name.encode()) for name in names) < 230
    objects, losses = read_file(NAME, path.read_bytes(), frames=frames)
    assert values_of(objects) == [(frame, 7, [(71, text)]) for frame, text in enumerate(TEXTS)]
    assert losses.counts == {}


def test_all_but_the_first_value_is_counted_as_lost(export, member, make_dataset, shape, tag):
    tags = [tag(), tag(label=7, values=[(71, "one"), (73, "true")]), tag(label=7, values=[(71, "two")])]
    path = export(NAME, make_dataset([shape()], tags))
    assert member(path, "one_0.txt") == "one"
    report = member(path, "export-report.md")
    for line in ("2 × a second text", "1 × a tag without a text", "1 × OCR RECOGNITION has no rectangle"):
        assert line in report


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"street/a.txt": "one\n", "c.txt": "two"}, {0: "one", 2: "two"}, id="same stem"),
        pytest.param({"deep/b.TXT": "\ufeff猫\r\n"}, {1: "猫"}, id="other folder, mark, capitals"),
        pytest.param(
            {"c.txt": "人".encode("gbk"), "readme.txt": "x"}, {2: "人"}, id="GBK, and one of no image"
        ),
    ],
)
def test_a_text_belongs_to_the_image_of_its_stem(read_file, files, expected):
    objects, losses = read_file(NAME, zipped(files), frames=FRAMES)
    assert {each.frame: each.attributes[0].value for each in objects} == expected
    assert {each.attributes[0].attribute_id for each in objects} == {71}
    assert losses.counts == ({"a text without an image of its name": 1} if "readme.txt" in files else {})


@pytest.mark.parametrize(
    ("files", "error", "sentence"),
    [
        pytest.param({"x_0.txt": "x"}, NoAnnotations, r"holds no text of an image .* X\.txt", id="no pair"),
        pytest.param({}, NoAnnotations, "holds no text", id="empty"),
        pytest.param({"frames.json": "{"}, InvalidArchive, r"frames\.json", id="broken list"),
        pytest.param(
            {"frames.json": json.dumps([{"file": "../x", "frame": "c.png", "label": "", "attribute": ""}])},
            InvalidArchive,
            r"lists \.\./x, which is missing",
            id="leads elsewhere",
        ),
        pytest.param(
            {"frames.json": json.dumps([{"file": "x", "frame": "", "label": "", "attribute": ""}]), "x": ""},
            ImportMismatch,
            "Could not match",
            id="no frame",
        ),
        pytest.param({"c.txt": "x" * 4097}, ImportMismatch, "4097 characters", id="too many characters"),
        pytest.param({"c.txt": "x" * 70_000}, TooLarge, r"c\.txt has more than", id="too many bytes"),
    ],
)
def test_what_does_not_fit_is_named(read_file, files, error, sentence):
    with pytest.raises(error, match=sentence):
        read_file(NAME, zipped(files))


def test_ocr_detection_is_coco_by_another_name(export, read_file, make_dataset, shape):
    shapes = [shape(label=7, values=[(71, "text"), (72, "4"), (73, "true"), (74, "false")])]
    shapes.append(shape("polygon", (1.0, 1.0, 9.0, 1.0, 9.0, 9.0), frame=2))
    path = export("OCR DETECTION 1.0", make_dataset(shapes))
    assert path.read_bytes() == export("COCO 1.0", make_dataset(shapes)).read_bytes()
    assert read_file("OCR DETECTION 1.0", path.read_bytes())[0] == shapes
