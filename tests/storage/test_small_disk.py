"""A disk that is full: a sentence, nothing half-saved, and the next small save works."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "full_disk.py"
_ALONE = ["unshare", "--user", "--map-root-user", "--mount"]


def test_a_full_disk_is_told_and_leaves_what_was_saved(tmp_path):
    if not shutil.which("unshare") or subprocess.run([*_ALONE, "true"], check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    command = [*_ALONE, sys.executable, str(SCRIPT), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert "the disk that holds the database is full" in found["said"]["save"]
    assert "a was not stored" in found["said"]["blob"]
    assert found["said"]["upload"] == "the disk of the data folder is full: the upload was not stored"
    assert (found["rows"], found["files"]) == (20, [])
