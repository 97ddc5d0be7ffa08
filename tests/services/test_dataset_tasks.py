"""Tasks made of datasets and of folders below the storage root: what becomes a frame, and what of the annotations."""

import json
import os

import pytest
from of_datasets import coco, give, new_dataset, new_folder, new_task, task_of, write_images

from labelwright.domain.errors import InvalidMedia, NotFound
from labelwright.domain.sentences import unpack
from labelwright.domain.tasks import TaskSpec
from labelwright.parts.frames import read_location
from labelwright.services import annotations, frames, media, tasks
from labelwright.storage import frames as frames_storage


def _frames(deps, task):
    with deps.database.read() as tx:
        return frames_storage.read_frames(tx, task.media.id)


def _boxes(deps, user, task):
    """Frame and left edge of each box."""
    found = annotations.read_task(deps, user=user, task_id=task.id)
    return sorted((shape["frame"], shape["points"][0]) for shape in map(json.loads, found.shapes))


def test_images_of_any_depth_are_frames_and_nothing_else_is(deps, user):
    folder = new_folder(deps, "mixed", "b.jpg", "a/z.jpg", "a-b/c.jpg", "annotations/old.jpg")
    (folder / "b.jpg").rename(folder / "b.anything")
    write_images(folder, "deep/annotations/kept.jpg")
    (folder / "film.jpg").write_text("no picture")
    (folder / "notes.txt").write_text("P1 is no picture without a size")
    os.symlink(folder / "b.anything", folder / "linked.jpg")
    os.symlink(folder / "a", folder / "linked")
    os.mkfifo(folder / "pipe.jpg")
    task = task_of(deps, user, new_dataset(deps, folder))
    rows = _frames(deps, task)
    assert [(row.name, row.location) for row in rows] == [
        ("c.jpg", "storage:mixed/a-b/c.jpg"),
        ("z.jpg", "storage:mixed/a/z.jpg"),
        ("b.anything", "storage:mixed/b.anything"),
        ("kept.jpg", "storage:mixed/deep/annotations/kept.jpg"),
    ]
    assert read_location(deps, rows[0]) == (folder / "a-b/c.jpg").read_bytes()


def test_a_task_remembers_its_last_dataset_and_the_first_ones_type(deps, user):
    first = new_dataset(deps, new_folder(deps, "one", "a.jpg"), annotation_type="image_segmentation")
    last = new_dataset(deps, new_folder(deps, "two", "b.jpg", "c.jpg"))
    made = new_task(deps, user)
    assert give(deps, user, made, dataset_ids=(first.id, last.id, first.id)).state == "finished"
    task = tasks.read_task(deps, user=user, task_id=made.id)
    assert (task.dataset_id, task.dataset_tag, task.annotation_type) == (
        last.id, last.tag, "image_segmentation",
    )  # fmt: skip
    assert [row.name for row in _frames(deps, task)] == ["a.jpg", "b.jpg", "c.jpg"]
    chosen = task_of(deps, user, first, annotation_type="ocr_detection")
    assert chosen.annotation_type == "ocr_detection"


FOLDERS = {
    "a way up": ("good/../good", "Don't use '..'"),
    "outside": ("/etc", "below the storage root"),
    "a link that leads out": ("out", "below the storage root"),
    "nothing": ("missing", "below the storage root"),
    "the root itself": ("", "below the storage root"),
    "a file": ("good/a.jpg", "is no folder"),
    "no image": ("empty", "No media data found"),
}


def test_a_folder_that_will_not_do_fails_in_words(deps, user, tmp_path):
    new_folder(deps, "good", "a.jpg")
    new_folder(deps, "empty")
    os.symlink(tmp_path, deps.platform.storage_root / "out")
    task = new_task(deps, user)
    for case, (folder, words) in FOLDERS.items():
        failed = give(deps, user, task, platform_files=(folder,))
        assert (failed.state, words in failed.message) == ("failed", True), case


def test_folders_are_named_from_the_root_or_absolutely_and_links_inside_are_fine(deps, user):
    folder = new_folder(deps, "inside", "a.jpg", "sub/b.jpg")
    os.symlink(folder, deps.platform.storage_root / "alias")
    task = new_task(deps, user)
    given = give(deps, user, task, platform_files=("alias", str(folder / "sub")))
    assert given.result == {"size": 2}
    task = tasks.read_task(deps, user=user, task_id=task.id)
    assert [row.location for row in _frames(deps, task)] == [
        "storage:inside/a.jpg",
        "storage:inside/sub/b.jpg",
    ]
    assert (task.dataset_id, task.annotation_type) == (None, "")


def test_a_frame_is_never_read_through_a_link_that_came_later(deps, user, tmp_path):
    folder = new_folder(deps, "turned", "deep/a.jpg", "b.jpg")
    task = task_of(deps, user, new_dataset(deps, folder))
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/a.jpg").write_bytes(b"a secret")
    for row in _frames(deps, task):
        (folder / row.location.removeprefix("storage:turned/")).unlink()
    (folder / "deep").rmdir()
    os.symlink(tmp_path / "deep", folder / "deep")
    os.symlink(tmp_path / "deep/a.jpg", folder / "b.jpg")
    for number in (0, 1):
        with pytest.raises(NotFound, match="cannot be read"):
            frames.find_frame(
                deps, user=user, task_id=task.id, number=number, quality="original", as_type=None
            ).make()


def test_a_damaged_image_is_named_and_the_task_can_be_given_its_frames_again(deps, user):
    folder = new_folder(deps, "damaged", "a.jpg", "b.jpg")
    whole = (folder / "b.jpg").read_bytes()
    (folder / "b.jpg").write_bytes(whole[:-40])
    dataset, task = new_dataset(deps, folder), new_task(deps, user)
    failed = give(deps, user, task, dataset_ids=(dataset.id,))
    assert (failed.state, failed.message.split(" ")[0]) == ("failed", "b.jpg")
    (folder / "b.jpg").write_bytes(whole)
    assert give(deps, user, task, dataset_ids=(dataset.id,)).state == "finished"
    with pytest.raises(InvalidMedia, match="Adding more data"):
        give(deps, user, task, dataset_ids=(dataset.id,))


def test_annotations_of_the_dataset_come_with_its_frames(deps, user):
    folder = new_folder(deps, "annotated", "images/a.jpg", "images/b.jpg")
    (folder / "instances_default.json").write_text(coco("b.jpg"))
    task = task_of(deps, user, new_dataset(deps, folder), segment_size=1)
    assert _boxes(deps, user, task) == [(1, 1.0)]
    assert [job.revision for job in task.jobs] == [2, 2]


MISFITS = {
    "a label the task has not": (coco("a.jpg", label="bird"), "bird"),
    "an image the task has not": (coco("c.jpg"), "Could not match"),
    "no JSON": ("{", "instances_x.json"),
}


def test_annotations_that_do_not_fit_are_told_and_the_task_is_made(deps, user):
    folder = new_folder(deps, "misfit", "a.jpg")
    dataset = new_dataset(deps, folder)
    for case, (content, words) in MISFITS.items():
        (folder / "instances_x.json").write_text(content)
        made = new_task(deps, user)
        done = give(deps, user, made, dataset_ids=(dataset.id,))
        assert (done.state, done.result["size"]) == ("finished", 1), case
        assert words in unpack(done.result["failure"]), case
        assert _boxes(deps, user, tasks.read_task(deps, user=user, task_id=made.id)) == []


def test_images_of_one_name_are_told_apart_by_their_folders(deps, user):
    folder = new_folder(deps, "twins", "train/a.jpg", "val/a.jpg", "val/b.jpg")
    (folder / "instances_default.json").write_text(coco("val/a.jpg", "b.jpg", "train/a.jpg"))
    task = task_of(deps, user, new_dataset(deps, folder))
    assert _boxes(deps, user, task) == [(0, 3.0), (1, 1.0), (2, 2.0)]
    (folder / "instances_default.json").write_text(coco("a.jpg"))
    made = new_task(deps, user)
    done = give(deps, user, made, dataset_ids=(task.dataset_id,))
    assert "several frames are named a.jpg" in unpack(done.result["failure"])


def test_what_somebody_drew_before_the_annotations_were_read_stays(deps, user, monkeypatch):
    folder = new_folder(deps, "early", "a.jpg")
    (folder / "instances_default.json").write_text(coco("a.jpg"))
    made, dataset = new_task(deps, user), new_dataset(deps, folder)
    read = media.read_media

    def read_and_draw(*given):
        result = read(*given)
        job = tasks.list_jobs(deps, user=user, task_id=made.id)[0]
        annotations.save_job(deps, user=user, job_id=job.id, change=_nothing())
        return result

    monkeypatch.setattr(media, "read_media", read_and_draw)
    done = give(deps, user, made, dataset_ids=(dataset.id,))
    assert "somebody began to annotate" in unpack(done.result["failure"])
    assert _boxes(deps, user, tasks.read_task(deps, user=user, task_id=made.id)) == []


def _nothing():
    empty = annotations.Annotations(version=0, tags=[], shapes=[])
    return annotations.Change(action="replace", annotations=empty)


def test_datasets_of_one_task_are_of_one_format(deps, user):
    one = new_dataset(deps, new_folder(deps, "one", "a.jpg"))
    other = new_dataset(deps, new_folder(deps, "other", "a.jpg"), format_name="CVAT 1.1")
    failed = give(deps, user, new_task(deps, user), dataset_ids=(one.id, other.id))
    assert (failed.state, "of one format" in failed.message) == ("failed", True)
    failed = give(deps, user, new_task(deps, user), dataset_ids=(10**6,))
    assert (failed.state, failed.message) == ("failed", "there is no dataset 1000000")


def test_a_deleted_task_lets_its_datasets_go(deps, user):
    one = new_dataset(deps, new_folder(deps, "held", "a.jpg"))
    other = new_dataset(deps, new_folder(deps, "held too", "a.jpg"))
    made = new_task(deps, user)
    give(deps, user, made, dataset_ids=(one.id, other.id))
    assert [_holders(deps, each.id) for each in (one, other)] == [[f"task/{made.id}"]] * 2
    tasks.delete_task(deps, user=user, task_id=made.id)
    assert [_holders(deps, each.id) for each in (one, other)] == [[], []]


def _holders(deps, dataset_id):
    from sqlalchemy import text

    with deps.database.read() as tx:
        query = text("SELECT holder FROM dataset_bindings WHERE dataset_id = :id")
        return list(tx.connection.execute(query, {"id": dataset_id}).scalars())


def test_the_type_of_a_task_is_chosen_and_changed(deps, user):
    made = new_task(deps, user, annotation_type="ocr_recognition")
    assert made.annotation_type == "ocr_recognition"
    changed = tasks.TaskChange(annotation_type="")
    assert tasks.change_task(deps, user=user, task_id=made.id, change=changed).annotation_type == ""
    assert TaskSpec(name="t").annotation_type == ""
