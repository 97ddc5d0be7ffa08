"""Who is asking with a bearer token, in the header or in the cookie `token` (platform contract, 2.1).

Where the platform says who people are, it is one of the platform's; else it is our own API token, so that the
platform's clients work on one machine too. A service asks with a token of its own, on the routes that are open to it.
"""

import functools
import hmac
from collections.abc import Callable
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from anyio import CapacityLimiter, to_thread

from labelwright.api.requests import ApiRequest, deps_of, run_short
from labelwright.domain.errors import Forbidden, NotSignedIn
from labelwright.domain.users import SERVICE, User
from labelwright.services import accounts, people

P = ParamSpec("P")
T = TypeVar("T")

TOKEN_COOKIE = "token"
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
#: Threads that may wait for the user service at once: apart from those that serve requests, which go on meanwhile.
_WAITING = 40


class CsrfFailed(Forbidden):
    """An unsafe request that a cookie signed did not show that it comes from a page of ours."""


async def user_of_header(request: ApiRequest) -> User | None:
    """Return whose token `Authorization: Bearer` holds, None without one.

    Raises:
        NotSignedIn: it is nobody's.
        Forbidden: it is a service's, and the route is not for services.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    token = token.strip()
    if not token:
        raise NotSignedIn("Invalid token header. No credentials provided.")
    expected = deps_of(request).platform.service_token
    if expected and hmac.compare_digest(token.encode(), expected.encode()):
        if not request.route_handler.opt.get("service"):
            raise Forbidden("The token of a service opens nothing but datasets.")
        return SERVICE
    user = await _user_of(request, token)
    request.scope["state"]["proven"] = True
    return user


async def user_of_cookie(request: ApiRequest) -> User | None:
    """Return whose token the cookie holds, None without one or for one that does not count.

    It may be old, or of another server on this host; so the reason is kept (`refusal_of`) while other ways to sign in
    have their turn.
    """
    token = request.cookies.get(TOKEN_COOKIE)
    if not token:
        return None
    try:
        user = await _user_of(request, token)
        if request.method not in SAFE:
            _check_page(request)
    except (NotSignedIn, CsrfFailed) as error:
        request.scope["state"]["refusal"] = error
        return None
    request.scope["state"]["proven"] = True
    return user


def needs_no_echo(request: ApiRequest) -> bool:
    """Whether a token signed the request that no page of another site can have sent."""
    return bool(request.scope["state"].get("proven"))


def refusal_of(request: ApiRequest) -> NotSignedIn | CsrfFailed | None:
    """Return why the cookie did not count, None when there was none."""
    refusal: NotSignedIn | CsrfFailed | None = request.scope["state"].get("refusal")
    return refusal


def bearer_of(request: ApiRequest) -> str:
    """Return the caller's token of the platform, to ask the platform with; "" for who came otherwise."""
    return str(request.scope["state"].get("bearer", ""))


async def _user_of(request: ApiRequest, token: str) -> User:
    deps = deps_of(request)
    if deps.identity is None:
        return await run_short(request, accounts.user_of_token, deps, token=token)
    found = deps.identity.recall(token)
    if found is None:
        found = await run_waiting(deps.identity.user_of_token, token)
    request.scope["state"]["bearer"] = token
    user = await run_short(request, people.find_known, deps, found=found)
    if user is None:
        user = await run_waiting(people.meet, deps, found=found, token=token)
    return user


@functools.cache
def _lane() -> CapacityLimiter:
    return CapacityLimiter(_WAITING)


async def run_waiting(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run what may wait for the user service in a thread."""
    return await to_thread.run_sync(functools.partial(function, *args, **kwargs), limiter=_lane())


def _check_page(request: ApiRequest) -> None:
    """See that an unsafe request comes from a page of ours: the browser says so, and no page can lie for it.

    The platform sets the cookie, so there is no second cookie that an echo could be compared with (decision 0009).
    Browsers tell `Sec-Fetch-Site` where the connection is encrypted, and `Origin` everywhere.
    """
    site = request.headers.get("sec-fetch-site")
    if site == "same-origin":
        return
    origin = urlsplit(request.headers.get("origin", "")).netloc.lower()
    if site is not None or not origin or origin not in _own_hosts(request):
        raise CsrfFailed("CSRF Failed: the request does not come from a page of this server.")


def _own_hosts(request: ApiRequest) -> set[str]:
    """Return the hosts people may reach the server at. A page of others cannot send the header of a proxy."""
    forwarded = request.headers.get("x-forwarded-host", "").split(",")
    named = [request.url.netloc, urlsplit(deps_of(request).public_url).netloc, *forwarded]
    return {host.strip().lower() for host in named if host.strip()}
