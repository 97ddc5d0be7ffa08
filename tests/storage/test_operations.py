import pytest
from sqlalchemy import insert

from labelwright.domain.errors import NotFound
from labelwright.domain.operations import Operation
from labelwright.storage import operations as rows
from labelwright.storage.tables import tasks

FIRST, LATER = "2026-11-22T05:00:00.000000Z", "2026-11-22T05:00:01.000000Z"


def _operation(operation_id="a", **changes):
    fields = {
        "id": operation_id,
        "kind": "export",
        "key": "export/9/dataset/COCO 1.0",
        "task_id": None,
        "user_id": 1,
        "state": "queued",
        "progress": 0.0,
        "message": "",
        "request": {"format": "COCO 1.0"},
        "result": None,
        "created_utc": FIRST,
        "updated_utc": FIRST,
        "collected": False,
    }
    return Operation(**(fields | changes))


@pytest.fixture
def tx(database):
    with database.write() as tx:
        yield tx


def test_an_operation_is_read_as_it_was_written(tx):
    operation = _operation(result={"key": "exports/a.zip"}, progress=0.5, message="writing")
    rows.insert_operation(tx, operation)
    assert rows.read_operation(tx, "a") == operation


def test_an_unknown_operation_is_not_found(tx):
    with pytest.raises(NotFound, match="no operation x"):
        rows.read_operation(tx, "x")


def test_the_newest_of_a_key_counts(tx):
    rows.insert_operation(tx, _operation("a", created_utc=LATER))
    rows.insert_operation(tx, _operation("b", created_utc=FIRST))
    newest = rows.newest_operation(tx, "export/9/dataset/COCO 1.0")
    assert newest is not None
    assert newest.id == "a"
    assert rows.newest_operation(tx, "export/9") is None


@pytest.mark.parametrize(
    ("move", "outcome", "state"),
    [
        pytest.param(rows.finish, {"result": {"size": 1}}, "finished", id="finished"),
        pytest.param(rows.fail, {"message": "no", "result": {"error": "Invalid"}}, "failed", id="failed"),
        pytest.param(rows.cancel, {}, "cancelled", id="cancelled"),
    ],
)
def test_an_operation_that_is_over_never_moves_again(tx, move, outcome, state):
    rows.insert_operation(tx, _operation())
    assert rows.set_started(tx, "a", now_utc=LATER)
    assert move(tx, "a", now_utc=LATER, **outcome)
    over = rows.read_operation(tx, "a")
    assert (over.state, over.result, over.is_running) == (state, outcome.get("result"), False)
    assert not rows.set_started(tx, "a", now_utc=LATER)
    assert not rows.report_progress(tx, "a", fraction=0.1, message="again", now_utc=LATER)
    assert not rows.finish(tx, "a", result={}, now_utc=LATER)
    assert rows.read_operation(tx, "a") == over


def test_a_repeated_start_is_allowed(tx):
    rows.insert_operation(tx, _operation())
    assert rows.set_started(tx, "a", now_utc=LATER)
    assert rows.set_started(tx, "a", now_utc=LATER)


def test_progress_is_kept_between_0_and_1(tx):
    rows.insert_operation(tx, _operation())
    assert rows.report_progress(tx, "a", fraction=1.5, message="frame 3 of 2", now_utc=LATER)
    read = rows.read_operation(tx, "a")
    assert (read.state, read.progress, read.message, read.updated_utc) == (
        "started",
        1.0,
        "frame 3 of 2",
        LATER,
    )


def test_unfinished_operations_are_listed_oldest_first(tx):
    for operation_id, state, created in [
        ("a", "started", LATER),
        ("b", "queued", FIRST),
        ("c", "failed", FIRST),
    ]:
        rows.insert_operation(tx, _operation(operation_id, state=state, created_utc=created))
    assert [operation.id for operation in rows.list_unfinished(tx)] == ["b", "a"]


def test_a_collected_operation_says_so(tx):
    rows.insert_operation(tx, _operation(state="finished"))
    rows.mark_collected(tx, "a")
    assert rows.read_operation(tx, "a").collected


def test_deleting_the_operations_of_a_task_names_those_that_were_running(tx):
    tx.connection.execute(insert(tasks).values(id=9, name="street", created_utc=FIRST, updated_utc=FIRST))
    for operation_id, task_id, state in [("a", 9, "finished"), ("b", 9, "queued"), ("c", None, "queued")]:
        rows.insert_operation(tx, _operation(operation_id, task_id=task_id, state=state))
    assert rows.delete_for_task(tx, 9) == ["b"]
    assert [operation.id for operation in rows.list_unfinished(tx)] == ["c"]


def test_a_silent_worker_is_claimed_once(tx):
    rows.beat(tx, rows.Worker("worker-0", 10, "here", FIRST))
    rows.beat(tx, rows.Worker("worker-1", 11, "here", LATER))
    (silent,) = rows.read_workers(tx, seen_before_utc=LATER)
    assert rows.claim_stale(tx, silent, now_utc=LATER)
    assert not rows.claim_stale(tx, silent, now_utc=LATER)
    assert [worker.executor_id for worker in rows.read_workers(tx)] == ["worker-0", "worker-1"]


def test_a_worker_that_beat_again_is_neither_claimed_nor_forgotten(tx):
    silent = rows.Worker("worker-0", 10, "here", FIRST)
    rows.beat(tx, silent)
    back = rows.Worker("worker-0", 12, "here", LATER)
    rows.beat(tx, back)
    assert not rows.claim_stale(tx, silent, now_utc=LATER)
    rows.forget(tx, silent)
    rows.note_worker(tx, rows.Worker("worker-0", 0, "", FIRST))
    assert rows.read_workers(tx) == [back]
    rows.forget(tx, back)
    assert rows.read_workers(tx) == []
