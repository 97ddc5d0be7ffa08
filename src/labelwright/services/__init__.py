"""What a user can ask for: one public function, one transaction. The rooms here do not know each other.

This page holds what all of them do first: see that the task or job exists and that the caller may.
Order of checks: role, existence, rights on the object, then the request itself (API v1 contract, 1.1).
"""

import logging
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from labelwright.deps import Deps
from labelwright.domain.access import JobPeople, TaskPeople
from labelwright.domain.errors import Cancelled, Forbidden, Invalid, NotFound
from labelwright.domain.operations import Kind, Operation
from labelwright.domain.requests import NamedPerson, RequestKey
from labelwright.domain.sentences import Sentence
from labelwright.domain.tasks import FrameRow, Job, Task
from labelwright.domain.times import utc_text
from labelwright.domain.users import Person, User
from labelwright.storage import DATABASE_ERRORS, Transaction, receipts
from labelwright.storage import operations as operations_storage
from labelwright.storage import tasks as tasks_storage
from labelwright.storage import users as users_storage

logger = logging.getLogger("labelwright.services")


def now_utc(deps: Deps, *, ago: timedelta = timedelta()) -> str:
    """Return the time `ago` before now, as text."""
    return utc_text(deps.clock() - ago)


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


def existing_job(tx: Transaction, job_id: int) -> Job:
    """Return the job. Raises NotFound."""
    job = tasks_storage.read_job(tx, job_id)
    if job is None:
        raise NotFound("Not found.")
    return job


def people_of_task(tx: Transaction, deps: Deps, task_id: int) -> TaskPeople:
    """Return what decides the rights on the task. Raises NotFound."""
    people = tasks_storage.read_task_people(tx, task_id, reduce_visibility=deps.reduce_task_visibility)
    if people is None:
        raise NotFound("Not found.")
    return people


def people_of_job(job: Job) -> JobPeople:
    """Return what decides the rights on the job."""
    return JobPeople(_id_of(job.assignee), _id_of(job.reviewer), job.status)


def _id_of(person: Person | None) -> int | None:
    return None if person is None else person.id


def find_person(tx: Transaction, named: NamedPerson) -> int:
    """Return the id of the person a request names.

    Raises:
        Invalid: there is no such person; the error carries the field the name came in.
    """
    if named.username is not None:
        found = users_storage.find_user(tx, named.username)
        if found is None:
            raise Invalid(
                "Object with username={name} does not exist.", name=named.username, field=named.field
            )
        return found.id
    assert named.id is not None
    if users_storage.read_user(tx, named.id) is None:
        raise Invalid('Invalid pk "{value}" - object does not exist.', value=named.id, field=named.field)
    return named.id


def read_location(deps: Deps, row: FrameRow) -> bytes:
    """Return the source bytes of a frame. Raises NotFound when the file is gone, naming the frame only."""
    scheme, _, rest = row.location.partition(":")
    if scheme == "blob":
        return deps.blobs.get(rest)
    try:
        return Path(rest).read_bytes()
    except OSError as error:
        raise NotFound(
            "the file of frame {frame} ({name}) cannot be read: {reason}",
            frame=row.frame,
            name=row.name,
            reason=error.strerror,
        ) from error


def new_operation(
    deps: Deps, *, kind: Kind, key: str, task_id: int, user: User, request: dict[str, Any] | None = None
) -> Operation:
    """Return an operation that is yet to be stored and enqueued, in this order."""
    now = now_utc(deps)
    return Operation(
        id=secrets.token_hex(16),
        kind=kind,
        key=key,
        task_id=task_id,
        user_id=user.id,
        state="queued",
        progress=0.0,
        message=Sentence(""),
        request=request or {},
        result=None,
        created_utc=now,
        updated_utc=now,
        collected=False,
    )


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
