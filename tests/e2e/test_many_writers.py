"""Everybody writes to one task at once, on both databases: nobody is refused for it, and the task stays whole."""

import io
import json
import threading
import time

import pytest
from PIL import Image

from labelwright.compose import open_deps
from labelwright.domain.annotations import Annotations
from labelwright.domain.errors import Conflict, InvalidAnnotation, NotFound
from labelwright.domain.labels import LabelSpec
from labelwright.domain.requests import RequestKey
from labelwright.domain.shapes import Shape
from labelwright.domain.tasks import MediaRequest, TaskChange, TaskSpec
from labelwright.services import accounts, annotations, imports, media, tasks
from labelwright.settings import Settings
from labelwright.storage import operations as rows

_SECONDS = 2.0


@pytest.fixture(params=["sqlite", "postgresql"])
def deps(request, tmp_path):
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    deps = open_deps(Settings(data=tmp_path, database_url=url))
    yield deps
    deps.operations.close()
    deps.database.close()


@pytest.fixture
def admin(deps):
    return accounts.ensure_admin(deps, password="x")


def _begin(deps):
    with deps.database.write() as tx:
        (operation,) = rows.list_unfinished(tx)
        rows.set_started(tx, operation.id, now_utc="2026-11-22T05:00:00Z")
        return operation


@pytest.fixture
def task(deps, admin):
    """A task of four frames in two jobs."""
    spec = TaskSpec(
        name="t", labels=(LabelSpec(name="stays"), LabelSpec(name="goes")), segment_size=2, overlap=0
    )
    made = tasks.create_task(deps, user=admin, spec=spec)
    image = io.BytesIO()
    Image.new("RGB", (40, 30)).save(image, "JPEG")
    with media.begin_upload(deps, user=admin, task_id=made.id) as upload:
        for name in "abcd":
            upload.open_file(f"{name}.jpg")
            upload.write(image.getvalue())
            upload.close_file()
        media.accept_media(deps, user=admin, task_id=made.id, request=MediaRequest(), upload=upload)
    media.read_media(deps, _begin(deps), lambda fraction, message: None)
    return tasks.read_task(deps, user=admin, task_id=made.id)


def _shape(frame, label):
    return Shape(type="rectangle", occluded=False, points=[1, 2, 3, 4], frame=frame, label_id=label.id, group=0,
                 attributes=[])  # fmt: skip


def _at_once(*works):
    """Run each again and again for a while, at once; what they raise comes out here."""
    until_s, raised = time.monotonic() + _SECONDS, []

    def repeat(work):
        try:
            while time.monotonic() < until_s:
                work()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=repeat, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert raised == []


def test_saves_imports_and_label_edits_of_one_task_do_not_stand_in_each_others_way(deps, admin, task):
    done = []

    def save_in(job):
        label = tasks.read_task(deps, user=admin, task_id=task.id).labels[-1]
        sent = Annotations(version=0, tags=[], shapes=[_shape(job.first_frame, label)])
        change = annotations.Change(action="create", annotations=sent)
        try:
            annotations.save_job(deps, user=admin, job_id=job.id, change=change)
            done.append("save")
        except InvalidAnnotation:
            done.append("the label was gone")

    def swap_labels():
        *_, last = tasks.read_task(deps, user=admin, task_id=task.id).labels
        change = TaskChange(
            labels=(LabelSpec(id=last.id, deleted=True), LabelSpec(name=f"label {len(done)}"))
        )
        tasks.change_task(deps, user=admin, task_id=task.id, change=change)
        done.append("swap")
        time.sleep(0.3)  # an import fails whose label goes while it is read: leave it some quiet moments

    def read():
        annotations.read_task(deps, user=admin, task_id=task.id)

    def take_over():
        done.append(_import(deps, admin, task))

    saves = [lambda job=job: save_in(job) for job in task.jobs]
    _at_once(*saves, *saves, swap_labels, read, take_over)
    assert {"save", "swap", "import"} <= set(done)
    labels = {label.id for label in tasks.read_task(deps, user=admin, task_id=task.id).labels}
    shapes = annotations.read_task(deps, user=admin, task_id=task.id).shapes
    assert {json.loads(shape)["label_id"] for shape in shapes} <= labels


def _import(deps, admin, task):
    box = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "segmentation": [], "iscrowd": 0}
    images = [{"id": 1, "file_name": "a.jpg", "width": 40, "height": 30}]
    file = {"images": images, "categories": [{"id": 1, "name": "stays"}], "annotations": [box] * 50}
    request = imports.find_target(deps, user=admin, task_id=task.id, job_id=None, format_name="COCO 1.0")
    with imports.begin_import(deps, task_id=task.id) as upload:
        upload.open_file("instances_default.json")
        upload.write(json.dumps(file).encode())
        upload.close_file()
        imports.accept_import(deps, user=admin, request=request, upload=upload)
    operation = _begin(deps)
    try:
        imports.run_import(deps, operation, lambda fraction, message: None)
    except Conflict:
        with deps.database.write() as tx:
            rows.fail(tx, operation.id, message="", result={}, now_utc="")
        return "a label was gone"
    return "import"


def test_one_request_sent_many_times_at_once_is_done_once(deps, admin, task):
    barrier, ids, raised = threading.Barrier(6), [], []

    def send():
        sent = Annotations(version=0, tags=[], shapes=[_shape(0, task.labels[0])])
        change = annotations.Change(action="create", annotations=sent, request=RequestKey("key", "digest"))
        barrier.wait()
        try:
            ids.append(
                annotations.save_job(deps, user=admin, job_id=task.jobs[0].id, change=change).shapes[0].id
            )
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (raised, len(ids), len(set(ids))) == ([], 6, 1)
    found = annotations.read_job(deps, user=admin, job_id=task.jobs[0].id)
    assert (found.version, len(found.shapes)) == (1, 1)


def test_a_task_deleted_while_people_save_leaves_no_annotation(deps, admin, task):
    gone = []

    def save():
        sent = Annotations(version=0, tags=[], shapes=[_shape(0, task.labels[0])])
        change = annotations.Change(action="create", annotations=sent)
        try:
            annotations.save_job(deps, user=admin, job_id=task.jobs[0].id, change=change)
        except NotFound:
            gone.append(1)
            time.sleep(0.05)

    def delete():
        time.sleep(_SECONDS / 2)
        if not gone:
            tasks.delete_task(deps, user=admin, task_id=task.id)

    _at_once(save, save, save, delete)
    assert gone
    with deps.database.read() as tx:
        for table in ("shapes", "shapes_history", "jobs", "tasks"):
            assert tx.connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0
