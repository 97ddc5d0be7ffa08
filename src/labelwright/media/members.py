"""Which members of an archive, or files of a folder, become frames, and in which order (v1 contract, 4)."""

from collections.abc import Iterable

from labelwright.domain.catalogue import check_paths
from labelwright.media.kinds import is_named_unread, media_kind

#: What macOS leaves beside people's files; the first two spellings are the contract's.
_CLUTTER = ("__MSOSX", "._.DS_Store", "__MACOSX", ".DS_Store")


def choose_frames(names: Iterable[str]) -> list[str]:
    """Return the names that become frames, sorted by code point: `B.jpg` < `a.jpg` < `b/10.jpg` < `b/2.jpg`.

    What is no image by its name is left out, archives within the archive too, and what macOS adds to folders. Pictures
    of kinds that are not read are among them: the content tells.

    Raises:
        Invalid: a name is too long, leads elsewhere, holds what cannot be seen, or is there twice.
    """
    chosen = sorted(filter(may_be_frame, names))
    check_paths(chosen)
    return chosen


def may_be_frame(name: str) -> bool:
    """Whether a file of this name becomes a frame, or is a picture people would wonder about if it were not told of."""
    return not is_clutter(name) and (media_kind(name) == "image" or is_named_unread(name))


def is_clutter(name: str) -> bool:
    """Whether the file is one that macOS left beside people's files."""
    return any(each in name for each in _CLUTTER) or name.rpartition("/")[2].startswith("._")
