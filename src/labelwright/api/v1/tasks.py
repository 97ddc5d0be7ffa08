"""Tasks and jobs (rest-api contract, 9 and 11)."""

from typing import Any

import msgspec
from litestar import Response, delete, get, patch, post, put
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
from labelwright.api.v1.users import read_filter, read_number, read_ordering, read_words
from labelwright.api.v1.wire import (
    base_url,
    dialect_of,
    job_out,
    read_job_change,
    read_task_change,
    read_task_spec,
    task_out,
)
from labelwright.domain.errors import Invalid, NotBuilt
from labelwright.domain.tasks import Job, Task, TaskFilter
from labelwright.services import tasks

#: Tasks that are read and written in a few milliseconds.
_SHORT_PAGE = 50


def _task(request: ApiRequest, task: Task) -> dict[str, Any]:
    return task_out(task, base_url(request), dialect_of(request))


def _job(request: ApiRequest, job: Job) -> dict[str, Any]:
    return job_out(job, base_url(request), dialect_of(request))


@get("/tasks")
@described(
    "tasks_list",
    query=(
        *("page", "page_size", "search", "ordering", "id", "project_id", "project", "name", "owner"),
        *("assignee", "mode", "status", "subset", "dataset_id"),
    ),
    answers={200: "TaskPage"},
    errors=(404,),
)
async def list_tasks(request: ApiRequest) -> Response[bytes]:
    """Return a page of the tasks the caller sees. 200; 400 for a filter that is no number; 404 for no such page."""
    query = dict(request.query_params)
    page = read_page(query)
    base, dialect = base_url(request), dialect_of(request)
    wanted = TaskFilter(
        id=read_number(query, "id"),
        project_id=read_number(query, "project_id"),
        dataset_id=read_number(query, "dataset_id"),
        project=read_filter(query, "project"),
        words=tuple(read_words(query)),
        name=read_filter(query, "name"),
        owner=read_filter(query, "owner"),
        assignee=read_filter(query, "assignee"),
        mode=read_filter(query, "mode"),
        status=read_filter(query, "status"),
        subset=read_filter(query, "subset"),
    )
    ordering = read_ordering(query)

    def answer() -> bytes:
        count, found = tasks.list_tasks(
            deps_of(request),
            user=user_of(request),
            wanted=wanted,
            ordering=ordering,
            offset=page.offset,
            limit=page.size,
        )
        results = [task_out(task, base, dialect) for task in found]
        return msgspec.json.encode(envelope(page, count, results, url=f"{base}/tasks", query=query))

    # A search looks at every task, and a page may be all of them: neither is short.
    is_search = wanted.words or wanted.name or wanted.owner or wanted.assignee or wanted.project
    is_long = is_search or page.size is None or page.size > _SHORT_PAGE
    found = run_in_thread(answer) if is_long else run_short(request, answer)
    return Response(await found, media_type="application/json")


@post("/tasks", status_code=201)
@described(
    "tasks_create",
    headers=("Idempotency-Key",),
    body="TaskRequest",
    answers={201: "Task"},
    errors=(501,),
)
async def create_task(request: ApiRequest) -> dict[str, Any]:
    """Make an empty task with its labels, or in a project.

    201 with the task; 400 by field, and for an action that is none; 403 for roles that make none and foreign
    projects; 501 for a backup.
    """
    tasks.may_create(user_of(request))
    _refuse_backup(request, "import")
    values, key = await read_keyed_fields(request)
    spec = read_task_spec(values)
    made = await run_in_thread(
        tasks.create_task, deps_of(request), user=user_of(request), spec=spec, request=key
    )
    return _task(request, made)


def _refuse_backup(request: ApiRequest, *actions: str) -> None:
    """Raise NotBuilt for one of the actions of a backup, Invalid for any other action."""
    action = request.query_params.get("action", "").lower()
    if action in actions:
        raise NotBuilt("Task backups are not built yet.")
    if action:
        raise Invalid("Unexpected action specified for the request")


@get("/tasks/{task_id:int}")
@described("tasks_read", answers={200: "Task"}, errors=(400, 501))
async def read_task(request: ApiRequest, task_id: FromPath[int]) -> dict[str, Any]:
    """Return the task. 200; 400 for an action that is none; 403 and 404 as everywhere; 501 for a backup."""
    found = await run_short(
        request, tasks.read_task, deps_of(request), user=user_of(request), task_id=task_id
    )
    _refuse_backup(request, "export", "download")
    return _task(request, found)


async def _change_task(request: ApiRequest, task_id: int, *, name_required: bool) -> dict[str, Any]:
    deps, user = deps_of(request), user_of(request)
    await run_short(request, tasks.may_change, deps, user=user, task_id=task_id)
    change = read_task_change(await read_fields(request), name_required=name_required)
    return _task(
        request, await run_in_thread(tasks.change_task, deps, user=user, task_id=task_id, change=change)
    )


@patch("/tasks/{task_id:int}")
@described("tasks_partial_update", body="TaskChange", answers={200: "Task"})
async def patch_task(request: ApiRequest, task_id: FromPath[int]) -> dict[str, Any]:
    """Change the fields given. 200 with the task; 400 by field; 403 and 404 as everywhere."""
    return await _change_task(request, task_id, name_required=False)


@put("/tasks/{task_id:int}")
@described("tasks_update", body="TaskReplacement", answers={200: "Task"})
async def put_task(request: ApiRequest, task_id: FromPath[int]) -> dict[str, Any]:
    """Change the fields given; `name` must be one. Absent fields are kept. Else as PATCH."""
    return await _change_task(request, task_id, name_required=True)


@delete("/tasks/{task_id:int}", status_code=204)
@described("tasks_delete", answers={204: None})
async def delete_task(request: ApiRequest, task_id: FromPath[int]) -> None:
    """Delete the task with all that is its own. 204; 403 and 404 as everywhere."""
    await run_in_thread(tasks.delete_task, deps_of(request), user=user_of(request), task_id=task_id)


@get("/tasks/{task_id:int}/jobs")
@described("tasks_jobs", answers={200: "JobList"})
async def list_jobs(request: ApiRequest, task_id: FromPath[int]) -> list[dict[str, Any]]:
    """Return the task's jobs. 200; 403 and 404 as everywhere."""
    found = await run_short(
        request, tasks.list_jobs, deps_of(request), user=user_of(request), task_id=task_id
    )
    return [_job(request, job) for job in found]


@get("/jobs/{job_id:int}")
@described("jobs_read", answers={200: "Job"})
async def read_job(request: ApiRequest, job_id: FromPath[int]) -> dict[str, Any]:
    """Return the job. 200; 403 and 404 as everywhere."""
    return _job(
        request,
        await run_short(request, tasks.read_job, deps_of(request), user=user_of(request), job_id=job_id),
    )


async def _change_job(request: ApiRequest, job_id: FromPath[int]) -> dict[str, Any]:
    deps, user = deps_of(request), user_of(request)
    await run_short(request, tasks.may_change_job, deps, user=user, job_id=job_id)
    change = read_job_change(await read_fields(request))
    return _job(request, await run_in_thread(tasks.change_job, deps, user=user, job_id=job_id, change=change))


@patch("/jobs/{job_id:int}")
@described("jobs_partial_update", body="JobChange", answers={200: "Job"})
async def patch_job(request: ApiRequest, job_id: FromPath[int]) -> dict[str, Any]:
    """Change assignee, reviewer or status. 200 with the job; 400 by field; 403 and 404 as everywhere."""
    return await _change_job(request, job_id)


@put("/jobs/{job_id:int}")
@described("jobs_update", body="JobChange", answers={200: "Job"})
async def put_job(request: ApiRequest, job_id: FromPath[int]) -> dict[str, Any]:
    """As PATCH: every field is optional."""
    return await _change_job(request, job_id)


HANDLERS = (
    list_tasks, create_task, read_task, patch_task, put_task, delete_task, list_jobs, read_job, patch_job, put_job,
)  # fmt: skip
