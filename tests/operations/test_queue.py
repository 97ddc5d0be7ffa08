import subprocess
import sys

import pytest

from labelwright.operations import Queue

OPEN = "import sys; from labelwright.operations import Queue; q = Queue(sys.argv[1]); q.open(); q.enqueue('a', 'media')"
#: What the server must not pay for before it answers.
LATE = ("dbos", "sqlalchemy", "psycopg", "asyncio")


@pytest.fixture
def queue(tmp_path):
    queue = Queue(f"sqlite:///{tmp_path / 'operations.db'}")
    yield queue
    queue.close()


@pytest.mark.parametrize("module", ["labelwright.operations", "labelwright.operations.supervisor"])
def test_importing_is_cheap(module):
    script = f"import sys, {module}; print([name for name in {LATE} if name in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "[]"


def test_many_processes_may_open_a_new_queue_at_once(queue):
    opening = [subprocess.Popen([sys.executable, "-W", "error", "-c", OPEN, queue.url]) for _ in range(3)]
    assert [process.wait() for process in opening] == [0, 0, 0]
    assert queue.states(["a"]) == {"a": "waiting"}


def test_an_id_is_enqueued_once(queue):
    queue.warm().join()
    for _ in range(2):
        queue.enqueue("a", "export")
    assert queue.states(["a", "b"]) == {"a": "waiting"}
    assert queue.states([]) == {}
    assert queue.begun() == {}


def test_cancelling_stays_cancelled(queue):
    queue.enqueue("a", "export")
    queue.cancel("a")
    queue.enqueue("a", "export")
    assert queue.is_cancelled("a")


def test_cancelling_an_unknown_operation_changes_nothing(queue):
    queue.cancel("a")
    assert not queue.is_cancelled("a")


def test_a_closed_queue_opens_again(queue):
    queue.enqueue("a", "export")
    queue.close()
    assert queue.states(["a"]) == {"a": "waiting"}
