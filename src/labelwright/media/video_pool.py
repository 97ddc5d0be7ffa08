"""Video processes kept open: who reads on in a video finds its decoder where it stood."""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labelwright.media.video_process import VideoProcess

#: Seconds a process stays open that nobody uses: it holds memory, and the disk space of a file that was deleted.
IDLE_S = 300.0
#: Processes that work at a time: more would only share the cores.
MOST_AT_WORK = max(2, os.cpu_count() or 1)


class VideoPool:
    """At most `limit` processes that nobody uses at the moment, the ones used last. Used by many threads."""

    def __init__(self, limit: int, *, idle_s: float = IDLE_S, most_at_work: int = MOST_AT_WORK) -> None:
        self._limit, self._idle_s = limit, idle_s
        self._turns = threading.BoundedSemaphore(most_at_work)
        self._lock = threading.Lock()
        self._idle: OrderedDict[Hashable, tuple[VideoProcess, float]] = OrderedDict()
        self._sweeper: threading.Timer | None = None

    @contextmanager
    def borrow(self, key: Hashable, start: Callable[[], "VideoProcess"]) -> Iterator["VideoProcess"]:
        """Give an idle process of this key, or one that `start` makes, to one thread until the body ends.

        `key` must name the index as well as the file: a process keeps the index it was started with. Two threads
        that read one video at once get a process each; when many read, they wait for their turn.
        """
        with self._turns:
            with self._lock:
                process, _ = self._idle.pop(key, (None, 0.0))
            if process is None or not process.is_alive:
                process = start()
            try:
                yield process
            finally:
                for spare in self._take_back(key, process) if process.is_alive else ():
                    spare.close()

    def _take_back(self, key: Hashable, process: "VideoProcess") -> list["VideoProcess"]:
        """Keep the process, and return those that are one too many."""
        with self._lock:
            spare = [self._idle.pop(key)[0]] if key in self._idle else []
            self._idle[key] = process, time.monotonic()
            while len(self._idle) > self._limit:
                spare.append(self._idle.popitem(last=False)[1][0])
            self._await_sweep()
        return spare

    def _await_sweep(self) -> None:
        """Have the processes looked through once the oldest may be too old. The lock is held."""
        if self._sweeper is None and self._idle:
            self._sweeper = threading.Timer(self._idle_s, self._sweep)
            self._sweeper.daemon = True
            self._sweeper.start()

    def _sweep(self) -> None:
        with self._lock:
            oldest_s = time.monotonic() - self._idle_s
            old = [key for key, (_, since_s) in self._idle.items() if since_s <= oldest_s]
            ended = [self._idle.pop(key)[0] for key in old]
            self._sweeper = None
            self._await_sweep()
        for process in ended:
            process.close()

    def end(self, key: Hashable) -> None:
        """End the idle process of this key, if there is one."""
        with self._lock:
            process, _ = self._idle.pop(key, (None, 0.0))
        if process is not None:
            process.close()

    def close(self) -> None:
        """End the idle processes; the pool can be used again."""
        with self._lock:
            idle = [process for process, _ in self._idle.values()]
            self._idle.clear()
            if self._sweeper is not None:
                self._sweeper.cancel()
                self._sweeper = None
        for process in idle:
            process.close()
