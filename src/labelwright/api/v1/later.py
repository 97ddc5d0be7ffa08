"""Routes of v1 that are not built yet: each answers 501 with a sentence, to people who are signed in."""

from typing import Any, Literal

from litestar import route
from litestar.handlers import HTTPRouteHandler

from labelwright.api.requests import ApiRequest
from labelwright.domain.errors import NotBuilt
from labelwright.domain.sentences import Sentence

Methods = tuple[Literal["GET", "POST", "PUT", "PATCH", "DELETE"], ...]

_LATER: tuple[tuple[str, Methods, Sentence], ...] = (
    ("/projects/{number:int}/dataset", ("GET",), Sentence("Exports of projects")),
    ("/projects/{number:int}/annotations", ("GET",), Sentence("Exports of projects")),
    ("/server/logs", ("POST",), Sentence("Client logs")),
    ("/server/exception", ("POST",), Sentence("Client logs")),
    ("/lambda/functions", ("GET",), Sentence("Automatic annotation")),
    ("/lambda/functions/{name:str}", ("GET", "POST"), Sentence("Automatic annotation")),
    ("/lambda/requests", ("GET", "POST"), Sentence("Automatic annotation")),
    ("/lambda/requests/{name:str}", ("GET", "DELETE"), Sentence("Automatic annotation")),
    ("/datas", ("GET",), Sentence("Publishing")),
    ("/datasets", ("GET",), Sentence("Datasets")),
    ("/datasets/{number:int}", ("GET",), Sentence("Datasets")),
    ("/tasks/{number:int}/publish", ("GET",), Sentence("Publishing")),
    ("/tasks/{number:int}/save_to_platform", ("GET",), Sentence("Publishing")),
)


def _handler(path: str, methods: Methods, words: Sentence) -> HTTPRouteHandler:
    async def not_built(request: ApiRequest) -> dict[str, Any]:
        raise NotBuilt("{words}: not built yet.", words=words)

    return route(path, http_method=methods, status_code=501)(not_built)


HANDLERS = tuple(_handler(*each) for each in _LATER)
