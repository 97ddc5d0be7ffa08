"""A process of its own for a library that may crash, hang or want too much memory on a file made to do so.

It gets none of our environment, hence none of our secrets, and speaks in lines of JSON, bytes behind the line that
tells their length. Nothing it says is believed beyond its limits, and it is ended when it is silent for too long.
"""

import os
import selectors
import subprocess
import sys
from types import TracebackType
from typing import IO, Self

_PIECE_BYTES = 1 << 18
_LONGEST_LINE = 64 * 1024


class ChildFailed(Exception):
    """The process ended, spoke out of turn, or (`is_silent`) said nothing for too long."""

    def __init__(self, *, is_silent: bool) -> None:
        super().__init__("silent" if is_silent else "ended")
        self.is_silent = is_silent


class Child:
    """A running `python -m MODULE`, spoken to by one thread at a time. Close it after use."""

    def __init__(self, module: str, *, silence_s: float) -> None:
        self.silence_s = silence_s
        self._kept = b""
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # One thread for numpy: it would reserve memory for as many as there are cores.
            env={"LANG": "C.UTF-8", "PATH": os.defpath, "OPENBLAS_NUM_THREADS": "1"},
            bufsize=0,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.communicate()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def process_id(self) -> int:
        return self._process.pid

    def say(self, line: bytes, content: bytes = b"") -> None:
        """Send a line, and bytes behind it.

        Raises:
            ChildFailed: nobody listens any more.
        """
        stream = _pipe(self._process.stdin)
        try:
            for piece in (line + b"\n", content):
                left = memoryview(piece)
                while left:
                    left = left[stream.write(left) :]
        except OSError as error:
            raise ChildFailed(is_silent=False) from error

    def hear_line(self) -> bytes:
        """Return the next line. Raises ChildFailed."""
        while b"\n" not in self._kept:
            if len(self._kept) > _LONGEST_LINE:
                raise ChildFailed(is_silent=False)
            self._kept += self._piece()
        line, _, self._kept = self._kept.partition(b"\n")
        return line

    def hear_bytes(self, count: int) -> bytes:
        """Return the next `count` bytes. Raises ChildFailed."""
        pieces, length = [self._kept], len(self._kept)
        while length < count:
            pieces.append(self._piece())
            length += len(pieces[-1])
        content = b"".join(pieces)
        self._kept = content[count:]
        return content[:count]

    def _piece(self) -> bytes:
        stream = _pipe(self._process.stdout)
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            if not selector.select(self.silence_s):
                raise ChildFailed(is_silent=True)
        piece = os.read(stream.fileno(), _PIECE_BYTES)
        if not piece:
            raise ChildFailed(is_silent=False)
        return piece


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream
