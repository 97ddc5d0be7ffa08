"""Datasets, tasks made of them, and people of a platform."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the catalogue, and what tasks, their frames and people know of the platform."""
    op.create_table(
        "datasets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("annotation_type", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("tag", sa.Integer(), nullable=False),
        sa.Column("source_type", sa.Text(), nullable=False),
        sa.Column("storage_path", sa.Text(), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("annotation_count", sa.Integer(), nullable=False),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.Column("updated_utc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_datasets_owner_id"), "datasets", ["owner_id"], unique=False)
    op.create_table(
        "dataset_bindings",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("dataset_id", "holder"),
    )
    for name in ("annotation_type", "dataset_tag"):
        op.add_column("tasks", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("tasks", sa.Column("dataset_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_tasks_dataset_id"), "tasks", ["dataset_id"], unique=False)
    for name in ("published_path", "published_utc"):
        op.add_column("media", sa.Column(name, sa.Text(), nullable=True))
    # The platform's people may have names that accounts of ours have: what is unique moves to a column of its own. It
    # is renamed, not added, as SQLite drops no constraint.
    op.execute("ALTER TABLE users RENAME COLUMN username TO unique_name")
    op.add_column("users", sa.Column("username", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE users SET username = unique_name")
    op.create_index(op.f("ix_users_username"), "users", ["username"], unique=False)
    # SQLite adds no unique column; a unique index is the same.
    op.add_column("users", sa.Column("platform_uid", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_users_platform_uid"), "users", ["platform_uid"], unique=True)
