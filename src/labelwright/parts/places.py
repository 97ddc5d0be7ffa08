"""Folders below the storage root that a task's images are read from, and the datasets they are of."""

import logging
from collections.abc import Sequence
from pathlib import PurePosixPath

from msgspec import Struct

from labelwright.deps import Deps
from labelwright.domain.catalogue import ANNOTATION_TYPES, CatalogueDataset
from labelwright.domain.errors import InvalidMedia, LabelwrightError, NotFound
from labelwright.domain.sentences import Sentence
from labelwright.domain.signatures import START_BYTES, image_type
from labelwright.domain.tasks import MediaRequest
from labelwright.folders import Folder, find_below, shown_name
from labelwright.folders.results import is_results
from labelwright.parts.locations import Source
from labelwright.ports import Progress

logger = logging.getLogger("labelwright.services")


class Places(Struct, frozen=True):
    """Where the images of a request lie: `folders`, as paths from the storage root, and the datasets among them."""

    datasets: tuple[CatalogueDataset, ...]
    folders: tuple[str, ...]

    @property
    def values(self) -> dict[str, object]:
        """What a task remembers of them: columns of its row. Of several datasets the last counts (contract, 4)."""
        if not self.datasets:
            return {}
        return {"dataset_id": self.datasets[-1].id, "dataset_tag": self.datasets[-1].tag}

    @property
    def annotation_type(self) -> str:
        """What the first dataset is annotated as, "" for nothing we know."""
        found = self.datasets[0].annotation_type if self.datasets else ""
        return found if found in ANNOTATION_TYPES else ""


def holder_of(task_id: int) -> str:
    """What a catalogue knows the task by that holds a dataset."""
    return f"task/{task_id}"


def bind_datasets(deps: Deps, request: MediaRequest, *, task_id: int) -> None:
    """Have the datasets of the request held for the task. A catalogue that cannot be told is no reason to stop."""
    for dataset_id in dict.fromkeys(request.dataset_ids):
        try:
            deps.catalogue.bind(dataset_id, holder=holder_of(task_id))
        except LabelwrightError as error:
            logger.warning("dataset %s was not bound for task %s: %s", dataset_id, task_id, error)


def find_places(deps: Deps, request: MediaRequest) -> Places:
    """Read the datasets of the request, and look where all of its folders are.

    Raises:
        InvalidMedia: a dataset or folder is not there or leads out of the storage root, or the formats differ.
        Unreachable: the catalogue did not answer.
    """
    datasets = tuple(_read_dataset(deps, dataset_id) for dataset_id in dict.fromkeys(request.dataset_ids))
    for dataset in datasets:
        if dataset.format != datasets[0].format:
            raise InvalidMedia(
                "the datasets of one task must be of one format: {first} is {format}, {other} is {other_format}",
                first=datasets[0].name,
                format=datasets[0].format,
                other=dataset.name,
                other_format=dataset.format,
            )
    paths = [*(dataset.storage_path.lstrip("/") for dataset in datasets), *request.platform_files]
    return Places(datasets, tuple(dict.fromkeys(_find_folder(deps, path) for path in paths)))


def _read_dataset(deps: Deps, dataset_id: int) -> CatalogueDataset:
    try:
        return deps.catalogue.read(dataset_id)
    except NotFound as error:
        raise InvalidMedia("there is no dataset {id}", id=dataset_id) from error


def release_datasets(deps: Deps, held: Sequence[tuple[int, int]]) -> None:
    """Tell the catalogue that tasks are gone: `held` are ids of datasets, each with that of its task.

    When it does not answer, this is logged, and the rest is not asked: nobody waits for one timeout after another.
    """
    for dataset_id, task_id in held:
        try:
            deps.catalogue.unbind(dataset_id, holder=holder_of(task_id), labels=())
        except NotFound:
            continue
        except LabelwrightError as error:
            logger.warning("datasets of deleted tasks stay bound, from (dataset, task) %s: %s", held, error)
            return


def _find_folder(deps: Deps, path: str) -> str:
    """Return where the folder really lies, as a path from the storage root. Raises InvalidMedia."""
    root = deps.platform.storage_root.resolve()
    if ".." in PurePosixPath(path).parts:
        raise InvalidMedia("Don't use '..' inside file paths: {name}", name=path)
    try:
        found = find_below(root, path)
    except NotFound as error:
        raise InvalidMedia(error.message) from error
    if not found.is_dir():
        raise InvalidMedia("{name} is no folder", name=path)
    return found.relative_to(root).as_posix()


def find_images(deps: Deps, places: Places, progress: Progress) -> list[Source]:
    """Return every image below the folders of `places`, by full path in the order of code points (contract, 4).

    What a file is, its content decides; links are passed over. What was published there, in the folder for results,
    is no frame.

    Raises:
        InvalidMedia: a folder or file cannot be read, or its name is not UTF-8, so that no client could ask for it.
        Cancelled: a person cancelled.
    """
    found: set[str] = set()
    for folder in places.folders:
        try:
            _add_images(deps, folder, found, progress)
        except OSError as error:
            name = shown_name(str(error.filename or folder))
            raise InvalidMedia("{name} cannot be read: {reason}", name=name, reason=error.strerror) from error
    return [(PurePosixPath(path).name, f"storage:{path}") for path in sorted(found)]


def _add_images(deps: Deps, folder: str, found: set[str], progress: Progress) -> None:
    with Folder(deps.platform.storage_root.resolve() / folder) as opened:
        for entry in opened.entries():
            if entry.kind != "file" or is_results(entry.name, deps.platform.results_folder):
                continue
            progress(0.0, Sentence("Looking for images: {count} so far", count=len(found)))
            with opened.open_file(entry.name) as file:
                is_image = bool(image_type(file.read(START_BYTES), entry.name))
            if is_image:
                _require_utf8(entry.name, folder)
                found.add(f"{folder}/{entry.name}")


def _require_utf8(name: str, folder: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise InvalidMedia(
            "the file name {shown} in {folder} is not UTF-8; rename it", shown=shown_name(name), folder=folder
        ) from error
