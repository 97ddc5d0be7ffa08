"""Files at addresses that people give, brought here: the one way out that strangers may choose.

Asked are hosts with public addresses only, or those that a setting names. The addresses that were looked at are those
connected to, for each redirect anew. No cookie, password or token goes along, and no proxy is used.
"""

import re
import ssl
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from urllib.parse import unquote

import httpcore
import httpx
from msgspec import Struct

from labelwright.domain.errors import Invalid, InvalidMedia, Unreachable
from labelwright.domain.sentences import Sentence
from labelwright.hosts import find_addresses, is_named
from labelwright.http.network import Network, begin, left_s

#: Told bytes that are here, and how many there will be, None when the server does not say. May raise, to end it.
Progress = Callable[[int, int | None], None]

HOSTS_SETTING = "LABELWRIGHT_REMOTE_HOSTS"
_SIZE_SETTING = "LABELWRIGHT_MAX_UPLOAD_MB"
_MEGABYTE = 1_000_000
_MOST_REDIRECTS = 10
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
#: Letters an address may have; one that is signed, to which one is sent on, has some 2,000.
_LONGEST_URL = 8_192
_LONGEST_NAME_BYTES = 255
_MOST_PORT = 65_535
_HEADERS = ((b"User-Agent", b"labelwright"), (b"Accept", b"*/*"), (b"Accept-Encoding", b"identity"))
_EXTENSION = re.compile(r"[^.].*\.\w{1,8}$")


class Fetched(Struct, frozen=True):
    """A file that was brought here: what it is called, safe as a file's name, and how large it is."""

    name: str
    size_bytes: int


class Rules(Struct, frozen=True, kw_only=True):
    """What may be fetched. `hosts` are the only ones asked, wherever they lie; none are named: all public ones.

    `timeout_s` is for a whole file with all its redirects, `silence_s` for each wait for the next bytes.
    """

    hosts: tuple[str, ...] = ()
    max_mb: float = 20_000
    timeout_s: float = 3_600
    silence_s: float = 30


class Fetcher:
    """Fetches files by `rules`, in any thread. `find` is how addresses of a host are found, other than in tests."""

    def __init__(
        self,
        rules: Rules,
        *,
        find: Callable[[str], Sequence[str]] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._rules = rules
        self._find = find or self._addresses
        self._tls = tls or ssl.create_default_context()

    def fetch(self, url: str, target: Path, progress: Progress = lambda _done, _total: None) -> Fetched:
        """Bring the file at `url` into the new file `target`, which is gone again when it fails.

        Raises:
            InvalidMedia: the address is none that is asked, or no file came of it, within the limits.
            FileExistsError: there is a file at `target`.
            Exception: whatever `progress` raises.
        """
        begin(self._rules.timeout_s, silence_s=self._rules.silence_s)
        with target.open("xb") as file:
            try:
                with self._saying(url), self._answer(_address(url)) as (address, answer):
                    for piece in self._pieces(answer, progress):
                        file.write(piece)
                size_bytes = file.tell()
            except BaseException:
                target.unlink()
                raise
        return Fetched(_file_name(_address(url), address, answer), size_bytes)

    @contextmanager
    def _answer(self, address: httpx.URL) -> Iterator[tuple[httpx.URL, httpcore.Response]]:
        """Ask, go where one is sent on to, and yield the last address with its answer, of status 200."""
        for _ in range(_MOST_REDIRECTS + 1):
            self._check_host(address)
            with httpcore.ConnectionPool(
                ssl_context=self._tls, max_connections=1, network_backend=Network(self._find)
            ) as pool:
                answer = pool.handle_request(_request(address))
                try:
                    location = _header(answer, b"location")
                    if answer.status not in _REDIRECTS or not location:
                        _check_answer(answer)
                        yield address, answer
                        return
                finally:
                    answer.close()
            address = _address(location, base=address)
        raise Invalid("it was sent on more than {most} times", most=_MOST_REDIRECTS)

    def _pieces(self, answer: httpcore.Response, progress: Progress) -> Iterator[bytes]:
        most, length = int(self._rules.max_mb * _MEGABYTE), _header(answer, b"content-length")
        total = int(length) if length.isdigit() else None
        self._check_size(total or 0, most)
        done = 0
        for piece in answer.iter_stream():
            done += len(piece)
            self._check_size(done, most)
            progress(done, total)
            yield piece

    def _check_size(self, size_bytes: int, most: int) -> None:
        if size_bytes > most:
            raise Invalid(
                "it has more than {limit} MB ({setting})",
                limit=f"{self._rules.max_mb:g}",
                setting=_SIZE_SETTING,
            )

    def _check_host(self, address: httpx.URL) -> None:
        if self._rules.hosts and not is_named(_host(address), self._rules.hosts):
            raise Invalid(
                "{host} is not among the hosts of {setting}", host=_host(address), setting=HOSTS_SETTING
            )

    def _addresses(self, host: str) -> list[str]:
        return find_addresses(host.lower().rstrip("."), self._rules.hosts, setting=HOSTS_SETTING)

    @contextmanager
    def _saying(self, url: str) -> Iterator[None]:
        """Say what went wrong, and with which address. What follows its `?` is often a secret and is left out."""
        try:
            yield
        except (Invalid, Unreachable) as error:
            reason = error.message
        except (httpcore.TimeoutException, TimeoutError):
            reason = self._too_long()
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.UnsupportedProtocol,
            ssl.SSLError,
        ) as error:
            reason = Sentence(
                "the connection broke, or came to none: {reason}", reason=str(error) or type(error).__name__
            )
        else:
            return
        raise InvalidMedia(
            "Failed to download {url}: {reason}", url=re.split(r"[?#]", url)[0][:1_000], reason=reason
        )

    def _too_long(self) -> Sentence:
        try:
            left_s(httpcore.ReadTimeout)
        except httpcore.ReadTimeout:
            return Sentence("it was not here within {seconds} s", seconds=f"{self._rules.timeout_s:g}")
        return Sentence("nothing came for {seconds} s", seconds=f"{self._rules.silence_s:g}")


def _address(url: str, *, base: httpx.URL | None = None) -> httpx.URL:
    """Return the address, from `base` on, read once and for all: what is looked at is what is asked."""
    try:
        address = httpx.URL(url) if base is None else base.join(url)
        host = address.host  # read here: `xn--` may stand for no name
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise Invalid("it is no address that can be read ({reason})", reason=error) from error
    if len(url) > _LONGEST_URL:
        raise Invalid("its address is longer than {most} letters", most=_LONGEST_URL)
    if address.scheme not in ("http", "https") or not host:
        raise Invalid("only addresses that begin with http:// or https:// are asked")
    if not 0 < (address.port or 80) <= _MOST_PORT:
        raise Invalid("port {port} is none, expected 0 to {most}", port=address.port, most=_MOST_PORT)
    if address.userinfo:
        raise Invalid("an address with a password in it is not asked")
    return address


def _host(address: httpx.URL) -> str:
    return address.host.lower().rstrip(".")


def _request(address: httpx.URL) -> httpcore.Request:
    return httpcore.Request(
        "GET",
        httpcore.URL(
            scheme=address.raw_scheme, host=address.raw_host, port=address.port, target=address.raw_path
        ),
        headers=[(b"Host", address.netloc), *_HEADERS],
        extensions={"timeout": {}},
    )


def _header(answer: httpcore.Response, name: bytes) -> str:
    """Return a header of the answer, "" when it has none."""
    value = next((value for key, value in answer.headers if key.lower() == name), b"")
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _check_answer(answer: httpcore.Response) -> None:
    if answer.status != 200:
        raise Invalid("the server answered with status {status}", status=answer.status)
    packed = _header(answer, b"content-encoding")
    if packed.lower() not in ("", "identity"):
        raise Invalid("the server sent it packed by {packed}, unasked", packed=packed[:100])


def _file_name(asked: httpx.URL, answered: httpx.URL, answer: httpcore.Response) -> str:
    """Return what the file is called: the last part of its address (v1 contract, tasks and data, 2).

    Where that has no extension, as in `/download?id=5`, it is what the server calls it, or the address one was sent to.
    """
    said = Message()
    said["Content-Disposition"] = _header(answer, b"content-disposition")
    by_address = [
        _safe_name(unquote(address.raw_path.partition(b"?")[0].decode("ascii")))
        for address in (asked, answered)
    ]
    names = [by_address[0], _safe_name(said.get_filename() or ""), by_address[1]]
    return next((name for name in names if _EXTENSION.match(name)), next(filter(None, names), "file"))


def _safe_name(path: str) -> str:
    """Return the last part of a path as it can be a file's name anywhere, "" when nothing is left."""
    name = re.split(r"[/\\]", path)[-1]
    seen = "".join(
        "_" if unicodedata.category(letter)[0] in "CZ" and letter != " " else letter for letter in name
    )
    stem, dot, extension = seen.strip(" .").rpartition(".")
    room = _LONGEST_NAME_BYTES - len((dot + extension).encode())
    if room < 0:
        return seen.encode()[:_LONGEST_NAME_BYTES].decode(errors="ignore")
    return stem.encode(errors="replace")[:room].decode(errors="ignore") + dot + extension
