"""A push to a git repository whose worker is killed in the middle ends as if nothing had been."""

import os
import shutil
import stat
import sys
import time
from pathlib import Path

import pytest
from actors import make_task
from house import Client
from main_job import photographs

from labelwright.storage import Database
from labelwright.storage import operations as rows

sys.path.insert(0, str(Path(__file__).parents[1]))

from bare import Bare

#: git that is slow to begin the one command named, so that it can be cut short.
_SLOW = """#!/bin/sh
case " $* " in *" {command} "*) echo $$ >> {log}; sleep 1;; esac
exec {git} "$@"
"""


@pytest.fixture(params=["fetch", "push"])
def slow_git(request, tmp_path):
    """Put a slow git before the real one; returns the settings for it, the folder of repositories, and its log."""
    folder, log, root = tmp_path / "bin", tmp_path / "git.log", tmp_path / "root"
    folder.mkdir()
    root.mkdir()
    (folder / "git").write_text(_SLOW.format(command=request.param, log=log, git=shutil.which("git")))
    (folder / "git").chmod(stat.S_IRWXU)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "LABELWRIGHT_GIT_ROOT": str(root)}, root, log


def _connect(client, task, bare):
    path = f"/git/repository/create/{task.id}"
    headers = {"Cookie": "csrftoken=x", "X-CSRFToken": "x"}
    answer = client.try_once("POST", _beside(client, path), json={"path": str(bare.folder)}, headers=headers)
    assert answer is not None
    assert answer.status_code == 200, answer.text
    return _end_of(client, answer.json()["rq_id"])


def _beside(client, path):
    """The address of a route that is not below API v1."""
    return str(client._http.base_url).removesuffix("/").removesuffix("/api/v1") + path


def _end_of(client, rq_id):
    path = _beside(client, f"/git/repository/check/{rq_id}")
    return client.until(path, lambda found: found.json()["status"] in ("finished", "failed")).json()


def test_a_push_is_done_once_although_its_worker_was_killed(make_house, slow_git):
    settings, root, log = slow_git
    house = make_house(**settings)
    house.start()
    client, bare = Client(house).sign_in(), Bare(root / "r.git")
    base = bare.commit("main", "README.md", "kept")
    task = make_task(client, "killed", photographs()[:2], segment_size=0)
    assert _connect(client, task, bare) == {"status": "finished"}
    client.get(_beside(client, f"/git/repository/push/{task.id}"))
    while not log.exists():
        time.sleep(0.01)
    assert house.kill_workers() > 0
    database = Database(f"sqlite:///{house.folder / 'data' / 'labelwright.db'}")
    with database.read() as tx:
        assert [each.kind for each in rows.list_unfinished(tx)] == ["push"], "it was cut short"
    database.close()
    assert _end_of(client, f"git.push.{task.id}") == {"status": "finished"}
    assert len(log.read_text().split()) >= 2, "it was begun again"
    branch = f"cvat_{task.id}_killed"
    time.sleep(1.5)  # what the killed worker had begun may end after it: it pushes the same commit
    assert bare.git("rev-list", branch).split()[1:] == [base]
    assert bare.files(branch) == ["README.md", "annotation/killed.zip"]
    found = client.get(_beside(client, f"/git/repository/get/{task.id}"))["status"]
    assert found == {"value": "sync", "error": None}
