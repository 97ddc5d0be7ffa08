"""Every table, as SQLAlchemy Core sees it. Migrations bring a database here; nothing else creates tables.

Times are ISO-8601 text in UTC with microseconds, as API v1 writes them: the same bytes on SQLite and
PostgreSQL, in the order of time when sorted as text. Lists that are only read whole are JSON text.
`sqlite_autoincrement` stands where an id must never be given out twice.
"""

from labelwright.storage.tables.annotations import (
    id_series,
    layers,
    shapes,
    shapes_history,
    tags,
    tags_history,
)
from labelwright.storage.tables.base import metadata
from labelwright.storage.tables.catalogue import dataset_bindings, datasets
from labelwright.storage.tables.people import attempts, sessions, sign_in_links, tokens, users
from labelwright.storage.tables.running import operations, workers
from labelwright.storage.tables.traces import events, receipts, saves
from labelwright.storage.tables.work import (
    attributes,
    comments,
    frames,
    issues,
    jobs,
    labels,
    media,
    projects,
    related_images,
    repositories,
    reviews,
    tasks,
    uploads,
)

__all__ = [
    "attempts",
    "attributes",
    "comments",
    "dataset_bindings",
    "datasets",
    "events",
    "frames",
    "id_series",
    "issues",
    "jobs",
    "labels",
    "layers",
    "media",
    "metadata",
    "operations",
    "projects",
    "receipts",
    "related_images",
    "repositories",
    "reviews",
    "saves",
    "sessions",
    "shapes",
    "shapes_history",
    "sign_in_links",
    "tags",
    "tags_history",
    "tasks",
    "tokens",
    "uploads",
    "users",
    "workers",
]
