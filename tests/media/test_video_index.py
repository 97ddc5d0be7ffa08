from fractions import Fraction

import numpy as np
import pytest

from labelwright.media.video_files import open_video
from labelwright.media.video_index import FrameIndex, Starts, VideoLimits, choose_starts, find_origins
from labelwright.media.video_scan import make_index, walk
from labelwright.media.video_starts import is_exact_start

AVCC = bytes([1, 66, 0, 30, 0xFF, 0xE1])


def numbers(*values):
    return np.array(values, dtype=np.int64)


def options(path):
    return {"name": path.name, "limits": VideoLimits(10), "threads": 1, "heard": lambda share: None}


@pytest.mark.parametrize(
    ("packets", "starts", "expected"),
    [
        pytest.param((0, 1, 2, 3), (0, 2), (0, 0, 1, 1), id="in file order"),
        pytest.param((0, 2, 1, 3, 5, 4), (0, 3), (0, 0, 0, 1, 1, 1), id="closed group, B-frames"),
        pytest.param((0, 2, 1, 4, 5, 3, 6), (0, 3), (0, 0, 0, 0, 0, 1, 1), id="open group: two lean back"),
        pytest.param((2, 3, 4), (0, 3), (0, 1, 1), id="first packets bring out nothing"),
        pytest.param((0, 0, 1, 2, 2), (0, 2), (0, 0, 0, 1, 1), id="two pictures of one packet"),
    ],
)
def test_frame_is_decoded_from_the_last_start_it_leans_on(packets, starts, expected):
    assert find_origins(numbers(*packets), numbers(*starts)).tolist() == list(expected)


def test_starts_are_told_apart_by_time_and_bring_out_a_frame():
    candidates = Starts(numbers(0, 3, 5, 7, 9), numbers(10, 30, 40, 40, 90))
    chosen = choose_starts(numbers(0, 2, 3, 5, 7), candidates)
    assert chosen.packets.tolist() == [0, 3]
    assert chosen.anchors.tolist() == [0, 30]


def _unit(kind, *content):
    return bytes([kind, *content])


def _avcc(*units):
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


def _annex_b(*units):
    return b"".join(b"\0\0\1" + unit for unit in units)


@pytest.mark.parametrize(
    ("join", "extradata"), [(_avcc, AVCC), (_annex_b, None)], ids=["sized", "start codes"]
)
@pytest.mark.parametrize(
    ("units", "expected"),
    [
        pytest.param([_unit(9, 16), _unit(5, 1, 2)], True, id="IDR"),
        pytest.param([_unit(6, 6, 1, 0xC4), _unit(1, 1, 2)], True, id="right at once"),
        pytest.param([_unit(6, 5, 2, 7, 7, 6, 1, 0x84), _unit(1, 1, 2)], True, id="behind another message"),
        pytest.param([_unit(6, 6, 2, 0x09, 0x80), _unit(1, 1, 2)], False, id="right after 8 frames"),
        pytest.param([_unit(6, 5, 1, 7), _unit(1, 1, 2)], False, id="nothing is said"),
        pytest.param([], False, id="empty"),
        pytest.param([_unit(6, 6, 200, 0)], False, id="message cut off"),
    ],
)
def test_exact_start_of_h264(join, extradata, units, expected):
    assert is_exact_start(join(*units), extradata) is expected


def test_index_comes_back_from_its_bytes(plain_clip):
    index = walk(plain_clip, **options(plain_clip))
    back = FrameIndex.from_bytes(index.to_bytes())
    assert back.to_bytes() == index.to_bytes()
    assert [back.hash_of(number) for number in range(75)] == [index.hash_of(number) for number in range(75)]
    assert len(index.to_bytes()) < 75 * 20 + 500


def test_index_knows_when_a_frame_is_shown_and_which_are_key(plain_clip):
    index = make_index(plain_clip, **options(plain_clip))
    assert [round(index.time_s(number), 6) for number in (0, 1, 25, 74)] == [0, 0.04, 1, 2.96]
    assert [number for number in range(75) if index.is_key(number)] == [0, 12, 24, 36, 48, 60, 72]
    assert (index.width, index.height, index.codec, index.pixel_format) == (160, 120, "h264", "yuv420p")
    assert index.hash_of(0) is None


def test_times_of_a_variable_rate_are_those_of_the_file(make_clip):
    chosen = ("-vf", "select='eq(n,0)+eq(n,1)+eq(n,5)+eq(n,30)'", "-fps_mode", "vfr")
    path = make_clip("four.mp4", "-c:v", "libx264", "-pix_fmt", "yuv420p", *chosen)
    index = make_index(path, **options(path))
    assert [round(index.time_s(number), 6) for number in range(4)] == [0, 0.04, 0.2, 1.2]


def test_closed_video_gives_no_way_to_memory_that_is_gone(plain_clip):
    with open_video(plain_clip, name="plain.mp4", limits=VideoLimits(10)) as video:
        rates = video.time_base, video.frame_rate
    assert not hasattr(video, "stream")
    assert not hasattr(video, "container")
    assert (video.time_base, video.frame_rate) == rates == (Fraction(1, 12800), 25)
