"""The bound on what strangers may ask, and what they are counted under."""

from datetime import UTC, datetime, timedelta

import pytest

from labelwright.api import throttling
from labelwright.api.throttling import Throttle, counted_address
from labelwright.domain.errors import TooManyRequests


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 22, tzinfo=UTC)

    def __call__(self):
        return self.now


def test_any_minute_bears_so_many_requests_of_an_address():
    clock = Clock()
    throttle = Throttle(3, clock)
    for seconds in (0, 20, 20):
        clock.now += timedelta(seconds=seconds)
        throttle.count("a")
    with pytest.raises(TooManyRequests) as refused:
        throttle.count("a")
    assert refused.value.wait_s == 20
    throttle.count("b")
    clock.now += timedelta(seconds=20)
    throttle.count("a")
    with pytest.raises(TooManyRequests):
        throttle.count("a")


def test_no_bound_is_no_bound():
    throttle = Throttle(0, Clock())
    for _ in range(1000):
        throttle.count("a")


def test_addresses_of_the_past_are_forgotten(monkeypatch):
    monkeypatch.setattr(throttling, "_MOST_ADDRESSES", 10)
    clock = Clock()
    throttle = Throttle(1, clock)
    for number in range(9):
        throttle.count(f"old {number}")
    clock.now += timedelta(minutes=1)
    throttle.count("new")
    throttle.count("newer")
    with pytest.raises(TooManyRequests):
        throttle.count("new")
    for number in range(20):
        throttle.count(f"flood {number}")
    assert len(throttle._asked) <= 10


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        (None, ""),
    ],
)
def test_a_household_is_one_caller(host, counted):
    assert counted_address(host) == counted
