"""What is measured of tasks of very many images: how fast they are read out of an archive, and in how much memory."""

import io
import json
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import machine
import materials
from measures import Size
from PIL import Image
from server import API, Scratch, Server, await_task, make_task
from table import Row

_IMAGES = 10_000
_DIFFERENT = 24
_SIZE_WH = (640, 360)
_QUALITY = 90


def measure_sources(size: Size) -> Iterator[Row]:
    """A zip of 10,000 images, deflated, lies on the share and becomes a task; a worker reads and measures it."""
    rates, cpu, peaks = [], [], []
    with Scratch() as folder:
        path = folder / "share" / "all.zip"
        path.parent.mkdir()
        _write_zip(path, _pictures())
        packed_mb = path.stat().st_size / 1e6
        with Server(folder / "data", workers=1, share=path.parent) as server:
            client = server.sign_in()
            for turn in range(min(size.few, 3)):
                task = make_task(client, name=f"sources {turn}", pictures=[])
                (worker,) = server.workers
                machine.forget_peak(worker)
                body = json.dumps({"image_quality": 70, "server_files": [path.name]}).encode()
                before, began = machine.cpu_s([worker]), time.perf_counter()
                client.call("POST", f"{API}/tasks/{task['id']}/data", body, expect=202)
                await_task(client, task["id"])
                rates.append(_IMAGES / (time.perf_counter() - began))
                cpu.append(machine.cpu_s([worker]) - before)
                peaks.append(machine.memory_mb(worker, peak=True))
        floor = f"{_unpack_rate(path):.0f}"
    rate = median(rates)
    yield Row(
        what=(
            f"task from a zip of 10,000 JPEGs 640×360 ({packed_mb:.0f} MB, deflated) on the share until `Finished`",
            f"用共享目录中的 zip（10,000 张 640×360 JPEG，{packed_mb:.0f} MB，deflate）创建任务直至 `Finished`",
        ),
        wanted=("≥ 500 images/s", "≥ 500 张/s"),
        measured=(
            f"{rate:.0f} images/s ({min(rates):.0f}–{max(rates):.0f}), {median(cpu):.1f} s CPU",
            f"{rate:.0f} 张/s（{min(rates):.0f}–{max(rates):.0f}），CPU {median(cpu):.1f} s",
        ),
        floor=(f"{floor} images/s: one core unpacks them", f"{floor} 张/s：单核解压"),
        is_reached=rate >= 500,
    )
    yield Row(
        what=("memory of the worker that reads it, at most", "读取时工作进程的内存峰值"),
        wanted="< 500 MB",
        measured=f"{max(peaks):.0f} MB",
        floor=("—", "—"),
        is_reached=max(peaks) < 500,
    )


def _pictures() -> list[bytes]:
    found = []
    for picture in materials.photographs(_DIFFERENT):
        with Image.open(io.BytesIO(picture)) as image:
            target = io.BytesIO()
            image.resize(_SIZE_WH).save(target, "JPEG", quality=_QUALITY)
            found.append(target.getvalue())
    return found


def _write_zip(path: Path, pictures: Sequence[bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for index in range(_IMAGES):
            archive.writestr(f"photos/{index:05}.jpg", pictures[index % len(pictures)])


def _unpack_rate(path: Path) -> float:
    """Return how many members zlib unpacks in a second of CPU."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()[:1000]
        began = time.process_time()
        for name in names:
            archive.read(name)
        return len(names) / (time.process_time() - began)
