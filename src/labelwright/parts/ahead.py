"""Work that is done before anybody asks for it, and only while nobody waits for anything of its kind."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from labelwright.domain.errors import LabelwrightError

#: Works that wait for their turn; of more, the oldest are forgotten: whoever wanted them has read on.
_MOST = 8
#: Seconds that work begun gives way at one time: somebody may wait for just this.
_PATIENCE_S = 0.5


class Ahead:
    """One thread that does one work at a time, the newest first. Used by many threads."""

    def __init__(self) -> None:
        self._state = threading.Condition()
        self._works: OrderedDict[str, Callable[[], object]] = OrderedDict()
        self._in_front = 0
        self._is_running = False

    @contextmanager
    def in_front(self) -> Iterator[None]:
        """While the body runs, somebody waits for it: nothing is begun here, and what was begun gives way."""
        with self._state:
            self._in_front += 1
        try:
            yield
        finally:
            with self._state:
                self._in_front -= 1
                self._state.notify_all()

    def begin(self, name: str, work: Callable[[], object]) -> None:
        """Do `work` soon, instead of an earlier one of this name that was not begun. What fails is passed over."""
        with self._state:
            self._works.pop(name, None)
            self._works[name] = work
            while len(self._works) > _MOST:
                self._works.popitem(last=False)
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="ahead", daemon=True).start()

    def give_way(self) -> None:
        """Called by a work between its steps: wait a while if there is somebody in front."""
        with self._state:
            self._state.wait_for(lambda: not self._in_front, _PATIENCE_S)

    def close(self) -> None:
        """Forget what was not begun."""
        with self._state:
            self._works.clear()
            self._state.notify_all()

    def _run(self) -> None:
        while (work := self._next()) is not None:
            # Whoever asks for it will be told why it cannot be.
            with suppress(LabelwrightError, OSError):
                work()

    def _next(self) -> Callable[[], object] | None:
        """Return the newest work once nobody is in front; None, and the thread is over, when there is none."""
        with self._state:
            self._state.wait_for(lambda: not self._in_front or not self._works)
            self._is_running = bool(self._works)
            return self._works.popitem()[1] if self._works else None
