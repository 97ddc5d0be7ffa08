"""Tasks made of datasets through the services, and their operations run here, step by step, as a worker runs them."""

import json
from pathlib import Path

from live import jpeg

from labelwright.domain.catalogue import DatasetSpec
from labelwright.domain.labels import LabelSpec
from labelwright.domain.tasks import MediaRequest, TaskSpec
from labelwright.services import media, origins, tasks
from labelwright.storage import operations as rows
from labelwright.workflows import KINDS, make_workflows


def write_images(folder: Path, *names: str, width: int = 64) -> None:
    """Write a small photograph under each name, folders above it made; each is another picture."""
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(width, shade=number))


def new_folder(deps, name, *names):
    """Make a folder of images below the storage root."""
    folder = deps.platform.storage_root / name
    folder.mkdir(parents=True, exist_ok=True)
    write_images(folder, *names)
    return folder


def new_dataset(deps, folder, *, annotation_type="object_detection", format_name="COCO 1.0"):
    """Have our own catalogue know the folder, which is read in place."""
    spec = DatasetSpec(
        name=folder.name,
        annotation_type=annotation_type,
        format=format_name,
        storage_path=str(folder),
        source_type="storage",
    )
    return deps.catalogue.create(spec, [], user_id=None)


def new_task(deps, user, *, labels=("car", "dog"), **fields):
    spec = TaskSpec(name="t", labels=tuple(LabelSpec(name=name) for name in labels), **fields)
    return tasks.create_task(deps, user=user, spec=spec)


def give(deps, user, task, **request):
    """Give the task its frames, read here and now; return the operation as it ended."""
    wanted = MediaRequest(**request)
    media.accept_media(deps, user=user, task_id=task.id, request=wanted, upload=None)
    return run_media(deps, user, task)


def run_media(deps, user, task):
    """Do the work of the task's newest operation on its frames, as a worker does; return it as it ended."""
    making = origins.read_making(deps, user=user, task_id=task.id)
    workflow = make_workflows(deps, KINDS, is_cancelled=lambda operation_id: False)["media"]
    workflow(making.operation.id, lambda name, run: run())
    with deps.database.read() as tx:
        return rows.read_operation(tx, making.operation.id)


def task_of(deps, user, dataset, **fields):
    """Make a task of the dataset, with its frames; returns it as it is then."""
    made = new_task(deps, user, **fields)
    assert give(deps, user, made, dataset_ids=(dataset.id,)).state == "finished"
    return tasks.read_task(deps, user=user, task_id=made.id)


def coco(*images: str, label="car") -> str:
    """COCO instances with a box on each of the images."""
    return json.dumps(
        {
            "images": [
                {"id": number, "file_name": name, "width": 64, "height": 48}
                for number, name in enumerate(images, 1)
            ],
            "categories": [{"id": 1, "name": label}],
            "annotations": [
                {"id": number, "image_id": number, "category_id": 1, "bbox": [number, 2, 3, 4],
                 "segmentation": [], "iscrowd": 0, "area": 12}
                for number, _ in enumerate(images, 1)
            ],
        }
    )  # fmt: skip
