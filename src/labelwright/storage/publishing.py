"""Which tasks are published, and where."""

from msgspec import Struct
from sqlalchemy import select, update

from labelwright.domain.tasks import TaskFilter
from labelwright.storage import Transaction
from labelwright.storage.tables import media, tasks
from labelwright.storage.tasks import ids_of


class Published(Struct, frozen=True, kw_only=True):
    """A task that was published: its name, the number of its media, the folder written last, its dataset if any."""

    name: str
    media_id: int
    path: str
    dataset_id: int | None


def note_published(tx: Transaction, task_id: int, *, path: str, now_utc: str) -> None:
    """Keep that the task was published to the folder `path`."""
    of_task = update(media).where(media.c.task_id == task_id)
    tx.connection.execute(of_task.values(published_path=path, published_utc=now_utc))


def note_dataset_tag(tx: Transaction, task_id: int, *, before: str, after: str) -> None:
    """Keep that the dataset of the task, as it was, is called `after` now: its frames are those it has still."""
    same = tasks.c.id == task_id, tasks.c.dataset_tag == before
    tx.connection.execute(update(tasks).where(*same).values(dataset_tag=after))


def list_published(tx: Transaction, wanted: TaskFilter) -> list[Published]:
    """Return the published ones of the tasks `wanted`, by the number of their media."""
    query = (
        select(tasks.c.name, media.c.id, media.c.published_path, tasks.c.dataset_id)
        .join(tasks, tasks.c.id == media.c.task_id)
        .where(media.c.published_path.is_not(None), tasks.c.id.in_(ids_of(wanted)))
        .order_by(media.c.id)
    )
    return [
        Published(name=row.name, media_id=row.id, path=row.published_path, dataset_id=row.dataset_id)
        for row in tx.connection.execute(query)
    ]
