"""Datasets as API v1 knows them: the tasks of one, and the list of the platform's first generation (platform contract).

All else about datasets is asked of the dataset manager (`api/platform/datasets.py`).
"""

from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from labelwright.api.requests import ApiRequest, deps_of, run_in_thread
from labelwright.api.v1.described import described
from labelwright.api.v1.users import read_filter, read_number
from labelwright.domain.catalogue import CatalogueDataset
from labelwright.services import origins

_PAGE_SIZE, _MOST_PAGE_SIZE = 10, 1000
#: Whoever is signed in, a service, and, where the settings say so, anybody (platform contract, 1).
_OPEN = {"service": True, "open_read": True}


@get("/datasets", opt=_OPEN)
@described(
    "datasets_list",
    query=("pageNum", "pageSize", "name.dataset"),
    answers={200: "PlatformDatasets"},
    errors=(400, 501, 503),
)
async def list_datasets(request: ApiRequest) -> dict[str, Any]:
    """List the datasets, newest first, with the folder of each for `platform_files`. 200; 400, 501, 503."""
    query = dict(request.query_params)
    page = read_number(query, "pageNum") or 1
    page_size = min(read_number(query, "pageSize") or _PAGE_SIZE, _MOST_PAGE_SIZE)
    deps = deps_of(request)
    found = await run_in_thread(
        origins.list_datasets, deps, page=page, page_size=page_size, search=read_filter(query, "name")
    )
    root = deps.platform.storage_root

    def shown(dataset: CatalogueDataset) -> dict[str, Any]:
        path = str(root / dataset.storage_path.lstrip("/"))
        return {"id": dataset.id, "name": dataset.name, "description": dataset.description, "path": path}

    return {
        "datasets": [shown(dataset) for dataset in found.datasets],
        "total": found.total,
        "totalPage": -(-found.total // page_size),
        "pageNum": page,
        "pageSize": page_size,
        "message": "success",
    }


@get("/datasets/{number:int}", opt=_OPEN)
@described("datasets_read", answers={200: "TaskIds", 404: None})
async def read_dataset_tasks(request: ApiRequest, number: FromPath[int]) -> Response[list[int] | bytes]:
    """Return the numbers of the tasks made of the dataset, ascending. 200; 404, with an empty body, for none."""
    found = await run_in_thread(origins.list_task_ids, deps_of(request), dataset_id=number)
    return Response(found) if found else Response(b"", status_code=404)


HANDLERS = (list_datasets, read_dataset_tasks)
