"""Rows of shapes and tags: written in bulk, read as ready JSON, never lost (replaced rows go to history)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import TextClause, delete, select, text

from labelwright.domain.annotations import Doc, Series
from labelwright.domain.labels import AttributeRules, fill_attributes
from labelwright.domain.shapes import Shape, Tag
from labelwright.storage import Transaction
from labelwright.storage.tables import jobs, layers

TYPES: dict[Series, type[Shape] | type[Tag]] = {"shapes": Shape, "tags": Tag}

_COLUMNS: dict[Series, tuple[str, ...]] = {
    "tags": ("id", "job_id", "frame", "label_id", "attribute_revision", "revision", "doc"),
    "shapes": ("id", "job_id", "frame", "label_id", "attribute_revision", "revision", "doc", "type"),
}
#: Under which key the rows of the job stand: its id, until an import gave it another layer (`layers.py`).
_KEY = "coalesce((SELECT layer FROM jobs WHERE id = :job), :job)"
#: Every key of the job.
_KEYS = "SELECT key FROM layers WHERE job_id = :job UNION SELECT CAST(:job AS INTEGER)"
#: What a row takes to history: the job's id instead of the key, and the revision it was written by.
_TO_HISTORY = {
    "job_id": "CAST(:job AS INTEGER)",
    "revision": "CASE revision WHEN 0 "
    "THEN coalesce((SELECT begun_revision FROM layers WHERE key = {series}.job_id), 0) ELSE revision END",
}


def take_ids(tx: Transaction, series: str, count: int) -> int:
    """Take a block of `count` ids of the series and return its first; nobody else gets one of them."""
    query = text(
        "INSERT INTO id_series (name, next_id) VALUES (:name, 1 + :count) "
        "ON CONFLICT (name) DO UPDATE SET next_id = id_series.next_id + :count RETURNING next_id"
    )
    return int(tx.connection.execute(query, {"name": series, "count": count}).scalar_one()) - count


def write_docs(
    tx: Transaction,
    series: Series,
    docs: Sequence[Doc],
    *,
    job_id: int,
    revision: int,
    rules: Mapping[int, AttributeRules],
) -> None:
    """Insert `docs` as rows of the job, written by `revision`."""
    key = int(tx.connection.execute(text(f"SELECT {_KEY}"), {"job": job_id}).scalar_one())
    write_rows(tx, series, docs, key=key, revision=revision, rules=rules)


def write_rows(
    tx: Transaction,
    series: Series,
    docs: Sequence[Doc],
    *,
    key: int,
    revision: int,
    rules: Mapping[int, AttributeRules],
) -> None:
    """Insert `docs` as rows of the layer `key`; `revision` 0 means the one the layer will begin with."""
    current = {label_id: rule.revision for label_id, rule in rules.items()}
    rows: list[tuple[Any, ...]]
    if series == "tags":
        rows = [
            (doc.id, key, doc.frame, doc.label_id, current[doc.label_id], revision, doc.doc) for doc in docs
        ]
    else:
        rows = [
            (doc.id, key, doc.frame, doc.label_id, current[doc.label_id], revision, doc.doc, doc.type)
            for doc in docs
        ]
    tx.insert_rows(series, _COLUMNS[series], rows)


def read_docs(
    tx: Transaction,
    series: Series,
    job_id: int,
    *,
    rules: Mapping[int, AttributeRules],
    first: int | None = None,
    last: int | None = None,
) -> list[str]:
    """Return the objects of a job as ready JSON, by frame, then id; `first` to `last` (included) narrows the frames.

    The texts are what `write_docs` stored, letter for letter: joining them with commas is the fastest
    answer there is. A row older than its label's attributes is filled again on the way.
    """
    found: list[str] = []
    for docs in walk_docs(tx, series, job_id, rules=rules, first=first, last=last):
        found += docs
    return found


def walk_docs(
    tx: Transaction,
    series: Series,
    job_id: int,
    *,
    rules: Mapping[int, AttributeRules],
    first: int | None = None,
    last: int | None = None,
) -> Iterator[list[str]]:
    """Yield what `read_docs` returns, some thousands at a time, so that few are in memory."""
    conditions = " AND frame >= :first AND frame <= :last" if first is not None else ""
    order = f"FROM {series} WHERE job_id = {_KEY}{conditions} ORDER BY frame, id"
    values = {"job": job_id, "first": first, "last": last} if first is not None else {"job": job_id}
    if not any(rule.revision for rule in rules.values()):
        for rows in tx.read_rows(f"SELECT doc {order}", values):
            yield [doc for (doc,) in rows]
        return
    for rows in tx.read_rows(f"SELECT doc, label_id, attribute_revision {order}", values):
        yield [
            doc if rules[label_id].revision == revision else _refill(series, doc, rules[label_id])
            for doc, label_id, revision in rows
        ]


def _refill(series: Series, doc: str, rule: AttributeRules) -> str:
    item = msgspec.json.decode(doc, type=TYPES[series])
    item.attributes = fill_attributes(rule, item.attributes)
    return msgspec.json.encode(item).decode()


def count_objects(tx: Transaction, job_id: int) -> int:
    """Return how many objects the job shows."""
    counts = " + ".join(f"(SELECT count(*) FROM {series} WHERE job_id = {_KEY})" for series in _COLUMNS)
    return int(tx.connection.execute(text(f"SELECT {counts}"), {"job": job_id}).scalar_one())


def known_ids(tx: Transaction, series: Series, job_id: int, ids: Sequence[int]) -> set[int]:
    """Return those of `ids` that are objects of the job."""
    query, values = _with_ids(tx, f"SELECT id FROM {series} WHERE job_id = {_KEY} AND ", ids)
    return set(tx.connection.execute(query, {"job": job_id, **values}).scalars())


def end_docs(
    tx: Transaction, series: Series, job_id: int, *, revision: int, ids: Sequence[int] | None = None
) -> int:
    """Move the objects `ids` of the job (None: all) to history, ended by `revision`; return how many there were."""
    if ids is None:
        where: tuple[str, dict[str, Any]] = ("", {})
    else:
        clause, values = _id_clause(tx, ids)
        where = (f" AND {clause}", values)
    return move_rows(tx, series, f"job_id = {_KEY}{where[0]}", {"job": job_id, **where[1]}, revision=revision)


def move_rows(
    tx: Transaction, series: Series, condition: str, values: Mapping[str, Any], *, revision: int
) -> int:
    """Move the rows of `condition`, SQL, to history as those of the job `values["job"]`; return how many there were."""
    columns = ", ".join(_COLUMNS[series])
    kept = ", ".join(_TO_HISTORY.get(column, column).format(series=series) for column in _COLUMNS[series])
    moved = text(
        f"INSERT INTO {series}_history ({columns}, ended_revision) "
        f"SELECT {kept}, :ended FROM {series} WHERE {condition}"
    )
    count = tx.connection.execute(moved, {"ended": revision, **values}).rowcount
    if count:
        tx.connection.execute(text(f"DELETE FROM {series} WHERE {condition}"), values)
    return count


def end_label(
    tx: Transaction, series: Series, job_id: int, *, label_ids: Sequence[int], revision: int
) -> int:
    """Move the job's objects of the labels to history; return how many there were."""
    query = f"SELECT id FROM {series} WHERE job_id = {_KEY} AND label_id = :label"
    ids = [
        found
        for label_id in label_ids
        for found in tx.connection.execute(text(query), {"job": job_id, "label": label_id}).scalars()
    ]
    return end_docs(tx, series, job_id, revision=revision, ids=ids) if ids else 0


def delete_of_task(tx: Transaction, task_id: int) -> None:
    """Delete every annotation of the task's jobs, and their history: the task itself goes."""
    ids = list(tx.connection.execute(select(jobs.c.id).where(jobs.c.task_id == task_id)).scalars())
    for series in _COLUMNS:
        for table in (series, f"{series}_history"):
            for job_id in ids:
                tx.connection.execute(text(f"DELETE FROM {table} WHERE job_id IN ({_KEYS})"), {"job": job_id})
    for job_id in ids:
        tx.connection.execute(delete(layers).where(layers.c.job_id == job_id))


def _id_clause(tx: Transaction, ids: Sequence[int]) -> tuple[str, dict[str, Any]]:
    """Say "id is one of `ids`" in one parameter, however many there are."""
    if tx.is_sqlite:
        return "id IN (SELECT value FROM json_each(:ids))", {"ids": msgspec.json.encode(ids).decode()}
    return "id = ANY(:ids)", {"ids": list(ids)}


def _with_ids(tx: Transaction, query: str, ids: Sequence[int]) -> tuple[TextClause, dict[str, Any]]:
    clause, values = _id_clause(tx, ids)
    return text(query + clause), values
