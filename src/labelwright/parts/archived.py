"""Images of archives, which stay packed where they can (decision 0013), and how far any archive may unpack."""

from typing import BinaryIO, Literal, NamedTuple

from labelwright.archives import MEGABYTE, Limits, read_start
from labelwright.deps import Deps
from labelwright.domain.sentences import Sentence
from labelwright.media.archives import find_frames
from labelwright.media.contents import START_BYTES
from labelwright.media.kinds import is_unread_picture
from labelwright.parts.locations import Source, keep_stream, naming, open_location, packed
from labelwright.ports import Progress


class Unpacked(NamedTuple):
    """The images of an archive, in the order of frames, and the names of its pictures of kinds that are not read."""

    images: list[Source]
    unread: list[str]


def archive_limits(deps: Deps) -> Limits:
    """Return what an archive that people send may unpack to."""
    return Limits(
        unpacked_bytes=deps.limits.max_archive_mb * MEGABYTE,
        ratio=deps.limits.max_archive_ratio,
        members=deps.limits.max_archive_members,
    )


def unpack_archive(
    deps: Deps, prefix: str, source: Source, kind: Literal["zip", "archive"], progress: Progress
) -> Unpacked:
    """Return the images of an archive.

    Those of a packed tar, where nothing could be found again, become blobs below `prefix`.

    Raises:
        InvalidMedia, InvalidArchive, TooLarge, Invalid: as `find_frames`, or the file cannot be read.
        Cancelled: a person cancelled.
    """
    name, location = source
    starts: dict[str, bytes] = {}

    def keep(_: str, stream: BinaryIO) -> str:
        progress(0.0, Sentence("Media files are being extracted: {count} so far", count=len(starts)))
        key = f"{prefix}unpacked/{len(starts):06d}"
        starts[f"blob:{key}"] = keep_stream(deps, key, stream)[:START_BYTES]
        return f"blob:{key}"

    progress(0.0, Sentence("Looking into the archive"))
    limits = archive_limits(deps)
    with naming(name), open_location(deps, location, name=name) as file:
        found = Unpacked([], [])
        for frame in find_frames(file, kind, name=name, limits=limits, keep=keep):
            if frame.place is None:
                place, start = frame.kept, starts[frame.kept]
            else:
                place, start = packed(location, frame.place), read_start(file, frame.place, START_BYTES)
            if is_unread_picture(frame.name, start):
                found.unread.append(frame.name)
            else:
                found.images.append((frame.name, place))
    return found
