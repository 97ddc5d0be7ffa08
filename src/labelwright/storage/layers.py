"""Layers: how all annotations of a job are replaced in an instant, however many there are.

SQLite has one writer, so a transaction that moved 100,000 rows would hold up everybody who saves. An import
writes its rows under a key nobody reads, in short transactions; then one update lets the job show that key.
The rows it showed before go to history afterwards, again in short transactions.
"""

from sqlalchemy import delete, insert, select, text, update

from labelwright.domain.annotations import SERIES
from labelwright.domain.errors import NotFound
from labelwright.storage import Transaction
from labelwright.storage.annotations import move_rows, take_ids
from labelwright.storage.tables import jobs, layers

#: Rows a short transaction moves or deletes: some 10 ms.
_ROWS = 2_000


def begin_layer(tx: Transaction, job_id: int, *, operation_id: str) -> int:
    """Return the key of a new layer of the job, which nobody sees until `show_layer`."""
    key = -take_ids(tx, "layers", 1)
    tx.connection.execute(insert(layers).values(key=key, job_id=job_id, operation_id=operation_id))
    return key


def hold_layer(tx: Transaction, key: int) -> None:
    """Hold the layer until the transaction ends. Raises NotFound when it was dropped meanwhile."""
    query = select(layers.c.key).where(layers.c.key == key).with_for_update()
    if tx.connection.execute(query).first() is None:
        raise NotFound("the job was deleted, or its import ended elsewhere, meanwhile")


def show_layer(tx: Transaction, job_id: int, key: int, *, revision: int) -> None:
    """Let the job show the layer from `revision` on. What it showed has ended one revision earlier."""
    hold_layer(tx, key)
    before = tx.connection.execute(select(jobs.c.layer).where(jobs.c.id == job_id)).scalar()
    ended = {"ended_revision": revision - 1}
    if before is None:
        first = {"key": job_id, "job_id": job_id, "operation_id": "", "begun_revision": 0}
        tx.connection.execute(insert(layers).values(**first, **ended))
    else:
        tx.connection.execute(update(layers).where(layers.c.key == before).values(**ended))
    tx.connection.execute(update(layers).where(layers.c.key == key).values(begun_revision=revision))
    tx.connection.execute(update(jobs).where(jobs.c.id == job_id).values(layer=key))


def drop_unseen(tx: Transaction, operation_id: str) -> bool:
    """Delete some rows of a layer the operation never showed; whether there may be more to delete."""
    query = select(layers.c.key).where(
        layers.c.operation_id == operation_id, layers.c.begun_revision.is_(None)
    )
    key = tx.connection.execute(query.limit(1).with_for_update()).scalar()
    if key is None:
        return False
    for series in SERIES:
        some = f"id IN (SELECT id FROM {series} WHERE job_id = :key ORDER BY frame, id LIMIT {_ROWS})"
        if tx.connection.execute(text(f"DELETE FROM {series} WHERE {some}"), {"key": key}).rowcount:
            return True
    tx.connection.execute(delete(layers).where(layers.c.key == key))
    return True


def move_ended(tx: Transaction) -> bool:
    """Move some rows of a layer that has ended to history; whether there may be more to move."""
    query = select(layers).where(layers.c.ended_revision.is_not(None)).order_by(layers.c.key).limit(1)
    layer = tx.connection.execute(query.with_for_update(skip_locked=True)).first()
    if layer is None:
        return False
    values = {"job": layer.job_id, "key": layer.key}
    for series in SERIES:
        some = f"id IN (SELECT id FROM {series} WHERE job_id = :key ORDER BY frame, id LIMIT {_ROWS})"
        if move_rows(tx, series, some, values, revision=layer.ended_revision):
            return True
    tx.connection.execute(delete(layers).where(layers.c.key == layer.key))
    return True
