"""What is measured of images and files: each function gives rows of the table."""

import json
import re
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any, TypeVar
from urllib.parse import quote

import floors
import machine
import materials
from measures import BOXES, Size, boxes_body, boxes_task
from server import API, Scratch, Server, job_of, make_task, picture_form, read_task, upload
from table import Row, spread
from wire import Connection, multipart

T = TypeVar("T")
_PICTURES = 200
_CHUNK = 36
#: So often a chunk is read to see what CPU its sending takes: the clock of processes ticks in 10 ms.
_READS = 100
COCO = quote("COCO 1.0")
#: Seconds between two questions whether a file is ready; browsers ask less often.
_POLL_S = 0.1
#: A save every so often, as a person's browser does it, many times faster.
_EVERY_MS = 50


def measure_images(size: Size) -> Iterator[Row]:
    """200 photographs become a task; its first chunk is read for the first time and again."""
    pictures = list(materials.photographs(_PICTURES))
    body, kind = picture_form(pictures)
    rates, cpu, first, again = [], [], [], []
    with Scratch() as folder, Server(folder / "data") as server:
        client = server.sign_in()
        for turn in range(size.few):
            task = make_task(client, name=f"images {turn}", pictures=[])
            before, began = machine.cpu_s(server.pids), time.perf_counter()
            upload(client, task["id"], body, kind)
            rates.append(_PICTURES / (time.perf_counter() - began))
            cpu.append(machine.cpu_s(server.pids) - before)
            assert read_task(client, task["id"])["data_chunk_size"] == _CHUNK
            path = f"{API}/tasks/{task['id']}/data?type=chunk&quality=compressed&number="
            first += [_seconds(client, f"{path}{number}") for number in range(2)]
            server.settle()  # the chunk behind them is made meanwhile, before anybody asks for it
            again += [_seconds(client, f"{path}0") for _ in range(10)]
        chunk = client.call("GET", path + "0").body
        sent_gb = [_sent_gb(server, client, path + "0") for _ in range(size.few)]
    with Scratch() as folder:
        (folder / "chunk").write_bytes(chunk)
        floor_gb = floors.send_gb(folder / "chunk", _READS)
        floor_take_s = floors.take_s(folder, body, _PICTURES)
        floor_send_ms = 1e3 * floors.send_s(folder / "chunk")
    floor_recode_s = floors.recode_s(pictures[:_CHUNK])
    rate, floor_rate = median(rates), _PICTURES / floor_take_s
    yield Row(
        what=(
            f"task from 200 JPEGs 1920×1080 ({len(body) / 1e6:.0f} MB) until `Finished`, upload included",
            f"用 200 张 1920×1080 JPEG（{len(body) / 1e6:.0f} MB）创建任务直至 `Finished`，含上传",
        ),
        wanted=("≥ 450 images/s", "≥ 450 张/s"),
        measured=(
            f"{rate:.0f} images/s ({min(rates):.0f}–{max(rates):.0f}), {median(cpu):.2f} s CPU",
            f"{rate:.0f} 张/s（{min(rates):.0f}–{max(rates):.0f}），CPU {median(cpu):.2f} s",
        ),
        floor=(
            f"{floor_rate:.0f} images/s: the same bytes through loopback into 200 files",
            f"{floor_rate:.0f} 张/s：同样的字节经本机回环写入 200 个文件",
        ),
        cvat=("333 images/s", "333 张/s"),
        is_reached=rate >= 450,
    )
    yield from _chunk_rows(first, again, len(chunk), floor_recode_s, floor_send_ms)
    yield Row(
        what=("that chunk again, and again: CPU of sending it", "反复读取该数据块：发送所用的 CPU"),
        wanted=("≥ 1.5 GB per CPU second", "每 CPU 秒 ≥ 1.5 GB"),
        measured=(
            f"{median(sent_gb):.1f} GB per CPU second ({min(sent_gb):.1f}–{max(sent_gb):.1f})",
            f"每 CPU 秒 {median(sent_gb):.1f} GB（{min(sent_gb):.1f}–{max(sent_gb):.1f}）",
        ),
        floor=(
            f"{floor_gb:.1f} GB: a bare socket sends the file",
            f"{floor_gb:.1f} GB：裸套接字发送该文件",
        ),
        is_reached=median(sent_gb) >= 1.5,
    )


def _sent_gb(server: Server, client: Connection, path: str) -> float:
    """Return how many GB of what is at `path` the server sends in a second of its CPU."""
    before = machine.cpu_s([server.pid])
    sent_bytes = sum(len(client.call("GET", path).body) for _ in range(_READS))
    return sent_bytes / 1e9 / (machine.cpu_s([server.pid]) - before)


def _chunk_rows(
    first: list[float], again: list[float], size_bytes: int, floor_recode_s: float, floor_send_ms: float
) -> Iterator[Row]:
    """The rows of a chunk read for the first time, and again; times of reading in seconds."""
    megabytes = f"{size_bytes / 1e6:.1f} MB"
    yield Row(
        what=(
            f"chunk of 36 such images ({megabytes}), first time",
            f"36 张此类图像的数据块（{megabytes}），首次读取",
        ),
        wanted="≤ 0.5 s",
        measured=spread(first),
        floor=(
            f"{floor_recode_s:.2f} s: libjpeg-turbo decodes and encodes them, all cores",
            f"{floor_recode_s:.2f} s：libjpeg-turbo 在全部核上解码并编码",
        ),
        cvat="2.3 s",
        is_reached=median(first) <= 0.5,
    )
    times = [1e3 * value for value in again]
    yield Row(
        what=("the same chunk again", "再次读取同一数据块"),
        wanted="≤ 12 ms",
        measured=spread(times, "ms"),
        floor=(
            f"{floor_send_ms:.1f} ms: the same bytes from a file through loopback",
            f"{floor_send_ms:.1f} ms：同样的字节从文件经本机回环发送",
        ),
        cvat="47 ms",
        is_reached=median(times) <= 12,
    )


def _seconds(client: Connection, path: str) -> float:
    began = time.perf_counter()
    client.call("GET", path)
    return time.perf_counter() - began


def fill(client: Connection, task: dict[str, Any], count: int) -> None:
    """Give the task `count` boxes, in saves that fit into a request."""
    path = f"{API}/jobs/{job_of(task)}/annotations?action=create"
    for _ in range(0, count, BOXES):
        client.call("PATCH", path, boxes_body(task, min(count, BOXES)))


def touch(client: Connection, task: dict[str, Any]) -> None:
    """Save one box, so that an export has something new to write."""
    client.call("PATCH", f"{API}/jobs/{job_of(task)}/annotations?action=create", boxes_body(task, 1))


def export(client: Connection, task_id: int) -> bytes:
    """Export the task as COCO, waiting until it is made, and return the archive."""
    path = f"{API}/tasks/{task_id}/annotations?format={COCO}"
    while client.call("GET", path, expect=0).status == 202:
        time.sleep(_POLL_S)
    return bytes(client.call("GET", f"{path}&action=download").body)


def load(client: Connection, task_id: int, archive: bytes) -> None:
    """Import the COCO archive into the task, waiting until it is done."""
    path = f"{API}/tasks/{task_id}/annotations?format={COCO}"
    body, kind = multipart([("annotation_file", "coco.zip", archive)])
    answer = client.call("PUT", path, body, kind=kind, expect=202)
    while answer.status == 202:
        time.sleep(_POLL_S)
        answer = client.call("PUT", path, expect=0)
    if answer.status != 201:
        raise RuntimeError(f"the import failed: {answer.body[:300]!r}")


def measure_coco(size: Size) -> Iterator[Row]:
    """COCO out and in: CPU of all processes at 100,000 boxes, and the workers' peak memory as boxes grow."""
    out, back, peaks = [], [], {}
    with Scratch() as folder, Server(folder / "data") as server:
        client = server.sign_in()
        for count in size.boxes:
            task = boxes_task(client, f"out {count}")
            fill(client, task, count)
            times = size.few if count == BOXES else 1
            _forget_peaks(server)
            exported = []
            for _ in range(times):
                touch(client, task)
                exported.append(_cpu_of(server, partial(export, client, task["id"])))
            archive = exported[-1][1]
            others = [boxes_task(client, f"in {count} {number}") for number in range(times)]
            imported = [_cpu_of(server, partial(load, client, other["id"], archive)) for other in others]
            peaks[count] = max(machine.memory_mb(pid, peak=True) for pid in server.workers)
            if count == BOXES:
                out, back = [spent for spent, _ in exported], [spent for spent, _ in imported]
                kept = archive
    floor_out, floor_back = _coco_floors(kept, boxes_body(task))
    yield _cpu_row(
        "export",
        "导出",
        out,
        1.0,
        (
            f"{floor_out:.2f} s: SQLite gives the rows, msgspec decodes and encodes, zlib packs",
            f"{floor_out:.2f} s：SQLite 读出各行，msgspec 解码并编码，zlib 压缩",
        ),
        "17.3 s",
    )
    yield _cpu_row(
        "import",
        "导入",
        back,
        2.5,
        (
            f"{floor_back:.2f} s: msgspec decodes and encodes, SQLite takes the rows",
            f"{floor_back:.2f} s：msgspec 解码并编码，SQLite 写入各行",
        ),
        "44.6 s",
    )
    before, last = list(peaks.values())[-2:]
    named = " / ".join(f"{count // 1000}k" for count in peaks)
    yield Row(
        what=(f"peak memory of a worker meanwhile, {named} boxes", f"其间工作进程的内存峰值，{named} 个框"),
        wanted=("flat", "不随数量增长"),
        measured=" / ".join(f"{peak:.0f}" for peak in peaks.values()) + " MB",
        floor="–",
        is_reached=last <= 1.2 * before,
    )


def _cpu_of(server: Server, work: Callable[[], T]) -> tuple[float, T]:
    """Return the CPU seconds of all processes for `work`, what it leaves to be done included, and its outcome."""
    server.settle()
    before = machine.cpu_s(server.pids)
    made = work()
    server.settle()
    return machine.cpu_s(server.pids) - before, made


def _cpu_row(
    word: str, word_zh: str, cpu: list[float], wanted_s: float, floor: tuple[str, str], cvat: str
) -> Row:
    return Row(
        what=(
            f"COCO {word} of 100,000 boxes, CPU of all processes",
            f"100,000 个框的 COCO {word_zh}，全部进程的 CPU",
        ),
        wanted=f"≤ {wanted_s:g} s",
        measured=spread(cpu),
        floor=floor,
        cvat=cvat,
        is_reached=median(cpu) <= wanted_s,
    )


def _forget_peaks(server: Server) -> None:
    for pid in server.workers:
        machine.forget_peak(pid)


def _coco_floors(archive: bytes, body: bytes) -> tuple[float, float]:
    """Return the CPU seconds of a bare export and a bare import of the same boxes."""
    with zipfile.ZipFile(BytesIO(archive)) as files:
        name = next(name for name in files.namelist() if re.search(r"instances.*\.json$", name))
        content = files.read(name)
    with Scratch() as folder:
        rows = floors.Rows(folder, body)
        rows.insert()
        return floors.export_s(rows), floors.import_s(rows, content)


def measure_autosave(size: Size) -> Iterator[Row]:
    """One box saved every 50 ms into a small task, while large imports and exports run without a pause."""
    with Scratch() as folder, Server(folder / "data") as server:
        client = server.sign_in()
        source, target, mine = (boxes_task(client, name) for name in ("export", "import", "autosave"))
        fill(client, source, BOXES)
        archive = export(client, source["id"])
        path, body = f"{API}/jobs/{job_of(mine)}/annotations?action=create", boxes_body(mine, 1)
        (folder / "request").write_bytes(client.head("PATCH", path, len(body)) + body)
        server.settle()
        alone = _autosave(server, folder / "request", lambda: time.sleep(size.seconds))
        done = {"export": 0, "import": 0}
        times = _autosave(
            server, folder / "request", lambda: _keep_busy(server, source, target, archive, size.side_s, done)
        )
        saved = len(client.call("GET", path.partition("?")[0]).json()["shapes"])
    assert saved == len(alone) + len(times), (
        f"{len(alone) + len(times)} saves were acknowledged, {saved} boxes are there"
    )
    middle, p95, worst = _percentiles(times)
    alone_p95 = _percentiles(alone)[1]
    yield Row(
        what=(
            "autosave of one box every 50 ms while 100,000-box imports and exports run, SQLite",
            "在 100,000 个框的导入与导出运行期间，每 50 ms 自动保存一个框，SQLite",
        ),
        wanted="p95 < 100 ms",
        measured=(
            f"p95 {p95:.0f} ms, median {middle:.1f} ms, longest {worst:.0f} ms "
            f"({len(times)} saves, {done['import']} imports, {done['export']} exports)",
            f"p95 {p95:.0f} ms，中位数 {middle:.1f} ms，最长 {worst:.0f} ms"
            f"（保存 {len(times)} 次，导入 {done['import']} 次，导出 {done['export']} 次）",
        ),
        floor=(
            f"p95 {alone_p95:.1f} ms: the same saves with nothing beside them",
            f"p95 {alone_p95:.1f} ms：没有其他工作时的同样保存",
        ),
        is_reached=p95 < 100,
    )


def _percentiles(times: list[float]) -> tuple[float, float, float]:
    """Return median, 95th percentile and longest."""
    ordered = sorted(times)
    return ordered[len(ordered) // 2], ordered[len(ordered) * 95 // 100], ordered[-1]


def _autosave(server: Server, request: Path, work: Callable[[], None]) -> list[float]:
    """Save every 50 ms, from a process of its own, as long as `work` runs; return the milliseconds of each."""
    command = [sys.executable, str(Path(__file__).with_name("load.py")), "paced", "--port", str(server.port)]
    command += ["--request", str(request), "--every-ms", str(_EVERY_MS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            work()
        finally:
            process.stdin.close()
        times: list[float] = json.loads(process.stdout.read())["times_ms"]
    return times


def _keep_busy(
    server: Server,
    source: dict[str, Any],
    target: dict[str, Any],
    archive: bytes,
    seconds: float,
    done: dict[str, int],
) -> None:
    """Export one task and import into another, each again and again, for `seconds` at least."""
    ends = time.monotonic() + seconds
    failed: list[Exception] = []

    def repeat(name: str, work: Callable[[Connection], object]) -> None:
        client = server.sign_in()
        try:
            while time.monotonic() < ends:
                work(client)
                done[name] += 1
        except Exception as error:
            failed.append(error)

    def export_anew(client: Connection) -> None:
        touch(client, source)
        export(client, source["id"])

    threads = [
        threading.Thread(target=repeat, args=("export", export_anew)),
        threading.Thread(target=repeat, args=("import", lambda client: load(client, target["id"], archive))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
