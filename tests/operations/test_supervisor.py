import os
import signal
import sys
import time

import pytest

from labelwright.operations.supervisor import Supervisor

#: Stand-ins for a worker: they write a line as they start, then do as they are named.
WAITS = "import sys, time; open(sys.argv[1], 'a').write(' '.join(sys.argv[2:]) + '\\n'); time.sleep(60)"
ENDS = "import sys; open(sys.argv[1], 'a').write('started\\n')"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + WAITS


@pytest.fixture
def started(tmp_path):
    """Start a supervisor of workers that run a script; what they wrote is in the second value."""
    supervisors = []

    def start(script, workers):
        path = tmp_path / "lines"
        path.touch()
        supervisor = Supervisor(workers, command=[sys.executable, "-c", script, str(path)])
        supervisor.start()
        supervisors.append(supervisor)
        return supervisor, lambda: path.read_text().splitlines()

    yield start
    for supervisor in supervisors:
        supervisor.stop(timeout_s=0.5)


def _until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_each_slot_has_its_worker(started):
    _, lines = started(WAITS, 2)
    _until(lambda: len(lines()) == 2)
    assert sorted(lines()) == ["--slot 0 --watch-stdin", "--slot 1 --watch-stdin"]


def test_a_killed_worker_is_replaced_in_its_slot(started):
    supervisor, lines = started(WAITS, 1)
    _until(lambda: len(lines()) == 1)
    killed = supervisor.pids()[0]
    os.kill(killed, signal.SIGKILL)
    _until(lambda: len(lines()) == 2)
    assert lines()[1] == "--slot 0 --watch-stdin"
    assert supervisor.pids()[0] != killed


def test_a_worker_that_fails_in_a_row_is_started_ever_more_slowly(started):
    _, lines = started(ENDS, 1)
    time.sleep(2.0)
    assert 2 <= len(lines()) <= 4


def test_stopping_ends_workers_that_do_not_listen(started):
    supervisor, lines = started(DEAF, 1)
    _until(lambda: len(lines()) == 1)
    pid = supervisor.pids()[0]
    supervisor.stop(timeout_s=0.2)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert supervisor.pids() == {}


def test_a_supervisor_that_never_started_can_be_stopped():
    Supervisor(2).stop()
