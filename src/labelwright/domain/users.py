"""People: who they are, which roles they hold, and what a name and a password must be."""

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Literal

from msgspec import UNSET, Struct, UnsetType, structs

from labelwright.domain.errors import Invalid
from labelwright.domain.sentences import Sentence

Role = Literal["admin", "user", "annotator", "observer"]
ROLES: tuple[Role, ...] = ("admin", "user", "annotator", "observer")

_USERNAME = re.compile(r"[\w.@+-]{1,150}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
#: From this likeness on a password repeats something of its owner (API v1 contract, 3.3).
_SIMILAR = 0.7
_MIN_PASSWORD = 8


#: What the platform permits, and the role it stands for here (platform contract, 2.2), in the order on record.
PERMISSIONS: Mapping[str, Role] = {
    "ANNOTATIONS_ADMIN": "admin",
    "ANNOTATIONS_USER": "user",
    "ANNOTATIONS_OBSERVER": "observer",
    "ANNOTATIONS_ANNOTATOR": "annotator",
}
#: The same of the platform's first labelling system, whose reviewers observe.
_LABELLING: Mapping[str, Role] = {
    "LABELING_IMAGE": "annotator",
    "DISPATCH_LABELING_TASK": "user",
    "REVIEW_LABELING_TASK": "observer",
}


class User(Struct, frozen=True, kw_only=True):
    """Somebody who asks, or is named: an account of ours, or one of the platform's people. Times are ISO-8601 UTC text.

    `uid` is the number the platform knows the person by, None for accounts of ours and for those who were only named
    yet. `is_ours` tells accounts from people of the platform.
    """

    id: int
    username: str
    email: str
    first_name: str
    last_name: str
    roles: tuple[str, ...]
    is_staff: bool
    is_superuser: bool
    is_active: bool
    date_joined: str
    last_login: str | None
    uid: int | None = None
    is_ours: bool = True


#: Who asks with the token of a service, on the routes that are open to one. There is no such account.
SERVICE = User(
    id=0,
    username="",
    email="",
    first_name="",
    last_name="",
    roles=("admin",),
    is_staff=False,
    is_superuser=False,
    is_active=True,
    date_joined="",
    last_login=None,
)
#: Who asks without signing in, where a setting lets anybody read.
ANYBODY = structs.replace(SERVICE, roles=("observer",))


class UserChange(Struct, frozen=True, kw_only=True):
    """What changes of an account; UNSET stays."""

    username: str | UnsetType = UNSET
    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    roles: tuple[str, ...] | UnsetType = UNSET
    is_staff: bool | UnsetType = UNSET
    is_superuser: bool | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class UserFilter(Struct, frozen=True, kw_only=True):
    """What a list of users is narrowed by, and its order by names as v1 has them."""

    words: Sequence[str] = ()
    user_id: int | None = None
    is_active: bool | None = None
    ordering: Sequence[str] = ()


class WeakPassword(Invalid):
    """A password will not do; `reasons` holds every reason."""

    field: str

    def __init__(self, reasons: list[Sentence], *, field: str) -> None:
        super().__init__("{reasons}", reasons=" ".join(reasons), field=field)
        self.reasons = reasons


class PlatformUser(Struct, frozen=True, kw_only=True):
    """Somebody as the platform's user service tells of them. `joined_ms` counts from 1970, UTC; 0 when not told."""

    uid: int
    username: str
    permissions: tuple[str, ...] = ()
    email: str = ""
    joined_ms: int = 0


def roles_of(permissions: Sequence[str], *, labelling: bool) -> tuple[Role, ...]:
    """Return the roles of somebody whom the platform permits this.

    With `labelling` the permissions of the first labelling system count for those who have none of today's.
    """
    found = {PERMISSIONS[name] for name in permissions if name in PERMISSIONS}
    if labelling and not found:
        found = {_LABELLING[name] for name in permissions if name in _LABELLING}
    return tuple(role for role in ROLES if role in found)


def permissions_of(user: User) -> list[str]:
    """Return what a platform would permit the user of an account of ours: administrators everything."""
    is_admin = user.is_superuser or "admin" in user.roles
    return [name for name, role in PERMISSIONS.items() if is_admin or role in user.roles]


class Person(Struct, frozen=True):
    """What others see of a user, in API v1's order."""

    id: int
    username: str
    first_name: str
    last_name: str


def check_username(username: str) -> None:
    """Raise Invalid unless `username` is 1–150 letters, digits and @ . + - _."""
    if len(username) > 150:
        raise Invalid("Ensure this field has no more than 150 characters.", field="username")
    if not _USERNAME.fullmatch(username):
        raise Invalid(
            "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.",
            field="username",
        )


def check_email(email: str) -> None:
    """Raise Invalid unless `email` looks like an address."""
    if not _EMAIL.fullmatch(email) or len(email) > 254:
        raise Invalid("Enter a valid email address.", field="email")


def password_problems(password: str, *, about: Mapping[Sentence, str], is_common: bool) -> list[Sentence]:
    """Return every reason why `password` will not do, in API v1's words; an empty list when it will.

    `about` maps words for the owner's own data ("username") to the data; `is_common` says whether a
    list of known passwords holds it.
    """
    problems = []
    lowered = password.lower()
    for word, value in about.items():
        parts = [part for part in re.split(r"\W+", value.lower()) if part] + [value.lower()]
        if value and any(SequenceMatcher(a=lowered, b=part).quick_ratio() >= _SIMILAR for part in parts):
            problems.append(Sentence("The password is too similar to the {word}.", word=word))
            break
    if len(password) < _MIN_PASSWORD:
        problems.append(
            Sentence(
                "This password is too short. It must contain at least {count} characters.",
                count=_MIN_PASSWORD,
            )
        )
    if is_common:
        problems.append(Sentence("This password is too common."))
    if password.isdigit():
        problems.append(Sentence("This password is entirely numeric."))
    return problems
