"""Tasks and jobs: made, listed, changed, deleted."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.annotations import SERIES, Tally, to_docs
from labelwright.domain.errors import Invalid
from labelwright.domain.labels import LabelEdit, attribute_rules, edit_labels, plan_labels
from labelwright.domain.moves import map_labels, relabel
from labelwright.domain.requests import RequestKey
from labelwright.domain.tasks import Job, JobChange, Task, TaskChange, TaskFilter, TaskSpec
from labelwright.domain.users import User
from labelwright.parts.places import release_datasets
from labelwright.services import (
    changed_people,
    delete_events,
    delete_files,
    delete_rows,
    earlier_answer,
    end_labels,
    existing_job,
    existing_task,
    find_person,
    follow_jobs,
    note_save,
    now_utc,
    people_of_job,
    people_of_project,
    people_of_task,
    remember_answer,
    require,
)
from labelwright.storage import Transaction
from labelwright.storage import annotations as annotations_storage
from labelwright.storage import events as events_storage
from labelwright.storage import frames as frames_storage
from labelwright.storage import labels as labels_storage
from labelwright.storage import projects as projects_storage
from labelwright.storage import tasks as storage
from labelwright.storage import users as users_storage


def may_create(user: User) -> None:
    """Raise Forbidden unless the user may make tasks: asked before a body is read."""
    require(access.may_create_task(user))


def create_task(deps: Deps, *, user: User, spec: TaskSpec, request: RequestKey | None = None) -> Task:
    """Make an empty task. A retry with the same key gives the same task.

    Raises:
        Forbidden: the user's roles make no tasks, or the project is not the user's to see.
        Invalid: labels, project or people will not do, or the owner has as many tasks as the setting allows.
    """
    may_create(user)
    if not spec.labels and spec.project_id is None:
        raise Invalid("Label set or project_id must be present")
    if spec.labels and spec.project_id is not None:
        raise Invalid("Project must have only one of Label set or project_id")
    planned = plan_labels(spec.labels)
    with deps.database.write() as tx:
        earlier = earlier_answer(tx, user, request)
        if earlier is not None:
            return existing_task(tx, earlier["task"])
        if spec.project_id is not None:
            _enter_project(tx, deps, user, spec.project_id)
        owner_id = user.id if spec.owner is None else find_person(tx, deps, spec.owner)
        most = deps.limits.task_limit
        if most and not access.is_admin(user):
            users_storage.lock_user(tx, owner_id)
            if storage.count_owned(tx, owner_id) >= most:
                raise Invalid("The user has the maximum number of tasks")
        task_id = storage.insert_task(
            tx,
            name=spec.name,
            owner_id=owner_id,
            assignee_id=None if spec.assignee is None else find_person(tx, deps, spec.assignee),
            bug_tracker=spec.bug_tracker,
            subset=spec.subset,
            overlap=spec.overlap,
            segment_size=spec.segment_size,
            now_utc=now_utc(deps),
            project_id=spec.project_id,
            annotation_type=spec.annotation_type,
        )
        for label in planned:
            labels_storage.insert_label(tx, label, task_id=task_id)
        remember_answer(tx, deps, user, request, {"task": task_id})
        return existing_task(tx, task_id)


def _enter_project(tx: Transaction, deps: Deps, user: User, project_id: int) -> None:
    """Hold the project, so that a task can come into it. Raises Invalid without one, Forbidden."""
    if not projects_storage.lock_project(tx, project_id):
        raise Invalid("Cannot find project with ID {id}", id=project_id)
    require(access.may_access_project(user, people_of_project(tx, deps, project_id)))


def list_tasks(
    deps: Deps, *, user: User, wanted: TaskFilter, ordering: Sequence[str], offset: int, limit: int | None
) -> tuple[int, list[Task]]:
    """Return the count of tasks the user sees and wants, and one page of them."""
    if not access.sees_everything(user):
        wanted = replace(wanted, visible_to=user.id, unassigned_visible=not deps.reduce_task_visibility)
    with deps.database.read() as tx:
        return storage.list_tasks(tx, wanted, ordering=ordering, offset=offset, limit=limit)


def read_task(deps: Deps, *, user: User, task_id: int) -> Task:
    """Return the task. Raises NotFound, Forbidden."""
    with deps.database.read() as tx:
        require(access.may_access_task(user, people_of_task(tx, deps, task_id)))
        return existing_task(tx, task_id)


def may_access(deps: Deps, *, user: User, task_id: int) -> None:
    """Raise NotFound or Forbidden unless the user may see the task: asked before a query is complained about."""
    with deps.database.read() as tx:
        require(access.may_access_task(user, people_of_task(tx, deps, task_id)))


def may_change(deps: Deps, *, user: User, task_id: int) -> None:
    """Raise NotFound or Forbidden unless the user may change the task: asked before a body is read."""
    with deps.database.read() as tx:
        require(access.may_change_task(user, people_of_task(tx, deps, task_id)))


def change_task(deps: Deps, *, user: User, task_id: int, change: TaskChange) -> Task:
    """Change names, people and labels of the task, or move it to a project, all or nothing.

    Raises:
        NotFound, Forbidden: as everywhere.
        Invalid: labels, project or people will not do.
    """
    with deps.database.write() as tx:
        if change.project_id is not None:  # a project is held before the tasks in it
            require(access.may_change_task(user, people_of_task(tx, deps, task_id)))
            _enter_project(tx, deps, user, change.project_id)
        storage.lock_task(tx, task_id)
        require(access.may_change_task(user, people_of_task(tx, deps, task_id)))
        values: dict[str, object] = {"updated_utc": now_utc(deps)}
        for name in ("name", "bug_tracker", "subset", "annotation_type"):
            if getattr(change, name) is not UNSET:
                values[name] = getattr(change, name)
        values |= changed_people(tx, deps, change, ("owner", "assignee"))
        storage.update_task(tx, task_id, **values)
        task = existing_task(tx, task_id)
        if change.project_id not in (None, task.project_id):
            _move(tx, deps, user, task, change)
        elif change.labels:
            _edit_labels(tx, deps, user, task, change)
        return existing_task(tx, task_id)


def _edit_labels(tx: Transaction, deps: Deps, user: User, task: Task, change: TaskChange) -> None:
    """Apply the label edit. In a project it may say what is so already, as clients that send all fields do."""
    edit = edit_labels(task.labels, change.labels)
    if task.project_id is not None:
        if edit != LabelEdit():
            raise Invalid(
                "the labels of task {task} are those of project {project}: change them there",
                task=task.id,
                project=task.project_id,
                field="labels",
            )
        return
    end_labels(tx, deps, user, task.id, edit)
    labels_storage.write_label_edit(tx, edit, task_id=task.id)


def _move(tx: Transaction, deps: Deps, user: User, task: Task, change: TaskChange) -> None:
    """Move the task to the project of `change`, its annotations to the labels there, in a new revision of its jobs."""
    assert change.project_id is not None
    target = labels_storage.labels_of_projects(tx, [change.project_id])[change.project_id]
    label_ids = map_labels(task.labels, change.labels, target)
    before = {label.id: attribute_rules(label) for label in task.labels}
    after = {label.id: attribute_rules(label) for label in target}
    for job in task.jobs:
        revision, moved_objects = storage.raise_revision(tx, job.id), 0
        for series in SERIES:
            docs = annotations_storage.read_docs(tx, series, job.id, rules=before)
            items: list[Any] = [
                msgspec.json.decode(doc, type=annotations_storage.TYPES[series]) for doc in docs
            ]
            moved = to_docs(relabel(items, label_ids, after), after)
            moved_objects += annotations_storage.end_docs(tx, series, job.id, revision=revision)
            annotations_storage.write_docs(tx, series, moved, job_id=job.id, revision=revision, rules=after)
        tally = Tally(updated=moved_objects)
        note_save(tx, deps, user, job.id, revision=revision, tally=tally, kind="labels")
    labels_storage.delete_labels_of_task(tx, task.id)
    events_storage.move_events(tx, task.id, project_id=change.project_id)
    storage.update_task(tx, task.id, project_id=change.project_id)


def delete_task(deps: Deps, *, user: User, task_id: int) -> None:
    """Delete the task with everything that is its own; files read in place stay where they are.

    Raises NotFound, Forbidden.
    """
    with deps.database.read() as tx:
        require(access.may_delete_task(user, people_of_task(tx, deps, task_id)))
    delete_events(deps, task_id=task_id)
    with deps.database.write() as tx:
        storage.lock_task(tx, task_id)
        require(access.may_delete_task(user, people_of_task(tx, deps, task_id)))
        task = existing_task(tx, task_id)
        held = frames_storage.read_dataset_ids(tx, [task_id])
        running = delete_rows(tx, task_id)
    delete_files(deps, task, running)
    release_datasets(deps, held)


def list_jobs(deps: Deps, *, user: User, task_id: int) -> list[Job]:
    """Return the task's jobs, by id. Raises NotFound, Forbidden."""
    with deps.database.read() as tx:
        require(access.may_access_task(user, people_of_task(tx, deps, task_id)))
        return storage.list_jobs(tx, task_id)


def read_job(deps: Deps, *, user: User, job_id: int) -> Job:
    """Return the job. Raises NotFound, Forbidden."""
    with deps.database.read() as tx:
        job = existing_job(tx, job_id)
        people = people_of_task(tx, deps, job.task_id)
        require(access.may_access_job(user, people, people_of_job(job)))
        return job


def may_change_job(deps: Deps, *, user: User, job_id: int) -> None:
    """Raise NotFound or Forbidden unless the user may change the job: asked before a body is read."""
    with deps.database.read() as tx:
        job = existing_job(tx, job_id)
        require(access.may_change_job(user, people_of_task(tx, deps, job.task_id), people_of_job(job)))


def change_job(deps: Deps, *, user: User, job_id: int, change: JobChange) -> Job:
    """Change people and status of the job; the task's status follows its jobs.

    Raises:
        NotFound, Forbidden: as everywhere.
        Invalid: there is no such person.
    """
    with deps.database.write() as tx:
        job = existing_job(tx, job_id)
        storage.lock_task(tx, job.task_id)
        require(access.may_change_job(user, people_of_task(tx, deps, job.task_id), people_of_job(job)))
        values: dict[str, object] = dict(changed_people(tx, deps, change, ("assignee", "reviewer")))
        if change.status is not UNSET:
            values["status"] = change.status
        if values:
            storage.update_job(tx, job_id, **values)
        follow_jobs(tx, deps, job.task_id)
        return existing_job(tx, job_id)
