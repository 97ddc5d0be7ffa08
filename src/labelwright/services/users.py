"""Accounts as others see and change them: listed, read, changed, deleted."""

from collections.abc import Sequence

from msgspec import UNSET

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.errors import Conflict, Forbidden, Invalid, NotFound
from labelwright.domain.users import ROLES, User, UserChange, check_email, check_username
from labelwright.services import require
from labelwright.storage import Transaction
from labelwright.storage import events as events_storage
from labelwright.storage import users as storage


def list_users(
    deps: Deps,
    *,
    words: Sequence[str],
    user_id: int | None,
    is_active: bool | None,
    offset: int,
    limit: int | None,
    ordering: Sequence[str] = (),
) -> tuple[int, list[User]]:
    """Return the count of users that match and one page of them, by `ordering` and id."""
    with deps.database.read() as tx:
        return storage.list_users(
            tx,
            words=words,
            user_id=user_id,
            is_active=is_active,
            offset=offset,
            limit=limit,
            ordering=ordering,
        )


def read_user(deps: Deps, *, user_id: int) -> User:
    """Return the user. Raises NotFound."""
    with deps.database.read() as tx:
        return _existing(tx, user_id)


def may_change(deps: Deps, *, user: User, user_id: int) -> None:
    """Raise Forbidden or NotFound unless `user` may change the other: asked before a body is read."""
    require(access.may_change_user(user, user_id))
    with deps.database.read() as tx:
        _existing(tx, user_id)


def change_user(deps: Deps, *, user: User, user_id: int, change: UserChange) -> User:
    """Change the account, all or nothing. Whoever is superuser and staff has the role admin.

    Raises:
        Forbidden, NotFound: as everywhere; Forbidden for somebody of the platform, who is changed there.
        Invalid: a value is taken or will not do.
    """
    require(access.may_change_user(user, user_id))
    values = {
        name: getattr(change, name) for name in change.__struct_fields__ if getattr(change, name) is not UNSET
    }
    if "username" in values:
        check_username(values["username"])
    if values.get("email"):
        check_email(values["email"])
    with deps.database.write() as tx:
        storage.lock_user(tx, user_id)
        before = _existing(tx, user_id)
        _require_account(before)
        if values.get("email"):
            storage.hold_email(tx, values["email"])
            if any(each.id != user_id for each in storage.find_by_email(tx, values["email"])):
                raise Invalid("A user is already registered with this e-mail address.", field="email")
        roles = values.get("roles", before.roles)
        if values.get("is_superuser", before.is_superuser) and values.get("is_staff", before.is_staff):
            roles = (*roles, "admin")
        values["roles"] = tuple(role for role in ROLES if role in roles)
        storage.update_user(tx, user_id, **values)
        return _existing(tx, user_id)


def delete_user(deps: Deps, *, user: User, user_id: int) -> None:
    """Delete the account: its tokens and sessions end, what it owned or worked on stays, as nobody's.

    Raises Forbidden, for somebody of the platform too; NotFound; Conflict when others would not stop naming them.
    """
    require(access.may_change_user(user, user_id))
    with deps.database.read() as tx:
        _require_account(_existing(tx, user_id))
    more = True
    while more:  # they may be very many, and nobody who saves waits for all
        with deps.database.write() as tx:
            more = events_storage.unname_events(tx, user_id)
    for tries_left in (2, 1, 0):
        try:
            with deps.database.write() as tx:
                if not storage.delete_user(tx, user_id):
                    raise NotFound("Not found.")
            return
        except (
            Conflict
        ):  # somebody who names them was faster, or PostgreSQL let others go first: they soon have
            if not tries_left:
                raise


def _require_account(user: User) -> None:
    """Raise Forbidden unless the user is an account of ours."""
    if not user.is_ours:
        raise Forbidden("People of the platform are changed there.")


def _existing(tx: Transaction, user_id: int) -> User:
    user = storage.read_user(tx, user_id)
    if user is None:
        raise NotFound("Not found.")
    return user
