"""Real worker processes, killed and stopped in the middle of what they do."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from labelwright import worker
from labelwright.domain.errors import Conflict
from labelwright.domain.operations import Operation
from labelwright.domain.times import utc_text
from labelwright.operations import Queue
from labelwright.operations.supervisor import Supervisor
from labelwright.storage import Database, events
from labelwright.storage import operations as rows

WORKER = Path(__file__).parent / "steps_worker.py"
PATIENCE_S = 30.0


@dataclass
class House:
    """A database, a queue, a folder of marks and the worker processes beside them."""

    folder: Path
    database: Database
    queue: Queue
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    supervisors: list[Supervisor] = field(default_factory=list)

    def clock(self):
        return datetime.now(UTC)

    def ask(self, operation_id, kind="media", *, enqueue=True, **request):
        now = utc_text(self.clock())
        operation = Operation(
            id=operation_id, kind=kind, key=operation_id, task_id=None, user_id=None, state="queued", progress=0.0,
            message="", request=request, result=None, created_utc=now, updated_utc=now, collected=False,
        )  # fmt: skip
        with self.database.write() as tx:
            rows.insert_operation(tx, operation)
        if enqueue:
            self.queue.enqueue(operation_id, kind)

    def read(self, operation_id):
        with self.database.read() as tx:
            return rows.read_operation(tx, operation_id)

    def wait(self, operation_id, state):
        until(lambda: self.read(operation_id).state == state)
        return self.read(operation_id)

    def marks(self, operation_id):
        path = self.folder / f"{operation_id}.marks"
        return path.read_text().splitlines() if path.exists() else []

    def environment(self, stale_s):
        url = self.database.url.render_as_string(hide_password=False)
        return os.environ | {
            "LW_DATABASE": url,
            "LW_OPERATIONS": self.queue.url,
            "LW_FOLDER": str(self.folder),
            "LW_STALE_S": str(stale_s),
        }

    def start(self, slot, stale_s=30.0):
        command = [sys.executable, str(WORKER), "--slot", str(slot)]
        process = subprocess.Popen(command, env=self.environment(stale_s))
        self.processes.append(process)
        return process

    def supervise(self, workers):
        supervisor = Supervisor(
            workers, environment=self.environment(30.0), command=[sys.executable, str(WORKER)]
        )
        supervisor.start()
        self.supervisors.append(supervisor)
        return supervisor

    def close(self):
        for supervisor in self.supervisors:
            supervisor.stop()
        for process in self.processes:
            process.kill()
            process.wait()
        self.queue.close()


def until(condition):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def house(tmp_path, sqlite_database):
    house = House(tmp_path, sqlite_database, Queue(f"sqlite:///{tmp_path / 'operations.db'}"))
    yield house
    house.close()


@pytest.fixture
def any_house(tmp_path, database):
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    house = House(
        tmp_path, database, Queue(f"sqlite:///{tmp_path / 'ops.db'}" if database.is_sqlite else url)
    )
    yield house
    house.close()


def test_a_killed_worker_is_replaced_and_no_ended_step_runs_twice(any_house):
    supervisor = any_house.supervise(1)
    any_house.ask("a", rounds=8)
    until(lambda: "two begins" in any_house.marks("a"))
    killed = supervisor.pids()[0]
    os.kill(killed, signal.SIGKILL)
    done = any_house.wait("a", "finished")
    assert done.result == {"one": 0, "two": 1, "three": 2}
    marks = "one begins,one ends,two begins,two begins,two ends,three begins,three ends"
    assert any_house.marks("a") == marks.split(",")
    assert supervisor.pids()[0] != killed


def test_a_worker_forgets_events_older_than_they_are_kept(house):
    def count():
        with house.database.read() as tx:
            return tx.connection.execute(text("SELECT count(*) FROM events")).scalar()

    told = dict.fromkeys(events.EventRow.__struct_fields__)
    told |= {"name": "Zoom image", "client_id": 1, "is_active": True, "message": "", "payload": ""}
    moments = (utc_text(house.clock() - timedelta(days=days)) for days in (0, 399, 401, 9_000))
    made = [events.EventRow(**told | {"at_utc": moment, "received_utc": moment}) for moment in moments]
    with house.database.write() as tx:
        events.insert_events(tx, made)
    house.start(0, stale_s=1.0)
    until(lambda: count() == 2)


def test_another_worker_takes_over_when_one_falls_silent(house):
    silent = house.start(0, stale_s=1.0)
    house.ask("a", rounds=8)
    until(lambda: "two begins" in house.marks("a"))
    silent.kill()
    house.start(1, stale_s=1.0)
    house.wait("a", "finished")
    assert house.marks("a").count("one ends") == 1
    until(lambda: house.queue.begun() == {})
    with house.database.read() as tx:
        assert [seen.executor_id for seen in rows.read_workers(tx)] == ["worker-1"]


def test_however_many_look_one_takes_over(house):
    silent = house.start(0)
    house.ask("a", rounds=8)
    until(lambda: "one begins" in house.marks("a"))
    silent.kill()
    time.sleep(0.6)
    taken = []
    looking = [
        threading.Thread(target=lambda: taken.append(worker.take_over(house, house.queue, stale_s=0.5)))
        for _ in range(4)
    ]
    for thread in looking:
        thread.start()
    for thread in looking:
        thread.join()
    assert sorted(taken) == [[], [], [], ["worker-0"]]
    assert house.queue.states(["a"]) == {"a": "waiting"}


def test_what_a_nameless_worker_had_begun_is_taken_over_after_a_while(house):
    silent = house.start(0)
    house.ask("a", rounds=8)
    until(lambda: "one begins" in house.marks("a"))
    silent.kill()
    with house.database.write() as tx:
        for seen in rows.read_workers(tx):
            rows.forget(tx, seen)
    assert worker.take_over(house, house.queue, stale_s=0.0) == []
    assert worker.take_over(house, house.queue, stale_s=0.0) == ["worker-0"]
    assert house.queue.begun() == {}


def test_what_nobody_waits_for_holds_up_nobody_and_goes_on_elsewhere_when_its_worker_dies(house):
    first = house.start(0, stale_s=1.0)
    house.ask("quiet", "hash", rounds=400)
    until(lambda: house.marks("quiet") == ["proof begins"])
    house.ask("a")
    house.wait("a", "finished")
    first.kill()
    house.start(1, stale_s=1.0)
    until(lambda: house.marks("quiet") == ["proof begins"] * 2)
    house.ask("b")
    house.wait("b", "finished")
    assert house.read("quiet").state == "started"


def test_a_cancelled_operation_in_the_queue_never_begins(house):
    house.ask("a")
    house.queue.cancel("a")
    house.ask("b")
    house.start(0)
    house.wait("b", "finished")
    house.wait("a", "cancelled")  # by `reconcile`, as nobody changed our table
    assert house.marks("a") == []


def test_a_cancelled_row_alone_keeps_the_operation_from_beginning(house):
    house.ask("a")
    with house.database.write() as tx:
        rows.cancel(tx, "a", now_utc=utc_text(house.clock()))
    house.start(0)
    until(lambda: house.queue.states(["a"]) == {"a": "done"})
    assert house.marks("a") == []


@pytest.mark.parametrize("how", ["in our table", "at the queue"])
def test_a_running_operation_stops_soon_after_it_is_cancelled(house, how):
    house.start(0)
    house.ask("a", kind="export", rounds=10_000)
    until(lambda: house.read("a").progress > 0)
    if how == "at the queue":
        house.queue.cancel("a")
    else:
        with house.database.write() as tx:
            rows.cancel(tx, "a", now_utc=utc_text(house.clock()))
    house.wait("a", "cancelled")
    house.ask("b", rounds=1)
    house.wait("b", "finished")  # the worker is free again
    assert house.marks("a") == ["only begins"]


def test_an_operation_enqueued_twice_runs_once(house):
    house.ask("a", rounds=1)
    house.queue.enqueue("a", "media")
    house.start(0)
    house.wait("a", "finished")
    house.queue.enqueue("a", "media")
    house.ask("b", rounds=1)
    house.wait("b", "finished")
    assert len(house.marks("a")) == 6


def test_an_operation_whose_server_died_before_enqueueing_is_found(house):
    house.ask("a", rounds=1, enqueue=False)
    house.start(0)
    house.wait("a", "finished")
    assert len(house.marks("a")) == 6


@pytest.mark.parametrize(
    ("how", "message", "error"),
    [
        pytest.param(
            "mismatch", "frame a.jpg is not in the task", "ImportMismatch", id="a sentence for people"
        ),
        pytest.param(
            "bug", "KeyError: 'frame a.jpg is not in the task'", "KeyError", id="a bug, with its class"
        ),
    ],
)
def test_a_failed_operation_says_why(house, how, message, error):
    house.start(0)
    house.ask("a", kind="import", how=how)
    failed = house.wait("a", "failed")
    assert (failed.message, failed.result) == (message, {"error": error})


def test_a_stopped_worker_ends_its_step_and_hands_on_the_rest(house):
    stopped = house.start(0)
    house.ask("a", rounds=8)
    until(lambda: "one begins" in house.marks("a"))
    stopped.terminate()
    assert stopped.wait(PATIENCE_S) == 0
    assert house.marks("a") == ["one begins", "one ends"]
    assert house.queue.states(["a"]) == {"a": "waiting"}
    house.start(1)
    house.wait("a", "finished")
    assert house.marks("a").count("one begins") == 1


def test_workers_end_when_their_parent_is_killed(house, tmp_path):
    script = (
        "import sys, time; from labelwright.operations.supervisor import Supervisor; "
        "s = Supervisor(2, command=sys.argv[1:]); s.start(); time.sleep(1); print(*s.pids().values(), flush=True); "
        "time.sleep(60)"
    )
    command = [sys.executable, "-c", script, sys.executable, str(WORKER)]
    parent = subprocess.Popen(command, env=house.environment(30.0), stdout=subprocess.PIPE)
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 2
    parent.kill()
    parent.communicate()
    until(lambda: not any(_lives(pid) for pid in pids))


def _lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_slot_is_held_by_one_worker(tmp_path):
    first, lock = worker.claim_slot(tmp_path)
    second, other = worker.claim_slot(tmp_path)
    assert (first, second) == (0, 1)
    with pytest.raises(Conflict, match=r"worker slot 0 of .* is held by another worker"):
        worker.claim_slot(tmp_path, 0, timeout_s=0.0)
    lock.close()
    again, lock = worker.claim_slot(tmp_path, 0, timeout_s=0.0)
    assert again == 0
    lock.close()
    other.close()
