"""Frames of a task taken out of the work, and put back. API v1 of May 2021 has no word for it; later ones have this."""

from typing import Any

from litestar import patch
from litestar.params import FromPath

from labelwright.api.requests import ApiRequest, deps_of, read_fields, run_in_thread, user_of
from labelwright.api.v1.described import described
from labelwright.api.v1.fields import MAX_INT, Fields, read_whole
from labelwright.domain.sentences import Sentence
from labelwright.services import deleted_frames
from labelwright.services.deleted_frames import FrameDeletion

_LISTS = ("deleted_frames", "delete", "restore")


@patch("/tasks/{task_id:int}/data/meta")
@described("tasks_data_meta_partial_update", body="DeletedFramesRequest", answers={200: "DeletedFrames"})
async def patch_meta(request: ApiRequest, task_id: FromPath[int]) -> dict[str, Any]:
    """Delete and restore frames: `deleted_frames` are all there are to be, `delete` and `restore` change single ones.

    200 with all that are deleted now; 400 for a frame the task does not have; 403 for frames of jobs that are not the
    caller's to change; 404, also without data.
    """
    deps, user = deps_of(request), user_of(request)
    await run_in_thread(deleted_frames.may_delete_frames, deps, user=user, task_id=task_id)
    wanted = _read_deletion(await read_fields(request))
    found = await run_in_thread(deleted_frames.delete_frames, deps, user=user, task_id=task_id, wanted=wanted)
    return {"deleted_frames": list(found)}


def _read_deletion(values: dict[str, Any]) -> FrameDeletion:
    fields = Fields(values)
    deleted, delete, restore = (_read_frames(fields, name) for name in _LISTS)
    if not any(name in fields for name in _LISTS):
        fields.fail("deleted_frames", Sentence("This field is required."))
    fields.finish()
    return FrameDeletion(
        deleted=deleted if "deleted_frames" in fields else None, delete=delete, restore=restore
    )


def _read_frames(fields: Fields, name: str) -> list[int]:
    """Return the numbers of frames in a list, as numbers or spelled."""
    found = [read_whole(value) for value in fields.items(name)]
    if any(number is None or not 0 <= number <= MAX_INT for number in found):
        fields.fail(name, Sentence("Expected a list of numbers of frames."))
    return [number for number in found if number is not None]


HANDLERS = (patch_meta,)
