"""Annotations: a row each, in their jobs' layers, and what they were before."""

from typing import Any

from sqlalchemy import Column, Index, Integer, Table, Text

from labelwright.storage.tables.base import LongId, metadata

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
    Column("id", LongId, primary_key=True),
    *_annotation_columns(),
    Column("type", Text, nullable=False),
    Index("shapes_in_order", "job_id", "frame"),
)

tags = Table(
    "tags",
    metadata,
    Column("id", LongId, primary_key=True),
    *_annotation_columns(),
    Index("tags_in_order", "job_id", "frame"),
)

#: Rows that were replaced or deleted, each with the revision that did it (decision 12).
shapes_history = Table(
    "shapes_history",
    metadata,
    Column("id", LongId, nullable=False),
    *_annotation_columns(),
    Column("type", Text, nullable=False),
    Column("ended_revision", Integer, nullable=False),
    Index("shapes_history_of_job", "job_id", "ended_revision"),
)

tags_history = Table(
    "tags_history",
    metadata,
    Column("id", LongId, nullable=False),
    *_annotation_columns(),
    Column("ended_revision", Integer, nullable=False),
    Index("tags_history_of_job", "job_id", "ended_revision"),
)

#: The next id of each series of annotations; a save takes one block (decision 3).
id_series = Table(
    "id_series",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next_id", LongId, nullable=False),
)
