"""Our own catalogue of datasets, for those who have no other."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text

from labelwright.storage.tables.base import metadata

datasets = Table(
    "datasets",
    metadata,
    Column("id", Integer, primary_key=True),
    #: A uuid: part of the folder's name, so that no number is guessed from it.
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("annotation_type", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("status", Text, nullable=False),
    #: The revision of the content.
    Column("tag", Integer, nullable=False),
    Column("source_type", Text, nullable=False),
    #: The folder, relative to the storage root.
    Column("storage_path", Text, nullable=False),
    Column("item_count", Integer, nullable=False),
    Column("annotation_count", Integer, nullable=False),
    Column("is_published", Boolean, nullable=False),
    #: JSON list of the names the last publishing told; null before any.
    Column("labels", Text),
    #: What the folder held when `tag` was set (`services.catalogue` says of what it is made).
    Column("fingerprint", Text, nullable=False),
    Column("owner_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("created_utc", Text, nullable=False),
    Column("updated_utc", Text, nullable=False),
    sqlite_autoincrement=True,
)

#: Who holds a dataset, so that it is not deleted: "task/9", or "" for a caller of the route, who says no name.
dataset_bindings = Table(
    "dataset_bindings",
    metadata,
    Column("dataset_id", ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True),
    Column("holder", Text, primary_key=True),
)
