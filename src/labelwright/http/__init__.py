"""The one HTTP client to the outside: it asks services that an administrator has named in the settings.

A call has one limit of time for all of it: finding the host, connecting, sending, and an answer that drips in byte by
byte. No redirect is followed, no cookie kept, no proxy of the environment used: a token goes to the service it is
meant for and nowhere else. Connections are kept and used again, by any thread.
"""

import logging
import ssl
import weakref
from collections.abc import Iterable, Mapping
from typing import IO, TypeVar, cast

import httpcore
import httpx
import msgspec

from labelwright.domain.errors import Unreachable
from labelwright.domain.sentences import Sentence
from labelwright.http.network import Network, begin, left_s

logger = logging.getLogger("labelwright.http")
T = TypeVar("T")

#: A field of a form that is a file: the field's name, the file's name, its content, its media type.
FormFile = tuple[str, str, bytes | IO[bytes], str]

_MEGABYTE = 1_000_000
_KEPT_S = 30.0
#: More than there are threads that ask (`api/requests.py`, `api/bearers.py`), so that none waits for a connection.
_MOST_CONNECTIONS = 64
#: What a connection that was kept dies of when its server has just closed it.
_STALE = (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError)


class Refused(Unreachable):
    """A service answered, with a status that is no success: `status`, and what came with it in `body`."""

    status: int
    body: bytes

    def __init__(self, service: Sentence, status: int, body: bytes) -> None:
        super().__init__("{service} answered with status {status}", service=service, status=status)
        self.status = status
        self.body = body


class Service:
    """A service at `url`, which people know by `name`, such as Sentence("the user service").

    `token` signs every call that names no other. Methods may be called from any thread.
    """

    def __init__(
        self, name: Sentence, url: str, *, timeout_s: float, token: str = "", max_mb: float = 8.0
    ) -> None:
        self._name = name
        self._url = url.rstrip("/")
        self._timeout_s = timeout_s
        self._token = token
        self._most_bytes = int(max_mb * _MEGABYTE)
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(),
            max_connections=_MOST_CONNECTIONS,
            keepalive_expiry=_KEPT_S,
            network_backend=Network(),
        )
        weakref.finalize(self, self._pool.close)

    def ask(
        self,
        kind: type[T],
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: object = None,
        token: str = "",
        timeout_s: float | None = None,
    ) -> T:
        """Call, and return the answer's JSON as `kind`. Raises as `call`."""
        answer = self.call(method, path, query=query, body=body, token=token, timeout_s=timeout_s)
        return self.read(kind, answer)

    def read(self, kind: type[T], answer: bytes) -> T:
        """Return the JSON of an answer as `kind`; what is a number in the one may be text in the other.

        Raises:
            Unreachable: it is no JSON, or holds something else.
        """
        try:
            return msgspec.json.decode(answer, type=kind, strict=False)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            logger.warning("%s: the answer makes no sense: %s", self._url, error)
            raise Unreachable("{service} answered nonsense", service=self._name) from error

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: object = None,
        fields: Mapping[str, str] | None = None,
        files: Iterable[FormFile] = (),
        token: str = "",
        timeout_s: float | None = None,
    ) -> bytes:
        """Send a request to `path` below the service's address; return the body of its answer.

        `body` is sent as JSON, None is none; `fields` and `files` as a form.

        Raises:
            Refused: the status is not 200 to 299.
            Unreachable: no connection, no whole answer in time, an answer over the limit, or no HTTP.
        """
        limit_s = self._timeout_s if timeout_s is None else timeout_s
        where = self._url + path.partition("?")[0]
        request = self._request(method, path, query, body, fields, files, token or self._token)
        begin(limit_s)
        try:
            status, answer = self._send_twice(request) if method == "GET" else self._send(request)
        except (httpcore.TimeoutException, TimeoutError) as error:
            logger.warning("%s %s: no answer within %g s", method, where, limit_s)
            raise Unreachable(
                "{service} did not answer within {seconds} s", service=self._name, seconds=f"{limit_s:g}"
            ) from error
        except (httpcore.NetworkError, OSError) as error:
            logger.warning("%s %s: %s", method, where, error)
            raise Unreachable("{service} cannot be reached", service=self._name) from error
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
            logger.warning("%s %s: %s", method, where, error)
            raise Unreachable("{service} answered nonsense", service=self._name) from error
        if not 200 <= status <= 299:
            logger.warning("%s %s: status %d", method, where, status)
            raise Refused(self._name, status, answer)
        return answer

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int] | None,
        body: object,
        fields: Mapping[str, str] | None,
        files: Iterable[FormFile],
        token: str,
    ) -> httpx.Request:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = None
        if body is not None:
            content = msgspec.json.encode(body)
            headers["Content-Type"] = "application/json"
        form = [(field, (name, file, kind)) for field, name, file, kind in files]
        return httpx.Request(
            method,
            self._url + path,
            params=query,
            headers=headers,
            content=content,
            data=fields,
            files=form or None,
        )

    def _send_twice(self, request: httpx.Request) -> tuple[int, bytes]:
        """Send what changes nothing once more when the connection that was kept is dead. The limit is for both."""
        try:
            return self._send(request)
        except _STALE:
            return self._send(request)

    def _send(self, request: httpx.Request) -> tuple[int, bytes]:
        """Return status and body of the answer."""
        address = request.url
        sent = httpcore.Request(
            request.method,
            httpcore.URL(
                scheme=address.raw_scheme, host=address.raw_host, port=address.port, target=address.raw_path
            ),
            headers=request.headers.raw,
            content=cast(Iterable[bytes], request.stream),
            extensions={"timeout": {"pool": left_s(httpcore.PoolTimeout)}},
        )
        answer = self._pool.handle_request(sent)
        try:
            return answer.status, self._body(answer.iter_stream())
        finally:
            answer.close()

    def _body(self, pieces: Iterable[bytes]) -> bytes:
        body = bytearray()
        for piece in pieces:
            body += piece
            if len(body) > self._most_bytes:
                raise Unreachable(
                    "{service} answered with more than {limit} MB",
                    service=self._name,
                    limit=f"{self._most_bytes / _MEGABYTE:g}",
                )
        return bytes(body)
