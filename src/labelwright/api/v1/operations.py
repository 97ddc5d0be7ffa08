"""Operations: what is being worked on, and how to stop it. Not of API v1; its clients do not ask."""

from typing import Any

from litestar import delete, get
from litestar.params import FromPath

from labelwright.api.requests import ApiRequest, asked_language, deps_of, run_in_thread, user_of
from labelwright.api.v1.described import described
from labelwright.domain.operations import Operation
from labelwright.languages import say
from labelwright.services import operations


def _operation_out(request: ApiRequest, operation: Operation) -> dict[str, Any]:
    return {
        "id": operation.id,
        "kind": operation.kind,
        "task_id": operation.task_id,
        "state": operation.state,
        "progress": operation.progress,
        "message": say(operation.message, asked_language(request)),
        "created_date": operation.created_utc,
        "updated_date": operation.updated_utc,
    }


@get("/operations")
@described("operations_list", answers={200: "OperationList"})
async def list_operations(request: ApiRequest) -> list[dict[str, Any]]:
    """Return the caller's operations that are queued or at work, for admins everybody's. 200."""
    found = await run_in_thread(operations.list_operations, deps_of(request), user=user_of(request))
    return [_operation_out(request, each) for each in found]


@delete("/operations/{operation_id:str}", status_code=200)
@described("operations_delete", answers={200: "Operation"})
async def cancel_operation(request: ApiRequest, operation_id: FromPath[str]) -> dict[str, Any]:
    """Stop an operation. 200 with what it is now; 403 and 404 as everywhere."""
    found = await run_in_thread(
        operations.cancel_operation, deps_of(request), user=user_of(request), operation_id=operation_id
    )
    return _operation_out(request, found)


HANDLERS = (list_operations, cancel_operation)
