"""Files fetched from addresses that people give: real servers on this machine, and a fake that finds hosts."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from labelwright.domain.errors import InvalidMedia
from labelwright.http.fetching import Fetcher, Rules

PHOTO = bytes(range(256)) * 4000
#: All may lie within the server's network when they are named.
LOCAL = Rules(hosts=("127.0.0.1", "files.test", "*.files.test"), timeout_s=5, silence_s=1)


class Site:
    """A server whose answer to each path is a function of the handler; `seen` holds paths and headers that came."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.seen.append((self.path, dict(self.headers)))
                site.answers[self.path.partition("?")[0]](self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    started = Site()
    yield started
    started.close()


def answer(content=PHOTO, status=200, **headers):
    def send(handler):
        handler.send_response(status)
        for name, value in ({"Content_Length": len(content)} | headers).items():
            if value is not None:
                handler.send_header(name.replace("_", "-"), str(value))
        handler.end_headers()
        handler.wfile.write(content)

    return send


def to(location, status=302):
    return answer(b"go there", status, Location=location)


def find(*hosts):
    """A resolver for names below files.test; it notes who was asked for."""

    def look_up(host):
        asked.append(host)
        return ["127.0.0.1"]

    asked = list(hosts)
    return asked, look_up


@pytest.fixture
def refuse(tmp_path):
    """Fetches what must be refused: gives the reason, and sees that nothing is left."""

    def fetch(url, rules=LOCAL, **options):
        with pytest.raises(InvalidMedia) as raised:
            Fetcher(rules, **options).fetch(url, tmp_path / "target")
        assert list(tmp_path.iterdir()) == []
        head = f"Failed to download {url.partition('?')[0]}: "
        assert str(raised.value).startswith(head)
        return str(raised.value).removeprefix(head)

    return fetch


def test_a_file_is_brought_whole_and_told_on_the_way(site, tmp_path):
    site.answers["/a%20b/cat%201.jpg"] = answer()
    told = []
    fetched = Fetcher(LOCAL).fetch(
        site.url + "/a b/cat%201.jpg?sig=secret",
        tmp_path / "t",
        lambda done, total: told.append((done, total)),
    )
    assert (fetched.name, fetched.size_bytes) == ("cat 1.jpg", len(PHOTO))
    assert (tmp_path / "t").read_bytes() == PHOTO
    assert told[-1] == (len(PHOTO), len(PHOTO))
    path, headers = site.seen[0]
    assert path.endswith("?sig=secret")
    assert sorted(headers) == ["Accept", "Accept-Encoding", "Host", "User-Agent"]


def test_a_file_of_unsaid_length_is_brought(site, tmp_path):
    site.answers["/a.jpg"] = answer(Content_Length=None, Connection="close")
    told = []
    Fetcher(LOCAL).fetch(site.url + "/a.jpg", tmp_path / "t", lambda done, total: told.append((done, total)))
    assert (tmp_path / "t").read_bytes() == PHOTO
    assert told[-1] == (len(PHOTO), None)


@pytest.mark.parametrize(
    ("path", "disposition", "expected"),
    [
        pytest.param(
            "/b/cat.jpg", 'attachment; filename="dog.jpg"', "cat.jpg", id="the address's, as v1 does"
        ),
        pytest.param("/get", 'attachment; filename="dog.jpg"', "dog.jpg", id="the server's"),
        pytest.param(
            "/get", "attachment; filename*=UTF-8''%E7%8C%AB.jpg", "猫.jpg", id="the server's, RFC 6266"
        ),
        pytest.param("/%E7%8C%AB.jpg", None, "猫.jpg", id="percent-decoded"),
        pytest.param("/a/..%2F..%2Fetc%2Fpasswd.jpg", None, "passwd.jpg", id="leads elsewhere"),
        pytest.param(
            "/get", 'attachment; filename="../../x\\\\y.zip"', "y.zip", id="leads elsewhere, the server's"
        ),
        pytest.param("/a%0Ab%00c.jpg", None, "a_b_c.jpg", id="line break and NUL"),
        pytest.param("/" + "n" * 300 + ".jpg", None, "n" * 251 + ".jpg", id="300 letters"),
        pytest.param("/" + "%E7%8C%AB" * 100 + ".jpg", None, "猫" * 83 + ".jpg", id="300 bytes"),
        pytest.param("/get", None, "get", id="no extension anywhere"),
        pytest.param("/", None, "file", id="no name at all"),
        pytest.param("/..%2f", None, "file", id="dots alone"),
    ],
)
def test_a_file_has_a_safe_name(site, tmp_path, path, disposition, expected):
    site.answers[path] = answer(b"x", Content_Disposition=disposition)
    assert Fetcher(LOCAL).fetch(site.url + path, tmp_path / "t").name == expected


def test_one_is_sent_on_and_each_host_is_looked_at(site, tmp_path):
    asked, look_up = find()
    site.answers["/start"] = to(f"http://b.files.test:{site.port}/next?x=1", 301)
    site.answers["/next"] = to("../photo.jpg", 307)
    site.answers["/photo.jpg"] = answer()
    fetched = Fetcher(LOCAL, find=look_up).fetch(f"http://files.test:{site.port}/start", tmp_path / "t")
    assert fetched.name == "photo.jpg"
    assert asked == ["files.test", "b.files.test", "b.files.test"]
    assert [headers["Host"] for _, headers in site.seen] == [
        f"{host}:{site.port}" for host in ("files.test", "b.files.test", "b.files.test")
    ]


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "localhost",
            "127.1",
            "2130706433",
            "0x7f000001",
            "017700000001",
            "0.0.0.0",
            "[::1]",
            "[::]",
        ),
        *(
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[64:ff9b::7f00:1]",
            "10.0.0.1",
            "192.168.1.1",
            "172.16.0.1",
        ),
        *("169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "100.100.100.200", "168.63.129.16", "224.0.0.1"),
        *("LOCALHOST.", "127.0.0.1."),
    ],
)
def test_hosts_within_the_network_are_not_asked(site, refuse, host):
    reason = refuse(f"http://{host}:{site.port}/a.jpg", rules=Rules(timeout_s=5))
    assert "is inside the network of the server: it is asked only when LABELWRIGHT_REMOTE_HOSTS names it" in (
        reason
    ) or reason.startswith("the host ")
    assert site.seen == []


def test_one_is_not_sent_on_into_the_network(site, refuse):
    site.answers["/start"] = to(f"http://127.0.0.1:{site.port}/secret")
    rules = Rules(hosts=("files.test",), timeout_s=5)
    reason = refuse(f"http://files.test:{site.port}/start", rules, find=find()[1])
    assert reason == "127.0.0.1 is not among the hosts of LABELWRIGHT_REMOTE_HOSTS"
    assert [path for path, _ in site.seen] == ["/start"]


@pytest.fixture
def connected(monkeypatch):
    """The addresses that are connected to; none of them really is."""
    found: list[str] = []

    def connect(address, *_, **__):
        found.append(address[0])
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(socket, "create_connection", connect)
    return found


def names(monkeypatch, *answers):
    """Let the machine's name service give one list of addresses after the other."""
    left = iter(answers)

    def look_up(*_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 0)) for each in next(left)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_the_address_that_was_looked_at_is_the_one_connected_to(monkeypatch, refuse, connected):
    names(monkeypatch, ["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"])
    assert "nobody there" in refuse("http://rebinding.test/a.jpg", Rules(timeout_s=5))
    assert connected == ["8.8.8.8"]


def test_one_address_within_the_network_is_one_too_many(monkeypatch, refuse, connected):
    names(monkeypatch, ["8.8.8.8", "10.0.0.1"])
    assert "rebinding.test is inside the network" in refuse("http://rebinding.test/a.jpg", Rules(timeout_s=5))
    assert connected == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://files.test/a.jpg", "only addresses that begin with http:// or https://"),
        ("file:///etc/passwd", "only addresses that begin"),
        ("gopher://127.0.0.1:6379/_INFO", "only addresses that begin"),
        ("/etc/passwd", "only addresses that begin"),
        ("http://", "only addresses that begin"),
        ("http://user:secret@files.test/a.jpg", "an address with a password in it is not asked"),
        ("http://files.test:99999/", "port 99999 is none"),
        ("http://[::1/", "it is no address that can be read"),
        ("http://xn--a/", "it is no address that can be read"),
        ("http://files.test/\r\nX-Header: 1", "it is no address that can be read"),
        ("http://files.test/" + "a" * 9000, "its address is longer than 8192 letters"),
    ],
)
def test_other_addresses_are_refused(tmp_path, url, said):
    with pytest.raises(InvalidMedia, match=said):
        Fetcher(LOCAL, find=find()[1]).fetch(url, tmp_path / "t")
    assert list(tmp_path.iterdir()) == []


def test_a_redirect_to_another_scheme_is_refused(site, refuse):
    site.answers["/start"] = to("file:///etc/passwd")
    assert "only addresses that begin" in refuse(site.url + "/start")


def test_a_circle_of_redirects_ends(site, refuse):
    site.answers["/a"] = to("/a")
    assert refuse(site.url + "/a") == "it was sent on more than 10 times"
    assert len(site.seen) == 11


def cut_short(handler):
    answer(b"", Content_Length=1000)(handler)
    handler.wfile.write(b"x" * 10)
    handler.close_connection = True


def no_http(handler):
    handler.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n")
    handler.close_connection = True


def silent(_):
    time.sleep(2)


@pytest.mark.parametrize(
    ("send", "reason"),
    [
        pytest.param(answer(b"", 404), "the server answered with status 404", id="not there"),
        pytest.param(answer(b"x", 206), "the server answered with status 206", id="a part"),
        pytest.param(answer(b"", 302), "the server answered with status 302", id="sent nowhere"),
        pytest.param(
            answer(Content_Encoding="gzip"), "the server sent it packed by gzip, unasked", id="packed"
        ),
        pytest.param(
            answer(bytes(2_000_001)), "it has more than 2 MB (LABELWRIGHT_MAX_UPLOAD_MB)", id="too large"
        ),
        pytest.param(
            answer(bytes(2_000_001), Content_Length=None), "it has more than 2 MB", id="too large, unsaid"
        ),
        pytest.param(cut_short, "the connection broke, or came to none: ", id="cut short"),
        pytest.param(no_http, "the connection broke, or came to none: ", id="no HTTP"),
        pytest.param(silent, "nothing came for 0.5 s", id="silence"),
    ],
)
def test_what_is_no_whole_file_is_refused(site, refuse, send, reason):
    site.answers["/a.jpg"] = send
    rules = Rules(hosts=("127.0.0.1",), timeout_s=5, silence_s=0.5, max_mb=2)
    assert refuse(site.url + "/a.jpg?token=secret", rules).startswith(reason)


def test_a_file_that_drips_ends_with_the_time_for_it(site, refuse):
    def drip(handler):
        answer(b"", Content_Length=1000)(handler)
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.05)

    site.answers["/a.jpg"] = drip
    began = time.monotonic()
    rules = Rules(hosts=("127.0.0.1",), timeout_s=0.5, silence_s=2)
    assert refuse(site.url + "/a.jpg", rules) == "it was not here within 0.5 s"
    assert time.monotonic() - began < 2


def test_nobody_listening_is_said(refuse):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert refuse(f"http://127.0.0.1:{port}/a.jpg").startswith("the connection broke, or came to none: ")


def test_a_server_without_a_certificate_is_not_believed(site, refuse):
    reason = refuse(site.url.replace("http:", "https:") + "/a.jpg")
    assert reason.startswith("the connection broke, or came to none: ")
    assert site.seen == []


def test_who_cancels_leaves_nothing(site, tmp_path):
    site.answers["/a.jpg"] = answer()

    def cancel(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Fetcher(LOCAL).fetch(site.url + "/a.jpg", tmp_path / "t", cancel)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_written_over(site, tmp_path):
    (tmp_path / "t").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        Fetcher(LOCAL).fetch(site.url + "/a.jpg", tmp_path / "t")
    assert (tmp_path / "t").read_bytes() == b"mine"
