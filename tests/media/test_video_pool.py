import threading
import time

import pytest

from labelwright.domain.errors import Invalid
from labelwright.media.video_index import VideoLimits
from labelwright.media.video_pool import VideoPool
from labelwright.media.video_process import VideoProcess

LIMITS = VideoLimits(100)


@pytest.fixture
def started(plain_clip):
    """A way to start processes, and the list of those it started."""
    processes = []

    def start():
        processes.append(VideoProcess(plain_clip, None, name="plain.mp4", limits=LIMITS, threads=1))
        return processes[-1]

    yield start, processes
    for process in processes:
        process.close()


def test_who_comes_back_finds_the_same_process(started):
    start, processes = started
    pool = VideoPool(2)
    for key in ("a", "b", "a"):
        with pool.borrow(key, start):
            pass
    assert len(processes) == 2
    pool.close()
    assert not any(process.is_alive for process in processes)


def test_process_is_ended_by_name_unless_somebody_uses_it(started):
    start, processes = started
    pool = VideoPool(2)
    for key in ("a", "b"):
        with pool.borrow(key, start):
            pool.end(key)
            assert processes[-1].is_alive
    pool.end("a")
    pool.end("c")
    assert [process.is_alive for process in processes] == [False, True]


def test_process_used_longest_ago_is_ended_first(started):
    start, processes = started
    pool = VideoPool(2)
    for key in ("a", "b", "a", "c"):
        with pool.borrow(key, start):
            pass
    assert [process.is_alive for process in processes] == [True, False, True]


def test_two_readers_of_one_video_get_a_process_each_and_one_is_kept(started):
    start, processes = started
    pool = VideoPool(2)
    with pool.borrow("a", start) as one, pool.borrow("a", start) as other:
        assert one is not other
    assert sorted(process.is_alive for process in processes) == [False, True]


def test_process_whose_answer_was_broken_off_is_not_kept(started):
    start, processes = started
    pool = VideoPool(2)

    def cancel(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), pool.borrow("a", start) as process:
        process.make_index(cancel)
    assert not processes[0].is_alive
    with pool.borrow("a", start) as process:
        assert len(process.make_index(lambda share: None)) == 75


def test_process_that_was_asked_amiss_is_kept(started):
    start, processes = started
    pool = VideoPool(2)
    with pool.borrow("a", start) as process:
        process.make_index(lambda share: None)
    with pytest.raises(Invalid), pool.borrow("a", start) as process:
        process.read_jpeg(75, quality=70)
    with pool.borrow("a", start) as process:
        assert process.read_jpeg(74, quality=70)
    assert len(processes) == 1


def test_process_nobody_comes_back_to_is_ended(started):
    start, processes = started
    pool = VideoPool(2, idle_s=0.05)
    for key in ("a", "b"):
        with pool.borrow(key, start):
            pass
    deadline = time.monotonic() + 20
    while any(process.is_alive for process in processes):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_few_work_at_a_time(started):
    start, _ = started
    pool = VideoPool(1, most_at_work=1)
    began, ended = threading.Event(), threading.Event()

    def read():
        with pool.borrow("b", start):
            began.set()
        ended.set()

    with pool.borrow("a", start):
        threading.Thread(target=read).start()
        assert not began.wait(0.1)
    assert ended.wait(20)
    pool.close()
