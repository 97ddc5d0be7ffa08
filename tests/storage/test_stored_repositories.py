from functools import partial

import pytest
from msgspec.structs import replace
from sqlalchemy import insert

from labelwright.domain.annotations import Tally
from labelwright.domain.frames import Segment
from labelwright.domain.repositories import Look, Repository, Work
from labelwright.domain.tasks import TaskFilter
from labelwright.storage import events as events_storage
from labelwright.storage import repositories as storage
from labelwright.storage import tasks as tasks_storage
from labelwright.storage.tables import events

NOW = "2026-11-22T10:00:00.000000Z"


@pytest.fixture
def task(database):
    """The id of a task of two jobs."""
    with database.write() as tx:
        fields = {"owner_id": None, "assignee_id": None, "bug_tracker": "", "subset": "", "overlap": None}
        task_id = tasks_storage.insert_task(tx, name="t", segment_size=1, now_utc=NOW, **fields)
        tasks_storage.insert_jobs(tx, task_id, [Segment(0, 0), Segment(1, 1)])
    return task_id


@pytest.fixture
def repository(database, task):
    made = Repository(task_id=task, url="git@h:o/r", path="a 标.zip", lfs=True, format="COCO 1.0", branch="b")
    with database.write() as tx:
        storage.write_repository(tx, made)
    return made


def test_a_repository_comes_back_as_it_was_written(database, task, repository):
    with database.read() as tx:
        assert storage.read_repository(tx, task) == repository
        assert storage.read_repository(tx, task + 1) is None


def test_another_repository_takes_the_place_of_the_first(database, task, repository):
    other = replace(repository, url="/srv/r", pushed_commit="c", pushed_revisions={1: 2}, remote="sync")
    with database.write() as tx:
        storage.write_repository(tx, other)
        assert storage.read_repository(tx, task) == other
        assert storage.list_repositories(tx, TaskFilter()) == [other]


def test_a_push_is_kept_unless_the_repository_is_another_by_then(database, task, repository):
    done = {
        "pushed_commit": "c",
        "pushed_utc": NOW,
        "pushed_revisions": {1: 2},
        "remote": "sync",
        "seen_tip": "t",
    }
    pushed = replace(repository, **done)
    with database.write() as tx:
        assert storage.note_push(tx, pushed)
        assert storage.read_repository(tx, task) == pushed
        assert not storage.note_push(tx, replace(pushed, path="other.zip"))
        assert storage.read_repository(tx, task) == pushed


def test_a_look_is_kept_unless_another_commit_was_pushed_meanwhile(database, task, repository):
    with database.write() as tx:
        storage.note_push(tx, replace(repository, pushed_commit="new", remote="sync"))
        storage.note_look(tx, replace(repository, pushed_commit="old"), Look("merged", "tip"))
        assert storage.read_repository(tx, task).remote == "sync"
        storage.note_look(tx, replace(repository, pushed_commit="new"), Look("merged", "tip"))
        found = storage.read_repository(tx, task)
    assert (found.remote, found.seen_tip) == ("merged", "tip")


def test_only_tasks_with_a_repository_tell_their_revisions(database, task, repository):
    with database.write() as tx:
        first, second = (job.id for job in tasks_storage.list_jobs(tx, task))
        tasks_storage.raise_revision(tx, second, by=3)
        assert storage.read_revisions(tx, TaskFilter()) == {task: {first: 0, second: 3}}
        assert storage.read_revisions(tx, TaskFilter(id=task + 1)) == {}


def test_a_task_that_is_deleted_takes_its_repository_along(database, task, repository):
    with database.write() as tx:
        tasks_storage.delete_task(tx, task)
        assert storage.list_repositories(tx, TaskFilter()) == []


def test_repositories_are_listed_of_visible_tasks_only(database, task, repository):
    with database.write() as tx:
        assert storage.list_repositories(tx, TaskFilter(visible_to=1)) == [repository]
        assert storage.list_repositories(tx, TaskFilter(visible_to=1, unassigned_visible=False)) == []


def test_work_is_counted_between_two_pushes(database, task, repository):
    with database.write() as tx:
        first, second = (job.id for job in tasks_storage.list_jobs(tx, task))
        save = partial(events_storage.insert_save, tx, user_id=None, at_utc=NOW, kind="edit")
        for revision in (1, 2, 3):
            save(job_id=first, revision=revision, tally=Tally(created=10**revision, updated=1))
        save(job_id=second, revision=1, tally=Tally(deleted=5))
        assert storage.read_work(tx, repository, {first: 3, second: 1}) == Work(1110, 3, 5, 0.0)
        since = replace(repository, pushed_revisions={first: 1, second: 1})
        assert storage.read_work(tx, since, {first: 2, second: 1}) == Work(100, 1, 0, 0.0)


def test_hours_are_those_clients_told_of_since_the_last_push(database, task, repository):
    fields = {
        "received_utc": NOW,
        "name": "Send logs",
        "client_id": 1,
        "is_active": True,
        "message": "",
        "payload": "{}",
    }
    with database.write() as tx:
        for at_utc in ("2026-11-22T09:00:00.000000Z", "2026-11-22T11:00:00.000000Z"):
            tx.connection.execute(
                insert(events).values(task_id=task, at_utc=at_utc, working_ms=1_800_000, **fields)
            )
        assert storage.read_work(tx, repository, {}).hours == 1.0
        assert storage.read_work(tx, replace(repository, pushed_utc=NOW), {}).hours == 0.5
