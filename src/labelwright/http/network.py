"""Connections whose every step, from the first packet to the last byte, keeps within one limit of time."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import Any

import httpcore

#: Bytes handed to a connection at once: between two pieces one looks at the clock.
_PIECE_BYTES = 65_536


class _Limit(threading.local):
    """When the call that a thread is in must be over, by the monotonic clock, and how long it may hear nothing."""

    ends = 0.0
    silence_s = inf


_LIMIT = _Limit()


def begin(limit_s: float, *, silence_s: float = inf) -> None:
    """Let this thread's call, which begins now, take `limit_s`, and wait `silence_s` at most for each answer."""
    _LIMIT.ends = time.monotonic() + limit_s
    _LIMIT.silence_s = silence_s


def left_s(late: type[httpcore.TimeoutException]) -> float:
    """Return the seconds that are left for the call. Raises `late` when there are none."""
    left = _LIMIT.ends - time.monotonic()
    if left <= 0:
        raise late
    return min(left, _LIMIT.silence_s)


def find_any(host: str) -> list[str]:
    """Return all addresses of a host. Raises ConnectError."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error
    return [str(each[4][0]) for each in found]


class Network(httpcore.NetworkBackend):
    """Connects within the time that is left for the call, trying the addresses that `find` gives for a host in turn.

    What `find` was asked once is what is connected to: a second answer of the name service changes nothing.
    """

    def __init__(self, find: Callable[[str], Sequence[str]] = find_any) -> None:
        self._find = find
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        return self._connect_first(self._find(host), port)

    def _connect_first(self, addresses: Sequence[str], port: int) -> httpcore.NetworkStream:
        for address in addresses[:-1]:
            try:
                return self._connect(address, port)
            except httpcore.ConnectError:
                pass  # the next one may answer
        return self._connect(addresses[-1], port)

    def _connect(self, address: str, port: int) -> httpcore.NetworkStream:
        timeout_s = left_s(httpcore.ConnectTimeout)
        return _Stream(self._plain.connect_tcp(address, port, timeout=timeout_s))


class _Stream(httpcore.NetworkStream):
    """A connection that reads and writes within the time that is left for the call."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=left_s(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE_BYTES):
            piece = buffer[start : start + _PIECE_BYTES]
            self._stream.write(piece, timeout=left_s(httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        timeout_s = left_s(httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout=timeout_s))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
