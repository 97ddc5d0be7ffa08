import subprocess
import sys
import time

import pytest

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
