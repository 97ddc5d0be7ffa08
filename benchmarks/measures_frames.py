"""What is measured of frames alone, without a server: encoding them anew, and reading them out of an archive."""

import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from statistics import median

import materials
import simplejpeg
from measures import Size
from table import Row

from labelwright.archives import Limits, open_place
from labelwright.media.archives import find_frames
from labelwright.media.images import encode_compressed, read_image_size

_PICTURES = 24
_MEMBERS = 480
_QUALITY = 70
_LIMIT = 500.0


def measure_frames(size: Size) -> Iterator[Row]:
    """One core encodes photographs anew, beside simplejpeg alone; one core reads sizes out of a zip archive."""
    pictures = materials.photographs(_PICTURES)
    ours, bare = [], []
    for _ in range(size.few + 1):  # in turns, so that a busy machine slows both; the first turn warms up
        ours.append(_rate(pictures, _encode))
        bare.append(_rate(pictures, _encode_bare))
    share = median(our / one for our, one in zip(ours[1:], bare[1:], strict=True))
    yield Row(
        what=("JPEG 1920×1080 encoded anew for a chunk, one core", "为数据块重新编码 1920×1080 JPEG，单核"),
        wanted="≥ 0.85",
        measured=(
            f"{share:.2f} ({median(ours[1:]):.0f} images/s of CPU)",
            f"{share:.2f}（每 CPU 秒 {median(ours[1:]):.0f} 张）",
        ),
        floor=(
            f"1 ({median(bare[1:]):.0f} images/s: simplejpeg decodes and encodes)",
            f"1（{median(bare[1:]):.0f} 张/s：simplejpeg 解码并编码）",
        ),
        is_reached=share >= 0.85,
    )
    content = _zipped(pictures)
    rates = [_MEMBERS / _cpu_s(lambda: _read_sizes(content)) for _ in range(size.few)]
    unpacked = f"{_unpack_rate(content):.0f}"
    yield Row(
        what=(
            f"images of a zip found, checked and measured ({_MEMBERS}, deflated), one core",
            f"查找、校验并测量 zip 中的图片（{_MEMBERS} 张，deflate），单核",
        ),
        wanted=("≥ 500 images/s", "≥ 500 张/s"),
        measured=(f"{median(rates):.0f} images/s of CPU", f"每 CPU 秒 {median(rates):.0f} 张"),
        floor=(f"{unpacked} images/s: zlib unpacks", f"{unpacked} 张/s：zlib 解压"),
        is_reached=median(rates) >= 500,
    )


def _cpu_s(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _rate(pictures: Sequence[bytes], encode: Callable[[bytes], object]) -> float:
    return len(pictures) / _cpu_s(lambda: [encode(picture) for picture in pictures])


def _encode(picture: bytes) -> bytes:
    return encode_compressed(
        picture, name="photo", quality=_QUALITY, max_megapixels=_LIMIT, max_chunk_megapixels=_LIMIT
    )


def _encode_bare(picture: bytes) -> bytes:
    pixels = simplejpeg.decode_jpeg(picture)
    return bytes(simplejpeg.encode_jpeg(pixels, quality=_QUALITY, colorsubsampling="420"))


def _zipped(pictures: Sequence[bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for index in range(_MEMBERS):
            archive.writestr(f"photos/{index:05}.jpg", pictures[index % len(pictures)])
    return target.getvalue()


def _read_sizes(content: bytes) -> None:
    file = BytesIO(content)
    for frame in find_frames(file, "zip", name="photos.zip", limits=Limits(), keep=lambda name, _: name):
        assert frame.place is not None
        source = open_place(file, frame.place, where=frame.name).read()
        read_image_size(source, name=frame.name, max_megapixels=_LIMIT)


def _unpack_rate(content: bytes) -> float:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return _MEMBERS / _cpu_s(lambda: [archive.read(name) for name in archive.namelist()])
