"""Tasks with their labels, jobs, media and frames."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from labelwright.domain.access import JobPeople, TaskPeople
from labelwright.domain.frames import Segment
from labelwright.domain.labels import Attribute, Label, LabelEdit, NewAttribute, NewLabel
from labelwright.domain.tasks import FrameRow, Job, Media, MediaRequest, Task, TaskFilter
from labelwright.domain.users import Person
from labelwright.storage import Transaction
from labelwright.storage.tables import attributes, frames, jobs, labels, media, tasks, users

_owner, _assignee, _reviewer = users.alias("owner"), users.alias("assignee"), users.alias("reviewer")
_ORDERS: dict[str, ColumnElement[Any]] = {
    "id": tasks.c.id,
    "name": tasks.c.name,
    "status": tasks.c.status,
    "owner": _owner.c.username,
    "assignee": _assignee.c.username,
}


def _person(row: Row[Any], prefix: str) -> Person | None:
    fields = row._mapping
    user_id = fields[f"{prefix}_id"]
    if user_id is None:
        return None
    return Person(
        user_id, fields[f"{prefix}_username"], fields[f"{prefix}_first_name"], fields[f"{prefix}_last_name"]
    )


def _person_columns(alias: Any, prefix: str) -> list[ColumnElement[Any]]:
    return [alias.c[name].label(f"{prefix}_{name}") for name in ("username", "first_name", "last_name")]


_TASKS = (
    select(
        tasks,
        *_person_columns(_owner, "owner"),
        *_person_columns(_assignee, "assignee"),
        media.c.id.label("media_id"),
        *(
            media.c[name]
            for name in ("chunk_size", "size", "image_quality", "start_frame", "stop_frame", "frame_filter")
        ),
    )
    .outerjoin(_owner, _owner.c.id == tasks.c.owner_id)
    .outerjoin(_assignee, _assignee.c.id == tasks.c.assignee_id)
    .outerjoin(media, media.c.task_id == tasks.c.id)
)
_JOBS = (
    select(jobs, *_person_columns(_assignee, "assignee"), *_person_columns(_reviewer, "reviewer"))
    .outerjoin(_assignee, _assignee.c.id == jobs.c.assignee_id)
    .outerjoin(_reviewer, _reviewer.c.id == jobs.c.reviewer_id)
)


#: Made once: composing a query costs more than SQLite takes to answer it.
_JOBS_OF_TASKS = _JOBS.where(jobs.c.task_id.in_(bindparam("task_ids", expanding=True))).order_by(jobs.c.id)
_LABELS = (
    select(
        labels,
        attributes.c.id.label("attribute_id"),
        attributes.c.name.label("attribute_name"),
        attributes.c.mutable,
        attributes.c.input_type,
        attributes.c.default_value,
        attributes.c["values"].label("attribute_values"),
    )
    .outerjoin(attributes, attributes.c.label_id == labels.c.id)
    .where(labels.c.task_id.in_(bindparam("task_ids", expanding=True)))
    .order_by(labels.c.id, attributes.c.id)
)


def insert_task(
    tx: Transaction,
    *,
    name: str,
    owner_id: int | None,
    assignee_id: int | None,
    bug_tracker: str,
    subset: str,
    overlap: int | None,
    segment_size: int,
    now_utc: str,
    folder: str | None = None,
) -> int:
    """Add an empty task and return its id."""
    return int(
        tx.connection.execute(
            insert(tasks)
            .values(
                name=name,
                owner_id=owner_id,
                assignee_id=assignee_id,
                bug_tracker=bug_tracker,
                subset=subset,
                overlap=overlap,
                segment_size=segment_size,
                created_utc=now_utc,
                updated_utc=now_utc,
                folder=folder,
            )
            .returning(tasks.c.id)
        ).scalar_one()
    )


def read_task(tx: Transaction, task_id: int) -> Task | None:
    found = _read_tasks(tx, _TASKS.where(tasks.c.id == task_id))
    return found[0] if found else None


def find_folder_task(tx: Transaction, folder: str) -> Task | None:
    found = _read_tasks(tx, _TASKS.where(tasks.c.folder == folder))
    return found[0] if found else None


def list_tasks(
    tx: Transaction, wanted: TaskFilter, *, ordering: Sequence[str], offset: int, limit: int | None
) -> tuple[int, list[Task]]:
    """Return the count of tasks `wanted`, and one page of them; `ordering` as v1 names it, `-name` descending."""
    conditions = _conditions(wanted)
    counted = select(func.count()).select_from(tasks)
    if wanted.owner or wanted.words:
        counted = counted.outerjoin(_owner, _owner.c.id == tasks.c.owner_id)
    if wanted.assignee:
        counted = counted.outerjoin(_assignee, _assignee.c.id == tasks.c.assignee_id)
    count = tx.connection.execute(counted.where(*conditions)).scalar_one()
    order = [
        _ORDERS[name.removeprefix("-")].desc() if name.startswith("-") else _ORDERS[name]
        for name in ordering
        if name.removeprefix("-") in _ORDERS
    ]
    page = _TASKS.where(*conditions).order_by(*(order or [tasks.c.id.desc()])).offset(offset).limit(limit)
    return count, _read_tasks(tx, page)


def _conditions(wanted: TaskFilter) -> list[ColumnElement[bool]]:
    texts = (
        (tasks.c.name, wanted.name),
        (_owner.c.username, wanted.owner),
        (_assignee.c.username, wanted.assignee),
        (tasks.c.mode, wanted.mode),
        (tasks.c.status, wanted.status),
    )
    found = [column.icontains(value, autoescape=True) for column, value in texts if value]
    if wanted.id is not None:
        found.append(tasks.c.id == wanted.id)
    searched = (tasks.c.name, _owner.c.username, tasks.c.mode, tasks.c.status)
    found += [or_(*(column.icontains(word, autoescape=True) for column in searched)) for word in wanted.words]
    if wanted.visible_to is not None:
        of_a_job = exists().where(
            jobs.c.task_id == tasks.c.id,
            or_(jobs.c.assignee_id == wanted.visible_to, jobs.c.reviewer_id == wanted.visible_to),
        )
        ways = [tasks.c.owner_id == wanted.visible_to, tasks.c.assignee_id == wanted.visible_to, of_a_job]
        if wanted.unassigned_visible:
            ways.append(tasks.c.assignee_id.is_(None))
        found.append(or_(*ways))
    return found


def _read_tasks(tx: Transaction, query: Select[Any]) -> list[Task]:
    """Run `query` and read what belongs to its tasks in three more queries, however many tasks there are."""
    rows = tx.connection.execute(query).all()
    ids = [row.id for row in rows]
    labels_of, jobs_of = _labels_of(tx, ids), _jobs_of(tx, ids)
    return [
        Task(
            id=row.id,
            name=row.name,
            mode=row.mode,
            owner=_person(row, "owner"),
            assignee=_person(row, "assignee"),
            bug_tracker=row.bug_tracker,
            subset=row.subset,
            overlap=row.overlap,
            segment_size=row.segment_size,
            status=row.status,
            created_utc=row.created_utc,
            updated_utc=row.updated_utc,
            labels=tuple(labels_of[row.id]),
            jobs=tuple(jobs_of[row.id]),
            media=None if row.media_id is None else _media(row),
        )
        for row in rows
    ]


def _media(row: Row[Any]) -> Media:
    return Media(
        id=row.media_id,
        task_id=row.id,
        chunk_size=row.chunk_size,
        size=row.size,
        image_quality=row.image_quality,
        start_frame=row.start_frame,
        stop_frame=row.stop_frame,
        frame_filter=row.frame_filter,
    )


def _labels_of(tx: Transaction, task_ids: Sequence[int]) -> dict[int, list[Label]]:
    if not task_ids:
        return {}
    rows = tx.connection.execute(_LABELS, {"task_ids": task_ids}).all()
    grouped: dict[int, list[Attribute]] = defaultdict(list)
    for row in rows:
        if row.attribute_id is not None:
            grouped[row.id].append(_attribute(row))
    found: dict[int, list[Label]] = {task_id: [] for task_id in task_ids}
    seen: set[int] = set()
    for row in rows:
        if row.id not in seen:
            seen.add(row.id)
            found[row.task_id].append(
                Label(
                    id=row.id,
                    name=row.name,
                    color=row.color,
                    attributes=tuple(grouped[row.id]),
                    attribute_revision=row.attribute_revision,
                )
            )
    return found


def _attribute(row: Row[Any]) -> Attribute:
    return Attribute(
        id=row.attribute_id,
        name=row.attribute_name,
        mutable=row.mutable,
        input_type=row.input_type,
        default_value=row.default_value,
        values=tuple(row.attribute_values.split("\n")),
    )


def read_labels(tx: Transaction, task_id: int) -> list[Label]:
    """Return the task's labels with their attributes, by id."""
    return _labels_of(tx, [task_id])[task_id]


def _jobs_of(tx: Transaction, task_ids: Sequence[int]) -> dict[int, list[Job]]:
    found: dict[int, list[Job]] = {task_id: [] for task_id in task_ids}
    if task_ids:
        for row in tx.connection.execute(_JOBS_OF_TASKS, {"task_ids": task_ids}):
            found[row.task_id].append(_job(row))
    return found


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        task_id=row.task_id,
        first_frame=row.first_frame,
        last_frame=row.last_frame,
        assignee=_person(row, "assignee"),
        reviewer=_person(row, "reviewer"),
        status=row.status,
        revision=row.revision,
    )


def read_job(tx: Transaction, job_id: int) -> Job | None:
    row = tx.connection.execute(_JOBS.where(jobs.c.id == job_id)).first()
    return None if row is None else _job(row)


def list_jobs(tx: Transaction, task_id: int) -> list[Job]:
    """Return the task's jobs, by id."""
    return _jobs_of(tx, [task_id])[task_id]


def read_task_people(tx: Transaction, task_id: int, *, reduce_visibility: bool) -> TaskPeople | None:
    """Return what decides the rights on the task and its jobs, None when there is no such task."""
    row = tx.connection.execute(
        select(tasks.c.owner_id, tasks.c.assignee_id).where(tasks.c.id == task_id)
    ).first()
    if row is None:
        return None
    query = select(jobs.c.assignee_id, jobs.c.reviewer_id, jobs.c.status).where(jobs.c.task_id == task_id)
    people = [JobPeople(*job) for job in tx.connection.execute(query)]
    return TaskPeople(row.owner_id, row.assignee_id, people, reduce_visibility)


def update_task(tx: Transaction, task_id: int, **values: object) -> None:
    """Write columns of the tasks table."""
    tx.connection.execute(update(tasks).where(tasks.c.id == task_id).values(**values))


def lock_task(tx: Transaction, task_id: int) -> None:
    """Hold the task's row until the transaction ends, so that two writers of one task take turns."""
    tx.connection.execute(select(tasks.c.id).where(tasks.c.id == task_id).with_for_update())


def delete_task(tx: Transaction, task_id: int) -> None:
    """Delete the task and what hangs on it by reference; annotations are deleted by their own rooms."""
    tx.connection.execute(delete(tasks).where(tasks.c.id == task_id))


def update_job(tx: Transaction, job_id: int, **values: object) -> None:
    tx.connection.execute(update(jobs).where(jobs.c.id == job_id).values(**values))


def raise_revision(tx: Transaction, job_id: int, *, by: int = 1) -> int:
    """Raise the job's revision and return the new one; other writers of the job wait for this transaction."""
    query = (
        update(jobs)
        .where(jobs.c.id == job_id)
        .values(revision=jobs.c.revision + by)
        .returning(jobs.c.revision)
    )
    return int(tx.connection.execute(query).scalar_one())


def insert_jobs(tx: Transaction, task_id: int, segments: Iterable[Segment]) -> None:
    """Add one job a segment, in order."""
    for segment in segments:
        values = {"task_id": task_id, "first_frame": segment.first, "last_frame": segment.last}
        tx.connection.execute(insert(jobs).values(**values))


def delete_jobs(tx: Transaction, task_id: int) -> None:
    tx.connection.execute(delete(jobs).where(jobs.c.task_id == task_id))


# Labels


def insert_label(tx: Transaction, task_id: int, label: NewLabel) -> None:
    """Add the label and its attributes."""
    values = {"task_id": task_id, "name": label.name, "color": label.color}
    label_id = tx.connection.execute(insert(labels).values(**values).returning(labels.c.id)).scalar_one()
    for attribute in label.attributes:
        _insert_attribute(tx, label_id, attribute)


def write_label_edit(tx: Transaction, task_id: int, edit: LabelEdit) -> None:
    """Carry out an edit of the task's labels. The annotations of deleted labels are the caller's business."""
    tx.connection.execute(delete(labels).where(labels.c.id.in_(edit.deleted)))
    # Two labels may swap their names: free all of them first.
    for change in edit.changed:
        _update_label(tx, change.id, name=f"\n{change.id}")
    for change in edit.changed:
        _update_label(
            tx, change.id, name=change.name, color=change.color, attribute_revision=change.attribute_revision
        )
        for attribute in change.changed_attributes:
            _update_attribute(tx, attribute.id, name=f"\n{attribute.id}")
        for attribute in change.changed_attributes:
            _update_attribute(tx, attribute.id, **_attribute_values(attribute))
        for new in change.new_attributes:
            _insert_attribute(tx, change.id, new)
    for label in edit.created:
        insert_label(tx, task_id, label)


def _update_label(tx: Transaction, label_id: int, **values: object) -> None:
    tx.connection.execute(update(labels).where(labels.c.id == label_id).values(**values))


def _update_attribute(tx: Transaction, attribute_id: int, **values: object) -> None:
    tx.connection.execute(update(attributes).where(attributes.c.id == attribute_id).values(**values))


def _attribute_values(attribute: Attribute | NewAttribute) -> dict[str, object]:
    return {
        "name": attribute.name,
        "mutable": attribute.mutable,
        "input_type": attribute.input_type,
        "default_value": attribute.default_value,
        "values": "\n".join(attribute.values),
    }


def _insert_attribute(tx: Transaction, label_id: int, attribute: NewAttribute) -> None:
    tx.connection.execute(insert(attributes).values(label_id=label_id, **_attribute_values(attribute)))


# Media and frames


def insert_media(tx: Transaction, task_id: int, request: MediaRequest) -> int:
    """Add the record of frames that are yet to be read."""
    values = {
        "task_id": task_id,
        "image_quality": request.image_quality,
        "chunk_size": request.chunk_size,
        "start_frame": request.start_frame,
        "stop_frame": request.stop_frame or 0,
        "frame_filter": request.frame_filter,
        "request": msgspec.json.encode(request).decode(),
    }
    return int(tx.connection.execute(insert(media).values(**values).returning(media.c.id)).scalar_one())


def update_media(tx: Transaction, media_id: int, **values: object) -> None:
    tx.connection.execute(update(media).where(media.c.id == media_id).values(**values))


def read_media_request(tx: Transaction, task_id: int) -> MediaRequest | None:
    text = tx.connection.execute(select(media.c.request).where(media.c.task_id == task_id)).scalar()
    return None if text is None else msgspec.json.decode(text, type=MediaRequest)


def write_frames(tx: Transaction, media_id: int, rows: Sequence[FrameRow], *, replace: bool) -> None:
    """Add frames, after dropping those already there when `replace`."""
    if replace:
        tx.connection.execute(delete(frames).where(frames.c.media_id == media_id))
    columns = ("media_id", "frame", "source_frame", "name", "width", "height", "location")
    values = [
        (media_id, row.frame, row.source_frame, row.name, row.width, row.height, row.location) for row in rows
    ]
    tx.insert_rows("frames", columns, values)


def read_frames(tx: Transaction, media_id: int, *, first: int = 0, last: int | None = None) -> list[FrameRow]:
    """Return frames `first` to `last` (included; None: to the end), in order."""
    conditions = [frames.c.media_id == media_id, frames.c.frame >= first]
    if last is not None:
        conditions.append(frames.c.frame <= last)
    columns = (
        getattr(frames.c, name) for name in ("frame", "source_frame", "name", "width", "height", "location")
    )
    query = select(*columns).where(and_(*conditions)).order_by(frames.c.frame)
    return [FrameRow(*row) for row in tx.connection.execute(query)]
