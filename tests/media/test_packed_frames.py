import gzip
import io
import tarfile
import zipfile

import pytest
from PIL import Image

from labelwright.archives import Limits, open_place
from labelwright.domain.errors import Invalid, InvalidArchive, TooLarge
from labelwright.media.archives import find_frames

NAMES = ["b/2.jpg", "a.jpg", "b/10.jpg", "B.jpg", "notes.txt", "__MACOSX/b/._2.jpg", "inner.zip", "人/猫.png"]
ORDER = ["B.jpg", "a.jpg", "b/10.jpg", "b/2.jpg", "人/猫.png"]


def picture(number):
    target = io.BytesIO()
    Image.new("L", (20 + number, 10)).save(target, "PNG")
    return target.getvalue()


def zipped(names, method=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for number, name in enumerate(names):
            archive.writestr(name, picture(number))
    return target.getvalue()


def tarred(names):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for number, name in enumerate(names):
            entry = tarfile.TarInfo(f"./{name}")
            entry.size = len(picture(number))
            archive.addfile(entry, io.BytesIO(picture(number)))
    return target.getvalue()


KINDS = {
    "zip": ("zip", zipped),
    "stored zip": ("zip", lambda names: zipped(names, zipfile.ZIP_STORED)),
    "tar": ("archive", tarred),
    "packed tar": ("archive", lambda names: gzip.compress(tarred(names))),
}


def find(kind, content, **limits):
    """The frames by name with their bytes, however they are kept, and what was put away."""
    file, put = io.BytesIO(content), {}

    def keep(name, stream):
        put[f"blob/{len(put)}"] = stream.read()
        return f"blob/{len(put) - 1}"

    frames = find_frames(file, kind, name="up", limits=Limits(**limits), keep=keep)
    found = [
        (each.name, put[each.kept] if each.place is None else open_place(file, each.place, where="x").read())
        for each in frames
    ]
    return found, put


@pytest.mark.parametrize(("kind", "pack"), KINDS.values(), ids=KINDS)
def test_images_are_frames_in_the_order_of_their_paths(kind, pack):
    found, put = find(kind, pack(NAMES))
    assert found == [(name, picture(NAMES.index(name))) for name in ORDER]
    assert len(put) == (5 if pack is KINDS["packed tar"][1] else 0)


@pytest.mark.parametrize(("kind", "pack"), KINDS.values(), ids=KINDS)
def test_dots_that_say_nothing_are_no_part_of_names(kind, pack):
    found, _ = find(kind, pack(["./b//2.jpg", "a/./1.jpg"]))
    assert [name for name, _ in found] == ["a/1.jpg", "b/2.jpg"]


@pytest.mark.parametrize(("kind", "pack"), KINDS.values(), ids=KINDS)
def test_an_archive_without_images_has_no_frames(kind, pack):
    assert find(kind, pack(["a.txt", "b.zip"])) == ([], {})


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
@pytest.mark.parametrize(("kind", "pack"), KINDS.values(), ids=KINDS)
@pytest.mark.parametrize(
    ("names", "error", "sentence"),
    [
        pytest.param(["a.jpg", "b.jpg", "a.jpg"], Invalid, "two files are named a.jpg", id="twice"),
        pytest.param(["a\nb.jpg"], Invalid, "a line break or another sign", id="line break"),
        pytest.param(["n" * 300 + ".jpg"], Invalid, "a name has at most 255 bytes", id="300 letters"),
        pytest.param(
            ["../a.jpg"], InvalidArchive, "leads out of the archive with '..'", id="leads elsewhere"
        ),
        pytest.param(["a.jpg", "x.txt", "y.txt"], TooLarge, "holds more than 2 members", id="too many"),
    ],
)
def test_names_that_no_frame_can_have_are_refused(kind, pack, names, error, sentence):
    limits = {"members": 2} if error is TooLarge else {}
    with pytest.raises(error, match=sentence):
        find(kind, pack(names), **limits)


def test_a_name_that_no_frame_can_have_is_refused_before_its_bytes_are_kept():
    put = []
    content = io.BytesIO(gzip.compress(tarred(["a\nb.jpg"])))
    with pytest.raises(Invalid, match="line break"):
        find_frames(content, "archive", name="up", limits=Limits(), keep=lambda name, _: put.append(name))
    assert put == []
