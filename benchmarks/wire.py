"""A client that costs next to nothing: HTTP/1.1 over one kept-alive socket, bodies handed over as they are.

It knows only what our server sends: a Content-Length with every body.
"""

import json
import re
import socket
from dataclasses import dataclass, field
from typing import Any

_TIMEOUT_S = 120.0
_COOKIE = re.compile(rb"set-cookie: *([^=;\r]+)=([^;\r]*)", re.IGNORECASE)
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Unexpected(Exception):
    """The server answered something else than the measurement needs."""


@dataclass(frozen=True)
class Answer:
    """What came back. `head` ends before the empty line."""

    status: int
    head: bytes
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Connection:
    """One connection to the server on `port` of this machine, kept alive; cookies are sent back as they came."""

    port: int
    token: str = ""
    cookies: dict[bytes, bytes] = field(default_factory=dict)
    _socket: socket.socket | None = None

    def call(
        self, method: str, path: str, body: bytes = b"", *, kind: str = "application/json", expect: int = 200
    ) -> Answer:
        """Ask and return the answer. Raises Unexpected unless its status is `expect`; 0 takes any."""
        answer = self.send(self.head(method, path, len(body), kind=kind), body)
        if expect not in (0, answer.status):
            raise Unexpected(f"{method} {path}: {answer.status}, expected {expect}: {answer.body[:300]!r}")
        return answer

    def head(self, method: str, path: str, length: int, *, kind: str = "application/json") -> bytes:
        """Return the bytes of a request that come before its body of `length` bytes."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        if self.token:
            lines.append(f"Authorization: Token {self.token}")
        if self.cookies:
            lines.append(
                "Cookie: " + "; ".join(f"{k.decode()}={v.decode()}" for k, v in self.cookies.items())
            )
        if length:
            lines += [f"Content-Type: {kind}", f"Content-Length: {length}"]
        elif method != "GET":
            lines.append("Content-Length: 0")
        return "\r\n".join([*lines, "", ""]).encode()

    def send(self, head: bytes, body: bytes = b"") -> Answer:
        """Send a prepared request and return the answer."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=_TIMEOUT_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(head)
        if body:
            self._socket.sendall(body)
        answer = _receive(self._socket)
        for name, value in _COOKIE.findall(answer.head):
            self.cookies[name] = value
        if b"connection: close" in answer.head.lower():
            self.close()
        return answer

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _receive(connection: socket.socket) -> Answer:
    start = b""
    while b"\r\n\r\n" not in start:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionResetError("the server closed the connection before it answered")
        start += piece
    head, _, begun = start.partition(b"\r\n\r\n")
    status = int(head[9:12])
    match = _LENGTH.search(head)
    length = int(match[1]) if match and status not in (204, 304) else 0
    body = bytearray(length)
    body[: len(begun)] = begun
    view, filled = memoryview(body), len(begun)
    while filled < length:
        count = connection.recv_into(view[filled:])
        if not count:
            raise ConnectionResetError(f"the server closed the connection after {filled} of {length} bytes")
        filled += count
    return Answer(status, head, bytes(body) if length < 4096 else body)  # type: ignore[arg-type]  # not copied: it is big


def multipart(parts: list[tuple[str, str | None, bytes]]) -> tuple[bytes, str]:
    """Return a multipart body and its type; each part is a field's name, its file name (None: text), its content."""
    boundary = "labelwright-bench-7f3c9a"
    pieces = []
    for name, file_name, content in parts:
        file = (
            "" if file_name is None else f'; filename="{file_name}"\r\nContent-Type: application/octet-stream'
        )
        pieces += [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode(),
            content,
            b"\r\n",
        ]
    pieces.append(f"--{boundary}--\r\n".encode())
    return b"".join(pieces), f"multipart/form-data; boundary={boundary}"
