"""Accounts, tokens, sessions and one-time sign-in addresses. Secrets are stored as digests only."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Select, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from labelwright.domain.errors import Invalid
from labelwright.domain.users import User
from labelwright.storage import Transaction, contains
from labelwright.storage.people import order_by
from labelwright.storage.tables import (
    jobs,
    projects,
    sessions,
    sign_in_links,
    tasks,
    tokens,
    users,
)

#: Made once: this one runs with every request.
_BY_TOKEN = (
    select(users).join(tokens, tokens.c.user_id == users.c.id).where(tokens.c.digest == bindparam("digest"))
)


#: People of the platform have another unique name (`shadows.py`).
_IS_OURS = users.c.unique_name == users.c.username
#: Keeps these locks apart from others of the same database.
_EMAIL_LOCK_SEED = 7_215_003
#: Names that users can be ordered by.
_ORDERS = {"id", "username", "first_name", "last_name"}


def _user(row: Row[Any]) -> User:
    return User(
        id=row.id,
        username=row.username,
        email=row.email,
        first_name=row.first_name,
        last_name=row.last_name,
        roles=msgspec.json.decode(row.roles, type=tuple[str, ...]),
        is_staff=row.is_staff,
        is_superuser=row.is_superuser,
        is_active=row.is_active,
        date_joined=row.date_joined,
        last_login=row.last_login,
        uid=row.platform_uid,
        is_ours=row.username == row.unique_name,
    )


def _one(tx: Transaction, query: Select[Any]) -> User | None:
    row = tx.connection.execute(query).first()
    return None if row is None else _user(row)


def select_users(tx: Transaction, condition: ColumnElement[bool]) -> list[User]:
    """Return everybody the condition fits, accounts of ours and people of the platform, by id."""
    query = select(users).where(condition).order_by(users.c.id)
    return [_user(row) for row in tx.connection.execute(query)]


def insert_user(
    tx: Transaction,
    *,
    username: str,
    email: str,
    first_name: str,
    last_name: str,
    password_hash: str,
    roles: tuple[str, ...],
    is_staff: bool,
    is_superuser: bool,
    now_utc: str,
) -> User:
    """Add an account.

    Raises:
        Invalid: the name is taken, in this case or another: the caller may have looked a moment too early.
    """
    added = tx.insert(users).values(
        username=username,
        unique_name=username,
        username_folded=username.casefold(),
        email=email,
        first_name=first_name,
        last_name=last_name,
        password_hash=password_hash,
        roles=msgspec.json.encode(roles).decode(),
        is_staff=is_staff,
        is_superuser=is_superuser,
        date_joined=now_utc,
    )
    row = tx.connection.execute(added.on_conflict_do_nothing().returning(*users.c)).first()
    if row is None:
        raise Invalid("A user with that username already exists.", field="username")
    return _user(row)


def read_user(tx: Transaction, user_id: int) -> User | None:
    return _one(tx, select(users).where(users.c.id == user_id))


def lock_user(tx: Transaction, user_id: int) -> None:
    """Hold the account until the transaction ends, so that what depends on it is done one after the other."""
    if not tx.is_sqlite:  # there whoever writes holds the whole database
        tx.connection.execute(select(users.c.id).where(users.c.id == user_id).with_for_update())


def find_user(tx: Transaction, username: str) -> User | None:
    """Return the account of ours of exactly this name."""
    return _one(tx, select(users).where(_IS_OURS, users.c.username == username))


def username_taken(tx: Transaction, username: str) -> bool:
    """Whether some account has the name in any case."""
    query = select(users.c.id).where(users.c.username_folded == username.casefold())
    return tx.connection.execute(query).first() is not None


def hold_email(tx: Transaction, email: str) -> None:
    """Have others who want this address for themselves wait until this transaction ends: it may be there but once."""
    if not tx.is_sqlite:  # there whoever writes holds the whole database
        key = func.hashtextextended(email.lower(), _EMAIL_LOCK_SEED)
        tx.connection.execute(select(func.pg_advisory_xact_lock(key)))


def find_by_email(tx: Transaction, email: str) -> list[User]:
    """Return the users of this address, in any case; more than one only where administrators made them."""
    query = select(users).where(func.lower(users.c.email) == email.lower()).order_by(users.c.id)
    return [_user(row) for row in tx.connection.execute(query)]


def list_users(
    tx: Transaction,
    *,
    words: Sequence[str],
    user_id: int | None,
    is_active: bool | None,
    offset: int,
    limit: int | None,
    ordering: Sequence[str] = (),
) -> tuple[int, list[User]]:
    """Return the count of accounts of ours that hold every word in some name, and those of one page.

    `ordering` as v1 names it, `-name` descending; by id otherwise.
    """
    query = select(users).where(_IS_OURS)
    for word in words:
        names = (users.c.username, users.c.first_name, users.c.last_name)
        query = query.where(or_(*(contains(name, word) for name in names)))
    if user_id is not None:
        query = query.where(users.c.id == user_id)
    if is_active is not None:
        query = query.where(users.c.is_active == is_active)
    count = tx.connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    order = [
        order_by(tx, users.c[name.removeprefix("-")], descending=name.startswith("-"))
        for name in ordering
        if name.removeprefix("-") in _ORDERS
    ]
    page = query.order_by(*order, users.c.id).offset(offset).limit(limit)
    return count, [_user(row) for row in tx.connection.execute(page)]


def read_password_hash(tx: Transaction, user_id: int) -> str:
    return str(tx.connection.execute(select(users.c.password_hash).where(users.c.id == user_id)).scalar_one())


def write_password_hash(tx: Transaction, user_id: int, password_hash: str) -> None:
    tx.connection.execute(update(users).where(users.c.id == user_id).values(password_hash=password_hash))


def write_last_login(tx: Transaction, user_id: int, now_utc: str) -> bool:
    """Note when the user signed in; say whether there is such a user."""
    found = tx.connection.execute(update(users).where(users.c.id == user_id).values(last_login=now_utc))
    return found.rowcount == 1


def update_user(tx: Transaction, user_id: int, **values: Any) -> None:
    """Change columns of the account; `roles` as names.

    Raises:
        Invalid: somebody else has the name, in this case or another.
    """
    if "roles" in values:
        values["roles"] = msgspec.json.encode(values["roles"]).decode()
    if "username" in values:
        values["unique_name"] = values["username"]
        values["username_folded"] = values["username"].casefold()
    try:
        with tx.connection.begin_nested():
            tx.connection.execute(update(users).where(users.c.id == user_id).values(**values))
    except IntegrityError as error:
        raise Invalid("A user with that username already exists.", field="username") from error


def delete_user(tx: Transaction, user_id: int) -> bool:
    """Delete the account with its tokens and sessions; what it owned or worked on is nobody's. Say if it was there."""
    if not tx.is_sqlite:
        _hold_of_user(tx, user_id)
    return tx.connection.execute(delete(users).where(users.c.id == user_id)).rowcount == 1


def _hold_of_user(tx: Transaction, user_id: int) -> None:
    """Hold what names the user, in the order in which others take it, before the user is held.

    Who saves holds the job and then names its user; two who did it the other way round would wait for each other.
    """
    for table, names in (
        (projects, ("owner_id", "assignee_id")),
        (jobs, ("assignee_id", "reviewer_id")),
        (tasks, ("owner_id", "assignee_id")),
    ):
        query = select(table.c.id).where(or_(*(table.c[name] == user_id for name in names)))
        tx.connection.execute(query.order_by(table.c.id).with_for_update()).all()


def make_admin(tx: Transaction, user_id: int) -> None:
    """Give the account every right: superuser, staff, group admin."""
    tx.connection.execute(
        update(users)
        .where(users.c.id == user_id)
        .values(is_staff=True, is_superuser=True, is_active=True, roles='["admin"]')
    )


def read_token_nonce(tx: Transaction, user_id: int) -> str | None:
    return tx.connection.execute(select(tokens.c.nonce).where(tokens.c.user_id == user_id)).scalar()


def insert_token(tx: Transaction, user_id: int, *, nonce: str, digest: str) -> None:
    tx.connection.execute(insert(tokens).values(user_id=user_id, nonce=nonce, digest=digest))


def delete_token(tx: Transaction, user_id: int) -> None:
    tx.connection.execute(delete(tokens).where(tokens.c.user_id == user_id))


def find_token_user(tx: Transaction, digest: str) -> User | None:
    row = tx.connection.execute(_BY_TOKEN, {"digest": digest}).first()
    return None if row is None else _user(row)


def insert_session(tx: Transaction, *, digest: str, user_id: int, expires_utc: str, now_utc: str) -> None:
    """Add a session, and drop those that have run out."""
    tx.connection.execute(delete(sessions).where(sessions.c.expires_utc < now_utc))
    tx.connection.execute(insert(sessions).values(digest=digest, user_id=user_id, expires_utc=expires_utc))


def delete_session(tx: Transaction, digest: str) -> None:
    tx.connection.execute(delete(sessions).where(sessions.c.digest == digest))


def delete_sessions_of(tx: Transaction, user_id: int, *, but: str = "") -> None:
    """End the user's sessions, but for the one with the digest `but`."""
    tx.connection.execute(delete(sessions).where(sessions.c.user_id == user_id, sessions.c.digest != but))


def find_session_user(tx: Transaction, digest: str, now_utc: str) -> User | None:
    query = (
        select(users)
        .join(sessions, sessions.c.user_id == users.c.id)
        .where(sessions.c.digest == digest, sessions.c.expires_utc >= now_utc)
    )
    return _one(tx, query)


def insert_sign_in_link(
    tx: Transaction, *, digest: str, user_id: int, expires_utc: str, now_utc: str
) -> None:
    """Add a one-time address, and drop those that have run out."""
    tx.connection.execute(delete(sign_in_links).where(sign_in_links.c.expires_utc < now_utc))
    tx.connection.execute(
        insert(sign_in_links).values(digest=digest, user_id=user_id, expires_utc=expires_utc)
    )


def use_sign_in_link(tx: Transaction, digest: str, now_utc: str) -> tuple[int, str, str | None] | None:
    """Mark the address used; return its user, when it runs out, and when it was used before."""
    query = select(sign_in_links).where(sign_in_links.c.digest == digest)
    row = tx.connection.execute(query).first()
    if row is None:
        return None
    if row.used_utc is None:
        unused = (sign_in_links.c.digest == digest) & sign_in_links.c.used_utc.is_(None)
        won = tx.connection.execute(update(sign_in_links).where(unused).values(used_utc=now_utc)).rowcount
        return row.user_id, row.expires_utc, None if won else now_utc
    return row.user_id, row.expires_utc, row.used_utc
