"""The real command as a process: `labelwright` with a clean environment and a data folder of the test's own."""

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

PATIENCE_S = 60.0


@dataclass
class Started:
    """A running `labelwright`; `heard` is what it has said on standard output so far."""

    process: subprocess.Popen
    heard: list[str] = field(default_factory=list)
    _lines: queue.Queue = field(default_factory=queue.Queue)

    def __post_init__(self):
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def wait_for(self, pattern: str) -> str:
        """Read lines until one holds the pattern; return what it matched."""
        deadline = time.monotonic() + PATIENCE_S
        while (line := self._lines.get(timeout=max(0.1, deadline - time.monotonic()))) is not None:
            self.heard.append(line)
            if found := re.search(pattern, line):
                return found[0]
        raise AssertionError(f"ended without {pattern!r}: {self.heard} {self.process.stderr.read()}")

    def link(self) -> str:
        return self.wait_for(r"http://\S+/sign-in\?token=\S+")

    def workers(self, count: int) -> list[int]:
        """Wait until `count` workers live, each its own program by now; return their process ids."""
        deadline = time.monotonic() + PATIENCE_S
        while len(pids := [pid for pid in children(self.process.pid) if is_worker(pid)]) != count:
            assert time.monotonic() < deadline, pids
            time.sleep(0.05)
        return pids

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send the signal and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)


def is_worker(pid: int) -> bool:
    """Whether the process is past the moment in which it still was a copy of its parent."""
    try:
        return b"labelwright.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


def children(pid: int) -> list[int]:
    task = Path(f"/proc/{pid}/task")
    return [int(child) for thread in task.iterdir() for child in (thread / "children").read_text().split()]


@pytest.fixture
def environ(tmp_path):
    """An environment without settings of ours and without a wish for a language."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LABELWRIGHT_", "LC_", "LANG"))
    }
    return {
        **kept,
        "LABELWRIGHT_DATA": str(tmp_path / "data"),
        "LABELWRIGHT_WORKERS": "1",
        "LC_ALL": "C.UTF-8",
    }


@pytest.fixture
def run(environ):
    """Run the command to its end."""

    def run_command(*arguments, stdin="", **more):
        return subprocess.run(
            [sys.executable, "-m", "labelwright", *arguments], env=environ | more, input=stdin,
            capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip

    return run_command


@pytest.fixture
def start(environ):
    """Start `labelwright up` on a free port; what still runs at the end of the test is killed."""
    started = []

    def start_command(*arguments, **more):
        process = subprocess.Popen(
            [sys.executable, "-m", "labelwright", "up", "--no-browser", "--port", "0", *arguments],
            env=environ | more, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        return Started(process)

    yield start_command
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


@pytest.fixture
def photos(tmp_path):
    """A folder of three photographs, one of them in a folder below, beside a text."""
    folder = tmp_path / "my photos"
    (folder / "more").mkdir(parents=True)
    for name in ("a.jpg", "b.png", "more/c.jpg"):
        paint(folder / name)
    (folder / "notes.txt").write_text("no image")
    return folder


def paint(path: Path) -> None:
    Image.linear_gradient("L").resize((64, 48)).convert("RGB").save(path)
