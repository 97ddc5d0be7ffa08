"""Colour profiles, passed on from a picture to the JPEG of its frame.

Numbers of pixels are never changed by a profile: what a network is trained on is what the file holds. Without the
profile, though, a browser would show the frame paler than it shows the file, as with photographs of phones.
"""

from PIL import Image

_SEGMENT = b"ICC_PROFILE\0\x01\x01"
_MOST_BYTES = 65_535 - 2 - len(_SEGMENT)
_APP0, _APP2 = b"\xff\xe0", b"\xff\xe2"
#: How profiles name the colours that a picture without a profile has, in ASCII or UTF-16.
_PLAIN_NAMES = (b"sRGB", "sRGB".encode("utf-16-be"))


def profile_to_keep(image: Image.Image) -> bytes:
    """Return the image's profile where it says more than none would: RGB (ICC.1:2022, 7.2), not sRGB; else b"".

    Profiles that do not fit into one segment of a JPEG are tables of hundreds of kilobytes, and left out too.
    """
    profile = image.info.get("icc_profile")
    if not isinstance(profile, bytes) or image.mode not in ("RGB", "RGBA", "P"):
        return b""
    is_rgb = profile[16:20] == b"RGB " and profile[36:40] == b"acsp"
    is_plain = any(name in profile for name in _PLAIN_NAMES)
    return profile if is_rgb and not is_plain and len(profile) <= _MOST_BYTES else b""


def with_profile(jpeg: bytes, profile: bytes) -> bytes:
    """Return the JPEG with the profile behind its first segment; b"" is none."""
    if not profile:
        return jpeg
    place = 2
    if jpeg[2:4] == _APP0:
        place = 4 + int.from_bytes(jpeg[4:6], "big")
    length = (2 + len(_SEGMENT) + len(profile)).to_bytes(2, "big")
    return b"".join((jpeg[:place], _APP2, length, _SEGMENT, profile, jpeg[place:]))
