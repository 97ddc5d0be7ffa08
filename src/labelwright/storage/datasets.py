"""The datasets of our own catalogue: a row each, and who holds them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, delete, func, or_, select, update

from labelwright.domain.catalogue import CatalogueDataset, DatasetPage
from labelwright.storage import Transaction, contains
from labelwright.storage.tables import dataset_bindings, datasets, tasks


def insert_dataset(
    tx: Transaction, dataset: CatalogueDataset, *, fingerprint: str, owner_id: int | None, now_utc: str
) -> int | None:
    """Add the dataset, its id and times left aside; return its id, None where there is one of its code already."""
    values = {
        "code": dataset.code,
        "name": dataset.name,
        "description": dataset.description,
        "annotation_type": dataset.annotation_type,
        "format": dataset.format,
        "status": dataset.status,
        "tag": int(dataset.tag),
        "source_type": dataset.source_type,
        "storage_path": dataset.storage_path,
        "item_count": dataset.item_count,
        "annotation_count": dataset.annotation_count,
        "is_published": dataset.is_published,
        "labels": None,
        "fingerprint": fingerprint,
        "owner_id": owner_id,
        "created_utc": now_utc,
        "updated_utc": now_utc,
    }
    added = tx.insert(datasets).values(values).on_conflict_do_nothing(index_elements=["code"])
    return tx.connection.execute(added.returning(datasets.c.id)).scalar_one_or_none()


def read_dataset(tx: Transaction, dataset_id: int, *, lock: bool = False) -> CatalogueDataset | None:
    """Return the dataset; with `lock` nobody else changes it, or who holds it, until the transaction ends."""
    query = select(datasets).where(datasets.c.id == dataset_id)
    row = tx.connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _dataset(row)


def find_dataset(tx: Transaction, code: str) -> CatalogueDataset | None:
    row = tx.connection.execute(select(datasets).where(datasets.c.code == code)).one_or_none()
    return None if row is None else _dataset(row)


def list_datasets(tx: Transaction, *, search: str, offset: int, limit: int) -> DatasetPage:
    """Return the datasets whose name holds `search`, newest first."""
    conditions = [contains(datasets.c.name, search)] if search else []
    count = tx.connection.execute(select(func.count()).select_from(datasets).where(*conditions)).scalar_one()
    page = select(datasets).where(*conditions).order_by(datasets.c.id.desc()).offset(offset).limit(limit)
    return DatasetPage(count, tuple(_dataset(row) for row in tx.connection.execute(page)))


def read_fingerprint(tx: Transaction, dataset_id: int) -> str | None:
    """Return what the folder held when the tag was set, None when there is no such dataset."""
    return tx.connection.execute(
        select(datasets.c.fingerprint).where(datasets.c.id == dataset_id)
    ).scalar_one_or_none()


def update_dataset(tx: Transaction, dataset_id: int, **values: object) -> None:
    """Write columns of the datasets table."""
    tx.connection.execute(update(datasets).where(datasets.c.id == dataset_id).values(**values))


def change_content(
    tx: Transaction, dataset_id: int, *, known: str | None, fingerprint: str, **values: object
) -> bool:
    """Raise the tag, since the folder's content is now `fingerprint`; whether it was raised.

    With `known` only where that is still what the folder was known to hold: of two who see one change, one raises it.
    """
    query = update(datasets).where(datasets.c.id == dataset_id)
    if known is not None:
        query = query.where(datasets.c.fingerprint == known)
    changed = query.values(tag=datasets.c.tag + 1, fingerprint=fingerprint, **values)
    return tx.connection.execute(changed).rowcount == 1


def delete_dataset(tx: Transaction, dataset_id: int) -> None:
    tx.connection.execute(delete(datasets).where(datasets.c.id == dataset_id))


def names_within(tx: Transaction, storage_path: str, *, but: int) -> list[str]:
    """Return the names of other datasets whose folder is this one, or lies in it."""
    inside = datasets.c.storage_path.startswith(f"{storage_path}/", autoescape=True)
    where = or_(datasets.c.storage_path == storage_path, inside), datasets.c.id != but
    return list(tx.connection.scalars(select(datasets.c.name).where(*where).order_by(datasets.c.id)))


def insert_binding(tx: Transaction, dataset_id: int, holder: str) -> None:
    """Note that `holder` works on the dataset. Again changes nothing."""
    added = tx.insert(dataset_bindings).values(dataset_id=dataset_id, holder=holder)
    tx.connection.execute(added.on_conflict_do_nothing())


def delete_binding(tx: Transaction, dataset_id: int, holder: str) -> None:
    of_holder = dataset_bindings.c.dataset_id == dataset_id, dataset_bindings.c.holder == holder
    tx.connection.execute(delete(dataset_bindings).where(*of_holder))


def list_holders(tx: Transaction, dataset_id: int) -> list[str]:
    """Return who works on the dataset, sorted."""
    query = select(dataset_bindings.c.holder).where(dataset_bindings.c.dataset_id == dataset_id)
    return sorted(tx.connection.scalars(query))


def tasks_of_dataset(tx: Transaction, dataset_id: int) -> list[int]:
    """Return the ids of the tasks made of the dataset, ascending. The catalogue may be another server's."""
    query = select(tasks.c.id).where(tasks.c.dataset_id == dataset_id).order_by(tasks.c.id)
    return list(tx.connection.scalars(query))


def _dataset(row: Row[Any]) -> CatalogueDataset:
    return CatalogueDataset(
        id=row.id,
        name=row.name,
        tag=str(row.tag),
        storage_path=row.storage_path,
        format=row.format,
        annotation_type=row.annotation_type,
        description=row.description,
        code=row.code,
        status=row.status,
        source_type=row.source_type,
        item_count=row.item_count,
        annotation_count=row.annotation_count,
        is_published=row.is_published,
        labels=None if row.labels is None else msgspec.json.decode(row.labels, type=tuple[str, ...]),
        created_ms=_milliseconds(row.created_utc),
        updated_ms=_milliseconds(row.updated_utc),
        owner_id=row.owner_id,
    )


def _milliseconds(utc: str) -> int:
    return round(datetime.fromisoformat(utc).timestamp() * 1000)


def write_labels(labels: Sequence[str]) -> str:
    """Return names of labels as the column holds them."""
    return msgspec.json.encode(list(labels)).decode()
