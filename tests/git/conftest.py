import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from bare import Bare

from labelwright.domain.repositories import Address, NewCommit
from labelwright.git import GitProgram, GitRules


@pytest.fixture
def make_program(tmp_path):
    """Make the way to repositories, with rules of its own; folders below `tmp_path/root` are allowed."""
    root = tmp_path / "root"
    root.mkdir()

    def make(**rules):
        given = {
            "root": root,
            "hosts": (),
            "ssh_key": None,
            "credentials": None,
            "timeout_s": 30,
            "max_mb": 100,
            "committer": ("Labelwright", "labelwright@localhost"),
        }
        program = shutil.which("git")
        assert program is not None
        return GitProgram(
            program, home=tmp_path / "home", scratch=tmp_path / "scratch", rules=GitRules(**given | rules)
        )

    return make


@pytest.fixture
def make_bare(tmp_path):
    """Make a bare repository below the allowed folder; returns it with its address."""

    def make(name="r.git", *, head="main"):
        bare = Bare(tmp_path / "root" / name, head=head)
        return bare, Address(transport="file", path=str(bare.folder))

    return make


@pytest.fixture
def new_commit(tmp_path):
    """A commit to push, and the file in it."""
    file = tmp_path / "annotations.zip"
    file.write_bytes(b"PK of annotations")
    commit = NewCommit(
        branch="cvat_7_street",
        path="annotation/street.zip",
        lfs=False,
        message="Annotations of street by ada\n\nTask URL: http://h/tasks/7\n",
        author_name="ada",
        author_email="ada@example.org",
        at_utc="2026-11-22T10:00:00.123456Z",
    )
    return commit, file
