"""Work: projects, tasks, their frames, jobs and labels, what reviewers say of them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from labelwright.storage.tables.base import metadata

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
    #: The folder or file that `labelwright up PATH` made this task of; None for every other task.
    Column("folder", Text, unique=True),
    #: One of `domain.catalogue.AnnotationType`; "" for a task of no type.
    Column("annotation_type", Text, nullable=False, server_default=""),
    #: The dataset its frames are read from, in the catalogue (which may be another server's); of several the last.
    Column("dataset_id", Integer, index=True),
    #: The revision of the dataset's content when the frames were read.
    Column("dataset_tag", Text, nullable=False, server_default=""),
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
    #: The folder the task was last published to; null before.
    Column("published_path", Text),
    Column("published_utc", Text),
    #: What compressed chunks are, "imageset" or "video".
    Column("compressed_type", Text, nullable=False, server_default="imageset"),
    #: JSON of `domain.tasks.Video`, whose frames have no rows; null for images.
    Column("video", Text),
    #: JSON of the numbers of frames that nobody labels any more, ascending.
    Column("deleted_frames", Text, nullable=False, server_default="[]"),
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
    #: Where the bytes lie, see `domain.tasks.FrameRow`.
    Column("location", Text, nullable=False),
)

#: Images that show what a frame shows in another way: people look at them beside it.
related_images = Table(
    "related_images",
    metadata,
    Column("media_id", ForeignKey("media.id", ondelete="CASCADE"), primary_key=True),
    Column("frame", Integer, primary_key=True),
    #: Their order, from 0.
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("location", Text, nullable=False),
)

#: Files on their way to a task, kept until frames are made of them, so that a lost connection loses nothing.
uploads = Table(
    "uploads",
    metadata,
    Column("id", Text, primary_key=True),
    Column("task_id", ForeignKey("tasks.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("user_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),
    #: The path its sender gave it; the frame's name, later.
    Column("path", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("received_bytes", BigInteger, nullable=False),
    Column("created_utc", Text, nullable=False),
    Column("updated_utc", Text, nullable=False),
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
