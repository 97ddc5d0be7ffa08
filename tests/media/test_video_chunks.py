import io
import zipfile
from functools import partial

import av
import numpy as np
import pytest

from labelwright.domain.errors import InvalidMedia
from labelwright.media.video import VideoReader
from labelwright.media.video_chunks import (
    compressed_size_wh,
    write_compressed_mp4,
    write_jpeg_chunk,
    write_original_mp4,
)
from labelwright.media.video_index import VideoLimits
from labelwright.media.video_pictures import frame_to_jpeg, frame_to_pixels
from labelwright.media.video_scan import make_index

LIMITS = VideoLimits(100)
X264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p")


def open_clip(path):
    index = make_index(path, name=path.name, limits=LIMITS, threads=1, heard=lambda share: None)
    return index, VideoReader(path, index, name=path.name, limits=LIMITS, threads=1)


def frames_of(mp4):
    with av.open(io.BytesIO(mp4)) as container:
        return container.streams.video[0], list(container.decode(video=0))


def psnr(one, other):
    return 10 * np.log10(255**2 / np.mean((one.astype(float) - other) ** 2))


def test_jpeg_chunk_holds_each_frame_asked_for(plain_clip):
    index, reader = open_clip(plain_clip)
    with reader:
        chunk = write_jpeg_chunk(reader.read(range(3, 31, 9)), index, quality=70, threads=2)
        single = [frame_to_jpeg(frame, index, quality=70) for _, frame in reader.read(range(3, 31, 9))]
    with zipfile.ZipFile(io.BytesIO(chunk)) as archive:
        assert archive.namelist() == ["000000.jpeg", "000001.jpeg", "000002.jpeg", "000003.jpeg"]
        assert [archive.read(name) for name in archive.namelist()] == single


def test_compressed_mp4_is_what_the_browser_decoder_of_2021_takes(plain_clip):
    index, reader = open_clip(plain_clip)
    with reader:
        chunk = write_compressed_mp4(reader.read(range(10, 46)), index, quality=70)
        ((_, expected),) = reader.read([25])
    stream, frames = frames_of(chunk)
    assert (len(frames), stream.average_rate, stream.codec_context.name) == (36, 25, "h264")
    assert "Baseline" in stream.profile
    assert [frame.pict_type for frame in frames] == [1] + [2] * 35
    assert psnr(frames[15].to_ndarray(format="rgb24"), frame_to_pixels(expected, index)) > 35


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        pytest.param((160, 120), (160, 120), id="small"),
        pytest.param((1920, 1080), (960, 540), id="1080 high is halved"),
        pytest.param((3840, 2160), (960, 540), id="2160 high is quartered"),
        pytest.param((1917, 1079), (1918, 1080), id="odd sides grow"),
    ],
)
def test_size_of_compressed_mp4(size, expected, plain_clip):
    index, _ = open_clip(plain_clip)
    object.__setattr__(index, "width", size[0])
    object.__setattr__(index, "height", size[1])
    assert compressed_size_wh(index) == expected


@pytest.mark.parametrize("rotation", [0, 90])
def test_original_mp4_is_nearly_the_frame(rotation, make_clip):
    odd = make_clip("odd.mkv", "-c:v", "ffv1", "-pix_fmt", "yuv444p", "-vf", "crop=159:119:0:0:exact=1")
    path = make_clip(
        f"odd-{rotation}.mov", "-c", "copy", before=("-display_rotation", str(rotation), "-i", odd)
    )
    index, reader = open_clip(path)
    with reader:
        _, frames = frames_of(write_original_mp4(reader.read(range(5)), index))
        ((_, expected),) = reader.read([4])
    size = (160, 120) if rotation == 0 else (120, 160)
    assert [(frame.width, frame.height) for frame in frames] == [size] * 5
    scaled = frames[4].reformat(index.width, index.height, "rgb24").to_ndarray()
    assert psnr(scaled, frame_to_pixels(expected, index)) > 20


def test_without_x264_mp4_chunks_are_refused_in_words(plain_clip, monkeypatch):
    monkeypatch.setattr("labelwright.media.video_chunks._ENCODER", "libnone")
    index, reader = open_clip(plain_clip)
    for write in (partial(write_compressed_mp4, quality=70), write_original_mp4):
        with pytest.raises(InvalidMedia, match="comes without x264"):
            write(reader.read([0]), index)


def test_lower_quality_is_smaller_and_every_chunk_the_same_each_time(plain_clip):
    index, reader = open_clip(plain_clip)
    with reader:
        fine, coarse, again = (
            write_compressed_mp4(reader.read(range(20)), index, quality=quality) for quality in (90, 30, 90)
        )
    assert fine == again
    assert len(coarse) < len(fine) / 2


def test_frame_without_picture_is_grey_in_a_chunk(plain_clip):
    index, _ = open_clip(plain_clip)
    _, frames = frames_of(write_original_mp4([(0, None)], index))
    assert np.abs(frames[0].to_ndarray(format="rgb24").astype(int) - 128).max() <= 2
