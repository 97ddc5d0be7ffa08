"""Tables as files: CSV for spreadsheets, Parquet for programs. Both are written as the rows come, some at a time."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Literal, cast

from msgspec import Struct

if TYPE_CHECKING:
    from arro3.core import Array, DataType, RecordBatch, Schema

#: "time" is text as `utc_text` writes it, "day" is text such as `2026-11-22`.
Kind = Literal["whole", "number", "text", "truth", "time", "day"]
Batch = Sequence[Sequence[Any]]

#: A spreadsheet takes a cell that begins so for a formula and runs it (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

#: Rows of a group of Parquet: what is in memory until it is written.
_GROUP = 50_000
_EPOCH = datetime(1970, 1, 1)
_MICROSECOND, _DAY = timedelta(microseconds=1), timedelta(days=1)


class Column(Struct, frozen=True):
    """A column of a table; None in it is no value."""

    name: str
    kind: Kind


def write_csv(file: BinaryIO, columns: Sequence[Column], batches: Iterable[Batch]) -> None:
    """Write the table as CSV (RFC 4180): UTF-8 with the mark that spreadsheets know it by, a header, times as text.

    Text that a spreadsheet would run as a formula gets an apostrophe before it, so such text is not kept as it was.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([column.name for column in columns])
    texts = [index for index, column in enumerate(columns) if column.kind == "text"]
    truths = [index for index, column in enumerate(columns) if column.kind == "truth"]
    for batch in batches:
        writer.writerows(_cells(batch, texts, truths))
    text.flush()
    text.detach()


def _cells(batch: Batch, texts: Sequence[int], truths: Sequence[int]) -> Iterator[list[Any]]:
    for row in batch:
        cells = list(row)
        for index in texts:
            if cells[index] and cells[index].startswith(_FORMULA):
                cells[index] = f"'{cells[index]}"
        for index in truths:
            if cells[index] is not None:
                cells[index] = "true" if cells[index] else "false"
        yield cells


def write_parquet(file: BinaryIO, columns: Sequence[Column], batches: Iterable[Batch]) -> None:
    """Write the table as Parquet, group by group of rows: times are microseconds in UTC, days are dates.

    Raises OSError when the file cannot be written.
    """
    from arro3.core import Field, RecordBatchReader, Schema
    from arro3.io import write_parquet as write

    schema = Schema([Field(column.name, _type(column.kind)) for column in columns])
    outlet = _Outlet(file)
    written = takewhile(lambda _: outlet.error is None, batches)
    groups = (_group(schema, columns, batch) for batch in written if batch)
    write(
        RecordBatchReader.from_batches(schema, groups),
        cast("IO[bytes]", outlet),
        compression="zstd(1)",
        max_row_group_size=_GROUP,
    )
    if outlet.error is not None:
        raise outlet.error


class _Outlet(io.RawIOBase):
    """A file whose first error is kept: arro3 0.9 panics when a write fails, which nothing catches."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self.error: OSError | None = None

    def write(self, content: Any) -> int:
        if self.error is None:
            try:
                return self._file.write(content)
            except OSError as error:
                self.error = error
        return len(content)


def _group(schema: "Schema", columns: Sequence[Column], batch: Batch) -> "RecordBatch":
    from arro3.core import RecordBatch

    arrays = [_array(column.kind, [row[index] for row in batch]) for index, column in enumerate(columns)]
    return RecordBatch.from_arrays(arrays, schema=schema)


def _type(kind: Kind) -> "DataType":
    from arro3.core import DataType

    types = {
        "whole": DataType.int64(),
        "number": DataType.float64(),
        "text": DataType.utf8(),
        "truth": DataType.bool(),
        "time": DataType.timestamp("us", tz="UTC"),
        "day": DataType.date32(),
    }
    return types[kind]


def _array(kind: Kind, values: list[Any]) -> "Array":
    """Return the values as an Arrow array. Moments and days become one by way of their numbers: no other is there."""
    from arro3.core import Array, DataType

    if kind == "time":
        return Array([_since_1970(text, _MICROSECOND) for text in values], type=DataType.int64()).cast(
            _type(kind)
        )
    if kind == "day":
        return Array([_since_1970(text, _DAY) for text in values], type=DataType.int32()).cast(_type(kind))
    if kind == "truth":  # SQLite gives numbers
        values = [None if value is None else bool(value) for value in values]
    return Array(values, type=_type(kind))


def _since_1970(text: str | None, unit: timedelta) -> int | None:
    """Return how many whole units after 1970 a moment or day is."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return (moment.replace(tzinfo=None) - _EPOCH) // unit
