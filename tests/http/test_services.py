"""The client to services outside, against servers of real sockets that do what servers should not."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from msgspec import Struct

from labelwright.domain.errors import Unreachable
from labelwright.domain.sentences import Sentence
from labelwright.http import Refused, Service

NAME = Sentence("the user service")
FINE = b'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"age": 7}'


class Answer(Struct):
    age: int


def whole_request(connection: socket.socket) -> bytes:
    """The next request with its body, b"" at the end."""
    request = b""
    while piece := connection.recv(65_536):
        request += piece
        head, blank, body = request.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: ([0-9]+)", head)
        if blank and len(body) >= (int(length[1]) if length else 0):
            return request
    return b""


class Server:
    """Does `answer` with each connection, or each request of one; `seen` holds what came."""

    def __init__(self, answer: Callable[[socket.socket, bytes], None]) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._answer = answer
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/base/"
        self.seen: list[bytes] = []
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                while request := whole_request(connection):
                    self.seen.append(request)
                    self._answer(connection, request)
            except OSError:
                pass

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Starts servers that end with the test."""
    servers: list[Server] = []

    def start(answer: Callable[[socket.socket, bytes], None] | bytes) -> Server:
        said = answer if callable(answer) else lambda connection, _: connection.sendall(answer)
        servers.append(Server(said))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def service(server: Server, **options: object) -> Service:
    return Service(NAME, server.url, **{"timeout_s": 0.5} | options)  # type: ignore[arg-type]


def drip(text: bytes) -> Callable[[socket.socket, bytes], None]:
    def answer(connection: socket.socket, _: bytes) -> None:
        for index in range(len(text)):
            connection.sendall(text[index : index + 1])
            time.sleep(0.05)

    return answer


def silent(connection: socket.socket, _: bytes) -> None:
    time.sleep(3)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(silent, id="silence"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 500), id="headers that drip"),
        pytest.param(
            drip(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b"x" * 500), id="body that drips"
        ),
    ],
)
def test_a_call_has_one_limit_of_time(
    serve: Callable[..., Server], answer: Callable[[socket.socket, bytes], None]
) -> None:
    began = time.monotonic()
    with pytest.raises(Unreachable, match=r"the user service did not answer within 0\.5 s"):
        service(serve(answer)).call("GET", "/who")
    assert time.monotonic() - began < 1.0


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{oops", "the user service answered nonsense"),
        (b'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"age":[]}', "the user service answered nonsense"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "the user service answered nonsense"),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", "the user service answered with status 500"),
        (b"HTTP/1.1 302 Go\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", "answered with status 302"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + b"x" * 99_999, "with more than 0.05 MB"),
    ],
    ids=["no JSON", "other JSON", "no HTTP", "status", "redirect", "too long"],
)
def test_what_is_no_answer_is_said_in_a_sentence(
    serve: Callable[..., Server], answer: bytes, sentence: str
) -> None:
    with pytest.raises(Unreachable, match=sentence):
        service(serve(answer), max_mb=0.05).ask(Answer, "GET", "/who")


def test_a_refusal_carries_status_and_body(serve: Callable[..., Server]) -> None:
    server = serve(b"HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\ngone")
    with pytest.raises(Refused) as caught:
        service(server).call("GET", "/who")
    assert (caught.value.status, caught.value.body) == (404, b"gone")


def test_nobody_listening_is_said_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unreachable, match="the user service cannot be reached"):
        Service(NAME, f"http://127.0.0.1:{port}", timeout_s=5).call("GET", "/who")


def test_a_connection_is_used_again_and_no_cookie_comes_along(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    server = serve(FINE.replace(b"\r\n\r\n", b"\r\nSet-Cookie: token=secret; Path=/\r\n\r\n"))
    client = service(server, token="own")
    assert client.ask(Answer, "GET", "/who", query={"a": "b c"}).age == 7
    assert client.ask(Answer, "POST", "/who", body={"x": 1}, token="caller").age == 7
    assert server.connections == 1
    first, second = (request.decode() for request in server.seen)
    assert first.startswith("GET /base/who?a=b+c HTTP/1.1") or first.startswith(
        "GET /base/who?a=b%20c HTTP/1.1"
    )
    assert "Authorization: Bearer own" in first
    assert "Authorization: Bearer caller" in second
    assert '{"x":1}' in second
    assert "cookie" not in second.lower()


def test_a_dead_connection_is_replaced_for_a_request_that_changes_nothing(
    serve: Callable[..., Server],
) -> None:
    def once(connection: socket.socket, _: bytes) -> None:
        if len(server.seen) == 2:  # the second request of the connection that was kept finds it closed
            connection.close()
        else:
            connection.sendall(FINE)

    server = serve(once)
    client = service(server)
    assert [client.ask(Answer, "GET", "/who").age for _ in range(2)] == [7, 7]
    assert len(server.seen) == 3


def test_a_form_carries_files(serve: Callable[..., Server]) -> None:
    server = serve(FINE)
    service(server).call(
        "POST", "/sets", fields={"name": "猫"}, files=[("files[0]", "a.jpg", b"JPEG", "image/jpeg")]
    )
    sent = b"".join(server.seen)
    assert 'name="name"\r\n\r\n猫'.encode() in sent
    assert b'name="files[0]"; filename="a.jpg"' in sent
    assert b"JPEG" in sent
