"""The platform's dataset manager, over HTTP (platform contract, 3)."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from labelwright.domain.catalogue import CatalogueDataset, DatasetPage, DatasetSpec
from labelwright.domain.errors import NotBuilt


class RemoteCatalogue:
    """Datasets of the dataset manager at `url`. Raises as `ports.Catalogue` says."""

    def __init__(self, url: str, *, token: str, timeout_s: float) -> None:
        self._url = url
        self._token = token
        self._timeout_s = timeout_s

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
