"""What a file is by its name and first bytes. Pictures are Pillow's, the other bytes follow their specifications."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest
from PIL import Image

from labelwright.domain.errors import Invalid, InvalidMedia
from labelwright.media.contents import START_BYTES, recognise
from labelwright.media.kinds import file_kind
from labelwright.media.members import choose_frames


def picture(kind, **options):
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(target, kind, **options)
    return target.getvalue()


def zipped(name="a.jpg"):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, picture("JPEG"))
    return target.getvalue()


def tarred(format=tarfile.PAX_FORMAT, name="a.jpg"):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=format) as archive:
        archive.addfile(tarfile.TarInfo(name))
    return target.getvalue()


OLD_TAR = bytearray(tarred(tarfile.USTAR_FORMAT))
OLD_TAR[257:265] = bytes(8)  # before POSIX there was no magic number
OLD_TAR[148:156] = b"%06o\0 " % (sum(OLD_TAR[:148]) + 8 * 32 + sum(OLD_TAR[156:512]))
TS = (b"G" + bytes(187)) * 6
CONTENTS = {
    "JPEG": (picture("JPEG"), "image", "a JPEG picture"),
    "PNG": (picture("PNG"), "image", "a PNG picture"),
    "GIF": (picture("GIF"), "image", "a GIF picture"),
    "BMP": (picture("BMP"), "image", "a BMP picture"),
    "WebP": (picture("WEBP"), "image", "a WebP picture"),
    "TIFF": (picture("TIFF"), "image", "a TIFF picture"),
    "BigTIFF": (picture("TIFF", big_tiff=True), "image", "a TIFF picture"),
    "AVIF": (picture("AVIF"), "image", "an AVIF picture"),
    "JPEG 2000": (picture("JPEG2000"), "image", "a JPEG 2000 picture"),
    "zip": (zipped(), "zip", "a zip archive"),
    "empty zip": (b"PK\5\6" + bytes(18), "zip", "a zip archive"),
    "tar": (tarred(), "archive", "a tar archive"),
    "GNU tar": (tarred(tarfile.GNU_FORMAT), "archive", "a tar archive"),
    "tar before POSIX": (bytes(OLD_TAR), "archive", "a tar archive"),
    "tar that begins as a picture": (tarred(name="P1 2020.jpg"), "archive", "a tar archive"),
    "portable greymap": (b"P5 40 30 255\n" + bytes(1200), "image", "a picture of a rarer kind"),
    "AVIF by a later brand": (b"\0\0\0\x18ftypmif1\0\0\0\0avifmiaf", "image", "an AVIF picture"),
    "gzip": (gzip.compress(tarred()), "archive", "a packed file"),
    "bzip2": (bz2.compress(tarred()), "archive", "a packed file"),
    "xz": (lzma.compress(tarred()), "archive", "a packed file"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "pdf", "a PDF"),
    "PDF behind a header of a mail": (b"\n" * 900 + b"%PDF-1.4\n", "pdf", "a PDF"),
    "MP4": (b"\0\0\0\x20ftypisom", "video", "a video"),
    "QuickTime of old": (b"\0\0\0\x08wide\0\0\x01\0mdat", "video", "a video"),
    "AVI": (b"RIFF\0\0\1\0AVI LIST", "video", "a video"),
    "Matroska": (b"\x1a\x45\xdf\xa3\x01", "video", "a video"),
    "transport stream": (TS, "video", "a video"),
    "transport stream with times": ((bytes(4) + b"G" + bytes(187)) * 6, "video", "a video"),
    "MPEG program stream": (b"\0\0\x01\xba\x44", "video", "a video"),
}


@pytest.mark.parametrize(("content", "kind", "said"), CONTENTS.values(), ids=CONTENTS)
def test_first_bytes_say_what_a_file_is(content, kind, said):
    found = recognise(content[:START_BYTES])
    assert (found.kind, found.said, found.refused) == (kind, said, None)


@pytest.mark.parametrize(
    "content",
    [b"", b"\0", b"hello " * 200, bytes(2000), b"BM is a place in Bohemia" * 9, b"<xml/>", TS[:300]],
)
def test_other_bytes_say_nothing(content):
    assert recognise(content) is None


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.jpg", "JPEG", "image"),
        ("a.jpg", "PNG", "image"),
        ("a.tif", "BigTIFF", "image"),
        ("a.mov", "MP4", "video"),
        ("a.ts", "transport stream", "video"),
        ("a.zip", "zip", "zip"),
        ("a.tar.gz", "zip", "zip"),
        ("a.tar", "gzip", "archive"),
        ("a.zip", "tar", "archive"),
        ("a.txz", "xz", "archive"),
        ("a.pdf", "PDF", "pdf"),
        ("notes.txt", "JPEG", "other"),
        ("000001.bin", "JPEG", "pointcloud"),
    ],
)
def test_the_name_chooses_and_the_content_agrees(name, content, kind):
    found = file_kind(name, CONTENTS[content][0][:START_BYTES])
    assert (found.kind, found.skipped is None) == (kind, kind != "pointcloud")


@pytest.mark.parametrize("name", ["a.jpg", "a.mp4", "a.pcd", "a.pdf"])
def test_content_that_says_nothing_is_left_to_the_decoder(name):
    assert file_kind(name, b"who knows" * 99).kind in ("image", "video", "pointcloud", "pdf")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("a.zip", picture("JPEG") + zipped(), "a JPEG picture", id="zip that is a JPEG too"),
        pytest.param("a.jpg", zipped(), "a zip archive", id="zip in a guise"),
        pytest.param("a.mp4", picture("GIF"), "a GIF picture", id="picture in a guise"),
        pytest.param("a.jpg", CONTENTS["MP4"][0], "a video", id="video in a guise"),
        pytest.param("a.png", b"%PDF-1.4\n", "a PDF", id="PDF in a guise"),
        pytest.param("a.pdf", picture("PNG") + b"%PDF-1.4", "a PNG picture", id="PDF that is a PNG too"),
    ],
)
def test_a_file_that_is_two_things_is_read_as_neither_against_its_name(name, content, said):
    with pytest.raises(InvalidMedia) as raised:
        file_kind(name, content[:START_BYTES])
    assert str(raised.value) == (
        f"{name} is not what its name says: its content is {said}; give it the right extension"
    )


def test_a_picture_with_a_zip_at_its_end_is_a_picture():
    assert file_kind("a.jpg", (picture("JPEG") + zipped())[:START_BYTES]).kind == "image"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        pytest.param(
            "a.rar", b"Rar!\x1a\x07\x01\0", "a.rar is a RAR archive: such archives are not", id="RAR"
        ),
        pytest.param("a.7z", b"7z\xbc\xaf\x27\x1c\0\4", "a.7z is a 7z archive: such archives", id="7z"),
        pytest.param(
            "a.zip", b"Rar!\x1a\x07\0", "a.zip is a RAR archive: such archives", id="RAR in a guise"
        ),
        pytest.param("a.tar.zst", b"\x28\xb5\x2f\xfd\0", "is packed by Zstandard: such arch", id="Zstandard"),
        pytest.param("a.cpio", b"070701" + bytes(99), "a.cpio is a cpio archive", id="cpio"),
        pytest.param("a.zip", b"", "named like an archive, but its content is none that can be", id="empty"),
        pytest.param(
            "a.heic", b"\0\0\0\x18ftypheic", "a HEIC picture: such pictures are not read", id="HEIC"
        ),
        pytest.param(
            "a.jpg", b"\0\0\0\x18ftypmif1", "a.jpg is a HEIC picture: such pictures", id="HEIC as JPEG"
        ),
        pytest.param("a.nef", picture("TIFF"), "a.nef is a raw picture of a camera: such pict", id="raw"),
        pytest.param(
            "a.png", b"\xef\xbb\xbf <?xml version='1'?><svg >", "an SVG drawing: it has no", id="SVG"
        ),
        pytest.param("a.jpg", b"\n<!DOCTYPE HTML><title>Sign", "a.jpg is a web page: it was sent", id="page"),
        pytest.param(
            "a.mp4", b"<html><body>404", "a.mp4 is a web page: it was sent instead", id="page as video"
        ),
    ],
)
def test_what_is_not_read_is_named_with_what_to_do(name, content, sentence):
    with pytest.raises(InvalidMedia, match=sentence):
        file_kind(name, content[:START_BYTES])


def test_an_svg_is_skipped_and_people_are_told_why():
    kind, why = file_kind("icons/logo.SVG", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert kind == "other"
    assert (
        why == "icons/logo.SVG is an SVG drawing, which has no pixels of its own: save it as PNG to label it"
    )


def test_frames_of_an_archive_are_sorted_by_code_point_and_clutter_is_left_out():
    names = ["b/2.jpg", "a.jpg", "b/10.jpg", "B.jpg", "__MACOSX/a.jpg", "b/._2.jpg", "x.zip", "n.txt"]
    assert choose_frames([*names, "b/.DS_Store.png"]) == ["B.jpg", "a.jpg", "b/10.jpg", "b/2.jpg"]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        pytest.param(["a/b.jpg", "c.jpg", "a/b.jpg"], "two files are named a/b.jpg", id="twice"),
        pytest.param(["a\nb.jpg"], r"'a\\nb.jpg' holds a backslash, a line break or", id="line break"),
        pytest.param(["a\0b.jpg"], "another sign that cannot be seen", id="NUL"),
        pytest.param(["n" * 300 + ".jpg"], "is too long: a name has at most 255 bytes", id="300 letters"),
        pytest.param(["../a.jpg"], "is no path below a folder", id="leads elsewhere"),
    ],
)
def test_names_that_no_frame_can_have_are_refused(names, sentence):
    with pytest.raises(Invalid, match=sentence):
        choose_frames(names)


def test_names_of_any_language_and_of_251_letters_are_taken():
    names = ["n" * 251 + ".jpg", "人/猫 1.jpg", "Ünïcode ' \".png"]
    assert choose_frames(names) == sorted(names)
