"""Names and first bytes of what datasets hold."""

import base64
import io

import pytest
from PIL import Image

from labelwright.domain.catalogue import display_name
from labelwright.domain.signatures import START_BYTES, image_type


def encoded(stem: str, times: int = 1) -> str:
    for _ in range(times):
        stem = base64.urlsafe_b64encode(stem.encode()).decode().rstrip("=")
    return stem


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (f"{encoded('DSC_0001')}.jpg", "DSC_0001.jpg"),
        (f"{encoded('IMG_20210412_101530', 3)}.jpeg", "IMG_20210412_101530.jpeg"),
        (f"{encoded('a=b,c&d 图')}.png", "a=b,c&d 图.png"),
        (encoded("no extension"), "no extension"),
        ("photo 1.jpg", "photo 1.jpg"),
        ("frame_000001.png", "frame_000001.png"),
        ("2021-04-12.jpg", "2021-04-12.jpg"),
        (f"{encoded('x')}=.jpg", f"{encoded('x')}=.jpg"),
        (".jpg", ".jpg"),
        ("图像.jpg", "图像.jpg"),
    ],
)
def test_encoded_names_are_shown_as_people_gave_them(stored, shown):
    assert display_name(stored) == shown


@pytest.mark.parametrize(
    "kind",
    ["JPEG", "PNG", "BMP", "GIF", "TIFF", "WEBP", "AVIF", "JPEG2000", "PPM", "PCX", "SGI", "DDS", "TGA"],
)
def test_every_kind_that_can_be_read_is_known_by_its_beginning(kind):
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, kind)
    names = {"PCX": "a.pcx", "TGA": "a.tga"}
    assert image_type(out.getvalue()[:START_BYTES], names.get(kind, "a.txt"))


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"", "a.jpg"),
        (b"BMW is no bitmap, whatever it says", "a.bmp"),
        (b"P3X", "a.ppm"),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2mp41", "a.mp4"),
        (b"<svg>", "a.svg"),
        (b"PK\3\4", "a.zip"),
        (b"II*", "a.tif"),
        (b"\xff\xd8", "a.jpg"),
        (b"\0\0\2" + b"\0" * 20, "a.bin"),
    ],
)
def test_nothing_else_is(start, name):
    assert image_type(start, name) == ""
