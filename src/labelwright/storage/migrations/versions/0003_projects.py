"""Projects: they hold tasks, and labels that their tasks share."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_LABELS = "id, task_id, name, color, attribute_revision"
_ATTRIBUTES = 'id, label_id, name, mutable, input_type, default_value, "values"'


def upgrade() -> None:
    """Add projects; a task may stand in one, and a label is a task's or a project's."""
    op.create_table(
        "projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("bug_tracker", sa.Text(), nullable=False),
        sa.Column("training", sa.Text(), nullable=True),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.Column("updated_utc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["users.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_projects_assignee_id"), "projects", ["assignee_id"], unique=False)
    op.create_index(op.f("ix_projects_owner_id"), "projects", ["owner_id"], unique=False)
    # Alembic would add the reference in a second step, which SQLite does not have.
    op.execute("ALTER TABLE tasks ADD COLUMN project_id INTEGER REFERENCES projects (id)")
    op.create_index(op.f("ix_tasks_project_id"), "tasks", ["project_id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_labels()
    else:
        op.alter_column("labels", "task_id", nullable=True)
        op.add_column("labels", sa.Column("project_id", sa.Integer(), nullable=True))
        op.create_foreign_key(None, "labels", "projects", ["project_id"], ["id"], ondelete="CASCADE")
        op.create_unique_constraint(None, "labels", ["project_id", "name"])
        op.create_check_constraint("labels_of_one", "labels", "(task_id IS NULL) <> (project_id IS NULL)")
    op.create_index(op.f("ix_labels_project_id"), "labels", ["project_id"], unique=False)


def _rebuild_labels() -> None:
    """Let `task_id` be null, which SQLite cannot alter.

    A dropped table takes along what refers to it, so the attributes are set aside and go first. The numbering
    goes on where it was: an id is never given out twice.
    """
    op.execute("CREATE TABLE kept_labels AS SELECT * FROM labels")
    op.execute("CREATE TABLE kept_attributes AS SELECT * FROM attributes")
    op.execute(
        "CREATE TABLE kept_numbers AS SELECT * FROM sqlite_sequence WHERE name IN ('labels', 'attributes')"
    )
    op.drop_table("attributes")
    op.drop_table("labels")
    _create_labels()
    op.execute(f"INSERT INTO labels ({_LABELS}) SELECT {_LABELS} FROM kept_labels")
    op.execute(f"INSERT INTO attributes ({_ATTRIBUTES}) SELECT {_ATTRIBUTES} FROM kept_attributes")
    op.execute("DELETE FROM sqlite_sequence WHERE name IN ('labels', 'attributes')")
    op.execute("INSERT INTO sqlite_sequence (name, seq) SELECT name, seq FROM kept_numbers")
    for name in ("kept_labels", "kept_attributes", "kept_numbers"):
        op.drop_table(name)


def _create_labels() -> None:
    op.create_table(
        "labels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("color", sa.Text(), nullable=False),
        sa.Column("attribute_revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("(task_id IS NULL) <> (project_id IS NULL)", name="labels_of_one"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project_id", "name"),
        sa.UniqueConstraint("task_id", "name"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_labels_task_id"), "labels", ["task_id"], unique=False)
    op.create_table(
        "attributes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("label_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mutable", sa.Boolean(), nullable=False),
        sa.Column("input_type", sa.Text(), nullable=False),
        sa.Column("default_value", sa.Text(), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["label_id"], ["labels.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("label_id", "name"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_attributes_label_id"), "attributes", ["label_id"], unique=False)
