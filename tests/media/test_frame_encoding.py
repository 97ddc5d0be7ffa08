import io
from concurrent.futures import ThreadPoolExecutor, wait

import numpy as np
import pytest
from PIL import Image, ImageOps

from labelwright.media import images
from labelwright.media.images import encode_compressed, encode_preview

LIMIT = 100.0
LIMITS = {"max_megapixels": LIMIT, "max_chunk_megapixels": LIMIT}


def _picture(width=96, height=64):
    """A smooth picture whose four corners all differ."""
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.stack([x * 255 / width, y * 255 / height, 255 - (x + y) * 255 / (width + height)], axis=-1)
    return Image.fromarray(pixels.astype(np.uint8))


def _saved(picture, kind, **options):
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


def _compressed(content, quality=95):
    frame = encode_compressed(content, name="photo", quality=quality, **LIMITS)
    return Image.open(io.BytesIO(frame))


def _difference(one, other):
    assert (one.size, one.mode) == (other.size, other.mode) == (one.size, "RGB")
    return np.abs(np.asarray(one).astype(int) - np.asarray(other).astype(int)).mean()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(_saved(_picture(), "JPEG", quality=90), id="baseline"),
        pytest.param(_saved(_picture(), "JPEG", progressive=True), id="progressive"),
        pytest.param(_saved(_picture(), "JPEG", subsampling="4:4:4"), id="full chroma"),
        pytest.param(_saved(_picture(97, 61), "JPEG", subsampling="4:2:2"), id="odd sides"),
        pytest.param(_saved(_picture().convert("L"), "JPEG"), id="grey"),
        pytest.param(_saved(_picture(), "JPEG", keep_rgb=True), id="stored as RGB"),
        pytest.param(_saved(_picture().convert("CMYK"), "JPEG"), id="CMYK"),
        pytest.param(
            _saved(_picture().quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE), "PNG"),
            id="palette",
        ),
        pytest.param(_saved(_picture().convert("L"), "PNG"), id="grey PNG"),
        pytest.param(_saved(_picture(), "WEBP", lossless=True), id="WebP"),
        pytest.param(_saved(_picture(), "BMP"), id="BMP"),
        pytest.param(_saved(_picture().quantize(dither=Image.Dither.NONE), "GIF"), id="GIF"),
        pytest.param(_saved(_picture(), "TIFF", compression="tiff_deflate"), id="TIFF"),
    ],
)
def test_a_frame_shows_what_pillow_shows(content):
    expected = Image.open(io.BytesIO(content)).convert("RGB")
    assert _difference(_compressed(content), expected) < 5


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_frame_stands_upright(kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = _saved(_picture(), kind, exif=exif)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB")
    assert _difference(_compressed(content), expected) < 2.5
    preview = encode_preview(content, name="photo", max_megapixels=LIMIT)
    assert _difference(Image.open(io.BytesIO(preview)), expected) < 4


def test_alpha_is_dropped_not_blended():
    clear_red = Image.new("RGBA", (16, 16), (255, 0, 0, 0))
    red, green, blue = _compressed(_saved(clear_red, "PNG")).getpixel((8, 8))
    assert (red > 245, green < 10, blue < 10) == (True, True, True)


def test_of_several_pictures_in_a_file_the_first_is_the_frame():
    second = Image.new("RGB", (96, 64), "white")
    for kind in ("TIFF", "GIF", "WEBP"):
        content = _saved(_picture(), kind, save_all=True, append_images=[second])
        assert _difference(_compressed(content), _picture()) < 6, kind


def test_quality_0_is_the_least_and_100_the_most():
    content = _saved(_picture(400, 300), "PNG")
    sizes = [
        len(encode_compressed(content, name="photo", quality=quality, **LIMITS))
        for quality in (0, 1, 50, 100)
    ]
    assert sizes[0] == sizes[1] < sizes[2] < sizes[3]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        pytest.param((1920, 1080), (256, 144), id="landscape"),
        pytest.param((600, 1200), (128, 256), id="portrait"),
        pytest.param((40, 30), (40, 30), id="small ones are not enlarged"),
        pytest.param((3000, 2), (256, 1), id="a line keeps a pixel"),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_preview_fits_its_box(kind, size, expected):
    content = _saved(Image.new("RGB", size, "teal"), kind)
    preview = Image.open(io.BytesIO(encode_preview(content, name="photo", max_megapixels=LIMIT)))
    assert (preview.size, preview.mode, preview.format) == (expected, "RGB", "JPEG")


def test_large_pictures_are_decoded_one_after_the_other(monkeypatch):
    monkeypatch.setattr(images, "_LARGE_PIXELS", 96 * 64)
    small, large = _saved(_picture(), "PNG"), _saved(_picture(96, 65), "PNG")
    with ThreadPoolExecutor() as pool:
        with images._large:
            assert pool.submit(_compressed, small).result(timeout=10).size == (96, 64)
            waiting = [
                pool.submit(_compressed, large),
                pool.submit(encode_preview, large, name="p", max_megapixels=LIMIT),
            ]
            assert not wait(waiting, timeout=0.05).done
        assert not wait(waiting, timeout=10).not_done
