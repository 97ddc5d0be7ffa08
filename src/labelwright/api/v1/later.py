"""Routes of v1 that are not built yet: each answers 501 with a sentence, to people who are signed in."""

from typing import Any, Literal

from litestar import route
from litestar.handlers import HTTPRouteHandler

from labelwright.api.requests import ApiRequest
from labelwright.domain.errors import NotBuilt

Methods = tuple[Literal["GET", "POST", "PUT", "PATCH", "DELETE"], ...]

_LATER: tuple[tuple[str, Methods, str], ...] = (
    ("/projects", ("GET", "POST"), "Projects"),
    ("/projects/{number:int}", ("GET", "PATCH", "DELETE"), "Projects"),
    ("/projects/{number:int}/tasks", ("GET",), "Projects"),
    ("/projects/{number:int}/dataset", ("GET",), "Projects"),
    ("/projects/{number:int}/annotations", ("GET",), "Projects"),
    ("/users/{number:int}", ("GET", "PATCH", "DELETE"), "Single users"),
    ("/jobs/{number:int}/reviews", ("GET",), "Reviews"),
    ("/jobs/{number:int}/issues", ("GET",), "Issues"),
    ("/reviews", ("POST",), "Reviews"),
    ("/reviews/{number:int}", ("DELETE",), "Reviews"),
    ("/issues/{number:int}", ("PATCH", "DELETE"), "Issues"),
    ("/issues/{number:int}/comments", ("GET",), "Comments"),
    ("/comments", ("POST",), "Comments"),
    ("/comments/{number:int}", ("PATCH", "DELETE"), "Comments"),
    ("/server/about", ("GET",), "The about page"),
    ("/server/plugins", ("GET",), "The list of plugins"),
    ("/server/share", ("GET",), "Browsing the share"),
    ("/server/logs", ("POST",), "Client logs"),
    ("/server/exception", ("POST",), "Client logs"),
    ("/restrictions/user-agreements", ("GET",), "User agreements"),
    ("/restrictions/terms-of-use", ("GET",), "Terms of use"),
    ("/auth/password/change", ("POST",), "Changing the password over the API"),
    ("/auth/password/reset", ("POST",), "Resetting the password over the API"),
    ("/auth/password/reset/confirm", ("POST",), "Resetting the password over the API"),
    ("/auth/signing", ("POST",), "Signed addresses"),
    ("/lambda/functions", ("GET",), "Automatic annotation"),
    ("/lambda/functions/{name:str}", ("GET", "POST"), "Automatic annotation"),
    ("/lambda/requests", ("GET", "POST"), "Automatic annotation"),
    ("/lambda/requests/{name:str}", ("GET", "DELETE"), "Automatic annotation"),
    ("/datas", ("GET",), "Publishing"),
    ("/datasets", ("GET",), "Datasets"),
    ("/datasets/{number:int}", ("GET",), "Datasets"),
    ("/tasks/{number:int}/publish", ("GET",), "Publishing"),
    ("/tasks/{number:int}/save_to_platform", ("GET",), "Publishing"),
)


def _handler(path: str, methods: Methods, words: str) -> HTTPRouteHandler:
    async def not_built(request: ApiRequest) -> dict[str, Any]:
        raise NotBuilt(f"{words}: not built yet.")

    return route(path, http_method=methods, status_code=501)(not_built)


HANDLERS = tuple(_handler(*each) for each in _LATER)
