"""Who is asking: token, then session with its CSRF check (rest-api contract, 2). Basic comes later."""

import hmac
import secrets
from typing import TYPE_CHECKING

from litestar.datastructures import Cookie

from labelwright.api.requests import ApiRequest, deps_of, run_short
from labelwright.domain.errors import Forbidden, Invalid, NotFound, NotSignedIn
from labelwright.domain.sentences import Sentence
from labelwright.domain.users import User
from labelwright.services import accounts

if TYPE_CHECKING:
    from litestar.types import Scope

SESSION_COOKIE = "sessionid"
CSRF_COOKIE = "csrftoken"
_CSRF_AGE_S = 365 * 86_400
_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
#: Ids are columns of 32 bits.
_MAX_ID = 2**31 - 1
_NO_TOKEN = Sentence("Invalid token header. No credentials provided.")


class CsrfFailed(Forbidden):
    """A session's unsafe request did not echo its CSRF cookie."""


async def authenticate(request: ApiRequest) -> None:
    """Put the caller into the request, None when nobody signed it. Routes marked `anonymous` let nobody in too.

    Raises:
        NotSignedIn: a token is wrong, or the route needs somebody.
        CsrfFailed: a session's unsafe request lacks the echo of the cookie.
        NotFound: the path holds a number that can be nothing's id.
        Invalid: the Host header is no host.
    """
    _check_host(request)
    user = await _by_token(request)
    if user is None:
        user = await _by_session(request)
    request.scope["user"] = user
    if user is None and not request.route_handler.opt.get("anonymous"):
        raise NotSignedIn("Authentication credentials were not provided.")
    if any(isinstance(value, int) and not 0 < value <= _MAX_ID for value in request.path_params.values()):
        raise NotFound("Not found.")


def _check_host(request: ApiRequest) -> None:
    try:
        _ = request.url.netloc
    except ValueError as error:
        host = request.headers.get("host", "")
        raise Invalid("the Host header {host!r} is no host name with an optional port", host=host) from error


async def _by_token(request: ApiRequest) -> User | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "token":
        return None
    token = token.strip()
    if not token or " " in token:
        raise NotSignedIn("Invalid token.") if token else NotSignedIn(_NO_TOKEN)
    deps = deps_of(request)
    user = await run_short(request, accounts.user_of_token, deps, token=token)
    if SESSION_COOKIE not in request.cookies:
        start_session(request, accounts.session_of_token(deps, user=user, token=token))
    return user


async def _by_session(request: ApiRequest) -> User | None:
    session = request.cookies.get(SESSION_COOKIE)
    if session is None:
        return None
    user = await run_short(request, accounts.user_of_session, deps_of(request), session=session)
    if user is not None and request.method not in _SAFE:
        _check_csrf(request)
    return user


def _check_csrf(request: ApiRequest) -> None:
    cookie = request.cookies.get(CSRF_COOKIE)
    if not cookie:
        raise CsrfFailed("CSRF Failed: CSRF cookie not set.")
    if not hmac.compare_digest(cookie.encode(), request.headers.get("x-csrftoken", "").encode()):
        raise CsrfFailed("CSRF Failed: CSRF token missing or incorrect.")


def start_session(request: ApiRequest, session: str) -> None:
    """Have the answer set the cookies of a new session; a CSRF cookie that is there stays."""
    request.scope["state"]["session"] = session
    request.scope["state"]["csrf"] = request.cookies.get(CSRF_COOKIE)


def end_session(request: ApiRequest) -> None:
    """Have the answer take the session's cookie back."""
    request.scope["state"]["session"] = ""


def session_cookies(scope: "Scope", session_days: int) -> list[str]:
    """Return the Set-Cookie values an answer needs for what `start_session` and `end_session` asked."""
    session = scope.get("state", {}).get("session")
    if session is None:
        return []
    if session == "":
        return [
            Cookie(SESSION_COOKIE, value="", max_age=0, httponly=True, samesite="lax").to_header(header="")
        ]
    is_https = scope["scheme"] == "https"
    age = session_days * 86_400
    csrf = scope["state"].get("csrf") or secrets.token_hex(32)
    return [
        Cookie(
            SESSION_COOKIE, value=session, max_age=age, httponly=True, samesite="lax", secure=is_https
        ).to_header(header=""),
        Cookie(CSRF_COOKIE, value=csrf, max_age=_CSRF_AGE_S, samesite="lax", secure=is_https).to_header(
            header=""
        ),
    ]
