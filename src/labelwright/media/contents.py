"""What the first bytes of a file say it is: a picture of a kind we read (`domain/signatures.py`), or what else people
may send, by mistake or in a guise. Magic numbers are those of each format's own specification.
"""

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from labelwright.archives import is_tar_header
from labelwright.domain.sentences import Sentence
from labelwright.domain.signatures import image_type

#: As many bytes as `recognise` wants to see: a PDF may begin so late (ISO 32000-1, annex H, note 13).
START_BYTES = 1024

_NOT_READ = Sentence("such archives are not read, pack the files as zip or tar")
_NO_PIXELS = Sentence("it has no pixels of its own, save it as PNG to label it")
_SAVE_AS = Sentence("such pictures are not read, save it as JPEG, PNG or TIFF")


class Content(NamedTuple):
    """What a content is: `said` names it, as in "it is …"; `refused` says why it is read by nobody, if so."""

    said: Sentence
    kind: Literal["image", "video", "archive", "zip", "pdf", "other"]
    refused: Sentence | None = None


TIFF = Content(Sentence("a TIFF picture"), "image")
_PICTURES = {
    "image/jpeg": Content(Sentence("a JPEG picture"), "image"),
    "image/png": Content(Sentence("a PNG picture"), "image"),
    "image/gif": Content(Sentence("a GIF picture"), "image"),
    "image/bmp": Content(Sentence("a BMP picture"), "image"),
    "image/webp": Content(Sentence("a WebP picture"), "image"),
    "image/avif": Content(Sentence("an AVIF picture"), "image"),
    "image/jp2": Content(Sentence("a JPEG 2000 picture"), "image"),
    "image/tiff": TIFF,
}
_PICTURE = Content(Sentence("a picture of a rarer kind"), "image")
_HEIC = Content(Sentence("a HEIC picture"), "image", _SAVE_AS)
_JPEG_XL = Content(Sentence("a JPEG XL picture"), "image", _SAVE_AS)
RAW = Content(Sentence("a raw picture of a camera"), "image", _SAVE_AS)
_SVG = Content(Sentence("an SVG drawing"), "other", _NO_PIXELS)
#: Pictures, whole for all we know, but of kinds that are not read.
UNREAD_PICTURES = (_HEIC, _JPEG_XL, RAW, _SVG)
_HTML = Content(Sentence("a web page"), "other", Sentence("it was sent instead of the file"))
_VIDEO = Content(Sentence("a video"), "video")
_PDF = Content(Sentence("a PDF"), "pdf")
_ZIP = Content(Sentence("a zip archive"), "zip")
_TAR = Content(Sentence("a tar archive"), "archive")
_PACKED = Content(Sentence("a packed file"), "archive")
_RAR = Content(Sentence("a RAR archive"), "archive", _NOT_READ)
_7Z = Content(Sentence("a 7z archive"), "archive", _NOT_READ)
_CPIO = Content(Sentence("a cpio archive"), "archive", _NOT_READ)
_ZSTD = Content(Sentence("packed by Zstandard"), "archive", _NOT_READ)
_LZIP = Content(Sentence("packed by lzip"), "archive", _NOT_READ)
_COMPRESS = Content(Sentence("packed by compress"), "archive", _NOT_READ)

_BEGINNINGS: tuple[tuple[bytes, Content], ...] = (
    (b"\0\0\0\x0cJXL \r\n", _JPEG_XL),
    (b"\xff\x0a", _JPEG_XL),
    *((magic, RAW) for magic in (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"IIU\0", b"FOVb", b"\0MRM")),
    (b"PK\x03\x04", _ZIP),
    (b"PK\x05\x06", _ZIP),
    (b"\x1f\x8b\x08", _PACKED),
    (b"BZh", _PACKED),
    (b"\xfd7zXZ\0", _PACKED),
    (b"Rar!\x1a\x07", _RAR),
    (b"7z\xbc\xaf\x27\x1c", _7Z),
    *((magic, _CPIO) for magic in (b"070701", b"070702", b"070707", b"\xc7\x71")),
    (b"\x28\xb5\x2f\xfd", _ZSTD),
    (b"LZIP", _LZIP),
    (b"\x1f\x9d", _COMPRESS),
    (b"\x1a\x45\xdf\xa3", _VIDEO),  # Matroska and WebM
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _VIDEO),  # ASF: WMV
    (b"FLV\x01", _VIDEO),
    (b"OggS", _VIDEO),
    (b".RMF", _VIDEO),
    (b"\x8aMNG\r\n\x1a\n", _VIDEO),
    (b"\x06\x0e\x2b\x34\x02\x05\x01\x01", _VIDEO),  # MXF
    (b"\0\0\x01\xba", _VIDEO),  # MPEG program stream
    (b"\0\0\x01\xb3", _VIDEO),  # MPEG video
)
#: Brands of the ISO base media file format (ISO 14496-12) that are no videos.
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), _HEIC),
    b"crx ": RAW,
}
#: Boxes a QuickTime file may begin with.
_ATOMS = frozenset((b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"))
_TS_PACKET = 188
_MARKUP = (b"<?xml", b"<!--", b"<!DOCTYPE svg", b"<svg")
_SVG_ELEMENT = re.compile(rb"<svg[\s>]")
_HTML_START = re.compile(rb"\s*(<!doctype html|<html[\s>])", re.IGNORECASE)


def recognise(start: bytes) -> Content | None:
    """Return what the file that begins with `start`, its first `START_BYTES`, is; None when it does not say."""
    if is_tar_header(start):  # the surest of all: whatever the name of its first member looks like
        return _TAR
    if kind := image_type(start, ""):
        return _PICTURES.get(kind, _PICTURE)
    for magic, content in _BEGINNINGS:
        if start.startswith(magic):
            return content
    for look in (_boxed, _other):
        found = look(start)
        if found is not None:
            return found
    return None


def _boxed(start: bytes) -> Content | None:
    if start[:4] == b"RIFF" and start[8:12] == b"AVI ":
        return _VIDEO
    box = start[4:8]
    if box == b"ftyp":
        return _BRANDS.get(start[8:12], _VIDEO)
    return _VIDEO if box in _ATOMS else None


def _other(start: bytes) -> Content | None:
    """Tell what is known by more than its first bytes; the surest first."""
    tests: tuple[tuple[Callable[[bytes], object], Content], ...] = (
        (_is_transport_stream, _VIDEO),
        (_is_svg, _SVG),
        (_HTML_START.match, _HTML),
        (lambda text: b"%PDF-" in text, _PDF),
    )
    return next((content for test, content in tests if test(start)), None)


def _is_svg(start: bytes) -> bool:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return text.startswith(_MARKUP) and _SVG_ELEMENT.search(text) is not None


def _is_transport_stream(start: bytes) -> bool:
    """Whether packets of MPEG-TS begin here, or behind four bytes of time each, as cameras and Blu-rays write."""
    return any(
        all(start[at : at + 1] == b"G" for at in range(first, len(start), packet)) and len(start) > 2 * packet
        for first, packet in ((0, _TS_PACKET), (4, _TS_PACKET + 4))
    )
