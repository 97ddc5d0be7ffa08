"""A real `labelwright up` on a folder of its own, which can be killed at any moment and started again."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

PASSWORD = "a long enough pass phrase"
#: Seconds after which an answer counts as one that never comes.
PATIENCE_S = 60.0


class Wrong(AssertionError):
    """The server answered what it must never answer."""


class House:
    """The server on `folder`, and its worker processes. `settings` are environment variables on top of ours.

    With `images`, a folder of photographs, it is told to make a task of them.
    """

    def __init__(
        self,
        folder: Path,
        *,
        workers: int = 2,
        images: Path | None = None,
        settings: dict[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.log = folder / "console.log"
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.addresses: list[str] = []
        self.clients: list[Client] = []
        data = str(folder / "data")
        up = ["up", "--no-browser", "--port", str(self.port), "--data", data, "--workers", str(workers)]
        shown = [] if images is None else [str(images)]
        self._command = [sys.executable, "-m", "labelwright", *up, *shown]
        self._environment = os.environ | {"LABELWRIGHT_ADMIN_PASSWORD": PASSWORD} | (settings or {})
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        """Start it and return once it has printed its address."""
        with self.log.open("a") as log:
            said = log.tell()
            self._process = subprocess.Popen(self._command, env=self._environment, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE_S
        while not (found := re.search(r"http://\S+/sign-in\S+(?=\n)", self.log.read_bytes()[said:].decode())):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Wrong(f"the server does not answer:\n{self.log.read_bytes()[said:].decode()}")
            time.sleep(0.02)
        self.addresses.append(found[0])

    def kill(self) -> None:
        """End the server as a power cut would: no goodbye, no cleaning up."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def workers(self) -> list[int]:
        """The process ids of the workers that live now."""
        assert self._process is not None
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/children")
        return [int(pid) for children in tasks for pid in children.read_text().split()]

    def kill_workers(self, count: int | None = None) -> int:
        """Kill `count` workers, None: all; returns how many there were to kill."""
        found = self.workers()[:count]
        for pid in found:
            os.kill(pid, signal.SIGKILL)
        return len(found)

    def stop(self) -> int:
        """Close its clients and ask it to end; returns its exit status."""
        for client in self.clients:
            client.close()
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        try:
            return self._process.wait(20)
        finally:
            self._process.kill()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Client:
    """Somebody who sends each request until it is answered, whatever happens to the server meanwhile."""

    def __init__(self, house: House) -> None:
        self._http = httpx.Client(base_url=f"{house.url}/api/v1", timeout=30.0)
        house.clients.append(self)
        #: Requests whose answer never came.
        self.broken = 0

    def sign_in(self) -> "Client":
        answer = self.send("POST", "/auth/login", json={"username": "admin", "password": PASSWORD})
        self._http.headers["Authorization"] = f"Token {answer.json()['key']}"
        self._http.cookies.clear()
        return self

    def try_once(self, method: str, path: str, **request) -> httpx.Response | None:
        """Send once; None when no answer came."""
        try:
            return self._http.request(method, path, **request)
        except httpx.TransportError:
            self.broken += 1
            return None

    def send(self, method: str, path: str, *, key: str | None = None, **request) -> httpx.Response:
        """Send, with the same Idempotency-Key each time, until an answer comes; it must not be an error."""
        headers = {"Idempotency-Key": key} if key else {}
        deadline = time.monotonic() + PATIENCE_S
        while (answer := self.try_once(method, path, headers=headers, **request)) is None:
            if time.monotonic() > deadline:
                raise Wrong(f"{method} {path} was never answered")
            time.sleep(0.05)
        if answer.is_error:
            raise Wrong(f"{method} {path} -> {answer.status_code} {answer.text[:500]}")
        return answer

    def get(self, path: str, **query):
        return self.send("GET", path, params=query).json()

    def until(self, path: str, good, **query):
        """Ask until `good` says so of the answer."""
        deadline = time.monotonic() + PATIENCE_S
        while not good(found := self.send("GET", path, params=query)):
            if time.monotonic() > deadline:
                raise Wrong(f"{path} stays {found.status_code} {found.text[:500]}")
            time.sleep(0.05)
        return found

    def build_multipart(self, files) -> tuple[bytes, str]:
        """Return body and content type of a form with files."""
        request = self._http.build_request("POST", "/", data={"image_quality": "70"}, files=files)
        return request.read(), request.headers["content-type"]

    def close(self) -> None:
        self._http.close()
