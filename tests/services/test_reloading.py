"""Frames read anew from a dataset that changed: everything people did is carried over, once, or nothing happens."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from drawn import box
from of_datasets import new_dataset, new_folder, new_task, run_media, task_of, write_images
from sqlalchemy import text

from labelwright.domain.annotations import Annotations
from labelwright.domain.errors import Cancelled, Conflict, RevisionMoved
from labelwright.domain.requests import NamedPerson
from labelwright.domain.reviews import IssueSpec, ReviewSpec
from labelwright.domain.shapes import Tag
from labelwright.domain.tasks import JobChange
from labelwright.services import annotations, media, reloading, reviews, tasks
from labelwright.services.deleted_frames import FrameDeletion, delete_frames
from labelwright.storage import frames as frames_storage
from labelwright.storage import operations as rows


def _no_progress(fraction, message):
    pass


def _draw(deps, user, task, *frames):
    """A box and a tag on each of the frames; the left edge of a box tells the frame it was drawn on."""
    for job in task.jobs:
        mine = [frame for frame in frames if job.first_frame <= frame <= job.last_frame]
        shapes = [box(task, frame=frame) for frame in mine]
        for shape in shapes:
            shape.points = [float(shape.frame), 2.0, 30.0, 40.0]
        tags = [Tag(frame=frame, label_id=task.labels[1].id, group=0, attributes=[]) for frame in mine]
        content = Annotations(version=0, tags=tags, shapes=shapes)
        change = annotations.Change(action="create", annotations=content)
        annotations.save_job(deps, user=user, job_id=job.id, change=change)


def _drawn(deps, user, task):
    """Job, frame, id and left edge of each box, by job."""
    found = []
    for job in tasks.list_jobs(deps, user=user, task_id=task.id):
        stored = annotations.read_job(deps, user=user, job_id=job.id)
        found += [
            (job.id, each["frame"], each["id"], each["points"][0]) for each in map(json.loads, stored.shapes)
        ]
        assert [json.loads(tag)["frame"] for tag in stored.tags] == [
            json.loads(each)["frame"] for each in stored.shapes
        ]
    return found


def _reload(deps, user, task):
    reloading.accept_reload(deps, user=user, task_id=task.id)
    return run_media(deps, user, task)


def _now(deps, user, task):
    return tasks.read_task(deps, user=user, task_id=task.id)


def _names(deps, task):
    with deps.database.read() as tx:
        return [row.name for row in frames_storage.read_frames(tx, task.media.id)]


@pytest.fixture
def folder(deps):
    return new_folder(deps, "reloaded", "b.jpg", "c.jpg", "d.jpg", "e.jpg")


@pytest.fixture
def task(deps, user, folder):
    """A task of b, c, d, e.jpg in two jobs."""
    return task_of(deps, user, new_dataset(deps, folder), segment_size=2)


def test_annotations_follow_their_images(deps, user, folder, task):
    _draw(deps, user, task, 0, 1, 2, 3)
    ids = {left: number for _, _, number, left in _drawn(deps, user, task)}
    delete_frames(deps, user=user, task_id=task.id, wanted=FrameDeletion(deleted=[0, 1, 3]))
    (folder / "c.jpg").unlink()
    write_images(folder, "a.jpg", "f.jpg")
    before = [job.revision for job in task.jobs]
    done = _reload(deps, user, task)
    gone = {"tags": 1, "shapes": 1, "issues": 0}
    assert done.result == {"size": 5, "added": 2, "removed": 1, "gone": gone}
    now = _now(deps, user, task)
    first, second, _ = (job.id for job in now.jobs)
    assert (first, second) == tuple(job.id for job in task.jobs)
    assert _names(deps, now) == ["a.jpg", "b.jpg", "d.jpg", "e.jpg", "f.jpg"]
    assert _drawn(deps, user, now) == [
        (first, 1, ids[0.0], 0.0), (second, 2, ids[2.0], 2.0), (second, 3, ids[3.0], 3.0),
    ]  # fmt: skip
    assert (now.media.id > task.media.id, now.media.stop_frame) == (True, 4)
    assert now.media.deleted_frames == (1, 3)
    assert all(job.revision > old for job, old in zip(now.jobs, before, strict=False))


def test_a_workbench_that_is_open_meanwhile_is_told(deps, user, folder, task):
    write_images(folder, "a.jpg")
    _reload(deps, user, task)
    late = annotations.Change(
        action="create", annotations=Annotations(version=0, tags=[], shapes=[box(task)]), if_match=0
    )
    with pytest.raises(RevisionMoved):
        annotations.save_job(deps, user=user, job_id=task.jobs[0].id, change=late)


def test_what_is_saved_while_the_images_are_read_is_carried_over(deps, user, folder, task):
    write_images(folder, "a.jpg")
    operation = reloading.accept_reload(deps, user=user, task_id=task.id)
    saved = []

    def save_once(fraction, message):
        if not saved:
            saved.append(_draw(deps, user, task, 3))

    reloading.run_reload(deps, operation, save_once)
    assert [(frame, left) for _, frame, _, left in _drawn(deps, user, task)] == [(4, 3.0)]


def test_fewer_images_leave_fewer_jobs_and_lose_no_trace(deps, user, folder, task):
    _draw(deps, user, task, 0, 3)
    _raise_issues(deps, user, task, 0, 3)
    for name in ("b.jpg", "c.jpg"):
        (folder / name).unlink()
    assert _reload(deps, user, task).result["gone"] == {"tags": 1, "shapes": 1, "issues": 1}
    now = _now(deps, user, task)
    (job,) = now.jobs
    assert job.id == task.jobs[0].id
    assert [(job_id, frame, left) for job_id, frame, _, left in _drawn(deps, user, now)] == [(job.id, 1, 3.0)]
    (issue,) = reviews.list_issues(deps, user=user, job_id=job.id)
    assert (issue.frame, issue.comments[0].message) == (1, "frame 3")
    assert len(reviews.list_reviews(deps, user=user, job_id=job.id)) == 2
    with deps.database.read() as tx:
        kept = "SELECT job_id, count(*) FROM {} GROUP BY job_id"
        assert [tx.connection.execute(text(kept.format(table))).all() for table in ("shapes_history", "saves")] == [
            [(job.id, 2)], [(job.id, 3)],
        ]  # fmt: skip
    tasks.delete_task(deps, user=user, task_id=task.id)
    with deps.database.read() as tx:
        left = [tx.connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()
                for table in ("shapes", "shapes_history", "tags", "tags_history", "layers", "issues")]  # fmt: skip
        assert left == [0] * 6


def _raise_issues(deps, user, task, *frames):
    for job in task.jobs:
        change = JobChange(reviewer=NamedPerson(id=user.id), status="validation")
        tasks.change_job(deps, user=user, job_id=job.id, change=change)
        issues = tuple(
            IssueSpec(frame=frame, position=(1.0, 2.0), messages=(f"frame {frame}",))
            for frame in frames
            if job.first_frame <= frame <= job.last_frame
        )
        review = ReviewSpec(job_id=job.id, verdict="rejected", estimated_quality=3.0, issues=issues)
        reviews.create_review(deps, user=user, spec=review)


def test_people_and_states_of_jobs_stay(deps, user, folder, task):
    change = JobChange(assignee=NamedPerson(id=user.id), status="completed")
    for job in task.jobs:
        tasks.change_job(deps, user=user, job_id=job.id, change=change)
    write_images(folder, "z.jpg")
    _reload(deps, user, task)
    now = _now(deps, user, task)
    assert [(job.assignee and job.assignee.id, job.status) for job in now.jobs] == [
        (user.id, "completed"), (user.id, "completed"), (None, "annotation"),
    ]  # fmt: skip
    assert now.status == "annotation"


def test_jobs_that_share_frames_are_merged_and_dealt_out_anew(deps, user, folder):
    task = task_of(deps, user, new_dataset(deps, folder), segment_size=2, overlap=1)
    assert [(job.first_frame, job.last_frame) for job in task.jobs] == [(0, 1), (1, 2), (2, 3), (3, 3)]
    _draw(deps, user, task, 0, 1, 2, 3)
    write_images(folder, "a.jpg")
    _reload(deps, user, task)
    now = _now(deps, user, task)
    places = {job.id: (job.first_frame, job.last_frame) for job in now.jobs}
    assert list(places.values()) == [(0, 1), (1, 2), (2, 3), (3, 4), (4, 4)]
    drawn = _drawn(deps, user, now)
    assert _reload(deps, user, task).result["added"] == 0
    assert _drawn(deps, user, now) == drawn
    assert len({number for _, _, number, _ in drawn}) == len(drawn)
    assert [(frame, left) for _, frame, _, left in drawn] == [
        (1, 0.0), (1, 0.0), (2, 1.0), (2, 1.0), (3, 2.0), (3, 2.0), (4, 3.0), (4, 3.0),
    ]  # fmt: skip


def test_a_reload_that_fails_changes_nothing(deps, user, folder, task):
    _draw(deps, user, task, 0, 3)
    before, drawn = _now(deps, user, task), _drawn(deps, user, task)
    shutil.move(folder, folder.with_name("away"))
    failed = _reload(deps, user, task)
    assert (failed.state, "below the storage root" in failed.message) == ("failed", True)
    assert _now(deps, user, task) == before
    shutil.move(folder.with_name("away"), folder)
    (folder / "a.jpg").write_bytes((folder / "b.jpg").read_bytes()[:200])
    assert "a.jpg" in _reload(deps, user, task).message
    assert (_now(deps, user, task), _drawn(deps, user, task)) == (before, drawn)


def test_a_reload_tried_twice_is_done_once(deps, user, folder, task):
    write_images(folder, "a.jpg")
    operation = reloading.accept_reload(deps, user=user, task_id=task.id)
    assert reloading.accept_reload(deps, user=user, task_id=task.id).id == operation.id
    reloading.run_reload(deps, operation, _no_progress)
    now = _now(deps, user, task)
    _draw(deps, user, now, 0)
    drawn = _drawn(deps, user, now)
    with pytest.raises(Cancelled):
        reloading.run_reload(deps, operation, _no_progress)
    assert _drawn(deps, user, now) == drawn
    assert _now(deps, user, task).media == now.media


def test_saves_and_reloads_at_once_lose_nothing_and_double_nothing(deps, user, folder, task):
    write_images(folder, "a.jpg", "c-2.jpg")
    operation = reloading.accept_reload(deps, user=user, task_id=task.id)

    def work(number):
        if number in (4, 5):
            return reloading.run_reload(deps, operation, _no_progress)["size"]
        shape = box(task, frame=0)
        shape.points = [float(number), 2.0, 30.0, 40.0]
        content = Annotations(version=0, tags=[], shapes=[shape])
        change = annotations.Change(action="create", annotations=content)
        return annotations.save_job(deps, user=user, job_id=task.jobs[0].id, change=change).version

    with ThreadPoolExecutor(12) as pool:
        asked = [pool.submit(work, number) for number in range(24)]
        failed = [each.exception() for each in asked if each.exception() is not None]
    assert [type(each) for each in failed] == [Cancelled], "the reload that came second"
    stored = annotations.read_task(deps, user=user, task_id=task.id).shapes
    saved = [float(number) for number in range(24) if number not in (4, 5)]
    assert sorted(json.loads(each)["points"][0] for each in stored) == saved


def test_a_cancelled_reload_writes_nothing(deps, user, folder, task):
    write_images(folder, "a.jpg")
    operation = reloading.accept_reload(deps, user=user, task_id=task.id)
    with deps.database.write() as tx:
        rows.cancel(tx, operation.id, now_utc="2026-11-22T05:00:00Z")
    with pytest.raises(Cancelled):
        reloading.run_reload(deps, operation, _no_progress)
    assert _now(deps, user, task) == task


def test_only_tasks_of_datasets_with_frames_are_read_anew(deps, user, folder):
    empty = new_task(deps, user)
    with pytest.raises(Conflict, match="not made of a dataset"):
        reloading.accept_reload(deps, user=user, task_id=empty.id)
    request = media.MediaRequest(dataset_ids=(10**6,))
    media.accept_media(deps, user=user, task_id=empty.id, request=request, upload=None)
    with pytest.raises(Conflict, match="still being read"):
        reloading.accept_reload(deps, user=user, task_id=empty.id)
    assert run_media(deps, user, empty).state == "failed"
    with pytest.raises(Conflict, match="no frames yet"):
        reloading.accept_reload(deps, user=user, task_id=empty.id)
