"""Datasets: bodies of images known to a catalogue, our own or the platform's dataset manager (platform contract, 3)."""

import base64
import binascii
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Literal

from msgspec import Struct

from labelwright.domain.errors import Invalid

AnnotationType = Literal[
    "image_classification", "object_detection", "image_segmentation", "ocr_detection", "ocr_recognition"
]
ANNOTATION_TYPES: tuple[AnnotationType, ...] = (
    "image_classification",
    "object_detection",
    "image_segmentation",
    "ocr_detection",
    "ocr_recognition",
)
#: The format the annotations of a dataset come and go in, unless somebody says otherwise (platform contract, 3.2).
FORMATS: dict[AnnotationType, str] = {
    "image_classification": "ImageNet 1.0",
    "object_detection": "COCO 1.0",
    "image_segmentation": "COCO 1.0",
    "ocr_detection": "OCR DETECTION 1.0",
    "ocr_recognition": "OCR RECOGNITION 1.0",
}


class CatalogueDataset(Struct, frozen=True, kw_only=True):
    """A dataset as its catalogue shows it. Times are milliseconds since 1970, UTC.

    `annotation_type`, `format` and `status` are the catalogue's own words: another catalogue may know more than ours.
    `tag` is the revision of the content, compared as text; `storage_path` a folder, relative to the storage root.
    `labels` are the names the last publishing told, None before any.
    """

    id: int
    name: str
    tag: str
    storage_path: str
    format: str
    annotation_type: str = ""
    description: str = ""
    code: str = ""
    version: str = "0.1"
    scene: str = "image"
    status: str = "unlabeled"
    source_type: str = "upload_from_page"
    storage_type: str = "cluster_fs"
    job_status: str = "completed"
    item_count: int = 0
    annotation_count: int = 0
    is_published: bool = False
    labels: tuple[str, ...] | None = None
    created_ms: int = 0
    updated_ms: int = 0
    #: Whose it is, where the catalogue is ours and its maker still has an account.
    owner_id: int | None = None


class DatasetSpec(Struct, frozen=True, kw_only=True):
    """A dataset somebody asks a catalogue for. `format` is the `cvDatasetFormat` of the wire.

    `storage_path` names an existing folder, absolute or from the storage root, to be read in place; "" for one of its
    own. `code`, a uuid, makes asking again safe: of one code there is one dataset; "" has one made up. `asked_ms` is
    when it was asked for first, since 1970.
    """

    name: str
    description: str = ""
    annotation_type: AnnotationType
    format: str
    source_type: str = "upload_from_page"
    storage_path: str = ""
    code: str = ""
    asked_ms: int = 0


class DatasetChange(Struct, frozen=True, kw_only=True):
    """What of a dataset to change; None stays as it is."""

    name: str | None = None
    description: str | None = None


class Item(Struct, frozen=True):
    """An image of a dataset: its path below the dataset's folder, and its size."""

    path: str
    size_bytes: int

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name


class DatasetPage(Struct, frozen=True):
    """One page of the datasets of a catalogue, and how many there are on all pages."""

    total: int
    datasets: tuple[CatalogueDataset, ...]


def is_text(annotation_type: str) -> bool:
    """Whether tasks of this type begin with the label for texts (platform contract, 4)."""
    return annotation_type.startswith("ocr")


#: Letters a path below a dataset's folder may have in all, and bytes one name on it: what file systems take.
_MOST_PATH, _MOST_NAME_BYTES = 1_000, 255
#: How often a platform has been seen to encode a name (platform contract, 3.3), and once more.
_MOST_ENCODED = 4
#: Controls, halves of characters, ends of lines and paragraphs (Unicode's general categories).
_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}


def check_path(path: str) -> None:
    """See that `path` can be that of a file below a dataset's folder.

    Raises:
        Invalid: it is empty, absolute or too long, leads out, or holds what no name should.
    """
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise Invalid("the file name {name!r} is no path below a folder", name=path)
    if not _is_seen(path) or "\\" in path:
        raise Invalid(
            "the file name {name!r} holds a backslash, a line break or another sign that cannot be seen",
            name=path,
        )
    if len(path) > _MOST_PATH or any(len(part.encode(errors="replace")) > _MOST_NAME_BYTES for part in parts):
        raise Invalid(
            "the file name {name} is too long: a name has at most {most} bytes, a path {letters} letters",
            name=f"{path[:40]}…",
            most=_MOST_NAME_BYTES,
            letters=_MOST_PATH,
        )


def check_paths(paths: Iterable[str]) -> None:
    """See that each can be a file below one folder, and no two are the same. Raises Invalid."""
    seen: set[str] = set()
    for path in paths:
        check_path(path)
        if path in seen:
            raise Invalid("two files are named {name}; rename one of them", name=path)
        seen.add(path)


def display_name(name: str) -> str:
    """Return the name people gave a file whose stored name is its encoded form, else the name itself.

    A platform stores `<base64url of the stem>.<ext>`, perhaps encoded again (platform contract, 3.3). What merely could
    be an encoded name is shown as if it were: the stored name stays beside it.
    """
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    for _ in range(_MOST_ENCODED):
        decoded = _decoded(stem)
        if decoded is None:
            break
        stem = decoded
    return f"{stem}{dot}{extension}"


def _decoded(stem: str) -> str | None:
    """Return what the stem is base64url of, without padding; None when it is of no text that can be seen."""
    try:
        content = base64.b64decode(stem + "=" * (-len(stem) % 4), altchars=b"-_", validate=True)
        text = content.decode()
    except (binascii.Error, ValueError):
        return None
    again = base64.urlsafe_b64encode(content).rstrip(b"=").decode()
    return text if text and _is_seen(text) and again == stem else None


def _is_seen(text: str) -> bool:
    """Whether every letter of the text can stand in a line."""
    return not any(unicodedata.category(letter) in _UNSEEN for letter in text)
