"""Projects (rest-api contract, 8)."""

from typing import Any

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.params import FromPath

from labelwright.api.paging import envelope, read_page
from labelwright.api.requests import (
    ApiRequest,
    deps_of,
    read_fields,
    read_keyed_fields,
    run_in_thread,
    run_short,
    user_of,
)
from labelwright.api.v1.described import described
from labelwright.api.v1.project_wire import (
    project_name_out,
    project_out,
    read_project_change,
    read_project_spec,
)
from labelwright.api.v1.users import read_filter, read_number, read_ordering, read_words
from labelwright.api.v1.wire import base_url, dialect_of, task_out
from labelwright.domain.projects import Project, ProjectFilter
from labelwright.services import projects


def _is_on(request: ApiRequest, name: str) -> bool:
    return request.query_params.get(name, "").lower() == "true"


def _with_tasks(request: ApiRequest) -> bool:
    """Whether the answer shows the project's tasks, or at most their ids."""
    is_short = _is_on(request, "names_only") or _is_on(request, "without_tasks")
    return not is_short and dialect_of(request).is_newest


def _project(request: ApiRequest, project: Project) -> dict[str, Any]:
    if _is_on(request, "names_only"):
        return project_name_out(project)
    return project_out(project, base_url(request), dialect_of(request))


@get("/projects")
@described(
    "projects_list",
    query=(
        *("page", "page_size", "search", "ordering", "id", "name", "owner", "assignee", "status"),
        *("names_only", "without_tasks"),
    ),
    answers={200: "ProjectPage"},
    errors=(404,),
)
async def list_projects(request: ApiRequest) -> Response[bytes]:
    """Return a page of the projects the caller sees, with their tasks unless asked without.

    200; 400 for a filter that is no number; 404 for no such page.
    """
    query = dict(request.query_params)
    page = read_page(query)
    wanted = ProjectFilter(
        id=read_number(query, "id"),
        words=tuple(read_words(query)),
        name=read_filter(query, "name"),
        owner=read_filter(query, "owner"),
        assignee=read_filter(query, "assignee"),
        status=read_filter(query, "status"),
    )

    def answer() -> bytes:
        count, found = projects.list_projects(
            deps_of(request),
            user=user_of(request),
            wanted=wanted,
            ordering=read_ordering(query),
            offset=page.offset,
            limit=page.size,
            with_tasks=_with_tasks(request),
        )
        results = [_project(request, project) for project in found]
        return msgspec.json.encode(
            envelope(page, count, results, url=f"{base_url(request)}/projects", query=query)
        )

    return Response(await run_in_thread(answer), media_type="application/json")


@post("/projects", status_code=201)
@described("projects_create", headers=("Idempotency-Key",), body="ProjectRequest", answers={201: "Project"})
async def create_project(request: ApiRequest) -> dict[str, Any]:
    """Make an empty project with its labels. 201 with the project; 400 by field; 403 for roles that make none."""
    projects.may_create(user_of(request))
    values, key = await read_keyed_fields(request)
    spec = read_project_spec(values)
    made = await run_in_thread(
        projects.create_project, deps_of(request), user=user_of(request), spec=spec, request=key
    )
    return project_out(made, base_url(request), dialect_of(request))


@get("/projects/{project_id:int}")
@described("projects_read", query=("names_only", "without_tasks"), answers={200: "ProjectOrName"})
async def read_project(request: ApiRequest, project_id: FromPath[int]) -> dict[str, Any]:
    """Return the project, as the list shows it. 200; 403 and 404 as everywhere."""
    found = await run_in_thread(
        projects.read_project,
        deps_of(request),
        user=user_of(request),
        project_id=project_id,
        with_tasks=_with_tasks(request),
    )
    return _project(request, found)


@patch("/projects/{project_id:int}")
@described("projects_partial_update", body="ProjectChange", answers={200: "Project"})
async def patch_project(request: ApiRequest, project_id: FromPath[int]) -> dict[str, Any]:
    """Change the fields given. 200 with the project; 400 by field; 403 and 404 as everywhere."""
    deps, user = deps_of(request), user_of(request)
    await run_short(request, projects.may_change, deps, user=user, project_id=project_id)
    change = read_project_change(await read_fields(request))
    changed = await run_in_thread(
        projects.change_project, deps, user=user, project_id=project_id, change=change
    )
    return project_out(changed, base_url(request), dialect_of(request))


@delete("/projects/{project_id:int}", status_code=204)
@described("projects_delete", answers={204: None})
async def delete_project(request: ApiRequest, project_id: FromPath[int]) -> None:
    """Delete the project, its tasks, and all that is their own. 204; 403 and 404 as everywhere."""
    await run_in_thread(
        projects.delete_project, deps_of(request), user=user_of(request), project_id=project_id
    )


@get("/projects/{project_id:int}/tasks")
@described("projects_tasks", query=("page", "page_size"), answers={200: "TaskPage"})
async def list_tasks(request: ApiRequest, project_id: FromPath[int]) -> Response[bytes]:
    """Return a page of the project's tasks the caller sees, newest first.

    200; 403 and 404 as everywhere, 404 for no such page.
    """
    query = dict(request.query_params)
    base, dialect = base_url(request), dialect_of(request)
    await run_short(
        request, projects.may_access, deps_of(request), user=user_of(request), project_id=project_id
    )
    page = read_page(query)

    def answer() -> bytes:
        count, found = projects.list_tasks(
            deps_of(request),
            user=user_of(request),
            project_id=project_id,
            offset=page.offset,
            limit=page.size,
        )
        results = [task_out(task, base, dialect) for task in found]
        return msgspec.json.encode(
            envelope(page, count, results, url=f"{base}/projects/{project_id}/tasks", query=query)
        )

    return Response(await run_in_thread(answer), media_type="application/json")


HANDLERS = (
    list_projects, create_project, read_project, patch_project, delete_project, list_tasks,
)  # fmt: skip
