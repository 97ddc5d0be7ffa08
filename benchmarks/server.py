"""The server under measurement: the real `labelwright up` on a data folder of its own, and a client signed in to it."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import machine
import materials
from wire import Connection, multipart

_PASSWORD = "bench-8080-bench"
_END_S = 20.0
_READY_S = 60.0
API = "/api/v1"


class Server:
    """`labelwright up` in the data folder `data`; ends with the block.

    What it prints goes to a file beside the folder. With `workers` None there is one a core. `share` is the folder
    of `server_files`.
    """

    def __init__(
        self,
        data: Path,
        *,
        workers: int | None = None,
        password: str = _PASSWORD,
        share: Path | None = None,
    ) -> None:
        self.data = data
        self.port = free_port()
        self._password = password
        self._workers = workers
        self._share = share
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        self.settle()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> float:
        """Start it and return the seconds until it answered its first request."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("LABELWRIGHT_")
        }
        if self._password:
            environment["LABELWRIGHT_ADMIN_PASSWORD"] = self._password
        if self._share is not None:
            environment["LABELWRIGHT_SHARE"] = str(self._share)
        command = [str(Path(sys.executable).with_name("labelwright")), "up", "--no-browser"]
        command += ["--data", str(self.data), "--port", str(self.port)]
        command += [] if self._workers is None else ["--workers", str(self._workers)]
        self.data.mkdir(parents=True, exist_ok=True)
        began = time.perf_counter()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._first_answer()
        return time.perf_counter() - began

    def _first_answer(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + _READY_S
        while time.monotonic() < deadline:
            with suppress(ConnectionError):
                Connection(self.port).call("GET", f"{API}/users/self", expect=401)
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.002)
        raise RuntimeError(f"the server did not answer; it said: {self.said()}")

    @property
    def _log(self) -> Path:
        return self.data.with_name(f"{self.data.name}.log")

    def said(self) -> str:
        """Return the end of what the server and its workers printed."""
        return self._log.read_text(errors="replace")[-2000:]

    def settle(self) -> None:
        """Wait until all workers live and nothing works any more."""
        deadline = time.monotonic() + _READY_S
        quiet = 0
        while quiet < 3 and time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError(f"the server ended; it said: {self.said()}")
            before = machine.cpu_s(self.pids)
            time.sleep(0.25)
            is_quiet = machine.cpu_s(self.pids) - before < 0.04 and len(self.pids) > (self._workers != 0)
            quiet = quiet + 1 if is_quiet else 0

    def stop(self) -> None:
        """Ask it to end and wait."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(_END_S)
            except subprocess.TimeoutExpired:
                self.kill()
        self._process = None

    def kill(self) -> None:
        """End the API process with SIGKILL; its workers follow by themselves."""
        if self._process is not None:
            workers = self.workers
            self._process.kill()
            self._process.wait()
            deadline = time.monotonic() + _END_S
            while (
                any(Path(f"/proc/{pid}/status").exists() for pid in workers) and time.monotonic() < deadline
            ):
                time.sleep(0.01)
        self._process = None

    @property
    def pid(self) -> int:
        """The API process."""
        assert self._process is not None
        return self._process.pid

    @property
    def workers(self) -> list[int]:
        return machine.children(self.pid)

    @property
    def pids(self) -> list[int]:
        """The API process and its workers."""
        return [self.pid, *self.workers]

    def sign_in(self) -> Connection:
        """Return a connection that sends the token of `admin`, and the cookies it was given."""
        connection = Connection(self.port)
        account = json.dumps({"username": "admin", "password": self._password}).encode()
        connection.token = connection.call("POST", f"{API}/auth/login", account).json()["key"]
        connection.cookies.clear()
        connection.call("GET", f"{API}/users/self")
        return connection


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def make_task(client: Connection, *, name: str, pictures: list[bytes]) -> dict[str, Any]:
    """Make a task of the pictures with the labels of `materials`, wait for it, and return it."""
    made = client.call(
        "POST", f"{API}/tasks", json.dumps({"name": name, "labels": materials.LABELS}).encode(), expect=201
    )
    task_id = made.json()["id"]
    if pictures:
        upload(client, task_id, *picture_form(pictures))
    return read_task(client, task_id)


def picture_form(pictures: list[bytes]) -> tuple[bytes, str]:
    """Return the body and type that give a task these pictures."""
    files = [
        (f"client_files[{index}]", f"{index:04d}.jpg", content) for index, content in enumerate(pictures)
    ]
    return multipart([("image_quality", None, b"70"), *files])


def upload(client: Connection, task_id: int, body: bytes, kind: str) -> None:
    """Give the task its pictures and wait until it is finished."""
    client.call("POST", f"{API}/tasks/{task_id}/data", body, kind=kind, expect=202)
    await_task(client, task_id)


def await_task(client: Connection, task_id: int) -> None:
    """Wait until the task's pictures are read."""
    while True:
        status = client.call("GET", f"{API}/tasks/{task_id}/status").json()
        if status["state"] == "Finished":
            return
        if status["state"] == "Failed":
            raise RuntimeError(f"task {task_id}: {status['message']}")
        time.sleep(0.005)


def read_task(client: Connection, task_id: int) -> dict[str, Any]:
    found: dict[str, Any] = client.call("GET", f"{API}/tasks/{task_id}").json()
    return found


def job_of(task: dict[str, Any]) -> int:
    """Return the id of the task's first job."""
    return int(task["segments"][0]["jobs"][0]["id"])


class Scratch:
    """A folder for one measurement on a real disk, deleted at its end: `/tmp` may lie in memory."""

    def __init__(self, folder: Path = Path("/var/tmp")) -> None:
        self._made = tempfile.TemporaryDirectory(
            prefix="labelwright-bench-", dir=folder, ignore_cleanup_errors=True
        )

    def __enter__(self) -> Path:
        return Path(self._made.name)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._made.cleanup()
