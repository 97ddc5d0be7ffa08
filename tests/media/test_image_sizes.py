import importlib.util
import io
import resource
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from labelwright.domain.errors import InvalidMedia
from labelwright.media.images import encode_compressed, encode_preview, read_image_size

LIMIT = 100.0
LIMITS = {"max_megapixels": LIMIT, "max_chunk_megapixels": LIMIT}


def _photographs():
    """The photographs that scikit-image and scikit-learn carry, without importing either."""
    folders = [("skimage", "data"), ("sklearn", "datasets/images")]
    specs = [(importlib.util.find_spec(package), folder) for package, folder in folders]
    found = [Path(spec.origin).parent / folder for spec, folder in specs if spec and spec.origin]
    kinds = (".jpg", ".png", ".gif")
    return sorted(path for folder in found for path in folder.iterdir() if path.suffix in kinds)


def _picture(mode="RGB"):
    y, x = np.mgrid[0:48, 0:80]
    noise = np.random.default_rng(7).integers(0, 40, (48, 80))
    return Image.fromarray(np.stack([x * 2 + noise, y * 4, 255 - x * 2], axis=-1).astype(np.uint8)).convert(
        mode
    )


def _saved(kind, picture=None, **options):
    target = io.BytesIO()
    (picture or _picture()).save(target, kind, **options)
    return target.getvalue()


KINDS = {
    "JPEG": _saved("JPEG"),
    "progressive JPEG": _saved("JPEG", progressive=True),
    "grey JPEG": _saved("JPEG", _picture("L")),
    "CMYK JPEG": _saved("JPEG", _picture("CMYK")),
    "PNG": _saved("PNG"),
    "palette PNG": _saved("PNG", _picture("P")),
    "GIF": _saved("GIF"),
    "BMP": _saved("BMP"),
    "WebP": _saved("WEBP"),
    "TIFF": _saved("TIFF"),
    "LZW TIFF": _saved("TIFF", compression="tiff_lzw"),
    "AVIF": _saved("AVIF"),
    "JPEG 2000": _saved("JPEG2000"),
    "TGA": _saved("TGA"),
    "PPM": _saved("PPM"),
}


def _png_header(width, height):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def _jpeg_header(width, height):
    jpeg = bytearray(KINDS["JPEG"])
    struct.pack_into(">HH", jpeg, jpeg.index(b"\xff\xc0") + 5, height, width)
    return bytes(jpeg)


@pytest.mark.skipif(not _photographs(), reason="needs the extra labelwright[sample]")
def test_every_shipped_photograph_has_the_size_of_its_frame():
    for path in _photographs():
        size = read_image_size(path, name=path.name, max_megapixels=LIMIT)
        frame = encode_compressed(path.read_bytes(), name=path.name, quality=50, **LIMITS)
        with Image.open(io.BytesIO(frame)) as shown:
            assert (shown.size, shown.mode) == (tuple(size), "RGB"), path.name


@pytest.mark.parametrize("content", KINDS.values(), ids=KINDS)
def test_size_is_read_from_bytes_file_and_stream(content, tmp_path):
    path = tmp_path / "photo"
    path.write_bytes(content)
    with path.open("rb") as stream:
        for source in (content, path, stream):
            assert read_image_size(source, name="photo", max_megapixels=LIMIT) == (80, 48)
        assert not stream.closed


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize(
    ("orientation", "expected"), [(1, (80, 48)), (3, (80, 48)), (5, (48, 80)), (8, (48, 80))]
)
def test_size_is_the_upright_one(kind, orientation, expected):
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = _saved(kind, exif=exif)
    assert read_image_size(content, name="photo", max_megapixels=LIMIT) == expected


@pytest.mark.parametrize(
    "exif",
    [
        pytest.param(b"Exif\0\0", id="empty"),
        pytest.param(b"Exif\0\0II*\0\xff\xff\xff\xff", id="directory outside"),
        pytest.param(b"Exif\0\0II*\0\x08\0\0\0\x09\0\x12\x01\x03", id="directory cut short"),
        pytest.param(b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x09\0\0\0", id="orientation 9"),
    ],
)
@pytest.mark.filterwarnings("ignore:Corrupt EXIF:UserWarning")
def test_broken_exif_leaves_the_picture_as_it_lies(exif):
    content = _saved("JPEG", exif=exif)
    assert read_image_size(content, name="photo", max_megapixels=LIMIT) == (80, 48)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(KINDS["JPEG"] + b"\0" * 200_000, id="JPEG then zeros"),
        pytest.param(KINDS["JPEG"] + KINDS["PNG"], id="JPEG then another file"),
        pytest.param(KINDS["PNG"] + b"garbage" * 20_000, id="PNG then text"),
        pytest.param(_saved("MPO", save_all=True, append_images=[_picture()])[:-9], id="MPO, second cut"),
        pytest.param(_saved("GIF", save_all=True, append_images=[_picture("L")])[:-9], id="GIF, second cut"),
    ],
)
def test_what_follows_the_first_picture_does_not_matter(content):
    assert read_image_size(content, name="photo", max_megapixels=LIMIT) == (80, 48)
    assert encode_compressed(content, name="photo", quality=70, **LIMITS)


def test_content_decides_whatever_the_name_says():
    assert read_image_size(KINDS["PNG"], name="photo.jpg", max_megapixels=LIMIT) == (80, 48)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(b"hello, I am a text\n" * 50, "no known image kind", id="text"),
        pytest.param(bytes(range(256)) * 40, "no known image kind", id="garbage"),
        pytest.param(
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no known", id="PostScript program"
        ),
        pytest.param(b"\xff\xd8\xff\xe0", "header is broken", id="JPEG of four bytes"),
        pytest.param(_jpeg_header(0, 0), "header is broken", id="JPEG without pixels"),
    ],
)
def test_what_is_no_image_is_named(content, reason):
    for read in (read_image_size, encode_preview):
        with pytest.raises(InvalidMedia, match=rf"^photo\.jpg is no image that can be read: .*{reason}"):
            read(content, name="photo.jpg", max_megapixels=LIMIT)


@pytest.mark.parametrize("content", KINDS.values(), ids=KINDS)
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_a_file_cut_anywhere_is_refused(content):
    for length in range(0, len(content) * 19 // 20, max(1, len(content) // 40)):
        for read in (read_image_size, encode_preview):
            with pytest.raises(InvalidMedia, match=r"^photo\.x is (truncated|no image that can be read): \w"):
                read(content[:length], name="photo.x", max_megapixels=LIMIT)
        with pytest.raises(InvalidMedia, match=r"^photo\.x is "):
            encode_compressed(content[:length], name="photo.x", quality=70, **LIMITS)


@pytest.mark.parametrize("kind", ["JPEG", "progressive JPEG", "PNG", "TIFF"])
def test_a_picture_cut_in_its_pixels_is_called_truncated(kind):
    content = KINDS[kind]
    with pytest.raises(InvalidMedia, match=r"^photo is truncated: "):
        read_image_size(content[: len(content) * 9 // 10], name="photo", max_megapixels=LIMIT)


def test_the_end_of_an_exif_thumbnail_is_not_the_end_of_the_picture():
    content = _saved("JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0" + KINDS["grey JPEG"])
    pixels = content.rindex(b"\xff\xda")
    with pytest.raises(InvalidMedia, match="photo is truncated"):
        read_image_size(content[: pixels + 40], name="photo", max_megapixels=LIMIT)


@pytest.mark.parametrize(
    "content", [_png_header(60_000, 60_000), _jpeg_header(60_000, 60_000)], ids=["PNG", "JPEG"]
)
def test_a_bomb_is_refused_by_its_header(content):
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = (
        r"^huge is 60000×60000 \(3600 megapixels\), over the limit of 100 megapixels "
        r"\(LABELWRIGHT_MAX_IMAGE_MEGAPIXELS\)$"
    )
    for read in (read_image_size, encode_preview):
        with pytest.raises(InvalidMedia, match=said):
            read(content, name="huge", max_megapixels=LIMIT)
    with pytest.raises(InvalidMedia, match=said):
        encode_compressed(content, name="huge", quality=70, **LIMITS)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 50_000


def test_a_picture_at_the_limit_is_taken_and_one_above_is_not():
    exact = 80 * 48 / 1e6
    assert read_image_size(KINDS["PNG"], name="photo", max_megapixels=exact) == (80, 48)
    with pytest.raises(InvalidMedia, match="over the limit"):
        read_image_size(KINDS["PNG"], name="photo", max_megapixels=exact * 0.99)


def test_a_missing_file_is_not_called_a_bad_image(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_image_size(tmp_path / "gone.jpg", name="gone.jpg", max_megapixels=LIMIT)


@pytest.mark.parametrize("content", KINDS.values(), ids=KINDS)
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_flipped_bytes_give_a_frame_or_a_sentence(content):
    random = np.random.default_rng(11)
    for _ in range(40):
        damaged = bytearray(content)
        for position in random.integers(0, random.choice([64, 700, len(content)]), 3):
            damaged[position % len(damaged)] = int(random.integers(0, 256))
        with suppress(InvalidMedia):
            assert read_image_size(bytes(damaged), name="photo", max_megapixels=1)
            assert encode_compressed(
                bytes(damaged), name="photo", quality=70, max_megapixels=1, max_chunk_megapixels=1
            )
