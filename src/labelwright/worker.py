"""A worker process: runs operations, says that it lives, and looks after what dead workers and servers left.

`python -m labelwright.worker` runs one with the settings of the environment; `labelwright up` starts one a core.
"""

import argparse
import fcntl
import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

from labelwright.domain.errors import Conflict, LabelwrightError
from labelwright.domain.sentences import Sentence
from labelwright.domain.times import utc_text
from labelwright.operations import Queue
from labelwright.operations.engine import Engine
from labelwright.services import events, sent_files
from labelwright.storage import operations as rows
from labelwright.workflows import KINDS, Steps, guarded, make_workflows

if TYPE_CHECKING:
    from labelwright.deps import Deps

#: Seconds a stopped worker gives its running step to end; what is cut short is run again later.
STOP_S = 5.0
#: Added to the niceness: people who save annotations go before work in the background.
_NICENESS = 5
_GIVEN_UP = Sentence(
    "given up: it ended its worker process again and again, or what became of it could not be kept"
)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often a worker looks around, in seconds. `adrift_s`: an operation DBOS does not know is handed over."""

    beat_s: float = 5.0
    stale_s: float = 30.0
    adrift_s: float = 5.0


def run(
    deps: "Deps",
    queue: Queue,
    *,
    executor_id: str,
    stop: threading.Event,
    kinds: Mapping[str, Steps] = KINDS,
    pace: Pace | None = None,
) -> None:
    """Run operations as the worker `executor_id` until `stop` is set. At most once in a process."""
    pace = pace or Pace()
    workflows = make_workflows(deps, kinds, is_cancelled=queue.is_cancelled)
    engine = Engine(queue, executor_id=executor_id, workflows=workflows)
    _beat(deps, executor_id)
    engine.start()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)  # as in the API: 0.08 s less for an export of 100,000 boxes
    looked_s = time.monotonic()
    while not stop.wait(pace.beat_s):
        slept_s, looked_s = time.monotonic() - looked_s, time.monotonic()
        guarded(lambda: _beat(deps, executor_id))
        if slept_s < pace.stale_s:  # else the whole machine slept, and the others have not said so yet
            guarded(lambda: take_over(deps, queue, stale_s=pace.stale_s))
            guarded(lambda: reconcile(deps, queue, adrift_s=pace.adrift_s))
        guarded(lambda: events.forget_old(deps))
        guarded(lambda: sent_files.sweep(deps))
    engine.stop(STOP_S)
    guarded(lambda: _leave(deps, queue, executor_id))


def take_over(deps: "Deps", queue: Queue, *, stale_s: float) -> list[str]:
    """Have the operations of workers silent for `stale_s` go on elsewhere; return the ids of those workers.

    However many workers look at once, one takes over.
    """
    now = deps.clock()
    now_utc, stale_utc = utc_text(now), utc_text(now - timedelta(seconds=stale_s))
    begun = queue.begun()
    with deps.database.read() as tx:
        known = {worker.executor_id for worker in rows.read_workers(tx)}
        silent = rows.read_workers(tx, seen_before_utc=stale_utc)
    if unknown := begun.keys() - known:
        with deps.database.write() as tx:  # from now on its silence counts
            for executor_id in sorted(unknown):
                rows.note_worker(tx, rows.Worker(executor_id, 0, "", now_utc))
    return [worker.executor_id for worker in silent if _take_over(deps, queue, worker, now_utc)]


def reconcile(deps: "Deps", queue: Queue, *, adrift_s: float) -> None:
    """Bring our table and DBOS's together where a process died between the two.

    An operation DBOS never heard of is enqueued, `adrift_s` after it last moved; one that ended there without a
    word to us is failed or cancelled here.
    """
    now = deps.clock()
    before_utc = utc_text(now - timedelta(seconds=adrift_s))
    with deps.database.read() as tx:
        adrift = [operation for operation in rows.list_unfinished(tx) if operation.updated_utc < before_utc]
    states = queue.states([operation.id for operation in adrift])
    for operation in adrift:
        state = states.get(operation.id)
        if state is None:
            queue.enqueue(operation.id, operation.kind)
        elif state == "cancelled":
            with deps.database.write() as tx:
                rows.cancel(tx, operation.id, now_utc=utc_text(now))
        elif state in ("failed", "done"):
            with deps.database.write() as tx:
                rows.fail(
                    tx, operation.id, message=_GIVEN_UP, result={"error": "GivenUp"}, now_utc=utc_text(now)
                )


def claim_slot(folder: Path, slot: int | None = None, *, timeout_s: float = 10.0) -> tuple[int, IO[bytes]]:
    """Make a slot of `folder` this process's own: `slot`, or the first free one. Returns it with the open lock.

    The lock ends with the process, however it ends; a `slot` that is taken is waited for `timeout_s`.

    Raises:
        Conflict: another worker holds `slot`.
    """
    deadline = time.monotonic() + timeout_s
    tried = 0 if slot is None else slot
    while True:
        lock = (folder / f"worker-{tried}.lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
        else:
            return tried, lock
        if slot is None:
            tried += 1
        elif time.monotonic() > deadline:
            raise Conflict(
                "worker slot {slot} of {folder} is held by another worker; give this one another slot",
                slot=slot,
                folder=folder,
            )
        else:
            time.sleep(0.05)


def main(arguments: list[str] | None = None) -> int:
    """Run a worker until it is told to end; return the exit status of the process."""
    parser = argparse.ArgumentParser(prog="labelwright worker", description="Run operations until stopped.")
    parser.add_argument(
        "--slot", type=int, help="number of this worker on this machine; default the first free"
    )
    parser.add_argument("--watch-stdin", action="store_true", help="end at once when standard input closes")
    asked = parser.parse_args(arguments)
    if asked.watch_stdin:
        threading.Thread(target=_end_with_stdin, name="watch-stdin", daemon=True).start()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        _run_with_settings(asked.slot, stop)
    except LabelwrightError as error:
        print(error.message, file=sys.stderr)
        return 1
    return 0


def _run_with_settings(slot: int | None, stop: threading.Event) -> None:
    from labelwright import compose  # after the thread that watches stdin has begun
    from labelwright.settings import read_settings

    os.nice(_NICENESS)
    settings = read_settings()
    settings.data.mkdir(parents=True, exist_ok=True)
    slot, _lock = claim_slot(settings.data, slot)
    url = settings.resolved_operations_url
    executor_id = f"worker-{slot}" if url.startswith("sqlite") else f"{socket.gethostname()}-worker-{slot}"
    pace = Pace(stale_s=float(settings.stale_worker_s), beat_s=min(5.0, settings.stale_worker_s / 4))
    run(compose.open_deps(settings), Queue(url), executor_id=executor_id, stop=stop, pace=pace)


def _end_with_stdin() -> None:
    """Wait for the parent's end of the pipe to close, then end as if killed: operations go on after a restart."""
    while os.read(0, 1024):
        pass
    os._exit(3)


def _beat(deps: "Deps", executor_id: str) -> None:
    worker = rows.Worker(executor_id, os.getpid(), socket.gethostname(), utc_text(deps.clock()))
    with deps.database.write() as tx:
        rows.beat(tx, worker)


def _take_over(deps: "Deps", queue: Queue, worker: rows.Worker, now_utc: str) -> bool:
    with deps.database.write() as tx:
        if not rows.claim_stale(tx, worker, now_utc=now_utc):
            return False
    queue.resume(queue.begun().get(worker.executor_id, []))
    with deps.database.write() as tx:
        rows.forget(tx, rows.Worker(worker.executor_id, worker.pid, worker.host, now_utc))
    return True


def _leave(deps: "Deps", queue: Queue, executor_id: str) -> None:
    """Hand on what was begun here and be forgotten."""
    queue.resume(queue.begun().get(executor_id, []))
    with deps.database.write() as tx:
        for worker in rows.read_workers(tx):
            if worker.executor_id == executor_id:
                rows.forget(tx, worker)


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    os._exit(status)  # a step that would not end in time must not keep the process
