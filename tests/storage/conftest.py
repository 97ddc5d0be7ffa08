"""What storage tests share: processes that work a database, and a task to work on."""

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from labelwright.domain.frames import Segment
from labelwright.domain.labels import Label, NewAttribute, NewLabel
from labelwright.storage import labels, projects, tasks, users

NOW = "2026-11-22T05:00:00.000000Z"
HAMMER = Path(__file__).parent / "hammer.py"


@pytest.fixture
def hammer_at():
    """Run `hammer.py` on an address in several processes at once; returns what all of them did."""

    def run(url, what, *, processes, threads, seconds):
        command = [sys.executable, str(HAMMER), what, url, str(threads), str(seconds)]
        pipe = subprocess.PIPE
        started = [subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) for _ in range(processes)]
        ended = [(process, *process.communicate(timeout=120)) for process in started]
        assert [said for process, _, said in ended if process.returncode] == []
        return [item for _, answer, _ in ended for item in json.loads(answer)]

    return run


@pytest.fixture
def hammer(database, hammer_at):
    """`hammer_at` the test's database."""
    url = database.url.set(drivername="sqlite" if database.is_sqlite else "postgresql")
    return partial(hammer_at, url.render_as_string(hide_password=False))


@dataclass(frozen=True)
class Made:
    """A task with labels and jobs."""

    id: int
    jobs: list[int]
    labels: list[Label]


@pytest.fixture
def add_user(database):
    """Add an account; returns it."""

    def add(username="ada", **fields):
        values = {
            "email": "",
            "first_name": "",
            "last_name": "",
            "password_hash": "x",
            "roles": (),
            "is_staff": False,
            "is_superuser": False,
            "now_utc": NOW,
        }
        with database.write() as tx:
            return users.insert_user(tx, username=username, **(values | fields))

    return add


def new_label(name, *attributes):
    made = [NewAttribute(each, False, "text", "none", ("",)) for each in attributes]
    return NewLabel(name, "#102030", tuple(made))


@pytest.fixture
def add_task(database):
    """Add a task with two jobs, and, out of a project, a label with an attribute and one without; gives a `Made`."""

    def add(name="street", *, segments=((0, 4), (5, 9)), **fields):
        values = {
            "owner_id": None,
            "assignee_id": None,
            "bug_tracker": "",
            "subset": "",
            "overlap": None,
            "segment_size": 0,
            "now_utc": NOW,
        }
        with database.write() as tx:
            task_id = tasks.insert_task(tx, name=name, **(values | fields))
            for label in () if "project_id" in fields else (new_label("car", "colour"), new_label("人")):
                labels.insert_label(tx, label, task_id=task_id)
            tasks.insert_jobs(tx, task_id, [Segment(*each) for each in segments])
            jobs = [job.id for job in tasks.list_jobs(tx, task_id)]
            return Made(task_id, jobs, labels.read_labels(tx, task_id))

    return add


@pytest.fixture
def add_project(database):
    """Add a project with two labels; returns its id."""

    def add(name="town", **fields):
        values = {"owner_id": None, "assignee_id": None, "bug_tracker": "", "training": None, "now_utc": NOW}
        with database.write() as tx:
            project_id = projects.insert_project(tx, name=name, **(values | fields))
            for label in (new_label("car", "colour"), new_label("人")):
                labels.insert_label(tx, label, project_id=project_id)
            return project_id

    return add


@pytest.fixture
def add_task_to(database):
    """Add an empty task to a project; returns its id."""

    def add(project_id, **fields):
        values = dict.fromkeys(("owner_id", "assignee_id", "overlap"))
        values |= {"name": "t", "bug_tracker": "", "subset": "", "segment_size": 0, "now_utc": NOW}
        with database.write() as tx:
            return tasks.insert_task(tx, project_id=project_id, **(values | fields))

    return add
