"""What kind of image a file is, told from its first bytes: names are not asked, except where a kind has no sign.

The kinds are those `media` reads. Whether the rest of the file is whole, and no larger than allowed, is found out when
it is decoded.
"""

import re
import struct
from pathlib import PurePosixPath

#: As many of a file's first bytes as decide.
START_BYTES = 64

_OTHER = "application/octet-stream"
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/jp2"),
    (b"8BPS\0\x01", _OTHER),
    (b"DDS \x7c\0\0\0", _OTHER),
    (b"\x01\xda\0\x01", _OTHER),
    (b"\x01\xda\0\x02", _OTHER),
    (b"\x01\xda\x01\x01", _OTHER),
    (b"\x01\xda\x01\x02", _OTHER),
)
#: With the width behind it, or a remark: notes that begin with "P1 " are no picture.
_PORTABLE = re.compile(rb"P[1-6](?:[ \t\r\n]+[0-9#]|#)")
_BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}
_AVIF_BRANDS = {b"avif", b"avis"}
_TGA_KINDS = {1, 2, 3, 9, 10, 11}
_PCX_BITS = {1, 2, 4, 8}


def image_type(start: bytes, name: str) -> str:
    """Return the media type of the image that begins with `start`, "" when it is none.

    An image of a kind that browsers do not show is `application/octet-stream`. TGA and PCX begin with no sign of
    their own: there the extension of `name` counts too.
    """
    for sign, kind in _STARTS:
        if start.startswith(sign):
            return kind
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    if start[4:8] == b"ftyp":
        return "image/avif" if _brands(start) & _AVIF_BRANDS else ""
    if start[:2] == b"BM" and len(start) > 17 and struct.unpack_from("<I", start, 14)[0] in _BMP_HEADERS:
        return "image/bmp"
    if _PORTABLE.match(start):
        return _OTHER
    return _OTHER if _is_signless(start, PurePosixPath(name).suffix.lower()) else ""


def _brands(start: bytes) -> set[bytes]:
    """Return the brands an ISO media file names, the major one and those that fit into `start`."""
    end = min(len(start), struct.unpack_from(">I", start)[0])
    return {start[8:12], *(start[at : at + 4] for at in range(16, end, 4))}


def _is_signless(start: bytes, suffix: str) -> bool:
    if suffix in (".tga", ".vda", ".icb", ".vst"):
        return len(start) >= 18 and start[1] in (0, 1) and start[2] in _TGA_KINDS
    if suffix == ".pcx":
        return len(start) > 4 and start[0] == 0x0A and start[2] == 1 and start[3] in _PCX_BITS
    return False
