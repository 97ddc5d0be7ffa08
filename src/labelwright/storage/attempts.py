"""What is counted against guessing: sign-ins that failed, links that were asked for."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select

from labelwright.storage import Transaction
from labelwright.storage.tables import attempts


def read_attempts(tx: Transaction, key: str, since_utc: str) -> list[str]:
    """Return when the attempts under `key` were made, from `since_utc` on, oldest first."""
    query = select(attempts.c.at_utc).where(attempts.c.key == key, attempts.c.at_utc > since_utc)
    return list(tx.connection.execute(query.order_by(attempts.c.at_utc)).scalars())


def insert_attempt(tx: Transaction, keys: Sequence[str], *, now_utc: str, oldest_utc: str) -> None:
    """Note an attempt under each key, and forget those before `oldest_utc`."""
    tx.connection.execute(delete(attempts).where(attempts.c.at_utc < oldest_utc))
    tx.connection.execute(insert(attempts), [{"key": key, "at_utc": now_utc} for key in keys])
