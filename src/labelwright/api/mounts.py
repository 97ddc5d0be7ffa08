"""Below which path people reach us: what every address in a page of ours begins with (platform contract, 1).

A proxy either leaves the prefix in, and the request's path says it, or strips it and we are told: by the proxy in
`X-Forwarded-Prefix`, or by the setting. Addresses in bodies of the API bear no prefix, as recorded.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from litestar.types import Scope

    from labelwright.api.requests import ApiRequest

#: The mount that is served besides the root.
ANNOTATIONS = "/annotations"
_PREFIX = re.compile(r"(?:/[\w.~-]+)+")


def own_mount(scope: "Scope") -> str:
    """Return what of the request's path stands before our own pages: "" or `/annotations`."""
    path = scope["path"]
    return ANNOTATIONS if path == ANNOTATIONS or path.startswith(f"{ANNOTATIONS}/") else ""


def mount_of(request: "ApiRequest") -> str:
    """Return the prefix people reach our pages below, "" for none; it ends without a slash."""
    named = request.headers.get("x-forwarded-prefix", "").rstrip("/")
    outer: str = named if _PREFIX.fullmatch(named) else request.app.state.deps.platform.path_prefix
    own = own_mount(request.scope)
    # Whoever named the prefix and left it in said it twice.
    return own if outer == own else outer + own


def is_platform_mount(request: "ApiRequest") -> bool:
    """Whether the request came to where the platform's clients look for us, whatever proxy stripped on the way."""
    return mount_of(request).endswith(ANNOTATIONS)
