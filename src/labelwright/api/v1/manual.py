"""Pages that explain: the description of the API (rest-api contract, 15), for people who are signed in, and the guide.

Frame and look come from the built web files. The guide's text lies in `guide/`, a file for each page and language.
"""

import functools
import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Response, Router, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from labelwright.api import pages
from labelwright.api.callers import authenticate
from labelwright.api.mounts import mount_of, own_mount
from labelwright.api.requests import ApiRequest, deps_of
from labelwright.api.v1 import repositories
from labelwright.api.v1.dialects import DIALECTS, Dialect
from labelwright.api.v1.routes import ERROR_HANDLERS, HANDLERS, MOUNTS
from labelwright.domain.sentences import Sentence
from labelwright.languages import Language, language_of, say

_GUIDE = Path(__file__).parent.parent.parent / "guide"
_GUIDE_ADDRESS, _API_ADDRESS = "/documentation/", "/api/"
_USER_GUIDE, _XML_FORMAT = "user_guide.html", "xml_format.html"
#: The pages and what they are called, by their address below the mount.
_TITLES = {
    _GUIDE_ADDRESS + _USER_GUIDE: Sentence("User guide"),
    _GUIDE_ADDRESS + _XML_FORMAT: Sentence("XML format"),
    _API_ADDRESS + "docs/": Sentence("API"),
    _API_ADDRESS + "swagger/": Sentence("Try the API"),
}
#: How each language calls itself.
_LANGUAGES: dict[Language, str] = {"en": "English", "zh-CN": "简体中文"}
_KINDS = {"openapi": "application/json", "swagger": "application/json", "yaml": "application/yaml"}


def make_manual_routers(dialects: Sequence[Dialect]) -> list[Router]:
    """Return the description of each mount, in the dialect named for it, and the guide."""
    shared: dict[str, Any] = {"before_request": authenticate, "exception_handlers": ERROR_HANDLERS}
    described = [
        Router(
            path=path.removesuffix("/v1"),
            route_handlers=[openapi_json, swagger_json, swagger_yaml, swagger_page, reading_page],
            opt={"dialect": dialect, "mount": path, "anonymous": True},
            **shared,
        )
        for (path, _), dialect in zip(MOUNTS, dialects, strict=True)
    ]
    guide = Router(path="/", route_handlers=[guide_index, guide_page], exception_handlers=ERROR_HANDLERS)
    return [*described, guide]


@get("/openapi.json", include_in_schema=False)
async def openapi_json(request: ApiRequest) -> Response[Any]:
    """Return the OpenAPI 3.1 document of the mount. 200; 301 to sign in."""
    return _document(request, "openapi")


@get("/swagger.json", include_in_schema=False)
async def swagger_json(request: ApiRequest) -> Response[Any]:
    """Return the Swagger 2.0 document of the mount. 200; 301 to sign in."""
    return _document(request, "swagger")


@get("/swagger.yaml", include_in_schema=False)
async def swagger_yaml(request: ApiRequest) -> Response[Any]:
    """Return the Swagger 2.0 document of the mount as YAML. 200; 301 to sign in."""
    return _document(request, "yaml")


@get("/swagger", include_in_schema=False)
async def swagger_page(request: ApiRequest) -> Response[Any]:
    """Return Swagger UI, with `format=openapi` the document of version 2.0, as v1 does. 200; 301 to sign in."""
    if request.query_params.get("format") == "openapi":
        return _document(request, "swagger", media_type="application/openapi+json")
    if request.scope["user"] is None:
        return _to_sign_in(request)
    address = f"{_outer_mount(request).removesuffix('/v1')}/openapi.json"
    return _page(request, _API_ADDRESS + "swagger/", f'<div id="swagger" data-document="{address}"></div>')


@get("/docs", include_in_schema=False)
async def reading_page(request: ApiRequest) -> Response[Any]:
    """Return the description as a page to read. 200; 301 to sign in."""
    if request.scope["user"] is None:
        return _to_sign_in(request)
    return _page(request, _API_ADDRESS + "docs/", _text(_written(*_asked(request), "page").decode()))


def _document(request: ApiRequest, form: str, *, media_type: str = "") -> Response[Any]:
    if request.scope["user"] is None:
        return _to_sign_in(request)
    return Response(
        _written(*_asked(request), form),
        media_type=media_type or _KINDS[form],
        headers={"Cache-Control": "no-cache"},
    )


def _to_sign_in(request: ApiRequest) -> Response[Any]:
    """Send a stranger to the page that signs in, which leads back here.

    v1 says 301, which browsers would remember for ever: even the next time, when the person is signed in.
    """
    mount, own = mount_of(request), own_mount(request.scope)
    path, query = (request.scope[name].decode("latin-1") for name in ("raw_path", "query_string"))
    back = quote(path.removeprefix(own) + (f"?{query}" if query else ""), safe="/")
    address = f"{deps_of(request).public_url}{mount}/login?next={back}"
    return Redirect(address, status_code=301, headers={"Cache-Control": "no-store"})


def _asked(request: ApiRequest) -> tuple[str, str, str, str]:
    opt, deps = request.route_handler.opt, deps_of(request)
    return _outer_mount(request), opt["dialect"].name, deps.product_name, deps.product_version


def _outer_mount(request: ApiRequest) -> str:
    """Return where people find the API that the route describes."""
    mount: str = request.route_handler.opt["mount"]
    return mount_of(request) + mount.removeprefix(own_mount(request.scope))


def describe(*, mount: str, dialect: Dialect, product: str, version: str) -> dict[str, Any]:
    """Return the OpenAPI document of all routes there are on a mount."""
    from labelwright.api.v1.openapi import make_document

    beside = {repositories.ROOT: repositories.HANDLERS}
    return make_document(
        HANDLERS, beside=beside, mount=mount, dialect=dialect, product=product, version=version
    )


@functools.lru_cache(maxsize=32)
def _written(mount: str, dialect: str, product: str, version: str, form: str) -> bytes:
    """Return the description in one of its forms, made when it is first asked for."""
    from labelwright.api.v1.openapi import reading, swagger, yaml

    document = describe(mount=mount, dialect=DIALECTS[dialect], product=product, version=version)
    if form == "page":
        return reading.to_page(document).encode()
    if form == "openapi":
        return msgspec.json.encode(document)
    if form == "swagger":
        return msgspec.json.encode(swagger.to_swagger(document))
    return yaml.to_yaml(swagger.to_swagger(document)).encode()


@get(["/documentation", "/annotations/documentation"], include_in_schema=False)
async def guide_index(request: ApiRequest) -> Response[Any]:
    """Lead to the guide's first page. 302."""
    return Redirect(f"{mount_of(request)}{_GUIDE_ADDRESS}{_USER_GUIDE}", status_code=302)


@get(["/documentation/{name:str}", "/annotations/documentation/{name:str}"], include_in_schema=False)
async def guide_page(request: ApiRequest, name: FromPath[str]) -> Response[Any]:
    """Return a page of the guide in the language asked for, or that of the browser. 200; 404 for no page."""
    if name not in (_USER_GUIDE, _XML_FORMAT):
        raise NotFoundException
    file = _GUIDE / f"{name.removesuffix('.html')}.{_language(request)}.html"
    return _page(request, _GUIDE_ADDRESS + name, _text(file.read_text(encoding="utf-8")))


def _text(content: str) -> str:
    """Return what is to be read as such; Swagger UI has a look of its own."""
    return f'<article class="text">{content}</article>'


def _language(request: ApiRequest) -> Language:
    """Return what the query names; else the first we speak of what the browser would have, else English."""
    asked = request.query_params.get("language")
    if asked:
        return language_of(asked)
    for tag in request.headers.get("accept-language", "").split(","):
        if tag.strip()[:2].lower() in ("en", "zh"):
            return language_of(tag)
    return "en"


def _page(request: ApiRequest, address: str, content: str) -> Response[Any]:
    """Return `content` in the frame all these pages have. The description of the API is in English alone."""
    deps, language = deps_of(request), _language(request)
    frame = pages.STATIC / "manual.html"
    if not frame.is_file():
        return pages.not_built(deps)
    product = html.escape(deps.product_name_zh if language == "zh-CN" else deps.product_name)
    written_in = language if address.startswith(_GUIDE_ADDRESS) else "en"
    page = pages.addressed(frame.read_text(encoding="utf-8"), mount_of(request))
    for hole, filling in (
        ('<html lang="en">', f'<html lang="{language}">'),
        ("<title>Labelwright</title>", f"<title>{say(_TITLES[address], language)} · {product}</title>"),
        ('<header class="bar">', f'<header class="bar">{_bar(request, address, product, language)}'),
        ("<main>", f'<main lang="{written_in}">{content.replace("{product}", product)}'),
    ):
        page = page.replace(hole, filling, 1)
    return Response(page, media_type="text/html", headers={"Cache-Control": "no-cache"})


def _bar(request: ApiRequest, shown: str, product: str, language: Language) -> str:
    """Return the links above a page: to the product, to the other pages, to the same one in the other language."""
    mount = mount_of(request)
    links = [f'<a class="product" href="{mount}/">{product}</a>']
    for address, title in _TITLES.items():
        current = ' aria-current="page"' if address == shown else ""
        links.append(f'<a href="{mount}{address}?language={language}"{current}>{say(title, language)}</a>')
    other: Language = "en" if language == "zh-CN" else "zh-CN"
    links.append(
        f'<a class="language" lang="{other}" href="{mount}{shown}?language={other}">{_LANGUAGES[other]}</a>'
    )
    return "".join(links)
