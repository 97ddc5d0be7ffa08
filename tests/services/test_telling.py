"""Clients tell of their work while what it is about goes, on both databases."""

from concurrent.futures import ThreadPoolExecutor

from drawn import with_photographs
from sqlalchemy import text

from labelwright.domain.errors import Conflict, NotFound
from labelwright.domain.events import Event
from labelwright.domain.labels import LabelSpec
from labelwright.domain.projects import ProjectSpec
from labelwright.domain.requests import RequestKey
from labelwright.domain.tasks import TaskChange, TaskSpec
from labelwright.services import events, projects, tasks

CAR = (LabelSpec(name="car"),)


def told(task, name="Zoom image"):
    return [
        Event(name=name, told_utc="2021-05-07T02:34:23.031000Z", client_id=1, job_id=task.jobs[0].id)
    ] * 20


def counted(deps, condition="true"):
    with deps.database.read() as tx:
        return tx.connection.execute(text(f"SELECT count(*) FROM events WHERE {condition}")).scalar()


def test_a_project_is_deleted_while_clients_tell_of_its_jobs(deps, user):
    """They hold project, job and task in the order of those who delete: nobody waits for who waits for them."""
    for _ in range(4):
        project = projects.create_project(deps, user=user, spec=ProjectSpec(name="p", labels=CAR))
        spec = TaskSpec(name="t", project_id=project.id, segment_size=1)
        task = with_photographs(deps, user, tasks.create_task(deps, user=user, spec=spec))
        with ThreadPoolExecutor(9) as pool:
            done = [
                pool.submit(events.take_events, deps, user=user, events=told(task), lines=[])
                for _ in range(8)
            ]
            done.insert(4, pool.submit(projects.delete_project, deps, user=user, project_id=project.id))
        assert {type(each.exception()) for each in done} <= {type(None), Conflict, NotFound}
        assert counted(deps, "job_id IS NOT NULL") == 0
    assert counted(deps) % 20 == 0


def test_a_task_moves_while_clients_tell_of_it(deps, user, task):
    project = projects.create_project(
        deps, user=user, spec=ProjectSpec(name="p", labels=(*CAR, LabelSpec(name="dog")))
    )
    moved = TaskChange(project_id=project.id)
    with ThreadPoolExecutor(9) as pool:
        done = [
            pool.submit(events.take_events, deps, user=user, events=told(task), lines=[]) for _ in range(8)
        ]
        done.insert(4, pool.submit(tasks.change_task, deps, user=user, task_id=task.id, change=moved))
    assert [each.exception() for each in done] == [None] * 9
    assert counted(deps, f"project_id = {project.id}") == counted(deps) == 160


def test_retries_at_once_store_once(deps, user, task):
    request = RequestKey("k", "same")
    with ThreadPoolExecutor(8) as pool:
        done = [
            pool.submit(events.take_events, deps, user=user, events=told(task), lines=[], request=request)
            for _ in range(8)
        ]
    assert [each.exception() for each in done] == [None] * 8
    assert counted(deps) == 20
