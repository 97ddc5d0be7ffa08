"""Pages: of a PDF, drawn once (decision 0014), and of a TIFF, taken out once: each then is a file of its own.

Until then a page's location says what it will be: `pdf:NUMBER:KEY:NAME:LOCATION`, where NAME is the PDF's, quoted as in
URLs, or `tiff:OFFSET:KEY:LOCATION`; to be stored under KEY. No row ever holds such a location.
"""

import hashlib
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self, cast
from urllib.parse import quote, unquote

from labelwright.deps import Deps
from labelwright.domain.errors import TooLarge
from labelwright.parts.locations import Source, local_path, naming, open_location

if TYPE_CHECKING:
    from labelwright.media.pdf import PdfReader

_TIFFS = frozenset((".tif", ".tiff"))


def find_pdf_pages(deps: Deps, prefix: str, source: Source) -> list[Source]:
    """Return the pages of a PDF, to be drawn into blobs below `prefix`.

    Raises:
        InvalidMedia: it cannot be opened; the message names it.
        TooLarge: it has more pages than the settings allow.
    """
    from labelwright.media.pdf import open_pdf, page_name

    name, location = source
    path = local_path(deps, location, name=name)
    with open_pdf(path, name=name, max_megapixels=deps.limits.max_chunk_megapixels) as pdf:
        count = pdf.count
    if count > deps.limits.max_pdf_pages:
        raise TooLarge(
            "{name} has {count} pages, at most {limit} are taken (LABELWRIGHT_MAX_PDF_PAGES)",
            name=name,
            count=count,
            limit=deps.limits.max_pdf_pages,
        )
    return [
        (page_name(name, index), f"pdf:{index}:{prefix}pages/{index:06d}:{quote(name, safe='')}:{location}")
        for index in range(count)
    ]


def find_tiff_pages(deps: Deps, prefix: str, source: Source) -> list[Source]:
    """Return the pages of a TIFF, to be taken out into blobs below `prefix`; any other image is one as it is.

    The first page is the file itself, under its name; `scan_page0002.tif` is what the second of `scan.tif` is called.
    """
    from labelwright.media.tiffs import find_pages

    name, location = source
    if not holds_pages(name):
        return [source]
    with naming(name), open_location(deps, location, name=name) as file:
        offsets = find_pages(file)
    folder = f"{prefix}pages/{hashlib.sha256(location.encode()).hexdigest()[:16]}"
    path = PurePosixPath(name)
    return [
        source,
        *(
            (
                str(path.with_name(f"{path.stem}_page{page:04d}{path.suffix}")),
                f"tiff:{offset}:{folder}/{page:06d}:{location}",
            )
            for page, offset in enumerate(offsets[1:], start=2)
        ),
    ]


def holds_pages(name: str) -> bool:
    """Whether each page of a file of this name is a frame."""
    return PurePosixPath(name).suffix.lower() in _TIFFS


class Pages:
    """Makes files of pages, in several threads; PDFs stay open meanwhile."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._pdfs: dict[str, PdfReader] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def keep(self, name: str, location: str) -> str:
        """Return the location that a row keeps: of a page that of its own file, which is made; of others the same.

        Raises:
            InvalidMedia: the page cannot be drawn or taken out.
            OSError: its file cannot be read.
        """
        scheme, _, rest = location.partition(":")
        if scheme not in ("pdf", "tiff"):
            return location
        number, key, source = rest.split(":", 2)
        if scheme == "pdf":
            of, _, source = source.partition(":")
            with self._lock:
                page = self._pdf(source, unquote(of)).draw(int(number))
            self._deps.blobs.put(key, page.jpeg)
        else:
            self._take_out(name, int(number), key, source)
        return f"blob:{key}"

    def _pdf(self, location: str, name: str) -> "PdfReader":
        from labelwright.media.pdf import open_pdf

        if location not in self._pdfs:
            path = local_path(self._deps, location, name=name)
            limit = self._deps.limits.max_chunk_megapixels
            self._pdfs[location] = self._stack.enter_context(open_pdf(path, name=name, max_megapixels=limit))
        return self._pdfs[location]

    def _take_out(self, name: str, offset: int, key: str, location: str) -> None:
        from labelwright.media.tiffs import write_page

        with (
            open_location(self._deps, location, name=name) as file,
            tempfile.NamedTemporaryFile(dir=self._deps.scratch) as page,
        ):
            write_page(file, offset, cast(BinaryIO, page), name=name)
            page.flush()
            self._deps.blobs.put_file(key, Path(page.name))
