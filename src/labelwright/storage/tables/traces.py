"""Traces: who changed how much, what clients told of their work, what requests were answered."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text, text

from labelwright.storage.tables.base import LongId, metadata

#: Changes of a job's annotations: how many objects each made, changed and took away (`domain/annotations.py`, Tally).
saves = Table(
    "saves",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("job_id", ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", ForeignKey("users.id", ondelete="SET NULL")),
    Column("at_utc", Text, nullable=False),
    #: "edit": by hand; "import": from a file; "labels": labels were deleted, or exchanged by a move; "reload": the
    #: frames were read anew.
    Column("kind", Text, nullable=False),
    #: The job's after the change.
    Column("revision", Integer, nullable=False),
    Column("created", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("deleted", Integer, nullable=False),
    Index("saves_by_time", "at_utc"),
    Index("saves_of_job", "job_id", "at_utc"),
    Index("saves_of_user", "user_id", "at_utc"),
    sqlite_autoincrement=True,
)


def _events_that_count(name: str, condition: str, *numbers: str) -> Index:
    """Return an index of the events that meet `condition`.

    The migration that makes it says the condition for PostgreSQL too. Saying so here would load all of that dialect at
    each start.
    """
    columns = ("at_utc", "user_id", "job_id", "task_id", "project_id", *numbers)
    return Index(name, *columns, sqlite_where=text(condition))


#: What clients told of their work (`POST /server/logs`, `POST /server/exception`). An event of a job or task is
#: of its task and its project too; one of none that exists is of nobody's.
events = Table(
    "events",
    metadata,
    Column("id", LongId, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="SET NULL")),
    Column("received_utc", Text, nullable=False),
    #: When the client says it was; never later than it was received.
    Column("at_utc", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("client_id", BigInteger, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("job_id", ForeignKey("jobs.id", ondelete="CASCADE")),
    Column("task_id", ForeignKey("tasks.id", ondelete="CASCADE")),
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE")),
    Column("message", Text, nullable=False, default=""),
    #: JSON, "" for none.
    Column("payload", Text, nullable=False, default=""),
    #: Numbers of the payload, where they are of a size that can be believed (`domain/statistics.py`).
    Column("duration_ms", Integer),
    Column("working_ms", Integer),
    Column("count", Integer),
    Index("events_by_time", "at_utc"),
    Index("events_of_user", "user_id", "at_utc"),
    Index("events_of_job", "job_id", "at_utc"),
    Index("events_of_task", "task_id", "at_utc"),
    Index("events_of_project", "project_id", "at_utc"),
    # What work is summed up from, a small part of all: read from these alone, SQLite asks for the name in it too.
    _events_that_count("events_working", "working_ms IS NOT NULL", "working_ms"),
    _events_that_count(
        "events_drawing", "name = 'Draw object' AND duration_ms IS NOT NULL", "duration_ms", "count", "name"
    ),
    sqlite_autoincrement=True,
)

#: What a request with an `Idempotency-Key` was answered, in the same transaction that did the work.
receipts = Table(
    "receipts",
    metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("created_utc", Text, nullable=False, index=True),
)
