import pytest

from labelwright.domain.errors import Invalid, InvalidMedia
from labelwright.domain.frames import (
    Mode,
    effective_overlap,
    frame_step,
    parse_frame_filter,
    select_frames,
    split_added,
    split_frames,
)


@pytest.mark.parametrize(
    ("size", "mode", "segment_size", "asked", "overlap", "expected"),
    [
        pytest.param(5, "annotation", 2, None, 0, "0-1 2-3 4-4", id="images overlap by none unless asked"),
        pytest.param(6, "annotation", 3, 2, 1, "0-2 2-4 4-5", id="overlap capped at half an odd segment"),
        pytest.param(6, "annotation", 4, 2, 2, "0-3 2-5 4-5", id="overlap of half a segment"),
        pytest.param(10, "annotation", 4, 1, 1, "0-3 3-6 6-9 9-9", id="last job holds only shared frames"),
        pytest.param(10, "annotation", 4, 9, 2, "0-3 2-5 4-7 6-9 8-9", id="overlap over a segment"),
        pytest.param(10, "annotation", 0, 9, 5, "0-9", id="one segment, overlap capped at half the task"),
        pytest.param(40, "interpolation", 15, None, 5, "0-14 10-24 20-34 30-39", id="video overlaps by 5"),
        pytest.param(7, "interpolation", 0, None, 3, "0-6", id="short video in one segment"),
        pytest.param(3, "annotation", 1, 1, 0, "0-0 1-1 2-2", id="segments of one frame cannot overlap"),
    ],
)
def test_segments_match_what_v1_clients_see(
    size: int, mode: Mode, segment_size: int, asked: int | None, overlap: int, expected: str
) -> None:
    assert effective_overlap(size, segment_size, asked, mode) == overlap
    segments = split_frames(size, segment_size, overlap)
    assert " ".join(f"{segment.first}-{segment.last}" for segment in segments) == expected


def test_splitting_caps_the_overlap_itself() -> None:
    assert split_frames(10, 4, 9) == split_frames(10, 4, 2)


@pytest.mark.parametrize("size", [1, 10, 97])
def test_every_frame_is_in_some_segment(size: int) -> None:
    segments = split_frames(size, segment_size=10, overlap=3)
    seen = {frame for segment in segments for frame in range(segment.first, segment.last + 1)}
    assert seen == set(range(size))


def test_an_empty_task_cannot_be_split() -> None:
    with pytest.raises(Invalid, match="cannot split 0 frames"):
        split_frames(0, segment_size=10, overlap=0)


@pytest.mark.parametrize(
    ("count", "start", "stop", "step", "expected"),
    [
        pytest.param(40, 3, 30, 4, [3, 7, 11, 15, 19, 23, 27], id="stop falls between two steps"),
        pytest.param(5, 0, None, 1, [0, 1, 2, 3, 4], id="everything"),
        pytest.param(5, 2, 99, 1, [2, 3, 4], id="stop beyond the media is clamped"),
        pytest.param(5, 0, 0, 1, [0], id="stop at the first frame"),
        pytest.param(5, 1, None, 100, [1], id="step beyond the media"),
    ],
)
def test_selected_frames_are_source_frames(
    count: int, start: int, stop: int | None, step: int, expected: list[int]
) -> None:
    assert list(select_frames(count, start, stop, step)) == expected


@pytest.mark.parametrize(
    ("added", "segment_size", "overlap", "expected"),
    [
        pytest.param(5, 0, 0, [(7, 11)], id="one segment when no size is asked"),
        pytest.param(5, 0, 3, [(7, 11)], id="no overlap with frames there are"),
        pytest.param(5, 2, 0, [(7, 8), (9, 10), (11, 11)], id="a remainder"),
        pytest.param(5, 4, 1, [(7, 10), (10, 11)], id="overlap among themselves"),
    ],
)
def test_added_frames_get_segments_behind_the_others(
    added: int, segment_size: int, overlap: int, expected: list[tuple[int, int]]
) -> None:
    segments = split_added(7, added, segment_size, overlap)
    assert [(segment.first, segment.last) for segment in segments] == expected


def test_a_stop_before_the_start_is_refused() -> None:
    with pytest.raises(Invalid, match="Stop frame must be more or equal start frame"):
        select_frames(10, 5, 4, 1)


def test_a_start_past_the_media_leaves_no_frame() -> None:
    with pytest.raises(InvalidMedia, match="the media has 10 frames, start_frame is 10"):
        select_frames(10, 10, None, 1)


@pytest.mark.parametrize(
    ("text", "step"), [("step=1", 1), ("step = 25", 25), ("fps, step=3;", 3), ("step=2.5", 2)]
)
def test_a_frame_filter_names_its_step(text: str, step: int) -> None:
    assert parse_frame_filter(text) == step


def test_a_task_without_a_frame_filter_takes_every_frame() -> None:
    assert (frame_step(""), frame_step("step=4")) == (1, 4)


@pytest.mark.parametrize("text", ["", "step=0", "step=05", "step", "3", "step=-1", "step=٣"])
def test_a_frame_filter_without_a_step_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="Invalid frame filter expression") as caught:
        parse_frame_filter(text)
    assert caught.value.field == "frame_filter"
