"""The address of v1 itself: where its lists are (rest-api contract, 15)."""

from litestar import get

from labelwright.api.requests import ApiRequest
from labelwright.api.v1.wire import base_url

_LISTS = ("projects", "tasks", "users", "reviews", "comments")


@get("/", include_in_schema=False)
async def read_index(request: ApiRequest) -> dict[str, str]:
    """Return the addresses of the lists, by name. 200."""
    return {name: f"{base_url(request)}/{name}" for name in _LISTS}


HANDLERS = (read_index,)
