"""Layers: annotations of a job that come and go all at once."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of layers, and what layer a job shows."""
    op.add_column("jobs", sa.Column("layer", sa.Integer(), nullable=True))
    op.create_table(
        "layers",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.Text(), nullable=False),
        sa.Column("begun_revision", sa.Integer(), nullable=True),
        sa.Column("ended_revision", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(op.f("ix_layers_job_id"), "layers", ["job_id"], unique=False)
    op.create_index(op.f("ix_layers_operation_id"), "layers", ["operation_id"], unique=False)
