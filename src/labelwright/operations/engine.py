"""A worker's engine: DBOS set up so that operations go on where they stopped, in this process or another.

One engine a process, because DBOS is one a process. It opens no port and talks to nobody but its database.
A step that has ended is never run again; one that was cut short is run again from its beginning.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from labelwright.operations import APP_NAME, APP_VERSION, QUIET, Queue

if TYPE_CHECKING:
    from dbos import DBOSConfig

#: Runs the function as the step of that name and returns its JSON-able result; or, where the operation ran
#: before and the step had ended, returns that result without running it.
Step = Callable[[str, Callable[[], Any]], Any]
#: What an operation does, given its id. It must ask for the same steps in the same order each time.
Workflow = Callable[[str, Step], None]

#: Workers an operation may take down before it is given up.
MAX_ATTEMPTS = 20
_CONNECTIONS = 5


class Stopped(BaseException):
    """The worker is to end: leaves a workflow between two steps, for another worker to go on. Never catch it."""


class Engine:
    """Runs the `workflows`, by kind, of the queue's operations as the worker `executor_id`.

    The id must be of this process alone among those that live, and the same after a restart: what a process of
    the same id had begun is taken over at `start`.
    """

    def __init__(self, queue: Queue, *, executor_id: str, workflows: Mapping[str, Workflow]) -> None:
        self._queue = queue
        self._executor_id = executor_id
        self._workflows = workflows
        self._stopping = threading.Event()
        self._running: set[str] = set()

    def start(self) -> None:
        """Begin to take operations, those left behind by this executor id first."""
        self._queue.open()
        from dbos import DBOS  # imported late, as told in the package's docstring

        DBOS(config=_config(self._queue.url, self._executor_id))
        for kind, workflow in self._workflows.items():
            DBOS.workflow(name=kind, max_recovery_attempts=MAX_ATTEMPTS)(self._as_function(kind, workflow))
        DBOS.launch()
        logging.getLogger("dbos").addFilter(_is_news)

    def stop(self, timeout_s: float) -> bool:
        """Take no more operations and let running steps end, for `timeout_s` at most; whether all did.

        Quiet ones are not waited for: they take minutes.

        What is left stays begun, for this executor id's next `start` or for `Queue.resume`.
        """
        self._stopping.set()
        from dbos import DBOS

        deadline = time.monotonic() + timeout_s
        while self._running and time.monotonic() < deadline:
            time.sleep(0.02)
        ended = not self._running
        DBOS.destroy()
        return ended

    def _as_function(self, kind: str, workflow: Workflow) -> Callable[[str], None]:
        def run(operation_id: str) -> None:
            if kind not in QUIET:
                self._running.add(operation_id)
            try:
                workflow(operation_id, self._step)
            finally:
                self._running.discard(operation_id)

        return run

    def _step(self, name: str, function: Callable[[], Any]) -> Any:
        from dbos import DBOS

        if self._stopping.is_set():
            raise Stopped
        return DBOS.run_step({"name": name}, function)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a person should read it: not that a run ended because its operation was cancelled or taken over."""
    from dbos import error

    raised = record.exc_info[1] if record.exc_info else None
    is_told_elsewhere = isinstance(raised, error.DBOSAwaitedWorkflowCancelledError)
    return not is_told_elsewhere and "Waiting for the" not in record.getMessage()


def _config(url: str, executor_id: str) -> "DBOSConfig":
    from dbos import DBOSPortableJSONSerializer

    return {
        "name": APP_NAME,
        "system_database_url": url,
        "sys_db_pool_size": _CONNECTIONS,
        "serializer": DBOSPortableJSONSerializer(),
        "application_version": APP_VERSION,
        "executor_id": executor_id,
        "enable_otlp": False,
        "log_level": "WARNING",
        # `Queue.open` has done it; here it would only be asked again.
        "run_migrations": False,
        # Nobody waits for DBOS's own notifications; `stop` waits for one round of looking for them.
        "notification_listener_polling_interval_sec": 0.2,
        "scheduler_polling_interval_sec": 3600.0,
    }
