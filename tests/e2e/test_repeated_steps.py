"""An operation's work tried twice, as after a kill between its commit and its end: done once, later saves untouched."""

import io
import json
import os
import time

import pytest
from house import PASSWORD
from PIL import Image

from labelwright.compose import open_deps
from labelwright.domain.annotations import Annotations
from labelwright.domain.errors import Cancelled
from labelwright.domain.labels import AttributeSpec, LabelSpec
from labelwright.domain.shapes import Shape
from labelwright.domain.tasks import MediaRequest, TaskChange, TaskSpec
from labelwright.services import accounts, annotations, exports, imports, media, tasks
from labelwright.settings import Settings
from labelwright.storage import operations as rows


def _no_progress(fraction, message):
    pass


@pytest.fixture(params=["sqlite", "postgresql"])
def deps(request, tmp_path):
    """The parts of a house without its workers: the tests do their work."""
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    deps = open_deps(Settings(data=tmp_path, database_url=url))
    yield deps
    deps.operations.close()
    deps.database.close()


@pytest.fixture
def admin(deps):
    return accounts.ensure_admin(deps, password=PASSWORD)


@pytest.fixture
def begin(deps):
    """Say that a worker has the one operation that waits, as a worker does; returns it."""

    def begin():
        with deps.database.write() as tx:
            (operation,) = rows.list_unfinished(tx)
            assert rows.set_started(tx, operation.id, now_utc="2026-11-22T05:00:00Z")
        return operation

    return begin


@pytest.fixture
def upload_to(deps, admin):
    """Upload two photographs to a task."""

    def upload_to(task_id):
        image = io.BytesIO()
        Image.new("RGB", (40, 30)).save(image, "JPEG")
        with media.begin_upload(deps, user=admin, task_id=task_id) as upload:
            for name in ("a.jpg", "b.jpg"):
                upload.open_file(name)
                upload.write(image.getvalue())
                upload.close_file()
            media.accept_media(deps, user=admin, task_id=task_id, request=MediaRequest(), upload=upload)
        return upload

    return upload_to


@pytest.fixture
def task(deps, admin, begin, upload_to):
    """A task of two frames, with the operation that read them."""
    spec = TaskSpec(name="t", labels=(LabelSpec(name="cat"),), segment_size=1, overlap=0)
    made = tasks.create_task(deps, user=admin, spec=spec)
    upload_to(made.id)
    operation = begin()
    media.read_media(deps, operation, _no_progress)
    return tasks.read_task(deps, user=admin, task_id=made.id), operation


def _save(deps, admin, job, task):
    shape = Shape(type="rectangle", occluded=False, points=[1, 2, 3, 4], frame=job.first_frame,
                  label_id=task.labels[0].id, group=0, attributes=[])  # fmt: skip
    change = annotations.Change(action="create", annotations=Annotations(version=0, tags=[], shapes=[shape]))
    return annotations.save_job(deps, user=admin, job_id=job.id, change=change)


def _accept_import(deps, admin, task):
    boxes = [
        {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "segmentation": [], "iscrowd": 0}
    ]
    images = [{"id": 1, "file_name": "a.jpg", "width": 40, "height": 30}]
    file = {"images": images, "categories": [{"id": 1, "name": "cat"}], "annotations": boxes}
    request = imports.find_target(deps, user=admin, task_id=task.id, job_id=None, format_name="COCO 1.0")
    with imports.begin_import(deps, task_id=task.id) as upload:
        upload.open_file("instances_default.json")
        upload.write(json.dumps(file).encode())
        upload.close_file()
        imports.accept_import(deps, user=admin, request=request, upload=upload)


def test_the_work_of_an_operation_and_its_end_are_one_transaction(deps, admin, task, begin):
    _accept_import(deps, admin, task[0])
    operation = begin()
    result = imports.run_import(deps, operation, _no_progress)
    with deps.database.read() as tx:
        ended = [rows.read_operation(tx, each.id) for each in (task[1], operation)]
        assert [(each.state, each.result) for each in ended] == [
            ("finished", {"size": 2}),
            ("finished", result),
        ]


def test_frames_read_twice_leave_the_jobs_people_work_on(deps, admin, task):
    made, operation = task
    saved = _save(deps, admin, made.jobs[0], made)
    assert media.read_media(deps, operation, _no_progress) == {"size": 2}
    found = annotations.read_job(deps, user=admin, job_id=made.jobs[0].id)
    assert (found.version, len(found.shapes)) == (saved.version, 1)


def test_a_worker_that_was_thought_dead_does_not_replace_the_jobs(deps, admin, begin, upload_to):
    """Another worker reads the frames, and people annotate, while the first still sorts the files."""
    made = tasks.create_task(deps, user=admin, spec=TaskSpec(name="t", labels=(LabelSpec(name="cat"),)))
    upload_to(made.id)
    operation, others = begin(), []

    def let_the_other_win(fraction, message):
        if not others:
            others.append(media.read_media(deps, operation, _no_progress))
            job = tasks.list_jobs(deps, user=admin, task_id=made.id)[0]
            others.append(_save(deps, admin, job, made))

    with pytest.raises(Cancelled):
        media.read_media(deps, operation, let_the_other_win)
    found = annotations.read_task(deps, user=admin, task_id=made.id)
    assert (others[0], found.version, len(found.shapes)) == ({"size": 2}, 1, 1)


def test_an_import_tried_again_does_not_undo_what_was_saved_after_it(deps, admin, task, begin):
    made = task[0]
    _accept_import(deps, admin, made)
    operation = begin()
    blob = deps.blobs.get(operation.request["blob"])
    imports.run_import(deps, operation, _no_progress)
    saved = _save(deps, admin, made.jobs[0], made)
    assert saved.version == 3
    deps.blobs.put(operation.request["blob"], blob)
    with pytest.raises(Cancelled):
        imports.run_import(deps, operation, _no_progress)
    found = annotations.read_job(deps, user=admin, job_id=made.jobs[0].id)
    assert (found.version, len(found.shapes)) == (3, 2)


def test_a_cancelled_import_writes_nothing(deps, admin, task, begin):
    made = task[0]
    _save(deps, admin, made.jobs[0], made)
    _accept_import(deps, admin, made)
    operation = begin()
    with deps.database.write() as tx:
        rows.cancel(tx, operation.id, now_utc="2026-11-22T05:00:00Z")
    with pytest.raises(Cancelled):
        imports.run_import(deps, operation, _no_progress)
    found = annotations.read_job(deps, user=admin, job_id=made.jobs[0].id)
    assert (found.version, len(found.shapes)) == (1, 1)
    assert list(deps.scratch.iterdir()) == []


def test_rows_imported_while_the_label_got_an_attribute_show_it(deps, admin, task, begin):
    made = task[0]
    _accept_import(deps, admin, made)

    def add_attribute(fraction, message):
        attribute = AttributeSpec(name="mood", mutable=False, input_type="text", default_value="good")
        change = TaskChange(labels=(LabelSpec(id=made.labels[0].id, attributes=[attribute]),))
        if fraction == 0.9:
            tasks.change_task(deps, user=admin, task_id=made.id, change=change)

    imports.run_import(deps, begin(), add_attribute)
    (shape,) = annotations.read_job(deps, user=admin, job_id=made.jobs[0].id).shapes
    assert [each["value"] for each in json.loads(shape)["attributes"]] == ["good"]


def test_what_killed_uploads_left_is_deleted_when_the_frames_are_read(deps, admin, begin, upload_to):
    made = tasks.create_task(deps, user=admin, spec=TaskSpec(name="t", labels=(LabelSpec(name="cat"),)))
    deps.blobs.put(f"tasks/{made.id}/uploads/killed/000001", b"left behind")
    deps.blobs.put(f"tasks/{made.id}0/uploads/other/000001", b"of another task")
    upload = upload_to(made.id)
    media.read_media(deps, begin(), _no_progress)
    assert deps.blobs.list_keys("tasks/") == [*upload.keys, f"tasks/{made.id}0/uploads/other/000001"]


def test_an_export_deletes_files_no_export_knows_of(deps, admin, task, begin):
    deps.blobs.put("exports/0123-ab.zip", b"of an export of a deleted task")
    old, fresh = deps.scratch / "export-old.zip", deps.scratch / "upload-fresh"
    for path in (old, fresh):
        path.write_bytes(b"")
    long_ago = time.time() - 11 * 3600
    os.utime(old, (long_ago, long_ago))
    request = exports.ExportRequest(task_id=task[0].id, content="annotations", format="COCO 1.0")
    exports.request_export(deps, user=admin, request=request, download=False)
    result = exports.run_export(deps, begin(), _no_progress)
    assert deps.blobs.list_keys("exports/") == [result["blob"]]
    assert (old.exists(), fresh.exists()) == (False, True)
