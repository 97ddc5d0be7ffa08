"""Frames taken out of the work and put back. No number shifts, and what stands on them stays (decision 0021)."""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.errors import Forbidden, Invalid, NotFound
from labelwright.domain.tasks import Job, Media, Task
from labelwright.domain.users import User
from labelwright.services import existing_task, now_utc, people_of_job, people_of_task, require
from labelwright.storage import Transaction
from labelwright.storage import frames as frames_storage
from labelwright.storage import tasks as storage


class FrameDeletion(Struct, frozen=True, kw_only=True):
    """Which frames of a task are deleted from now on, by their numbers in the task.

    `deleted` are all there are to be; None leaves it at those there are. `delete` are deleted besides, `restore` are
    not: two people who change one frame each so take nothing of one another.
    """

    deleted: Sequence[int] | None = None
    delete: Sequence[int] = ()
    restore: Sequence[int] = ()


def may_delete_frames(deps: Deps, *, user: User, task_id: int) -> None:
    """Raise NotFound or Forbidden unless the user may delete some frames: asked before the request is looked at."""
    with deps.database.read() as tx:
        _changeable(tx, deps, user, existing_task(tx, task_id))


def delete_frames(deps: Deps, *, user: User, task_id: int, wanted: FrameDeletion) -> tuple[int, ...]:
    """Delete and restore frames; return all that are deleted now, ascending.

    Raises:
        NotFound: there is no such task, or it has no frames.
        Forbidden: the user may change neither the task nor a job of it that has the frame.
        Invalid: the task has no such frame.
    """
    with deps.database.write() as tx:
        storage.lock_task(tx, task_id)
        task = existing_task(tx, task_id)
        jobs = _changeable(tx, deps, user, task)
        media = task.media
        if media is None or not media.size:
            raise NotFound("Not found.")
        after = _after(media, wanted)
        changed = after.symmetric_difference(media.deleted_frames)
        if jobs is not None:
            _require_own(jobs, changed)
        if changed:
            kept = msgspec.json.encode(sorted(after)).decode()
            frames_storage.update_media(tx, media.id, deleted_frames=kept)
            storage.update_task(tx, task_id, updated_utc=now_utc(deps))
        return tuple(sorted(after))


def _changeable(tx: Transaction, deps: Deps, user: User, task: Task) -> list[Job] | None:
    """Return the jobs whose frames the user may delete, None for all of the task. Raises Forbidden for nothing."""
    people = people_of_task(tx, deps, task.id)
    if access.may_change_task(user, people):
        return None
    jobs = [job for job in task.jobs if access.may_change_job(user, people, people_of_job(job))]
    require(bool(jobs))
    return jobs


def _after(media: Media, wanted: FrameDeletion) -> set[int]:
    for frame in (*(wanted.deleted or ()), *wanted.delete, *wanted.restore):
        if not 0 <= frame < media.size:
            raise Invalid("there is no frame {frame}: the task has {count}", frame=frame, count=media.size)
    before = media.deleted_frames if wanted.deleted is None else wanted.deleted
    return {*before, *wanted.delete}.difference(wanted.restore)


def _require_own(jobs: Sequence[Job], changed: Iterable[int]) -> None:
    """Raise Forbidden unless each frame is in one of the jobs."""
    for frame in sorted(changed):
        if not any(job.first_frame <= frame <= job.last_frame for job in jobs):
            raise Forbidden("frame {frame} is in no job that you may change", frame=frame)
