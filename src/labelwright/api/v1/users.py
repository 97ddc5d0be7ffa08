"""Users: who I am, and who there is (rest-api contract, 6)."""

import re
from typing import Any

from litestar import get

from labelwright.api.paging import envelope, read_page
from labelwright.api.requests import ApiRequest, deps_of, run_short, user_of
from labelwright.api.v1.fields import FieldErrors
from labelwright.api.v1.wire import base_url, user_out
from labelwright.domain.sentences import Sentence
from labelwright.services import accounts

#: Words of a search, and characters of a filter: more than any field holds, less than a database chokes on.
_MAX_WORDS = 32
_FILTER_LIMIT = 256


def read_filter(query: dict[str, str], name: str) -> str:
    """Return a text filter, "" when it is absent. Raises FieldErrors for one too long."""
    text = query.get(name, "").strip()
    if len(text) > _FILTER_LIMIT:
        raise FieldErrors(
            {name: [Sentence("Ensure this value has at most {limit} characters.", limit=_FILTER_LIMIT)]}
        )
    return text


def read_words(query: dict[str, str]) -> list[str]:
    """Return the distinct words of a search, parted by blanks and commas. Raises FieldErrors."""
    words = list(dict.fromkeys(word for word in re.split(r"[\s,]+", query.get("search", "")) if word))
    if len(words) > _MAX_WORDS or any(len(word) > _FILTER_LIMIT for word in words):
        sentence = Sentence(
            "Ensure this value has at most {words} words of at most {limit} characters.",
            words=_MAX_WORDS,
            limit=_FILTER_LIMIT,
        )
        raise FieldErrors({"search": [sentence]})
    return words


def read_number(query: dict[str, str], name: str) -> int | None:
    """Return a numeric filter, None when it is absent or empty. Raises FieldErrors."""
    text = query.get(name, "").strip()
    if not text:
        return None
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise FieldErrors({name: [Sentence("Enter a number.")]})
    return int(text)


def read_ordering(query: dict[str, str]) -> list[str]:
    """Return the distinct names of an `ordering`, in order; `-name` is descending."""
    return list(dict.fromkeys(name.strip() for name in query.get("ordering", "").split(",")))


@get("/users/self")
async def read_self(request: ApiRequest) -> dict[str, Any]:
    """Return the caller, fully. 200."""
    return user_out(user_of(request), base_url(request), full=True)


@get("/users")
async def list_users(request: ApiRequest) -> dict[str, Any]:
    """Return a page of users by id: fully for staff, else what everybody may know. 200; 404 for no such page."""
    query = dict(request.query_params)
    page = read_page(query)
    count, users = await run_short(
        request,
        accounts.list_users,
        deps_of(request),
        words=read_words(query),
        user_id=read_number(query, "id"),
        is_active={"true": True, "false": False}.get(query.get("is_active", "").lower()),
        offset=page.offset,
        limit=page.size,
    )
    base, is_staff = base_url(request), user_of(request).is_staff
    results = [user_out(user, base, full=is_staff) for user in users]
    return envelope(page, count, results, url=f"{base}/users", query=query)
