"""Zones, days and rates."""

from datetime import UTC, date, datetime, timedelta

import pytest

from labelwright.domain.errors import Invalid
from labelwright.domain.events import numbers_of
from labelwright.domain.statistics import Shift, Work, WorkRow, find_zone, in_order, period, shifts
from labelwright.domain.times import utc_text
from labelwright.domain.users import Person

BERLIN = find_zone("Europe/Berlin")
SUMMER_2026 = "2026-03-29T01:00:00.000000Z"
WINTER_2026 = "2026-10-25T01:00:00.000000Z"


@pytest.mark.parametrize(
    ("zone", "first", "last", "expected"),
    [
        pytest.param("UTC", "2020-01-01T00:00:00.000000Z", "2026-01-01T00:00:00.000000Z", [Shift(None, 0)], id="UTC"),
        pytest.param("Asia/Shanghai", "2006-12-01T00:00:00.000000Z", "2026-11-22T00:00:00.000000Z",
            [Shift(None, 28_800)], id="no summer time"),
        pytest.param("Europe/Berlin", "2026-01-01T12:34:56.700000Z", "2026-11-22T05:00:00.000000Z",
            [Shift(SUMMER_2026, 3_600), Shift(WINTER_2026, 7_200), Shift(None, 3_600)], id="one summer"),
        pytest.param("Europe/Berlin", SUMMER_2026, SUMMER_2026, [Shift(None, 7_200)], id="a single moment"),
        pytest.param("Asia/Kolkata", "2026-01-01T00:00:00.000000Z", "2026-02-01T00:00:00.000000Z",
            [Shift(None, 19_800)], id="half an hour"),
    ],
)  # fmt: skip
def test_a_zone_is_ahead_piece_by_piece(zone, first, last, expected):
    assert shifts(find_zone(zone), first, last) == expected


def test_every_moment_of_twenty_years_falls_on_its_day():
    last = datetime(2026, 11, 22, 5, tzinfo=UTC)
    first = last - timedelta(days=19 * 365)
    pieces = shifts(BERLIN, utc_text(first), utc_text(last))
    assert len(pieces) == 19 * 2 + 1
    moment = first
    while moment < last:
        ahead = next(
            piece.seconds for piece in pieces if piece.until_utc is None or utc_text(moment) < piece.until_utc
        )
        assert (moment + timedelta(seconds=ahead)).date() == moment.astimezone(BERLIN).date()
        moment += timedelta(hours=5, minutes=59)


def test_what_is_told_of_the_year_1000_costs_no_years_of_looking():
    assert len(shifts(BERLIN, "1000-01-01T00:00:00.000000Z", "2026-11-22T05:00:00.000000Z")) < 45


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        pytest.param(None, None, (None, None), id="for ever"),
        pytest.param(date(2026, 3, 29), date(2026, 3, 29),
            ("2026-03-28T23:00:00.000000Z", "2026-03-29T22:00:00.000000Z"), id="a day of 23 hours"),
        pytest.param(date(2026, 1, 1), None, ("2025-12-31T23:00:00.000000Z", None), id="from a day on"),
    ],
)  # fmt: skip
def test_a_period_holds_its_last_day(first, last, expected):
    assert period(first, last, BERLIN) == expected


def test_a_period_goes_forward():
    with pytest.raises(Invalid, match="2026-01-01 lies before 2026-01-02"):
        period(date(2026, 1, 2), date(2026, 1, 1), UTC)


@pytest.mark.parametrize(
    "name", ["", "utc+1", "/etc/localtime", "../UTC", "Europe", "Europe/Berlin\0", "x" * 300, "ü"]
)
def test_what_is_no_zone_is_refused(name):
    with pytest.raises(Invalid, match="is no time zone"):
        find_zone(name)


@pytest.mark.parametrize(
    ("work", "seconds_per_object", "objects_per_hour"),
    [
        pytest.param(Work(), None, None, id="nothing"),
        pytest.param(Work(created=3), None, None, id="objects alone"),
        pytest.param(Work(working_ms=60_000), None, 0.0, id="time alone"),
        pytest.param(Work(working_ms=60_000, created=4), 15.0, 240.0, id="by working time"),
        pytest.param(
            Work(working_ms=60_000, created=4, drawing_ms=9_000, drawn=3), 3.0, 240.0, id="by drawing"
        ),
        pytest.param(Work(working_ms=60_000, created=4, drawn=3), 15.0, 240.0, id="drawn in no time"),
    ],
)
def test_rates(work, seconds_per_object, objects_per_hour):
    assert (work.seconds_per_object, work.objects_per_hour) == (seconds_per_object, objects_per_hour)


def test_rows_are_in_order_with_nobody_last():
    people = [Person(1, "bob", "", ""), None, Person(2, "Ada", "", ""), Person(3, "ada", "", "")]
    rows = [WorkRow({"user": person, "job": job}, Work()) for person in people for job in (None, 10, 9)]
    found = [
        (row.keys["user"] and row.keys["user"].username, row.keys["job"])
        for row in in_order(rows, ("user", "job"))
    ]
    assert found == [(name, job) for name in ("Ada", "ada", "bob", None) for job in (9, 10, None)]


@pytest.mark.parametrize(
    ("name", "payload", "expected"),
    [
        pytest.param("Send user activity", {"working_time": 0}, (None, 0, None), id="none"),
        pytest.param(
            "Send user activity", {"working_time": 86_400_000}, (None, 86_400_000, None), id="a day"
        ),
        pytest.param(
            "Send user activity", {"working_time": 86_400_000.5}, (None, None, None), id="over a day"
        ),
        pytest.param("Zoom image", {"working_time": 5}, (None, None, None), id="another event"),
        pytest.param("Draw object", {"duration": 1.5, "count": 3}, (2, None, 3), id="a fraction"),
        pytest.param("Draw object", {"duration": [1], "count": None}, (None, None, None), id="no numbers"),
        pytest.param("Draw object", {"duration": False, "count": -1}, (None, None, None), id="odd numbers"),
    ],
)
def test_numbers_that_can_be_believed(name, payload, expected):
    found = numbers_of(name, payload)
    assert (found.duration_ms, found.working_ms, found.count) == expected
