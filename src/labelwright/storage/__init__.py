"""The only SQL and the only object store: one `Database`, one `Transaction` a service call.

SQLite runs in WAL mode with `synchronous=FULL` and takes its write lock at the start of a write
(`BEGIN IMMEDIATE`), so a transaction never finds out late that it cannot commit. PostgreSQL writes at read
committed and reads at repeatable read, with `synchronous_commit=on`. Acknowledged means on disk (decision 12a).
"""

import fcntl
import os
import re
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from labelwright.domain.errors import Conflict, Invalid, StorageFull
from labelwright.domain.sentences import Sentence

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
    from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

#: Rows fetched at once where many are read.
_BATCH = 2_000
#: A value's place in a query.
_PLACE = re.compile(r":(\w+)")
_NUL = Sentence("a text holds a NUL character, which is never stored")
#: Seconds a transaction waits for SQLite's write lock before it gives up.
BUSY_TIMEOUT_S = 10.0
#: What a database raises that cannot be used, for those who must go on without it.
DATABASE_ERRORS = (SQLAlchemyError, sqlite3.Error)


class Transaction:
    """One open transaction: SQLAlchemy's connection and what the dialects do differently."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.is_sqlite = connection.dialect.name == "sqlite"
        self._cursors = count()

    def insert(self, table: Table) -> "SqliteInsert | PostgresInsert":
        """Return an insertion that can be told what to do about rows that are there already, as SQLAlchemy has it."""
        if self.is_sqlite:
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql  # 0.04 s to load, for nothing on SQLite

        return postgresql.insert(table)

    def insert_rows(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert `rows` in bulk past SQLAlchemy's row objects: `executemany` on SQLite, `COPY` on PostgreSQL.

        Values must be what the driver takes as they are: int, float, str, bool, None.
        """
        if not rows:
            return
        names = ", ".join(f'"{column}"' for column in columns)
        driver = self.connection.connection.driver_connection
        assert driver is not None
        driver_error = self.connection.dialect.loaded_dbapi.Error
        if self.is_sqlite:
            marks = ", ".join("?" * len(columns))
            with _translated(driver_error):
                driver.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)
            return
        with (
            _translated(driver_error),
            driver.cursor() as cursor,
            cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def read_rows(self, query: str, values: Mapping[str, Any]) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the rows of the query, some thousands at a time, past SQLAlchemy's row objects.

        `:name` in the query is the place of the value so called; it holds no other colon.
        """
        if not self.connection.in_transaction():
            self.connection.begin()  # what SQLAlchemy's own first query would do
        driver = self.connection.connection.driver_connection
        assert driver is not None
        with _translated(self.connection.dialect.loaded_dbapi.Error):
            if self.is_sqlite:
                cursor = driver.execute(query, values)
            else:  # one of the server's own cursors: another would bring all rows at once
                cursor = driver.cursor(f"rows_{next(self._cursors)}")
                cursor.execute(_PLACE.sub(r"%(\1)s", query), values)
            with closing(cursor):
                while rows := cursor.fetchmany(_BATCH):
                    yield rows


class Database:
    """The database behind one address, opened once a process.

    `url` is `sqlite:///PATH` or `postgresql://…`. `sqlite_synchronous` is `FULL` unless a person
    chose to lose the last saves with the power.
    """

    def __init__(self, url: str, *, sqlite_synchronous: str = "FULL", pool_size: int = 16) -> None:
        parsed = make_url(url)
        if parsed.drivername in {"postgresql", "postgres"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url = parsed
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self._turn = _Turn(Path(parsed.database)) if self.is_sqlite and parsed.database else None
        options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": pool_size, "pool_timeout": 30}
        if self.is_sqlite:
            options["connect_args"] = {"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}
        else:
            options["pool_pre_ping"] = True
        self.engine: Engine = create_engine(parsed, **options)
        if self.is_sqlite:
            _prepare_sqlite(self.engine, sqlite_synchronous)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction that only reads, waits for nobody, and sees one moment from its first query on."""
        with _translated(), self.engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield Transaction(connection)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that commits when the block ends and rolls back when it raises."""
        if self._turn is None:
            with _translated(), self.engine.begin() as connection:
                yield Transaction(connection)
            return
        with self._turn.taken(), _translated(), self.engine.connect() as connection:
            connection.execution_options(labelwright_immediate=True)
            with connection.begin():
                yield Transaction(connection)

    def close(self) -> None:
        self.engine.dispose()
        if self._turn is not None:
            self._turn.close()


class _Turn:
    """The turn to write to the SQLite file at `path`: for one thread of one process at a time, in order.

    SQLite has one writer, and those who wait for it look again after up to 0.1 s of sleep, so short saves lose to
    a busy worker. Here the one who waits is woken; the turn of a process that dies is free.
    """

    def __init__(self, path: Path) -> None:
        self._threads = threading.Lock()
        self._path = path.with_name(f"{path.name}-turn")
        self._file: int | None = None

    @contextmanager
    def taken(self) -> Iterator[None]:
        with self._threads:
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _prepare_sqlite(engine: Engine, synchronous: str) -> None:
    """Set each new connection up and let transactions begin as the caller says (SQLAlchemy's own recipe)."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        # The driver would begin transactions by its own rules; SQLAlchemy's "begin" event does it below.
        connection.isolation_level = None
        # Only a new database takes the size: pages of 8 KiB hold 35 boxes, and insert a sixth faster than of 4 KiB.
        connection.execute("PRAGMA page_size=8192")
        _use_write_ahead_log(connection)
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA cache_size=-16384")
        connection.execute("PRAGMA temp_store=MEMORY")
        # SQLite's own knows ASCII alone; searches without case use it (`icontains`).
        connection.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("labelwright_immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Let readers and the writer work side by side. The file remembers it.

    SQLite refuses the change at once, without its usual wait, while another process makes it.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


@contextmanager
def _translated(*driver_errors: type[Exception]) -> Iterator[None]:
    """Turn "the disk is full", "no such text", "no such row" and the like, however it is said, into errors of ours."""
    kinds: tuple[type[Exception], ...] = (DBAPIError, *driver_errors)
    try:
        yield
    except UnicodeEncodeError as error:
        found = error.object[error.start : error.end]
        raise Invalid(
            "a text holds {text!r}, which is no character, and cannot be stored", text=found
        ) from error
    except kinds as error:
        if "cannot contain NUL" in str(error):
            raise Invalid(_NUL) from error
        if "foreign key constraint" in str(error).lower():
            raise Conflict(
                "something or somebody of this request was deleted at the same moment: nothing of it was saved"
            ) from error
        if "deadlock detected" in str(
            error
        ):  # PostgreSQL has given one of the two up, so that the other goes on
            raise Conflict(
                "this request and another waited for each other, and this one gave way: nothing of it was saved; "
                "send it again"
            ) from error
        if _says_full(error):
            raise StorageFull(
                "the disk that holds the database is full; free some space and try again: nothing of this was saved"
            ) from error
        raise


def _says_full(error: Exception) -> bool:
    said = str(error).lower()
    return (
        "disk is full" in said or "disk full" in said or "no space left" in said or "disk i/o error" in said
    )


def contains(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Say "the column holds `text`", in any case.

    Letters are lowered one by one, alike on both databases: ß is not ss. Raises Invalid for text with NUL.
    """
    refuse_nul(text)
    return column.icontains(text, autoescape=True)


def refuse_nul(text: str) -> None:
    """Raise Invalid when `text` holds NUL: SQLite would keep it, and end there when it searches; PostgreSQL cannot."""
    if "\x00" in text:
        raise Invalid(_NUL)
