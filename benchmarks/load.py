"""Clients in a process of their own, so that what measures takes nothing from what is measured.

`load.py flat-out` sends one request again and again over some connections and counts; `load.py paced` sends one
every so often, whether or not the last was answered in time, until its standard input closes. The request comes
ready-made in a file. Each prints one JSON object.
"""

import argparse
import json
import selectors
import socket
import sys
import threading
import time
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("flat-out", "paced"))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--request", type=Path, required=True, help="file with the whole request")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--every-ms", type=float, default=50.0)
    asked = parser.parse_args()
    request = asked.request.read_bytes()
    if asked.kind == "flat-out":
        found = flat_out(asked.port, request, clients=asked.clients, seconds=asked.seconds)
    else:
        found = paced(asked.port, request, every_s=asked.every_ms / 1e3)
    print(json.dumps(found))


def flat_out(port: int, request: bytes, *, clients: int, seconds: float) -> dict[str, object]:
    """Let each of `clients` connections ask again as soon as it was answered; return counts and times."""
    selector = selectors.DefaultSelector()
    sent_s: dict[socket.socket, float] = {}
    missing: dict[socket.socket, int] = {}
    for _ in range(clients):
        connection = _connect(port)
        selector.register(connection, selectors.EVENT_READ)
        connection.sendall(request)
        sent_s[connection] = time.perf_counter()
    times: list[float] = []
    began, cpu = time.perf_counter(), time.process_time()
    while time.perf_counter() - began < seconds:
        for key, _ in selector.select(1.0):
            connection = key.fileobj  # type: ignore[assignment]  # a socket was registered
            piece = connection.recv(1 << 20)
            left = missing.pop(connection, 0) or _length(piece)
            if left > len(piece):
                missing[connection] = left - len(piece)
                continue
            now = time.perf_counter()
            times.append(now - sent_s[connection])
            connection.sendall(request)
            sent_s[connection] = now
    took = time.perf_counter() - began
    times.sort()
    return {
        "count": len(times),
        "seconds": took,
        "cpu_s": time.process_time() - cpu,
        "median_ms": times[len(times) // 2] * 1e3,
        "p95_ms": times[len(times) * 95 // 100] * 1e3,
    }


def _length(piece: bytes) -> int:
    """Return the bytes of the whole answer `piece` begins."""
    head, found, _ = piece.partition(b"\r\n\r\n")
    if not found or not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"an answer is not 200: {piece[:300]!r}")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return len(head) + 4 + int(length.partition(b":")[2])


def paced(port: int, request: bytes, *, every_s: float) -> dict[str, object]:
    """Ask every `every_s` seconds; a time runs from when the request was due, so that waiting behind one counts."""
    ended = threading.Event()
    threading.Thread(target=_await_end, args=(ended,), daemon=True).start()
    connection = _connect(port)
    times: list[float] = []
    due = time.perf_counter()
    while not ended.is_set():
        time.sleep(max(0.0, due - time.perf_counter()))
        connection.sendall(request)
        piece = connection.recv(1 << 20)
        length = _length(piece)
        while len(piece) < length:
            piece += connection.recv(1 << 20)
        times.append((time.perf_counter() - due) * 1e3)
        due += every_s
    return {"times_ms": times}


def _await_end(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


if __name__ == "__main__":
    main()
