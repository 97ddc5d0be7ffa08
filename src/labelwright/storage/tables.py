"""Every table, as SQLAlchemy Core sees it. Migrations bring a database here; nothing else creates tables.

Times are ISO-8601 text in UTC with microseconds, as API v1 writes them: the same bytes on SQLite and
PostgreSQL, in the order of time when sorted as text. Lists that are only read whole are JSON text.
`sqlite_autoincrement` stands where an id must never be given out twice.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

#: Ids of annotations: 64 bits everywhere; on SQLite the plain INTEGER, which is the row id and costs no index.
AnnotationId = BigInteger().with_variant(Integer, "sqlite")
#: Likewise, for events.
EventId = BigInteger().with_variant(Integer, "sqlite")

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("username", Text, nullable=False, unique=True),
    Column("username_folded", Text, nullable=False, unique=True),
    Column("email", Text, nullable=False, default=""),
    Column("first_name", Text, nullable=False, default=""),
    Column("last_name", Text, nullable=False, default=""),
    Column("password_hash", Text, nullable=False),
    Column("roles", Text, nullable=False, default="[]"),
    Column("is_staff", Boolean, nullable=False, default=False),
    Column("is_superuser", Boolean, nullable=False, default=False),
    Column("is_active", Boolean, nullable=False, default=True),
    Column("date_joined", Text, nullable=False),
    Column("last_login", Text),
    sqlite_autoincrement=True,
)

#: One token a user; `digest` finds it, `nonce` and the server's secret make it again.
tokens = Table(
    "tokens",
    metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("nonce", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("expires_utc", Text, nullable=False),
)

#: One-time sign-in addresses. A used one stays until it expires, so that it can say it was used.
sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("expires_utc", Text, nullable=False),
    Column("used_utc", Text),
)

projects = Table(
    "projects",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("owner_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("assignee_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("bug_tracker", Text, nullable=False, default=""),
    #: JSON of `domain.projects.Training`; None without one.
    Column("training", Text),
    Column("created_utc", Text, nullable=False),
    Column("updated_utc", Text, nullable=False),
    sqlite_autoincrement=True,
)

#: What is counted against guessing: sign-ins that failed, links that were asked for.
attempts = Table(
    "attempts",
    metadata,
    Column("key", Text, nullable=False, index=True),
    Column("at_utc", Text, nullable=False, index=True),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", Integer, primary_key=True),
    #: No cascade: a task has more to take along than references know.
    Column("project_id", ForeignKey("projects.id"), index=True),
    Column("name", Text, nullable=False),
    Column("mode", Text, nullable=False, default=""),
    Column("owner_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("assignee_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("bug_tracker", Text, nullable=False, default=""),
    Column("subset", Text, nullable=False, default=""),
    Column("overlap", Integer),
    Column("segment_size", Integer, nullable=False, default=0),
    Column("status", Text, nullable=False, default="annotation"),
    Column("created_utc", Text, nullable=False),
    Column("updated_utc", Text, nullable=False),
    #: The folder `labelwright up FOLDER` made this task of; None for every other task.
    Column("folder", Text, unique=True),
    sqlite_autoincrement=True,
)

#: The body of frames of a task: API v1's "data record".
media = Table(
    "media",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("task_id", ForeignKey("tasks.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("chunk_size", Integer),
    Column("size", Integer, nullable=False, default=0),
    Column("image_quality", Integer, nullable=False),
    Column("start_frame", Integer, nullable=False, default=0),
    Column("stop_frame", Integer, nullable=False, default=0),
    Column("frame_filter", Text, nullable=False, default=""),
    #: The request as accepted (JSON of `domain.tasks.MediaRequest`), for the worker and for a second try.
    Column("request", Text, nullable=False),
    sqlite_autoincrement=True,
)

frames = Table(
    "frames",
    metadata,
    Column("media_id", ForeignKey("media.id", ondelete="CASCADE"), primary_key=True),
    Column("frame", Integer, primary_key=True),
    Column("source_frame", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    #: Where the bytes lie: "blob:KEY" in the object store, "file:PATH" read in place.
    Column("location", Text, nullable=False),
)

#: A job is the work on one segment, and API v1 has exactly one a segment: the segment's range is here.
jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("task_id", ForeignKey("tasks.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("first_frame", Integer, nullable=False),
    Column("last_frame", Integer, nullable=False),
    Column("assignee_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("reviewer_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("status", Text, nullable=False, default="annotation"),
    Column("revision", Integer, nullable=False, default=0),
    #: The key its annotations stand under; null: its id. Changed when an import replaces them all at once.
    Column("layer", Integer),
    sqlite_autoincrement=True,
)

#: A verdict on a job: its reviewer's, on the work of who was its assignee then.
reviews = Table(
    "reviews",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("job_id", ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("reviewer_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("assignee_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("verdict", Text, nullable=False),
    Column("estimated_quality", Float, nullable=False),
    Column("created_utc", Text, nullable=False),
    sqlite_autoincrement=True,
)

issues = Table(
    "issues",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("job_id", ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False, index=True),
    #: None once the review that raised it was deleted.
    Column("review_id", ForeignKey("reviews.id", ondelete="SET NULL"), index=True),
    Column("owner_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("resolver_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("frame", Integer, nullable=False),
    #: JSON of the numbers as API v1 has them.
    Column("position", Text, nullable=False),
    Column("created_utc", Text, nullable=False),
    #: None while the issue is open.
    Column("resolved_utc", Text),
    sqlite_autoincrement=True,
)

comments = Table(
    "comments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("issue_id", ForeignKey("issues.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("author_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("message", Text, nullable=False),
    Column("created_utc", Text, nullable=False),
    Column("updated_utc", Text, nullable=False),
    sqlite_autoincrement=True,
)

#: Changes of a job's annotations: how many objects each made, changed and took away (`domain/annotations.py`, Tally).
saves = Table(
    "saves",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("job_id", ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", ForeignKey("users.id", ondelete="SET NULL")),
    Column("at_utc", Text, nullable=False),
    #: "edit": by hand; "import": from a file; "labels": labels were deleted, or exchanged by a move.
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
    columns = ("at_utc", "user_id", "job_id", "task_id", "project_id", *numbers)
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


#: What clients told of their work (`POST /server/logs`, `POST /server/exception`). An event of a job or task is
#: of its task and its project too; one of none that exists is of nobody's.
events = Table(
    "events",
    metadata,
    Column("id", EventId, primary_key=True),
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

#: Annotations of a job that came, or will go, all at once (`storage/layers.py`). A layer that was never begun is
#: still being written; one that has ended waits for its rows to go to history.
layers = Table(
    "layers",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("job_id", Integer, nullable=False, index=True),
    Column("operation_id", Text, nullable=False, index=True),
    Column("begun_revision", Integer),
    Column("ended_revision", Integer),
)

#: A label is a task's own, or a project's and so that of all its tasks.
labels = Table(
    "labels",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("task_id", ForeignKey("tasks.id", ondelete="CASCADE"), index=True),
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), index=True),
    Column("name", Text, nullable=False),
    Column("color", Text, nullable=False),
    Column("attribute_revision", Integer, nullable=False, default=0),
    UniqueConstraint("task_id", "name"),
    UniqueConstraint("project_id", "name"),
    CheckConstraint("(task_id IS NULL) <> (project_id IS NULL)", name="labels_of_one"),
    sqlite_autoincrement=True,
)

attributes = Table(
    "attributes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("label_id", ForeignKey("labels.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("mutable", Boolean, nullable=False),
    Column("input_type", Text, nullable=False),
    Column("default_value", Text, nullable=False),
    Column("values", Text, nullable=False),
    UniqueConstraint("label_id", "name"),
    sqlite_autoincrement=True,
)


def _annotation_columns() -> list[Column[Any]]:
    return [
        #: In `shapes` and `tags` the key of the job's layer, mostly the job's id; in their histories always that.
        Column("job_id", Integer, nullable=False),
        Column("frame", Integer, nullable=False),
        Column("label_id", Integer, nullable=False),
        Column("attribute_revision", Integer, nullable=False),
        #: The job's revision that wrote this row; 0: the one its layer began with.
        Column("revision", Integer, nullable=False),
        #: JSON in the filled form GET shows, id included (architecture, decision 3).
        Column("doc", Text, nullable=False),
    ]


shapes = Table(
    "shapes",
    metadata,
    Column("id", AnnotationId, primary_key=True),
    *_annotation_columns(),
    Column("type", Text, nullable=False),
    Index("shapes_in_order", "job_id", "frame"),
)
tags = Table(
    "tags",
    metadata,
    Column("id", AnnotationId, primary_key=True),
    *_annotation_columns(),
    Index("tags_in_order", "job_id", "frame"),
)

#: Rows that were replaced or deleted, each with the revision that did it (decision 12).
shapes_history = Table(
    "shapes_history",
    metadata,
    Column("id", AnnotationId, nullable=False),
    *_annotation_columns(),
    Column("type", Text, nullable=False),
    Column("ended_revision", Integer, nullable=False),
    Index("shapes_history_of_job", "job_id", "ended_revision"),
)
tags_history = Table(
    "tags_history",
    metadata,
    Column("id", AnnotationId, nullable=False),
    *_annotation_columns(),
    Column("ended_revision", Integer, nullable=False),
    Index("tags_history_of_job", "job_id", "ended_revision"),
)

#: The next id of each series of annotations; a save takes one block (decision 3).
id_series = Table(
    "id_series",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next_id", AnnotationId, nullable=False),
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

#: The git repositories of tasks (`domain.repositories.Repository`).
repositories = Table(
    "repositories",
    metadata,
    Column("task_id", ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True),
    #: As it was typed.
    Column("url", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("lfs", Boolean, nullable=False),
    Column("format", Text, nullable=False),
    #: Kept, so that a task that gets another name keeps its branch.
    Column("branch", Text, nullable=False),
    Column("pushed_commit", Text),
    Column("pushed_utc", Text),
    #: JSON: the revision of each job, by its id.
    Column("pushed_revisions", Text, nullable=False),
    Column("remote", Text, nullable=False),
    Column("seen_tip", Text, nullable=False),
)

#: Long work, as people see it. DBOS keeps its own record of the same id; this one is what clients poll.
operations = Table(
    "operations",
    metadata,
    Column("id", Text, primary_key=True),
    #: One of `domain.operations.Kind`: the workflow that runs it.
    Column("kind", Text, nullable=False),
    #: What it works on and for whom, for example "export/9/dataset/COCO 1.0". The newest of a key counts.
    Column("key", Text, nullable=False),
    Column("task_id", ForeignKey("tasks.id", ondelete="CASCADE"), index=True),
    Column("user_id", Integer),
    Column("state", Text, nullable=False),
    Column("progress", Float, nullable=False, default=0.0),
    Column("message", Text, nullable=False, default=""),
    #: JSON: what the workflow needs, and what it left.
    Column("request", Text, nullable=False),
    Column("result", Text),
    Column("created_utc", Text, nullable=False),
    Column("updated_utc", Text, nullable=False),
    #: The asker has fetched the outcome: the next request of this key starts anew.
    Column("collected", Boolean, nullable=False, default=False),
    Index("operations_by_key", "key", "created_utc"),
)

#: Worker processes and when each last said it lives.
workers = Table(
    "workers",
    metadata,
    Column("executor_id", Text, primary_key=True),
    Column("pid", Integer, nullable=False),
    Column("host", Text, nullable=False),
    Column("seen_utc", Text, nullable=False),
)
