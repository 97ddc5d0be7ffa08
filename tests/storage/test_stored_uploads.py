import os
import time

import pytest

from labelwright.deps import Limits
from labelwright.domain.errors import Invalid, StorageFull, TooLarge
from labelwright.storage.blobs import FolderBlobs
from labelwright.storage.uploads import Upload, drop_old_files


@pytest.fixture
def blobs(tmp_path):
    return FolderBlobs(tmp_path / "blobs")


@pytest.fixture
def scratch(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def _upload(blobs, scratch, **limits):
    bounds = Limits(**({"max_upload_mb": 100, "max_upload_files": 3} | limits))
    return Upload(blobs, prefix="tasks/9/uploads/", scratch=scratch, limits=bounds)


def _send(upload, name, *pieces):
    upload.open_file(name)
    for piece in pieces:
        upload.write(piece)
    upload.close_file()


def test_files_lie_in_the_store_in_the_order_sent_large_ones_too(blobs, scratch):
    large = [bytes([n]) * 6_000_000 for n in range(4)]
    with _upload(blobs, scratch) as upload:
        _send(upload, "b.jpg", b"b")
        _send(upload, "a.jpg", *large)
        _send(upload, "b.jpg")
        upload.accepted = True
    assert upload.names == ["b.jpg", "a.jpg", "b.jpg"]
    assert [blobs.get(key) for key in upload.keys] == [b"b", b"".join(large), b""]
    assert (blobs.list_keys("tasks/9/uploads/"), list(scratch.iterdir())) == (upload.keys, [])


def test_what_is_not_accepted_leaves_nothing(blobs, scratch):
    with _upload(blobs, scratch) as upload:
        _send(upload, "a.jpg", b"a")
        upload.open_file("b.jpg")
        upload.write(bytes(20_000_000))
        assert len(list(scratch.iterdir())) == 1
    assert (blobs.list_keys(""), list(scratch.iterdir())) == ([], [])


def test_two_uploads_do_not_meet(blobs, scratch):
    with _upload(blobs, scratch) as first, _upload(blobs, scratch) as second:
        for upload in (first, second):
            _send(upload, "a.jpg", bytes(17_000_000))
        second.accepted = True
    assert blobs.list_keys("") == second.keys


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        pytest.param(
            {"max_upload_files": 1}, r"more than 1 files .*LABELWRIGHT_MAX_UPLOAD_FILES", id="files"
        ),
        pytest.param(
            {"max_upload_mb": 1}, r"over 1 MB \(LABELWRIGHT_MAX_UPLOAD_MB\)", id="bytes of all together"
        ),
    ],
)
def test_limits_are_told_with_their_setting_and_leave_nothing(blobs, scratch, limits, words):
    def send():
        with _upload(blobs, scratch, **limits) as upload:
            for name in ("a.jpg", "b.jpg"):
                _send(upload, name, bytes(600_000))

    with pytest.raises(TooLarge, match=words):
        send()
    assert blobs.list_keys("") == []


def test_a_file_name_no_database_can_hold_is_refused(blobs, scratch):
    with _upload(blobs, scratch) as upload, pytest.raises(Invalid, match="NUL"):
        upload.open_file("a\x00.jpg")


def test_a_scratch_folder_that_is_gone_is_told(blobs, scratch):
    scratch.rmdir()
    with _upload(blobs, scratch) as upload:
        upload.open_file("a.jpg")
        with pytest.raises(StorageFull, match="the upload was not stored"):
            upload.write(bytes(20_000_000))


def test_only_files_nobody_has_written_to_for_long_are_dropped(scratch):
    for name, age_s in (("old", 100), ("fresh", 10)):
        (scratch / name).write_bytes(b"")
        os.utime(scratch / name, (time.time() - age_s,) * 2)
    drop_old_files(scratch, older_than_s=50)
    assert [path.name for path in scratch.iterdir()] == ["fresh"]
