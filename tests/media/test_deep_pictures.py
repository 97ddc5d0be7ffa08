import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from labelwright.media.images import encode_compressed
from labelwright.media.windows import window_to_8_bits


def saved(pixels, kind="TIFF"):
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, kind)
    return target.getvalue()


def frame_of(content):
    jpeg = encode_compressed(content, name="photo", quality=100, max_megapixels=10, max_chunk_megapixels=10)
    with Image.open(io.BytesIO(jpeg)) as image:
        assert image.mode == "RGB"
        return np.asarray(image).astype(int)


def ramp(low, high, kind):
    """A picture whose values go from `low` on its left to `high` on its right."""
    return np.repeat(np.linspace(low, high, 1024)[None], 64, axis=0).astype(kind)


@pytest.mark.parametrize(
    "pixels",
    [
        pytest.param(ramp(0, 65_535, np.uint16), id="16 bits"),
        pytest.param(ramp(0, 4095, np.uint16), id="12 bits"),
        pytest.param(ramp(7000, 9000, np.uint16), id="thermal"),
        pytest.param(ramp(-2000, 3000, np.int32), id="32 bits with sign"),
        pytest.param(ramp(0.0, 1.0, np.float32), id="float"),
        pytest.param(ramp(-1e30, 1e30, np.float32), id="float, far"),
    ],
)
def test_a_ramp_goes_from_black_to_white(pixels):
    contents = [saved(pixels), *([saved(pixels, "PNG")] if pixels.dtype == np.uint16 else [])]
    for content in contents:
        frame = frame_of(content)
        assert np.abs(frame[32, :, 0] - np.linspace(0, 255, 1024)).max() <= 3


@pytest.mark.parametrize("order", ["<", ">"], ids=["little-endian", "big-endian"])
def test_both_byte_orders_of_a_tiff_show_the_same(order):
    pixels = ramp(100, 900, np.uint16)
    tags = (
        (256, 1024),
        (257, 64),
        (258, 16),
        (259, 1),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, 64),
        (279, 131_072),
    )
    directory = struct.pack(f"{order}H", len(tags))
    directory += b"".join(struct.pack(f"{order}HHII", tag, 4, 1, value) for tag, value in tags) + bytes(4)
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8 + pixels.nbytes)
    frame = frame_of(head + pixels.astype(f"{order}u2").tobytes() + directory)
    assert np.array_equal(frame, frame_of(saved(pixels)))


def test_a_few_dead_pixels_darken_nothing():
    pixels = ramp(0, 1000, np.uint16)
    pixels[5, 5:9] = 65_535
    assert abs(frame_of(saved(pixels))[32, 512, 0] - 128) <= 3


def test_a_few_bright_values_on_one_ground_are_seen():
    pixels = np.zeros((100, 400), np.uint16)
    pixels[40:44, 40:44] = 3
    assert frame_of(saved(pixels))[42, 42, 0] > 240


def test_numbers_that_are_none_are_black_and_infinite_ones_at_the_ends():
    pixels = ramp(1.0, 2.0, np.float32)
    pixels[:, 600], pixels[:, 700], pixels[:, 800] = np.nan, np.inf, -np.inf
    assert window_to_8_bits(pixels)[8, [600, 700, 800]].tolist() == [0, 255, 0]
    assert window_to_8_bits(np.full((3, 4), np.nan)).max() == 0


@pytest.mark.parametrize("value", [0, 1, 65_535])
def test_a_picture_of_one_value_is_black(value):
    assert window_to_8_bits(np.full((8, 8), value, np.uint16)).max() == 0


def test_a_large_picture_is_sampled_from_every_column():
    pixels = np.zeros((4096, 4096), np.float32)
    pixels[:, 4000:] = 1.0
    shown = window_to_8_bits(pixels)
    assert (shown[0, 0], shown[0, 4090]) == (0, 255)
    assert np.array_equal(shown, window_to_8_bits(pixels))


def png(width, height, depth, colour, rows, *chunks):
    """Return a PNG by hand, for depths that Pillow does not write."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    content = zlib.compress(b"".join(b"\0" + row for row in rows))
    parts = [chunk(b"IHDR", header), *(chunk(*each) for each in chunks), chunk(b"IDAT", content)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


@pytest.mark.parametrize("colour", [2, 6], ids=["RGB", "RGBA"])
def test_of_colours_of_16_bits_the_upper_8_are_shown(colour):
    pixel = struct.pack(">4H", 0xFF00, 0x80FF, 0x2001, 0xFFFF)[: 6 if colour == 2 else 8]
    frame = frame_of(png(16, 16, 16, colour, [pixel * 16] * 16))
    assert frame[8, 8].tolist() == pytest.approx([0xFF, 0x80, 0x20], abs=3)


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_grey_of_few_bits_goes_from_black_to_white(depth):
    black, white = bytes(4 * depth), b"\xff" * 4 * depth
    frame = frame_of(png(64, 32, depth, 0, [black + white] * 32))
    assert (frame[16, 8, 0], frame[16, 56, 0]) == (0, 255)


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_palettes_of_any_depth_show_their_colours(depth):
    first, second = bytes(4 * depth), b"\xff" * 4 * depth
    palette = b"\xff\0\0" + b"\0\0\xff" * (2**depth - 1)
    for transparency in ([], [(b"tRNS", b"\0")]):
        content = png(64, 32, depth, 3, [first + second] * 32, (b"PLTE", palette), *transparency)
        frame = frame_of(content)
        assert frame[16, 8].tolist() == pytest.approx([255, 0, 0], abs=3)
        assert frame[16, 56].tolist() == pytest.approx([0, 0, 255], abs=3)
