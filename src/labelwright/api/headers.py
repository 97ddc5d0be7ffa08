"""What every answer carries, errors included: added on the way out, around the whole app."""

from typing import TYPE_CHECKING

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType

from labelwright.api.callers import session_cookies

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
#: No script, style or picture of another origin; the app needs none.
_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'"
)
_VARY = "Accept, Origin, Cookie"
#: Where the body depends on it: v1 has no such answer, so its own header stays as recorded.
_VARY_PACKED = "Accept-Encoding"


def with_headers(app: "ASGIApp", *, session_days: int) -> "ASGIApp":
    """Return `app` with the headers and cookies every answer needs."""

    async def wrapped(scope: "Scope", receive: "Receive", send: "Send") -> None:
        async def finish(message: "Message") -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders(message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Content-Security-Policy"] = _POLICY
                else:
                    headers["Vary"] = f"{_VARY}, {_VARY_PACKED}" if "content-encoding" in headers else _VARY
                for cookie in session_cookies(scope, session_days):
                    headers.add("Set-Cookie", cookie)
            await send(message)

        await app(scope, receive, finish if scope["type"] == ScopeType.HTTP else send)

    return wrapped
