"""The user service as clients of the platform ask it: who I am, who there is (platform contract, 2.5).

Our own accounts answer in the recorded shape. Where the platform says who people are, its answer is passed on: a proxy
in front would have sent the question there.
"""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, Router, get
from litestar.exceptions import HTTPException

from labelwright.api.bearers import bearer_of, run_waiting
from labelwright.api.callers import authenticate
from labelwright.api.platform.wire import status_of
from labelwright.api.requests import ApiRequest, asked_language, deps_of, run_in_thread, user_of
from labelwright.api.throttling import retry_headers
from labelwright.domain.errors import Invalid, LabelwrightError
from labelwright.domain.users import User, permissions_of
from labelwright.languages import say
from labelwright.services import people, users

ROOT = "/custom-user-dashboard-backend"
#: How the platform calls its roles; the last is ours, as none is on record.
_ROLES = {"admin": "System Admin", "user": "User", "annotator": "Annotation Person", "observer": "Observer"}
_PAGE_SIZE = 10
_MOST = 10**6


@get("/auth/currentUser")
async def read_current_user(request: ApiRequest) -> Any:
    """Return the caller as the user service tells of them. 200."""
    if bearer_of(request):
        return await _passed_on(request, "/auth/currentUser")
    user = user_of(request)
    return {
        "success": True,
        "id": user.id,
        "userName": user.username,
        "phone": None,
        "registerType": "Account",
        "email": user.email or None,
        "openId": None,
        "microsoftId": None,
        "wechatId": None,
        "nickName": " ".join(name for name in (user.first_name, user.last_name) if name) or None,
        "currentRole": [_ROLES[role] for role in user.roles],
        "permissionList": permissions_of(user),
        "currentVC": ["platform"],
        "jobMaxTimeSecond": None,
    }


@get("/users/cvat/users")
async def list_users(request: ApiRequest) -> Any:
    """Return a page of the people work can be given to; `pageSize=all` is everybody. 200; 400 for no number."""
    if bearer_of(request):
        return await _passed_on(request, "/users/cvat/users")
    number, size = _page_of(request)
    total, found = await run_in_thread(
        users.list_users,
        deps_of(request),
        words=(),
        user_id=None,
        is_active=True,
        offset=(number - 1) * (size or 0),
        limit=size,
    )
    if size is None and number > 1:
        found = []
    caller = user_of(request)
    return {"count": len(found), "total": total, "result": [_row(user, caller) for user in found]}


HANDLERS = (read_current_user, list_users)


def make_people_routers() -> list[Router]:
    """Return the routes at their place, and below the mount."""
    return [
        Router(
            path=f"{mount}{ROOT}",
            route_handlers=HANDLERS,
            before_request=authenticate,
            exception_handlers={LabelwrightError: _handle_error, HTTPException: _handle_http},
            include_in_schema=False,
        )
        for mount in ("", "/annotations")
    ]


def _page_of(request: ApiRequest) -> tuple[int, int | None]:
    number = _number(request, "pageNo", 1)
    if request.query_params.get("pageSize") == "all":
        return number, None
    return number, _number(request, "pageSize", _PAGE_SIZE)


def _number(request: ApiRequest, name: str, default: int) -> int:
    text = request.query_params.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text[:8]) <= _MOST):
        raise Invalid("{name} is {text!r}, expected a number from 1", name=name, text=text)
    return int(text[:8])


def _row(user: User, caller: User) -> dict[str, Any]:
    """Return the user as a row of the list; the address of others is shown to staff alone."""
    joined = datetime.fromisoformat(user.date_joined)
    return {
        "permissionList": permissions_of(user),
        "username": user.username,
        "date_joined": str(int(joined.timestamp() * 1000)),
        "id": user.id,
        "email": (user.email or None) if caller.is_staff or caller.id == user.id else None,
        "url": f"{ROOT}/users/cvat/user/{user.id}",
    }


async def _passed_on(request: ApiRequest, path: str) -> Response[bytes]:
    query = request.scope["query_string"].decode("latin-1")
    answer = await run_waiting(
        people.ask_user_service, deps_of(request), path=path, query=query, token=bearer_of(request)
    )
    return Response(answer, media_type="application/json")


def _handle_error(request: ApiRequest, error: LabelwrightError) -> Response[bytes]:
    """Answer what is wrong as the user service does."""
    sentence = say(error.message, asked_language(request))
    return _refused(status_of(error), sentence, retry_headers(error))


def _handle_http(_: ApiRequest, error: HTTPException) -> Response[bytes]:
    return _refused(error.status_code, error.detail, dict(error.headers or {}))


def _refused(status: int, message: str, headers: dict[str, str]) -> Response[bytes]:
    body = {"success": False, "message": message, "statusCode": status}
    return Response(
        msgspec.json.encode(body), status_code=status, media_type="application/json", headers=headers
    )
