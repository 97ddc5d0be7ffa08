"""Operations and the worker processes that run them.

Our row is what people are told; DBOS keeps its own tables to know where to go on. A state only moves
forward: queued → started → finished, failed or cancelled. Every function that would move it says whether
it did, so a step that is repeated after a crash, or comes after a cancel, changes nothing. Messages are kept
with template and values, for each reader's language.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, delete, insert, select, update

from labelwright.domain.errors import NotFound
from labelwright.domain.operations import Kind, Operation
from labelwright.domain.sentences import Sentence, pack, unpack
from labelwright.storage import Transaction
from labelwright.storage.tables import operations, workers

_RUNNING = ("queued", "started")


class Worker(msgspec.Struct, frozen=True):
    """A worker process and when it last said that it lives."""

    executor_id: str
    pid: int
    host: str
    seen_utc: str


def insert_operation(tx: Transaction, operation: Operation) -> None:
    """Add `operation` as it is. Enqueue it only after this transaction has committed."""
    values = msgspec.structs.asdict(operation)
    values["message"] = pack(operation.message)
    values["request"] = _write_json(operation.request)
    values["result"] = None if operation.result is None else _write_json(operation.result)
    tx.connection.execute(insert(operations).values(values))


def read_operation(tx: Transaction, operation_id: str) -> Operation:
    """Return an operation. Raises NotFound when it, or the task it worked on, was deleted."""
    row = tx.connection.execute(select(operations).where(operations.c.id == operation_id)).one_or_none()
    if row is None:
        raise NotFound("there is no operation {id}", id=operation_id)
    return _operation(row)


def newest_operation(tx: Transaction, key: str) -> Operation | None:
    """Return the operation of `key` that was asked for last, collected or not; None when there was none."""
    query = select(operations).where(operations.c.key == key)
    newest = query.order_by(operations.c.created_utc.desc(), operations.c.id.desc()).limit(1)
    row = tx.connection.execute(newest).one_or_none()
    return None if row is None else _operation(row)


def list_unfinished(tx: Transaction) -> list[Operation]:
    """Return every operation that is queued or started, oldest first."""
    query = select(operations).where(operations.c.state.in_(_RUNNING)).order_by(operations.c.created_utc)
    return [_operation(row) for row in tx.connection.execute(query)]


def set_started(tx: Transaction, operation_id: str, *, now_utc: str) -> bool:
    """Say that a worker has it; whether it is to be worked on: False once it is over, cancelled or deleted."""
    return _move(tx, operation_id, now_utc=now_utc, state="started")


def report_progress(
    tx: Transaction, operation_id: str, *, fraction: float, message: Sentence, now_utc: str
) -> bool:
    """Keep how far it is, 0 to 1, in words; whether to go on: False once it is over, cancelled or deleted."""
    bounded = min(max(fraction, 0.0), 1.0)
    return _move(tx, operation_id, now_utc=now_utc, state="started", progress=bounded, message=pack(message))


def finish(tx: Transaction, operation_id: str, *, result: dict[str, Any], now_utc: str) -> bool:
    """Keep what it left; whether it was still running."""
    return _move(
        tx,
        operation_id,
        now_utc=now_utc,
        state="finished",
        progress=1.0,
        message="",
        result=_write_json(result),
    )


def fail(
    tx: Transaction, operation_id: str, *, message: Sentence, result: dict[str, Any], now_utc: str
) -> bool:
    """Keep why it failed: `message` for people, `result` with the error's class; whether it was still running."""
    return _move(
        tx, operation_id, now_utc=now_utc, state="failed", message=pack(message), result=_write_json(result)
    )


def cancel(tx: Transaction, operation_id: str, *, now_utc: str) -> bool:
    """Say that a person no longer wants it; whether it was still running. Its worker stops at its next look."""
    return _move(tx, operation_id, now_utc=now_utc, state="cancelled", message="")


def mark_collected(tx: Transaction, operation_id: str, *, collected: bool = True) -> None:
    """Say that the asker has fetched the outcome, so that the next request of its key starts anew, or take it back."""
    query = update(operations).where(operations.c.id == operation_id)
    tx.connection.execute(query.values(collected=collected))


def read_ids(tx: Transaction, kind: Kind) -> set[str]:
    """Return the ids of all operations of the kind, whatever their state."""
    return set(tx.connection.scalars(select(operations.c.id).where(operations.c.kind == kind)))


def drop_finished(tx: Transaction, kind: Kind, *, before_utc: str) -> list[Operation]:
    """Delete the finished operations of the kind that ended before then, and return them for what they left."""
    old = operations.c.kind == kind, operations.c.state == "finished", operations.c.updated_utc < before_utc
    found = [_operation(row) for row in tx.connection.execute(select(operations).where(*old))]
    tx.connection.execute(delete(operations).where(*old))
    return found


def delete_for_task(tx: Transaction, task_id: int) -> list[str]:
    """Delete the operations of a task; return the ids of those that were running, for the caller to cancel."""
    of_task = operations.c.task_id == task_id
    running = tx.connection.scalars(select(operations.c.id).where(of_task, operations.c.state.in_(_RUNNING)))
    ids = list(running)
    tx.connection.execute(delete(operations).where(of_task))
    return ids


def beat(tx: Transaction, worker: Worker) -> None:
    """Keep that `worker` lives, seen at its `seen_utc`."""
    values = msgspec.structs.asdict(worker)
    added = tx.insert(workers).values(values)
    tx.connection.execute(added.on_conflict_do_update(index_elements=["executor_id"], set_=values))


def note_worker(tx: Transaction, worker: Worker) -> None:
    """Keep `worker` if nothing is known of it; leave what is known alone."""
    added = tx.insert(workers).values(msgspec.structs.asdict(worker))
    tx.connection.execute(added.on_conflict_do_nothing())


def read_workers(tx: Transaction, *, seen_before_utc: str | None = None) -> list[Worker]:
    """Return the known workers by id; with `seen_before_utc` only those silent since before then."""
    query = select(workers).order_by(workers.c.executor_id)
    if seen_before_utc is not None:
        query = query.where(workers.c.seen_utc < seen_before_utc)
    return [Worker(row.executor_id, row.pid, row.host, row.seen_utc) for row in tx.connection.execute(query)]


def claim_stale(tx: Transaction, worker: Worker, *, now_utc: str) -> bool:
    """Take the right to move a silent worker's operations on; False when another took it or it woke up.

    The row stays, fresh: should the taker die before `forget`, the right falls to whoever looks next.
    """
    unchanged = _same_beat(worker)
    return tx.connection.execute(update(workers).where(*unchanged).values(seen_utc=now_utc)).rowcount == 1


def forget(tx: Transaction, worker: Worker) -> None:
    """Delete a worker that is gone, unless it was seen again since `worker` was read."""
    tx.connection.execute(delete(workers).where(*_same_beat(worker)))


def _same_beat(worker: Worker) -> Sequence[ColumnElement[bool]]:
    return workers.c.executor_id == worker.executor_id, workers.c.seen_utc == worker.seen_utc


def _move(tx: Transaction, operation_id: str, *, now_utc: str, **values: Any) -> bool:
    running = operations.c.id == operation_id, operations.c.state.in_(_RUNNING)
    moved = tx.connection.execute(update(operations).where(*running).values(updated_utc=now_utc, **values))
    return moved.rowcount == 1


def _operation(row: Row[Any]) -> Operation:
    fields = dict(row._mapping)
    fields["message"] = unpack(row.message)
    fields["request"] = msgspec.json.decode(row.request)
    fields["result"] = None if row.result is None else msgspec.json.decode(row.result)
    return Operation(**fields)


def _write_json(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value).decode()
