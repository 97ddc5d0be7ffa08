"""Pictures of rarer making: inverted CMYK, interlaced PNG, TIFF in tiles, several pictures in a file, profiles."""

import io
import re
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from labelwright.domain.errors import InvalidMedia
from labelwright.media.images import (
    encode_compressed,
    encode_preview,
    read_image_size,
    read_picture,
)

COLOURS = [(220, 30, 40), (30, 200, 60), (20, 60, 210), (240, 220, 30)]


def picture(width=96, height=64):
    """Four fields of colour, all different."""
    image = Image.new("RGB", (width, height))
    for index, colour in enumerate(COLOURS):
        left, top = index % 2 * width // 2, index // 2 * height // 2
        image.paste(colour, (left, top, left + width // 2, top + height // 2))
    return image


def saved(image, kind, **options):
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def frame_of(content, **options):
    limits = {"max_megapixels": 10.0, "max_chunk_megapixels": 10.0}
    jpeg = encode_compressed(content, name="photo", quality=95, **limits | options)
    return Image.open(io.BytesIO(jpeg))


def assert_shows_the_fields(frame, tolerance=12):
    width, height = frame.size
    for index, colour in enumerate(COLOURS):
        place = (width // 4 + index % 2 * width // 2, height // 4 + index // 2 * height // 2)
        assert frame.getpixel(place) == pytest.approx(colour, abs=tolerance)


def ycck_jpeg():
    """A JPEG as Photoshop writes it: CMYK, inverted, its colours as YCbCr, which the Adobe mark says by a 2."""
    colours = ImageOps.invert(picture()).convert("YCbCr").split()
    planes = [*colours, Image.new("L", picture().size, 255)]
    # Pillow inverts what it saves as CMYK; the planes are to be in the file as they are.
    content = saved(Image.merge("CMYK", [ImageOps.invert(plane) for plane in planes]), "JPEG", quality=95)
    mark = content.index(b"Adobe\0")
    return content[: mark + 11] + b"\x02" + content[mark + 12 :]


def interlaced_png():
    """A PNG whose pixels come in the seven passes of Adam7 (PNG, third edition, 8.1)."""
    pixels = np.asarray(picture())
    passes = [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ]
    rows = [row.tobytes() for x, y, dx, dy in passes for row in pixels[y::dy, x::dx]]
    header = struct.pack(">IIBBBBB", 96, 64, 8, 2, 0, 0, 1)
    parts = [
        (b"IHDR", header),
        (b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))),
        (b"IEND", b""),
    ]
    chunks = (struct.pack(">I", len(b)) + k + b + struct.pack(">I", zlib.crc32(k + b)) for k, b in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def tiled_tiff(planes=False):
    """A TIFF of 96×64 in six tiles of 32×32 (TIFF 6.0, section 15), or in three planes of one strip."""
    pixels = np.asarray(picture())
    if planes:
        parts = [pixels[..., channel].tobytes() for channel in range(3)]
        where, counts, extra = 273, 279, [(278, 4, [64]), (284, 3, [2])]
    else:
        parts = [pixels[y : y + 32, x : x + 32].tobytes() for y in (0, 32) for x in (0, 32, 64)]
        where, counts, extra = 324, 325, [(322, 4, [32]), (323, 4, [32])]
    offsets = np.cumsum([8, *(len(part) for part in parts)]).tolist()
    entries = [
        (256, 4, [96]),
        (257, 4, [64]),
        (258, 3, [8, 8, 8]),
        (259, 3, [1]),
        (262, 3, [2]),
        (277, 3, [3]),
    ]
    entries += [*extra, (where, 4, offsets[:-1]), (counts, 4, [len(part) for part in parts])]
    after = offsets[-1] + 2 + 12 * len(entries) + 4
    directory, values = struct.pack("<H", len(entries)), b""
    for tag, kind, numbers in sorted(entries):
        packed = struct.pack(f"<{len(numbers)}{'H' if kind == 3 else 'I'}", *numbers)
        if len(packed) > 4:
            packed, values = struct.pack("<I", after + len(values)), values + packed
        directory += struct.pack("<HHI", tag, kind, len(numbers)) + packed.ljust(4, b"\0")
    return b"II*\0" + struct.pack("<I", offsets[-1]) + b"".join(parts) + directory + bytes(4) + values


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(saved(picture().convert("CMYK"), "JPEG", quality=95), id="CMYK JPEG"),
        pytest.param(ycck_jpeg(), id="YCCK JPEG"),
        pytest.param(interlaced_png(), id="interlaced PNG"),
        pytest.param(tiled_tiff(), id="TIFF in tiles"),
        pytest.param(tiled_tiff(planes=True), id="TIFF in planes"),
        pytest.param(saved(picture(), "TIFF", compression="tiff_lzw"), id="LZW TIFF"),
        pytest.param(saved(picture(), "TIFF", compression="tiff_adobe_deflate"), id="deflated TIFF"),
        pytest.param(saved(picture(), "TIFF", compression="packbits"), id="packbits TIFF"),
        pytest.param(saved(picture(), "TIFF", compression="jpeg"), id="JPEG in TIFF"),
        pytest.param(saved(picture(), "TIFF", big_tiff=True), id="BigTIFF"),
        pytest.param(saved(picture().convert("CMYK"), "TIFF"), id="CMYK TIFF"),
        pytest.param(saved(picture().convert("YCbCr"), "TIFF"), id="YCbCr TIFF"),
        pytest.param(saved(picture().convert("RGBA"), "WEBP", lossless=True), id="WebP with alpha"),
        pytest.param(saved(picture().convert("RGBA"), "TIFF"), id="TIFF with alpha"),
        pytest.param(saved(picture().quantize(8), "TIFF"), id="palette TIFF"),
        pytest.param(saved(picture().quantize(8), "BMP"), id="palette BMP"),
        pytest.param(saved(picture(), "GIF"), id="GIF"),
    ],
)
def test_a_frame_has_the_colours_of_its_file(content):
    assert read_image_size(content, name="photo", max_megapixels=10) == (96, 64)
    assert_shows_the_fields(frame_of(content))
    assert_shows_the_fields(
        Image.open(io.BytesIO(encode_preview(content, name="photo", max_megapixels=10))), tolerance=20
    )


SEVERAL = {"save_all": True, "append_images": [Image.new("RGB", (96, 64), "white")] * 2}


@pytest.mark.parametrize(
    ("content", "several"),
    [
        pytest.param(saved(picture(), "TIFF", **SEVERAL), True, id="TIFF of three pages"),
        pytest.param(saved(picture(), "GIF", **SEVERAL), True, id="animated GIF"),
        pytest.param(saved(picture(), "WEBP", lossless=True, **SEVERAL), True, id="animated WebP"),
        pytest.param(saved(picture(), "PNG", **SEVERAL), True, id="animated PNG"),
        pytest.param(saved(picture(), "MPO", **SEVERAL), False, id="JPEG with what a camera puts behind it"),
        pytest.param(saved(picture(), "TIFF"), False, id="TIFF of one page"),
        pytest.param(saved(picture(), "JPEG"), False, id="JPEG"),
    ],
)
def test_the_first_picture_is_the_frame_and_others_are_noticed(content, several):
    assert_shows_the_fields(frame_of(content))
    assert read_picture(content, name="photo", max_megapixels=10).is_one_of_several is several


def test_a_smaller_form_of_a_picture_is_no_other_picture():
    content = with_subfile_types(0, 1, 4)
    assert read_picture(content, name="photo", max_megapixels=10).is_one_of_several is False


def with_subfile_types(*types):
    """A TIFF of one page each, each with its NewSubfileType."""
    pages = [picture() for _ in types]
    content = bytearray(saved(pages[0], "TIFF", tiffinfo={254: 7}, save_all=True, append_images=pages[1:]))
    entry = struct.pack("<HHII", 254, 4, 1, 7)
    for kind in types:
        place = content.find(entry)
        if place >= 0:
            content[place + 8 : place + 12] = struct.pack("<I", kind)
    return bytes(content)


def test_a_tiff_that_begins_with_a_preview_is_refused():
    content = with_subfile_types(1, 0)
    with pytest.raises(
        InvalidMedia, match=r"^a\.tif begins with a preview of its picture, as raw pictures do"
    ):
        read_image_size(content, name="a.tif", max_megapixels=10)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        pytest.param(1.0, (96, 64), id="below the limit"),
        pytest.param(96 * 64 / 1e6, (96, 64), id="at the limit"),
        pytest.param(96 * 64 / 4e6, (48, 32), id="a quarter"),
        pytest.param(0.002, (54, 36), id="about a third"),
        pytest.param(1e-9, (1, 1), id="at least a pixel"),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_frame_above_the_limit_is_made_smaller(kind, limit, expected):
    frame = frame_of(saved(picture(), kind), max_chunk_megapixels=limit)
    assert (frame.size, frame.mode) == (expected, "RGB")
    if min(expected) > 1:
        assert_shows_the_fields(frame, tolerance=25)


def test_a_frame_made_smaller_still_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    frame = frame_of(saved(picture(), "JPEG", exif=exif, quality=95), max_chunk_megapixels=96 * 64 / 4e6)
    assert frame.size == (32, 48)
    assert frame.getpixel((8, 8)) == pytest.approx(COLOURS[2], abs=25)


def test_a_picture_longer_than_a_jpeg_can_be_is_made_smaller():
    content = saved(Image.new("L", (70_000, 20), 200), "PNG")
    assert read_image_size(content, name="photo", max_megapixels=10) == (70_000, 20)
    assert frame_of(content).size == (65_500, 18)


def profile_of(space, description):
    """A profile's head and text: what we look at, and no tables."""
    head = bytearray(128)
    head[16:20], head[36:40] = space, b"acsp"
    return bytes(head) + description


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_profile_of_other_colours_is_passed_on(kind):
    profile = profile_of(b"RGB ", b"Display P3")
    frame = frame_of(saved(picture(), kind, icc_profile=profile))
    assert frame.info["icc_profile"] == profile
    assert_shows_the_fields(frame)


@pytest.mark.parametrize(
    ("image", "profile"),
    [
        pytest.param(
            picture(), ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), id="sRGB"
        ),
        pytest.param(picture(), profile_of(b"RGB ", "sRGB".encode("utf-16-be")), id="sRGB in UTF-16"),
        pytest.param(picture().convert("CMYK"), profile_of(b"CMYK", b"Coated"), id="of CMYK"),
        pytest.param(picture().convert("L"), profile_of(b"RGB ", b"P3"), id="of colours in a grey picture"),
        pytest.param(picture(), b"RGB " * 300, id="nonsense"),
        pytest.param(picture(), profile_of(b"RGB ", bytes(70_000)), id="too long for one segment"),
    ],
)
def test_a_profile_that_says_nothing_to_a_browser_is_left_out(image, profile):
    assert "icc_profile" not in frame_of(saved(image, "JPEG", icc_profile=profile)).info


def test_a_jpeg_of_a_thousand_scans_is_refused():
    content = saved(picture(), "JPEG", progressive=True)
    last = content.rindex(b"\xff\xda")
    bomb = content[:last] + content[last:-2] * 1000 + content[-2:]
    for read in (read_image_size, encode_preview):
        with pytest.raises(
            InvalidMedia, match=r"^bomb\.jpg is a JPEG of 1\d\d\d scans, at most 100 are taken$"
        ):
            read(bomb, name="bomb.jpg", max_megapixels=10)
    with pytest.raises(InvalidMedia, match="scans"):
        frame_of(bomb)


def test_what_stands_behind_a_progressive_jpeg_is_no_scan():
    assert_shows_the_fields(frame_of(saved(picture(), "JPEG", progressive=True) + b"\xff\xda" * 5000))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(
            b"<svg xmlns='http://www.w3.org/2000/svg'/>", "it is an SVG drawing: it has no pixels", id="SVG"
        ),
        pytest.param(b"\0\0\0\x18ftypheic", "it is a HEIC picture: such pictures are not read", id="HEIC"),
        pytest.param(b"PK\3\4" + bytes(40), "it is a zip archive", id="zip"),
        pytest.param(
            tiled_tiff().replace(
                struct.pack("<HHI", 262, 3, 1) + b"\2", struct.pack("<HHI", 262, 3, 1) + b"\x63"
            ),
            "it is a TIFF picture, but its header is broken, or its pixels are of a kind",
            id="TIFF",
        ),
    ],
)
def test_what_no_decoder_takes_is_said_to_be_what_it_is(content, reason):
    with pytest.raises(InvalidMedia, match=rf"^photo is no image that can be read: {re.escape(reason)}"):
        read_image_size(content, name="photo", max_megapixels=10)
