"""What the server is and holds: about, plugins, the share (rest-api contract, 4)."""

from typing import Any

from litestar import get

from labelwright.api.requests import ApiRequest, asked_language, deps_of, run_in_thread
from labelwright.api.v1.described import described
from labelwright.api.v1.wire import dialect_of
from labelwright.domain.sentences import Sentence
from labelwright.languages import say
from labelwright.services import share

_DESCRIPTION = Sentence("A server and a workbench in the browser with which teams label images.")


@get("/server/about")
@described("server_about", answers={200: "About"})
async def read_about(request: ApiRequest) -> dict[str, str]:
    """Return name, description and version of the product. 200."""
    deps = deps_of(request)
    return {
        "name": deps.product_name[:128],
        "description": (deps.product_description or say(_DESCRIPTION, asked_language(request)))[:2048],
        "version": deps.product_version[:64],
    }


@get("/server/plugins")
@described("server_plugins", answers={200: "Plugins"})
async def read_plugins(request: ApiRequest) -> dict[str, bool]:
    """Return which parts of a v1 server there are, as recorded for the mount. 200."""
    plugins = {"GIT_INTEGRATION": deps_of(request).git is not None, "ANALYTICS": False, "MODELS": False}
    return plugins | {"PREDICT": False} if dialect_of(request).is_newest else plugins


@get("/server/share")
@described("server_share", query=("directory",), answers={200: "ShareList"})
async def list_share(request: ApiRequest) -> list[dict[str, Any]]:
    """Return what the folder `directory` of the share holds, its root by default. 200; 400 for what is no folder."""
    directory = request.query_params.get("directory", "").removeprefix("/")
    found = await run_in_thread(share.list_share, deps_of(request), directory=directory)
    return [{"name": entry.name, "type": entry.type} for entry in found]


HANDLERS = (read_about, read_plugins, list_share)
