import pytest

from labelwright.domain.errors import NotFound
from labelwright.storage.blobs import FolderBlobs


@pytest.fixture
def blobs(tmp_path):
    return FolderBlobs(tmp_path / "blobs")


@pytest.mark.parametrize(
    "key", ["a", "tasks/9/raw/000001.jpg", "a b/c+d", "猫/🐈.png", "50%/100%25", "a#b?c&d", "~a/b:c", "a/.hidden"],
    ids=["plain", "folders", "blanks", "Unicode", "percent", "of addresses", "odd", "hidden"],
)  # fmt: skip
def test_bytes_are_read_under_the_key_they_were_stored_under(blobs, key):
    blobs.put(key, b"one")
    blobs.put(key, b"two")
    assert (blobs.get(key), blobs.size(key), blobs.list_keys("")) == (b"two", 3, [key])
    path = blobs.local_path(key)
    assert path is not None
    assert path.read_bytes() == b"two"
    blobs.delete([key, key])
    assert (blobs.size(key), blobs.local_path(key), blobs.list_keys("")) == (None, None, [])


def test_absent_bytes_are_told_by_their_key(blobs):
    with pytest.raises(NotFound, match="no bytes under tasks/9/x"):
        blobs.get("tasks/9/x")
    blobs.delete(["tasks/9/x"])
    blobs.delete_folder("tasks/9/")
    assert blobs.list_keys("tasks/") == []


def test_a_stored_file_stays_where_it_was(blobs, tmp_path):
    path = tmp_path / "big"
    path.write_bytes(bytes(20_000_000))
    blobs.put_file("a/big", path)
    assert blobs.size("a/big") == 20_000_000 == path.stat().st_size


def test_deleting_a_folder_spares_those_whose_names_begin_alike(blobs):
    for key in ("tasks/9/a", "tasks/9/b/c", "tasks/90/a", "tasks/9x"):
        blobs.put(key, b"")
    blobs.delete_folder("tasks/9/")
    assert blobs.list_keys("tasks/") == ["tasks/90/a", "tasks/9x"]


def test_keys_are_listed_in_order(blobs):
    for number in (3, 1, 2, 10):
        blobs.put(f"a/{number:03}", b"")
    assert blobs.list_keys("a/") == ["a/001", "a/002", "a/003", "a/010"]
