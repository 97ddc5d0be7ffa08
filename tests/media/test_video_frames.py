import hashlib
import random
from pathlib import Path

import numpy as np
import pytest

from labelwright.media.planes import read_planes
from labelwright.media.video import VideoReader
from labelwright.media.video_index import VideoLimits
from labelwright.media.video_scan import make_index, walk

LIMITS = VideoLimits(100)
X264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p")
PICKED = "select='not(mod(n,3))+not(mod(n,7))',setpts=PTS+random(0)*0.01/TB"
TWICE = "setpts=floor(N/2)*2/25/TB"
# Name and arguments; True where the file's own tables are believed.
CLIPS = {
    "b-frames.mp4": ((*X264, "-bf", "3", "-g", "12"), True),
    "open-gop.mp4": ((*X264, "-bf", "3", "-g", "12", "-x264-params", "open-gop=1"), True),
    "open-gop.mkv": ((*X264, "-bf", "3", "-g", "12", "-x264-params", "open-gop=1"), True),
    "intra-refresh.mp4": ((*X264, "-bf", "2", "-g", "25", "-x264-params", "intra-refresh=1"), True),
    "variable-rate.mp4": ((*X264, "-vf", PICKED, "-fps_mode", "vfr", "-g", "250"), True),
    "equal-times.mkv": (
        (*X264, "-vf", TWICE, "-fps_mode", "passthrough", "-enc_time_base", "1:1000", "-bf", "0", "-g", "12"),
        False,
    ),
    "long-gop.mov": ((*X264, "-g", "250"), True),
    "fragmented.mp4": ((*X264, "-g", "12", "-movflags", "frag_keyframe+empty_moov"), True),
    "interlaced.mp4": ((*X264, "-vf", "interlace", "-flags", "+ildct+ilme", "-g", "12"), False),
    "ten-bit.mp4": (("-c:v", "libx264", "-pix_fmt", "yuv420p10le", "-g", "12"), True),
    "full-chroma.mp4": (("-c:v", "libx264", "-pix_fmt", "yuv444p", "-g", "12"), True),
    "hevc.mp4": (("-c:v", "libx265", "-x265-params", "log-level=error", "-g", "12"), True),
    "vp8-hidden.webm": (("-c:v", "libvpx", "-g", "30", "-auto-alt-ref", "1", "-lag-in-frames", "16"), True),
    "vp9-hidden.webm": (
        ("-c:v", "libvpx-vp9", "-g", "30", "-auto-alt-ref", "1", "-lag-in-frames", "16", "-cpu-used", "5"),
        True,
    ),
    "av1.mp4": (("-c:v", "libsvtav1", "-preset", "12", "-g", "30"), True),
    "h264.avi": ((*X264, "-bf", "2", "-g", "12"), False),
    "mpeg4.avi": (("-c:v", "mpeg4", "-bf", "2", "-g", "12"), False),
    "mjpeg.avi": (("-c:v", "mjpeg", "-q:v", "4"), False),
    "raw.avi": (("-c:v", "rawvideo", "-pix_fmt", "uyvy422"), False),
    "h264.ts": ((*X264, "-bf", "2", "-g", "12"), False),
    "h264.flv": ((*X264, "-bf", "2", "-g", "12"), False),
    "mpeg1.mpg": (("-c:v", "mpeg1video", "-g", "12"), False),
    "msmpeg4.wmv": (("-c:v", "msmpeg4", "-g", "12"), False),
    "theora.ogv": (("-c:v", "libtheora", "-g", "12"), False),
    "prores.mov": (("-c:v", "prores_ks", "-pix_fmt", "yuv422p10le"), True),
    "palette.mov": (("-c:v", "qtrle", "-pix_fmt", "rgb24"), False),
    "grey.mkv": (("-c:v", "ffv1", "-pix_fmt", "gray10le"), True),
}


def index_of(path, threads=2):
    return make_index(path, name=path.name, limits=LIMITS, threads=threads, heard=lambda share: None)


def reader_of(path, index, **options):
    return VideoReader(path, index, name=path.name, limits=LIMITS, threads=2, **options)


def md5(frame):
    digest = hashlib.md5(usedforsecurity=False)
    for plane in read_planes(frame):
        digest.update(np.ascontiguousarray(plane))
    return digest.hexdigest()


@pytest.fixture(scope="session")
def frame_md5s(ffmpeg):
    def ask(path):
        whole = ("-noautorotate", "-i", path, "-map", "0:V:0", "-fps_mode", "passthrough")
        lines = ffmpeg(*whole, "-f", "framemd5", "-").decode().splitlines()
        return [line.rpartition(",")[2].strip() for line in lines if not line.startswith("#")]

    return ask


def _read_in_any_order(path, index):
    """Every frame's MD5, read in an order drawn by chance, from decoders that keep nothing."""
    numbers = list(range(len(index)))
    random.Random(6).shuffle(numbers)
    with reader_of(path, index, cache_bytes=0) as reader:
        found = {number: md5(frame) for number, frame in reader.read(numbers)}
    return [found[number] for number in range(len(index))]


@pytest.mark.parametrize("name", CLIPS)
def test_frame_n_is_frame_n_of_ffmpeg(name, make_clip, frame_md5s):
    arguments, is_believed = CLIPS[name]
    path = make_clip(name, *arguments)
    index = index_of(path)
    expected = frame_md5s(path)
    assert index.is_walked is not is_believed
    assert _read_in_any_order(path, index) == expected
    with reader_of(path, index) as reader:
        assert [md5(frame) for _, frame in reader.read(range(len(index)))] == expected


@pytest.mark.parametrize(
    "name", ["bigbuckbunny.mp4", "bikes.mp4", "carphone_distorted.mp4", "carphone_pristine.mp4"]
)
def test_frame_n_of_a_real_clip_is_frame_n_of_ffmpeg(name, oracle_places, frame_md5s):
    path = Path(oracle_places[1], "datasets", "data", name)
    index = index_of(path)
    with reader_of(path, index) as reader:
        in_order = [md5(frame) for _, frame in reader.read(range(len(index)))]
        back = [md5(frame) for _, frame in reader.read([len(index) - 1, len(index) // 2, 7, 0])]
    assert in_order == frame_md5s(path)
    assert back == [in_order[-1], in_order[len(index) // 2], in_order[7], in_order[0]]


@pytest.mark.parametrize("name", [name for name, (_, is_believed) in CLIPS.items() if is_believed])
def test_tables_that_are_believed_say_what_decoding_shows(name, make_clip):
    path = make_clip(name, *CLIPS[name][0])
    believed = index_of(path)
    walked = walk(path, name=name, limits=LIMITS, threads=2, heard=lambda share: None)
    assert believed.packets.tolist() == walked.packets.tolist()
    assert believed.times.tolist() == walked.times.tolist()
    assert believed.origins.tolist() == walked.origins.tolist()


def test_frames_before_an_edit_lists_cut_do_not_count(plain_clip, make_clip, frame_md5s):
    path = make_clip("cut.mp4", "-c", "copy", before=("-ss", "1.01", "-i", plain_clip))
    index = index_of(path)
    assert len(index) < 75
    assert _read_in_any_order(path, index) == frame_md5s(path)


def test_pictures_that_lean_on_what_was_cut_away_do_not_count(make_clip, frame_md5s, tmp_path):
    whole = make_clip("open-gop.ts", *CLIPS["open-gop.mkv"][0])
    path = tmp_path / "joined-late.ts"
    path.write_bytes(whole.read_bytes()[188 * 200 :])
    index = index_of(path)
    assert 10 < len(index) < 75
    assert _read_in_any_order(path, index) == frame_md5s(path)


@pytest.mark.parametrize("name", ["long-gop.mov", "b-frames.mp4"])
def test_the_tail_that_is_missing_takes_only_its_own_frames(name, make_clip, frame_md5s, tmp_path):
    fast = make_clip(f"fast-{name}", *CLIPS[name][0], "-movflags", "faststart")
    path = tmp_path / name
    path.write_bytes(fast.read_bytes()[: fast.stat().st_size * 2 // 3])
    index = index_of(path)
    assert 20 < len(index) < 75
    assert _read_in_any_order(path, index) == frame_md5s(path)


def test_first_stream_of_moving_pictures_is_shown(plain_clip, make_clip, frame_md5s):
    cover = make_clip("cover.png", "-frames:v", "1")
    sound = ("-f", "lavfi", "-i", "sine=d=1")
    both = (*sound, "-i", cover, "-i", plain_clip, "-i", make_clip("long-gop.mov", *CLIPS["long-gop.mov"][0]))
    maps = ("-map", "0", "-map", "1", "-map", "2", "-map", "3", "-c:v", "copy")
    path = make_clip("many.mp4", *maps, "-disposition:v:0", "attached_pic", before=both)
    assert _read_in_any_order(path, index_of(path)) == frame_md5s(plain_clip)
