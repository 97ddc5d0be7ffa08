"""Archives that strangers send, read without trusting a word of theirs.

Nothing is written to disk: members are read as streams. `zips` and `tars` read the two kinds, `limits` is what both
refuse, `places` finds a member again without its archive's directory.
"""

from labelwright.archives.limits import DEFAULT_LIMITS, MEGABYTE, Limits, check_name, normal_name
from labelwright.archives.places import Place, open_place, open_window, parse_place, read_start
from labelwright.archives.tars import TarMember, is_tar_header, read_tar
from labelwright.archives.zips import Member, ZipReader, is_zip, open_zip

__all__ = [
    "DEFAULT_LIMITS",
    "MEGABYTE",
    "Limits",
    "Member",
    "Place",
    "TarMember",
    "ZipReader",
    "check_name",
    "is_tar_header",
    "is_zip",
    "normal_name",
    "open_place",
    "open_window",
    "open_zip",
    "parse_place",
    "read_start",
    "read_tar",
]
