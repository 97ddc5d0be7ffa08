"""A disk that fills up, on a small file system in memory: 507 with a sentence, nothing half-saved, then on again."""

import contextlib
import subprocess
from pathlib import Path

import pytest
from live import (
    body,
    box,
    image_parts,
    job_ids,
    jpeg,
    new_task,
    run_server,
    task_with_images,
    until,
    wait_for_media,
)

#: Room for the databases, their logs and some photographs.
_SIZE = "24m"


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 24 MB; skips, saying why, where mounting is not allowed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounting.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounting.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def tight(small_disk, sqlite_template):
    yield from run_server(small_disk / "data", sqlite_template)


@contextlib.contextmanager
def full(disk: Path, *, leave: int = 0):
    """Fill the disk but for `leave` bytes; empty it again at the end."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (2**20, 2**16, 4096, 512, 1):
            with contextlib.suppress(OSError):
                while file.write(b"\0" * size) == size:
                    pass
        if leave:
            file.truncate(max(0, file.tell() - leave))
    yield
    filler.unlink()


def assert_full(answer):
    assert answer.status_code == 507, answer.text
    assert "full" in answer.json()["detail"]


def test_a_full_disk_refuses_saves_and_takes_them_again(tight, small_disk):
    with tight.client() as client:
        task = task_with_images(client, 1)
        path = f"/jobs/{job_ids(task)[0]}/annotations"
        kept = client.patch(f"{path}?action=create", json=body(box(task))).json()
        many = body(
            *[
                box(
                    task,
                    attributes=[{"spec_id": task["labels"][0]["attributes"][0]["id"], "value": "x" * 2000}],
                )
            ]
            * 400
        )
        with full(small_disk):
            for _ in range(2):
                assert_full(client.put(path, json=many))
                assert_full(client.patch(f"{path}?action=create", json=many))
            stored = client.get(path).json()
            assert (stored["version"], [shape["id"] for shape in stored["shapes"]]) == (
                kept["version"],
                [kept["shapes"][0]["id"]],
            )
            assert client.get("/users/self").status_code == 200
        again = client.patch(f"{path}?action=create", json=many)
        assert (again.status_code, again.json()["version"]) == (200, kept["version"] + 1)
        assert len(client.get(path).json()["shapes"]) == 401


@pytest.mark.parametrize("size", [300_000, 20_000_000], ids=["a small file", "a file too large for the disk"])
def test_a_full_disk_refuses_an_upload_and_keeps_none_of_it(tight, small_disk, size):
    content = jpeg() + b"\0" * size
    with tight.client() as client:
        task = new_task(client)["id"]
        with full(small_disk, leave=100_000):
            answer = client.post(
                f"/tasks/{task}/data",
                data={"image_quality": "70"},
                files=[*image_parts(1), ("client_files[9]", ("big.jpg", content))],
            )
            assert_full(answer)
            until(
                lambda: (tight.blob_files(f"tasks/{task}/"), list(tight.deps.scratch.glob("upload-*"))),
                lambda left: left == ([], []),
            )
            assert "size" not in client.get(f"/tasks/{task}").json()
            assert client.get(f"/tasks/{task}/status").json()["state"] == "Finished"
        answer = client.post(f"/tasks/{task}/data", data={"image_quality": "70"}, files=image_parts(2))
        assert answer.status_code == 202
        assert wait_for_media(client, task)["state"] == "Finished"


def test_a_full_disk_refuses_an_import_and_keeps_the_annotations(tight, small_disk):
    with tight.client() as client:
        task = task_with_images(client, 1)
        path = f"/jobs/{job_ids(task)[0]}/annotations"
        kept = client.put(path, json=body(box(task))).json()
        with full(small_disk, leave=50_000):
            assert_full(
                client.put(
                    path,
                    params={"format": "COCO 1.0"},
                    files={"annotation_file": ("a.json", b" " * 2_000_000)},
                )
            )
            assert tight.blob_files(f"tasks/{task['id']}/imports/") == []
        assert client.get(path).json()["shapes"][0]["id"] == kept["shapes"][0]["id"]
        sent = {"annotation_file": ("a.json", b'{"images": [], "categories": [], "annotations": []}')}
        assert client.put(path, params={"format": "COCO 1.0"}, files=sent).status_code == 202
        final = until(
            lambda: client.put(path, params={"format": "COCO 1.0"}), lambda answer: answer.status_code != 202
        )
        assert final.status_code == 201


def test_with_no_byte_left_every_write_is_refused_and_every_read_answered(tight, small_disk):
    with tight.client() as client:
        task = task_with_images(client, 1)
        path = f"/jobs/{job_ids(task)[0]}/annotations"
        client.put(path, json=body(box(task)))
        with full(small_disk):
            outcomes = {}
            for n in range(60):  # until the log of the database has used up the page it had left
                outcomes[n] = client.put(path, json=body(*[box(task)] * 20)).status_code
            assert set(outcomes.values()) <= {200, 507}
            assert outcomes[59] == 507
            for read in (
                path,
                f"/tasks/{task['id']}",
                "/tasks",
                f"/tasks/{task['id']}/data?type=chunk&number=0",
                f"/tasks/{task['id']}/data?type=preview",
            ):
                assert client.get(read).status_code == 200, read
            for write in (
                ("POST", "/tasks", {"name": "t", "labels": [{"name": "x" * 60}] * 1}),
                ("PATCH", f"/jobs/{job_ids(task)[0]}", {"status": "completed"}),
            ):
                assert client.request(write[0], write[1], json=write[2]).status_code in (200, 201, 507)
        assert client.put(path, json=body(box(task))).status_code == 200


@pytest.mark.parametrize("leave", [0, 60_000])
def test_what_is_acknowledged_on_a_nearly_full_disk_is_done_once_there_is_space(tight, small_disk, leave):
    """An upload may be taken on though the queue's own disk is full: it must not be lost, nor called an error."""
    with tight.client() as client:
        task = new_task(client)["id"]
        with full(small_disk, leave=leave):
            answer = client.post(f"/tasks/{task}/data", data={"image_quality": "70"}, files=image_parts(1))
        assert answer.status_code in (202, 507), answer.text
        if answer.status_code == 202:
            assert wait_for_media(client, task)["state"] in ("Finished", "Failed")
        else:
            assert "size" not in client.get(f"/tasks/{task}").json()
            assert tight.blob_files(f"tasks/{task}/") == []
        assert client.get("/users/self").status_code == 200


def test_a_queue_that_cannot_be_written_loses_nothing_that_was_acknowledged(
    small_disk, tmp_path, sqlite_template
):
    """The operation is stored; a worker that finds it adrift hands it over once there is space."""
    server = run_server(
        tmp_path / "data", sqlite_template, operations_url=f"sqlite:///{small_disk}/ops.db", stale_worker_s=4
    )
    tight = next(server)
    with tight.client() as client:
        done, running = task_with_images(client, 1), new_task(client)["id"]
        with full(small_disk):
            answer = client.post(f"/tasks/{running}/data", data={"image_quality": "70"}, files=image_parts(1))
            assert answer.status_code == 202, answer.text
            assert (
                client.get(f"/tasks/{done['id']}/annotations", params={"format": "COCO 1.0"}).status_code
                == 202
            )
            assert client.delete(f"/tasks/{done['id']}").status_code == 204
        assert wait_for_media(client, running)["state"] == "Finished"
    assert next(server, None) is None


def test_a_file_sent_in_pieces_leaves_room_to_forget_it(tight, small_disk):
    with tight.client() as client:
        task = new_task(client)["id"]
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "9000000",
            "Upload-Metadata": "filename YS56aXA=",
        }
        begun = client.post(f"/tasks/{task}/uploads", headers=headers)
        address = f"/tasks/{task}/{begun.headers['location']}"
        headers = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        with full(small_disk, leave=8_000_000):
            assert client.patch(address, headers=headers, content=b"x" * 1_000_000).status_code == 507
            assert client.delete(address).status_code == 204
