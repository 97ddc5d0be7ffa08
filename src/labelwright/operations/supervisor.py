"""Keeps N worker processes alive beside the API process; standard library only, as the API imports it at start.

Each worker holds the reading end of a pipe as its standard input and ends when this process does, however it
does. A worker that dies is replaced by one of the same slot, which takes its operations over.
"""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence

#: A worker that lived shorter than this counts as failing.
_SHORT_LIFE_S = 2.0
_FIRST_WAIT_S = 0.25
_LONGEST_WAIT_S = 5.0
#: glibc gives each thread an arena and OpenBLAS each core a buffer: with several processes that is memory for nothing.
_LEAN = {"MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1"}


class Supervisor:
    """Runs `command --slot K --watch-stdin` for each K below `workers`; `environment` None means this process's.

    `command` is for tests: the default is this Python with `labelwright.worker`.
    """

    def __init__(
        self, workers: int, *, environment: Mapping[str, str] | None = None, command: Sequence[str] = ()
    ) -> None:
        self._command = list(command) or [sys.executable, "-m", "labelwright.worker"]
        self._environment = {**_LEAN, **(os.environ if environment is None else environment)}
        self._stopping = threading.Event()
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._threads = [
            threading.Thread(target=self._keep, args=(slot,), name=f"worker-{slot}", daemon=True)
            for slot in range(workers)
        ]

    def start(self) -> None:
        """Start the workers; returns at once."""
        for thread in self._threads:
            thread.start()

    def pids(self) -> dict[int, int]:
        """Return the process id of each slot's worker, of those that live now."""
        processes = dict(self._processes)
        return {slot: process.pid for slot, process in processes.items() if process.returncode is None}

    def stop(self, timeout_s: float = 10.0) -> None:
        """Ask the workers to end and wait; those still there after `timeout_s` are killed."""
        self._stopping.set()
        for process in list(self._processes.values()):
            process.terminate()
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        for process in list(self._processes.values()):
            process.kill()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def _keep(self, slot: int) -> None:
        """Run the worker of `slot`, and another after it, until told to stop. At once, unless they fail in a row."""
        wait_s = 0.0
        while not self._stopping.wait(wait_s):
            began = time.monotonic()
            self._run(slot)
            failing = time.monotonic() - began < _SHORT_LIFE_S
            wait_s = min(max(wait_s * 2, _FIRST_WAIT_S), _LONGEST_WAIT_S) if failing else 0.0

    def _run(self, slot: int) -> None:
        command = [*self._command, "--slot", str(slot), "--watch-stdin"]
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                env=self._environment,
                process_group=0,  # Ctrl-C in a terminal is for us alone: we tell the workers
            )
        except OSError as error:  # no memory or process to spare, perhaps later
            print(f"worker {slot} could not be started: {error}", file=sys.stderr)
            return
        self._processes[slot] = process
        if self._stopping.is_set():  # `stop` may have looked before the line above
            process.terminate()
        status = process.wait()
        if not self._stopping.is_set():
            told = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
            print(f"worker {slot} {told}; another takes its place", file=sys.stderr)
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
