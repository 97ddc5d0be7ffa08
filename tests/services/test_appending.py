"""Images added to a task that has some are frames of their own jobs; whatever goes wrong, nothing changes."""

import io
import tarfile

import pytest
from drawn import box, change
from live import jpeg
from PIL import Image

from labelwright.domain.errors import Cancelled, Conflict, InvalidMedia
from labelwright.domain.tasks import JobChange, MediaRequest
from labelwright.parts.frames import read_location
from labelwright.services import annotations, appending, deleted_frames, origins, tasks
from labelwright.services.deleted_frames import FrameDeletion
from labelwright.storage import frames as frames_storage
from labelwright.storage import operations as operations_storage


def _heard(fraction, message):
    """Progress nobody listens to."""


def _packed():
    """A tar that is packed, so that its images are taken out of it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name in ("d/y.jpg", "d/x.jpg"):
            content = jpeg(shade=9)
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def _pages():
    """A TIFF of two pages."""
    out = io.BytesIO()
    page = Image.new("RGB", (30, 20))
    page.save(out, "TIFF", save_all=True, append_images=[page])
    return out.getvalue()


@pytest.fixture
def append(deps, user, task):
    """Add files, by name, to the task; returns what the worker left."""

    def add(files, progress=_heard, **request):
        with appending.begin_append(deps, user=user, task_id=task.id) as upload:
            for name, content in files.items():
                upload.open_file(name)
                upload.write(content)
                upload.close_file()
            wanted = MediaRequest(**request)
            operation = appending.accept_append(
                deps, user=user, task_id=task.id, request=wanted, upload=upload, sent=()
            )
        try:
            return appending.run_append(deps, operation, progress)
        except Exception:
            with deps.database.write() as tx:
                operations_storage.cancel(tx, operation.id, now_utc="2026")
            raise

    return add


def _rows(deps, task):
    with deps.database.read() as tx:
        media = frames_storage.read_media(tx, task.id)
        return media, frames_storage.read_frames(tx, media.id)


def _state(deps, user, task):
    """All of the task that adding could change."""
    media, rows = _rows(deps, task)
    whole = tasks.read_task(deps, user=user, task_id=task.id)
    blobs = sorted(deps.blobs.list_keys(f"tasks/{task.id}/"))
    return media, rows, whole.jobs, whole.updated_utc, blobs


def test_added_images_are_frames_of_new_jobs(deps, user, task, append):
    annotations.save_job(deps, user=user, job_id=task.jobs[0].id, change=change("create", box(task)))
    for job in task.jobs:
        tasks.change_job(deps, user=user, job_id=job.id, change=JobChange(status="completed"))
    deleted_frames.delete_frames(deps, user=user, task_id=task.id, wanted=FrameDeletion(deleted=[0]))
    before = tasks.read_task(deps, user=user, task_id=task.id)
    assert append({"0.jpg": jpeg(), "scan.tif": _pages()})["added"] == 3
    assert append({"packed.tgz": _packed()})["added"] == 2
    media, rows = _rows(deps, task)
    names = ["a.jpg", "b.jpg", "0.jpg", "scan.tif", "scan_page0002.tif", "d/x.jpg", "d/y.jpg"]
    assert [(row.frame, row.source_frame, row.name) for row in rows] == [
        (frame, frame, name) for frame, name in enumerate(names)
    ]
    assert (media.size, media.stop_frame, media.deleted_frames) == (7, 6, (0,))
    after = tasks.read_task(deps, user=user, task_id=task.id)
    assert (after.jobs[:2], after.status) == (before.jobs, "annotation")
    assert [(job.first_frame, job.last_frame) for job in after.jobs[2:]] == [(n, n) for n in range(2, 7)]
    assert len(annotations.read_job(deps, user=user, job_id=task.jobs[0].id).shapes) == 1
    assert [read_location(deps, row)[:2] for row in rows[2:]] == [
        b"\xff\xd8",
        *2 * [b"II"],
        *2 * [b"\xff\xd8"],
    ]


def test_what_cannot_be_added_leaves_the_task_as_it_was(deps, user, task, append):
    before = _state(deps, user, task)
    for files, problem in (
        ({"c.jpg": jpeg(), "b.jpg": jpeg()}, r"named so already: b\.jpg"),
        ({"c.jpg": jpeg(), "d.jpg": jpeg()[:300]}, r"d\.jpg"),
        ({"notes.txt": b"x"}, "No media data found"),
        ({"clip.mp4": b"\0\0\0\x18ftypisom" + bytes(200)}, r"clip\.mp4 is a video: only images"),
    ):
        with pytest.raises(InvalidMedia, match=problem):
            append(files)
        assert _state(deps, user, task) == before

    def cancel(fraction, message):
        if message.template.startswith("Reading images"):
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        append({"packed.tgz": _packed()}, cancel)
    assert _state(deps, user, task) == before


def test_one_adding_waits_for_the_other(deps, user, task):
    with appending.begin_append(deps, user=user, task_id=task.id) as upload:
        upload.open_file("c.jpg")
        upload.write(jpeg())
        upload.close_file()
        appending.accept_append(
            deps, user=user, task_id=task.id, request=MediaRequest(), upload=upload, sent=()
        )
    with pytest.raises(Conflict, match="still being read"):
        appending.begin_append(deps, user=user, task_id=task.id)


def test_adding_is_done_once_however_often_it_is_tried(deps, user, task, append):
    assert append({"c.jpg": jpeg()})["added"] == 1
    operation = origins.read_making(deps, user=user, task_id=task.id).operation
    before = _state(deps, user, task)
    with pytest.raises((InvalidMedia, Cancelled)):
        appending.run_append(deps, operation, _heard)
    assert _state(deps, user, task) == before


def test_the_frames_to_take_are_chosen_among_the_added(deps, user, task, append):
    files = {f"c{n}.jpg": jpeg() for n in range(5)}
    assert append(files, start_frame=1, stop_frame=4, frame_filter="step=2")["added"] == 2
    _, rows = _rows(deps, task)
    assert [row.name for row in rows[2:]] == ["c1.jpg", "c3.jpg"]
    kept = list(deps.blobs.list_keys(f"tasks/{task.id}/added/"))
    assert len(kept) == 2
