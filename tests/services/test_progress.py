"""How far jobs are is counted from what they show, on both databases."""

from dataclasses import replace

import pytest
from drawn import box, change, with_photographs

from labelwright.domain.errors import Forbidden, Invalid
from labelwright.domain.labels import LabelSpec
from labelwright.domain.projects import ProjectSpec
from labelwright.domain.tasks import JobChange, TaskSpec
from labelwright.services import accounts, annotations, projects, statistics, tasks
from labelwright.storage import annotations as annotations_storage
from labelwright.storage import layers
from labelwright.storage import tasks as tasks_storage


@pytest.fixture
def progress(deps, user):
    def read(**about):
        wanted = dict.fromkeys(("project_id", "task_id", "job_id")) | about
        return statistics.read_progress(deps, user=user, **wanted)

    return read


@pytest.fixture
def shared(deps, user):
    """A task in a project, of two photographs in two jobs of which the second is all shared: frames 0–1 and 1–1."""
    project = projects.create_project(
        deps, user=user, spec=ProjectSpec(name="p", labels=(LabelSpec(name="car"), LabelSpec(name="dog")))
    )
    spec = TaskSpec(name="t", project_id=project.id, segment_size=2, overlap=1)
    return with_photographs(deps, user, tasks.create_task(deps, user=user, spec=spec))


def test_shared_frames_count_once_in_the_task_and_in_each_job(deps, user, shared, progress):
    assert [(job.first_frame, job.last_frame) for job in shared.jobs] == [(0, 1), (1, 1)]
    wanted = change("create", box(shared, frame=0), box(shared, frame=1), box(shared, frame=1, label=1))
    annotations.save_task(deps, user=user, task_id=shared.id, change=wanted)
    done = JobChange(status="completed")
    tasks.change_job(deps, user=user, job_id=shared.jobs[0].id, change=done)
    found = progress(task_id=shared.id)
    assert (found.whole.frames, found.whole.frames_with_objects, found.whole.objects) == (2, 2, 5)
    assert found.whole.jobs == {"annotation": 1, "validation": 0, "completed": 1}
    assert [(part.frames, part.frames_with_objects, part.objects) for part in found.parts] == [
        (2, 2, 3),
        (1, 1, 2),
    ]
    assert [(label.name, label.objects) for label in found.labels] == [("car", 3), ("dog", 2)]
    of_project = progress(project_id=shared.project_id)
    assert (of_project.whole.frames, of_project.whole.objects, of_project.whole.jobs) == (
        2,
        5,
        found.whole.jobs,
    )
    assert [(part.id, part.name, part.frames_with_objects) for part in of_project.parts] == [
        (shared.id, "t", 2)
    ]
    assert progress(job_id=shared.jobs[1].id).whole == found.parts[1]


def test_what_an_import_replaced_does_not_count(deps, user, task, progress):
    """What it came with is there under another key, and what it replaced waits to go to history."""
    job = task.jobs[0].id
    wanted = change("create", box(task), box(task))
    annotations.save_job(deps, user=user, job_id=job, change=wanted)
    with deps.database.write() as tx:
        key = layers.begin_layer(tx, job, operation_id="x")
        layers.show_layer(tx, job, key, revision=tasks_storage.raise_revision(tx, job, by=2))
        assert annotations_storage.count_objects(tx, job) == 0
    assert progress(task_id=task.id).whole.objects == 0
    annotations.save_job(deps, user=user, job_id=job, change=change("create", box(task)))
    assert (progress(task_id=task.id).whole.objects, progress(job_id=job).labels[0].objects) == (1, 1)


def test_what_is_empty_has_noughts(deps, user, progress):
    project = projects.create_project(deps, user=user, spec=ProjectSpec(name="p", labels=()))
    assert (progress(project_id=project.id).whole.frames, progress(project_id=project.id).parts) == (0, [])
    made = tasks.create_task(deps, user=user, spec=TaskSpec(name="t", project_id=project.id))
    found = progress(task_id=made.id)
    assert (found.whole.frames, found.whole.objects, found.parts, found.labels) == (0, 0, [], [])
    assert [part.name for part in progress(project_id=project.id).parts] == ["t"]


def test_exactly_one_is_named(progress):
    for about in ({}, {"project_id": 1, "job_id": 1}, {"project_id": 1, "task_id": 1, "job_id": 1}):
        with pytest.raises(Invalid, match="name exactly one"):
            progress(**about)


def test_who_may_not_see_into_it_sees_no_progress(deps, task):
    account = accounts.NewAccount(username="eve", password="x", password_again="x")
    eve = accounts.create_account(deps, account=account, roles=(), is_admin=False)
    hidden = replace(deps, reduce_task_visibility=True)
    with pytest.raises(Forbidden):
        statistics.read_progress(hidden, user=eve, project_id=None, task_id=task.id, job_id=None)
