"""What is measured of start-up, saving and listing: each function gives rows of the table."""

import json
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import floors
import machine
import materials
from server import API, Scratch, Server, await_task, job_of, make_task, picture_form
from table import Row, spread
from wire import Answer, Connection

BOXES = 100_000
#: Frames of the tasks that hold boxes.
FRAMES = 200
_IDLE_S = 5.0
_IMPORTS = "import litestar, sqlalchemy, uvicorn"
_TASKS = 500
_PAGE = f"{API}/tasks?page=1&page_size=10"


@dataclass(frozen=True)
class Size:
    """How often things are repeated: enough for medians, or only to see that it works."""

    few: int = 5
    many: int = 200
    seconds: float = 5.0
    #: Seconds an import and an export run beside autosaves, at least.
    side_s: float = 20.0
    boxes: tuple[int, ...] = (10_000, 100_000, 300_000)
    #: Of the tasks that are listed, how many have a picture and so a job; the rest have labels alone.
    pictured: int = 500
    #: That statistics are made of.
    events: int = 1_000_000


QUICK = Size(few=1, many=50, seconds=1.0, side_s=4.0, boxes=(10_000, 100_000), pictured=40, events=50_000)


def measure_start(size: Size) -> Iterator[Row]:
    """`labelwright up`, with a fresh data folder and with one it knows, and what its processes hold then."""
    fresh, again, api_mb, all_mb, each_mb = [], [], [], [], ""
    for turn in range(size.few + 1):  # the first turn warms the disk's cache and is not counted
        with Scratch() as folder:
            server = Server(folder / "data", password="")
            fresh.append(server.start())
            server.stop()
            again.append(server.start())
            if turn in (0, size.few):
                time.sleep(_IDLE_S)
                held = [machine.memory_mb(pid) for pid in server.pids]
                api_mb.append(held[0])
                all_mb.append(sum(held))
                each_mb = " + ".join(f"{value:.0f}" for value in held)
            server.stop()
    floor_s, floor_mb = _bare_start(size.few)
    yield Row(
        what=(
            "`labelwright up`, fresh data folder, to the first answered request",
            "`labelwright up`（全新数据文件夹）至首次应答",
        ),
        wanted="< 1.2 s",
        measured=spread(fresh[1:]),
        floor=(f"{floor_s:.2f} s: Python with `{_IMPORTS}`", f"{floor_s:.2f} s：Python 执行 `{_IMPORTS}`"),
        cvat=("minutes", "数分钟"),
        is_reached=median(fresh[1:]) < 1.2,
    )
    yield Row(
        what=("the same, data folder known", "同上，已有数据文件夹"),
        wanted="< 1.2 s",
        measured=spread(again[1:]),
        floor=("as above", "同上"),
        cvat=("minutes", "数分钟"),
        is_reached=median(again[1:]) < 1.2,
    )
    yield Row(
        what=("API process, resident memory, idle 5 s", "API 进程常驻内存（启动 5 s 后空闲）"),
        wanted="< 120 MB",
        measured=f"{max(api_mb):.0f} MB",
        floor=(f"{floor_mb:.0f} MB: the same imports", f"{floor_mb:.0f} MB：同样的导入"),
        is_reached=max(api_mb) < 120,
    )
    yield Row(
        what=("all processes, one worker a core", "全部进程（每核一个工作进程）"),
        wanted="< 350 MB",
        measured=f"{max(all_mb):.0f} MB",
        floor=f"{each_mb} MB",
        cvat="1,251 MB",
        is_reached=max(all_mb) < 350,
    )


def _bare_start(times: int) -> tuple[float, float]:
    """Return the seconds and MB of a Python that only imports what the server is made of."""
    report = "import re; print(re.search(r'VmRSS:\\s+(\\d+)', open('/proc/self/status').read())[1])"
    found, held = [], 0.0
    for _ in range(times):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", _IMPORTS], check=True)
        found.append(time.perf_counter() - began)
    printed = subprocess.run(
        [sys.executable, "-c", f"{_IMPORTS}; {report}"], check=True, capture_output=True, text=True
    )
    held = int(printed.stdout) * 1024 / 1e6
    return median(found), held


@dataclass
class Timed:
    """Seconds and the API process's CPU seconds of some calls."""

    wall_s: list[float]
    cpu_s: list[float]

    @classmethod
    def empty(cls) -> "Timed":
        return cls([], [])

    def run(self, server: Server, call: Callable[[], Answer]) -> Answer:
        cpu, began = machine.cpu_s([server.pid]), time.perf_counter()
        answer = call()
        self.wall_s.append(time.perf_counter() - began)
        self.cpu_s.append(machine.cpu_s([server.pid]) - cpu)
        return answer

    def text(self) -> str:
        return f"{spread(self.wall_s)}, {median(self.cpu_s):.2f} s CPU"


def boxes_task(client: Connection, name: str) -> dict[str, Any]:
    """Make a task of `FRAMES` full-HD frames whose pixels nobody looks at."""
    return make_task(client, name=name, pictures=[materials.plain_picture()] * FRAMES)


def boxes_body(task: dict[str, Any], count: int = BOXES) -> bytes:
    return materials.body_of(materials.rectangles(count, label=task["labels"][0], frames=FRAMES))


def measure_saves(size: Size) -> Iterator[Row]:
    """100,000 rectangles created, read, replaced and deleted, over and over, on SQLite."""
    create, read, replace, remove = (Timed.empty() for _ in range(4))
    with Scratch() as folder, Server(folder / "data") as server:
        client = server.sign_in()
        task = boxes_task(client, "saves")
        body, path = boxes_body(task), f"{API}/jobs/{job_of(task)}/annotations"
        for _ in range(size.few):
            create.run(server, lambda: client.call("PATCH", f"{path}?action=create", body))
            read.run(server, lambda: client.call("GET", path))
            replace.run(server, lambda: client.call("PUT", path, body))
            remove.run(server, lambda: client.call("DELETE", path, expect=204))
    with Scratch() as folder:
        floor = _save_floors(folder, body)
    megabytes = f"{len(body) / 1e6:.0f} MB"
    yield from _save_rows(create, floor, megabytes)
    yield _wall_row("PUT", replace, 1.5, _sum_of(floor, "decode", "move", "insert", "echo"), "41 s")
    yield _wall_row("GET", read, 0.2, _sum_of(floor, "read", "send"), "8.9 s")
    yield _wall_row("DELETE", remove, 0.6, _sum_of(floor, "move"), "6.2 s")


def _save_floors(folder: Path, body: bytes) -> dict[str, float]:
    """Return the seconds of each part of a save: decoding, rows in, rows out, rows read, bytes moved."""
    rows = floors.Rows(folder, body)
    insert, move, read = [], [], []
    for _ in range(3):
        insert.append(floors.timed(rows.insert, times=1))
        read.append(floors.timed(rows.read, times=1))
        move.append(floors.timed(rows.move_away, times=1))
    sent = folder / "body"
    sent.write_bytes(body)
    return {
        "decode": floors.decode_s(body),
        "untyped": floors.decode_s(body, typed=False),
        "insert": median(insert),
        "move": median(move),
        "read": median(read),
        "echo": floors.echo_s(body),
        "send": floors.send_s(sent),
    }


_PARTS = {
    "decode": ("msgspec decodes it", "msgspec 解码"),
    "insert": ("SQLite inserts the rows", "SQLite 插入各行"),
    "move": ("SQLite moves the rows to history", "SQLite 将各行移入历史"),
    "read": ("SQLite gives the rows", "SQLite 读出各行"),
    "echo": ("loopback both ways", "本机回环往返"),
    "send": ("loopback", "本机回环"),
}


def _sum_of(floor: dict[str, float], *parts: str) -> tuple[str, str]:
    total = sum(floor[part] for part in parts)
    texts = [", ".join(f"{_PARTS[part][index]} {floor[part]:.2f}" for part in parts) for index in (0, 1)]
    return f"{total:.2f} s: {texts[0]}", f"{total:.2f} s：{texts[1]}"


def _save_rows(create: Timed, floor: dict[str, float], megabytes: str) -> Iterator[Row]:
    yield Row(
        what=(
            f"PATCH create of 100,000 rectangles, 2 attributes each ({megabytes}), SQLite",
            f"PATCH 新建 100,000 个矩形，各 2 个属性（{megabytes}），SQLite",
        ),
        wanted="< 1.0 s",
        measured=create.text(),
        floor=_sum_of(floor, "decode", "insert", "echo"),
        cvat="34.0 s",
        is_reached=median(create.wall_s) < 1.0,
    )
    cpu = median(create.cpu_s)
    # Plain decoding is the measure: typed decoding plus the insertion of the rows is 4 of its own by itself.
    ratio, typed = cpu / floor["untyped"], cpu / floor["decode"]
    yield Row(
        what=("its server CPU, in decodings of the body", "其服务器 CPU，以解码请求体的次数计"),
        wanted="≤ 5 ×",
        measured=(f"{ratio:.1f} ×; {typed:.1f} × typed", f"{ratio:.1f} ×；有类型解码 {typed:.1f} ×"),
        floor=(
            f"1 × = {floor['untyped']:.2f} s: msgspec decodes it; typed {floor['decode']:.2f} s",
            f"1 × = {floor['untyped']:.2f} s：msgspec 解码；有类型解码 {floor['decode']:.2f} s",
        ),
        is_reached=ratio <= 5,
    )


def _wall_row(method: str, timed: Timed, wanted_s: float, floor: tuple[str, str], cvat: str) -> Row:
    return Row(
        what=(f"{method} of the same", f"同样内容的 {method}"),
        wanted=f"< {wanted_s} s",
        measured=timed.text(),
        floor=floor,
        cvat=cvat,
        is_reached=median(timed.wall_s) < wanted_s,
    )


def measure_one(size: Size) -> Iterator[Row]:
    """One rectangle, saved again and again; and how many commits of the write-ahead log a save is."""
    timed = Timed.empty()
    with Scratch() as folder, Server(folder / "data") as server:
        client = server.sign_in()
        task = boxes_task(client, "one")
        body, path = boxes_body(task, 1), f"{API}/jobs/{job_of(task)}/annotations?action=create"
        for _ in range(20):
            client.call("PATCH", path, body)
        for _ in range(size.many):
            timed.run(server, lambda: client.call("PATCH", path, body))
        commits = _commits_of(server.data / "labelwright.db-wal", lambda: client.call("PATCH", path, body))
        commit_ms = floors.one_commit_s(folder) * 1e3
    times = sorted(1e3 * value for value in timed.wall_s)
    p95, cpu = times[len(times) * 95 // 100], 1e3 * sum(timed.cpu_s) / len(times)
    yield Row(
        what=("PATCH create of one rectangle", "PATCH 新建一个矩形"),
        wanted=("≤ 8 ms, one transaction, on disk", "≤ 8 ms，单个事务，已落盘"),
        measured=(
            f"{median(times):.1f} ms, p95 {p95:.1f} ms, {cpu:.1f} ms CPU; commits in the write-ahead log: {commits}",
            f"{median(times):.1f} ms，p95 {p95:.1f} ms，CPU {cpu:.1f} ms；预写日志中的提交数：{commits}",
        ),
        floor=(
            f"{commit_ms:.2f} ms: SQLite commits one row, synchronous=FULL",
            f"{commit_ms:.2f} ms：SQLite 提交一行，synchronous=FULL",
        ),
        is_reached=median(times) <= 8 and commits == 1,
    )


def _commits_of(log: Path, call: Callable[[], object]) -> int:
    """Return the commits `call` leaves in the write-ahead log, the fewest of ten times: workers write now and then."""
    found: list[int] = []
    while len(found) < 10:
        before = _commits(log)
        call()
        grown = _commits(log) - before
        if grown > 0:  # else the log began anew in between
            found.append(grown)
    return min(found)


def _commits(log: Path) -> int:
    """Count the commits in a write-ahead log (sqlite.org/fileformat2.html, section 4.1)."""
    content = log.read_bytes()
    page_size = struct.unpack(">I", content[8:12])[0]
    salts, count = content[16:24], 0
    for offset in range(32, len(content), 24 + page_size):
        if content[offset + 8 : offset + 16] != salts:
            break
        count += content[offset + 4 : offset + 8] != bytes(4)
    return count


def measure_tasks(size: Size) -> Iterator[Row]:
    """Pages of 10 of 500 tasks with labels and jobs, asked for by 8 clients at once, of one API process."""
    with Scratch() as folder, Server(folder / "data") as server:
        client = server.sign_in()
        _make_tasks(client, size.pictured)
        server.settle()
        page = client.call("GET", _PAGE)
        assert page.json()["count"] >= _TASKS
        (folder / "page").write_bytes(page.body)
        (folder / "request").write_bytes(client.head("GET", _PAGE, 0))
        found: list[dict[str, Any]] = []
        cpu = []
        for _ in range(3):
            before = machine.cpu_s([server.pid])
            found.append(_load(server.port, folder / "request", size.seconds))
            cpu.append(1e3 * (machine.cpu_s([server.pid]) - before) / found[-1]["count"])
    with Scratch() as folder:
        (folder / "page").write_bytes(page.body)
        (folder / "request").write_bytes(Connection(0).head("GET", "/tasks", 0))
        with floors.trivial("hello", folder / "page") as bare:
            floor = _load(bare.port, folder / "request", size.seconds)
    rates = [each["count"] / each["seconds"] for each in found]
    client_share = sum(each["cpu_s"] for each in found) / sum(each["seconds"] for each in found)
    floor_rate = floor["count"] / floor["seconds"]
    yield Row(
        what=(
            "GET /tasks, page of 10 of 500 tasks, 8 clients, one API process",
            "GET /tasks，500 个任务中每页 10 个，8 个客户端，一个 API 进程",
        ),
        wanted=("≥ 400 requests/s", "≥ 400 次/s"),
        measured=(
            f"{median(rates):.0f} requests/s ({min(rates):.0f}–{max(rates):.0f}), {median(cpu):.1f} ms CPU each, "
            f"clients {client_share:.0%} of a core",
            f"{median(rates):.0f} 次/s（{min(rates):.0f}–{max(rates):.0f}），每次 CPU {median(cpu):.1f} ms，"
            f"客户端占一个核的 {client_share:.0%}",
        ),
        floor=(
            f"{floor_rate:.0f} requests/s: the same framework answers the same bytes",
            f"{floor_rate:.0f} 次/s：同一框架返回同样的字节",
        ),
        cvat=("26 requests/s", "26 次/s"),
        is_reached=median(rates) >= 400,
    )


def _make_tasks(client: Connection, pictured: int) -> None:
    """Make the tasks, the last `pictured` with a picture; the workers may lag behind the requests."""
    form, kind = picture_form([materials.plain_picture()])
    made = []
    for index in range(_TASKS):
        spec = json.dumps({"name": f"task {index}", "labels": materials.LABELS}).encode()
        task_id = client.call("POST", f"{API}/tasks", spec, expect=201).json()["id"]
        if index >= _TASKS - pictured:
            made.append(task_id)
            client.call("POST", f"{API}/tasks/{task_id}/data", form, kind=kind, expect=202)
    for task_id in made:
        await_task(client, task_id)


def _load(port: int, request: Path, seconds: float) -> dict[str, Any]:
    """Run 8 clients that ask flat out, in a process of their own; return what they counted."""
    command = [sys.executable, str(Path(__file__).with_name("load.py")), "flat-out", "--port", str(port)]
    command += ["--request", str(request), "--seconds", str(seconds)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(printed.stdout)
    return found
