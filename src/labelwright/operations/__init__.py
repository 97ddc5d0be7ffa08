"""Operations on DBOS Transact: handing them over (here), running them (`engine`), keeping workers alive (`supervisor`).

DBOS keeps what it needs to go on after a crash in tables of its own: a SQLite file when embedded, PostgreSQL
when many machines share them. An operation's id is its workflow's id there, so handing one over twice changes
nothing. This package is the only place that imports DBOS, and it does so late: the import takes 0.3 s and
40 MB, and the API must be up before that.
"""

import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Literal

from labelwright.domain.operations import Kind

if TYPE_CHECKING:
    from dbos import DBOSClient

#: Whose workflows these are, should several programs share one PostgreSQL.
APP_NAME = "labelwright"
#: Constant, so that an update of Labelwright goes on with what the version before it began.
APP_VERSION = "1"
QUEUE_NAME = "operations"
#: Seconds between two looks of a worker for work; an operation starts in half of it on average. Each costs 3 ms of CPU.
POLLING_S = 0.15
#: Operations that nobody waits for, and that take minutes: those that people wait for run beside them.
QUIET_NAME = "quiet operations"
QUIET: frozenset[Kind] = frozenset(("hash",))
_QUIET_POLLING_S = 1.0
#: Operations of a queue that a worker runs at a time. More would let one worker take what another is free for.
WORKER_CONCURRENCY = 1
#: Seconds to wait for another process that is writing to SQLite.
_BUSY_TIMEOUT_S = 30.0

#: How DBOS sees an operation: not yet begun, begun by a worker (dead or alive), or ended in one of three ways.
Progressing = Literal["waiting", "running", "done", "failed", "cancelled"]
_STATES: dict[str, Progressing] = {
    "ENQUEUED": "waiting",
    "DELAYED": "waiting",
    "PENDING": "running",
    "SUCCESS": "done",
    "ERROR": "failed",
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "failed",
    "CANCELLED": "cancelled",
}


class Queue:
    """The queue at `url` (`sqlite:///PATH` or `postgresql://…`); implements `ports.OperationQueue`.

    Making one is free. Its tables are created, and DBOS imported, at the first use or by `warm`.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._opening = threading.Lock()
        self._opened: DBOSClient | None = None

    def warm(self) -> threading.Thread:
        """Get ready in a thread of its own, which is returned, so that the first operation need not wait."""
        thread = threading.Thread(target=self.open, name="operations-warm", daemon=True)
        thread.start()
        return thread

    def open(self) -> "DBOSClient":
        """Import DBOS, create its tables and our queues where they are missing. Safe from many processes at once."""
        with self._opening:
            if self._opened is None:
                self._opened = _open_client(self.url)
            return self._opened

    def enqueue(self, operation_id: str, kind: Kind) -> None:
        """Have a worker run the operation. Enqueueing the same id again changes nothing."""
        self.open().enqueue(
            {
                "workflow_name": kind,
                "queue_name": QUIET_NAME if kind in QUIET else QUEUE_NAME,
                "workflow_id": operation_id,
                "app_version": APP_VERSION,
            },
            operation_id,
        )

    def cancel(self, operation_id: str) -> None:
        """Stop the operation before its next step. Unknown and finished ids change nothing."""
        self.open().cancel_workflow(operation_id)

    def states(self, operation_ids: Sequence[str]) -> dict[str, Progressing]:
        """Return how DBOS sees the operations; those it was never given are absent."""
        if not operation_ids:
            return {}
        found = self.open().list_workflows(
            workflow_ids=list(operation_ids), load_input=False, load_output=False
        )
        return {status.workflow_id: _STATES[status.status] for status in found}

    def is_cancelled(self, operation_id: str) -> bool:
        """Whether `cancel` reached the operation before it ended."""
        return self.states([operation_id]).get(operation_id) == "cancelled"

    def begun(self) -> dict[str, list[str]]:
        """Return the ids of operations that a worker has begun and not ended, by the worker's executor id."""
        found = self.open().list_workflows(
            status="PENDING", queue_name=[QUEUE_NAME, QUIET_NAME], load_input=False, load_output=False
        )
        by_executor: dict[str, list[str]] = {}
        for status in found:
            by_executor.setdefault(status.executor_id or "", []).append(status.workflow_id)
        return by_executor

    def resume(self, operation_ids: Sequence[str]) -> None:
        """Have some worker go on with operations whose worker is gone, from their last finished step.

        Should that worker still live, DBOS lets only the new run record steps: the old one ends at its next.
        """
        if not operation_ids:
            return
        found = self.open().list_workflows(
            workflow_ids=list(operation_ids), load_input=False, load_output=False
        )
        for status in found:
            self.open().resume_workflow(status.workflow_id, queue_name=status.queue_name)

    def close(self) -> None:
        """Close its connections. It opens again when used again."""
        with self._opening:
            if self._opened is not None:
                self._opened.destroy()
            self._opened = None


def _open_client(url: str) -> "DBOSClient":
    from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer  # see the module's docstring

    if url.startswith("sqlite"):
        _use_write_ahead_log(url)
    DBOS.migrate(url)
    client = DBOSClient(
        system_database_url=url,
        serializer=DBOSPortableJSONSerializer(),
        system_database_pool_size=2,
        application_name=APP_NAME,
        retry_connection_errors=False,
    )
    for name, polling_s in ((QUEUE_NAME, POLLING_S), (QUIET_NAME, _QUIET_POLLING_S)):
        client.register_queue(
            name,
            worker_concurrency=WORKER_CONCURRENCY,
            polling_interval_sec=polling_s,
            on_conflict="always_update",
        )
    return client


def _use_write_ahead_log(url: str) -> None:
    """Let readers and the writer of the SQLite file at `url` work side by side. The file remembers it.

    SQLite refuses the change at once, without its usual wait, while another process makes it.
    """
    deadline = time.monotonic() + _BUSY_TIMEOUT_S
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=_BUSY_TIMEOUT_S)) as connection:
        while True:
            try:
                connection.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                return
