"""Users: who I am, and who there is (rest-api contract, 6)."""

import re
from typing import Any

from litestar import get

from labelwright.api.paging import envelope, read_page
from labelwright.api.requests import ApiRequest, deps_of, run_short, user_of
from labelwright.api.v1.fields import FieldErrors
from labelwright.api.v1.wire import base_url, user_out
from labelwright.services import accounts


def read_words(text: str) -> list[str]:
    """Split a search into its words: blanks and commas part them."""
    return [word for word in re.split(r"[\s,]+", text) if word]


def read_number(query: dict[str, str], name: str) -> int | None:
    """Return a numeric filter, None when it is absent or empty. Raises FieldErrors."""
    text = query.get(name, "").strip()
    if not text:
        return None
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise FieldErrors({name: ["Enter a number."]})
    return int(text)


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
        words=read_words(query.get("search", "")),
        user_id=read_number(query, "id"),
        is_active={"true": True, "false": False}.get(query.get("is_active", "").lower()),
        offset=page.offset,
        limit=page.size,
    )
    base, is_staff = base_url(request), user_of(request).is_staff
    results = [user_out(user, base, full=is_staff) for user in users]
    return envelope(page, count, results, url=f"{base}/users", query=query)
