"""Publishing to the platform (platform contract, 5): ask until it is done; what is published, and where."""

from typing import Any, Literal

from litestar import Response, get
from litestar.params import FromPath

from labelwright.api.requests import ApiRequest, deps_of, run_in_thread, user_of
from labelwright.api.v1.described import described
from labelwright.domain.errors import Invalid
from labelwright.parts.results import PublishRequest
from labelwright.services import publishing


@get("/tasks/{task_id:int}/publish")
@described(
    "tasks_publish",
    query=("format", "action.download"),
    answers={201: None, 202: None},
    errors=(405, 409, 500, 501),
)
async def publish(request: ApiRequest, task_id: FromPath[int]) -> Response[bytes]:
    """Publish the task into the folder of its dataset: 202 while it is written, 201 once it is, as the task is now.

    400 for an unknown format or action; 403 for those who may not change it; 404; 409 without a dataset; 500 with the
    reason when it failed, once: the next call begins anew.
    """
    if request.query_params.get("action", "").lower() not in ("", "download"):
        await _see_right(request, task_id)
        raise Invalid("Unexpected action specified for the request")
    return await _ask(request, task_id, "publish")


@get("/tasks/{task_id:int}/save_to_platform")
@described(
    "tasks_save_to_platform",
    query=("format",),
    answers={201: None, 202: None},
    errors=(405, 409, 500, 501),
)
async def save_to_platform(request: ApiRequest, task_id: FromPath[int]) -> Response[bytes]:
    """Publish a task made of a folder of the platform (`platform_files`) into that folder, as `publish` does.

    201 at once, and nothing done, without a format.
    """
    if not request.query_params.get("format"):
        await _see_right(request, task_id)
        return _empty(201)
    return await _ask(request, task_id, "save")


@get("/datas", opt={"service": True, "open_read": True})
@described("datas_list", answers={200: "PublishedList"})
async def list_published(request: ApiRequest) -> list[dict[str, Any]]:
    """Return what is published of the tasks the caller sees, by the number of its media. 200.

    `dataSetId` is that number, as in the original; `datasetId` the dataset's.
    """
    found = await run_in_thread(publishing.list_published, deps_of(request), user=user_of(request))
    return [
        {
            "name": each.name,
            "convertOutPath": each.path,
            "dataSetId": each.media_id,
            "convertStatus": "finished",
            "datasetId": each.dataset_id,
        }
        for each in found
    ]


async def _see_right(request: ApiRequest, task_id: int) -> None:
    """Raise Forbidden or NotFound before anything is said of the request itself."""
    await run_in_thread(publishing.may_publish, deps_of(request), user=user_of(request), task_id=task_id)


async def _ask(request: ApiRequest, task_id: int, manner: Literal["publish", "save"]) -> Response[bytes]:
    wanted = PublishRequest(
        task_id=task_id,
        format=request.query_params.get("format", ""),
        manner=manner,
        server_url=f"{request.url.scheme}://{request.url.netloc}",
    )
    found = await run_in_thread(
        publishing.request_publishing, deps_of(request), user=user_of(request), request=wanted
    )
    return _empty(202 if found == "accepted" else 201)


def _empty(status: int) -> Response[bytes]:
    return Response(b"", status_code=status, media_type="application/json")


HANDLERS = (publish, save_to_platform, list_published)
