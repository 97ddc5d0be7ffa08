"""Attempts: what is counted against guessing."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of attempts."""
    op.create_table(
        "attempts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at_utc", sa.Text(), nullable=False),
    )
    op.create_index(op.f("ix_attempts_key"), "attempts", ["key"], unique=False)
    op.create_index(op.f("ix_attempts_at_utc"), "attempts", ["at_utc"], unique=False)
