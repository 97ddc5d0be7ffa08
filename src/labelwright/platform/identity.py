"""Who people are, by the platform's user service (platform contract, 2).

A token is a JWT that the user service signed with a secret it shares with us. That alone is not believed: the service
is asked with it, so that a token it has taken back stops to count. Its answers are remembered for a short time, and
while one is on its way, others with the same token wait for it instead of asking too.
"""

import logging
import threading
from collections import OrderedDict
from concurrent.futures import Future
from typing import Any

import jwt
from msgspec import UNSET, Struct, UnsetType

from labelwright.domain.errors import IdentityDown, NotSignedIn, Unreachable
from labelwright.domain.sentences import Sentence
from labelwright.domain.users import PlatformUser
from labelwright.http import Refused, Service
from labelwright.ports import Clock

logger = logging.getLogger("labelwright.platform")

#: Answers remembered at once: more people than work at the same time.
_MOST_ANSWERS = 10_000
#: Seconds a list of everybody is remembered for whoever asked for it, so that a name can be typed letter by letter.
_LIST_S = 15.0
_MOST_LISTS = 20
#: Seconds in which a service that is down is not asked again about the same token.
_FAILURE_S = 1.0
#: Ids are columns of 32 bits; names are no longer in the platform (contract, 2.4).
_MOST_UID = 2**31 - 1
_LONGEST_NAME = 256
#: A list of people is long where the platform is large.
_MOST_MB = 64.0
_NAME = Sentence("The user service")
#: Statuses by which it says that a token is good no more.
_REFUSALS = (401, 403)


class _CurrentUser(Struct):
    """What `auth/currentUser` tells of the caller, as far as it is used."""

    id: int | None = None
    userName: str | None = None
    username: str | None = None
    email: str | None = None
    permissionList: list[str] | None | UnsetType = UNSET


class _Row(Struct):
    """Somebody in the list of users."""

    id: int
    userName: str | None = None
    username: str | None = None
    email: str | None = None
    permissionList: list[str] | None = None
    date_joined: str | int | None = None


class _Users(Struct):
    result: list[_Row]


class _Answer(Struct, frozen=True):
    """What was said of a token, until when that counts; `failure` when nothing was."""

    ends: float
    user: PlatformUser | None = None
    failure: NotSignedIn | None = None


class _List(Struct, frozen=True):
    """Everybody, as told to somebody, until when that counts."""

    ends: float
    people: list[PlatformUser]


class PlatformIdentity:
    """People of the user service at `url`. Raises as `ports.Identity` says. Any thread may ask."""

    def __init__(self, url: str, *, secret: str, timeout_s: float, cache_s: float, clock: Clock) -> None:
        self._service = Service(_NAME, url, timeout_s=timeout_s, max_mb=_MOST_MB)
        self._secret = secret
        self._cache_s = cache_s
        self._clock = clock
        self._lock = threading.Lock()
        self._answers: OrderedDict[str, _Answer] = OrderedDict()
        self._lists: OrderedDict[str, _List] = OrderedDict()
        self._asked: dict[str, Future[PlatformUser]] = {}

    def recall(self, token: str) -> PlatformUser | None:
        answer = self._remembered(token)
        return None if answer is None else answer.user

    def user_of_token(self, token: str) -> PlatformUser:
        answer = self._remembered(token)
        if answer is not None and answer.failure is not None:
            raise _again(answer.failure)
        if answer is not None and answer.user is not None:
            return answer.user
        claims = self._claims(token)
        with self._lock:
            asked = self._asked.get(token)
            is_first = asked is None
            if asked is None:
                asked = self._asked[token] = Future()
        if is_first:
            self._ask_once(token, claims, asked)
        try:
            return asked.result()
        except NotSignedIn as error:
            raise _again(error) from error

    def list_users(self, token: str) -> list[PlatformUser]:
        with self._lock:
            known = self._lists.get(token)
        if known is not None and self._now() < known.ends:
            return known.people
        began = self._now()
        answer = self._get("/users/cvat/users?pageNo=1&pageSize=all", token)
        found = self._service.read(_Users, answer).result
        people = [user for user in map(_user_of_row, found) if user is not None]
        with self._lock:
            self._lists[token] = _List(began + min(self._cache_s, _LIST_S), people)
            while len(self._lists) > _MOST_LISTS:
                self._lists.popitem(last=False)
        return people

    def pass_on(self, path: str, query: str, token: str) -> bytes:
        return self._get(f"{path}?{query}" if query else path, token)

    def _get(self, address: str, token: str) -> bytes:
        try:
            return self._service.call("GET", address, token=token)
        except Refused as error:
            if error.status in _REFUSALS:
                raise _refused() from error
            raise

    def _remembered(self, token: str) -> _Answer | None:
        with self._lock:
            answer = self._answers.get(token)
        return answer if answer is not None and self._now() < answer.ends else None

    def _now(self) -> float:
        return self._clock().timestamp()

    def _claims(self, token: str) -> dict[str, Any]:
        """Return what the token says, if the platform signed it and its time is not over. Raises NotSignedIn."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._secret,
                algorithms=["HS256"],
                options={"require": ["exp"], "verify_aud": False, "verify_iat": False},
            )
        except jwt.ExpiredSignatureError as error:
            raise NotSignedIn("Your sign-in has run out: sign in again.") from error
        except jwt.InvalidTokenError as error:
            raise NotSignedIn("The token is none of the platform's: sign in again.") from error
        if not _is_uid(claims.get("uid")) or not _is_name(claims.get("userName")):
            raise NotSignedIn("The token names nobody: sign in again.")
        return claims

    def _ask_once(self, token: str, claims: dict[str, Any], asked: "Future[PlatformUser]") -> None:
        """Ask the service, remember what it says, and tell those who wait for it."""
        began = self._now()
        try:
            user = self._ask(token, claims)
            self._remember(token, _Answer(min(began + self._cache_s, float(claims["exp"])), user=user))
            asked.set_result(user)
        except NotSignedIn as error:
            self._remember(token, _Answer(self._now() + _FAILURE_S, failure=error))
            asked.set_exception(error)
        except BaseException as error:
            asked.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._asked[token]

    def _ask(self, token: str, claims: dict[str, Any]) -> PlatformUser:
        try:
            found = self._service.read(_CurrentUser, self._get("/auth/currentUser", token))
        except Unreachable as error:
            raise _down(error.message) from error
        if found.id not in (None, claims["uid"]) or found.permissionList is UNSET:
            logger.warning("the user service tells of %s when asked about %s", found.id, claims["uid"])
            raise _down(Sentence("{service} answered nonsense", service=_NAME))
        name = found.userName or found.username
        return PlatformUser(
            uid=claims["uid"],
            username=name if _is_name(name) and name is not None else claims["userName"],
            permissions=tuple(found.permissionList or ()),
            email=found.email or "",
        )

    def _remember(self, token: str, answer: _Answer) -> None:
        with self._lock:
            self._answers[token] = answer
            self._answers.move_to_end(token)
            while len(self._answers) > _MOST_ANSWERS:
                self._answers.popitem(last=False)


def _refused() -> NotSignedIn:
    return NotSignedIn("{service} does not take this sign-in any more: sign in again.", service=_NAME)


def _down(reason: Sentence) -> IdentityDown:
    return IdentityDown("Nobody can be signed in now: {reason}.", reason=reason)


def _again(error: NotSignedIn) -> NotSignedIn:
    """Return the same error for another who meets it: one that is raised twice collects the places of both."""
    return type(error)(error.message)


def _is_uid(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MOST_UID


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and "\x00" not in value


def _user_of_row(row: _Row) -> PlatformUser | None:
    """Return whom a row tells of, None for one that cannot be anybody here."""
    name = row.username or row.userName
    if not _is_uid(row.id) or not _is_name(name) or name is None:
        logger.warning("the user service lists somebody without a usable id and name: %r", row.id)
        return None
    joined = str(row.date_joined or "")
    return PlatformUser(
        uid=row.id,
        username=name,
        permissions=tuple(row.permissionList or ()),
        email=row.email or "",
        joined_ms=int(joined) if joined.isascii() and joined.isdigit() else 0,
    )
