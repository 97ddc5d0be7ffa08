"""Pages of a PDF as pictures, drawn by PDFium at 200 dots an inch (the v1 contract, tasks and data, section 4).

A process of its own draws them (`pdf_painter`), without our secrets, in bounded memory and time a page: a PDF is a
program, and its reader is large. Scripts never run and attachments are never opened: the PDFium we use is built
without JavaScript and XFA. Annotations and what was filled into forms are drawn.
"""

import os
import selectors
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

import msgspec

from labelwright.domain.errors import InvalidMedia
from labelwright.domain.sentences import Sentence
from labelwright.media.pdf_painter import Answer, Order

#: Seconds that opening the file, or drawing one page, may take.
PAGE_TIMEOUT_S = 60.0
_PIECE_BYTES = 1 << 16
#: What an answer may be long, and a JPEG for each pixel: nothing the process says is believed.
_LONGEST_LINE, _JPEG_BYTES_A_PIXEL = 1_000, 4
_DAMAGED = Sentence("it is damaged")
_STOPPED = Sentence("PDFium stopped, or wanted more memory than it may have")
_PROBLEMS = {
    "password": Sentence("is encrypted, send it without a password"),
    "security": Sentence("is protected in a way that is not known here, send it without"),
    "format": Sentence("is no PDF that can be read, or is damaged"),
}


class PdfPage(NamedTuple):
    """One page, drawn: `jpeg` is the picture that is kept as the frame's own file."""

    name: str
    width: int
    height: int
    jpeg: bytes


class PdfReader:
    """An open PDF of `count` pages. Made by `open_pdf`."""

    def __init__(self, painter: "_Painter", name: str) -> None:
        self._painter = painter
        self._name = name
        self.count = painter.opened()

    def draw(self, index: int) -> PdfPage:
        """Return the page `index`, counted from 0.

        Raises:
            InvalidMedia: it cannot be drawn, takes too long, or would be larger than the limit.
        """
        width, height, jpeg = self._painter.drawn(index)
        return PdfPage(page_name(self._name, index), width, height, jpeg)


def page_name(name: str, index: int) -> str:
    """Return what the frame of page `index` (from 0) of the PDF `name` is called."""
    return f"{PurePosixPath(name).stem}{index:09}.jpeg"


@contextmanager
def open_pdf(
    path: Path, *, name: str, max_megapixels: float, timeout_s: float = PAGE_TIMEOUT_S
) -> Iterator[PdfReader]:
    """Open the PDF in the file `path`, which messages call `name`; pages are drawn when asked for.

    Raises:
        InvalidMedia: it is no PDF, damaged or encrypted.
    """
    with _Painter(path, name, max_megapixels, timeout_s) as painter:
        yield PdfReader(painter, name)


class _Painter:
    """The process that draws, spoken to in lines of JSON, a page's JPEG behind its line."""

    def __init__(self, path: Path, name: str, max_megapixels: float, timeout_s: float) -> None:
        self._name = name
        self._timeout_s = timeout_s
        self._max_megapixels = max_megapixels
        self._kept = b""
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", "labelwright.media.pdf_painter", str(path), str(max_megapixels)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # One thread: numpy would reserve memory for as many as there are cores.
            env={"LANG": "C.UTF-8", "PATH": os.defpath, "OPENBLAS_NUM_THREADS": "1"},
            bufsize=0,
        )

    def __enter__(self) -> "_Painter":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def opened(self) -> int:
        """Return the number of pages, once the file is open."""
        answer = self._answer(Sentence("{name} cannot be opened", name=self._name))
        if answer.problem:
            raise InvalidMedia("{name} {problem}", name=self._name, problem=_PROBLEMS[answer.problem])
        return answer.count

    def drawn(self, index: int) -> tuple[int, int, bytes]:
        """Return width, height and JPEG of a page."""
        what = Sentence("page {page} of {name} cannot be drawn", page=index + 1, name=self._name)
        try:
            _pipe(self._process.stdin).write(msgspec.json.encode(Order(index)) + b"\n")
        except BrokenPipeError as error:
            raise self._stopped(what) from error
        answer = self._answer(what)
        if answer.problem == "size":
            raise InvalidMedia(
                "page {page} of {name} is {width}×{height} at 200 dots an inch, over the limit of {limit} megapixels "
                "(LABELWRIGHT_MAX_CHUNK_MEGAPIXELS)",
                page=index + 1,
                name=self._name,
                width=answer.width,
                height=answer.height,
                limit=f"{self._max_megapixels:g}",
            )
        if answer.problem:
            raise InvalidMedia("{what}: {reason}", what=what, reason=_DAMAGED)
        if answer.jpeg_bytes > self._max_megapixels * 1e6 * _JPEG_BYTES_A_PIXEL + _LONGEST_LINE:
            raise self._stopped(what)
        return answer.width, answer.height, self._exactly(answer.jpeg_bytes, what)

    def _answer(self, what: Sentence) -> Answer:
        ends = time.monotonic() + self._timeout_s
        while b"\n" not in self._kept:
            if len(self._kept) > _LONGEST_LINE:
                raise self._stopped(what)
            self._kept += self._piece(ends, what)
        line, _, self._kept = self._kept.partition(b"\n")
        try:
            return msgspec.json.decode(line, type=Answer)
        except msgspec.DecodeError as error:
            raise self._stopped(what) from error

    def _exactly(self, count: int, what: Sentence) -> bytes:
        ends = time.monotonic() + self._timeout_s
        pieces, length = [self._kept], len(self._kept)
        while length < count:
            pieces.append(self._piece(ends, what))
            length += len(pieces[-1])
        content = b"".join(pieces)
        self._kept = content[count:]
        return content[:count]

    def _piece(self, ends: float, what: Sentence) -> bytes:
        """Return what the process says next."""
        stream = _pipe(self._process.stdout)
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            if not selector.select(max(0.0, ends - time.monotonic())):
                raise InvalidMedia("{what} within {seconds} s", what=what, seconds=f"{self._timeout_s:g}")
        piece = os.read(stream.fileno(), _PIECE_BYTES)
        if not piece:
            raise self._stopped(what)
        return piece

    def _stopped(self, what: Sentence) -> InvalidMedia:
        """Return the error of a process that ended, or that what it drew has taken over."""
        return InvalidMedia("{what}: {reason}", what=what, reason=_STOPPED)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream
