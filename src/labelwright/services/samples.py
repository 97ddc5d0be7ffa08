"""The sample task: photographs that installed packages ship, copied into a first, empty database."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from labelwright.deps import Deps
from labelwright.domain.labels import LabelSpec, plan_labels
from labelwright.domain.tasks import MediaRequest, Task, TaskFilter
from labelwright.domain.users import User
from labelwright.services import begin_media, existing_task, hand_over, now_utc
from labelwright.storage import frames as frames_storage
from labelwright.storage import labels as labels_storage
from labelwright.storage import tasks as storage

NAME = "Sample photographs · 示例照片"
LABELS = ("person", "cat", "flower", "building", "rocket", "cup", "coin")
#: Package, file in it, name of the frame. Photographs of real scenes that may be used freely; see NOTICE.
_PHOTOGRAPHS = (
    ("skimage", "data/astronaut.png", "astronaut.png"),
    ("skimage", "data/camera.png", "camera.png"),
    ("skimage", "data/chelsea.png", "cat.png"),
    ("sklearn", "datasets/images/china.jpg", "china.jpg"),
    ("skimage", "data/coffee.png", "coffee.png"),
    ("skimage", "data/coins.png", "coins.png"),
    ("sklearn", "datasets/images/flower.jpg", "flower.jpg"),
    ("skimage", "data/rocket.jpg", "rocket.jpg"),
)
#: Left in the store once the sample was made, or was not wanted: it is not made again after it was deleted.
_MADE = "samples/made"


def find_photographs() -> list[tuple[str, Path]]:
    """Return name and file of each photograph that is installed, without importing the packages."""
    found = []
    for package, file, name in _PHOTOGRAPHS:
        spec = find_spec(package)
        folders = spec.submodule_search_locations if spec else None
        paths = [Path(folder, file) for folder in folders or ()]
        found += [(name, path) for path in paths[:1] if path.is_file()]
    return found


def is_wanted(deps: Deps) -> bool:
    """Whether this is the first start on an empty database."""
    if deps.blobs.size(_MADE) is not None:
        return False
    with deps.database.read() as tx:
        count, _ = storage.list_tasks(tx, TaskFilter(), ordering=(), offset=0, limit=1)
    if count:
        deps.blobs.put(_MADE, b"not wanted\n")
    return not count


def make_sample(deps: Deps, *, user: User, photographs: Sequence[tuple[str, Path]]) -> Task:
    """Make the sample task of the files of `photographs`, copied, so that it outlives the packages."""
    with deps.database.write() as tx:
        task_id = storage.insert_task(
            tx,
            name=NAME,
            owner_id=user.id,
            assignee_id=None,
            bug_tracker="",
            subset="",
            overlap=None,
            segment_size=0,
            now_utc=now_utc(deps),
        )
        for label in plan_labels([LabelSpec(name=name) for name in LABELS]):
            labels_storage.insert_label(tx, label, task_id=task_id)
        keys = tuple(f"tasks/{task_id}/uploads/sample/{index:06d}" for index in range(len(photographs)))
        for key, (_, path) in zip(keys, photographs, strict=True):
            deps.blobs.put_file(key, path)
        names = tuple(name for name, _ in photographs)
        frames_storage.insert_media(tx, task_id, MediaRequest(client_files=names, uploads=keys))
        operation = begin_media(tx, deps, task_id=task_id, user=user)
        task = existing_task(tx, task_id)
    deps.blobs.put(_MADE, b"made\n")
    hand_over(deps, operation)
    return task
