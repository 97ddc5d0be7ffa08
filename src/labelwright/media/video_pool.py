"""Video processes kept open: who reads on in a video finds its decoder where it stood."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labelwright.media.video_process import VideoProcess


class VideoPool:
    """At most `limit` processes that nobody uses at the moment, the ones used last. Used by many threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._idle: OrderedDict[Hashable, VideoProcess] = OrderedDict()

    @contextmanager
    def borrow(self, key: Hashable, start: Callable[[], "VideoProcess"]) -> Iterator["VideoProcess"]:
        """Give an idle process of this key, or one that `start` makes, to one thread until the body ends.

        `key` must name the index as well as the file: a process keeps the index it was started with. Two threads
        that read one video at once get a process each.
        """
        with self._lock:
            process = self._idle.pop(key, None)
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
            spare = [self._idle.pop(key)] if key in self._idle else []
            self._idle[key] = process
            while len(self._idle) > self._limit:
                spare.append(self._idle.popitem(last=False)[1])
        return spare

    def close(self) -> None:
        """End the idle processes; the pool can be used again."""
        with self._lock:
            idle = list(self._idle.values())
            self._idle.clear()
        for process in idle:
            process.close()
