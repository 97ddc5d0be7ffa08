"""`labelwright up PATH` and the sample task, as processes."""

import os
import shutil
import sys
import time
from contextlib import contextmanager

import httpx
import pytest
from PIL import Image

PATIENCE_S = 60.0


@contextmanager
def signed_in(link):
    with httpx.Client(base_url=httpx.URL(link).join("/")) as client:
        assert client.get(link).status_code == 303
        yield client


def read_task(client, task_id, *, size):
    """Wait until the task has `size` frames and return it."""
    deadline = time.monotonic() + PATIENCE_S
    while (task := client.get(f"/api/v1/tasks/{task_id}").json())["size"] != size:
        assert time.monotonic() < deadline, task
        time.sleep(0.05)
    return task


def test_a_folder_becomes_a_task_whose_images_stay_where_they_are(start, photos, tmp_path, plain_clip):
    shutil.copyfile(plain_clip, photos / "more/clip.mp4")
    (photos / "more/index.ts").write_text("no film: a program")
    server = start(str(photos))
    assert server.wait_for("^task .*") == 'task 1 "my photos": 3 images'
    assert server.wait_for("^Not in .*") == (
        "Not in this task: more/clip.mp4. Each can have one of its own: "
        f"labelwright up '{photos}/more/clip.mp4'"
    )
    link = server.link()
    assert link.endswith("&next=/tasks/1?work=1")
    with signed_in(link) as client:
        task = read_task(client, 1, size=3)
        assert [len(segment["jobs"]) for segment in task["segments"]] == [1]
        meta = client.get("/api/v1/tasks/1/data/meta").json()
        assert [frame["name"] for frame in meta["frames"]] == ["a.jpg", "b.png", "more/c.jpg"]
        assert client.get("/api/v1/tasks/1/data?type=frame&number=2&quality=original").status_code == 200
    assert not (tmp_path / "data" / "blobs" / "tasks").exists()


def test_new_images_are_offered_and_added_behind_the_last_on_request(start, photos):
    server = start(str(photos))
    with signed_in(server.link()) as client:
        read_task(client, 1, size=3)
    server.end()
    Image.new("RGB", (10, 10)).save(photos / "0 first.png")
    again = start(str(photos))
    assert again.wait_for("^task .*") == 'task 1 "my photos": 3 images'
    offer = again.wait_for("^New images.*")
    assert offer == f"New images in {photos}: 1. To add them to the task: labelwright up '{photos}' --add-new"
    again.end()
    adding = start(str(photos), "--add-new")
    assert adding.wait_for("^task .*") == 'task 1 "my photos": 4 images, 1 of them new'
    with signed_in(adding.link()) as client:
        task = read_task(client, 1, size=4)
        assert [(part["start_frame"], part["stop_frame"]) for part in task["segments"]] == [(0, 2), (3, 3)]
        assert client.get("/api/v1/tasks/1/data/meta").json()["frames"][3]["name"] == "0 first.png"


def test_a_video_becomes_a_task_that_is_opened_again(start, tmp_path, plain_clip):
    clip = tmp_path / "my clip.mp4"
    shutil.copyfile(plain_clip, clip)
    server = start(str(clip))
    assert server.wait_for("^task .*") == 'task 1 "my clip.mp4": frames of my clip.mp4'
    with signed_in(server.link()) as client:
        task = read_task(client, 1, size=75)
        assert (task["mode"], task["data_compressed_chunk_type"]) == ("interpolation", "imageset")
    assert not list((tmp_path / "data/blobs").rglob("*.mp4"))
    server.end()
    again = start(str(clip))
    assert again.wait_for("^task .*") == 'task 1 "my clip.mp4": 75 frames'


def test_an_image_that_cannot_be_read_is_named_and_the_next_start_tries_again(start, photos):
    (photos / "broken.jpg").write_bytes((photos / "a.jpg").read_bytes()[:200])
    server = start(str(photos))
    server.link()
    sentence = server.process.stderr.readline()
    assert sentence.startswith("labelwright: the files of task 1 could not be read: ")
    assert "broken.jpg" in sentence
    server.end()
    (photos / "broken.jpg").unlink()
    (photos / "x.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(20))
    again = start(str(photos))
    with signed_in(again.link()) as client:
        read_task(client, 1, size=3)
    assert "(1): x.heic." in again.wait_for("^Left out, .*")


@pytest.mark.parametrize(
    ("made", "said"),
    [
        pytest.param([], "is no folder and no file", id="nothing there"),
        pytest.param(["notes.txt"], "there is no image, video, archive or PDF in", id="nothing to label"),
    ],
)
def test_a_folder_that_is_no_task_is_refused(run, tmp_path, made, said):
    for name in made:
        (tmp_path / "folder").mkdir(exist_ok=True)
        (tmp_path / "folder" / name).write_text("no image")
    answer = run("up", str(tmp_path / "folder"), "--no-browser", "--port", "0")
    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert said in answer.stderr


def test_the_first_start_makes_a_sample_task_and_no_later_one_does(start):
    pytest.importorskip("skimage")
    first = start()
    sample = first.wait_for("^task .*")
    assert sample == 'task 1 "Sample photographs · 示例照片": 8 images'
    with signed_in(first.link()) as client:
        task = read_task(client, 1, size=8)
        assert len(task["labels"]) == 7
        assert client.get("/api/v1/tasks/1/data?type=frame&number=7&quality=original").status_code == 200
        token = {"X-CSRFToken": client.cookies["csrftoken"]}
        assert client.delete("/api/v1/tasks/1", headers=token).status_code == 204
    first.end()
    later = start()
    later.link()
    assert not [line for line in later.heard if line.startswith("task")]


def test_without_the_photographs_a_start_says_where_to_get_them(start, tmp_path):
    for package in ("skimage", "sklearn"):
        (tmp_path / "hollow" / package).mkdir(parents=True)
        (tmp_path / "hollow" / package / "__init__.py").touch()
    found = os.pathsep.join([str(tmp_path / "hollow"), *sys.path])
    server = start(PYTHONPATH=found)
    assert "next=" not in server.link()
    assert any("labelwright[sample]" in line for line in server.heard)


def test_a_file_name_that_is_not_utf_8_is_named(run, photos):
    shutil.copy(photos / "a.jpg", os.fsencode(photos) + b"/caf\xe9.jpg")
    answer = run("up", str(photos), "--no-browser", "--port", "0")
    assert answer.returncode == 1
    assert answer.stderr == f"labelwright: the file name caf?.jpg in {photos} is not UTF-8; rename it\n"
