import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from house import Client, House


@pytest.fixture
def postgres_settings(postgres_server_url, postgres_url):
    """Environment variables that put tables and operations into PostgreSQL."""
    return {"LABELWRIGHT_DATABASE_URL": postgres_url, "LABELWRIGHT_OPERATIONS_URL": postgres_url}


@pytest.fixture
def make_house(tmp_path):
    """Make a house, and tell what its console said when the test fails."""
    made = []

    def make(**settings):
        made.append(House(tmp_path / f"house{len(made)}", settings=settings))
        return made[-1]

    yield make
    for house in made:
        house.stop()
        print(house.log.read_text())


@pytest.fixture
def house(make_house):
    """A house that runs."""
    house = make_house()
    house.start()
    return house


@pytest.fixture
def client(house):
    """A client of the house, signed in."""
    return Client(house).sign_in()


@pytest.fixture
def oracles():
    """The Python that has Datumaro."""
    default = Path(__file__).parents[2] / ".venv-oracles" / "bin" / "python"
    python = Path(os.environ.get("LABELWRIGHT_ORACLES_PYTHON", default))
    if not python.exists():
        pytest.fail(f"{python} is missing: run `make setup`, or name another in LABELWRIGHT_ORACLES_PYTHON")
    return python
