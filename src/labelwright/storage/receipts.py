"""What requests with an `Idempotency-Key` were answered, so that a retry after a lost answer doubles nothing."""

from typing import Any

import msgspec
from sqlalchemy import delete, insert, select

from labelwright.domain.errors import KeyReused
from labelwright.storage import Transaction
from labelwright.storage.tables import receipts


def find_receipt(tx: Transaction, *, user_id: int, key: str, digest: str) -> dict[str, Any] | None:
    """Return what the request was answered before, None when it is new.

    Raises:
        KeyReused: the key was used for another request (`digest` is of method, path and body).
    """
    mine = (receipts.c.user_id == user_id) & (receipts.c.key == key)
    row = tx.connection.execute(select(receipts.c.digest, receipts.c.answer).where(mine)).first()
    if row is None:
        return None
    if row.digest != digest:
        raise KeyReused(f"the Idempotency-Key {key!r} was already used for another request; take a new one")
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
