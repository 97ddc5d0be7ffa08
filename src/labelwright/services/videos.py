"""Videos of tasks: the hashes by which their frames are proved."""

import msgspec

from labelwright.deps import Deps
from labelwright.domain.errors import Cancelled
from labelwright.domain.operations import Operation
from labelwright.domain.sentences import Sentence
from labelwright.domain.tasks import Media
from labelwright.parts.videos import hash_video
from labelwright.ports import Progress
from labelwright.services import existing_task, finish_operation
from labelwright.storage import frames as frames_storage
from labelwright.storage import tasks as storage


def run_hashing(deps: Deps, operation: Operation, progress: Progress) -> dict[str, object]:
    """Read the whole video once and keep a hash of every frame: the work of the `hash` operation.

    Each frame read from then on is checked by its hash. What was made before of unchecked frames leaves the cache.
    Safe to repeat.

    Raises:
        NotFound, InvalidMedia: the video is gone, or another file lies in its place.
        Cancelled: a person cancelled, or the task has another video.
    """
    assert operation.task_id is not None
    with deps.database.read() as tx:
        media = existing_task(tx, operation.task_id).media
    if media is None or media.video is None:
        raise Cancelled("operation {id} is over", id=operation.id)

    def heard(share: float) -> None:
        progress(share, Sentence("Proving the frames of the video: {percent}%", percent=int(100 * share)))

    proved = hash_video(deps, media, heard)
    result: dict[str, object] = {"frames": proved.frames, "faults": proved.faults}
    with deps.database.write() as tx:
        storage.lock_task(tx, operation.task_id)
        if not _is_still(existing_task(tx, operation.task_id).media, media):
            raise Cancelled("operation {id} is over", id=operation.id)
        frames_storage.update_media(tx, media.id, video=msgspec.json.encode(proved).decode())
        finish_operation(tx, deps, operation, result)
    deps.cache.forget(f"{media.id}/")
    if proved.index_key != media.video.index_key:
        deps.blobs.delete([media.video.index_key])
    return result


def _is_still(now: Media | None, before: Media) -> bool:
    return now is not None and now.id == before.id and now.video == before.video
