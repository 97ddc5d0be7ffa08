"""Where frames of tasks come from: tasks of a dataset, datasets that changed since a task was made of them."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msgspec import Struct

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.catalogue import DatasetPage
from labelwright.domain.errors import LabelwrightError, NotFound
from labelwright.domain.operations import Operation
from labelwright.domain.tasks import Origin
from labelwright.domain.users import User
from labelwright.services import media_key, people_of_task, require
from labelwright.storage import datasets as datasets_storage
from labelwright.storage import frames as frames_storage
from labelwright.storage import operations as operations_storage

#: Seconds a tag is believed, and a catalogue that did not answer is not asked again: pages ask every second.
_FRESH_S = 2.0
_SILENT_S = 10.0
#: How many may wait for the catalogue at once; the others are told what was known last.
_MOST_WAITING = 2


class Making(Struct, frozen=True):
    """How far the making of a task's frames is: the newest operation on them, None when none is known."""

    operation: Operation | None
    origin: Origin


class Tags:
    """What the catalogue said last of its datasets' tags, so that a slow one holds up nobody. For many threads."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: dict[int, tuple[float, str | None]] = {}
        self._asking: set[int] = set()
        self._silent_until = 0.0

    def current(self, deps: Deps, dataset_id: int) -> str | None:
        """Return the dataset's tag as it is now, or was a moment ago; None when nobody can tell."""
        with self._asking_turn(dataset_id) as is_mine:
            if is_mine:
                self._ask(deps, dataset_id)
        with self._lock:
            return self._known.get(dataset_id, (0.0, None))[1]

    @contextmanager
    def _asking_turn(self, dataset_id: int) -> Iterator[bool]:
        """Whether this thread is to ask the catalogue: what is known is old, and few wait for an answer."""
        now = self._monotonic()
        with self._lock:
            is_mine = (
                now >= self._silent_until
                and now >= self._known.get(dataset_id, (0.0, None))[0]
                and dataset_id not in self._asking
                and len(self._asking) < _MOST_WAITING
            )
            if is_mine:
                self._asking.add(dataset_id)
        try:
            yield is_mine
        finally:
            if is_mine:
                with self._lock:
                    self._asking.discard(dataset_id)

    def _ask(self, deps: Deps, dataset_id: int) -> None:
        try:
            tag: str | None = deps.catalogue.read(dataset_id).tag
            is_silent = False
        except LabelwrightError as error:  # gone, or the catalogue is: nothing is known to have changed
            tag, is_silent = None, not isinstance(error, NotFound)
        with self._lock:
            now = self._monotonic()
            self._known[dataset_id] = now + _FRESH_S, tag
            if is_silent:
                self._silent_until = now + _SILENT_S


def read_making(deps: Deps, *, user: User, task_id: int) -> Making:
    """Return how far the making of the task's frames is. Raises NotFound, Forbidden."""
    with deps.database.read() as tx:
        require(access.may_access_task(user, people_of_task(tx, deps, task_id)))
        operation = operations_storage.newest_operation(tx, media_key(task_id))
        return Making(operation, frames_storage.read_origin(tx, task_id))


def list_task_ids(deps: Deps, *, dataset_id: int) -> list[int]:
    """Return the ids of the tasks made of the dataset, ascending."""
    with deps.database.read() as tx:
        return datasets_storage.tasks_of_dataset(tx, dataset_id)


def list_datasets(deps: Deps, *, page: int, page_size: int, search: str) -> DatasetPage:
    """Return one page of what the catalogue lists. Raises Unreachable when it does not answer."""
    return deps.catalogue.list_datasets(page=page, page_size=page_size, search=search)
