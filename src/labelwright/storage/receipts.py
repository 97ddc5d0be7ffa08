"""What requests with an `Idempotency-Key` were answered, so that a retry after a lost answer doubles nothing."""

from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, select

from labelwright.domain.errors import KeyReused
from labelwright.storage import Transaction
from labelwright.storage.tables import receipts

#: Keeps these locks apart from others of the same database.
_LOCK_SEED = 7_215_002


def find_receipt(tx: Transaction, *, user_id: int, key: str, digest: str) -> dict[str, Any] | None:
    """Return what the request was answered before, None when it is new.

    A request of the same key that is being answered at this moment is waited for.

    Raises:
        KeyReused: the key was used for another request (`digest` is of method, path and body).
    """
    if not tx.is_sqlite:  # where writers take turns anyway
        lock = select(func.pg_advisory_xact_lock(func.hashtextextended(f"{user_id} {key}", _LOCK_SEED)))
        tx.connection.execute(lock)
    mine = (receipts.c.user_id == user_id) & (receipts.c.key == key)
    row = tx.connection.execute(select(receipts.c.digest, receipts.c.answer).where(mine)).first()
    if row is None:
        return None
    if row.digest != digest:
        raise KeyReused(
            "the Idempotency-Key {key!r} was already used for another request; take a new one", key=key
        )
    found: dict[str, Any] = msgspec.json.decode(row.answer)
    return found


def insert_receipt(
    tx: Transaction,
    *,
    user_id: int,
    key: str,
    digest: str,
    answer: dict[str, Any],
    now_utc: str,
    oldest_utc: str,
) -> None:
    """Remember the answer, and forget those from before `oldest_utc`."""
    tx.connection.execute(delete(receipts).where(receipts.c.created_utc < oldest_utc))
    values = {"user_id": user_id, "key": key, "digest": digest, "created_utc": now_utc}
    tx.connection.execute(insert(receipts).values(**values, answer=msgspec.json.encode(answer).decode()))
