"""What tests of services share: the bundle they work with, on both databases, somebody, and a task."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import pytest
from drawn import with_photographs

from labelwright.compose import open_deps
from labelwright.domain.labels import LabelSpec
from labelwright.domain.tasks import TaskSpec
from labelwright.services import accounts, tasks
from labelwright.settings import Settings


@pytest.fixture(params=["sqlite", "postgresql"])
def deps(request, tmp_path):
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    deps = open_deps(Settings(data=tmp_path / "data", database_url=url))
    yield deps
    deps.operations.close()
    deps.database.close()


@pytest.fixture
def user(deps):
    account = accounts.NewAccount(username="root", password="x", password_again="x")
    return accounts.create_account(deps, account=account, roles=(), is_admin=True)


@pytest.fixture
def task(deps, user):
    """A task of two photographs in two jobs, with labels `car` and `dog`."""
    spec = TaskSpec(name="t", labels=(LabelSpec(name="car"), LabelSpec(name="dog")), segment_size=1)
    return with_photographs(deps, user, tasks.create_task(deps, user=user, spec=spec))
