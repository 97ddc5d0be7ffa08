from pathlib import Path

import pytest
from drawn import with_files, with_photographs
from live import jpeg

from labelwright.cli import main
from labelwright.compose import open_deps
from labelwright.domain.errors import Cancelled
from labelwright.domain.labels import LabelSpec
from labelwright.domain.tasks import TaskSpec
from labelwright.services import accounts, tasks, videos
from labelwright.settings import Settings
from labelwright.storage import operations

#: Bytes of a frame of the raw clip, in which no frame leans on another.
RAW_BYTES = 160 * 120 * 2


@pytest.fixture
def deps(tmp_path, monkeypatch, sqlite_template):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    deps = open_deps(Settings(data=tmp_path / "data"))
    yield deps
    deps.videos.close()
    deps.operations.close()
    deps.database.close()


@pytest.fixture
def user(deps):
    account = accounts.NewAccount(username="root", password="x", password_again="x")
    return accounts.create_account(deps, account=account, roles=(), is_admin=True)


@pytest.fixture
def empty(deps, user):
    return tasks.create_task(deps, user=user, spec=TaskSpec(name="frames", labels=(LabelSpec(name="car"),)))


@pytest.fixture
def raw_clip(make_clip):
    return make_clip("raw.avi", "-c:v", "rawvideo", "-pix_fmt", "uyvy422")


@pytest.fixture
def verify(tmp_path, capsys):
    def run(task):
        status = main(["verify", str(task.id), "--data", str(tmp_path / "data")])
        return status, capsys.readouterr()

    return run


def own_children():
    threads = Path("/proc/self/task").iterdir()
    return sorted(child for thread in threads for child in (thread / "children").read_text().split())


def prove(deps):
    with deps.database.read() as tx:
        (waiting,) = [each for each in operations.list_unfinished(tx) if each.kind == "hash"]
    videos.run_hashing(deps, waiting, lambda fraction, message: None)


def file_of(deps, task):
    (key,) = deps.blobs.list_keys(f"tasks/{task.id}/uploads/")
    return deps.blobs.local_path(key)


def test_frames_of_a_video_that_are_not_its_files_are_named(deps, user, empty, raw_clip, verify):
    task = with_files(deps, user, empty, {"raw.avi": raw_clip.read_bytes()})
    prove(deps)
    assert verify(task) == (0, ('task 1 "frames": each of its 75 frames is the frame of its file\n', ""))
    path = file_of(deps, task)
    content = bytearray(path.read_bytes())
    middle = content.index(b"00dc" + RAW_BYTES.to_bytes(4, "little")) + 8 + 40 * (RAW_BYTES + 8) + 5000
    content[middle : middle + 2000] = bytes(2000)
    path.write_bytes(content)
    status, said = verify(task)
    assert status == 1
    assert said.out.splitlines() == [
        "frame 40 (frame_000040): it is not the picture that it was, or that the file holds",
        'task 1 "frames": 1 of its 75 frames are not those of its files',
    ]
    path.write_bytes(content[:-9])
    assert verify(task)[0] == 1


def test_images_that_are_damaged_or_others_than_they_were_are_named(deps, user, empty, verify):
    task = with_photographs(deps, user, empty)
    assert verify(task)[0] == 0
    first, second = (deps.blobs.local_path(key) for key in deps.blobs.list_keys(f"tasks/{task.id}/uploads/"))
    first.write_bytes(first.read_bytes()[:500])
    second.write_bytes(jpeg(32, 16))
    status, said = verify(task)
    assert status == 1
    lines = said.out.splitlines()
    assert lines[0].startswith("frame 0 (a.jpg): a.jpg ")
    assert lines[1:] == [
        "frame 1 (b.jpg): it was 64×48 and is 32×16",
        'task 1 "frames": 2 of its 2 frames are not those of its files',
    ]


def test_task_without_frames_cannot_be_verified(deps, empty, verify):
    status, said = verify(empty)
    assert (status, said.err) == (1, "labelwright: Cannot find requested data for the task\n")


def test_cancelled_reading_of_a_video_leaves_neither_process_nor_file(deps, user, empty, raw_clip):
    def cancel(fraction, message):
        if message.template.startswith("Reading the video"):
            raise Cancelled("operation {id} is over", id="x")

    before = own_children()
    with pytest.raises(Cancelled):
        with_files(deps, user, empty, {"raw.avi": raw_clip.read_bytes()}, progress=cancel)
    assert own_children() == before
    assert deps.blobs.list_keys(f"tasks/{empty.id}/video/") == []
