"""Archives of images: which members become frames, and where their bytes are from then on.

A zip, and a tar that is not packed, stay as they are: each frame is a place in them (`archives.places`). Of a
packed tar nothing could be found again, so its images are put where the caller says, one by one as they come.
"""

from collections.abc import Callable
from typing import BinaryIO, Literal, NamedTuple

from labelwright.archives import Limits, Place, normal_name, open_zip, read_tar
from labelwright.domain.catalogue import check_path
from labelwright.media.members import choose_frames, may_be_frame


class PackedFrame(NamedTuple):
    """An image of an archive: its `place` there, or `kept`, which `keep` returned for it."""

    name: str
    place: Place | None
    kept: str = ""


def find_frames(
    file: BinaryIO,
    kind: Literal["zip", "archive"],
    *,
    name: str,
    limits: Limits,
    keep: Callable[[str, BinaryIO], str],
) -> list[PackedFrame]:
    """Return the images of the archive in `file`, which can seek, in the order of frames; maybe none.

    Pictures of kinds that are not read are among them: the caller leaves them out (`kinds.is_unread_picture`).

    `kind` is what `kinds.file_kind` said, `name` what messages call the archive. `keep` is given the name and the bytes
    of each image of a packed tar; what it has put away is the caller's to delete when this raises.

    Raises:
        InvalidArchive, TooLarge: as `open_zip` and `read_tar`.
        Invalid: a name that no frame can have, or two of one name.
    """
    frames = _in_zip(file, name, limits) if kind == "zip" else _in_tar(file, name, limits, keep)
    by_name = {frame.name: frame for frame in frames}
    return [by_name[chosen] for chosen in choose_frames(frame.name for frame in frames)]


def _in_zip(file: BinaryIO, name: str, limits: Limits) -> list[PackedFrame]:
    with open_zip(file, name=name, limits=limits) as archive:
        return [
            PackedFrame(normal_name(member.name), archive.place(member))
            for member in archive.members
            if may_be_frame(member.name)
        ]


def _in_tar(
    file: BinaryIO, name: str, limits: Limits, keep: Callable[[str, BinaryIO], str]
) -> list[PackedFrame]:
    frames = []
    for member in read_tar(file, name=name, limits=limits):
        if not may_be_frame(member.name):
            continue
        if member.place is not None:
            frames.append(PackedFrame(member.name, member.place))
            continue
        check_path(member.name)
        frames.append(PackedFrame(member.name, None, keep(member.name, member.stream)))
    return frames
