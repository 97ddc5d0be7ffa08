"""Which frame is which when a task's images are read anew, and whose it is then."""

import pytest

from labelwright.domain.frames import Segment
from labelwright.domain.reloads import Reload, match_frames
from labelwright.domain.tasks import FrameRow


def _rows(*paths):
    return [
        FrameRow(number, number, path.rpartition("/")[2], 4, 3, f"storage:{path}")
        for number, path in enumerate(paths)
    ]


MATCHES = {
    "nothing changed": (("d/a", "d/b"), ("d/a", "d/b"), {0: 0, 1: 1}),
    "one came before, one went": (("d/b", "d/c"), ("d/a", "d/b"), {0: 1}),
    "moved to another folder": (("d/a", "d/b"), ("d/a", "d/sub/b"), {0: 0, 1: 1}),
    "the whole folder moved": (("old/x/a", "old/y/a"), ("new/x/a", "new/y/a"), {0: 0, 1: 1}),
    "a name that two have now": (("d/a",), ("d/x/a", "d/y/a"), {}),
    "a name that two had, one by its folder": (("d/x/a", "d/y/a"), ("e/y/a",), {1: 0}),
    "a path goes before a name": (("d/x/a", "d/y/a"), ("d/y/a", "d/z/a"), {1: 0, 0: 1}),
    "all gone": (("d/a",), ("d/b",), {}),
}


@pytest.mark.parametrize("case", MATCHES)
def test_a_frame_is_known_by_its_path_or_by_what_is_left_of_it(case):
    before, after, expected = MATCHES[case]
    assert match_frames(_rows(*before), _rows(*after)) == expected


def test_a_job_keeps_its_place_and_what_it_still_has():
    reload = Reload({0: 1, 1: 2, 2: 3, 3: 4}, [Segment(0, 1), Segment(2, 3), Segment(4, 4)])
    assert [reload.home(frame // 2, reload.places[frame]) for frame in range(4)] == [0, 1, 1, 2]
    shared = Reload({0: 0, 1: 1, 2: 2}, [Segment(0, 1), Segment(1, 2)])
    assert [shared.home(0, 1), shared.home(1, 1), shared.home(2, 1)] == [0, 1, 0]
    assert [shared.is_untouched(0, 0, 1), shared.is_untouched(1, 1, 3), shared.is_untouched(2, 0, 1)] == [
        True, False, False,
    ]  # fmt: skip
    assert not Reload({0: 0}, [Segment(0, 1)]).is_untouched(0, 0, 1)
