import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from labelwright.domain.errors import Conflict
from labelwright.storage import Database
from labelwright.storage.migrate import HEAD, _config, migrate
from labelwright.storage.tables import metadata

#: A task of schema 0002 with two labels, of which the second was deleted.
OLD_LABELS = (
    "INSERT INTO tasks (name, mode, bug_tracker, subset, segment_size, status, created_utc, updated_utc) "
    "VALUES ('t', '', '', '', 0, 'annotation', '', '')",
    "INSERT INTO labels (task_id, name, color, attribute_revision) VALUES (1, 'car', '', 0), (1, 'dog', '', 0)",
    'INSERT INTO attributes (label_id, name, mutable, input_type, default_value, "values") '
    "VALUES (1, 'colour', false, 'text', '', 'red')",
    "DELETE FROM labels WHERE name = 'dog'",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """The address of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    url = request.getfixturevalue("postgres_server_url")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS emptied WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE emptied"))
        yield url.set(drivername="postgresql", database="emptied").render_as_string(hide_password=False)
        connection.execute(text("DROP DATABASE emptied WITH (FORCE)"))
    engine.dispose()


def test_migrating_gives_exactly_the_tables(database):
    with database.read() as tx:
        context = MigrationContext.configure(tx.connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        found = set(inspect(tx.connection).get_table_names()) - {"alembic_version", "sqlite_sequence"}
    assert found == set(metadata.tables)


def test_the_newest_migration_is_what_alembic_finds(sqlite_database):
    with sqlite_database.read() as tx:
        assert ScriptDirectory.from_config(_config(tx.connection)).get_heads() == [HEAD]


def test_migrating_again_changes_nothing(database):
    migrate(database)
    with database.write() as tx:
        tx.connection.execute(text("INSERT INTO id_series (name, next_id) VALUES ('x', 1)"))
    migrate(database)
    with database.read() as tx:
        assert tx.connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [
            HEAD
        ]
        assert tx.connection.execute(text("SELECT count(*) FROM id_series")).scalar() == 1


def test_a_database_of_a_newer_labelwright_is_left_alone(database):
    with database.write() as tx:
        tx.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match=f"at schema 9999, this Labelwright knows {HEAD} at most"):
        migrate(database)


def test_several_processes_may_migrate_at_once(empty, hammer_at):
    hammer_at(empty, "migrate", processes=4, threads=1, seconds=0)
    database = Database(empty)
    with database.read() as tx:
        assert tx.connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
    database.close()


def test_labels_keep_their_ids_and_attributes_when_projects_come(empty):
    database = Database(empty)
    with database.write() as tx:
        command.upgrade(_config(tx.connection), "0002")
        for statement in OLD_LABELS:
            tx.connection.execute(text(statement))
    migrate(database)
    with database.write() as tx:
        found = tx.connection.execute(text('SELECT l.id, l.name, a.name, a."values" FROM labels l '
                                           "JOIN attributes a ON a.label_id = l.id")).all()  # fmt: skip
        assert [tuple(row) for row in found] == [(1, "car", "colour", "red")]
        added = text(
            "INSERT INTO labels (task_id, name, color, attribute_revision) VALUES (1, 'x', '', 0) RETURNING id"
        )
        assert tx.connection.execute(added).scalar() == 3, "an id is never given out twice"
    database.close()
