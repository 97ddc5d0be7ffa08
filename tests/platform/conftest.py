import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from platform_server import PlatformServer


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One platform for a file of tests: names and datasets of their own, faults taken back."""
    with PlatformServer(tmp_path_factory.mktemp("storage")) as platform:
        yield platform


@pytest.fixture
def platform(server):
    yield server
    for part in ("people", "datasets"):
        server.fail(part, None)
