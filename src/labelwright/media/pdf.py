"""Pages of a PDF as pictures, drawn by PDFium at 200 dots an inch (the v1 contract, tasks and data, section 4).

A process of its own draws them (`pdf_painter`), without our secrets, in bounded memory and time a page: a PDF is a
program, and its reader is large. Scripts never run and attachments are never opened: the PDFium we use is built
without JavaScript and XFA. Annotations and what was filled into forms are drawn.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import msgspec

from labelwright.domain.errors import InvalidMedia
from labelwright.domain.sentences import Sentence
from labelwright.media.child import Child, ChildFailed
from labelwright.media.pdf_painter import Answer, Opening, Order

#: Seconds that opening the file, or drawing one page, may take.
PAGE_TIMEOUT_S = 60.0
#: What a JPEG may be long: nothing the process says is believed.
_JPEG_BYTES_A_PIXEL, _JPEG_HEAD_BYTES = 4, 1_000
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
    with Child("labelwright.media.pdf_painter", silence_s=timeout_s) as child:
        yield PdfReader(_Painter(child, path, name, max_megapixels), name)


class _Painter:
    """The process that draws."""

    def __init__(self, child: Child, path: Path, name: str, max_megapixels: float) -> None:
        self._child = child
        self._name = name
        self._max_megapixels = max_megapixels
        self._opening = Opening(str(path.absolute()), max_megapixels)

    def opened(self) -> int:
        """Return the number of pages, once the file is open."""
        answer = self._ask(self._opening, Sentence("{name} cannot be opened", name=self._name))
        if answer.problem:
            raise InvalidMedia("{name} {problem}", name=self._name, problem=_PROBLEMS[answer.problem])
        return answer.count

    def drawn(self, index: int) -> tuple[int, int, bytes]:
        """Return width, height and JPEG of a page."""
        what = Sentence("page {page} of {name} cannot be drawn", page=index + 1, name=self._name)
        answer = self._ask(Order(index), what)
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
        if answer.jpeg_bytes > self._max_megapixels * 1e6 * _JPEG_BYTES_A_PIXEL + _JPEG_HEAD_BYTES:
            raise InvalidMedia("{what}: {reason}", what=what, reason=_STOPPED)
        with self._refusing(what):
            return answer.width, answer.height, self._child.hear_bytes(answer.jpeg_bytes)

    def _ask(self, order: Opening | Order, what: Sentence) -> Answer:
        with self._refusing(what):
            self._child.say(msgspec.json.encode(order))
            return msgspec.json.decode(self._child.hear_line(), type=Answer)

    @contextmanager
    def _refusing(self, what: Sentence) -> Iterator[None]:
        """Say what a process that ended, or is silent, or that its file has taken over, means for people."""
        try:
            yield
        except (ChildFailed, msgspec.DecodeError) as error:
            if isinstance(error, ChildFailed) and error.is_silent:
                seconds = f"{self._child.silence_s:g}"
                raise InvalidMedia("{what} within {seconds} s", what=what, seconds=seconds) from error
            raise InvalidMedia("{what}: {reason}", what=what, reason=_STOPPED) from error
