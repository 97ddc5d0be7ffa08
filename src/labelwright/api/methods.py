"""Methods no route is written for: OPTIONS and HEAD, and what `Allow` says to a wrong one (rest-api contract, 1)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from litestar import Litestar, route
from litestar.enums import ScopeType
from litestar.exceptions import MethodNotAllowedException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.utils import normalize_path

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Method, Receive, Scope, Send

#: The order v1 names them in.
_METHODS: tuple["Method", ...] = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
#: Extension of the scope of a request that was HEAD.
IS_HEAD = "labelwright.head"
#: Those a handler can be written for.
_WRITTEN: tuple["Method", ...] = ("GET", "POST", "PUT", "PATCH", "DELETE")
_BODIES = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]


def options_handlers(handlers: Iterable[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    """Return a handler of OPTIONS for each path of `handlers`, open to whom the path is open to.

    It says what the path takes, not whether there is such an object, so it asks for no right on it.
    """
    return [_options(path, found) for path, found in _by_path(handlers).items()]


def refusals(handlers: Iterable[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    """Return what refuses the other methods of each path of `handlers` that needs somebody signed in.

    The framework refuses a method before it asks who sends it; v1 tells nobody but 401 (contract, 1.1).
    """
    return [
        _refusal(path, found)
        for path, found in _by_path(handlers).items()
        if _missing(found) and not any(handler.opt.get("anonymous") for handler in found)
    ]


def _missing(handlers: list[HTTPRouteHandler]) -> list["Method"]:
    named = {method for handler in handlers for method in handler.http_methods}
    return [method for method in _WRITTEN if method not in named]


def _refusal(path: str, handlers: list[HTTPRouteHandler]) -> HTTPRouteHandler:
    told = [handler for handler in handlers if handler.include_in_schema is not False]
    headers = {"allow": ", ".join(method for handler in told for method in handler.http_methods)}

    async def refuse() -> None:
        raise MethodNotAllowedException(headers=headers)

    methods = _missing(handlers)
    return route(path, http_method=methods, opt={"refusal": True}, include_in_schema=False)(refuse)


def _by_path(handlers: Iterable[HTTPRouteHandler]) -> dict[str, list[HTTPRouteHandler]]:
    found: dict[str, list[HTTPRouteHandler]] = {}
    for handler in handlers:
        for path in handler.paths:
            found.setdefault(path, []).append(handler)
    return found


def _options(path: str, handlers: list[HTTPRouteHandler]) -> HTTPRouteHandler:
    methods = _in_order({method for handler in handlers for method in handler.http_methods})
    answer = {
        "name": path,
        "description": "\n".join(_line(handler) for handler in handlers),
        "renders": ["application/json"],
        "parses": _BODIES,
    }

    async def options() -> dict[str, Any]:
        return answer

    return route(
        path,
        http_method="OPTIONS",
        status_code=200,
        opt={"anonymous": any(handler.opt.get("anonymous") for handler in handlers)},
        response_headers={"Allow": ", ".join(methods)},
        include_in_schema=False,
    )(options)


def _line(handler: HTTPRouteHandler) -> str:
    about = (handler.fn.__doc__ or "").partition("\n")[0]
    return f"{', '.join(_in_order(handler.http_methods)[:1])}: {about}"


def _in_order(methods: Iterable[str]) -> list[str]:
    """Return the methods as v1 lists them, with the two that come with the others."""
    known = {*methods, "OPTIONS"}
    if "GET" in known:
        known.add("HEAD")
    return [method for method in _METHODS if method in known]


def allowed_methods(app: Litestar, path: str, error: MethodNotAllowedException) -> list[str]:
    """Return the methods the path takes, none when it is no route at all.

    The framework looks at the method before it looks at the numbers of a path, so `POST /tasks/x` would be a
    wrong method. To be deleted once it answers 404 there itself.
    """
    named = [name.strip() for name in (error.headers or {}).get("allow", "").split(",")]
    found: list[str] = []
    for method in _METHODS:
        if method in named:
            try:
                _, handler, *_ = app.asgi_router.handle_routing(path=normalize_path(path), method=method)
            except NotFoundException:
                continue
            if not handler.opt.get("refusal"):
                found.append(method)
    return _in_order(found) if found else []


def with_head(app: "ASGIApp") -> "ASGIApp":
    """Return `app` answering HEAD as GET, without the body. Those with large bodies look for `IS_HEAD`."""

    async def wrapped(scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] != "HEAD":
            await app(scope, receive, send)
            return

        async def bodyless(message: "Message") -> None:
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        # The server keeps its own scope: it knows that the length it is told comes without a body.
        extensions = {**(scope.get("extensions") or {}), IS_HEAD: {}}
        await app({**scope, "method": "GET", "extensions": extensions}, receive, bodyless)

    return wrapped
