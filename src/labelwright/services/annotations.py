"""Annotations of jobs and tasks: read, replaced, created, updated, deleted.

A task's annotations are its jobs' cut and merged (API v1 contract, annotations 3 to 5), so the two
levels share one way of writing: some parts, each for one job, in one transaction.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.annotations import (
    SERIES,
    Annotations,
    Series,
    Tally,
    check_annotations,
    number_objects,
    tally_replaced,
    to_docs,
)
from labelwright.domain.errors import Invalid, InvalidAnnotation, LabelwrightError, RevisionMoved, TooLarge
from labelwright.domain.labels import AttributeRules, attribute_rules
from labelwright.domain.requests import RequestKey, pack_ids, unpack_ids
from labelwright.domain.sentences import Sentence
from labelwright.domain.shapes import Shape, Tag
from labelwright.domain.tasks import Job, Task
from labelwright.domain.users import User
from labelwright.services import (
    earlier_answer,
    existing_job,
    existing_task,
    note_save,
    now_utc,
    people_of_job,
    people_of_task,
    remember_answer,
    require,
)
from labelwright.storage import Transaction
from labelwright.storage import annotations as storage
from labelwright.storage import labels as labels_storage
from labelwright.storage import tasks as tasks_storage

Action = Literal["replace", "create", "update", "delete"]
Rules = Mapping[int, AttributeRules]
Item = TypeVar("Item", Tag, Shape)


class StoredAnnotations(Struct, frozen=True):
    """Annotations as ready JSON, one text an object, in the order GET shows them."""

    version: int
    tags: list[str]
    shapes: list[str]


class Change(Struct, frozen=True, kw_only=True):
    """A write: what to do with which objects, and under which conditions.

    `if_match` is the revision the sender expects the job to be at; None asks for nothing.
    """

    action: Action
    annotations: Annotations
    if_match: int | None = None
    request: RequestKey | None = None


class Sync(Struct, frozen=True, kw_only=True):
    """A write of everything a client changed: ids to delete, objects to update, objects to create, in this order.

    Conditions as in `Change`.
    """

    create: Annotations
    update: Annotations
    delete: Mapping[Series, list[int]]
    if_match: int | None = None
    request: RequestKey | None = None


class InvalidObjects(LabelwrightError):
    """Objects of a sync do not fit. `errors` names them: by part, series and index, with what is wrong of them."""

    def __init__(self, part: str, series: Series, errors: list[dict[str, list[Sentence]]]) -> None:
        super().__init__("objects do not fit")
        self.errors = {part: {series: errors}}


def read_job(deps: Deps, *, user: User, job_id: int) -> StoredAnnotations:
    """Return the annotations of the job. Raises NotFound, Forbidden."""
    with deps.database.read() as tx:
        job = existing_job(tx, job_id)
        require(access.may_access_job(user, people_of_task(tx, deps, job.task_id), people_of_job(job)))
        return _read(tx, job, read_rules(tx, job.task_id))


def read_task(deps: Deps, *, user: User, task_id: int) -> StoredAnnotations:
    """Return the annotations of the task, its jobs' merged. Raises NotFound, Forbidden."""
    with deps.database.read() as tx:
        require(access.may_access_task(user, people_of_task(tx, deps, task_id)))
        task = existing_task(tx, task_id)
        rules = read_rules(tx, task_id)
        parts = [_read(tx, job, rules) for job in task.jobs]
        version = max((part.version for part in parts), default=0)
        if not _overlapping(task):
            tags = [doc for part in parts for doc in part.tags]
            shapes = [doc for part in parts for doc in part.shapes]
            return StoredAnnotations(version, tags, shapes)
        decoded = [
            Annotations(
                version=part.version, tags=_decode(part.tags, Tag), shapes=_decode(part.shapes, Shape)
            )
            for part in parts
        ]
        merged = _merge(task, decoded)
        return StoredAnnotations(version, _encode(merged.tags), _encode(merged.shapes))


def _overlapping(task: Task) -> bool:
    return bool(task.overlap) and len(task.jobs) > 1


def _decode(docs: Sequence[str], kind: type[Item]) -> list[Item]:
    return msgspec.json.decode(f"[{','.join(docs)}]", type=list[kind])  # type: ignore[valid-type]


def _encode(items: Sequence[Tag] | Sequence[Shape]) -> list[str]:
    return [msgspec.json.encode(item).decode() for item in items]


def _read(tx: Transaction, job: Job, rules: Rules) -> StoredAnnotations:
    tags, shapes = (storage.read_docs(tx, series, job.id, rules=rules) for series in SERIES)
    return StoredAnnotations(job.revision, tags, shapes)


def read_rules(tx: Transaction, task_id: int) -> dict[int, AttributeRules]:
    """Return what the attributes of each label of the task allow and default to, by label id."""
    return {label.id: attribute_rules(label) for label in labels_storage.read_labels(tx, task_id)}


def save_job(deps: Deps, *, user: User, job_id: int, change: Change) -> Annotations:
    """Write annotations of a job and return them with their ids, in the order sent.

    Raises:
        NotFound, Forbidden: as everywhere.
        InvalidAnnotation: an object does not fit; nothing was written.
        RevisionMoved: `change.if_match` is not the job's revision.
        KeyReused: the idempotency key was used for something else.
    """
    _check_size(deps, change.annotations)
    with deps.database.write() as tx:
        job = existing_job(tx, job_id, hold=True)
        require(access.may_change_job(user, people_of_task(tx, deps, job.task_id), people_of_job(job)))
        return _save(tx, deps, user, [(job, change.annotations)], change, task_id=job.task_id)[0]


def save_task(deps: Deps, *, user: User, task_id: int, change: Change) -> Annotations:
    """Write annotations of a task: each job gets its cut, the answer is the merge. Raises as `save_job`."""
    _check_size(deps, change.annotations)
    with deps.database.write() as tx:
        require(access.may_change_task(user, people_of_task(tx, deps, task_id)))
        tasks_storage.lock_task(tx, task_id)
        task = existing_task(tx, task_id)
        sent = change.annotations
        parts = [
            (
                job,
                Annotations(
                    version=sent.version,
                    tags=_cut(sent.tags, job),
                    shapes=_cut(sent.shapes, job),
                ),
            )
            for job in task.jobs
        ]
        saved = _save(tx, deps, user, parts, change, task_id=task_id)
        return _merge(task, saved)


def sync_job(deps: Deps, *, user: User, job_id: int, sync: Sync) -> Annotations:
    """Delete, update and create annotations of a job as one revision; return what was created, in the order sent.

    Ids to delete that the job does not hold are passed over.

    Raises:
        InvalidObjects: some do not fit, or the job holds no such object to update; nothing was written.
        NotFound, Forbidden, RevisionMoved, KeyReused: as `save_job`.
    """
    _check_size(deps, sync.create, sync.update, ids=sum(map(len, sync.delete.values())))
    with deps.database.write() as tx:
        job = existing_job(tx, job_id, hold=True)
        require(access.may_change_job(user, people_of_task(tx, deps, job.task_id), people_of_job(job)))
        earlier = earlier_answer(tx, user, sync.request)
        if earlier is not None:
            return _as_answered(sync.create, earlier["jobs"][str(job.id)])
        revision = tasks_storage.raise_revision(tx, job.id)
        if sync.if_match not in (None, revision - 1):
            raise RevisionMoved(expected=sync.if_match, current=revision - 1)
        tally = _write_sync(tx, job, sync, revision=revision, rules=read_rules(tx, job.task_id))
        note_save(tx, deps, user, job.id, revision=revision, tally=tally)
        if tally:
            tasks_storage.update_task(tx, job.task_id, updated_utc=now_utc(deps))
        created = Annotations(version=revision, tags=sync.create.tags, shapes=sync.create.shapes)
        receipt = {"jobs": {str(job.id): _receipt(created)}} if sync.request else {}
        remember_answer(tx, deps, user, sync.request, receipt)
        return created


def _cut(items: list[Item], job: Job) -> list[Item]:
    """Return copies of the items in the job's frames: frames two jobs share are numbered twice."""
    # With numpy, which a start does without: 12 MB and 0.1 s.
    from labelwright.domain.merging import cut_to_range

    return [replace(item) for item in cut_to_range(items, job.first_frame, job.last_frame)]


def _merge(task: Task, parts: Sequence[Annotations]) -> Annotations:
    from labelwright.domain.merging import merge_jobs  # as in `_cut`

    version = max((part.version for part in parts), default=0)
    overlap = task.overlap or 0
    pairs = list(zip(task.jobs, parts, strict=True))
    tags, shapes = merge_jobs([(job.first_frame, part.tags, part.shapes) for job, part in pairs], overlap)
    return Annotations(version=version, tags=tags, shapes=shapes)


def _check_size(deps: Deps, *parts: Annotations, ids: int = 0) -> None:
    count = ids + sum(len(part.tags) + len(part.shapes) for part in parts)
    if count > deps.limits.max_shapes:
        raise TooLarge(
            "{count} objects in one request, at most {limit} (LABELWRIGHT_MAX_SHAPES)",
            count=count,
            limit=deps.limits.max_shapes,
        )


def _save(
    tx: Transaction,
    deps: Deps,
    user: User,
    parts: Sequence[tuple[Job, Annotations]],
    change: Change,
    *,
    task_id: int,
) -> list[Annotations]:
    """Write each part to its job, or, for a retry, give the parts the ids and versions of the first time."""
    earlier = earlier_answer(tx, user, change.request)
    if earlier is not None:
        return [_as_answered(part, earlier["jobs"].get(str(job.id))) for job, part in parts]
    saved, receipt, touched = [], {}, False
    revisions = [tasks_storage.raise_revision(tx, job.id) for job, _ in parts]
    current = max(revisions, default=1) - 1
    if change.if_match not in (None, current):
        raise RevisionMoved(expected=change.if_match, current=current)
    # Read once the jobs are held: whoever edits the labels holds every job of the task meanwhile.
    rules = read_rules(tx, task_id)
    for revision, (job, part) in zip(revisions, parts, strict=True):
        tally = write_part(tx, job, part, action=change.action, revision=revision, rules=rules)
        note_save(tx, deps, user, job.id, revision=revision, tally=tally)
        touched |= bool(tally)
        saved.append(Annotations(version=revision, tags=part.tags, shapes=part.shapes))
        receipt[str(job.id)] = _receipt(saved[-1]) if change.request else {}
    if touched:
        tasks_storage.update_task(tx, task_id, updated_utc=now_utc(deps))
    remember_answer(tx, deps, user, change.request, {"jobs": receipt})
    return saved


def _receipt(saved: Annotations) -> dict[str, Any]:
    return {
        "version": saved.version,
        "tags": pack_ids([item.id or 0 for item in saved.tags]),
        "shapes": pack_ids([item.id or 0 for item in saved.shapes]),
    }


def _as_answered(part: Annotations, receipt: dict[str, Any] | None) -> Annotations:
    """Return `part` as it was answered the first time; nothing for a job the task gained since."""
    if receipt is None:
        return Annotations(version=0, tags=[], shapes=[])
    for series in SERIES:
        for item, item_id in zip(getattr(part, series), unpack_ids(receipt[series]), strict=True):
            item.id = item_id or None
    return Annotations(version=receipt["version"], tags=part.tags, shapes=part.shapes)


def write_part(
    tx: Transaction, job: Job, part: Annotations, *, action: Action, revision: int, rules: Rules
) -> Tally:
    """Do `action` with the objects of `part` in the job."""
    if action != "delete":
        check_annotations(part.tags, part.shapes, rules, first=job.first_frame, last=job.last_frame)
    tally = Tally()
    for series in SERIES:
        tally += _write_series(
            tx, series, job, getattr(part, series), action=action, revision=revision, rules=rules
        )
    return tally


def _write_series(
    tx: Transaction,
    series: Series,
    job: Job,
    items: list[Tag] | list[Shape],
    *,
    action: Action,
    revision: int,
    rules: Rules,
) -> Tally:
    ended = 0
    if action == "replace":
        ended = storage.end_docs(tx, series, job.id, revision=revision)
    elif action != "create" and items:
        ended = storage.end_docs(
            tx, series, job.id, revision=revision, ids=_distinct_ids(tx, series, job, items, action)
        )
    if action == "delete" or not items:
        return Tally(deleted=ended)
    fresh: list[Any] = [item for item in items if action != "update" or item.id is None]
    number_objects(fresh, storage.take_ids(tx, series, len(fresh)) if fresh else 0)
    storage.write_docs(tx, series, to_docs(items, rules), job_id=job.id, revision=revision, rules=rules)
    if action == "replace":
        return tally_replaced(ended, len(items))
    return Tally(created=len(fresh), updated=ended)


def _distinct_ids(
    tx: Transaction, series: Series, job: Job, items: list[Tag] | list[Shape], action: Action
) -> list[int]:
    """Return the ids the items name. For an update, items of ids the job does not hold become new ones."""
    ids = [item.id for item in items if item.id is not None]
    if action == "delete":
        return ids
    if len(set(ids)) != len(ids):
        twice = next(item_id for item_id, count in Counter(ids).items() if count > 1)
        raise Invalid("id {twice} stands twice in the {series} to update", twice=twice, series=series)
    known = storage.known_ids(tx, series, job.id, ids)
    for item in items:
        if item.id not in known:
            item.id = None
    return sorted(known)


def _write_sync(tx: Transaction, job: Job, sync: Sync, *, revision: int, rules: Rules) -> Tally:
    """Do what `sync` asks in the job."""
    tally = Tally()
    for series in SERIES:
        if sync.delete[series]:
            ended = storage.end_docs(tx, series, job.id, revision=revision, ids=sync.delete[series])
            tally += Tally(deleted=ended)
        _require_held(tx, series, job, getattr(sync.update, series))
    steps: tuple[tuple[Action, Annotations], ...] = (("update", sync.update), ("create", sync.create))
    for action, part in steps:
        try:
            tally += write_part(tx, job, part, action=action, revision=revision, rules=rules)
        except InvalidAnnotation as error:
            raise _misfits(action, part, job, rules) from error
    return tally


def _require_held(tx: Transaction, series: Series, job: Job, items: Sequence[Tag | Shape]) -> None:
    """Raise InvalidObjects unless the job holds every one of the items."""
    ids = [item.id for item in items if item.id is not None]
    unknown = set(ids) - storage.known_ids(tx, series, job.id, ids) if ids else set()
    if unknown:
        errors = [{"id": [_not_held(item)]} if item.id in unknown else {} for item in items]
        raise InvalidObjects("update", series, errors)


def _not_held(item: Tag | Shape) -> Sentence:
    return Sentence("this job holds no object of id {id}", id=item.id)


def _misfits(action: Action, part: Annotations, job: Job, rules: Rules) -> InvalidObjects:
    """Look at the objects of `part`, some of which do not fit, one by one."""
    for series in SERIES:
        errors: list[dict[str, list[Sentence]]] = []
        for item in getattr(part, series):
            tags, shapes = ([item], []) if series == "tags" else ([], [item])
            try:
                check_annotations(tags, shapes, rules, first=job.first_frame, last=job.last_frame)
                errors.append({})
            except InvalidAnnotation as error:
                errors.append({"non_field_errors": [error.message]})
        if any(errors):
            return InvalidObjects(action, series, errors)
    raise AssertionError("no object was at fault")
