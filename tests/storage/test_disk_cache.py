import subprocess
import sys
import time

import pytest

from labelwright.domain.errors import Invalid
from labelwright.storage.cache import DiskCache

FILL = """
import sys
from pathlib import Path
from labelwright.storage.cache import DiskCache

cache = DiskCache(Path(sys.argv[1]), limit_bytes=50_000)
for number in range(200):
    key = f"{number % 40}/{sys.argv[2] if number % 2 else 'shared'}"
    cache.put(key, bytes([number % 40]) * 2000)
    found = cache.get(f"{number * 7 % 40}/shared")
    assert found in (None, bytes([number * 7 % 40]) * 2000), "torn"
"""


@pytest.fixture
def cache(tmp_path):
    return DiskCache(tmp_path / "cache", limit_bytes=1000)


def _bytes_in(folder):
    return sum(path.stat().st_size for path in folder.rglob("[!.]*") if path.is_file())


def test_what_was_kept_is_found(cache):
    cache.put("9/compressed-70/0-36.zip", b"zip")
    assert cache.get("9/compressed-70/0-36.zip") == b"zip"
    assert cache.get("9/compressed-70/1-36.zip") is None
    assert cache.get("9/compressed-70") is None


def test_what_was_read_longest_ago_goes_first(cache):
    for name in "abcd":
        cache.put(f"1/{name}", bytes(240))
        time.sleep(0.01)
    assert cache.get("1/a")
    cache.put("1/e", bytes(240))
    kept = [name for name in "abcde" if cache.get(f"1/{name}")]
    assert kept == ["a", "d", "e"]


def test_what_is_larger_than_the_limit_is_not_kept(cache, tmp_path):
    cache.put("big", bytes(2000))
    assert _bytes_in(tmp_path) == 0


def test_forgetting_a_folder_spares_others(cache):
    for key in ("9/a", "9/b/c", "90/a"):
        cache.put(key, b"x")
    cache.forget("9/")
    cache.forget("nothing/")
    assert [cache.get(key) for key in ("9/a", "9/b/c", "90/a")] == [None, None, b"x"]


def test_a_folder_that_cannot_be_written_is_passed_over(tmp_path):
    (tmp_path / "cache").write_bytes(b"a file is in the way")
    cache = DiskCache(tmp_path / "cache", limit_bytes=1000)
    cache.put("9/a", b"x")
    assert cache.get("9/a") is None


def test_two_processes_share_a_folder(tmp_path):
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", FILL, str(tmp_path)]
    started = [subprocess.Popen([*command, name], stderr=pipe, text=True) for name in "ab"]
    assert [process.communicate(timeout=60)[1] for process in started] == ["", ""]
    assert 10_000 < _bytes_in(tmp_path) <= 50_000


MAKE = """
import sys, time
from pathlib import Path
from labelwright.storage.cache import DiskCache

def write(file):
    with open(sys.argv[2], "a") as log:
        log.write(f"{key}\\n")
    time.sleep(0.05)
    file.write(key.encode() * 1000)

cache = DiskCache(Path(sys.argv[1]), limit_bytes=10**6)
for number in range(5):
    key = f"9/{number}"
    with cache.make(key, write) as file:
        assert file.read() == key.encode() * 1000, "torn"
"""


def _made(cache, key, content):
    with cache.make(key, lambda file: file.write(content)) as file:
        return file.read()


def test_a_file_is_made_once_for_all_processes_that_want_it(tmp_path):
    log = tmp_path / "log"
    command = [sys.executable, "-c", MAKE, str(tmp_path / "cache"), str(log)]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate(timeout=60)[1] for process in started] == [""] * 3
    assert log.read_text().split() == [f"9/{number}" for number in range(5)]
    assert sorted(path.name for path in (tmp_path / "cache/9").iterdir()) == list("01234")


def test_a_file_that_cannot_be_made_leaves_nothing_and_the_next_tries_itself(cache, tmp_path):
    def fail(file):
        file.write(b"half")
        raise Invalid("no such frame")

    with pytest.raises(Invalid):
        cache.make("9/a", fail)
    assert list((tmp_path / "cache/9").iterdir()) == []
    assert _made(cache, "9/a", b"whole") == b"whole"


def test_a_file_that_is_open_is_read_to_its_end_after_it_was_deleted(cache):
    with cache.make("9/a", lambda file: file.write(bytes(700))) as kept:
        assert _made(cache, "9/b", bytes(700)) == bytes(700)
        assert [cache.holds(key) for key in ("9/a", "9/b")] == [False, True]
        assert kept.read() == bytes(700)


def test_where_nothing_can_be_kept_a_file_is_made_in_memory(tmp_path):
    (tmp_path / "cache").write_bytes(b"a file is in the way")
    cache = DiskCache(tmp_path / "cache", limit_bytes=1000)
    assert _made(cache, "9/a", b"x") == b"x"


def test_what_a_power_cut_left_empty_is_made_anew(cache, tmp_path):
    cache.put("9/a", b"x")
    (tmp_path / "cache/9/a").write_bytes(b"")
    assert cache.get("9/a") is None
    assert _made(cache, "9/a", b"y") == b"y"


def test_the_limit_holds_after_the_count_was_lost_or_garbled(cache, tmp_path):
    for number, garbage in enumerate((None, b"", b"nonsense, long")):
        if garbage is None:
            (tmp_path / "cache/.size").unlink(missing_ok=True)
        else:
            (tmp_path / "cache/.size").write_bytes(garbage)
        for name in "abcdef":
            cache.put(f"{number}/{name}", bytes(300))
    assert _bytes_in(tmp_path) <= 1000
