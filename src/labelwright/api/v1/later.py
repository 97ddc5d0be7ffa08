"""Routes of v1 that are not built yet: each answers 501 with a sentence, to people who are signed in."""

from typing import Any, Literal

from litestar import route
from litestar.handlers import HTTPRouteHandler

from labelwright.api.requests import ApiRequest
from labelwright.api.v1.described import described
from labelwright.domain.errors import NotBuilt
from labelwright.domain.sentences import Sentence

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

_LATER: tuple[tuple[Method, str, str, Sentence], ...] = (
    ("GET", "/projects/{number:int}/dataset", "projects_dataset_export", Sentence("Exports of projects")),
    (
        "GET",
        "/projects/{number:int}/annotations",
        "projects_annotations_read",
        Sentence("Exports of projects"),
    ),
    ("GET", "/lambda/functions", "lambda_functions_list", Sentence("Automatic annotation")),
    ("GET", "/lambda/functions/{name:str}", "lambda_functions_read", Sentence("Automatic annotation")),
    ("POST", "/lambda/functions/{name:str}", "lambda_functions_create", Sentence("Automatic annotation")),
    ("GET", "/lambda/requests", "lambda_requests_list", Sentence("Automatic annotation")),
    ("POST", "/lambda/requests", "lambda_requests_create", Sentence("Automatic annotation")),
    ("GET", "/lambda/requests/{name:str}", "lambda_requests_read", Sentence("Automatic annotation")),
    ("DELETE", "/lambda/requests/{name:str}", "lambda_requests_delete", Sentence("Automatic annotation")),
)


def _handler(method: Method, path: str, operation: str, words: Sentence) -> HTTPRouteHandler:
    @described(operation, answers={}, errors=(501,))
    async def not_built(request: ApiRequest) -> dict[str, Any]:
        """Answer that this is not built yet. 501."""
        raise NotBuilt("{words}: not built yet.", words=words)

    return route(path, http_method=method, status_code=501)(not_built)


HANDLERS = tuple(_handler(*each) for each in _LATER)
