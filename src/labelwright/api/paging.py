"""Lists cut into pages, v1's way (rest-api contract, 1.2)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct

from labelwright.domain.errors import NotFound

_DEFAULT_SIZE = 10
#: A number from 1.
_NUMBER = re.compile(r"0*[1-9][0-9]*")
#: No list is longer, and the product of two still fits a column of 64 bits.
_MOST = 10**9


class Page(Struct, frozen=True):
    """Page `number` from 1, of `size` items; `size` None is everything."""

    number: int
    size: int | None

    @property
    def offset(self) -> int:
        return (self.number - 1) * (self.size or 0)


def read_page(query: Mapping[str, str]) -> Page:
    """Return the page a query asks for. Raises NotFound, in v1's words, for one that cannot be."""
    size: int | None = _DEFAULT_SIZE
    text = query.get("page_size", "").strip()
    if text == "all":
        size = None
    elif _NUMBER.fullmatch(text):
        size = _bounded(text)
    number = query.get("page", "").strip() or "1"
    if not _NUMBER.fullmatch(number):
        raise NotFound("Invalid page.")
    return Page(_bounded(number), size)


def _bounded(digits: str) -> int:
    return int(digits) if len(digits.lstrip("0")) < len(str(_MOST)) else _MOST


def envelope(
    page: Page, count: int, results: Sequence[Any], *, url: str, query: Mapping[str, str]
) -> dict[str, Any]:
    """Return the page as v1 sends it; `url` is the list's address without a query.

    Raises:
        NotFound: the page lies behind the last one.
    """
    if page.number > 1 and (page.size is None or page.offset >= count):
        raise NotFound("Invalid page.")
    has_next = page.size is not None and page.offset + page.size < count
    return {
        "count": count,
        "next": _link(url, query, page.number + 1) if has_next else None,
        "previous": _link(url, query, page.number - 1) if page.number > 1 else None,
        "results": results,
    }


def _link(url: str, query: Mapping[str, str], number: int) -> str:
    """Names sorted; the link to page 1 does without `page`."""
    names = {name: value for name, value in query.items() if name != "page"}
    if number > 1:
        names["page"] = str(number)
    return f"{url}?{urlencode(sorted(names.items()))}" if names else url
