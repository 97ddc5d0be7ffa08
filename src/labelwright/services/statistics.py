"""Statistics: what people did, how far the work is, and both as files."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Literal

from msgspec import Struct

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.access import Sees
from labelwright.domain.errors import Invalid, NotFound, StorageFull
from labelwright.domain.labels import Label
from labelwright.domain.statistics import (
    MOST_ROWS,
    By,
    LabelCount,
    Progress,
    Shift,
    ToldEvent,
    Wanted,
    Work,
    WorkRow,
    find_zone,
    in_order,
    shifts,
    sum_parts,
)
from labelwright.domain.users import User
from labelwright.services import (
    existing_job,
    existing_project,
    now_utc,
    people_of_job,
    people_of_project,
    people_of_task,
    require,
)
from labelwright.storage import Transaction, progress
from labelwright.storage import labels as labels_storage
from labelwright.storage import statistics as storage
from labelwright.storage import users as users_storage
from labelwright.storage.statistics import Seen
from labelwright.tabular import Batch, Column, Kind, write_csv, write_parquet

Format = Literal["csv", "parquet"]
FORMATS: tuple[Format, ...] = ("csv", "parquet")

_EVENT_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("name", "message", "payload", "username"), "text"),
    **dict.fromkeys(("at_utc", "received_utc"), "time"),
    "is_active": "truth",
}
#: What people call them; all others keep their names.
_EVENT_NAMES = {"at_utc": "time", "received_utc": "received"}
_EVENT_COLUMNS = tuple(
    Column(_EVENT_NAMES.get(name, name), _EVENT_KINDS.get(name, "whole")) for name in storage.EVENT_COLUMNS
)

_WORK_KEYS: dict[By, tuple[Column, ...]] = {
    "day": (Column("day", "day"),),
    "user": (Column("user_id", "whole"), Column("username", "text")),
    "project": (Column("project_id", "whole"),),
    "task": (Column("task_id", "whole"),),
    "job": (Column("job_id", "whole"),),
}
#: Columns of figures, by the field of `Work` they come from.
_FIGURES = {
    "working_seconds": Column("working_seconds", "number"),
    **{done: Column(f"objects_{done}", "whole") for done in ("created", "updated", "deleted")},
    "seconds_per_object": Column("seconds_per_object", "number"),
    "objects_per_hour": Column("objects_per_hour", "number"),
}


class WorkReport(Struct, frozen=True):
    """Work row by row, and whose work the user sees at all."""

    sees: Sees
    rows: Sequence[WorkRow]


def read_work(deps: Deps, *, user: User, wanted: Wanted, by: Sequence[By], zone: str) -> WorkReport:
    """Return the work `wanted` that the user sees, summed up by each of `by`; days are those of the zone.

    Raises:
        NotFound: a project, task, job or user that is asked for does not exist.
        Forbidden: the user may not see into the project, task or job, or see that person's work.
        Invalid: there is no such zone, or too many rows would come of it.
    """
    with deps.database.read() as tx:
        sees = _see(tx, deps, user, wanted)
        clock = find_zone(zone)
        first = storage.first_moment(tx) if "day" in by else None
        days = [Shift(None, 0)] if first is None else shifts(clock, first, now_utc(deps))
        found = storage.sum_work(tx, wanted, by=by, days=days, seen=_seen(user, sees))
        if len(found) > MOST_ROWS:
            raise Invalid(
                "{count} rows, at most {limit}: choose fewer days, or less to sum up by",
                count=len(found),
                limit=MOST_ROWS,
                field="by",
            )
        return WorkReport(sees, in_order(_rows(tx, found, by), by))


def may_see(deps: Deps, *, user: User, wanted: Wanted) -> None:
    """Raise NotFound or Forbidden as `read_work` does: asked before a query is complained about."""
    with deps.database.read() as tx:
        _see(tx, deps, user, wanted)


def _see(tx: Transaction, deps: Deps, user: User, wanted: Wanted) -> Sees:
    """Return whose work the user sees. Raises NotFound, Forbidden."""
    sees = access.sees_work(user, deps.statistics_visibility)
    if wanted.project_id is not None:
        project = people_of_project(tx, deps, wanted.project_id)
        require(sees == "all" or access.may_access_project(user, project))
    if wanted.task_id is not None:
        task = people_of_task(tx, deps, wanted.task_id)
        require(sees == "all" or access.may_access_task(user, task))
    if wanted.job_id is not None:
        job = existing_job(tx, wanted.job_id)
        task = people_of_task(tx, deps, job.task_id)
        require(sees == "all" or access.may_access_job(user, task, people_of_job(job)))
    if wanted.user_id is not None:
        if users_storage.read_user(tx, wanted.user_id) is None:
            raise NotFound("Not found.")
        require(sees != "self" or wanted.user_id == user.id)
    return sees


def _seen(user: User, sees: Sees) -> Seen:
    return Seen(by=None if sees == "all" else user.id, owned=sees == "owned")


def _rows(tx: Transaction, found: dict[tuple[Any, ...], Work], by: Sequence[By]) -> list[WorkRow]:
    """Return the sums with people for their ids."""
    rows = [WorkRow(dict(zip(by, keys, strict=True)), work) for keys, work in found.items()]
    if "user" not in by:
        return rows
    ids = {row.keys["user"] for row in rows} - {None}
    people = storage.read_people(tx, ids)
    return [WorkRow({**row.keys, "user": people.get(row.keys["user"])}, row.work) for row in rows]


def read_progress(
    deps: Deps, *, user: User, project_id: int | None, task_id: int | None, job_id: int | None
) -> Progress:
    """Return how far the project, task or job is, of which exactly one is named.

    Whoever may see into it sees it; of a project's tasks each sees those they may see into.

    Raises:
        NotFound, Forbidden: as everywhere.
        Invalid: none is named, or several are.
    """
    if [project_id, task_id, job_id].count(None) != 2:
        raise Invalid("name exactly one of project_id, task_id and job_id")
    with deps.database.read() as tx:
        if project_id is not None:
            return _of_project(tx, deps, user, project_id)
        if task_id is not None:
            return _of_task(tx, deps, user, task_id)
        assert job_id is not None
        return _of_job(tx, deps, user, job_id)


def _of_project(tx: Transaction, deps: Deps, user: User, project_id: int) -> Progress:
    people = people_of_project(tx, deps, project_id)
    require(access.may_access_project(user, people))
    project = existing_project(tx, project_id, with_tasks=False)
    parts = progress.read_tasks(tx, project_id=project_id)
    # People of tasks come in the order of the tasks' ids, as their parts do.
    seen = [
        part for part, task in zip(parts, people.tasks, strict=True) if access.may_access_task(user, task)
    ]
    counts = progress.count_labels(tx, progress.of_project(project_id))
    whole = sum_parts(project_id, project.name, parts)
    return Progress(whole, _labels(project.labels, counts), seen)


def _of_task(tx: Transaction, deps: Deps, user: User, task_id: int) -> Progress:
    require(access.may_access_task(user, people_of_task(tx, deps, task_id)))
    scope = progress.of_task(task_id)
    labels = labels_storage.read_labels(tx, task_id)
    return Progress(
        progress.read_task(tx, task_id),
        _labels(labels, progress.count_labels(tx, scope)),
        progress.read_jobs(tx, scope),
    )


def _of_job(tx: Transaction, deps: Deps, user: User, job_id: int) -> Progress:
    job = existing_job(tx, job_id)
    require(access.may_access_job(user, people_of_task(tx, deps, job.task_id), people_of_job(job)))
    scope = progress.of_job(job_id)
    labels = labels_storage.read_labels(tx, job.task_id)
    return Progress(progress.read_jobs(tx, scope)[0], _labels(labels, progress.count_labels(tx, scope)), ())


def _labels(labels: Sequence[Label], counts: dict[int, int]) -> list[LabelCount]:
    return [LabelCount(label.id, label.name, label.color, counts.get(label.id, 0)) for label in labels]


def list_events(
    deps: Deps, *, user: User, wanted: Wanted, name: str, offset: int, limit: int
) -> tuple[int, list[ToldEvent]]:
    """Return the count of events `wanted` that the user sees, and one page of them, newest first.

    `name` "" is any. Raises NotFound, Forbidden as `read_work`.
    """
    with deps.database.read() as tx:
        sees = _see(tx, deps, user, wanted)
        return storage.list_events(tx, wanted, name=name, seen=_seen(user, sees), offset=offset, limit=limit)


def export_events(deps: Deps, *, user: User, wanted: Wanted, name: str, file_format: Format) -> BinaryIO:
    """Return a file of the events `wanted` that the user sees, oldest first, open at its beginning.

    However many they are, memory holds some thousands. The file goes with its last reader.

    Raises:
        NotFound, Forbidden: as `read_work`.
        StorageFull: the disk of the data folder is full.
    """
    with deps.database.read() as tx:
        sees = _see(tx, deps, user, wanted)
        batches = storage.walk_events(tx, wanted, name=name, seen=_seen(user, sees))
        return _file(deps, _EVENT_COLUMNS, batches, file_format)


def export_work(
    deps: Deps, *, user: User, wanted: Wanted, by: Sequence[By], zone: str, file_format: Format
) -> BinaryIO:
    """Return a file of what `read_work` returns, open at its beginning. Raises as `read_work` and `export_events`."""
    report = read_work(deps, user=user, wanted=wanted, by=by, zone=zone)
    columns = [column for name in by for column in _WORK_KEYS[name]]
    columns += _FIGURES.values()
    return _file(deps, columns, [[_cells(row, by) for row in report.rows]], file_format)


def _cells(row: WorkRow, by: Sequence[By]) -> list[Any]:
    cells: list[Any] = []
    for name in by:
        value = row.keys[name]
        if name == "user":
            cells += [None, None] if value is None else [value.id, value.username]
        else:
            cells.append(value)
    return cells + [getattr(row.work, column) for column in _FIGURES]


def _file(deps: Deps, columns: Sequence[Column], batches: Iterable[Batch], file_format: Format) -> BinaryIO:
    with ExitStack() as opened:
        file: BinaryIO = opened.enter_context(TemporaryFile(dir=deps.scratch))
        try:
            (write_csv if file_format == "csv" else write_parquet)(file, columns, batches)
            file.seek(0)
        except OSError as error:
            raise StorageFull("the disk of the data folder is full: the export was not written") from error
        opened.pop_all()
    return file
