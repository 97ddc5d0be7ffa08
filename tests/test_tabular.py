"""Tables as files: pyarrow, which lives in an environment of its own, reads from Parquet what was put in."""

import csv
import io
import json
import os
import subprocess
from pathlib import Path

import pytest

from labelwright.tabular import Column, write_csv, write_parquet

COLUMNS = [
    Column("whole", "whole"),
    Column("number", "number"),
    Column("text", "text"),
    Column("truth", "truth"),
    Column("time", "time"),
    Column("day", "day"),
]
ROWS = [
    (-(2**63), 0.1, "猫 \U0001f408\n\"',", True, "2026-11-22T05:00:00.000001Z", "2026-11-22"),
    (2**63 - 1, -1e300, "", 0, "1000-01-01T00:00:00.000000Z", "1000-01-01"),
    (0, 0.0, "=1+1", False, "9999-12-31T23:59:59.999999Z", "9998-12-31"),
    (None, None, None, None, None, None),
]
SCRIPT = """
import json, sys
import pyarrow.parquet as parquet
file = parquet.ParquetFile(sys.argv[1])
table = file.read()
rows = [[str(value) if name in ("time", "day") and value is not None else value for name, value in row.items()]
        for row in table.to_pylist()]
print("FOUND" + json.dumps({
    "types": [str(field.type) for field in table.schema], "groups": file.num_row_groups, "rows": rows[:9],
    "count": table.num_rows, "sum": sum(row[0] or 0 for row in rows)}))
"""


@pytest.fixture
def pyarrow(tmp_path):
    """Write a table as Parquet, and give what pyarrow finds in it."""
    default = Path(__file__).parents[1] / ".venv-oracles" / "bin" / "python"
    python = Path(os.environ.get("LABELWRIGHT_ORACLES_PYTHON", default))
    if not python.exists():
        pytest.fail(f"{python} is missing: run `make setup`, or name another in LABELWRIGHT_ORACLES_PYTHON")

    def read(columns, batches):
        path = tmp_path / "table.parquet"
        with path.open("wb") as file:
            write_parquet(file, columns, batches)
        command = [python, "-c", SCRIPT, path]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.rpartition("FOUND")[2])

    return read


def test_pyarrow_reads_every_kind_of_value(pyarrow):
    found = pyarrow(COLUMNS, [ROWS[:2], [], ROWS[2:]])
    assert found["types"] == ["int64", "double", "string", "bool", "timestamp[us, tz=UTC]", "date32[day]"]
    assert found["rows"] == [
        [-(2**63), 0.1, "猫 \U0001f408\n\"',", True, "2026-11-22 05:00:00.000001+00:00", "2026-11-22"],
        [2**63 - 1, -1e300, "", False, "1000-01-01 00:00:00+00:00", "1000-01-01"],
        [0, 0.0, "=1+1", False, "9999-12-31 23:59:59.999999+00:00", "9998-12-31"],
        [None] * 6,
    ]


def test_pyarrow_reads_a_table_without_rows(pyarrow):
    found = pyarrow(COLUMNS, [])
    assert (found["count"], len(found["types"])) == (0, 6)


def test_many_rows_are_written_in_groups(pyarrow):
    batches = ([(n,) for n in range(first, first + 10_000)] for first in range(0, 120_000, 10_000))
    found = pyarrow([Column("n", "whole")], batches)
    assert (found["count"], found["sum"], found["groups"]) == (120_000, 119_999 * 60_000, 3)


def test_csv_has_a_mark_a_header_and_words_for_truths():
    file = io.BytesIO()
    write_csv(file, COLUMNS, [ROWS[:2], ROWS[3:]])
    content = file.getvalue()
    assert content.startswith(b"\xef\xbb\xbfwhole,number,text,truth,time,day\r\n")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[1] == [
        "-9223372036854775808",
        "0.1",
        "猫 \U0001f408\n\"',",
        "true",
        "2026-11-22T05:00:00.000001Z",
        "2026-11-22",
    ]
    assert rows[2][3] == "false"
    assert rows[3] == [""] * 6


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"]
)
def test_no_text_of_a_csv_is_a_formula(text):
    file = io.BytesIO()
    write_csv(file, [Column("a", "text"), Column("b", "whole")], [[(text, -1), (f"a{text}", None)]])
    rows = list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline="")))
    assert rows[1:] == [[f"'{text}", "-1"], [f"a{text}", ""]]


class FullDisk(io.RawIOBase):
    def writable(self):
        return True

    def write(self, _):
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_a_full_disk_is_told_and_ends_the_writing(write):
    made = []

    def batches():
        for n in range(100):
            made.append(n)
            yield [(n * 20_000 + k,) for k in range(20_000)]

    with pytest.raises(OSError, match="No space left"):
        write(FullDisk(), [Column("n", "whole")], batches())
    assert len(made) < 10
