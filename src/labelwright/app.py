"""The ASGI app: v1 on its mounts, and the built web files."""

import gc
from typing import TYPE_CHECKING

from litestar import Litestar
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException

from labelwright.api.headers import with_headers
from labelwright.api.methods import with_head
from labelwright.api.pages import sign_in, web_app
from labelwright.api.platform.datasets import make_dataset_routers
from labelwright.api.platform.people import make_people_routers
from labelwright.api.throttling import Throttle
from labelwright.api.v1.dialects import DIALECTS
from labelwright.api.v1.errors import handle_bug, handle_http
from labelwright.api.v1.manual import make_manual_routers
from labelwright.api.v1.repositories import make_git_routers
from labelwright.api.v1.routes import MOUNTS, make_routers
from labelwright.deps import Deps
from labelwright.services.origins import Tags

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Receive, Scope, Send


def make_app(deps: Deps) -> "ASGIApp":
    """Return the app that serves `deps`."""
    dialects = (DIALECTS[deps.dialect], DIALECTS[deps.platform_dialect])
    app = Litestar(
        route_handlers=[
            *make_routers(dialects),
            *make_manual_routers(dialects),
            *make_git_routers(),
            *make_dataset_routers(),
            *make_people_routers(),
            sign_in,
            web_app,
        ],
        state=State(
            {
                "deps": deps,
                "tags": Tags(),
                "throttle": Throttle(deps.limits.anonymous_per_minute, deps.clock),
            },
        ),
        exception_handlers={HTTPException: handle_http, Exception: handle_bug},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,
    )
    _spare_the_collector()
    return with_head(with_headers(_strict_about_slashes(app), session_days=deps.limits.session_days))


def _strict_about_slashes(app: Litestar) -> "ASGIApp":
    """Send v1 paths with a slash too many to nowhere: v1 knows none but its own (contract, 1), the framework would."""
    mounts = tuple(f"{path}/" for path, _ in MOUNTS)

    async def strict(scope: "Scope", receive: "Receive", send: "Send") -> None:
        if (
            scope["type"] == ScopeType.HTTP
            and ("//" in scope["path"] or scope["path"].endswith("/"))
            and scope["path"].replace("//", "/").startswith(mounts)
            and scope["path"] not in mounts
        ):
            scope["path"] = f"{MOUNTS[0][0]}/no-such-page"
        await app(scope, receive, send)

    return strict


def _spare_the_collector() -> None:
    """Keep what start-up made out of collections: decoding a 25 MB body gets several times cheaper."""
    gc.freeze()
    gc.enable()  # whoever starts a server begins without: 0.1 s of start-up would be collections that find nothing
    gc.set_threshold(50_000, 20, 50)
