"""Every change of annotations leaves a row that statistics are made of: by whom, when, how many objects."""

import json
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from drawn import box, change, create
from sqlalchemy import select, text

from labelwright.domain.annotations import Annotations, Tally, tally_replaced
from labelwright.domain.errors import Conflict
from labelwright.domain.events import Event
from labelwright.domain.labels import LabelSpec
from labelwright.domain.projects import ProjectSpec
from labelwright.domain.requests import NamedPerson, RequestKey
from labelwright.domain.tasks import JobChange, TaskChange
from labelwright.services import accounts, annotations, events, new_operation, projects, tasks, users
from labelwright.services.annotations import Sync
from labelwright.services.imports import ImportRequest, run_import
from labelwright.storage import operations as operations_storage
from labelwright.storage.tables import saves


@pytest.fixture
def rows(deps):
    """Return what is noted of a job: kind, revision, created, updated, deleted; oldest first."""

    def read(job):
        columns = (saves.c[name] for name in ("kind", "revision", "created", "updated", "deleted"))
        with deps.database.read() as tx:
            query = select(*columns).where(saves.c.job_id == job.id).order_by(saves.c.id)
            return [tuple(row) for row in tx.connection.execute(query)]

    return read


@pytest.fixture
def save(deps, user, task):
    """Write boxes of the first job, by id; None is a new one. Returns their ids."""

    def write(action, *ids):
        wanted = change(action, *(box(task, number=each) for each in ids))
        saved = annotations.save_job(deps, user=user, job_id=task.jobs[0].id, change=wanted)
        return [shape.id for shape in saved.shapes]

    return write


def test_each_way_of_saving_counts_what_it_did(task, save, rows):
    first, second, third = save("create", None, None, None)
    save("update", first, second, 10**6)
    save("delete", third, 10**6 + 1)
    save("replace", None, None)
    save("replace")
    assert rows(task.jobs[0]) == [
        ("edit", 1, 3, 0, 0),
        ("edit", 2, 1, 2, 0),
        ("edit", 3, 0, 0, 1),
        ("edit", 4, 0, 2, 1),
        ("edit", 5, 0, 0, 2),
    ]
    assert rows(task.jobs[1]) == []


def test_what_changes_nothing_leaves_no_row(task, save, rows):
    save("create")
    save("update")
    save("delete", 10**6)
    save("replace")
    assert rows(task.jobs[0]) == []


@pytest.mark.parametrize(
    ("before", "after", "tally"),
    [(0, 0, Tally()), (0, 3, Tally(created=3)), (5, 6, Tally(1, 5, 0)), (5, 2, Tally(0, 2, 3))],
)
def test_whoever_sends_everything_each_time_made_what_there_is_more(before, after, tally):
    assert tally_replaced(before, after) == tally
    assert bool(tally) == (tally != Tally())


def test_a_sync_is_one_row(deps, user, task, save, rows):
    kept, gone = save("create", None, None)
    update = Annotations(version=0, tags=[], shapes=[box(task, number=kept)])
    made = Annotations(version=0, tags=[], shapes=[box(task), box(task)])
    wanted = Sync(create=made, update=update, delete={"tags": [], "shapes": [gone]})
    annotations.sync_job(deps, user=user, job_id=task.jobs[0].id, sync=wanted)
    assert rows(task.jobs[0])[1:] == [("edit", 2, 2, 1, 1)]


def test_a_save_of_the_task_is_a_row_a_changed_job(deps, user, task, rows):
    wanted = change("create", box(task, frame=0), box(task, frame=0), box(task, frame=1))
    annotations.save_task(deps, user=user, task_id=task.id, change=wanted)
    only_second = change("create", box(task, frame=1))
    annotations.save_task(deps, user=user, task_id=task.id, change=only_second)
    assert rows(task.jobs[0]) == [("edit", 1, 2, 0, 0)]
    assert rows(task.jobs[1]) == [("edit", 1, 1, 0, 0), ("edit", 2, 1, 0, 0)]


def test_a_retry_is_no_second_row(deps, user, task, rows):
    for _ in range(2):
        create(deps, user, task, key=RequestKey("k", "same"))
    assert rows(task.jobs[0]) == [("edit", 1, 1, 0, 0)]


def test_a_deleted_label_and_a_move_are_no_handwork(deps, user, task, rows):
    create(deps, user, task)
    create(deps, user, task, label=1)
    gone = TaskChange(labels=(LabelSpec(id=task.labels[1].id, deleted=True),))
    tasks.change_task(deps, user=user, task_id=task.id, change=gone)
    spec = ProjectSpec(name="p", labels=(LabelSpec(name="car"),))
    project = projects.create_project(deps, user=user, spec=spec)
    moved = TaskChange(project_id=project.id)
    tasks.change_task(deps, user=user, task_id=task.id, change=moved)
    assert rows(task.jobs[0])[2:] == [("labels", 3, 0, 0, 1), ("labels", 4, 0, 1, 0)]


def test_rows_go_with_their_task_and_stay_without_their_user(deps, user, task, rows):
    account = accounts.NewAccount(username="ada", password="x", password_again="x")
    ada = accounts.create_account(deps, account=account, roles=(), is_admin=True)
    create(deps, ada, task)
    users.delete_user(deps, user=user, user_id=ada.id)
    assert rows(task.jobs[0]) == [("edit", 1, 1, 0, 0)]
    with deps.database.read() as tx:
        assert tx.connection.execute(text("SELECT user_id FROM saves")).scalars().all() == [None]
    tasks.delete_task(deps, user=user, task_id=task.id)
    assert rows(task.jobs[0]) == []


COCO = {
    "images": [{"id": 1, "file_name": "a.jpg", "width": 64, "height": 48}],
    "categories": [{"id": 1, "name": "car"}],
    "annotations": [
        {"id": n, "image_id": 1, "category_id": 1, "bbox": [1, 1, 9, 9], "area": 81, "iscrowd": 0}
        for n in (1, 2, 3)
    ],
}


def test_an_import_counts_what_came_by_its_kind_even_when_who_asked_has_gone(deps, user, task, rows):
    create(deps, user, task)
    deps.blobs.put("tasks/1/imports/a.json", json.dumps(COCO).encode())
    wanted = ImportRequest(
        task_id=task.id, format="COCO 1.0", file_name="a.json", blob="tasks/1/imports/a.json"
    )
    request = msgspec.to_builtins(wanted)
    operation = new_operation(deps, kind="import", key="k", task_id=task.id, user_id=10**6, request=request)
    with deps.database.write() as tx:
        operations_storage.insert_operation(tx, operation)
    run_import(deps, operation, lambda fraction, message: None)
    assert rows(task.jobs[0])[1:] == [("import", 3, 2, 1, 0)]
    assert rows(task.jobs[1]) == []


def test_whoever_is_deleted_while_saving_and_telling_waits_for_nobody_who_waits(deps, user, task):
    """Who saves holds the job and then names its user, who is deleted along with being the job's assignee."""
    job = task.jobs[0].id
    for n in range(5):
        account = accounts.NewAccount(username=f"ada{n}", password="x", password_again="x")
        ada = accounts.create_account(deps, account=account, roles=(), is_admin=True)
        tasks.change_task(deps, user=user, task_id=task.id, change=TaskChange(owner=NamedPerson(id=ada.id)))
        tasks.change_job(deps, user=user, job_id=job, change=JobChange(assignee=NamedPerson(id=ada.id)))
        told = [Event(name="Zoom image", told_utc="2021-05-07T02:34:23.031000Z", client_id=1, job_id=job)]
        with ThreadPoolExecutor(9) as pool:
            done = [pool.submit(create, deps, ada, task) for _ in range(4)]
            done.append(pool.submit(users.delete_user, deps, user=user, user_id=ada.id))
            done += [
                pool.submit(events.take_events, deps, user=ada, events=told, lines=[{}]) for _ in range(4)
            ]
        assert {type(each.exception()) for each in done} <= {type(None), Conflict}
