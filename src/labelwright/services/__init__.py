"""What a user can ask for: one public function, one transaction. The rooms here do not know each other.

This page holds what all of them do first: see that the task or job exists and that the caller may.
Order of checks: role, existence, rights on the object, then the request itself (API v1 contract, 1.1).
"""

import logging
import math
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import UNSET

from labelwright.deps import Deps
from labelwright.domain.access import JobPeople, ProjectPeople, TaskPeople
from labelwright.domain.annotations import SERIES, Tally
from labelwright.domain.errors import Cancelled, Forbidden, Invalid, NotFound, TooManyRequests
from labelwright.domain.labels import LabelEdit
from labelwright.domain.operations import Kind, Operation
from labelwright.domain.projects import Project
from labelwright.domain.requests import NamedPerson, RequestKey
from labelwright.domain.sentences import Sentence
from labelwright.domain.tasks import Job, Task, derive_status
from labelwright.domain.times import utc_text
from labelwright.domain.users import Person, User
from labelwright.storage import DATABASE_ERRORS, Transaction, receipts, shadows
from labelwright.storage import annotations as annotations_storage
from labelwright.storage import attempts as attempts_storage
from labelwright.storage import events as events_storage
from labelwright.storage import operations as operations_storage
from labelwright.storage import projects as projects_storage
from labelwright.storage import tasks as tasks_storage
from labelwright.storage import users as users_storage
from labelwright.storage.events import SaveKind

logger = logging.getLogger("labelwright.services")

_GUESS_WINDOW = timedelta(minutes=1)
_NAME_BEARS = 5
#: Digits that some id of 32 bits has no longer.
_LONG_ID = 10
#: Characters of the name of somebody of a platform.
_LONGEST_NAME = 256
#: How long attempts of any kind are remembered.
ATTEMPTS_KEPT = timedelta(hours=1)


def now_utc(deps: Deps, *, ago: timedelta = timedelta()) -> str:
    """Return the time `ago` before now, as text."""
    return utc_text(deps.clock() - ago)


def guess_bounds(deps: Deps, *, username: str, address: str) -> dict[str, int]:
    """Return how many guesses of a password a minute may fail, by what they are counted under; empty: any number.

    A name bears more than an address: whoever guesses a name's password must not lock its owner out at once.
    """
    most = deps.limits.sign_in_failures_per_minute
    if not most:
        return {}
    bounds = {f"sign-in as {username.casefold()}": _NAME_BEARS * most}
    return bounds | {f"sign-in from {address}": most} if address else bounds


def refuse_guesses(tx: Transaction, deps: Deps, bounds: Mapping[str, int]) -> None:
    """Raise TooManyRequests when one of the bounds is reached.

    Asked before a guess that is noted after: those who guess at the same moment are a few more than the bound.
    """
    for key, most in bounds.items():
        made = attempts_storage.read_attempts(tx, key, now_utc(deps, ago=_GUESS_WINDOW))
        if len(made) >= most:
            free = datetime.fromisoformat(made[-most]) + _GUESS_WINDOW - deps.clock()
            raise TooManyRequests(wait_s=max(1, math.ceil(free.total_seconds())))


def note_guess(deps: Deps, bounds: Mapping[str, int]) -> None:
    """Count a guess that failed."""
    if bounds:
        with deps.database.write() as tx:
            oldest = now_utc(deps, ago=ATTEMPTS_KEPT)
            attempts_storage.insert_attempt(tx, list(bounds), now_utc=now_utc(deps), oldest_utc=oldest)


def require(allowed: bool) -> None:
    """Raise Forbidden, in API v1's words, unless `allowed`."""
    if not allowed:
        raise Forbidden("You do not have permission to perform this action.")


def existing_task(tx: Transaction, task_id: int) -> Task:
    """Return the task. Raises NotFound."""
    task = tasks_storage.read_task(tx, task_id)
    if task is None:
        raise NotFound("Not found.")
    return task


def existing_job(tx: Transaction, job_id: int, *, hold: bool = False) -> Job:
    """Return the job; with `hold` it stays as it is until the transaction ends. Raises NotFound."""
    job = tasks_storage.read_job(tx, job_id, hold=hold)
    if job is None:
        raise NotFound("Not found.")
    return job


def people_of_task(tx: Transaction, deps: Deps, task_id: int) -> TaskPeople:
    """Return what decides the rights on the task. Raises NotFound."""
    people = tasks_storage.read_task_people(tx, task_id, reduce_visibility=deps.reduce_task_visibility)
    if people is None:
        raise NotFound("Not found.")
    return people


def existing_project(tx: Transaction, project_id: int, *, with_tasks: bool = True) -> Project:
    """Return the project. Raises NotFound."""
    project = projects_storage.read_project(tx, project_id, with_tasks=with_tasks)
    if project is None:
        raise NotFound("Not found.")
    return project


def people_of_project(tx: Transaction, deps: Deps, project_id: int) -> ProjectPeople:
    """Return what decides the rights on the project. Raises NotFound."""
    people = projects_storage.read_project_people(
        tx, project_id, reduce_visibility=deps.reduce_task_visibility
    )
    if people is None:
        raise NotFound("Not found.")
    return people


def people_of_job(job: Job) -> JobPeople:
    """Return what decides the rights on the job."""
    return JobPeople(id_of(job.assignee), id_of(job.reviewer), job.status)


def id_of(person: Person | None) -> int | None:
    """Return the person's id, None for nobody."""
    return None if person is None else person.id


def changed_people(
    tx: Transaction, deps: Deps, change: object, names: Sequence[str]
) -> dict[str, int | None]:
    """Return the columns `NAME_id` of the people that `change` names, None where it takes one away.

    Raises Invalid for somebody unknown.
    """
    named = {name: getattr(change, name) for name in names}
    return {
        f"{name}_id": find_person(tx, deps, person) if isinstance(person, NamedPerson) else None
        for name, person in named.items()
        if person is not UNSET
    }


def find_person(tx: Transaction, deps: Deps, named: NamedPerson) -> int:
    """Return the id of the person a request names.

    Where a platform says who people are, any name is somebody's: nobody asks the platform (its contract, 2.4).

    Raises:
        Invalid: there is no such person; the error carries the field the name came in.
    """
    if named.username is not None and deps.identity is not None:
        return person_of_platform(tx, deps, named.username, named.field)
    if named.username is not None:
        found = users_storage.find_user(tx, named.username) or _user_of_digits(tx, named.username)
        if found is None:
            raise Invalid(
                "Object with username={name} does not exist.", name=named.username, field=named.field
            )
        return found.id
    assert named.id is not None
    if users_storage.read_user(tx, named.id) is None:
        raise Invalid('Invalid pk "{value}" - object does not exist.', value=named.id, field=named.field)
    return named.id


def person_of_platform(tx: Transaction, deps: Deps, username: str, field: str) -> int:
    """Return the id of the row behind the platform's person of this name, made when the name is new. Raises Invalid."""
    if not username:
        raise Invalid("This field may not be blank.", field=field)
    if len(username) > _LONGEST_NAME:
        raise Invalid(
            "Ensure this field has no more than {limit} characters.", limit=_LONGEST_NAME, field=field
        )
    found = shadows.find_by_name(tx, username)
    if found is None:
        shadows.hold_people(tx)
        found = shadows.find_by_name(tx, username)
    if found is None:
        found = shadows.insert_person(tx, username=username, uid=None, now_utc=now_utc(deps))
    return found.id


def note_save(
    tx: Transaction,
    deps: Deps,
    user: User,
    job_id: int,
    *,
    revision: int,
    tally: Tally,
    kind: SaveKind = "edit",
) -> None:
    """Leave the trace of a change of annotations that statistics are made of, in the transaction that makes it."""
    events_storage.insert_save(
        tx,
        job_id=job_id,
        user_id=user.id,
        at_utc=now_utc(deps),
        kind=kind,
        revision=revision,
        tally=tally,
    )


def _user_of_digits(tx: Transaction, text: str) -> User | None:
    """Return the user whose id `text` spells, as forms spell numbers; None for any other text."""
    is_id = text.isascii() and text.isdigit() and len(text) < _LONG_ID
    return users_storage.read_user(tx, int(text)) if is_id else None


def end_labels(tx: Transaction, deps: Deps, user: User, task_id: int, edit: LabelEdit) -> None:
    """Move the task's annotations of labels that `edit` deletes to history, in a new revision of their jobs."""
    if not edit.deleted:
        return
    for job in tasks_storage.list_jobs(tx, task_id):
        revision = tasks_storage.raise_revision(tx, job.id)
        ended = sum(
            annotations_storage.end_label(tx, series, job.id, label_ids=edit.deleted, revision=revision)
            for series in SERIES
        )
        note_save(tx, deps, user, job.id, revision=revision, tally=Tally(deleted=ended), kind="labels")


def delete_events(deps: Deps, *, task_id: int | None = None, project_id: int | None = None) -> None:
    """Delete the events of a task or project that is about to go, some at a time: nobody who saves waits for all.

    What is told meanwhile goes with the task or project itself.
    """
    more = True
    while more:
        with deps.database.write() as tx:
            more = events_storage.delete_events_of(tx, task_id=task_id, project_id=project_id)


def delete_rows(tx: Transaction, task_id: int) -> list[str]:
    """Delete the task, which is held, and all rows that are its own; return the operations to call off."""
    annotations_storage.delete_of_task(tx, task_id)
    running = operations_storage.delete_for_task(tx, task_id)
    tasks_storage.delete_task(tx, task_id)
    return running


def delete_files(deps: Deps, task: Task, running: Sequence[str]) -> None:
    """After the commit of `delete_rows`: end the task's operations, drop its files. Those read in place stay."""
    for operation_id in running:
        call_off(deps, operation_id)
    deps.blobs.delete_folder(f"tasks/{task.id}/")
    if task.media is not None:
        deps.cache.forget(f"{task.media.id}/")


def follow_jobs(tx: Transaction, deps: Deps, task_id: int) -> None:
    """Let the task's status follow from its jobs', one of which was changed."""
    task = existing_task(tx, task_id)
    status = derive_status(job.status for job in task.jobs)
    if status != task.status:
        tasks_storage.update_task(tx, task_id, status=status, updated_utc=now_utc(deps))


def new_operation(
    deps: Deps,
    *,
    kind: Kind,
    key: str,
    task_id: int,
    user_id: int | None,
    request: dict[str, Any] | None = None,
) -> Operation:
    """Return an operation that is yet to be stored and enqueued, in this order."""
    now = now_utc(deps)
    return Operation(
        id=secrets.token_hex(16),
        kind=kind,
        key=key,
        task_id=task_id,
        user_id=user_id,
        state="queued",
        progress=0.0,
        message=Sentence(""),
        request=request or {},
        result=None,
        created_utc=now,
        updated_utc=now,
        collected=False,
    )


def begin_media(
    tx: Transaction, deps: Deps, *, task_id: int, user: User, request: dict[str, Any] | None = None
) -> Operation:
    """Store and return the operation that reads the task's frames; `request` says what more it is to do.

    Hand it over once this transaction has committed.
    """
    operation = new_operation(
        deps, kind="media", key=media_key(task_id), task_id=task_id, user_id=user.id, request=request
    )
    operations_storage.insert_operation(tx, operation)
    return operation


def media_key(task_id: int) -> str:
    """What all operations on the task's frames are known by: the newest is the one its status tells of."""
    return f"media/{task_id}"


def is_media_running(tx: Transaction, task_id: int) -> bool:
    """Whether an operation makes frames of the task: of files that were sent, or of others."""
    operation = operations_storage.newest_operation(tx, media_key(task_id))
    return operation is not None and operation.is_running


def hand_over(deps: Deps, operation: Operation) -> None:
    """Have a worker run `operation`, which is stored.

    A queue that cannot be written now (its disk is full) is no failure of the request: the operation is
    acknowledged, and a worker that finds it adrift hands it over.
    """
    try:
        deps.operations.enqueue(operation.id, operation.kind)
    except DATABASE_ERRORS as error:
        logger.warning("operation %s waits: the queue cannot be written: %s", operation.id, error)


def call_off(deps: Deps, operation_id: str) -> None:
    """Tell the queue that an operation, stored as cancelled or deleted, is over: its worker finds out in any case."""
    try:
        deps.operations.cancel(operation_id)
    except DATABASE_ERRORS as error:
        logger.warning("the queue was not told that operation %s is over: %s", operation_id, error)


def hold_operation(tx: Transaction, deps: Deps, operation: Operation) -> None:
    """See, and hold until the transaction ends, that `operation` still runs. Raises Cancelled: it is over."""
    if not operations_storage.set_started(tx, operation.id, now_utc=now_utc(deps)):
        raise Cancelled("operation {id} is over", id=operation.id)


def finish_operation(tx: Transaction, deps: Deps, operation: Operation, result: dict[str, Any]) -> None:
    """End `operation` in the transaction that does its work, so that the work is done once, however often it is tried.

    Call it last: whoever deletes the task holds the task before its operations.

    Raises:
        Cancelled: it is over already: a person cancelled it, or another worker came first. Nothing is written.
    """
    if not operations_storage.finish(tx, operation.id, result=result, now_utc=now_utc(deps)):
        raise Cancelled("operation {id} is over", id=operation.id)


def earlier_answer(tx: Transaction, user: User, request: RequestKey | None) -> dict[str, Any] | None:
    """Return what this very request was answered before; None when it is new or has no key."""
    if request is None:
        return None
    return receipts.find_receipt(tx, user_id=user.id, key=request.key, digest=request.digest)


def remember_answer(
    tx: Transaction, deps: Deps, user: User, request: RequestKey | None, answer: dict[str, Any]
) -> None:
    """Keep the answer for a retry, in the transaction that did the work."""
    if request is not None:
        oldest = now_utc(deps, ago=timedelta(hours=deps.limits.idempotency_hours))
        receipts.insert_receipt(
            tx,
            user_id=user.id,
            key=request.key,
            digest=request.digest,
            answer=answer,
            now_utc=now_utc(deps),
            oldest_utc=oldest,
        )
