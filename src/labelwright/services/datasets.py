"""What people ask of the dataset catalogue, whichever it is: lists, new ones, changes, their images."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

import msgspec
from msgspec import Struct

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.catalogue import (
    CatalogueDataset,
    DatasetChange,
    DatasetPage,
    DatasetSpec,
    Item,
    check_path,
)
from labelwright.domain.errors import Conflict, Invalid, NotFound
from labelwright.domain.users import User
from labelwright.folders.results import is_results
from labelwright.parts.archived import archive_limits
from labelwright.parts.dataset_folders import drop_abandoned, image_type_of, images_of, look, open_dataset
from labelwright.parts.dataset_uploads import DatasetUpload
from labelwright.services import require
from labelwright.storage import datasets as storage

_PIECE_BYTES = 1 << 18
_SCRATCH = "dataset-"


class ItemPage(Struct, frozen=True):
    """One page of the images of a dataset, by path, and how many there are on all pages."""

    total: int
    items: tuple[Item, ...]


class ItemFile(Struct, frozen=True):
    """The bytes of an image, piece by piece, and what a browser is told of them."""

    name: str
    media_type: str
    size_bytes: int
    pieces: Iterator[bytes]


def list_datasets(deps: Deps, *, user: User, page: int, page_size: int, search: str) -> DatasetPage:
    """Return one page, newest first, of the datasets whose name holds `search`. Raises Forbidden, Unreachable."""
    require(access.may_see_datasets(user))
    return deps.catalogue.list_datasets(page=page, page_size=page_size, search=search)


def read_dataset(deps: Deps, *, user: User, dataset_id: int) -> CatalogueDataset:
    """Return the dataset. Raises NotFound, Forbidden, Unreachable."""
    dataset = deps.catalogue.read(dataset_id)
    require(access.may_see_datasets(user) or dataset.owner_id == user.id)
    return dataset


def begin_upload(deps: Deps, *, user: User, dataset_id: int | None = None) -> DatasetUpload:
    """See that the user may make a dataset, or add to that one; return where the files go.

    Raises NotFound, Forbidden.
    """
    if dataset_id is None:
        require(access.may_create_dataset(user))
    else:
        _changeable(deps, user, dataset_id)
    drop_abandoned(deps.scratch, _SCRATCH)
    return DatasetUpload(
        deps.scratch / f"{_SCRATCH}{secrets.token_hex(8)}",
        limits=deps.limits,
        archive_limits=archive_limits(deps),
    )


def create_dataset(deps: Deps, *, user: User, spec: DatasetSpec, upload: DatasetUpload) -> CatalogueDataset:
    """Make a dataset of what was sent, or of the folder the request names.

    Raises:
        Forbidden: the user's roles make none.
        Invalid: files and a folder were named, or neither; a name or the folder will not do; there is no image.
        Unreachable: the catalogue does not answer.
    """
    require(access.may_create_dataset(user))
    if spec.storage_path and upload.files:
        raise Invalid("a dataset is made of files or of a folder, not of both", field="storagePath")
    if not spec.storage_path and not upload.files:
        raise Invalid("no files were sent, and no folder was named", field="files")
    return deps.catalogue.create(spec, upload.files, user_id=user.id)


def may_change(deps: Deps, *, user: User, dataset_id: int) -> None:
    """Raise NotFound or Forbidden unless the user may change the dataset: asked before a body is read."""
    _changeable(deps, user, dataset_id)


def change_dataset(deps: Deps, *, user: User, dataset_id: int, change: DatasetChange) -> CatalogueDataset:
    """Rename or describe the dataset. Raises NotFound, Forbidden, NotBuilt."""
    _changeable(deps, user, dataset_id)
    return deps.catalogue.change(dataset_id, change)


def delete_dataset(deps: Deps, *, user: User, dataset_id: int) -> None:
    """Delete the dataset, with its files where they are the catalogue's own.

    Raises:
        NotFound, Forbidden: as everywhere.
        Conflict: somebody holds it, or there are tasks made of it.
    """
    dataset = _changeable(deps, user, dataset_id)
    with deps.database.read() as tx:
        tasks = storage.tasks_of_dataset(tx, dataset_id)
    if tasks:
        named = ", ".join(str(task) for task in tasks[:5])
        raise Conflict(
            "dataset {name} cannot be deleted: tasks are made of it ({tasks})", name=dataset.name, tasks=named
        )
    deps.catalogue.delete(dataset_id)


def bind(deps: Deps, *, user: User, dataset_id: int) -> None:
    """Hold the dataset for a caller of no name. Raises NotFound, Forbidden."""
    _changeable(deps, user, dataset_id)
    deps.catalogue.bind(dataset_id, holder="")


def unbind(deps: Deps, *, user: User, dataset_id: int, labels: tuple[str, ...]) -> None:
    """Say that the dataset was published with `labels`; without any, let it go only. Raises NotFound, Forbidden."""
    _changeable(deps, user, dataset_id)
    deps.catalogue.unbind(dataset_id, holder="", labels=labels)


def _changeable(deps: Deps, user: User, dataset_id: int) -> CatalogueDataset:
    """Return the dataset, which the user may change. Raises NotFound, Forbidden."""
    dataset = deps.catalogue.read(dataset_id)
    require(access.may_change_dataset(user, owner_id=dataset.owner_id))
    return dataset


def list_items(deps: Deps, *, user: User, dataset_id: int, page: int, page_size: int) -> ItemPage:
    """Return one page of the dataset's images. Raises NotFound (also when its folder is gone), Forbidden."""
    items = _items(deps, read_dataset(deps, user=user, dataset_id=dataset_id))
    first = (page - 1) * page_size
    return ItemPage(len(items), tuple(items[first : first + page_size]))


def _items(deps: Deps, dataset: CatalogueDataset) -> list[Item]:
    """Return the images of the dataset, by path; kept as long as its tag stays."""
    place = hashlib.sha256(dataset.storage_path.encode()).hexdigest()[:16]
    folder_of_list = f"datasets/{dataset.id}-{place}/"
    key = f"{folder_of_list}{hashlib.sha256(dataset.tag.encode()).hexdigest()[:16]}.json"
    kept = deps.cache.get(key)
    if kept is not None:
        return msgspec.json.decode(kept, type=list[Item])
    with open_dataset(deps.platform.storage_root, dataset.storage_path) as folder:
        items = list(images_of(folder, look(folder, results_folder=deps.platform.results_folder)))
    deps.cache.forget(folder_of_list)
    deps.cache.put(key, msgspec.json.encode(items))
    return items


def add_items(deps: Deps, *, user: User, dataset_id: int, upload: DatasetUpload) -> CatalogueDataset:
    """Add what was sent to the dataset, all or nothing.

    Raises:
        NotFound, Forbidden: as everywhere.
        Invalid: no files, or one of a name that is there.
        Conflict: the folder is read in place.
    """
    _changeable(deps, user, dataset_id)
    if not upload.files:
        raise Invalid("no files were sent", field="files")
    return deps.catalogue.add_items(dataset_id, upload.files)


def delete_item(deps: Deps, *, user: User, dataset_id: int, path: str) -> CatalogueDataset:
    """Delete an image of the dataset. Raises NotFound, Forbidden, Conflict where the folder is read in place."""
    dataset = _changeable(deps, user, dataset_id)
    _open_item(deps, dataset, path)[1].close()
    return deps.catalogue.delete_item(dataset_id, path)


def read_item(deps: Deps, *, user: User, dataset_id: int, path: str) -> ItemFile:
    """Return an image as it is. Raises NotFound (also for what is no image), Forbidden."""
    kind, file = _open_item(deps, read_dataset(deps, user=user, dataset_id=dataset_id), path)
    size = file.seek(0, 2)
    file.seek(0)
    return ItemFile(PurePosixPath(path).name, kind, size, _pieces(file))


def _open_item(deps: Deps, dataset: CatalogueDataset, path: str) -> tuple[str, BinaryIO]:
    """Return the media type of an image of the dataset, and its file, open. Raises NotFound."""
    try:
        check_path(path)
    except Invalid as error:
        raise NotFound("Not found.") from error
    with open_dataset(deps.platform.storage_root, dataset.storage_path) as folder:
        is_result = is_results(path, deps.platform.results_folder)
        kind = "" if is_result else image_type_of(folder, path)
        if not kind:
            raise NotFound("Not found.")
        with folder.open_file(path) as file:
            return kind, os.fdopen(os.dup(file.fileno()), "rb")


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def read_item_preview(
    deps: Deps, *, user: User, dataset_id: int, path: str, known_etag: str
) -> tuple[bytes | None, str]:
    """Return an image as a JPEG, 256×256 at most, None when it is the known one, and its ETag.

    Raises:
        NotFound, Forbidden: as everywhere.
        InvalidMedia: it is damaged, or too large.
    """
    dataset = read_dataset(deps, user=user, dataset_id=dataset_id)
    _, file = _open_item(deps, dataset, path)
    with file:
        state = os.fstat(file.fileno())
        known = f"{dataset.storage_path}/{path}\0{state.st_size}\0{state.st_mtime_ns}"
        etag = f'"{hashlib.sha256(known.encode()).hexdigest()[:32]}"'
        if etag == known_etag:
            return None, etag
        # Codecs are imported by those who decode, so that the API starts without them.
        from labelwright.media.images import encode_preview

        return encode_preview(file, name=path, max_megapixels=deps.limits.max_image_megapixels), etag
