"""What a browser loads: the built web app, and the one-time address that signs a person in."""

import functools
import gzip
import html
import re
from pathlib import Path
from typing import Any

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from labelwright.api.callers import start_session
from labelwright.api.mounts import mount_of, own_mount
from labelwright.api.requests import ApiRequest, deps_of, run_in_thread
from labelwright.deps import Deps
from labelwright.domain.errors import SignInFailed
from labelwright.domain.sentences import Sentence
from labelwright.languages import say
from labelwright.services import accounts

STATIC = Path(__file__).parent.parent / "static"
#: Said here, because what a system's own table says of .js differs, and browsers run nothing else as a script.
_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
#: Where `web/index.html` leaves room for the names.
_NAMES = 'content="Labelwright" data-zh="标匠"'
#: A page without the web app: it says one thing, in both languages, as nobody has chosen one yet.
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{product}</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.6 system-ui, "Noto Sans SC", "PingFang SC", sans-serif }}
body {{ margin: 14vh auto; padding: 0 1rem; max-width: 36rem; overflow-wrap: anywhere;
  background: light-dark(#f5f6f8, #14171c); color: light-dark(#1b1f26, #e6e9ee) }}
main {{ padding: 1.75rem 2rem; border: 1px solid light-dark(#d8dce3, #353b46); border-radius: 10px;
  background: light-dark(#ffffff, #1d2128) }}
h1 {{ margin: 0 0 1rem; font-size: 1rem; font-weight: 600; color: light-dark(#586070, #a0a8b5) }}
p {{ margin: .5rem 0 0 }}
code {{ padding: .1em .35em; border-radius: 4px; font-size: .9em; white-space: nowrap;
  background: light-dark(#eef0f4, #14171c) }}
a {{ display: inline-block; margin-top: 1.25rem; color: light-dark(#1f5fbf, #7fb0ff) }}
</style>
<main>
<h1>{product} · <span lang="zh-CN">{product_zh}</span></h1>
<p>{english}</p>
<p lang="zh-CN">{chinese}</p>
{link}</main>
</html>"""
#: Whoever is signed in already finds their work there, everybody else the form to sign in.
_TO_THE_APP = '<a href="{mount}/">Sign in with a password · <span lang="zh-CN">使用密码登录</span></a>\n'
_NOT_BUILT = Sentence("The web app is not built: run `make up`, or `npm run build` in web/. The API works.")


@get(["/sign-in", "/annotations/sign-in"], opt={"anonymous": True}, include_in_schema=False)
async def sign_in(request: ApiRequest) -> Response[Any]:
    """Sign in by a one-time address, then go to the app: 303; 400 with a sentence for one that is spent."""
    try:
        signed_in = await run_in_thread(
            accounts.sign_in_by_link, deps_of(request), secret=request.query_params.get("token", "")
        )
    except SignInFailed as error:
        page = _page(deps_of(request), error.message, link=_TO_THE_APP.format(mount=mount_of(request)))
        return Response(page, status_code=400, media_type="text/html")
    start_session(request, signed_in.session)
    return Redirect(mount_of(request) + _own_path(request.query_params.get("next", "/")), status_code=303)


def _own_path(path: str) -> str:
    """Return `path` when it leads to a page of ours, else the first page: nobody is sent to another server."""
    return path if re.fullmatch(r"/(?![/\\])[\w/.?=&-]*", path) else "/"


def _page(deps: Deps, sentence: Sentence, *, link: str = "") -> str:
    return _PAGE.format(
        product=html.escape(deps.product_name),
        product_zh=html.escape(deps.product_name_zh),
        english=_marked_up(sentence),
        chinese=_marked_up(say(sentence, "zh-CN")),
        link=link,
    )


def _marked_up(sentence: str) -> str:
    """Return the sentence as HTML, what is to be typed as such."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(sentence))


def not_built(deps: Deps) -> Response[Any]:
    """Say that there are no built web files to make a page with."""
    return Response(_page(deps, _NOT_BUILT), status_code=503, media_type="text/html")


def addressed(page: str, mount: str) -> str:
    """Return a built page whose files are found below `mount`: as built, their addresses are relative to it."""
    return page.replace('="./', f'="{mount}/')


def _index(deps: Deps, mount: str) -> Response[Any]:
    """Return the app's page, with the product's names and where it is mounted written into it."""
    index = STATIC / "index.html"
    if not index.is_file():
        return not_built(deps)
    english, chinese = (html.escape(name, quote=True) for name in (deps.product_name, deps.product_name_zh))
    page = addressed(index.read_text(encoding="utf-8"), mount)
    marks = ' data-test="true"' if deps.test_mode else ""
    if deps.identity is not None:
        marks += f' data-sign-in="{html.escape(deps.platform.sign_in_page, quote=True)}"'
    page = page.replace(_NAMES, f'content="{english}" data-zh="{chinese}" data-mount="{mount}"{marks}')
    page = page.replace("<title>Labelwright</title>", f"<title>{english}</title>")
    return Response(
        page,
        media_type="text/html",
        headers={"Cache-Control": "no-cache"},
    )


#: Where the original had parts that are not here (contract, 1): no page, so that whoever asks finds that out.
_ELSEWHERE = {"admin", "analytics", "dataset_manager", "django-rq", "opencv"}


@functools.lru_cache(maxsize=256)
def _packed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), compresslevel=9)


@get(
    ["/", "/{path:path}", "/annotations", "/annotations/{path:path}"],
    opt={"anonymous": True},
    include_in_schema=False,
)
async def web_app(request: ApiRequest) -> Response[Any]:
    """Return a built file, or the app itself for any address that may be a page of it; 404 for what cannot be."""
    path = request.scope["path"].removeprefix(own_mount(request.scope)).lstrip("/")
    if path.startswith(("api/", "annotations/")) or path == "api" or "\0" in path:
        raise NotFoundException
    if path.partition("/")[0] in _ELSEWHERE:
        raise NotFoundException
    file = (STATIC / path).resolve()
    is_page = file.suffix == ".html"  # a frame that holds nothing until the server has filled it
    if file.is_relative_to(STATIC) and file.is_file() and not is_page and not file.name.startswith("."):
        forever = "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
        kind = _TYPES.get(file.suffix, "application/octet-stream")
        headers = {"Cache-Control": forever}
        # Built files carry a hash of their content in their name, so what is packed once holds for ever.
        if path.startswith("assets/") and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(await run_in_thread(_packed, file), media_type=kind, headers=headers)
        return Response(file.read_bytes(), media_type=kind, headers=headers)
    if path.startswith("assets/"):
        raise NotFoundException
    return _index(deps_of(request), mount_of(request))
