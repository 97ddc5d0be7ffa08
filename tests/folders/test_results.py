"""Results in a folder that others write to: replaced in one step, nothing of others lost, no link followed."""

import ctypes
import errno
import os
import subprocess
import sys
import threading
from contextlib import suppress

import pytest

from labelwright.domain.errors import Conflict
from labelwright.folders import Folder
from labelwright.folders.results import MANIFEST, new_results, read_manifest

NAME = "annotations"


def never():
    raise AssertionError("nobody else is writing")


def write(dataset, files, *, state="1", wait=never, before_show=lambda: None):
    """Write results of these files, text by path, to the dataset's folder."""
    with Folder(dataset) as folder, new_results(folder, NAME, wait=wait) as new:
        for name, content in files.items():
            with new.folder.new_file(name) as file:
                file.write(content.encode())
        before_show()
        new.show(task=1, state=state, files={"COCO 1.0": list(files)})


def found_in(dataset):
    """All files and links below the folder but the manifest, text or target by path."""
    paths = sorted(path for path in dataset.rglob("*") if path.is_symlink() or path.is_file())
    return {
        path.relative_to(dataset).as_posix(): os.readlink(path) if path.is_symlink() else path.read_text()
        for path in paths
        if path.name != MANIFEST
    }


def put(path, content="theirs"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def test_what_others_put_there_stays_and_what_we_wrote_before_goes(tmp_path):
    put(tmp_path / NAME / "own/theirs.json")
    put(tmp_path / NAME / "both.json", "theirs, written over")
    (tmp_path / NAME / "empty").mkdir()
    (tmp_path / NAME / "link").symlink_to("/etc")
    write(tmp_path, {"old/a.txt": "1", "both.json": "ours"})
    put(tmp_path / NAME / "old/note.txt")
    write(tmp_path, {"new/a.txt": "2"}, state="2")
    assert found_in(tmp_path) == {
        "annotations/own/theirs.json": "theirs",
        "annotations/old/note.txt": "theirs",
        "annotations/new/a.txt": "2",
        "annotations/link": "/etc",
    }
    assert (tmp_path / NAME / "empty").is_dir()
    assert os.listdir(tmp_path) == [NAME]


def test_a_reader_in_a_loop_never_sees_half_a_result(tmp_path):
    files = {f"part/{number}.txt": "0" for number in range(20)}
    write(tmp_path, files, state="0")
    is_over, seen, problems = threading.Event(), set(), []

    def look():
        while not is_over.is_set():
            try:
                first = int((tmp_path / NAME / "part/0.txt").read_text())
                last = int((tmp_path / NAME / "part/19.txt").read_text())
            except (OSError, ValueError) as error:
                problems.append(error)  # no file is missing or empty at any time
                continue
            if first > last:
                problems.append((first, last))
            with suppress(FileNotFoundError), Folder(tmp_path / NAME) as results:
                manifest = read_manifest(results)
                texts = {text_of(results, name) for name in files}
                if manifest is not None and texts != {manifest.state}:
                    problems.append((manifest.state, texts))
                seen.update(texts)

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(1, 15):
        write(tmp_path, dict.fromkeys(files, str(number)), state=str(number))
    is_over.set()
    reader.join()
    assert problems == []
    assert len(seen) > 1


def text_of(folder, name):
    with folder.open_file(name) as file:
        return file.read().decode()


def test_a_file_that_comes_while_results_are_written_is_kept(tmp_path, monkeypatch):
    put(tmp_path / NAME / "kept.txt")
    really_sync, late = os.fsync, []

    def fsync(descriptor):
        if not late and os.readlink(f"/proc/self/fd/{descriptor}").endswith(MANIFEST):
            late.append(put(tmp_path / NAME / "late/late.txt", "came late"))
            put(tmp_path / NAME / "other.txt", "new of theirs").rename(tmp_path / NAME / "kept.txt")
        really_sync(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    write(tmp_path, {"a.txt": "1"})
    assert found_in(tmp_path) == {
        "annotations/a.txt": "1",
        "annotations/kept.txt": "new of theirs",
        "annotations/late/late.txt": "came late",
    }


@pytest.mark.parametrize("kind", ["file", "link", "link to a folder within"])
def test_a_name_that_is_taken_by_no_folder_is_told_and_left(tmp_path, kind):
    outside = tmp_path / "outside"
    outside.mkdir()
    dataset = tmp_path / "dataset"
    (dataset / "within").mkdir(parents=True)
    if kind == "file":
        put(dataset / NAME)
    else:
        (dataset / NAME).symlink_to(outside if kind == "link" else "within")
    with pytest.raises(Conflict, match=r"annotations in the dataset's folder is a (file|link), not a folder"):
        write(dataset, {"a.txt": "1"})
    assert list(outside.iterdir()) == []
    assert sorted(os.listdir(dataset)) == [NAME, "within"]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        pytest.param("a", "a/b.txt", id="a file where ours needs a folder"),
        pytest.param("a/b.txt", "a", id="a folder where ours is a file"),
        pytest.param("link", "link/b.txt", id="a link where ours needs a folder"),
    ],
)
def test_what_is_in_the_way_is_named_and_nothing_is_changed(tmp_path, theirs, ours):
    dataset, outside = tmp_path / "dataset", tmp_path / "outside"
    outside.mkdir()
    if theirs == "link":
        (dataset / NAME).mkdir(parents=True)
        (dataset / NAME / "link").symlink_to(outside)
    else:
        put(dataset / NAME / theirs)
    before = found_in(dataset)
    with pytest.raises(Conflict, match="among the results is in the way"):
        write(dataset, {ours: "1"})
    assert found_in(dataset) == before
    assert (os.listdir(dataset), os.listdir(outside)) == ([NAME], [])


@pytest.mark.parametrize(
    "content", ['{"token": 1}', "junk", '{"token":"","task":1,"state":"","files":{"x":["../up.txt"]}}']
)
def test_a_manifest_of_somebody_else_deletes_nothing(tmp_path, content):
    put(tmp_path / "up.txt")
    put(tmp_path / NAME / MANIFEST, content)
    put(tmp_path / NAME / "theirs.txt")
    write(tmp_path, {"a.txt": "1"})
    assert found_in(tmp_path) == {
        "up.txt": "theirs", "annotations/a.txt": "1", "annotations/theirs.txt": "theirs",
    }  # fmt: skip


@pytest.mark.parametrize("has_results", [True, False], ids=["over results", "the first time"])
def test_where_names_cannot_be_exchanged_two_steps_do(tmp_path, monkeypatch, has_results):
    class Without:
        def __init__(self, *_, **__):
            pass

    if has_results:
        put(tmp_path / NAME / "theirs.txt")
        write(tmp_path, {"a.txt": "1"})
    monkeypatch.setattr(ctypes, "CDLL", Without)
    write(tmp_path, {"b.txt": "2"}, state="2")
    theirs = {"annotations/theirs.txt": "theirs"} if has_results else {}
    assert found_in(tmp_path) == {"annotations/b.txt": "2"} | theirs
    assert os.listdir(tmp_path) == [NAME]


def test_files_that_may_have_no_second_name_are_copied(tmp_path, monkeypatch):
    def link(*_, **__):
        raise OSError(errno.EPERM, "not yours")

    theirs = put(tmp_path / NAME / "deep/theirs.txt")
    os.utime(theirs, ns=(1, 10**15))
    (tmp_path / NAME / "link").symlink_to("theirs.txt")
    monkeypatch.setattr(os, "link", link)
    write(tmp_path, {"a.txt": "1"})
    assert found_in(tmp_path)["annotations/deep/theirs.txt"] == "theirs"
    assert theirs.stat().st_mtime_ns == 10**15
    assert os.readlink(tmp_path / NAME / "link") == "theirs.txt"


def test_results_are_for_others_to_read_as_umask_says_and_the_folder_keeps_its_rights(tmp_path):
    mask = os.umask(0o027)
    try:
        write(tmp_path, {"a.txt": "1"})
        assert [(tmp_path / NAME / name).stat().st_mode & 0o777 for name in ("", "a.txt")] == [0o750, 0o640]
        (tmp_path / NAME).chmod(0o2775)
        write(tmp_path, {"a.txt": "2"}, state="2")
        assert (tmp_path / NAME).stat().st_mode & 0o7777 == 0o2775
    finally:
        os.umask(mask)


KILLED = """
import os, signal, sys
from labelwright.folders import Folder
from labelwright.folders import results

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

moment = sys.argv[2]
if moment == "before":
    results._exchange = die
elif moment == "between":
    results.ctypes.CDLL = lambda *_, **__: object()
    rename, times = os.rename, []
    def renamed(*names, **folders):
        times.append(1)
        die() if len(times) == 2 else rename(*names, **folders)
    os.rename = renamed
else:
    results._rescue = die
with Folder(sys.argv[1]) as folder, results.new_results(folder, "annotations", wait=lambda: None) as new:
    with new.folder.new_file("a.txt") as file:
        file.write(b"2")
    new.show(task=1, state="2", files={"COCO 1.0": ["a.txt"]})
"""


@pytest.mark.parametrize("moment", ["before", "between", "after"])
def test_a_writer_that_is_killed_leaves_the_old_or_the_new_and_the_next_clears_up(tmp_path, moment):
    put(tmp_path / NAME / "theirs.txt")
    write(tmp_path, {"a.txt": "1", "b.txt": "1"})
    done = subprocess.run([sys.executable, "-c", KILLED, tmp_path, moment], check=False, timeout=60)
    assert done.returncode == -9
    left = [name for name in os.listdir(tmp_path) if name != NAME]
    assert left != []
    if moment == "after":
        put(tmp_path / left[0] / "late.txt", "came late")
        assert (tmp_path / NAME / "a.txt").read_text() == "2"
    with Folder(tmp_path) as folder, new_results(folder, NAME, wait=never):
        pass
    theirs = {"annotations/theirs.txt": "theirs"}
    old, new = {"annotations/a.txt": "1", "annotations/b.txt": "1"}, {"annotations/a.txt": "2"}
    late = {"annotations/late.txt": "came late"}
    assert found_in(tmp_path) == theirs | (new | late if moment == "after" else old)
    assert os.listdir(tmp_path) == [NAME]


def test_one_writes_at_a_time_and_the_other_waits(tmp_path):
    waited = threading.Event()
    second = threading.Thread(
        target=write, args=(tmp_path, {"b.txt": "2"}), kwargs={"wait": waited.set, "state": "2"}
    )

    def begin_the_second():
        second.start()
        assert waited.wait(10)

    write(tmp_path, {"a.txt": "1"}, before_show=begin_the_second)
    second.join()
    assert found_in(tmp_path) == {"annotations/b.txt": "2"}
    with Folder(tmp_path) as folder, Folder(NAME, parent=folder) as results:
        assert read_manifest(results).state == "2"
