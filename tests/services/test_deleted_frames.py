"""Frames that are deleted stay in their places, with what is on them, and go out with nothing that is written."""

import io
import zipfile

import pytest
from drawn import box, change

from labelwright.domain.errors import Invalid
from labelwright.services import annotations, deleted_frames, exports, imports, origins, statistics, tasks
from labelwright.services.deleted_frames import FrameDeletion
from labelwright.services.exports import ExportRequest
from labelwright.storage import operations as operations_storage


def _heard(fraction, message):
    """Progress nobody listens to."""


@pytest.fixture
def drawn(deps, user, task):
    """The task with a box on each of its two frames, the second deleted."""
    for frame, job in enumerate(task.jobs):
        wanted = change("create", box(task, frame=frame))
        annotations.save_job(deps, user=user, job_id=job.id, change=wanted)
    wanted = FrameDeletion(deleted=[1])
    assert deleted_frames.delete_frames(deps, user=user, task_id=task.id, wanted=wanted) == (1,)
    return tasks.read_task(deps, user=user, task_id=task.id)


def _run(deps, key, run):
    with deps.database.read() as tx:
        operation = operations_storage.newest_operation(tx, key)
    return run(deps, operation, _heard)


def test_exports_leave_deleted_frames_out_and_name_them(deps, user, drawn):
    for content in ("annotations", "dataset"):
        request = ExportRequest(task_id=drawn.id, content=content, format="CVAT for images 1.1")
        assert exports.request_export(deps, user=user, request=request, download=False) == "accepted"
        made = _run(deps, request.key, exports.run_export)
        assert made["losses"] == {"the frame is deleted": 1}
        with zipfile.ZipFile(io.BytesIO(deps.blobs.get(made["blob"]))) as archive:
            xml = archive.read("annotations.xml").decode()
            assert ('name="a.jpg"' in xml, 'name="b.jpg"' in xml, xml.count("<box ")) == (True, False, 1)
            assert "1 × the frame is deleted; first on: b.jpg" in archive.read("export-report.md").decode()
            assert ("images/b.jpg" in archive.namelist(), "images/a.jpg" in archive.namelist()) == (
                False,
                content == "dataset",
            )


def test_a_task_of_deleted_frames_alone_can_be_written(deps, user, drawn):
    wanted = FrameDeletion(delete=[0])
    assert deleted_frames.delete_frames(deps, user=user, task_id=drawn.id, wanted=wanted) == (0, 1)
    for each in deps.formats.exporters:
        request = ExportRequest(task_id=drawn.id, content="dataset", format=each.display_name)
        exports.request_export(deps, user=user, request=request, download=False)
        assert _run(deps, request.key, exports.run_export)["losses"]["the frame is deleted"] == 2


def test_what_is_imported_onto_a_deleted_frame_is_kept_and_named(deps, user, drawn):
    deleted_frames.delete_frames(deps, user=user, task_id=drawn.id, wanted=FrameDeletion(deleted=[]))
    request = ExportRequest(task_id=drawn.id, content="annotations", format="CVAT for images 1.1")
    exports.request_export(deps, user=user, request=request, download=False)
    archive = deps.blobs.get(_run(deps, request.key, exports.run_export)["blob"])
    deleted_frames.delete_frames(deps, user=user, task_id=drawn.id, wanted=FrameDeletion(delete=[1]))
    target = imports.find_target(deps, user=user, task_id=drawn.id, job_id=None, format_name="CVAT 1.1")
    with imports.begin_import(deps, task_id=drawn.id) as upload:
        upload.open_file("old.zip")
        upload.write(archive)
        upload.close_file()
        imports.accept_import(deps, user=user, request=target, upload=upload)
    found = _run(deps, target.key(user), imports.run_import)
    assert found["on_deleted"] == {"objects": 1, "frames": ["b.jpg"]}
    assert found["counts"] == {"tags": 0, "shapes": 2}
    assert len(annotations.read_task(deps, user=user, task_id=drawn.id).shapes) == 2


def test_deleted_frames_and_their_objects_do_not_count_as_work(deps, user, drawn):
    found = statistics.read_progress(deps, user=user, project_id=None, task_id=drawn.id, job_id=None)
    whole = found.whole
    assert (whole.frames, whole.deleted, whole.frames_with_objects, whole.objects) == (1, 1, 1, 1)
    assert [(part.frames, part.deleted, part.objects) for part in found.parts] == [(1, 0, 1), (0, 1, 0)]
    assert [label.objects for label in found.labels] == [1, 0]
    job = statistics.read_progress(deps, user=user, project_id=None, task_id=None, job_id=drawn.jobs[1].id)
    assert (job.whole.frames, job.whole.objects, job.labels[0].objects) == (0, 0, 0)


def test_a_frame_the_task_does_not_have_is_not_deleted(deps, user, task):
    for wanted in (FrameDeletion(deleted=[2]), FrameDeletion(delete=[-1]), FrameDeletion(restore=[2])):
        with pytest.raises(Invalid, match="the task has 2"):
            deleted_frames.delete_frames(deps, user=user, task_id=task.id, wanted=wanted)
    assert origins.read_making(deps, user=user, task_id=task.id).origin.size == 2


def test_two_people_who_delete_take_nothing_of_one_another(deps, user, drawn):
    for wanted, left in (
        (FrameDeletion(delete=[0]), (0, 1)),
        (FrameDeletion(restore=[1]), (0,)),
        (FrameDeletion(deleted=[1], restore=[1]), ()),
    ):
        assert deleted_frames.delete_frames(deps, user=user, task_id=drawn.id, wanted=wanted) == left
