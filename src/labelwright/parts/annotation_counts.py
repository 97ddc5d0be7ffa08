"""How many objects the annotations in a dataset's folder hold: a figure for lists, counted without reading them whole.

What was published counts by itself: `cvat_annotations.xml` in the results folder, in which every publishing leaves all
shapes and tags, one element each. Before that it is what came with the images, by the dataset's format: elements of
`annotations` (COCO, OCR DETECTION), marks (ImageNet: numbers in lists, or images in folders of labels), texts beside an
image of the same stem (OCR RECOGNITION), elements of XML (CVAT). Other formats, and files that make no sense, count 0.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from labelwright.domain.catalogue import Item
from labelwright.domain.errors import InvalidArchive
from labelwright.domain.json_elements import read_elements
from labelwright.folders import Folder
from labelwright.parts.dataset_folders import Content, files_below

_PUBLISHED = "cvat_annotations.xml"
_OBJECT = re.compile(rb"<(?:box|polygon|polyline|points|cuboid|tag)[\s/>]")
#: Longer than the longest beginning of an element that counts.
_SEAM = 12
_PIECE_BYTES = 1 << 20
_NO_LABEL = "no_label"
_NAMES = "synsets.txt"


def count_annotations(
    folder: Folder, content: Content, items: Sequence[Item], *, format_name: str, results_folder: str
) -> int:
    """Return the count of objects, as the module says."""
    results = [entry.name for entry in files_below(folder, results_folder)]
    published = f"{results_folder}/{_PUBLISHED}"
    if published in results:
        return _count_elements(folder, published)
    names = [*(entry.name for entry in content.files), *results]
    kind = format_name.lower()
    if kind.startswith(("coco", "ocr detection")):
        return sum(_count_coco(folder, name) for name in names if name.endswith(".json"))
    if kind.startswith("imagenet"):
        return _count_marks(folder, names, items)
    if kind.startswith("ocr recognition"):
        return len(
            {_stem(item.path) for item in items} & {_stem(name) for name in names if name.endswith(".txt")}
        )
    if kind.startswith("cvat"):
        return sum(_count_elements(folder, name) for name in names if name.endswith(".xml"))
    return 0


def _stem(path: str) -> str:
    return str(PurePosixPath(path).with_suffix(""))


def _pieces(folder: Folder, name: str) -> Iterator[bytes]:
    try:
        with folder.open_file(name) as file:
            while piece := file.read(_PIECE_BYTES):
                yield piece
    except OSError:
        return


def _count_elements(folder: Folder, name: str) -> int:
    """Return the count of objects in a file of CVAT's XML."""
    count, before = 0, b""
    for piece in _pieces(folder, name):
        window = before + piece
        count += len(_OBJECT.findall(window)) - len(_OBJECT.findall(before))
        before = window[-_SEAM:]
    return count


def _count_coco(folder: Folder, name: str) -> int:
    try:
        return sum(
            element.number >= 0
            for element in read_elements(_pieces(folder, name), name=name, wanted={"annotations"})
        )
    except InvalidArchive:
        return 0


def _count_marks(folder: Folder, names: Iterable[str], items: Sequence[Item]) -> int:
    lists = [name for name in names if name.endswith(".txt") and "/" not in name]
    if lists:
        return sum(_count_indices(folder, name) for name in lists if name != _NAMES)
    tops = [PurePosixPath(item.path).parts for item in items]
    return sum(len(parts) > 1 and parts[0] != _NO_LABEL for parts in tops)


def _count_indices(folder: Folder, name: str) -> int:
    """Return the count of numbers behind the first word of each line."""
    text = b"".join(_pieces(folder, name))
    return sum(max(len(line.split()) - 1, 0) for line in text.splitlines())
