"""What this machine is and what its processes take, as /proc tells it."""

import os
import re
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")
_SYNC_BYTES = 4096


def cpu_s(pids: Iterable[int]) -> float:
    """Return the CPU seconds, of user and system, the processes took so far; ended ones count nothing."""
    total = 0
    for pid in pids:
        try:
            fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def memory_mb(pid: int, *, peak: bool = False) -> float:
    """Return the resident memory of the process in MB (10^6 bytes), or its largest since `forget_peak`."""
    status = (_PROC / str(pid) / "status").read_text()
    match = re.search(rf"{'VmHWM' if peak else 'VmRSS'}:\s+(\d+) kB", status)
    return int(match[1]) * 1024 / 1e6 if match else 0.0


def forget_peak(pid: int) -> None:
    """Let the peak of the process begin anew at what it holds now (proc(5), clear_refs)."""
    (_PROC / str(pid) / "clear_refs").write_text("5")


def children(pid: int) -> list[int]:
    """Return the processes the process started and that still live, in all its threads."""
    found: list[int] = []
    for path in (_PROC / str(pid) / "task").glob("*/children"):
        found += [int(child) for child in path.read_text().split()]
    return sorted(found)


def sync_ms(folder: Path) -> float:
    """Return the median milliseconds one write of 4 KB to the end of a file takes until it is on disk."""
    path = folder / "sync"
    times = []
    with path.open("wb", buffering=0) as file:
        for _ in range(100):
            began = time.perf_counter()
            file.write(b"x" * _SYNC_BYTES)
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
    path.unlink()
    return median(times) * 1e3


def describe(folder: Path) -> tuple[str, str]:
    """Return what the machine is, in English and Chinese; `folder` lies on the disk that was measured."""
    model = re.search(r"model name\s*:\s*(.+)", (_PROC / "cpuinfo").read_text())
    found = re.search(r"MemTotal:\s+(\d+)", (_PROC / "meminfo").read_text())
    name = model[1] if model else "CPU"
    memory = round(int(found[1]) * 1024 / 1e9) if found else 0
    cores = len(os.sched_getaffinity(0))
    disk, sync = _file_system(folder), f"{sync_ms(folder):.2f} ms"
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    return (
        f"{cores} cores ({name}), {memory} GB memory, {disk}, where 4 KB are on disk after {sync}, {python}",
        f"{cores} 核（{name}），{memory} GB 内存，{disk}，4 KB 落盘需 {sync}，{python}",
    )


def _file_system(folder: Path) -> str:
    """Return the kind of file system `folder` lies on."""
    best, kind = "", "?"
    for line in (_PROC / "mounts").read_text().splitlines():
        _, point, name, *_ = line.split()
        if folder.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, name
    return kind
