"""The rows that stand behind people of the platform, so that tasks can name them. Nobody signs in by one.

A name is unique among the platform's people in its exact case, and apart from accounts of ours: `unique_name` holds
`platform:NAME`, which no account can be called; of somebody whose name is another's by now, `former:UID`.
"""

from typing import Any

from sqlalchemy import Column, delete, func, insert, select, update

from labelwright.domain.users import User
from labelwright.storage import Transaction
from labelwright.storage.tables import metadata, users
from labelwright.storage.users import select_users

#: Keeps this lock apart from others of the same database.
_LOCK = 7_215_004


def unique_name(username: str) -> str:
    """Return what of the platform's person of this name is unique."""
    return f"platform:{username}"


def hold_people(tx: Transaction) -> None:
    """Have others who would add or change rows of the platform's people wait until this transaction ends."""
    if not tx.is_sqlite:  # there whoever writes holds the whole database
        tx.connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def find_by_uid(tx: Transaction, uid: int) -> User | None:
    return _only(select_users(tx, users.c.platform_uid == uid))


def find_by_name(tx: Transaction, username: str) -> User | None:
    """Return the platform's person of exactly this name."""
    return _only(select_users(tx, users.c.unique_name == unique_name(username)))


def list_known(tx: Transaction) -> list[User]:
    """Return everybody of the platform who has a row, by id."""
    return select_users(tx, users.c.unique_name != users.c.username)


def _only(found: list[User]) -> User | None:
    return found[0] if found else None


def insert_person(tx: Transaction, *, username: str, uid: int | None, now_utc: str) -> User:
    """Add a row for somebody who has none, as `find_by_uid` and `find_by_name` said under `hold_people`."""
    unique = unique_name(username)
    added = insert(users).values(
        username=username,
        unique_name=unique,
        username_folded=unique,
        password_hash="",
        platform_uid=uid,
        date_joined=now_utc,
    )
    user_id = tx.connection.execute(added.returning(users.c.id)).scalar_one()
    return select_users(tx, users.c.id == user_id)[0]


def give_uid(tx: Transaction, user_id: int, uid: int) -> None:
    """Note that the row, so far of a name alone, or of an account the platform made anew, is the person `uid`."""
    tx.connection.execute(update(users).where(users.c.id == user_id).values(platform_uid=uid))


def rename(tx: Transaction, user_id: int, username: str) -> None:
    """Give the row a name, which no other row of the platform's people has."""
    _write_name(tx, user_id, unique_name(username), username=username)


def free_name(tx: Transaction, user: User) -> None:
    """Let somebody else have the name of the row, which is shown with its number until its person comes again."""
    _write_name(tx, user.id, f"former:{user.uid}", username=f"{user.username} ({user.uid})")


def _write_name(tx: Transaction, user_id: int, unique: str, *, username: str) -> None:
    row = users.c.id == user_id
    tx.connection.execute(
        update(users).where(row).values(unique_name=unique, username_folded=unique, username=username)
    )


def merge(tx: Transaction, *, into: int, gone: int) -> None:
    """Let all that names `gone`, a row nobody has come for, name the row `into`; delete it."""
    for column in _columns_of_people():
        tx.connection.execute(update(column.table).where(column == gone).values({column.name: into}))
    tx.connection.execute(delete(users).where(users.c.id == gone))


def _columns_of_people() -> list[Column[Any]]:
    """Return every column that names a user; those that are part of a key name only who has acted."""
    return [
        column
        for table in metadata.sorted_tables
        for column in table.columns
        if not column.primary_key and any(key.column.table is users for key in column.foreign_keys)
    ]
