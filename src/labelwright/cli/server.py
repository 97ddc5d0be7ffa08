"""One HTTP server in this process: its socket, its data folder for itself alone, its end."""

import contextlib
import errno
import fcntl
import ipaddress
import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import IO, TYPE_CHECKING

import uvicorn

from labelwright.cli.words import say
from labelwright.domain.errors import Conflict, Invalid

if TYPE_CHECKING:
    from types import FrameType

    from litestar.types import ASGIApp

_BACKLOG = 2048
#: Seconds an idle connection is kept; longer than the pools of most clients, so that they close first.
_KEEP_ALIVE_S = 75
#: Seconds open requests have to end once the server is told to stop.
_DRAIN_S = 3
#: Seconds from that moment until the process ends in any case. What was acknowledged is on disk; workers see us end.
_END_S = 4.5


class Running(Conflict):
    """Another server has the data folder. `address` is where it answers, "" when it does not yet."""

    def __init__(self, data: Path, *, pid: int, address: str) -> None:
        super().__init__(say("running", data=data, pid=pid))
        self.pid = pid
        self.address = address


class FolderLock:
    """A data folder held for one server. It ends with the process, however that ends."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.tell("")

    def tell(self, address: str) -> None:
        """Leave word who holds the folder and where it answers."""
        self._file.seek(0)
        self._file.truncate()
        json.dump({"pid": os.getpid(), "address": address}, self._file)
        self._file.flush()


def lock_folder(data: Path) -> FolderLock:
    """Hold the data folder `data`, made when it is missing, for this process.

    Raises:
        Running: another server holds it.
        Invalid: the folder cannot be made or written to.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        file = (data / "server.lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise Invalid(say("no data folder", data=data, reason=error.strerror)) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise holder(data) from None
    return FolderLock(file)


def holder(data: Path) -> Running:
    """Return who holds the data folder, by the word it left."""
    try:
        left = json.loads((data / "server.lock").read_text(encoding="utf-8"))
        return Running(data, pid=left["pid"], address=left["address"])
    except (ValueError, KeyError, TypeError):  # it is just about to leave word
        return Running(data, pid=0, address="")


def is_held(data: Path) -> bool:
    """Whether a server holds the data folder now."""
    with contextlib.suppress(FileNotFoundError), (data / "server.lock").open(encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket: from now on clients wait for the answer instead of being refused.

    Raises:
        Conflict: the port is taken or forbidden, or the host is no address of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except socket.gaierror:
        raise Conflict(say("no such host", host=host)) from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Conflict(say("port taken", port=port)) from None
        if error.errno in (errno.EACCES, errno.EPERM):
            raise Conflict(say("port forbidden", port=port)) from None
        if error.errno == errno.EADDRNOTAVAIL:
            raise Conflict(say("no such host", host=host)) from None
        raise
    return listener


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address_of(listener: socket.socket) -> str:
    """Return the address people of this machine open: `http://127.0.0.1:8080`."""
    host, port = listener.getsockname()[:2]
    found = ipaddress.ip_address(host.partition("%")[0])
    if found.is_unspecified:
        found = ipaddress.ip_address("127.0.0.1" if found.version == 4 else "::1")
    return f"http://[{found}]:{port}" if found.version == 6 else f"http://{found}:{port}"


class Server(uvicorn.Server):
    """uvicorn, told what to do once it answers and once it is asked to end; both run in threads of their own.

    What `started` raises ends the server and comes out of `serve_on`.
    """

    def __init__(
        self, app: "ASGIApp", *, started: Callable[[], None], stopping: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="httptools",
                ws="none",
                lifespan="off",
                access_log=False,
                server_header=False,
                log_config=None,
                backlog=_BACKLOG,
                timeout_keep_alive=_KEEP_ALIVE_S,
                timeout_graceful_shutdown=_DRAIN_S,
            )
        )
        self._on_start = threading.Thread(
            target=self._run_started, args=(started,), name="started", daemon=True
        )
        self._on_stop = threading.Thread(target=stopping, name="stopping", daemon=True)
        self._failure: BaseException | None = None

    def serve_on(self, listener: socket.socket) -> None:
        """Serve until told to end, by SIGINT, SIGTERM or a failed start."""
        self.run(sockets=[listener])
        if not self._on_stop.ident:
            self._on_stop.start()
        self._on_stop.join()
        if self._failure is not None:
            raise self._failure

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._on_start.start()

    def _run_started(self, started: Callable[[], None]) -> None:
        try:
            started()
        except BaseException as error:  # not swallowed: `serve_on` raises it
            self._failure = error
            self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Handle the signals; unlike uvicorn's own, do not send them once more at the end: that would skip our end."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.handle_exit)
        yield

    def handle_exit(self, sig: int, frame: "FrameType | None") -> None:
        if not self._on_stop.ident:
            end = threading.Timer(_END_S, os._exit, args=(0,))
            end.daemon = True
            end.start()
            self._on_stop.start()
        super().handle_exit(sig, frame)
