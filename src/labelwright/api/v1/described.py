"""What a route handler says of itself for the description of the API: written beside it, read when first asked for.

    @get("/tasks")
    @described("tasks_list", query=("page", "page_size", "search"), answers={200: "TaskPage"})
    async def list_tasks(request: ApiRequest) -> Response[bytes]:
        '''Return a page of the tasks the caller sees. 200; ...'''

The first line of the docstring is the summary. Names are those of the tables in `openapi`: of `PARAMETERS` for
`query` and `headers`, of the schemas and contents in `objects`, `bodies` and `answers` for the rest. What every
route of its kind answers (401, 403 for a method that changes something, 404 below a number, 413 and 415 with a
body) is added there; `errors` are the others. A test fails for a route that says nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

Handler = TypeVar("Handler", bound=Callable[..., Any])
_PLACE = "__described__"


class Described(Struct, frozen=True, kw_only=True):
    """`operation` is the id clients know a route by: first part of the path, then what is done (contract, 15).

    `answers` maps each status of success to the name of what comes with it, None for nothing. `body` None: takes none.
    `method` is the one to tell of where a route takes any, None for all it takes.
    """

    operation: str
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    body: str | None = None
    answers: Mapping[int, str | None]
    errors: tuple[int, ...] = ()
    method: str | None = None


def described(
    operation: str,
    *,
    answers: Mapping[int, str | None],
    query: tuple[str, ...] = (),
    headers: tuple[str, ...] = (),
    body: str | None = None,
    errors: tuple[int, ...] = (),
    method: str | None = None,
) -> Callable[[Handler], Handler]:
    """Return a decorator that notes all this at a handler; it stands below the one that makes it a route."""
    note = Described(
        operation=operation,
        query=query,
        headers=headers,
        body=body,
        answers=answers,
        errors=errors,
        method=method,
    )

    def remember(handler: Handler) -> Handler:
        setattr(handler, _PLACE, note)
        return handler

    return remember


def description_of(handler: HTTPRouteHandler) -> Described | None:
    """Return what the route says of itself, None when it says nothing."""
    found: Described | None = getattr(handler.fn, _PLACE, None)
    return found
