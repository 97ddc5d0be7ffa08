"""Protocols of what services are given: two homes or one, they do not know which."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from labelwright.domain.catalogue import CatalogueDataset, DatasetChange, DatasetPage, DatasetSpec
from labelwright.domain.operations import Kind
from labelwright.domain.repositories import Address, Look, NewCommit, Pushed
from labelwright.domain.sentences import Sentence
from labelwright.domain.users import PlatformUser


class Clock(Protocol):
    """Where the time comes from, so that tests can set it."""

    def __call__(self) -> datetime:
        """Return now, in UTC, aware."""


class OperationQueue(Protocol):
    """Hands operations to workers. The operation's row must be committed before it is enqueued."""

    def enqueue(self, operation_id: str, kind: Kind) -> None:
        """Have a worker run the operation. Enqueueing the same id again changes nothing."""

    def cancel(self, operation_id: str) -> None:
        """Stop the operation before its next step. Unknown and finished ids change nothing."""


class Progress(Protocol):
    """What a long service function tells, and is told, while it works."""

    def __call__(self, fraction: float, message: Sentence) -> None:
        """Report `fraction` (0 to 1) done, in words. Cheap to call often: it writes at most a few times a second.

        Raises:
            Cancelled: a person asked for it; the caller cleans up and lets it pass.
        """


class Blobs(Protocol):
    """Bytes under keys such as `tasks/9/raw/000001.jpg`: a folder, or S3."""

    def put(self, key: str, content: bytes) -> None:
        """Store `content` under `key`, whole or not at all, over what was there."""

    def get(self, key: str) -> bytes:
        """Return the bytes under `key`. Raises NotFound."""

    def put_file(self, key: str, path: Path) -> None:
        """Store the file at `path` under `key`, whole or not at all. The file itself stays."""

    def write_at(self, key: str, content: bytes, *, at: int) -> None:
        """Put `content` at byte `at` under `key`, onto the disk.

        Raises:
            NotFound: there is no such key, or fewer than `at` bytes.
        """

    def alone(self, key: str) -> AbstractContextManager[None]:
        """Let others who ask for the same key wait, in every process.

        Raises:
            NotFound: there is no such key.
        """

    def local_path(self, key: str) -> Path | None:
        """Return the file that holds the bytes under `key` when this machine has one, to read without a copy."""

    def size(self, key: str) -> int | None:
        """Return the count of bytes under `key`, None when there is none."""

    def delete(self, keys: Sequence[str]) -> None:
        """Delete `keys`; absent ones are passed over."""

    def delete_folder(self, prefix: str) -> None:
        """Delete every key that starts with `prefix`, which ends in `/`."""

    def list_keys(self, prefix: str) -> list[str]:
        """Return every key that starts with `prefix`, sorted."""


class Mail(Protocol):
    """How mail leaves the house."""

    def send(self, *, to: str, subject: str, text: str) -> None:
        """Send a mail in plain text. Raises OSError when it cannot be."""


class ClientLog(Protocol):
    """Where the events of clients are told besides being stored."""

    def write(self, lines: Sequence[Mapping[str, Any]], *, is_error: bool) -> None:
        """Tell `lines`, JSON objects, one by one. Waits for nobody and raises nothing."""


class Cache(Protocol):
    """Bytes that can be made again, kept on this machine as long as there is room."""

    def get(self, key: str) -> bytes | None:
        """Return the bytes under `key`, None when they are not there (any more)."""

    def put(self, key: str, content: bytes) -> None:
        """Keep `content` under `key`, if there is room."""

    def holds(self, key: str) -> bool:
        """Return whether there is something under `key`."""

    def open(self, key: str) -> BinaryIO | None:
        """Open the file under `key`, None when it is not there (any more)."""

    def make(self, key: str, write: Callable[[BinaryIO], object]) -> BinaryIO:
        """Open the file under `key`, which `write` fills if it is not there. Of all who ask at once, one writes.

        What `write` raises comes out of here, and nothing is kept; OSError makes it write once more, elsewhere.
        """

    def forget(self, prefix: str) -> None:
        """Delete every key below the folder `prefix`."""


class Ahead(Protocol):
    """Work that is done before anybody asks for it, one at a time, in the way of nobody."""

    def in_front(self) -> AbstractContextManager[None]:
        """While the body runs, somebody waits for it: nothing is begun ahead, and what was begun gives way."""

    def begin(self, name: str, work: Callable[[], object]) -> None:
        """Do `work` soon, instead of an earlier one of this name that was not begun. What fails is passed over."""

    def give_way(self) -> None:
        """Called by a work between its steps: wait a while if there is somebody in front."""

    def close(self) -> None:
        """Forget what was not begun."""


class Git(Protocol):
    """The way to git repositories of others. `git.py` says what each raises."""

    def check(self, address: Address) -> None:
        """See whether the settings let the server go there, asking nobody."""

    def reach(self, address: Address, progress: Progress) -> None:
        """See whether the repository can be read."""

    def look(self, address: Address, *, branch: str, commit: str, seen_tip: str) -> Look:
        """Return how `branch`, pushed as `commit`, is found now."""

    def push(self, address: Address, commit: NewCommit, file: Path, progress: Progress) -> Pushed:
        """Make a commit of `file` on top of the default branch and push it as its branch."""


class Identity(Protocol):
    """Who people are, when the platform says it. Where we say it ourselves, there is none."""

    def recall(self, token: str) -> PlatformUser | None:
        """Return whose token it is if that was asked a moment ago, asking nobody; None for any other token."""

    def user_of_token(self, token: str) -> PlatformUser:
        """Return whose token it is. Raises NotSignedIn, naming the user service when it did not answer."""

    def list_users(self, token: str) -> list[PlatformUser]:
        """Return everybody the platform knows, asked with the caller's token. Raises Unreachable."""

    def pass_on(self, path: str, query: str, token: str) -> bytes:
        """Return the user service's own answer to a GET with the caller's token. Raises Unreachable."""


class Catalogue(Protocol):
    """Where datasets are known: our own catalogue, or the platform's dataset manager.

    Each raises NotFound for a dataset that is not there; a catalogue elsewhere raises Unreachable when it does
    not answer in time, or answers nonsense. Ours needs its own transaction: ask outside of one.
    """

    def read(self, dataset_id: int) -> CatalogueDataset:
        """Return the dataset as it is now: `tag` is that of its content at this moment."""

    def list_datasets(self, *, page: int, page_size: int, search: str) -> DatasetPage:
        """Return one page, newest first, of the datasets whose name holds `search`."""

    def create(
        self, spec: DatasetSpec, files: Iterable[tuple[str, Path]], *, user_id: int | None
    ) -> CatalogueDataset:
        """Make a dataset of `files`, each a path below the dataset's folder and where its bytes lie now.

        Files may be moved away or copied. Without an image there is no dataset: Invalid.
        """

    def change(self, dataset_id: int, change: DatasetChange) -> CatalogueDataset:
        """Change what people call the dataset."""

    def add_items(self, dataset_id: int, files: Iterable[tuple[str, Path]]) -> CatalogueDataset:
        """Add files as `create` takes them, all or none. Raises Conflict where the folder is not the catalogue's."""

    def delete_item(self, dataset_id: int, path: str) -> CatalogueDataset:
        """Delete the file at `path` of the dataset's folder, if it is there. Raises Conflict as `add_items`."""

    def bind(self, dataset_id: int, *, holder: str) -> None:
        """Say that `holder` works on the dataset: it is not deleted meanwhile. Again changes nothing."""

    def unbind(self, dataset_id: int, *, holder: str, labels: Sequence[str]) -> None:
        """Say that `holder` has published the dataset with `labels`; without any, that it works on it no more."""

    def delete(self, dataset_id: int) -> None:
        """Delete the dataset and its files. Raises Conflict while somebody holds it."""
