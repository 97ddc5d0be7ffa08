import threading

import pytest

from labelwright.domain.errors import NotFound
from labelwright.parts.ahead import Ahead

PATIENCE_S = 10


@pytest.fixture
def done():
    """Names of works that are done, in order; `done.wait(count)` waits for so many."""

    class Done(list):
        changed = threading.Condition()

        def work(self, name):
            def append():
                with self.changed:
                    self.append(name)
                    self.changed.notify_all()

            return append

        def wait(self, count):
            with self.changed:
                assert self.changed.wait_for(lambda: len(self) == count, PATIENCE_S), self

    return Done()


def test_the_newest_goes_first_the_oldest_are_forgotten_and_nothing_begins_before_those_in_front(done):
    ahead = Ahead()
    with ahead.in_front():
        for number in range(12):
            ahead.begin(str(number), done.work(number))
        ahead.begin("9", done.work("9 again"))
        assert done == []
    done.wait(8)
    assert done == ["9 again", 11, 10, 8, 7, 6, 5, 4]


def test_a_work_that_fails_is_passed_over(done):
    ahead = Ahead()

    def fail():
        raise NotFound("the file is gone")

    with ahead.in_front():
        ahead.begin("next", done.work("next"))
        ahead.begin("gone", fail)
    done.wait(1)
    ahead.begin("later", done.work("later"))
    done.wait(2)


def test_a_work_that_was_begun_gives_way_to_who_comes_after(done):
    ahead, began, goes_on = Ahead(), threading.Event(), threading.Event()

    def work():
        began.set()
        assert goes_on.wait(PATIENCE_S)
        ahead.give_way()
        done.work("ahead")()

    ahead.begin("chunk", work)
    assert began.wait(PATIENCE_S)
    with ahead.in_front():
        goes_on.set()
        done.work("in front")()
    done.wait(2)
    assert done == ["in front", "ahead"]


def test_what_was_not_begun_is_forgotten_at_the_end(done):
    ahead = Ahead()
    with ahead.in_front():
        ahead.begin("chunk", done.work("chunk"))
        ahead.close()
    ahead.begin("other", done.work("other"))
    done.wait(1)
    assert done == ["other"]
