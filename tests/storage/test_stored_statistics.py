"""Sums of events and saves, alike on both databases."""

from datetime import datetime

import pytest
from sqlalchemy.event import listens_for

from labelwright.domain.annotations import Tally
from labelwright.domain.events import numbers_of
from labelwright.domain.statistics import Shift, Wanted, Work, find_zone, shifts
from labelwright.storage import events, statistics
from labelwright.storage.statistics import Seen

ALL = Seen(by=None, owned=False)
FIRST = "2026-03-01T12:00:00.000000Z"
UTC_DAYS = [Shift(None, 0)]


def moment(day, clock="12:00:00"):
    return f"2026-{day}T{clock}.000000Z"


@pytest.fixture
def tell(database):
    """Store an event with its payload."""

    def write(name, payload, *, user=None, at=FIRST, **ids):
        places = dict.fromkeys(("job_id", "task_id", "project_id")) | ids
        numbers = numbers_of(name, payload)
        row = events.EventRow(user_id=user, received_utc=moment("11-22"), at_utc=at, name=name, client_id=1,
            is_active=True, message="", payload="{}", duration_ms=numbers.duration_ms,
            working_ms=numbers.working_ms, count=numbers.count, **places)  # fmt: skip
        with database.write() as tx:
            events.insert_events(tx, [row])

    return write


@pytest.fixture
def save(database):
    def write(job, tally, *, user=None, at=FIRST, kind="edit"):
        with database.write() as tx:
            events.insert_save(tx, job_id=job, user_id=user, at_utc=at, kind=kind, revision=1, tally=tally)

    return write


@pytest.fixture
def summed(database):
    def read(*by, days=UTC_DAYS, seen=ALL, **wanted):
        with database.read() as tx:
            return statistics.sum_work(tx, Wanted(**wanted), by=by, days=days, seen=seen)

    return read


ACTIVITY, DRAWN = "Send user activity", "Draw object"


def test_events_and_saves_come_together_by_every_word(
    add_task, add_project, add_user, tell, save, summed, database
):
    project, ada = add_project(), add_user().id
    task = add_task(project_id=project)
    about = {"user": ada, "job_id": task.jobs[0], "task_id": task.id, "project_id": project}
    tell(ACTIVITY, {"working_time": 5_000}, **about)
    tell(ACTIVITY, {"working_time": 6_000}, **about)
    tell(DRAWN, {"duration": 900, "count": 2}, **about)
    tell(DRAWN, {"duration": 100}, **about)
    tell("Zoom image", {"duration": 7, "working_time": 7}, **about)
    save(task.jobs[0], Tally(3, 2, 1), user=ada)
    save(task.jobs[0], Tally(1, 0, 0), user=ada)
    expected = Work(working_ms=11_000, drawing_ms=1_000, drawn=3, created=4, updated=2, deleted=1)
    key = ("2026-03-01", ada, task.id, task.jobs[0], project)
    assert summed("day", "user", "task", "job", "project") == {key: expected}
    assert summed() == {(): expected}
    assert summed("project", "day") == {(project, "2026-03-01"): expected}


def test_what_is_no_handwork_does_not_count(add_task, save, summed):
    task = add_task()
    save(task.jobs[0], Tally(100, 0, 0), kind="import")
    save(task.jobs[0], Tally(0, 0, 9), kind="labels")
    assert summed("task") == summed() == {}


def test_conditions_hold_all_at_once(add_task, add_user, tell, save, summed):
    first, second, ada = add_task(), add_task(), add_user().id
    for n, task in enumerate((first, second), 1):
        tell(ACTIVITY, {"working_time": n}, user=ada, task_id=task.id, at=moment(f"03-0{n}"))
        save(task.jobs[0], Tally(n, 0, 0), at=moment(f"03-0{n}"))
    assert summed(task_id=second.id) == {(): Work(working_ms=2, created=2)}
    assert summed(job_id=second.jobs[0]) == {(): Work(created=2)}
    assert summed(user_id=ada) == {(): Work(working_ms=3)}
    assert summed(from_utc=moment("03-02")) == {(): Work(working_ms=2, created=2)}
    assert summed(until_utc=moment("03-02")) == {(): Work(working_ms=1, created=1)}
    assert summed(task_id=first.id, from_utc=moment("03-02")) == {}


@pytest.mark.parametrize(
    "zone", ["UTC", "Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "Europe/Berlin"]
)
def test_each_moment_falls_on_its_day_in_the_zone(zone, tell, summed):
    clock = find_zone(zone)
    told = [moment(f"{month:02}-{day}", time) for month in range(1, 13) for day in (24, 28)
            for time in ("00:30:00", "03:59:59", "04:00:00", "15:59:59", "16:00:00", "22:30:00")]  # fmt: skip
    told += [moment("03-29", "00:59:59"), moment("03-29", "01:00:00"), moment("10-25", "22:59:59")]
    days = shifts(clock, min(told), moment("12-31"))
    expected = {}
    for at in told:
        tell(ACTIVITY, {"working_time": 1}, at=at)
        local = datetime.fromisoformat(at).astimezone(clock).date().isoformat()
        expected[(local,)] = expected.get((local,), 0) + 1
    assert {key: work.working_ms for key, work in summed("day", days=days).items()} == expected


def test_owners_and_assignees_see_work_in_what_is_theirs(
    add_task, add_project, add_user, tell, save, summed, database
):
    ada, bob, eve = (add_user(name).id for name in ("ada", "bob", "eve"))
    inside = add_task(project_id=add_project(owner_id=ada))
    alone = add_task(owner_id=bob, assignee_id=ada)
    tell(ACTIVITY, {"working_time": 1}, user=eve, project_id=1)
    tell(ACTIVITY, {"working_time": 10}, user=eve, task_id=inside.id, project_id=1)
    tell(ACTIVITY, {"working_time": 100}, user=eve, task_id=alone.id)
    tell(ACTIVITY, {"working_time": 1000}, user=eve)
    save(inside.jobs[0], Tally(10, 0, 0), user=eve)
    save(alone.jobs[0], Tally(100, 0, 0), user=eve)
    assert summed(seen=Seen(by=ada, owned=True)) == {(): Work(working_ms=111, created=110)}
    assert summed(seen=Seen(by=bob, owned=True)) == {(): Work(working_ms=100, created=100)}
    assert summed(seen=Seen(by=eve, owned=True)) == {(): Work(working_ms=1111, created=110)}
    assert summed(seen=Seen(by=ada, owned=False)) == {}
    assert summed(seen=Seen(by=eve, owned=False)) == summed(seen=ALL)


def test_events_are_listed_and_walked(add_task, add_user, tell, database):
    task, ada = add_task(), add_user().id
    for n in range(5):
        tell(
            f"event {n % 2}",
            {"count": n},
            user=ada if n else None,
            at=moment(f"03-0{n + 1}"),
            task_id=task.id,
        )
    wanted = Wanted(task_id=task.id)
    with database.read() as tx:
        count, page = statistics.list_events(tx, wanted, name="event 0", seen=ALL, offset=1, limit=5)
        walked = [
            list(row) for batch in statistics.walk_events(tx, wanted, name="", seen=ALL) for row in batch
        ]
    assert (count, [event.count for event in page]) == (3, [2, 0])
    assert [event.user and event.user.username for event in page] == ["ada", None]
    named = [dict(zip(statistics.EVENT_COLUMNS, row, strict=True)) for row in walked]
    assert [(row["count"], row["username"]) for row in named] == [
        (0, None),
        *((n, "ada") for n in range(1, 5)),
    ]


def test_people_are_read_by_the_thousand(add_user, database):
    ada = add_user().id
    with database.read() as tx:
        assert [*statistics.read_people(tx, {ada, *range(10**6, 10**6 + 2_500)})] == [ada]
        assert statistics.read_people(tx, set()) == {}


def test_the_first_moment_is_that_of_an_event_or_a_save(database, add_task, tell, save):
    def first():
        with database.read() as tx:
            return statistics.first_moment(tx)

    assert first() is None
    save(add_task().jobs[0], Tally(1, 0, 0), at=moment("03-02"))
    assert first() == moment("03-02")
    tell("Zoom image", {}, at=FIRST)
    assert first() == moment("03-01")


def test_sums_are_read_from_the_indexes_of_what_counts(sqlite_database):
    """Of events there are very many, of those that count few: a query that looks at all takes ten times as long."""
    asked = []

    @listens_for(sqlite_database.engine, "before_cursor_execute")
    def note(_connection, _cursor, query, values, *_):
        if query.startswith("SELECT"):
            asked.append((query, values))

    with sqlite_database.read() as tx:
        statistics.sum_work(tx, Wanted(), by=("user", "task"), days=UTC_DAYS, seen=ALL)
        plans = [
            str(tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values).all())
            for query, values in list(asked)
        ]
    assert ["events_working" in plans[0], "events_drawing" in plans[1]] == [True, True], plans
    assert ["COVERING INDEX" in plan for plan in plans[:2]] == [True, True], plans
