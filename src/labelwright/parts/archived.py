"""Images of archives, which stay packed where they can (decision 0013), and how far any archive may unpack."""

from typing import BinaryIO, Literal

from labelwright.archives import MEGABYTE, Limits
from labelwright.deps import Deps
from labelwright.domain.sentences import Sentence
from labelwright.media.archives import find_frames
from labelwright.parts.locations import Source, keep_stream, naming, open_location, packed
from labelwright.ports import Progress


def archive_limits(deps: Deps) -> Limits:
    """Return what an archive that people send may unpack to."""
    return Limits(
        unpacked_bytes=deps.limits.max_archive_mb * MEGABYTE,
        ratio=deps.limits.max_archive_ratio,
        members=deps.limits.max_archive_members,
    )


def unpack_archive(
    deps: Deps, prefix: str, source: Source, kind: Literal["zip", "archive"], progress: Progress
) -> list[Source]:
    """Return the images of an archive, in the order of frames.

    Those of a packed tar, where nothing could be found again, become blobs below `prefix`.

    Raises:
        InvalidMedia, InvalidArchive, TooLarge, Invalid: as `find_frames`, or the file cannot be read.
        Cancelled: a person cancelled.
    """
    name, location = source
    count = 0

    def keep(_: str, stream: BinaryIO) -> str:
        nonlocal count
        progress(0.0, Sentence("Media files are being extracted: {count} so far", count=count))
        key = f"{prefix}unpacked/{count:06d}"
        keep_stream(deps, key, stream)
        count += 1
        return f"blob:{key}"

    progress(0.0, Sentence("Looking into the archive"))
    limits = archive_limits(deps)
    with naming(name), open_location(deps, location, name=name) as file:
        frames = find_frames(file, kind, name=name, limits=limits, keep=keep)
    return [
        (frame.name, frame.kept if frame.place is None else packed(location, frame.place)) for frame in frames
    ]
