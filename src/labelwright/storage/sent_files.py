"""Files sent for tasks, whole or on their way: a row each, until frames are made of them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select, update

from labelwright.domain.sent_files import SentFile
from labelwright.storage import Transaction
from labelwright.storage.tables import uploads

_COLUMNS = (
    uploads.c.id,
    uploads.c.task_id,
    uploads.c.path,
    uploads.c.size_bytes,
    uploads.c.received_bytes,
)
#: Ids in one statement: databases bound how many values it may have.
_AT_ONCE = 500


def insert_sent(tx: Transaction, files: Sequence[SentFile], *, user_id: int, now_utc: str) -> None:
    columns = (
        *("id", "task_id", "user_id", "path"),
        *("size_bytes", "received_bytes", "created_utc", "updated_utc"),
    )
    rows = [
        (each.id, each.task_id, user_id, each.path, each.size_bytes, each.received_bytes, now_utc, now_utc)
        for each in files
    ]
    tx.insert_rows("uploads", columns, rows)


def read_sent(tx: Transaction, task_id: int, sent_id: str) -> SentFile | None:
    query = select(*_COLUMNS).where(uploads.c.id == sent_id, uploads.c.task_id == task_id)
    row = tx.connection.execute(query).first()
    return None if row is None else SentFile(**row._asdict())


def list_sent(tx: Transaction, task_id: int) -> list[SentFile]:
    """Return the files sent for the task, by path."""
    query = select(*_COLUMNS).where(uploads.c.task_id == task_id).order_by(uploads.c.path, uploads.c.id)
    return [SentFile(**row._asdict()) for row in tx.connection.execute(query)]


def tally_sent(tx: Transaction, task_id: int) -> tuple[int, int]:
    """Return how many files were sent for the task, and the bytes of all, those to come included."""
    query = select(func.count(), func.coalesce(func.sum(uploads.c.size_bytes), 0))
    row = tx.connection.execute(query.where(uploads.c.task_id == task_id)).one()
    return int(row[0]), int(row[1])


def advance_sent(tx: Transaction, sent: SentFile, *, to: int, now_utc: str) -> bool:
    """Note that bytes up to `to` are there; False, and nothing noted, where another request came first."""
    query = update(uploads).where(uploads.c.id == sent.id, uploads.c.received_bytes == sent.received_bytes)
    return tx.connection.execute(query.values(received_bytes=to, updated_utc=now_utc)).rowcount == 1


def delete_sent(tx: Transaction, ids: Iterable[str]) -> None:
    """Forget the files; their bytes stay."""
    known = list(ids)
    for first in range(0, len(known), _AT_ONCE):
        tx.connection.execute(delete(uploads).where(uploads.c.id.in_(known[first : first + _AT_ONCE])))


def find_stale(tx: Transaction, before_utc: str) -> list[int]:
    """Return the tasks none of whose sent files has moved since."""
    query = select(uploads.c.task_id).group_by(uploads.c.task_id)
    return list(tx.connection.execute(query.having(func.max(uploads.c.updated_utc) < before_utc)).scalars())
