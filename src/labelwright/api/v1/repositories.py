"""Git repositories of tasks (rest-api contract, 14): beside API v1, with manners of their own.

Whoever did not sign in is led to the page where one does. Methods do not matter, but all that is not for reading only
needs the CSRF pair, even with a token. What goes wrong is told in plain text.
"""

from typing import Any

from litestar import Response, Router, route
from litestar.params import FromPath
from litestar.types import Method

from labelwright.api.bearers import SAFE, needs_no_echo
from labelwright.api.callers import authenticate, check_csrf
from labelwright.api.requests import (
    ApiRequest,
    asked_language,
    deps_of,
    read_fields,
    run_in_thread,
    run_short,
    user_of,
)
from labelwright.api.throttling import retry_headers
from labelwright.api.v1.described import described
from labelwright.api.v1.errors import handle_bug
from labelwright.api.v1.fields import FieldErrors, Fields
from labelwright.domain.errors import (
    Forbidden,
    IdentityDown,
    LabelwrightError,
    NotFound,
    NotSignedIn,
    TooManyRequests,
)
from labelwright.domain.sentences import Sentence
from labelwright.languages import say
from labelwright.services import repositories

#: The mounts below which the routes are, which are those of the pages too.
_MOUNTS = ("", "/annotations")
ROOT = "/git/repository"
_ANY: tuple[Method, ...] = ("GET", "POST", "PUT", "PATCH", "DELETE")
_LOCATION_LIMIT = 1_200
_STATES = {"queued": "queued", "started": "started", "finished": "finished"}
_CANCELLED = Sentence("The operation was cancelled.")
_STATUSES = ((IdentityDown, 401), (NotFound, 404), (Forbidden, 403), (TooManyRequests, 429))


async def _enter(request: ApiRequest) -> Response[Any] | None:
    """Let people in who signed in; lead others to the page for it, or say where it is. Raises CsrfFailed."""
    try:
        await authenticate(request)
    except IdentityDown:
        raise
    except NotSignedIn:
        page = f"{_pages(request)}/login"
        if request.method != "GET":
            return Response({"login_page_url": page}, status_code=403)
        query = request.scope["query_string"].decode("latin-1")
        # A browser keeps what moved for good: it would not ask again once somebody has signed in.
        headers = {"Location": f"{page}?{query}" if query else page, "Cache-Control": "no-store"}
        return Response(b"", status_code=301, headers=headers)
    if request.method not in SAFE and not needs_no_echo(request):
        await check_csrf(request)
    return None


def _pages(request: ApiRequest) -> str:
    """Return the address that those of the pages begin with, on the mount of the request."""
    server = deps_of(request).public_url or f"{request.url.scheme}://{request.url.netloc}"
    return f"{server}{request.scope['path'].partition(ROOT)[0]}"


def _handle_error(request: ApiRequest, error: LabelwrightError) -> Response[bytes]:
    """Answer what is wrong in plain text: 400, unless it is about who is asking or what there is."""
    language = asked_language(request)
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 400)
    lines = [say(error.message, language)]
    if isinstance(error, FieldErrors):
        lines = [f"{name}: {say(each, language)}" for name, found in error.errors.items() for each in found]
    headers = retry_headers(error)
    return Response("\n".join(lines).encode(), status_code=status, media_type="text/plain", headers=headers)


@route("/create/{task_id:int}", http_method=_ANY, status_code=200)
@described("git_repository_create", method="POST", body="RepositoryRequest", answers={200: "Started"})
async def connect(request: ApiRequest, task_id: FromPath[int]) -> dict[str, str]:
    """Connect the task with a repository, once a worker has reached it.

    200 with the id to check; 400 for what is no address, or one that is not allowed; 403, 404.
    `format` names the exporter to push with, beyond v1.
    """
    deps, user = deps_of(request), user_of(request)
    await run_short(request, repositories.may_connect, deps, user=user, task_id=task_id)
    fields = Fields(await read_fields(request))
    location = fields.text("path", limit=_LOCATION_LIMIT, required=True, blank=False)
    lfs = fields.boolean("lfs")
    format_name = fields.text("format", limit=_LOCATION_LIMIT)
    fields.finish()
    rq_id = await run_in_thread(
        repositories.connect,
        deps,
        user=user,
        task_id=task_id,
        location=location,
        lfs=lfs,
        format_name=format_name,
    )
    return {"rq_id": rq_id}


@route("/get/{task_id:int}", http_method=_ANY, status_code=200)
@described("git_repository_get", method="GET", answers={200: "Repository"})
async def read(request: ApiRequest, task_id: FromPath[int]) -> dict[str, Any]:
    """Return the task's repository and its state, all null without one. 200; 403, 404.

    What comes after `status` is beyond v1.
    """
    seen = await run_in_thread(repositories.look, deps_of(request), user=user_of(request), task_id=task_id)
    if seen is None:
        return {"url": {"value": None}, "status": {"value": None, "error": None}}
    problem = None if seen.problem is None else say(seen.problem, asked_language(request))
    return {
        "url": {"value": f"{seen.repository.url} [{seen.repository.path}]"},
        "status": {"value": seen.standing, "error": problem},
        "lfs": seen.repository.lfs,
        "format": seen.repository.format,
        "branch": seen.repository.branch,
        "pushed_date": seen.repository.pushed_utc,
    }


@route("/push/{task_id:int}", http_method=_ANY, status_code=200)
@described("git_repository_push", method="GET", answers={200: "Started"})
async def push(request: ApiRequest, task_id: FromPath[int]) -> dict[str, str]:
    """Push the task's annotations to its branch.

    200 with the id to check; 400 without a repository or frames; 403, also when another site's page asks; 404.
    """
    if request.headers.get("sec-fetch-site") == "cross-site":  # v1's clients ask by GET, as any link does
        raise Forbidden("a page of another site must not push")
    server = f"{request.url.scheme}://{request.url.netloc}"
    rq_id = await run_in_thread(
        repositories.push,
        deps_of(request),
        user=user_of(request),
        task_id=task_id,
        server_url=deps_of(request).public_url or server,
        task_url=f"{_pages(request)}/tasks/{task_id}",
    )
    return {"rq_id": rq_id}


@route("/check/{rq_id:str}", http_method=_ANY, status_code=200)
@described("git_repository_check", method="GET", answers={200: "RepositoryOperation"})
async def check(request: ApiRequest, rq_id: FromPath[str]) -> dict[str, str]:
    """Return how far an operation is, and with `stderr` why it failed. 200; `unknown` also for one of others' tasks."""
    found = await run_short(
        request, repositories.find_operation, deps_of(request), user=user_of(request), key=rq_id
    )
    if found is None:
        return {"status": "unknown"}
    if found.state in _STATES:
        return {"status": found.state}
    said = _CANCELLED if found.state == "cancelled" else found.message
    return {"status": "failed", "stderr": say(said, asked_language(request))}


@route("/meta/get", http_method=_ANY, status_code=200)
@described("git_repository_meta", method="GET", answers={200: "RepositoryStates"})
async def list_states(request: ApiRequest) -> dict[str, str]:
    """Return the last known state of each repository, by task, of the tasks the caller sees. 200."""
    found = await run_in_thread(repositories.list_standings, deps_of(request), user=user_of(request))
    return {str(task_id): standing for task_id, standing in found.items()}


HANDLERS = (connect, read, push, check, list_states)


def make_git_routers() -> list[Router]:
    """Return the routes on each of their mounts."""
    return [
        Router(
            path=f"{mount}{ROOT}",
            route_handlers=HANDLERS,
            before_request=_enter,
            exception_handlers={LabelwrightError: _handle_error, Exception: handle_bug},
        )
        for mount in _MOUNTS
    ]
