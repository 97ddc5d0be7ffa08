"""The route table: every route of v1, served on both mounts, each in its dialect."""

from typing import Any

from litestar import Response, Router
from litestar.exceptions import HTTPException

from labelwright.api.callers import authenticate, write_cookies
from labelwright.api.requests import ApiRequest
from labelwright.api.v1 import annotations, auth, datasets, later, media, tasks, users
from labelwright.api.v1.dialects import MAY_2021, PLATFORM, Dialect
from labelwright.api.v1.errors import handle_bug, handle_error, handle_http
from labelwright.domain.errors import LabelwrightError
from labelwright.services.datasets import OperationFailed

#: Where each dialect is served (architecture, decision 8).
MOUNTS: tuple[tuple[str, Dialect], ...] = (("/api/v1", MAY_2021), ("/annotations/api/v1", PLATFORM))

_HANDLERS = (
    auth.login,
    auth.logout,
    auth.register,
    users.read_self,
    users.list_users,
    *tasks.HANDLERS,
    *annotations.HANDLERS,
    *media.HANDLERS,
    *datasets.HANDLERS,
    *later.HANDLERS,
)
_HEADERS = {
    "Vary": "Accept, Origin, Cookie",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


async def finish_response(request: ApiRequest, response: Response[Any]) -> Response[Any]:
    """Add what every answer carries."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    write_cookies(request, response)
    return response


def make_routers() -> list[Router]:
    """Return v1 on each of its mounts."""
    return [
        Router(
            path=path,
            route_handlers=_HANDLERS,
            opt={"dialect": dialect},
            before_request=authenticate,
            exception_handlers={
                LabelwrightError: handle_error,
                OperationFailed: handle_error,
                HTTPException: handle_http,
                Exception: handle_bug,
            },
        )
        for path, dialect in MOUNTS
    ]
