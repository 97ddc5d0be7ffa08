"""The route table: every route of v1, served on both mounts, each in its dialect."""

from collections.abc import Sequence

from litestar import Router
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from labelwright.api.callers import authenticate
from labelwright.api.methods import options_handlers, refusals
from labelwright.api.v1 import (
    annotations,
    auth,
    datasets,
    deleted_frames,
    exports,
    frames,
    index,
    later,
    logs,
    media,
    operations,
    projects,
    publishing,
    restrictions,
    reviews,
    server,
    statistics,
    tasks,
    uploads,
    users,
)
from labelwright.api.v1.dialects import MAY_2021, PLATFORM, Dialect
from labelwright.api.v1.errors import handle_bug, handle_error, handle_http
from labelwright.domain.errors import LabelwrightError, OperationFailed

#: Where each dialect is served unless the settings choose another (architecture, decision 8).
MOUNTS: tuple[tuple[str, Dialect], ...] = (("/api/v1", MAY_2021), ("/annotations/api/v1", PLATFORM))

HANDLERS = (
    *index.HANDLERS,
    *auth.HANDLERS,
    *users.HANDLERS,
    *server.HANDLERS,
    *logs.HANDLERS,
    *restrictions.HANDLERS,
    *projects.HANDLERS,
    *tasks.HANDLERS,
    *annotations.HANDLERS,
    *media.HANDLERS,
    *frames.HANDLERS,
    *uploads.HANDLERS,
    *deleted_frames.HANDLERS,
    *exports.HANDLERS,
    *publishing.HANDLERS,
    *datasets.HANDLERS,
    *operations.HANDLERS,
    *reviews.HANDLERS,
    *statistics.HANDLERS,
    *later.HANDLERS,
)
_ROUTED = (*HANDLERS, *reviews.REFUSED)
#: Whatever goes wrong is said by one table.
ERROR_HANDLERS: ExceptionHandlersMap = {
    LabelwrightError: handle_error,
    OperationFailed: handle_error,
    HTTPException: handle_http,
    Exception: handle_bug,
}


def make_routers(dialects: Sequence[Dialect] = (MAY_2021, PLATFORM)) -> list[Router]:
    """Return v1 on each of its mounts, in the dialect named for it."""
    return [
        Router(
            path=path,
            # OPTIONS first: a path that comes without gets the framework's own.
            route_handlers=[*options_handlers(HANDLERS), *_ROUTED, *refusals(_ROUTED)],
            opt={"dialect": dialect},
            before_request=authenticate,
            exception_handlers=ERROR_HANDLERS,
        )
        for (path, _), dialect in zip(MOUNTS, dialects, strict=True)
    ]
