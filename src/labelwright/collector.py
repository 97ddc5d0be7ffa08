"""Events of clients, told line by line: to a Python logger, and to a collector of logs such as Logstash or Vector.

The collector's address is the administrator's own word, as a mail server's is; so no guard against addresses that
strangers name stands between, as it does in `http`.
"""

import http.client
import logging
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

logger = logging.getLogger("labelwright.clients")

#: Bytes that may wait for the collector; lines beyond are not sent (the database has them).
_MOST_WAITING = 16_000_000
#: Lines in one request.
_BATCH = 500
#: Seconds the collector has for each answer, and seconds between two tries.
_PATIENCE_S = 10.0
_PAUSE_S = 5.0
#: Answers after which the same lines are tried again; any other refusal is final.
_LATER = {408, 425, 429, *range(500, 600)}
#: What keeps a request from its answer; the last is a name that can be no host's.
_FAILURES = (OSError, http.client.HTTPException, UnicodeError)


class PlainLog:
    """Writes each event as one line of JSON to the logger `labelwright.clients`: INFO, or ERROR for exceptions."""

    def write(self, lines: Sequence[Mapping[str, Any]], *, is_error: bool) -> None:
        level = logging.ERROR if is_error else logging.INFO
        if logger.isEnabledFor(level):
            for line in lines:
                logger.log(level, "%s", msgspec.json.encode(line).decode())


class Collector(PlainLog):
    """Sends the lines to `address`, HOST:PORT, too: arrays of JSON, by POST to `/`, from a thread of its own.

    While the collector does not answer, lines wait; those that find the queue full, or are still in it when the
    process ends, are not sent.
    """

    def __init__(self, address: str, *, most_waiting: int = _MOST_WAITING, pause_s: float = _PAUSE_S) -> None:
        self._address = address
        self._most_waiting = most_waiting
        self._pause_s = pause_s
        self._lines: deque[bytes] = deque()
        self._waiting = 0
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None

    def write(self, lines: Sequence[Mapping[str, Any]], *, is_error: bool) -> None:
        super().write(lines, is_error=is_error)
        with self._news:
            for line in map(msgspec.json.encode, lines):
                if self._waiting + len(line) <= self._most_waiting:
                    self._lines.append(line)
                    self._waiting += len(line)
            if self._thread is None:
                self._thread = threading.Thread(target=self._send, name="collector", daemon=True)
                self._thread.start()
            self._news.notify()

    def _send(self) -> None:
        """Send what waits, in order, for as long as the process lives."""
        is_down = False
        while True:
            with self._news:
                self._news.wait_for(lambda: self._lines)
                batch = [self._lines[index] for index in range(min(len(self._lines), _BATCH))]
            problem, is_final = self._post(b"[%b]" % b",".join(batch))
            if problem and (is_final or not is_down):
                logger.warning("the collector of logs at %s: %s", self._address, problem)
            is_down = bool(problem) and not is_final
            with self._news:
                if is_down:
                    self._news.wait_for(lambda: False, self._pause_s)
                    continue
                for line in batch:
                    self._lines.popleft()
                    self._waiting -= len(line)

    def _post(self, body: bytes) -> tuple[str, bool]:
        """Send `body`; return what is wrong, "" for nothing, and whether trying again is no use."""
        connection = http.client.HTTPConnection(self._address, timeout=_PATIENCE_S)
        try:
            connection.request("POST", "/", body, {"Content-Type": "application/json"})
            status = connection.getresponse().status
        except _FAILURES as error:
            return f"{type(error).__name__}: {error}", False
        finally:
            connection.close()
        return "" if status < 300 else f"it answers {status}", status not in _LATER
