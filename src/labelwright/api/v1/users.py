"""Users: who I am, who there is, and what of them is changed (rest-api contract, 6)."""

import re
from decimal import Decimal
from functools import partial
from typing import Any

from litestar import delete, get, patch
from litestar.params import FromPath
from msgspec import structs

from labelwright.api.bearers import bearer_of, run_waiting
from labelwright.api.paging import Page, envelope, read_page
from labelwright.api.requests import ApiRequest, deps_of, read_fields, run_in_thread, run_short, user_of
from labelwright.api.v1.described import described
from labelwright.api.v1.fields import MAX_INT, FieldErrors
from labelwright.api.v1.wire import base_url, dialect_of, read_user_change, user_out
from labelwright.domain.sentences import Sentence
from labelwright.domain.users import User, UserFilter
from labelwright.services import people, users

#: Words of a search: less than a database chokes on.
_MAX_WORDS = 32
#: More characters than any field holds: what is longer is found nowhere, nor is its beginning.
_BEYOND = 257
#: Users that are read in a millisecond or two.
_SHORT_PAGE = 50
_NUMBER = re.compile(r"[+-]?[0-9]{1,100}(\.[0-9]{0,100})?", re.ASCII)


def read_filter(query: dict[str, str], name: str) -> str:
    """Return a text filter, "" when it is absent. Raises FieldErrors."""
    text = query.get(name, "").strip()
    if "\x00" in text:
        raise FieldErrors({name: [Sentence("Null characters are not allowed.")]})
    return text[:_BEYOND]


def read_words(query: dict[str, str]) -> list[str]:
    """Return the distinct words of a search, parted by blanks and commas. Raises FieldErrors."""
    text = query.get("search", "").replace("\x00", "")
    words = list(dict.fromkeys(word[:_BEYOND] for word in re.split(r"[\s,]+", text) if word))
    if len(words) > _MAX_WORDS:
        raise FieldErrors(
            {"search": [Sentence("Ensure this value has at most {words} words.", words=_MAX_WORDS)]}
        )
    return words


def read_number(query: dict[str, str], name: str) -> int | None:
    """Return a numeric filter, None when it is absent or empty; 0, nothing's id, for a number that is no id.

    Raises FieldErrors.
    """
    text = query.get(name, "").strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise FieldErrors({name: [Sentence("Enter a number.")]})
    number = Decimal(text)
    return int(number) if 0 < number <= MAX_INT and number == int(number) else 0


def read_ordering(query: dict[str, str]) -> list[str]:
    """Return the distinct names of an `ordering`, in order; `-name` is descending."""
    return list(dict.fromkeys(name.strip() for name in query.get("ordering", "").split(",")))


async def _row_id(request: ApiRequest, user_id: int) -> int:
    """Return our own id of whom the path names: where people are names, by the platform's number of theirs."""
    deps = deps_of(request)
    if deps.identity is None or dialect_of(request).people != "names":
        return user_id
    return await run_short(request, people.row_id_of, deps, uid=user_id) or user_id


@get("/users/self")
@described("users_self", answers={200: "FullUser"})
async def read_self(request: ApiRequest) -> dict[str, Any]:
    """Return the caller, fully. 200."""
    return user_out(user_of(request), base_url(request), dialect_of(request), full=True)


@get("/users")
@described(
    "users_list",
    query=("page", "page_size", "search", "ordering", "id", "is_active"),
    answers={200: "UserPage"},
    errors=(404,),
)
async def list_users(request: ApiRequest) -> dict[str, Any]:
    """Return a page of users: fully for staff, else what everybody may know. 200; 404 for no such page.

    The platform's people where it says who they are; nobody while it does not.
    """
    query = dict(request.query_params)
    page = read_page(query)
    wanted = UserFilter(
        words=read_words(query),
        user_id=read_number(query, "id"),
        is_active={"true": True, "false": False}.get(query.get("is_active", "").lower()),
        ordering=read_ordering(query),
    )
    count, found = await _find(request, wanted, page)
    base, dialect, is_staff = base_url(request), dialect_of(request), user_of(request).is_staff
    results = [user_out(user, base, dialect, full=is_staff) for user in found]
    return envelope(page, count, results, url=f"{base}/users", query=query)


async def _find(request: ApiRequest, wanted: UserFilter, page: Page) -> tuple[int, list[User]]:
    if bearer_of(request):
        listed = await _people(request, wanted)
        return len(listed), listed[page.offset : None if page.size is None else page.offset + page.size]
    find = partial(
        users.list_users, deps_of(request), **structs.asdict(wanted), offset=page.offset, limit=page.size
    )
    is_long = page.size is None or page.size > _SHORT_PAGE
    return await (run_in_thread(find) if is_long else run_short(request, find))


async def _people(request: ApiRequest, wanted: UserFilter) -> list[User]:
    by_uid = dialect_of(request).people == "names"
    return await run_waiting(
        people.list_people, deps_of(request), token=bearer_of(request), wanted=wanted, by_uid=by_uid
    )


@get("/users/{user_id:int}")
@described("users_read", answers={200: "User"})
async def read_user(request: ApiRequest, user_id: FromPath[int]) -> dict[str, Any]:
    """Return a user: fully for staff and oneself, else what everybody may know. 200; 404."""
    caller, row_id = user_of(request), await _row_id(request, user_id)
    known = await _people(request, UserFilter(user_id=user_id)) if bearer_of(request) else []
    found = known[0] if known else await run_short(request, users.read_user, deps_of(request), user_id=row_id)
    is_full = caller.is_staff or caller.id == row_id
    return user_out(found, base_url(request), dialect_of(request), full=is_full)


@patch("/users/{user_id:int}")
@described("users_partial_update", body="UserChange", answers={200: "User"})
async def patch_user(request: ApiRequest, user_id: FromPath[int]) -> dict[str, Any]:
    """Change oneself, or as an administrator anybody: staff all there is, others the three names.

    200 with the user, fully for staff; 400 by field; 403 and 404 as everywhere, 403 for the platform's people.
    """
    deps, caller, row_id = deps_of(request), user_of(request), await _row_id(request, user_id)
    await run_short(request, users.may_change, deps, user=caller, user_id=row_id)
    change = read_user_change(await read_fields(request), is_staff=caller.is_staff)
    changed = await run_in_thread(users.change_user, deps, user=caller, user_id=row_id, change=change)
    return user_out(changed, base_url(request), dialect_of(request), full=caller.is_staff)


@delete("/users/{user_id:int}", status_code=204)
@described("users_delete", answers={204: None})
async def delete_user(request: ApiRequest, user_id: FromPath[int]) -> None:
    """Delete oneself, or as an administrator anybody. 204; 403 and 404 as everywhere, 403 for the platform's people."""
    row_id = await _row_id(request, user_id)
    await run_in_thread(users.delete_user, deps_of(request), user=user_of(request), user_id=row_id)


HANDLERS = (read_self, list_users, read_user, patch_user, delete_user)
