"""Tasks made and drawn on through the services, without a server."""

from live import jpeg
from msgspec import UNSET

from labelwright.domain.annotations import Annotations
from labelwright.domain.shapes import Shape
from labelwright.domain.tasks import MediaRequest
from labelwright.services import annotations, media, origins, tasks
from labelwright.services.annotations import Change


def with_photographs(deps, user, made):
    """Give the task two photographs, in the jobs it wants."""
    return with_files(deps, user, made, {"a.jpg": jpeg(), "b.jpg": jpeg()})


def with_files(deps, user, made, files, progress=lambda fraction, message: None):
    """Give the task what these files, by name, are; `progress` is told of the reading."""
    with media.begin_upload(deps, user=user, task_id=made.id) as upload:
        for name, content in files.items():
            upload.open_file(name)
            upload.write(content)
            upload.close_file()
        media.accept_media(deps, user=user, task_id=made.id, request=MediaRequest(), upload=upload)
    operation = origins.read_making(deps, user=user, task_id=made.id).operation
    media.read_media(deps, operation, progress)
    return tasks.read_task(deps, user=user, task_id=made.id)


def box(task, n=0, *, frame=0, label=0, number=None):
    """A rectangle of the task's label of that number; `number` is its id, None for a new one."""
    return Shape(
        id=number,
        type="rectangle",
        occluded=False,
        z_order=n,
        points=[1.0, 2.0, 3.0, 4.0],
        frame=frame,
        label_id=task.labels[label].id,
        group=0,
        attributes=[],
        client_id=UNSET,
    )


def change(action, *shapes, **conditions):
    """What the services take for a write of the shapes."""
    content = Annotations(version=0, tags=[], shapes=list(shapes))
    return Change(action=action, annotations=content, **conditions)


def create(deps, user, task, n=0, *, key=None, label=0, if_match=None):
    """Draw a box on the task's first job."""
    wanted = change("create", box(task, n, label=label), request=key, if_match=if_match)
    return annotations.save_job(deps, user=user, job_id=task.jobs[0].id, change=wanted)
