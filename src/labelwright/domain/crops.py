"""Objects cut out of images: which pixels, and under which name (platform contract, 9)."""

import math
from collections.abc import Sequence
from pathlib import PurePosixPath

from labelwright.domain.catalogue import AnnotationType, is_text

#: Letters a dataset's name may have, and bytes of a file's name that come from its source.
_NAME_LETTERS, _STEM_BYTES = 256, 180
_UNSAFE = str.maketrans(dict.fromkeys('/\\:*?"<>|', "_") | dict.fromkeys(map(chr, range(32)), "_"))


def crop_type(annotation_type: str) -> AnnotationType:
    """Return what becomes of a dataset of that type: texts are read next, anything else is told apart."""
    return "ocr_recognition" if is_text(annotation_type) else "image_classification"


def crop_name(dataset: str, label: str, *, epoch_s: int) -> str:
    """Return the recorded name of a crop, `<dataset>_crop_<label>_<epoch seconds>`; a long dataset's is cut short."""
    rest = f"_crop_{label.translate(_UNSAFE)}_{epoch_s}"
    return f"{dataset[: _NAME_LETTERS - len(rest)]}{rest}"


def item_stem(frame_name: str, number: int) -> str:
    """Return the stem of the crop with that number, counted from 1 through all of them: no two are the same."""
    stem = PurePosixPath(frame_name).stem.translate(_UNSAFE).lstrip(".")
    short = stem.encode(errors="replace")[:_STEM_BYTES].decode(errors="ignore")
    return f"{short}_{number:05d}"


def crop_box(
    points: Sequence[float], size_wh: tuple[int, int], *, padding: float
) -> tuple[int, int, int, int] | None:
    """Return the pixels of an image that hold an object: left, top, right, bottom, the last two not included.

    It is the box around the points (`x0, y0, x1, y1, …`), wider by `padding` times its width on either side and higher
    likewise, whole pixels outwards, as far as the image goes. None for what has no area in the image.
    """
    width, height = size_wh
    left, top, right, bottom = min(points[0::2]), min(points[1::2]), max(points[0::2]), max(points[1::2])
    if min(right, width) <= max(left, 0) or min(bottom, height) <= max(top, 0):
        return None
    across, down = padding * (right - left), padding * (bottom - top)
    return (
        math.floor(max(left - across, 0)),
        math.floor(max(top - down, 0)),
        math.ceil(min(right + across, width)),
        math.ceil(min(bottom + down, height)),
    )
