"""Datasets: bodies of images known to a catalogue, our own or the platform's dataset manager (platform contract, 3)."""

from typing import Literal

from msgspec import Struct

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


class DatasetSpec(Struct, frozen=True, kw_only=True):
    """A dataset somebody asks a catalogue for. `format` is the `cvDatasetFormat` of the wire."""

    name: str
    description: str = ""
    annotation_type: AnnotationType
    format: str
    source_type: str = "upload_from_page"


class DatasetPage(Struct, frozen=True):
    """One page of the datasets of a catalogue, and how many there are on all pages."""

    total: int
    datasets: tuple[CatalogueDataset, ...]


def is_text(annotation_type: str) -> bool:
    """Whether tasks of this type begin with the label for texts (platform contract, 4)."""
    return annotation_type.startswith("ocr")
