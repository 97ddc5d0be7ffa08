import io

import av
import numpy as np
import pytest
from PIL import Image

from labelwright.media.video import VideoReader
from labelwright.media.video_index import VideoLimits
from labelwright.media.video_pictures import frame_to_jpeg, frame_to_pixels, frame_to_png, frame_to_preview
from labelwright.media.video_scan import make_index

LIMITS = VideoLimits(100)
X264 = ("-c:v", "libx264")
HD = ("-f", "lavfi", "-i", "testsrc2=s=1280x720:r=25:d=0.2")
# Name and arguments: matrix and range as tagged, and formats that go other ways through swscale.
COLOURS = {
    "untagged.mp4": (*X264, "-pix_fmt", "yuv420p"),
    "bt709.mp4": (*X264, "-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_range", "tv"),
    "bt601.mp4": (*X264, "-pix_fmt", "yuv420p", "-colorspace", "smpte170m"),
    "bt2020.mp4": (*X264, "-pix_fmt", "yuv420p", "-colorspace", "bt2020nc", "-color_trc", "smpte2084"),
    "full-range.mp4": (*X264, "-vf", "scale=out_range=pc,format=yuvj420p"),
    "full-709.mp4": (*X264, "-vf", "scale=out_range=pc,format=yuvj420p", "-colorspace", "bt709"),
    "ten-bit.mp4": (*X264, "-pix_fmt", "yuv420p10le", "-colorspace", "bt709"),
    "full-chroma.mp4": (*X264, "-pix_fmt", "yuv444p"),
    "interlaced.mp4": (*X264, "-pix_fmt", "yuv420p", "-vf", "interlace", "-flags", "+ildct+ilme"),
    "odd.mkv": ("-c:v", "ffv1", "-pix_fmt", "yuv420p", "-vf", "crop=159:119:0:0:exact=1"),
    "rgb.mov": ("-c:v", "qtrle", "-pix_fmt", "rgb24"),
    "grey.mkv": ("-c:v", "ffv1", "-pix_fmt", "gray10le"),
}
TURNS = {
    1: ("-display_rotation", "0"),
    2: ("-display_hflip",),
    3: ("-display_rotation", "180"),
    4: ("-display_vflip",),
    5: ("-display_rotation", "90", "-display_vflip"),
    6: ("-display_rotation", "270"),
    7: ("-display_rotation", "90", "-display_hflip"),
    8: ("-display_rotation", "90"),
}


def read(path, number=3):
    index = make_index(path, name=path.name, limits=LIMITS, threads=1, heard=lambda share: None)
    with VideoReader(path, index, name=path.name, limits=LIMITS, threads=1) as reader:
        ((_, frame),) = reader.read([number])
    return index, frame


def picture_of_ffmpeg(ffmpeg, path, number, layout):
    chosen = ("-i", path, "-map", "0:V:0", "-vf", f"select=eq(n\\,{number})", "-frames:v", "1")
    return ffmpeg(*chosen, "-pix_fmt", layout, "-f", "rawvideo", "-")


@pytest.mark.parametrize("name", COLOURS)
def test_colours_are_those_of_ffmpeg(name, make_clip, ffmpeg):
    path = make_clip(name, *COLOURS[name])
    index, frame = read(path)
    pixels = frame_to_pixels(frame, index)[..., :3]
    expected = np.frombuffer(picture_of_ffmpeg(ffmpeg, path, 3, "rgb24"), np.uint8).reshape(pixels.shape)
    assert pixels.shape == (index.height, index.width, 3)
    assert np.abs(pixels.astype(int) - expected).max() <= 2


def test_untagged_hd_is_taken_for_bt601_as_ffmpeg_takes_it(make_clip, ffmpeg):
    path = make_clip("untagged-hd.mp4", *X264, "-pix_fmt", "yuv420p", before=HD)
    index, frame = read(path)
    expected = np.frombuffer(picture_of_ffmpeg(ffmpeg, path, 3, "rgb24"), np.uint8)
    assert np.abs(frame_to_pixels(frame, index).reshape(-1).astype(int) - expected).max() <= 2


@pytest.mark.parametrize("orientation", TURNS)
def test_frames_are_turned_as_the_file_says(orientation, make_clip, ffmpeg):
    plain = make_clip("turned.mov", *X264, "-pix_fmt", "yuv420p")
    path = make_clip(f"turned-{orientation}.mov", "-c", "copy", before=(*TURNS[orientation], "-i", plain))
    index, frame = read(path)
    pixels = frame_to_pixels(frame, index)[..., :3]
    expected = np.frombuffer(picture_of_ffmpeg(ffmpeg, path, 3, "rgb24"), np.uint8)
    assert index.orientation == orientation
    assert (index.width, index.height) == ((160, 120) if orientation < 5 else (120, 160))
    assert np.abs(pixels.reshape(-1).astype(int) - expected).max() <= 2


def test_png_of_eight_bits_is_the_frame(plain_clip):
    index, frame = read(plain_clip)
    with Image.open(io.BytesIO(frame_to_png(frame, index))) as image:
        assert image.mode == "RGB"
        assert (np.asarray(image) == frame_to_pixels(frame, index)).all()


@pytest.mark.parametrize("turn", [(), ("-display_rotation", "90")], ids=["upright", "turned"])
def test_png_of_ten_bits_keeps_them(turn, make_clip, ffmpeg):
    path = make_clip("ten-bit.mp4", *COLOURS["ten-bit.mp4"])
    if turn:
        path = make_clip("ten-bit-turned.mp4", "-c", "copy", before=(*turn, "-i", path))
    index, frame = read(path)
    with av.open(io.BytesIO(frame_to_png(frame, index))) as container:
        png = next(container.decode(video=0))
    expected = np.frombuffer(picture_of_ffmpeg(ffmpeg, path, 3, "rgb48be"), ">u2")
    assert png.format.name == "rgb48be"
    assert np.abs(png.to_ndarray().reshape(-1).astype(int) - expected).max() <= 2 << 8


def test_preview_fits_its_box_and_is_never_enlarged(make_clip, plain_clip):
    wide = make_clip("wide.mp4", *X264, "-pix_fmt", "yuv420p", before=HD)
    sizes = []
    for path in (wide, plain_clip):
        index, frame = read(path, 0)
        with Image.open(io.BytesIO(frame_to_preview(frame, index))) as image:
            sizes.append((image.format, *image.size))
    assert sizes == [("JPEG", 256, 144), ("JPEG", 160, 120)]


def test_frame_without_picture_is_plain_grey(plain_clip):
    index, _ = read(plain_clip)
    with Image.open(io.BytesIO(frame_to_jpeg(None, index, quality=70))) as image:
        assert image.size == (160, 120)
        assert image.getcolors() == [(160 * 120, (128, 128, 128))]


def test_frames_of_another_size_come_in_the_size_of_the_first(ffmpeg, make_clip, tmp_path):
    small = make_clip("small.ts", *X264, "-pix_fmt", "yuv420p")
    large = make_clip("large.ts", *X264, "-pix_fmt", "yuv420p", before=HD)
    path = tmp_path / "grows.ts"
    path.write_bytes(small.read_bytes() + large.read_bytes())
    index, frame = read(path, 77)
    assert (frame.width, frame.height) == (1280, 720)
    assert frame_to_pixels(frame, index).shape == (120, 160, 3)
