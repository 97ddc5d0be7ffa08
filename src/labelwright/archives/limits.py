"""What is refused of every archive: names that lead elsewhere, and more than the settings allow."""

import re
from contextlib import suppress
from dataclasses import dataclass

from labelwright.domain.errors import InvalidArchive, TooLarge
from labelwright.domain.sentences import Sentence

MEGABYTE = 1024 * 1024
#: Below this many unpacked bytes no ratio is too high: a blank image packs a thousandfold.
RATIO_FREE_BYTES = 64 * MEGABYTE
_DRIVE = re.compile("[A-Za-z]:")


@dataclass(frozen=True)
class Limits:
    """What an archive may hold: unpacked bytes in all, unpacked bytes per packed byte, members."""

    unpacked_bytes: int = 20_000 * MEGABYTE
    ratio: int = 200
    members: int = 200_000


DEFAULT_LIMITS = Limits()


def check_name(name: str, archive_name: str) -> None:
    """Refuse a member's name that could lead out of the folder it belongs to.

    Raises:
        InvalidArchive: the name is empty, absolute, has a drive letter, `..`, a backslash or a NUL.
    """
    problem = None
    if not name or "\0" in name:
        problem = Sentence("is empty or holds a NUL character")
    elif "\\" in name:
        problem = Sentence("holds a backslash; folders are parted by '/'")
    elif name.startswith("/") or _DRIVE.match(name):
        problem = Sentence("is absolute")
    elif ".." in name.split("/"):
        problem = Sentence("leads out of the archive with '..'")
    if problem:
        raise InvalidArchive(
            "{archive}: the member name {name!r} {problem}", archive=archive_name, name=name, problem=problem
        )


def normal_name(name: str) -> str:
    """Return a name without the `.` that `tar -c .` begins each with; "" for the folder itself."""
    return "/".join(part for part in name.split("/") if part not in ("", "."))


def decode_name(raw: bytes, *, otherwise: str) -> str:
    """Return a name that says no encoding: UTF-8, or GBK, as Chinese Windows writes, or else `otherwise`."""
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return otherwise


def check_ratio(name: str, *, unpacked_bytes: int, packed_bytes: int, limits: Limits) -> None:
    """Refuse what unpacks to too many times its size. Raises TooLarge."""
    if unpacked_bytes > RATIO_FREE_BYTES and unpacked_bytes > packed_bytes * limits.ratio:
        raise TooLarge(
            "{name} unpacks to {times} times its size, "
            "at most {limit} times are allowed (setting LABELWRIGHT_MAX_ARCHIVE_RATIO)",
            name=name,
            times=unpacked_bytes // max(packed_bytes, 1),
            limit=limits.ratio,
        )


def too_many(name: str, limit: int) -> TooLarge:
    """Return the error of an archive with more than `limit` members."""
    return TooLarge(
        "{name} holds more than {limit} members (setting LABELWRIGHT_MAX_ARCHIVE_MEMBERS)",
        name=name,
        limit=limit,
    )
