"""Our own catalogue of datasets: folders below the storage root, and a row each."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from labelwright.domain.catalogue import CatalogueDataset, DatasetPage, DatasetSpec
from labelwright.domain.errors import NotBuilt
from labelwright.ports import Clock
from labelwright.storage import Database


class EmbeddedCatalogue:
    """The catalogue of those who have no other. Raises as `ports.Catalogue` says."""

    def __init__(self, database: Database, *, root: Path, results_folder: str, clock: Clock) -> None:
        self._database = database
        self._root = root
        self._results_folder = results_folder
        self._clock = clock

    def read(self, dataset_id: int) -> CatalogueDataset:
        raise NotBuilt("Datasets: not built yet.")

    def list_datasets(self, *, page: int, page_size: int, search: str) -> DatasetPage:
        raise NotBuilt("Datasets: not built yet.")

    def create(
        self, spec: DatasetSpec, files: Iterable[tuple[str, Path]], *, user_id: int | None
    ) -> CatalogueDataset:
        raise NotBuilt("Datasets: not built yet.")

    def bind(self, dataset_id: int, *, holder: str) -> None:
        raise NotBuilt("Datasets: not built yet.")

    def unbind(self, dataset_id: int, *, holder: str, labels: Sequence[str]) -> None:
        raise NotBuilt("Datasets: not built yet.")

    def delete(self, dataset_id: int) -> None:
        raise NotBuilt("Datasets: not built yet.")
