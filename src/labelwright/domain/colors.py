"""Default colours of labels, the same on every server and in every client of API v1."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence

from labelwright.domain.palette import PALETTE_INDEX

#: Names outside the palette get colours from here on, well past the palette's own.
_FIRST_HASHED = 2000


def normalize_label_name(name: str) -> str:
    """Return the form of `name` that decides its colour: ASCII, lower case, words joined by `_`.

    `Traffic Light` and `traffic-light` give the same; a name without ASCII letters gives "".
    Source: API v1 contract, tasks-and-data 8.4 step 1.
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    kept = re.sub(r"[^A-Za-z0-9_\s-]", "", ascii_name)
    return re.sub(r"[\s-]+", "_", kept.strip().lower())


def default_color(name: str, earlier_names: Sequence[str]) -> str:
    """Return the colour `#rrggbb` of a label for which nobody chose one.

    `earlier_names` are the labels before it when a task is created, all the other labels when one is
    changed, in any order: those with the same normalised name push the colour on.
    """
    normal_name = normalize_label_name(name)
    earlier = sum(normalize_label_name(other) == normal_name for other in earlier_names)
    return numbered_color(normal_name, earlier)


def numbered_color(normal_name: str, earlier: int) -> str:
    """Return the colour `#rrggbb` of a normalised name that `earlier` other labels also have.

    Source: API v1 contract, tasks-and-data 8.4 steps 3 to 6.
    """
    palette_index = PALETTE_INDEX.get(normal_name)
    if palette_index is not None and earlier == 0:
        return _map_color(palette_index)
    digest = hashlib.blake2s(normal_name.encode("ascii"), digest_size=4).digest()
    # A palette name leaves its own colour to the first label, so the second starts the hashed ones.
    step = earlier if palette_index is None else earlier - 1
    return _map_color(_FIRST_HASHED + int.from_bytes(digest, "big") + step)


def _map_color(index: int) -> str:
    """Return entry `index` of the Pascal VOC colour map (VOC devkit, 2008): bits dealt to r, g, b in turn."""
    red = green = blue = 0
    for bit in range(7, -1, -1):
        red |= (index & 1) << bit
        green |= (index >> 1 & 1) << bit
        blue |= (index >> 2 & 1) << bit
        index >>= 3
    return f"#{red:02x}{green:02x}{blue:02x}"
