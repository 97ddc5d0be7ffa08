"""What the first bytes of a file say it is.

Magic numbers are those of each format's own specification. Only what people may send by mistake or in a guise is
told: a kind of image that is not here is left to the decoder, which knows it better.
"""

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from labelwright.archives import is_tar_header
from labelwright.domain.sentences import Sentence

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


_JPEG = Content(Sentence("a JPEG picture"), "image")
TIFF = Content(Sentence("a TIFF picture"), "image")
_PNG = Content(Sentence("a PNG picture"), "image")
_GIF = Content(Sentence("a GIF picture"), "image")
_BMP = Content(Sentence("a BMP picture"), "image")
_WEBP = Content(Sentence("a WebP picture"), "image")
_AVIF = Content(Sentence("an AVIF picture"), "image")
_JPEG_2000 = Content(Sentence("a JPEG 2000 picture"), "image")
_HEIC = Content(Sentence("a HEIC picture"), "image", _SAVE_AS)
_JPEG_XL = Content(Sentence("a JPEG XL picture"), "image", _SAVE_AS)
RAW = Content(Sentence("a raw picture of a camera"), "image", _SAVE_AS)
_SVG = Content(Sentence("an SVG drawing"), "other", _NO_PIXELS)
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
    (b"\xff\xd8\xff", _JPEG),
    (b"\x89PNG\r\n\x1a\n", _PNG),
    (b"GIF87a", _GIF),
    (b"GIF89a", _GIF),
    *((magic, TIFF) for magic in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    (b"\0\0\0\x0cjP  \r\n", _JPEG_2000),
    (b"\xff\x4f\xff\x51", _JPEG_2000),
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
    **dict.fromkeys((b"avif", b"avis"), _AVIF),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), _HEIC),
    b"crx ": RAW,
}
#: Boxes a QuickTime file may begin with.
_ATOMS = frozenset((b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"))
_BMP_HEADER_BYTES = frozenset((12, 16, 40, 52, 56, 64, 108, 124))
_TS_PACKET = 188
_MARKUP = (b"<?xml", b"<!--", b"<!DOCTYPE svg", b"<svg")
_SVG_ELEMENT = re.compile(rb"<svg[\s>]")
_HTML_START = re.compile(rb"\s*(<!doctype html|<html[\s>])", re.IGNORECASE)


def recognise(start: bytes) -> Content | None:
    """Return what the file that begins with `start`, its first `START_BYTES`, is; None when it does not say."""
    for magic, content in _BEGINNINGS:
        if start.startswith(magic):
            return content
    for look in (_boxed, _riff, _other):
        found = look(start)
        if found is not None:
            return found
    return None


def _boxed(start: bytes) -> Content | None:
    box = start[4:8]
    if box == b"ftyp":
        return _BRANDS.get(start[8:12], _VIDEO)
    return _VIDEO if box in _ATOMS else None


def _riff(start: bytes) -> Content | None:
    if start[:4] != b"RIFF":
        return None
    return {b"WEBP": _WEBP, b"AVI ": _VIDEO}.get(start[8:12])


def _other(start: bytes) -> Content | None:
    """Tell what is known by more than its first bytes; the surest first."""
    tests: tuple[tuple[Callable[[bytes], object], Content], ...] = (
        (is_tar_header, _TAR),
        (_is_bmp, _BMP),
        (_is_transport_stream, _VIDEO),
        (_is_svg, _SVG),
        (_HTML_START.match, _HTML),
        (lambda text: b"%PDF-" in text, _PDF),
    )
    return next((content for test, content in tests if test(start)), None)


def _is_bmp(start: bytes) -> bool:
    return start[:2] == b"BM" and int.from_bytes(start[14:18], "little") in _BMP_HEADER_BYTES


def _is_svg(start: bytes) -> bool:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return text.startswith(_MARKUP) and _SVG_ELEMENT.search(text) is not None


def _is_transport_stream(start: bytes) -> bool:
    """Whether packets of MPEG-TS begin here, or behind four bytes of time each, as cameras and Blu-rays write."""
    return any(
        all(start[at : at + 1] == b"G" for at in range(first, len(start), packet)) and len(start) > 2 * packet
        for first, packet in ((0, _TS_PACKET), (4, _TS_PACKET + 4))
    )
