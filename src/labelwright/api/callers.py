"""Who is asking: token, signed address, session with its CSRF check, name and password (rest-api contract, 2).

Bearer tokens, the platform's among them, are in `bearers.py`.
"""

import base64
import hmac
import secrets
from typing import TYPE_CHECKING

from litestar.datastructures import Cookie

from labelwright.api.bearers import (
    SAFE,
    TOKEN_COOKIE,
    CsrfFailed,
    refusal_of,
    user_of_cookie,
    user_of_header,
)
from labelwright.api.requests import ApiRequest, deps_of, peek_field, run_in_thread, run_short
from labelwright.api.throttling import Throttle, counted_address
from labelwright.domain.errors import Invalid, NotFound, NotSignedIn
from labelwright.domain.sentences import Sentence
from labelwright.domain.users import ANYBODY, User
from labelwright.services import accounts, signing

if TYPE_CHECKING:
    from litestar.types import Scope

SESSION_COOKIE = "sessionid"
CSRF_COOKIE = "csrftoken"
#: The field of a form that echoes the cookie where no header can.
CSRF_FIELD = "csrfmiddlewaretoken"
_CSRF_AGE_S = 365 * 86_400
#: Ids are columns of 32 bits.
_MAX_ID = 2**31 - 1
_NO_TOKEN = Sentence("Invalid token header. No credentials provided.")


async def authenticate(request: ApiRequest) -> None:
    """Put the caller into the request, None when nobody signed it.

    What a route may be marked as: `anonymous` lets nobody in too, `service` the token of a service, `open_read`
    everybody where the setting says so.

    Raises:
        NotSignedIn: a token, signature or password is wrong, or the route needs somebody.
        TooManyRequests: nobody signed the request, and its address sends too many of them.
        CsrfFailed: a session's unsafe request lacks the echo of the cookie, or another cookie's comes from elsewhere.
        Forbidden: a service asks for what is not for services.
        NotFound: the path holds a number that can be nothing's id.
        Invalid: the Host header is no host.
    """
    _check_host(request)
    user = (
        await user_of_header(request)
        or await user_of_cookie(request)
        or await _by_own_token(request)
        or await _by_session(request)
        or await _by_password(request)
        or _anybody(request)
    )
    request.scope["user"] = user
    if user is None or user is ANYBODY:
        throttle: Throttle = request.app.state.throttle
        throttle.count(address_of(request))
    if any(isinstance(value, int) and not 0 < value <= _MAX_ID for value in request.path_params.values()):
        raise NotFound("Not found.")


def _anybody(request: ApiRequest) -> User | None:
    """Return who somebody is that nothing signed in. Raises NotSignedIn where that is not enough."""
    opt = request.route_handler.opt
    if opt.get("open_read") and deps_of(request).platform.open_reads:
        return ANYBODY
    if not opt.get("anonymous"):
        raise refusal_of(request) or NotSignedIn("Authentication credentials were not provided.")
    return None


async def _by_own_token(request: ApiRequest) -> User | None:
    """Return whose token or signature of ours it is. Where the platform says who people are, neither counts."""
    if deps_of(request).identity is not None:
        return None
    return await _by_token(request) or await _by_signature(request)


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
    if user is not None and request.method not in SAFE:
        await check_csrf(request)
    return user


async def check_csrf(request: ApiRequest) -> None:
    """See that the request echoes its CSRF cookie. Raises CsrfFailed."""
    cookie = request.cookies.get(CSRF_COOKIE)
    if not cookie:
        raise CsrfFailed("CSRF Failed: CSRF cookie not set.")
    echo = request.headers.get("x-csrftoken", "")
    if not echo and request.method == "POST":
        echo = await peek_field(request, CSRF_FIELD)
    if not hmac.compare_digest(cookie.encode(), echo.encode()):
        raise CsrfFailed("CSRF Failed: CSRF token missing or incorrect.")


async def _by_signature(request: ApiRequest) -> User | None:
    sign = request.query_params.get(signing.QUERY_NAME)
    if not sign:
        return None
    path, query = (request.scope[name].decode("latin-1") for name in ("raw_path", "query_string"))
    address = f"//{request.url.netloc}{path}?{query}"
    return await run_short(request, signing.user_of_signature, deps_of(request), sign=sign, address=address)


async def _by_password(request: ApiRequest) -> User | None:
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    credentials = credentials.strip()
    if not credentials:
        raise NotSignedIn("Invalid basic header. No credentials provided.")
    if " " in credentials:
        raise NotSignedIn("Invalid basic header. Credentials string should not contain spaces.")
    try:
        username, colon, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:
        username = colon = password = ""
    if not colon:
        raise NotSignedIn("Invalid basic header. Credentials not correctly base64 encoded.")
    return await run_in_thread(
        accounts.user_of_basic,
        deps_of(request),
        username=username,
        password=password,
        address=address_of(request),
    )


def address_of(request: ApiRequest) -> str:
    """Return what the caller's requests are counted under, "" for this machine without a network."""
    return counted_address(None if request.client is None else request.client.host)


def start_session(request: ApiRequest, session: str) -> None:
    """Have the answer set the cookies of a new session; a CSRF cookie that is there stays."""
    request.scope["state"]["session"] = session
    request.scope["state"]["csrf"] = request.cookies.get(CSRF_COOKIE)


def end_session(request: ApiRequest) -> None:
    """Have the answer take the cookies back that sign requests."""
    request.scope["state"]["session"] = ""
    request.scope["state"]["token_gone"] = TOKEN_COOKIE in request.cookies


def session_cookies(scope: "Scope", session_days: int) -> list[str]:
    """Return the Set-Cookie values an answer needs for what `start_session` and `end_session` asked."""
    session = scope.get("state", {}).get("session")
    if session is None:
        return []
    if session == "":
        gone = [SESSION_COOKIE, TOKEN_COOKIE] if scope["state"].get("token_gone") else [SESSION_COOKIE]
        return [
            Cookie(name, value="", max_age=0, httponly=True, samesite="lax").to_header(header="")
            for name in gone
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
