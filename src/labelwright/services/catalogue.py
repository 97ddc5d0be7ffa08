"""Our own catalogue of datasets: folders below the storage root, and a row each."""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from labelwright.domain.catalogue import CatalogueDataset, DatasetChange, DatasetPage, DatasetSpec
from labelwright.domain.errors import Conflict, Invalid, NotFound
from labelwright.domain.times import utc_text
from labelwright.folders import Folder
from labelwright.parts.annotation_counts import count_annotations
from labelwright.parts.dataset_folders import (
    OWN,
    add_files,
    delete_own,
    existing_folder,
    filled_folder,
    images_of,
    look,
    open_dataset,
)
from labelwright.ports import Clock
from labelwright.storage import Database, Transaction
from labelwright.storage import datasets as storage

#: Seconds between two looks at a dataset's folder, and how many times the last look's own time.
_LOOK_S, _LOOK_TIMES = 2.0, 20.0


class _Seen(Struct, frozen=True):
    """What a folder holds, counted."""

    fingerprint: str
    item_count: int
    annotation_count: int


class EmbeddedCatalogue:
    """The catalogue of those who have no other. Raises as `ports.Catalogue` says."""

    def __init__(
        self,
        database: Database,
        *,
        root: Path,
        results_folder: str,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._root = root
        self._results_folder = results_folder
        self._clock = clock
        self._monotonic = monotonic
        #: When to look at a dataset's folder again. Processes look each for themselves.
        self._next_look_s: dict[int, float] = {}

    def read(self, dataset_id: int) -> CatalogueDataset:
        with self._database.read() as tx:
            dataset = _existing(tx, dataset_id)
            known = storage.read_fingerprint(tx, dataset_id)
        if self._monotonic() < self._next_look_s.get(dataset_id, 0.0):
            return dataset
        with suppress(NotFound):  # a file system that is away for a while is no change
            self._follow_folder(dataset, known)
        with self._database.read() as tx:
            return _existing(tx, dataset_id)

    def _follow_folder(self, dataset: CatalogueDataset, known: str | None) -> None:
        """Raise the tag when the folder is not what it was. Raises NotFound when it cannot be read."""
        started = self._monotonic()
        with open_dataset(self._root, dataset.storage_path) as folder:
            fingerprint = look(folder, results_folder=self._results_folder).fingerprint
            took_s = self._monotonic() - started
            if fingerprint != known:
                seen = self._count(folder, dataset.format)
                with self._database.write() as tx:
                    self._change_content(tx, dataset.id, seen, known=known)
        self._next_look_s[dataset.id] = self._monotonic() + max(_LOOK_S, _LOOK_TIMES * took_s)

    def _count(self, folder: Folder, format_name: str) -> _Seen:
        content = look(folder, results_folder=self._results_folder)
        items = images_of(folder, content)
        annotations = count_annotations(
            folder, content, items, format_name=format_name, results_folder=self._results_folder
        )
        return _Seen(content.fingerprint, len(items), annotations)

    def _change_content(
        self, tx: Transaction, dataset_id: int, seen: _Seen, *, known: str | None = None, **values: object
    ) -> None:
        storage.change_content(
            tx,
            dataset_id,
            known=known,
            fingerprint=seen.fingerprint,
            item_count=seen.item_count,
            annotation_count=seen.annotation_count,
            updated_utc=self._now_utc(),
            **values,
        )

    def list_datasets(self, *, page: int, page_size: int, search: str) -> DatasetPage:
        with self._database.read() as tx:
            return storage.list_datasets(tx, search=search, offset=(page - 1) * page_size, limit=page_size)

    def create(
        self, spec: DatasetSpec, files: Iterable[tuple[str, Path]], *, user_id: int | None
    ) -> CatalogueDataset:
        if spec.storage_path:
            path = existing_folder(self._root, spec.storage_path)
            return self._insert(spec, path, user_id=user_id)
        if spec.code:
            with self._database.read() as tx:
                made = storage.find_dataset(tx, spec.code)
            if made is not None:
                return made
        code = spec.code or str(uuid4())
        with filled_folder(self._root, files) as folder:
            return self._insert(replace(spec, code=code), f"{OWN}/{code}", user_id=user_id, filled=folder)

    def _insert(
        self, spec: DatasetSpec, path: str, *, user_id: int | None, filled: Path | None = None
    ) -> CatalogueDataset:
        """Know the dataset of the folder at `path`; with `filled`, the folder to be moved there."""
        top = self._root.resolve()
        held = path if filled is None else filled.resolve().relative_to(top).as_posix()
        with open_dataset(self._root, held) as folder:
            seen = self._count(folder, spec.format)
        if not seen.item_count:
            raise Invalid("a dataset needs an image at least: there is none among these files")
        dataset = CatalogueDataset(
            id=0,
            name=spec.name,
            tag="1",
            storage_path=path,
            format=spec.format,
            annotation_type=spec.annotation_type,
            description=spec.description,
            code=spec.code or str(uuid4()),
            source_type=spec.source_type,
            item_count=seen.item_count,
            annotation_count=seen.annotation_count,
        )
        with self._database.write() as tx:
            dataset_id = storage.insert_dataset(
                tx, dataset, fingerprint=seen.fingerprint, owner_id=user_id, now_utc=self._now_utc()
            )
            if dataset_id is None:  # somebody was quicker
                made = storage.find_dataset(tx, dataset.code)
                assert made is not None, "its row was in the way"
                return made
            if filled is not None:
                delete_own(self._root, path)  # of one who moved it there and was killed before it was known
                filled.rename(top / path)
            return _existing(tx, dataset_id)

    def change(self, dataset_id: int, change: DatasetChange) -> CatalogueDataset:
        values = {
            name: value
            for name, value in (("name", change.name), ("description", change.description))
            if value is not None
        }
        with self._database.write() as tx:
            _existing(tx, dataset_id)
            storage.update_dataset(tx, dataset_id, updated_utc=self._now_utc(), **values)
            return _existing(tx, dataset_id)

    def add_items(self, dataset_id: int, files: Iterable[tuple[str, Path]]) -> CatalogueDataset:
        return self._edit(dataset_id, lambda folder: add_files(folder, files))

    def delete_item(self, dataset_id: int, path: str) -> CatalogueDataset:
        return self._edit(dataset_id, lambda folder: folder.delete_file(path))

    def _edit(self, dataset_id: int, edit: Callable[[Folder], None]) -> CatalogueDataset:
        """Change the files of a dataset whose folder is ours. Raises Conflict for another's folder."""
        with self._database.read() as tx:
            dataset = _existing(tx, dataset_id)
            known = storage.read_fingerprint(tx, dataset_id)
        if not _is_own(dataset):
            raise Conflict(
                "the folder {path} is read in place: its files are changed there", path=dataset.storage_path
            )
        with open_dataset(self._root, dataset.storage_path) as folder:
            edit(folder)
            seen = self._count(folder, dataset.format)
        with self._database.write() as tx:
            # Whoever looked since has raised the tag for this very change.
            self._change_content(tx, dataset_id, seen, known=known)
            return _existing(tx, dataset_id)

    def bind(self, dataset_id: int, *, holder: str) -> None:
        with self._database.write() as tx:
            dataset = _existing(tx, dataset_id, lock=True)
            storage.insert_binding(tx, dataset_id, holder)
            if dataset.status == "unlabeled":
                storage.update_dataset(tx, dataset_id, status="labeling", updated_utc=self._now_utc())

    def unbind(self, dataset_id: int, *, holder: str, labels: Sequence[str]) -> None:
        if labels:
            self._publish(dataset_id, holder=holder, labels=labels)
            return
        with self._database.write() as tx:
            dataset = _existing(tx, dataset_id, lock=True)
            storage.delete_binding(tx, dataset_id, holder)
            if dataset.status == "labeling" and not storage.list_holders(tx, dataset_id):
                storage.update_dataset(tx, dataset_id, status="unlabeled", updated_utc=self._now_utc())

    def _publish(self, dataset_id: int, *, holder: str, labels: Sequence[str]) -> None:
        with self._database.read() as tx:
            dataset = _existing(tx, dataset_id)
        with open_dataset(self._root, dataset.storage_path) as folder:
            seen = self._count(folder, dataset.format)
        with self._database.write() as tx:
            _existing(tx, dataset_id, lock=True)
            storage.delete_binding(tx, dataset_id, holder)
            names = storage.write_labels(labels)
            self._change_content(tx, dataset_id, seen, status="labeled", is_published=True, labels=names)

    def delete(self, dataset_id: int) -> None:
        with self._database.write() as tx:
            dataset = _existing(tx, dataset_id, lock=True)
            _refuse_held(dataset, storage.list_holders(tx, dataset_id))
            others = (
                storage.names_within(tx, dataset.storage_path, but=dataset_id) if _is_own(dataset) else []
            )
            if others:
                raise Conflict(
                    "the files of dataset {name} are those of dataset {other} too: delete that first",
                    name=dataset.name,
                    other=others[0],
                )
            storage.delete_dataset(tx, dataset_id)
        self._next_look_s.pop(dataset_id, None)
        if _is_own(dataset):
            delete_own(self._root, dataset.storage_path)

    def _now_utc(self) -> str:
        return utc_text(self._clock())


def _existing(tx: Transaction, dataset_id: int, *, lock: bool = False) -> CatalogueDataset:
    dataset = storage.read_dataset(tx, dataset_id, lock=lock)
    if dataset is None:
        raise NotFound("Not found.")
    return dataset


def _refuse_held(dataset: CatalogueDataset, holders: Sequence[str]) -> None:
    named = ", ".join(holder for holder in holders if holder)
    if named:
        raise Conflict(
            "dataset {name} is in use ({holders}) and cannot be deleted", name=dataset.name, holders=named
        )
    if holders:
        raise Conflict("dataset {name} is in use and cannot be deleted", name=dataset.name)


def _is_own(dataset: CatalogueDataset) -> bool:
    """Whether we stored the files ourselves, so that they are ours to change and delete."""
    return dataset.storage_path == f"{OWN}/{dataset.code}"
