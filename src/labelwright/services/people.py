"""People of a platform: the rows that stand behind them, and the list of all (decision 0009)."""

import logging
from collections.abc import Container, Sequence
from datetime import UTC, datetime
from operator import attrgetter

from msgspec import structs

from labelwright.deps import Deps
from labelwright.domain.errors import NotSignedIn, Unreachable
from labelwright.domain.times import utc_text
from labelwright.domain.users import PlatformUser, User, UserFilter, roles_of
from labelwright.services import now_utc
from labelwright.storage import Transaction, shadows

logger = logging.getLogger("labelwright.services")

#: Rows made in one transaction, when a list brings many people who are new.
_BATCH = 200
#: The last moment a time can name.
_LAST_MS = 253_402_300_799_000


def find_known(deps: Deps, *, found: PlatformUser) -> User | None:
    """Return the user behind somebody of the platform; None when they are new here, or have a new name.

    This runs with every request, and writes nothing.
    """
    with deps.database.read() as tx:
        row = shadows.find_by_uid(tx, found.uid)
    return None if row is None or row.username != found.username else _user(deps, row, found)


def meet(deps: Deps, *, found: PlatformUser, token: str) -> User:
    """Return the user behind somebody of the platform, whose row is made or renamed as is due."""
    with deps.database.read() as tx:
        named = shadows.find_by_name(tx, found.username)
    living: set[int] = set()
    if named is not None and named.uid not in (None, found.uid):
        living = _living(deps, named, token)
    with deps.database.write() as tx:
        shadows.hold_people(tx)
        return _user(deps, _row_of(tx, deps, found, living), found)


def _living(deps: Deps, named: User, token: str) -> set[int]:
    """Return the numbers the platform knows, at least that of `named` when the platform does not tell."""
    assert deps.identity is not None, "the platform says who people are"
    try:
        return {one.uid for one in deps.identity.list_users(token)}
    except (Unreachable, NotSignedIn) as error:
        logger.warning("whether %s is still there cannot be asked: %s", named.username, error)
        return {named.uid or 0}


def _row_of(tx: Transaction, deps: Deps, found: PlatformUser, living: Container[int]) -> User:
    """Return the row of the person: that of their number, else of their name (decision 0009).

    A number that comes with another name was renamed. A name that comes with another number is an account made anew,
    unless the number it had is among the `living`: then its owner was renamed, and somebody else has taken the name.
    """
    known = shadows.find_by_uid(tx, found.uid)
    named = shadows.find_by_name(tx, found.username)
    if known is not None and known.username == found.username:
        return known
    if named is not None and named.uid is not None and (known is not None or named.uid in living):
        shadows.free_name(tx, named)
        named = None
    if known is None and named is None:
        return shadows.insert_person(tx, username=found.username, uid=found.uid, now_utc=now_utc(deps))
    if known is None:
        assert named is not None
        shadows.give_uid(tx, named.id, found.uid)
        return structs.replace(named, uid=found.uid)
    if named is not None:  # what was given to the new name before its owner came is theirs
        shadows.merge(tx, into=known.id, gone=named.id)
    shadows.rename(tx, known.id, found.username)
    return structs.replace(known, username=found.username)


def _user(deps: Deps, row: User, found: PlatformUser) -> User:
    """Return the user with what the platform says now: none of it is stored."""
    roles = roles_of(found.permissions, labelling=deps.platform.labelling_roles)
    joined = row.date_joined
    if found.joined_ms:
        joined = utc_text(datetime.fromtimestamp(min(found.joined_ms, _LAST_MS) / 1000, UTC))
    return structs.replace(row, email=found.email, roles=roles, is_staff=True, date_joined=joined)


def list_people(deps: Deps, *, token: str, wanted: UserFilter, by_uid: bool) -> list[User]:
    """Return the platform's people that match, asked with the caller's token.

    `wanted.user_id` is the number the platform has for somebody where `by_uid`, else ours. Nobody, when the user
    service fails: the log says so. Whoever is new gets a row, so that they can be named by id.
    """
    assert deps.identity is not None, "the platform says who people are"
    try:
        found = deps.identity.list_users(token)
    except (Unreachable, NotSignedIn) as error:
        logger.warning("the platform's people cannot be listed: %s", error)
        return []
    listed = [
        user
        for user in _users(deps, found)
        if wanted.user_id in (None, user.uid if by_uid else user.id)
        and wanted.is_active is not False
        and all(word.casefold() in user.username.casefold() for word in wanted.words)
    ]
    listed.sort(key=lambda user: user.id)
    for name in reversed(wanted.ordering):
        plain = name.removeprefix("-")
        if plain in ("id", "username"):
            listed.sort(key=attrgetter(plain), reverse=name.startswith("-"))
    return listed


def _users(deps: Deps, found: Sequence[PlatformUser]) -> list[User]:
    with deps.database.read() as tx:
        rows = {row.uid: row for row in shadows.list_known(tx)}
    people = {one.uid: one for one in found}
    strangers = [
        one for one in people.values() if one.uid not in rows or rows[one.uid].username != one.username
    ]
    for start in range(0, len(strangers), _BATCH):
        with deps.database.write() as tx:
            shadows.hold_people(tx)
            for one in strangers[start : start + _BATCH]:
                rows[one.uid] = _row_of(tx, deps, one, people)
    return [_user(deps, rows[one.uid], one) for one in people.values()]


def row_id_of(deps: Deps, *, uid: int) -> int | None:
    """Return our id of the person whom the platform knows by `uid`, None for nobody we know."""
    with deps.database.read() as tx:
        row = shadows.find_by_uid(tx, uid)
    return None if row is None else row.id


def ask_user_service(deps: Deps, *, path: str, query: str, token: str) -> bytes:
    """Return what the user service answers to the caller's own question. Raises Unreachable, NotSignedIn."""
    assert deps.identity is not None, "the platform says who people are"
    return deps.identity.pass_on(path, query, token)
