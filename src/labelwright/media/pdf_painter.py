"""The process that draws pages of one PDF for `pdf`: `python -m labelwright.media.pdf_painter`.

Its first line of standard input names the file, each further line a page, until the input ends.
"""

import resource
import sys
from math import ceil
from typing import Any, Literal

import msgspec
from msgspec import Struct

#: Dots an inch a page is drawn with (pdf2image's default in 2021, which v1 used).
DPI = 200
_POINTS_AN_INCH = 72
#: Lines of a drawing and letters stay sharp: this JPEG is the frame's own file.
_QUALITY = 95
#: Address space of this process. A page of 100 megapixels takes 0.4 GB, and as much again for what shines through.
_MEMORY_BYTES = 4 << 30
_CODES = {3: "format", 4: "password", 5: "security"}


class Opening(Struct, frozen=True):
    """The file, and how large a page may become."""

    path: str
    max_megapixels: float


class Order(Struct, frozen=True):
    """Draw page `index`, from 0."""

    index: int


class Answer(Struct, frozen=True, omit_defaults=True):
    """What came of opening the file (`count`), or of a page: its size in pixels and the bytes of the JPEG behind."""

    count: int = 0
    width: int = 0
    height: int = 0
    jpeg_bytes: int = 0
    problem: Literal["", "format", "password", "security", "page", "size"] = ""


def main() -> None:
    """Open, say how many pages there are, draw what is asked for."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no file behind
    import pypdfium2

    opening = msgspec.json.decode(sys.stdin.buffer.readline(), type=Opening)
    try:
        document = pypdfium2.PdfDocument(opening.path)
    except pypdfium2.PdfiumError as error:
        _say(msgspec.convert({"problem": _CODES.get(error.err_code or 0, "format")}, Answer))
        return
    _say(Answer(count=len(document)))
    if document.get_formtype():
        document.init_forms()
    for line in sys.stdin.buffer:
        index = msgspec.json.decode(line, type=Order).index
        try:
            _draw(document, index, opening.max_megapixels)
        except pypdfium2.PdfiumError:
            _say(Answer(problem="page"))


def _draw(document: Any, index: int, max_megapixels: float) -> None:
    import pypdfium2.raw
    import simplejpeg

    page = document[index]
    scale = DPI / _POINTS_AN_INCH
    width, height = (ceil(points * scale) for points in page.get_size())
    if width * height > max_megapixels * 1e6:
        _say(Answer(width=width, height=height, problem="size"))
        return
    bitmap = page.render(
        scale=scale,
        rev_byteorder=True,
        force_bitmap_format=pypdfium2.raw.FPDFBitmap_BGRx,
        may_draw_forms=True,
    )
    jpeg = simplejpeg.encode_jpeg(bitmap.to_numpy(), _QUALITY, colorspace="RGBX", colorsubsampling="444")
    _say(Answer(width=bitmap.width, height=bitmap.height, jpeg_bytes=len(jpeg)), jpeg)
    bitmap.close()
    page.close()


def _say(answer: Answer, content: bytes = b"") -> None:
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n" + content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
