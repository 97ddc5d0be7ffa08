"""The platform's dataset manager, over HTTP (platform contract, 3).

Recorded are the calls to read a dataset, bind and unbind it. The others are those of our own catalogue, which a manager
may have or not: what it lacks fails with its own words.
"""

import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar, cast

import msgspec
from msgspec import Struct, field

from labelwright.domain.catalogue import (
    CatalogueDataset,
    DatasetChange,
    DatasetPage,
    DatasetSpec,
    check_paths,
)
from labelwright.domain.errors import (
    Conflict,
    Forbidden,
    Invalid,
    LabelwrightError,
    NotBuilt,
    NotFound,
    Unreachable,
)
from labelwright.domain.sentences import Sentence
from labelwright.folders import find_below
from labelwright.http import FormFile, Refused, Service

T = TypeVar("T")

_NAME = Sentence("the dataset manager")
_DATASETS = "/api/cv_datasets"
#: Seconds a dataset of many files may take to send, besides what every call may.
_SENDING_S = 600.0
#: How many datasets of one name are looked through for the one that was made by an earlier try.
_LOOKED_THROUGH = 100
#: How far the clocks of two machines may be apart.
_SKEW_MS = 30_000
_SENTENCE_LETTERS = 500
_NO_CALL = Sentence("the dataset manager has no way to change a dataset: do it there")
#: What a status means where it means something to the caller.
_MEANINGS: dict[int, type[LabelwrightError]] = {400: Invalid, 403: Forbidden, 409: Conflict, 422: Invalid}


class _Row(Struct, frozen=True, rename="camel"):
    """A dataset as the manager shows it; what it leaves out is None."""

    id: int
    name: str | None = None
    description: str | None = None
    tag: int | str | None = None
    storage_path: str | None = None
    format: str | None = field(default=None, name="cvDatasetFormat")
    annotation_type: str | None = field(default=None, name="annotType")
    scene: str | None = field(default=None, name="annotScene")
    status: str | None = field(default=None, name="annotStatus")
    code: str | None = field(default=None, name="datasetCode")
    version: str | None = None
    source_type: str | None = None
    storage_type: str | None = None
    job_status: str | None = None
    item_count: int | None = None
    annotation_count: int | None = field(default=None, name="annotCount")
    is_published: bool | None = None
    labels: list[str] | None = field(default=None, name="labelList")
    created_ms: int | None = field(default=None, name="createdAt")
    updated_ms: int | None = field(default=None, name="updatedAt")


class _Page(Struct, frozen=True):
    items: list[_Row]
    total: int


class _Outcome(Struct, frozen=True):
    """What the manager's envelope says of a call; `code` 0 is success."""

    code: int
    msg: str = ""


class _Answer(_Outcome, Generic[T], frozen=True):
    """The envelope with what was asked for."""

    data: T | None = None


class RemoteCatalogue:
    """Datasets of the dataset manager at `url`, whose storage is `root`. Raises as `ports.Catalogue` says."""

    def __init__(self, url: str, *, token: str, timeout_s: float, root: Path) -> None:
        self._service = Service(_NAME, url, timeout_s=timeout_s, token=token)
        self._timeout_s = timeout_s
        self._root = root

    def read(self, dataset_id: int) -> CatalogueDataset:
        return self._whole(self._told(_Row, self._call("GET", f"{_DATASETS}/id/{dataset_id}")))

    def _whole(self, row: _Row) -> CatalogueDataset:
        """Return the dataset, with all that one needs to work with it (platform contract, 3.2)."""
        for name, value in (
            ("storagePath", row.storage_path),
            ("cvDatasetFormat", row.format),
            ("tag", row.tag),
        ):
            if value is None or value == "":
                raise Unreachable(
                    "the dataset manager does not tell the {missing} of dataset {id}", missing=name, id=row.id
                )
        path = row.storage_path or ""
        try:
            place = find_below(self._root, path)
        except NotFound as error:
            raise Invalid(
                "the folder {path} of dataset {id} is not below the storage root of this server (setting "
                "LABELWRIGHT_STORAGE_ROOT)",
                path=path,
                id=row.id,
            ) from error
        return msgspec.structs.replace(
            _dataset(row), storage_path=place.relative_to(self._root.resolve()).as_posix()
        )

    def list_datasets(self, *, page: int, page_size: int, search: str) -> DatasetPage:
        query: dict[str, str | int] = {"pageNum": page, "pageSize": page_size}
        if search:
            query["name"] = search
        found = self._told(_Page, self._call("GET", _DATASETS, query=query))
        return DatasetPage(found.total, tuple(_dataset(row) for row in found.items))

    def create(
        self, spec: DatasetSpec, files: Iterable[tuple[str, Path]], *, user_id: int | None
    ) -> CatalogueDataset:
        if spec.code:
            made = self._made_before(spec)
            if made is not None:
                return made
        sent = list(files)
        check_paths(path for path, _ in sent)
        fields = {
            "name": spec.name,
            "description": spec.description,
            "annotType": spec.annotation_type,
            "cvDatasetFormat": spec.format,
        }
        if spec.storage_path:
            fields["storagePath"] = spec.storage_path
        if spec.code:
            fields["datasetCode"] = spec.code
        answer = self._call("POST", _DATASETS, fields=fields, files=_parts(sent), may_take_s=_SENDING_S)
        return self._whole(self._told(_Row, answer))

    def _made_before(self, spec: DatasetSpec) -> CatalogueDataset | None:
        """Return the dataset an earlier try made.

        A manager need not keep our code: then it is one of this name, made since it was asked for. One that cannot
        list its datasets makes a second one if a worker was killed while the first was made.
        """
        query: dict[str, str | int] = {"pageNum": 1, "pageSize": _LOOKED_THROUGH, "name": spec.name}
        try:
            rows = self._told(_Page, self._call("GET", _DATASETS, query=query)).items
        except (NotFound, Unreachable, Invalid, Forbidden, Conflict):
            return None
        since_ms = spec.asked_ms - _SKEW_MS
        same = (
            row
            for row in rows
            if row.code == spec.code or (row.name == spec.name and (row.created_ms or 0) >= since_ms)
        )
        made = next(same, None)
        return None if made is None else self._whole(made)

    def change(self, dataset_id: int, change: DatasetChange) -> CatalogueDataset:
        raise NotBuilt(_NO_CALL)

    def add_items(self, dataset_id: int, files: Iterable[tuple[str, Path]]) -> CatalogueDataset:
        raise NotBuilt(_NO_CALL)

    def delete_item(self, dataset_id: int, path: str) -> CatalogueDataset:
        raise NotBuilt(_NO_CALL)

    def bind(self, dataset_id: int, *, holder: str) -> None:
        self._heed(self._call("POST", f"{_DATASETS}/id/{dataset_id}/bind"))

    def unbind(self, dataset_id: int, *, holder: str, labels: Sequence[str]) -> None:
        path = f"{_DATASETS}/id/{dataset_id}/unbind"
        self._heed(self._call("POST", path, body={"labelList": list(labels)}))

    def delete(self, dataset_id: int) -> None:
        self._heed(self._call("DELETE", f"{_DATASETS}/id/{dataset_id}"))

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str | int] | None = None,
        body: object = None,
        fields: dict[str, str] | None = None,
        files: Iterable[FormFile] = (),
        may_take_s: float = 0.0,
    ) -> bytes:
        """Return the body of the manager's answer.

        Raises:
            NotFound, Invalid, Forbidden, Conflict: it says so, in its own words where it has any.
            Unreachable: it does not answer, or with any other failure.
        """
        try:
            return self._service.call(
                method,
                path,
                query=query,
                body=body,
                fields=fields,
                files=files,
                timeout_s=self._timeout_s + may_take_s,
            )
        except Refused as error:
            if error.status == 404:
                raise NotFound("Not found.") from error
            kind = _MEANINGS.get(error.status)
            if kind is not None:
                raise kind("the dataset manager refuses: {reason}", reason=_reason(error)) from error
            raise

    def _told(self, kind: type[T], content: bytes) -> T:
        """Return what the envelope holds. Raises Unreachable."""
        answer: _Answer[T] = self._service.read(_Answer[kind], content)  # type: ignore[valid-type]
        _refuse_failure(answer)
        if answer.data is None:
            raise Unreachable("{service} answered nonsense", service=_NAME)
        return answer.data

    def _heed(self, content: bytes) -> None:
        """See that a call that returns nothing was carried out. Raises Unreachable."""
        if content.strip():
            _refuse_failure(self._service.read(_Outcome, content))


def _refuse_failure(answer: _Outcome) -> None:
    if answer.code:
        raise Unreachable("the dataset manager refuses: {reason}", reason=answer.msg[:_SENTENCE_LETTERS])


def _dataset(row: _Row) -> CatalogueDataset:
    """Return the row as ours; what it leaves out is as in a new dataset."""
    told = {
        name: value
        for name in _Row.__struct_fields__
        if name not in ("tag", "labels") and (value := getattr(row, name)) is not None
    }
    kept: dict[str, object] = {"name": "", "storage_path": "", "format": ""}
    return CatalogueDataset(
        **kept | told,  # type: ignore[arg-type]
        tag="" if row.tag is None else str(row.tag),
        labels=None if row.labels is None else tuple(row.labels),
    )


def _reason(error: Refused) -> str:
    """Return why, in the manager's words; its status where it has none."""
    try:
        told = msgspec.json.decode(error.body, type=_Outcome).msg
    except msgspec.DecodeError:
        told = ""
    return told[:_SENTENCE_LETTERS] or str(error.status)


def _parts(files: Sequence[tuple[str, Path]]) -> list[FormFile]:
    return [
        (f"files[{index}]", name, cast(BinaryIO, _LazyFile(path)), "application/octet-stream")
        for index, (name, path) in enumerate(files)
    ]


class _LazyFile:
    """A file that is open only from its first byte read to its last: a form may hold a hundred thousand of them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._position = 0

    def read(self, size: int = -1) -> bytes:
        if self._file is None:
            self._file = self._path.open("rb")
            self._file.seek(self._position)
        piece = self._file.read(size)
        self._position += len(piece)
        if not piece:
            self._file.close()
            self._file = None
        return piece

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._position = offset + (self._path.stat().st_size if whence == io.SEEK_END else 0)
        if self._file is not None:
            self._file.seek(self._position)
        return self._position

    def tell(self) -> int:
        return self._position
