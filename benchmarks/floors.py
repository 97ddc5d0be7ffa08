"""What the machine itself takes for the heart of each job: decoding, rows, bytes through a socket, pixels.

Nothing here is of Labelwright: what stands beside our figures must not become faster or slower with us.
"""

import gc
import os
import sqlite3
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any

import machine
import msgspec
import simplejpeg
from msgspec import Struct
from server import free_port
from wire import Connection


class Value(Struct, gc=False):
    spec_id: int
    value: str


class Box(Struct, gc=False, kw_only=True):
    type: str
    occluded: bool
    z_order: int
    points: list[float]
    id: int | None = None
    frame: int
    label_id: int
    group: int
    source: str
    attributes: list[Value]


class Boxes(Struct):
    version: int
    tags: list[Any]
    shapes: list[Box]
    tracks: list[Any]


def timed(function: Callable[[], object], *, times: int = 5) -> float:
    """Return the median seconds `function` takes, the collector switched off meanwhile."""
    found = []
    gc.collect()
    gc.disable()
    for _ in range(times):
        began = time.perf_counter()
        function()
        found.append(time.perf_counter() - began)
    gc.enable()
    return median(found)


def decode_s(body: bytes, *, typed: bool = True) -> float:
    """Return the seconds msgspec takes to decode the body: into structs, its types checked, or into dicts and lists."""
    decoder = msgspec.json.Decoder(Boxes) if typed else msgspec.json.Decoder()
    return timed(lambda: decoder.decode(body))


class Rows:
    """A SQLite file with the boxes of a body as rows, as bare as it can be: one table, one index, WAL, FULL."""

    def __init__(self, folder: Path, body: bytes) -> None:
        self.path = folder / "floor.db"
        self.connection = sqlite3.connect(self.path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-16384"):
            self.connection.execute(f"PRAGMA {pragma}")
        for table, key in (("shapes", "INTEGER PRIMARY KEY"), ("history", "INTEGER")):
            self.connection.execute(
                f"CREATE TABLE {table} (id {key}, job INTEGER, frame INTEGER, label INTEGER, doc TEXT)"
            )
            self.connection.execute(f"CREATE INDEX {table}_in_order ON {table} (job, frame)")
        boxes = msgspec.json.decode(body, type=Boxes).shapes
        self.rows = [
            (i, 1, box.frame, box.label_id, msgspec.json.encode(box).decode()) for i, box in enumerate(boxes)
        ]

    def insert(self, rows: Sequence[tuple[Any, ...]] | None = None) -> None:
        """Insert the rows in one transaction that is on disk at its end."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany(
            "INSERT INTO shapes VALUES (?, ?, ?, ?, ?)", self.rows if rows is None else rows
        )
        self.connection.execute("COMMIT")

    def move_away(self) -> None:
        """Move all rows to the other table."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute("INSERT INTO history SELECT * FROM shapes")
        self.connection.execute("DELETE FROM shapes")
        self.connection.execute("COMMIT")

    def read(self) -> bytes:
        """Return all rows, in order, joined."""
        found = self.connection.execute("SELECT doc FROM shapes WHERE job = 1 ORDER BY frame, id")
        return f"[{','.join(doc for (doc,) in found)}]".encode()


def one_commit_s(folder: Path) -> float:
    """Return the median seconds of a transaction that inserts one row."""
    row = (1, 1, 0, 1, "x" * 230)
    table = Rows(folder, b'{"version":0,"tags":[],"tracks":[],"shapes":[]}')
    numbers = iter(range(10**9))
    found = timed(lambda: table.insert([(next(numbers), *row[1:])]), times=200)
    table.connection.close()
    return found


@contextmanager
def trivial(kind: str, *rest: object) -> Iterator[Connection]:
    """Run a server of `trivial.py`; yields a connection to it."""
    port = free_port()
    command = [sys.executable, str(Path(__file__).with_name("trivial.py")), kind, str(port), *map(str, rest)]
    process = subprocess.Popen(command)
    try:
        connection = Connection(port)
        while True:
            with suppress(ConnectionError):
                Connection(port).call("GET", "/tasks")
                break
            time.sleep(0.01)
        yield connection
        connection.close()
    finally:
        process.terminate()
        process.wait()


def echo_s(body: bytes) -> float:
    """Return the median seconds the body takes through a socket of this machine and back."""
    with trivial("echo") as connection:
        return timed(lambda: connection.call("POST", "/", body))


def send_s(path: Path) -> float:
    """Return the median seconds the file takes from disk through a socket."""
    with trivial("send", path) as connection:
        return timed(lambda: connection.call("GET", "/"), times=15)


def send_gb(path: Path, times: int) -> float:
    """Return how many GB of the file a bare server sends in a second of its CPU, read from disk each time."""
    with trivial("send", path) as connection:
        servers = machine.children(os.getpid())
        before = machine.cpu_s(servers)
        for _ in range(times):
            connection.call("GET", "/")
        return times * path.stat().st_size / 1e9 / (machine.cpu_s(servers) - before)


def take_s(folder: Path, body: bytes, count: int) -> float:
    """Return the median seconds the body takes through a socket into `count` files."""
    target = folder / "taken"
    target.mkdir()
    with trivial("take", target, count) as connection:
        return timed(lambda: connection.call("POST", "/", body), times=3)


def recode_s(pictures: Sequence[bytes], *, quality: int = 70) -> float:
    """Return the median seconds all cores take to decode the JPEGs and encode them again."""

    def recode(picture: bytes) -> bytes:
        pixels = simplejpeg.decode_jpeg(picture, fastdct=True)
        return bytes(simplejpeg.encode_jpeg(pixels, quality=quality, colorsubsampling="420", fastdct=True))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return timed(lambda: list(pool.map(recode, pictures)), times=3)


def export_s(rows: Rows) -> float:
    """Return the CPU seconds to read the rows, decode them, and encode and deflate as many COCO objects."""
    decoder = msgspec.json.Decoder(Box)

    def export() -> None:
        found = rows.connection.execute("SELECT doc FROM shapes WHERE job = 1 ORDER BY frame, id")
        objects = [coco_object(index, decoder.decode(doc)) for index, (doc,) in enumerate(found)]
        zlib.compress(msgspec.json.encode({"annotations": objects}), 1)

    return _cpu_s(export)


def coco_object(index: int, box: Box) -> dict[str, Any]:
    left, top, right, bottom = box.points
    return {
        "id": index + 1,
        "image_id": box.frame + 1,
        "category_id": box.label_id,
        "segmentation": [],
        "area": (right - left) * (bottom - top),
        "bbox": [left, top, right - left, bottom - top],
        "iscrowd": 0,
        "attributes": {
            "occluded": box.occluded,
            "plate": box.attributes[0].value,
            "speed": box.attributes[1].value,
        },
    }


def import_s(rows: Rows, coco: bytes) -> float:
    """Return the CPU seconds to parse the COCO document, encode a document a box, and insert the rows."""

    def load() -> None:
        found = msgspec.json.decode(coco)["annotations"]
        docs = [
            (each["id"], 2, each["image_id"], each["category_id"], msgspec.json.encode(each).decode())
            for each in found
        ]
        rows.connection.execute("DELETE FROM shapes")
        rows.insert(docs)

    return _cpu_s(load)


def _cpu_s(function: Callable[[], object], *, times: int = 3) -> float:
    found = []
    for _ in range(times):
        began = time.process_time()
        function()
        found.append(time.process_time() - began)
    return median(found)
