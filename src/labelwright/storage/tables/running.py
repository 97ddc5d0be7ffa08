"""What runs: operations and the workers that do them."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text

from labelwright.storage.tables.base import metadata

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
