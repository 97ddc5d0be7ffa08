import io
import threading
import zipfile

import pytest
from PIL import Image

from labelwright.domain.errors import Invalid, InvalidMedia
from labelwright.media import FrameFile, FrameSource
from labelwright.media.chunks import (
    chunk_range,
    default_chunk_size,
    write_compressed_chunk,
    write_original_chunk,
)
from labelwright.media.sizes import ImageSize, encoding_threads


def _photo(shade, kind="JPEG"):
    target = io.BytesIO()
    Image.new("RGB", (32, 24), (shade, shade, shade)).save(target, kind)
    return target.getvalue()


def _frames(count):
    return [
        FrameSource(f"folder/{index}.jpg", lambda shade=index * 10: _photo(shade)) for index in range(count)
    ]


def _compressed(frames, threads=2, max_chunk_megapixels=10):
    target = io.BytesIO()
    limits = {"max_megapixels": 10, "max_chunk_megapixels": max_chunk_megapixels}
    write_compressed_chunk(frames, target, quality=80, threads=threads, **limits)
    return target.getvalue()


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        pytest.param(5472, 3648, 3, id="20 megapixels"),
        pytest.param(3840, 2160, 9, id="4K"),
        pytest.param(1920, 1080, 36, id="full HD"),
        pytest.param(1280, 720, 72, id="at most 72"),
        pytest.param(1, 1, 72, id="one pixel"),
        pytest.param(20_000, 10_000, 2, id="at least 2"),
    ],
)
def test_default_chunk_size_is_that_of_the_contract(width, height, expected):
    assert default_chunk_size(width, height) == expected


def test_frames_without_pixels_have_no_chunk_size():
    with pytest.raises(Invalid, match="0 wide and 5 high"):
        default_chunk_size(0, 5)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, range(0, 3)), (1, range(3, 6)), (2, range(6, 8))],
    ids=["first", "middle", "the last is shorter"],
)
def test_a_chunk_holds_its_frames(number, expected):
    assert chunk_range(number, chunk_size=3, size=8) == expected


@pytest.mark.parametrize("number", [-1, 3, 99])
def test_a_chunk_outside_the_task_does_not_exist(number):
    with pytest.raises(Invalid, match=r"^requested chunk does not exist$"):
        chunk_range(number, chunk_size=3, size=8)


def test_a_compressed_chunk_holds_jpegs_in_order_stored():
    with zipfile.ZipFile(io.BytesIO(_compressed(_frames(20), threads=3))) as chunk:
        assert chunk.testzip() is None
        assert chunk.namelist() == [f"{index:06}.jpeg" for index in range(20)]
        assert {member.compress_type for member in chunk.infolist()} == {zipfile.ZIP_STORED}
        shades = [Image.open(chunk.open(name)).getpixel((5, 5))[0] for name in chunk.namelist()]
    assert shades == pytest.approx([index * 10 for index in range(20)], abs=2)


def test_the_same_frames_give_the_same_bytes_in_any_number_of_threads():
    assert _compressed(_frames(6), threads=1) == _compressed(_frames(6), threads=4)


def test_an_original_chunk_holds_source_bytes_and_extensions(tmp_path):
    sources = {
        "a/x.jpg": _photo(1),
        "b.PNG": _photo(2, "PNG"),
        "c.tar.webp": b"",
        "d": b"as is",
        "e.tif": bytes(3_000_000),
    }
    frames = [
        FrameFile(name, lambda content=content: io.BytesIO(content)) for name, content in sources.items()
    ]
    with (tmp_path / "chunk.zip").open("w+b") as target:
        write_original_chunk(frames, target)
    with zipfile.ZipFile(tmp_path / "chunk.zip") as chunk:
        assert chunk.testzip() is None
        assert chunk.namelist() == ["000000.jpg", "000001.PNG", "000002.webp", "000003", "000004.tif"]
        assert [chunk.read(name) for name in chunk.namelist()] == list(sources.values())
        assert {member.compress_type for member in chunk.infolist()} == {zipfile.ZIP_STORED}
        assert {member.date_time for member in chunk.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    ("size", "cores", "expected"),
    [((1920, 1080), 2, 2), ((1920, 1080), 64, 48), ((10_000, 10_000), 8, 1), ((20_000, 20_000), 8, 1)],
)
def test_fewer_frames_are_decoded_at_once_the_larger_they_are(size, cores, expected):
    assert encoding_threads(ImageSize(*size), cores=cores) == expected


def test_a_chunk_holds_large_frames_made_smaller():
    chunk = _compressed(_frames(2), max_chunk_megapixels=32 * 24 / 4e6)
    with zipfile.ZipFile(io.BytesIO(chunk)) as members:
        assert [Image.open(members.open(name)).size for name in members.namelist()] == [(16, 12), (16, 12)]


def test_a_bad_frame_is_named_and_fails_the_chunk():
    frames = [*_frames(3), FrameSource("bad.jpg", lambda: b"no image"), *_frames(3)]
    with pytest.raises(InvalidMedia, match=r"^bad\.jpg is no image"):
        _compressed(frames)


def test_a_frame_that_cannot_be_read_fails_with_its_own_error():
    def gone():
        raise FileNotFoundError("photos/gone.jpg")

    with pytest.raises(FileNotFoundError, match=r"photos/gone\.jpg"):
        _compressed([*_frames(2), FrameSource("gone.jpg", gone)])


def test_no_more_frames_are_read_at_once_than_there_are_threads():
    lock, now, most = threading.Lock(), 0, 0

    def read():
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        content = _photo(9)
        with lock:
            now -= 1
        return content

    _compressed([FrameSource("photo.jpg", read)] * 30, threads=2)
    assert most <= 2
