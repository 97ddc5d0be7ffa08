"""What people agree to (rest-api contract, 5): open to everybody, as it is read before registering."""

import html
from typing import Any

import msgspec
from litestar import Response, get

from labelwright.api.requests import ApiRequest, asked_language, deps_of
from labelwright.api.v1.described import described
from labelwright.domain.sentences import Sentence
from labelwright.languages import say

_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<title>{title}</title>
<h1>{title}</h1>
<p>{text}</p>
</html>"""
_TITLE = Sentence("Terms of use")
_NONE = Sentence("This server has no terms of use.")


@get("/restrictions/user-agreements", opt={"anonymous": True})
@described("restrictions_user_agreements", answers={200: "AgreementList"})
async def list_agreements(request: ApiRequest) -> list[Any]:
    """Return what one must or may agree to when registering. 200."""
    found: list[Any] = msgspec.to_builtins(deps_of(request).agreements)
    return found


@get("/restrictions/terms-of-use", opt={"anonymous": True})
@described("restrictions_terms_of_use", answers={200: "Page"})
async def read_terms(request: ApiRequest) -> Response[str]:
    """Return the terms of use, as a page. 200."""
    page = deps_of(request).terms_of_use
    if not page:
        language = asked_language(request)
        title, text = (html.escape(say(sentence, language)) for sentence in (_TITLE, _NONE))
        page = _PAGE.format(language=language, title=title, text=text)
    return Response(page, media_type="text/html")


HANDLERS = (list_agreements, read_terms)
