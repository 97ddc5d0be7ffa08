"""Servers that do nothing but the transport: the floor under ours. Each runs in a process of its own.

`trivial.py hello PORT FILE`: the framework and server program we use, with one route that answers the bytes of FILE.
`trivial.py send PORT FILE`: a bare socket that answers each request with FILE, read from disk each time.
`trivial.py take PORT FOLDER COUNT`: a bare socket that writes each body it is sent into COUNT files below FOLDER.
`trivial.py echo PORT`: a bare socket that takes a body and sends as many bytes back.
"""

import socket
import sys
from pathlib import Path

_PIECE = 1 << 20


def hello(port: int, content: bytes) -> None:
    """Answer `GET /tasks` with `content`, through Litestar on uvicorn as our server runs them."""
    import uvicorn
    from litestar import Litestar, Response, get

    @get("/tasks")
    async def answer() -> Response[bytes]:
        return Response(content, media_type="application/json")

    app = Litestar(route_handlers=[answer], openapi_config=None, logging_config=None)
    uvicorn.run(
        app, port=port, log_level="warning", access_log=False, lifespan="off", loop="uvloop", http="httptools"
    )


def bare(port: int, kind: str, path: Path | None, count: int) -> None:
    """Answer requests on one connection after another, without looking at them but for their length."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with connection:
                while _answer(connection, kind, path, count):
                    pass


def _answer(connection: socket.socket, kind: str, path: Path | None, count: int) -> bool:
    start = b""
    while b"\r\n\r\n" not in start:
        piece = connection.recv(65536)
        if not piece:
            return False
        start += piece
    head, _, begun = start.partition(b"\r\n\r\n")
    found = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(found[0].partition(b":")[2]) if found else 0
    content = b""
    if kind == "take":
        assert path is not None
        _take(connection, begun, length, path, count)
    elif kind == "send":
        assert path is not None
        content = path.read_bytes()
    else:
        content = _whole(connection, begun, length)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content))
    connection.sendall(content)
    return True


def _take(connection: socket.socket, begun: bytes, length: int, folder: Path, count: int) -> None:
    """Write the body into `count` files of one size."""
    size = -(-length // count)
    left, buffer = length - len(begun), memoryview(bytearray(_PIECE))
    for index in range(count):
        with (folder / f"{index}").open("wb", buffering=0) as file:
            room = size - len(begun)
            file.write(begun)
            begun = b""
            while room and left:
                filled = connection.recv_into(buffer[: min(room, left, _PIECE)])
                file.write(buffer[:filled])
                room, left = room - filled, left - filled


def _whole(connection: socket.socket, begun: bytes, length: int) -> bytes:
    body = bytearray(length)
    body[: len(begun)] = begun
    view, filled = memoryview(body), len(begun)
    while filled < length:
        filled += connection.recv_into(view[filled:])
    return bytes(body)


if __name__ == "__main__":
    asked, port_number, *rest = sys.argv[1:]
    if asked == "hello":
        hello(int(port_number), Path(rest[0]).read_bytes())
    else:
        bare(int(port_number), asked, Path(rest[0]) if rest else None, int(rest[1]) if len(rest) > 1 else 1)
