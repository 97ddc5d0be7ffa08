"""Bring a database to the newest schema with Alembic, at start.

Alembic costs 0.3 s to import, so it is left alone when the version table already says `HEAD`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from labelwright.domain.errors import Conflict, Unreachable
from labelwright.storage import Database

if TYPE_CHECKING:
    from alembic.config import Config

#: The newest migration, numbered in order. A test holds it equal to what Alembic finds.
HEAD = "0009"
#: Any number will do, as long as every server of one database uses the same.
_POSTGRES_LOCK = 7_215_001


def migrate(database: Database) -> None:
    """Create or upgrade every table; do nothing when the schema is the newest. Safe to run from many processes.

    Raises:
        Conflict: a newer Labelwright has been here.
        Unreachable: as `schema_version`.
    """
    version = schema_version(database)
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise Conflict(
            "the database is at schema {version}, this Labelwright knows {newest} at most: install a newer one",
            version=version,
            newest=HEAD,
        )
    from alembic import command  # see the module's docstring

    with database.write() as tx:
        if not tx.is_sqlite:
            tx.connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _POSTGRES_LOCK})
        command.upgrade(_config(tx.connection), "head")


def schema_version(database: Database) -> str | None:
    """Return which migration the database is at, None when it has no tables of ours yet.

    Raises:
        Unreachable: the database does not answer, or what answers is none.
    """
    try:
        return _version(database)
    except DBAPIError as error:
        where = database.url.render_as_string(hide_password=True)
        reason = str(error.orig).strip().splitlines()[0]
        raise Unreachable(
            "the database {where} cannot be used: {reason}", where=where, reason=reason
        ) from error


def _version(database: Database) -> str | None:
    with database.read() as tx:
        if not inspect(tx.connection).has_table("alembic_version"):
            return None
        version = tx.connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return None if version is None else str(version)


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
