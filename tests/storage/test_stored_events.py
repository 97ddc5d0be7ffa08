"""Events of clients on both databases: what they are about, and how long they stay."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from labelwright.compose import open_deps
from labelwright.domain.times import utc_text
from labelwright.services import events as service
from labelwright.settings import Settings
from labelwright.storage import events, tasks, users

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)


def row(user_id, *, days=0.0, **fields):
    """An event of `days` before NOW."""
    values = dict.fromkeys(events.EventRow.__struct_fields__)
    told = {"user_id": user_id, "received_utc": utc_text(NOW), "at_utc": utc_text(NOW - timedelta(days=days))}
    values |= {
        "name": "Zoom image",
        "client_id": 2**63 - 1,
        "is_active": True,
        "message": "猫",
        "payload": "",
    }
    return events.EventRow(**values | told | fields)


def counted(database, condition="true"):
    with database.read() as tx:
        return tx.connection.execute(text(f"SELECT count(*) FROM events WHERE {condition}")).scalar()


def test_places_are_those_that_exist_with_what_they_are_in(database, add_task, add_project, add_task_to):
    project, alone = add_project(), add_task()
    inside = add_task_to(project)
    with database.write() as tx:
        found = events.find_places(
            tx,
            job_ids={alone.jobs[0], 10**6},
            task_ids={inside, *range(10**6, 10**6 + 2_500)},
            project_ids={project, 10**6},
        )
    assert found.jobs == {alone.jobs[0]: (alone.id, None)}
    assert found.tasks == {inside: project, alone.id: None}
    assert found.projects == {project}


def test_places_of_nothing_are_none(database):
    with database.write() as tx:
        found = events.find_places(tx, job_ids=(), task_ids=(), project_ids=())
    assert (found.jobs, found.tasks, found.projects) == ({}, {}, set())


def test_events_stay_when_their_user_goes_and_go_with_their_task(database, add_task, add_user):
    task, ada = add_task(), add_user().id
    with database.write() as tx:
        events.insert_events(
            tx, [row(ada, task_id=task.id), row(ada, task_id=task.id, job_id=task.jobs[0]), row(ada)]
        )
        users.delete_user(tx, ada)
    assert counted(database, "user_id IS NULL") == 3
    with database.write() as tx:
        tasks.delete_task(tx, task.id)
    assert counted(database) == 1


@pytest.fixture
def keep(database, tmp_path):
    """Sweep with events kept for some days."""
    opened = []

    def sweep(days):
        url = database.url.set(drivername="sqlite" if database.is_sqlite else "postgresql")
        settings = Settings(
            data=tmp_path / "data",
            database_url=url.render_as_string(hide_password=False),
            events_kept_days=days,
        )
        opened.append(open_deps(settings))
        service.forget_old(replace(opened[-1], clock=lambda: NOW))

    yield sweep
    for deps in opened:
        deps.database.close()


def test_old_events_are_forgotten_however_many_there_are(database, add_user, keep):
    ada = add_user().id
    with database.write() as tx:
        events.insert_events(tx, [row(ada, days=10 + n / 1000) for n in range(4_100)])
        events.insert_events(tx, [row(ada, days=9.9), row(ada)])
    keep(11)
    assert counted(database) == 1_001 + 2
    keep(10)
    assert counted(database) == 3
    keep(10)
    assert counted(database) == 3


def test_events_are_kept_for_ever_when_the_setting_says_so(database, keep):
    with database.write() as tx:
        events.insert_events(tx, [row(None, days=20_000)])
    keep(0)
    assert counted(database) == 1
    keep(400)
    assert counted(database) == 0


def test_events_of_a_task_or_project_are_deleted_some_at_a_time(database, add_task, add_project):
    project, alone = add_project(), add_task()
    inside = add_task(project_id=project)
    with database.write() as tx:
        events.insert_events(tx, [row(None, task_id=inside.id, project_id=project)] * 2_001)
        events.insert_events(tx, [row(None, task_id=alone.id)] * 2 + [row(None)])
        assert [events.delete_events_of(tx, project_id=project) for _ in range(3)] == [True, False, False]
        assert not events.delete_events_of(tx, task_id=alone.id)
    assert counted(database) == 1


def test_events_lose_their_user_some_at_a_time(database, add_user):
    ada, bob = add_user("ada").id, add_user("bob").id
    with database.write() as tx:
        events.insert_events(tx, [row(ada)] * 2_001 + [row(bob)])
        assert [events.unname_events(tx, ada) for _ in range(3)] == [True, False, False]
    assert (counted(database), counted(database, "user_id IS NULL")) == (2_002, 2_001)
