"""What is measured of statistics: events stored, summed up and taken away as files."""

import csv
import io
import json
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

import machine
from floors import timed
from measures import Size, Timed, boxes_task
from server import API, Scratch, Server, job_of
from table import Row, spread
from wire import Connection

_BATCH = 5_000
#: What people's clients tell: of twenty events five are an object drawn, one is working time.
_KINDS = (
    ("Draw object", {"count": 1, "duration": 1447}),
    ("Zoom image", {}),
    ("Change frame", {"from": 1, "to": 2}),
    ("Drag object", {"id": 12}),
)
_DAYS = 60
_WORK = f"{API}/statistics/work?by=day,user"


def measure_statistics(size: Size) -> Iterator[Row]:
    """Events of 60 days: told, summed up by day and user, exported."""
    with Scratch() as folder, Server(folder / "data") as server:
        client = server.sign_in()
        job = job_of(boxes_task(client, "statistics"))
        told = Timed.empty()
        begun = datetime.now(UTC) - timedelta(days=_DAYS)
        for done in range(0, size.events, _BATCH):
            day = begun + timedelta(days=_DAYS * done // size.events)
            body = _events(job, day)
            told.run(server, partial(client.call, "POST", f"{API}/server/logs", body, expect=201))
        summed = Timed.empty()
        for _ in range(size.few):
            rows = summed.run(server, lambda: client.call("GET", _WORK)).json()["rows"]
        assert len(rows) >= min(_DAYS, size.events // _BATCH)
        yield _storing(told)
        yield _summing(summed, folder, size)
        for kind in ("csv", "parquet"):
            yield _exporting(server, client, folder, size, kind)


def _events(job: int, day: datetime) -> bytes:
    """Return a batch as clients send it, all of one day."""
    common = {"job_id": job, "client_id": 767013, "is_active": True, "time": day.isoformat()}
    activity = {**common, "name": "Send user activity", "payload": {"working_time": 33_224}}
    batch = []
    for number in range(_BATCH):
        name, payload = _KINDS[number % len(_KINDS)]
        batch.append(activity if number % 20 == 19 else {**common, "name": name, "payload": payload})
    return json.dumps(batch).encode()


def _storing(told: Timed) -> Row:
    cpu_ms = 1e3 * sum(told.cpu_s) / len(told.cpu_s)
    return Row(
        what=(f"POST /server/logs of {_BATCH:,} events", f"POST /server/logs，{_BATCH:,} 个事件"),
        wanted="–",
        measured=f"{spread(told.wall_s)}, {cpu_ms:.0f} ms CPU",
        floor="–",
    )


def _summing(summed: Timed, folder: Path, size: Size) -> Row:
    floor_s = _sum_s(folder, size.events)
    return Row(
        what=(
            f"GET /statistics/work by day and user, of {size.events:,} events",
            f"GET /statistics/work 按日期和用户汇总 {size.events:,} 个事件",
        ),
        wanted="< 1 s",
        measured=summed.text(),
        floor=(
            f"{floor_s:.2f} s: SQLite groups and sums the rows that count, of a table of their own",
            f"{floor_s:.2f} s：SQLite 对单独一张表中的相关行分组求和",
        ),
        is_reached=median(summed.wall_s) < 1,
    )


def _sum_s(folder: Path, events: int) -> float:
    """Return the seconds SQLite takes to sum the events that count, when there is nothing else."""
    bare = sqlite3.connect(folder / "bare.db")
    bare.execute("CREATE TABLE counted (at TEXT, user INTEGER, working INTEGER, duration INTEGER)")
    days = [f"2026-{month:02}-{day:02}T10:00:00.000000Z" for month in (9, 10) for day in range(1, 31)]
    counting = events * 6 // 20
    bare.executemany(
        "INSERT INTO counted VALUES (?, 1, 33224, 1447)",
        ((days[number * len(days) // counting],) for number in range(counting)),
    )
    query = "SELECT substr(at, 1, 10), user, sum(working), sum(duration) FROM counted GROUP BY 1, 2"
    found = timed(lambda: bare.execute(query).fetchall())
    bare.close()
    return found


def _exporting(server: Server, client: Connection, folder: Path, size: Size, kind: str) -> Row:
    machine.forget_peak(server.pid)
    held_mb = machine.memory_mb(server.pid)
    taken = Timed.empty()
    path = f"{API}/statistics/export?what=events&format={kind}"
    size_mb = 0.0
    for _ in range(size.few):
        size_mb = len(taken.run(server, lambda: client.call("GET", path)).body) / 1e6
    grown_mb = machine.memory_mb(server.pid, peak=True) - held_mb
    floor_s = _copy_s(server.data / "labelwright.db")
    return Row(
        what=(
            f"{size.events:,} events exported as {kind}, to the last byte",
            f"导出 {size.events:,} 个事件为 {kind}，至最后一个字节",
        ),
        wanted=("memory + 100 MB at most", "内存增加不超过 100 MB"),
        measured=f"{taken.text()}, {size_mb:.0f} MB, + {grown_mb:.0f} MB",
        floor=(
            f"{floor_s:.2f} s: the same rows from SQLite through Python's csv",
            f"{floor_s:.2f} s：从 SQLite 读取相同的行，经 Python csv 写出",
        ),
        is_reached=grown_mb <= 100,
    )


def _copy_s(database: Path) -> float:
    """Return the seconds it takes to read every event of the database and write it as CSV."""
    began = time.perf_counter()
    reader = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    writer = csv.writer(io.StringIO())
    writer.writerows(reader.execute("SELECT * FROM events ORDER BY at_utc, id"))
    reader.close()
    return time.perf_counter() - began
