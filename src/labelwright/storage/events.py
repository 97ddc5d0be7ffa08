"""What statistics are made of: saves, and the events clients send."""

from typing import Literal

from sqlalchemy import bindparam, insert, select, update

from labelwright.domain.annotations import Tally
from labelwright.storage import Transaction
from labelwright.storage.tables import events, saves, users

SaveKind = Literal["edit", "import", "labels"]

#: Whoever has an import written may have gone since.
_WHO = select(users.c.id).where(users.c.id == bindparam("who")).scalar_subquery()
_INSERT_SAVE = insert(saves).values(user_id=_WHO)


def insert_save(
    tx: Transaction,
    *,
    job_id: int,
    user_id: int | None,
    at_utc: str,
    kind: SaveKind,
    revision: int,
    tally: Tally,
) -> None:
    """Note a change of the job's annotations that led to `revision`; one that changed nothing leaves no row."""
    if tally:
        values = {"job_id": job_id, "who": user_id, "at_utc": at_utc, "kind": kind, "revision": revision}
        counts = {"created": tally.created, "updated": tally.updated, "deleted": tally.deleted}
        tx.connection.execute(_INSERT_SAVE, {**values, **counts})


def move_events(tx: Transaction, task_id: int, *, project_id: int) -> None:
    """Let the task's events be of the project it moves to."""
    tx.connection.execute(update(events).where(events.c.task_id == task_id).values(project_id=project_id))
