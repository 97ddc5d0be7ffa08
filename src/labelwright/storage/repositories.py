"""The git repositories of tasks, what was pushed to them, and what was done since."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Row, delete, func, insert, select, update

from labelwright.domain.repositories import Look, Repository, Work
from labelwright.domain.tasks import TaskFilter
from labelwright.storage import Transaction
from labelwright.storage.tables import events, jobs, repositories, saves
from labelwright.storage.tasks import ids_of

_HOUR_MS = 3_600_000


def write_repository(tx: Transaction, repository: Repository) -> None:
    """Make `repository` that of its task, instead of the one it has."""
    values = msgspec.structs.asdict(repository)
    values["pushed_revisions"] = _write_revisions(repository.pushed_revisions)
    tx.connection.execute(delete(repositories).where(repositories.c.task_id == repository.task_id))
    tx.connection.execute(insert(repositories).values(values))


def read_repository(tx: Transaction, task_id: int) -> Repository | None:
    """Return the repository of the task, None when it has none."""
    row = tx.connection.execute(select(repositories).where(repositories.c.task_id == task_id)).one_or_none()
    return None if row is None else _repository(row)


def list_repositories(tx: Transaction, wanted: TaskFilter) -> list[Repository]:
    """Return the repositories of the tasks `wanted`, by task."""
    query = select(repositories).where(repositories.c.task_id.in_(ids_of(wanted)))
    return [_repository(row) for row in tx.connection.execute(query.order_by(repositories.c.task_id))]


def read_revisions(tx: Transaction, wanted: TaskFilter) -> dict[int, dict[int, int]]:
    """Return the revision of every job of the tasks `wanted` that have a repository, by task and job."""
    with_repository = select(repositories.c.task_id).where(repositories.c.task_id.in_(ids_of(wanted)))
    query = select(jobs.c.task_id, jobs.c.id, jobs.c.revision).where(jobs.c.task_id.in_(with_repository))
    found: dict[int, dict[int, int]] = {}
    for task_id, job_id, revision in tx.connection.execute(query):
        found.setdefault(task_id, {})[job_id] = revision
    return found


def note_push(tx: Transaction, repository: Repository) -> bool:
    """Keep what was pushed; whether the task still has this repository."""
    changed = update(repositories).where(
        repositories.c.task_id == repository.task_id,
        *(
            repositories.c[name] == getattr(repository, name)
            for name in ("url", "path", "branch", "lfs", "format")
        ),
    )
    values = {
        name: getattr(repository, name) for name in ("pushed_commit", "pushed_utc", "remote", "seen_tip")
    }
    revisions = _write_revisions(repository.pushed_revisions)
    return tx.connection.execute(changed.values(pushed_revisions=revisions, **values)).rowcount == 1


def note_look(tx: Transaction, repository: Repository, look: Look) -> None:
    """Keep how the commit that was pushed last is found, unless another was pushed meanwhile."""
    same = (
        repositories.c.task_id == repository.task_id,
        repositories.c.pushed_commit == repository.pushed_commit,
    )
    tx.connection.execute(update(repositories).where(*same).values(remote=look.remote, seen_tip=look.tip))


def read_work(tx: Transaction, repository: Repository, revisions: Mapping[int, int]) -> Work:
    """Return what was done in the task between its last push and its jobs being at `revisions`."""
    created = updated = deleted = 0
    sums = [func.coalesce(func.sum(saves.c[name]), 0) for name in ("created", "updated", "deleted")]
    for job_id, revision in revisions.items():
        before = repository.pushed_revisions.get(job_id, 0)
        of_job = saves.c.job_id == job_id, saves.c.revision > before, saves.c.revision <= revision
        found = tx.connection.execute(select(*sums).where(*of_job)).one()
        created, updated, deleted = created + found[0], updated + found[1], deleted + found[2]
    worked = select(func.coalesce(func.sum(events.c.working_ms), 0)).where(
        events.c.task_id == repository.task_id
    )
    if repository.pushed_utc is not None:
        worked = worked.where(events.c.at_utc > repository.pushed_utc)
    hours = int(tx.connection.execute(worked).scalar_one()) / _HOUR_MS
    return Work(int(created), int(updated), int(deleted), hours)


def _repository(row: Row[Any]) -> Repository:
    fields = dict(row._mapping)
    fields["pushed_revisions"] = msgspec.json.decode(row.pushed_revisions, type=dict[int, int])
    return Repository(**fields)


def _write_revisions(revisions: Mapping[int, int]) -> str:
    return msgspec.json.encode(dict(revisions)).decode()
