"""Projects: made, listed, changed, deleted, and their tasks listed."""

from collections.abc import Sequence

from msgspec import UNSET
from msgspec.structs import replace

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.errors import Invalid, NotFound
from labelwright.domain.labels import OF_PROJECT, LabelEdit, edit_labels, plan_labels
from labelwright.domain.projects import Project, ProjectChange, ProjectFilter, ProjectSpec
from labelwright.domain.requests import RequestKey
from labelwright.domain.tasks import Task, TaskFilter
from labelwright.domain.users import User
from labelwright.parts.places import release_datasets
from labelwright.services import (
    changed_people,
    delete_events,
    delete_files,
    delete_rows,
    earlier_answer,
    end_labels,
    existing_project,
    find_person,
    now_utc,
    people_of_project,
    remember_answer,
    require,
)
from labelwright.storage import Transaction
from labelwright.storage import frames as frames_storage
from labelwright.storage import labels as labels_storage
from labelwright.storage import projects as storage
from labelwright.storage import tasks as tasks_storage
from labelwright.storage import users as users_storage


def may_create(user: User) -> None:
    """Raise Forbidden unless the user may make projects: asked before a body is read."""
    require(access.may_create_project(user))


def create_project(
    deps: Deps, *, user: User, spec: ProjectSpec, request: RequestKey | None = None
) -> Project:
    """Make an empty project. A retry with the same key gives the same project.

    Raises:
        Forbidden: the user's roles make no projects.
        Invalid: labels or people will not do, or the owner has as many projects as the setting allows.
    """
    may_create(user)
    planned = plan_labels(spec.labels, owner=OF_PROJECT)
    with deps.database.write() as tx:
        earlier = earlier_answer(tx, user, request)
        if earlier is not None:
            return existing_project(tx, earlier["project"])
        owner_id = user.id if spec.owner is None else find_person(tx, deps, spec.owner)
        most = deps.limits.project_limit
        if most and not access.is_admin(user):
            users_storage.lock_user(tx, owner_id)
            if storage.count_owned(tx, owner_id) >= most:
                raise Invalid("The user has the maximum number of projects")
        project_id = storage.insert_project(
            tx,
            name=spec.name,
            owner_id=owner_id,
            assignee_id=None if spec.assignee is None else find_person(tx, deps, spec.assignee),
            bug_tracker=spec.bug_tracker,
            training=spec.training,
            now_utc=now_utc(deps),
        )
        for label in planned:
            labels_storage.insert_label(tx, label, project_id=project_id)
        remember_answer(tx, deps, user, request, {"project": project_id})
        return existing_project(tx, project_id)


def list_projects(
    deps: Deps,
    *,
    user: User,
    wanted: ProjectFilter,
    ordering: Sequence[str],
    offset: int,
    limit: int | None,
    with_tasks: bool,
) -> tuple[int, list[Project]]:
    """Return the count of projects the user sees and wants, and one page of them."""
    if not access.sees_everything(user):
        wanted = replace(wanted, visible_to=user.id)
    with deps.database.read() as tx:
        return storage.list_projects(
            tx, wanted, ordering=ordering, offset=offset, limit=limit, with_tasks=with_tasks
        )


def read_project(deps: Deps, *, user: User, project_id: int, with_tasks: bool) -> Project:
    """Return the project. Raises NotFound, Forbidden."""
    with deps.database.read() as tx:
        require(access.may_access_project(user, people_of_project(tx, deps, project_id)))
        return existing_project(tx, project_id, with_tasks=with_tasks)


def list_tasks(
    deps: Deps, *, user: User, project_id: int, offset: int, limit: int | None
) -> tuple[int, list[Task]]:
    """Return the count of the project's tasks the user sees, and one page of them, newest first.

    Raises NotFound, Forbidden.
    """
    wanted = TaskFilter(project_id=project_id)
    if not access.sees_everything(user):
        wanted = replace(wanted, visible_to=user.id, unassigned_visible=not deps.reduce_task_visibility)
    with deps.database.read() as tx:
        require(access.may_access_project(user, people_of_project(tx, deps, project_id)))
        return tasks_storage.list_tasks(tx, wanted, ordering=(), offset=offset, limit=limit)


def may_access(deps: Deps, *, user: User, project_id: int) -> None:
    """Raise NotFound or Forbidden unless the user may see the project: asked before a query is complained about."""
    with deps.database.read() as tx:
        require(access.may_access_project(user, people_of_project(tx, deps, project_id)))


def may_change(deps: Deps, *, user: User, project_id: int) -> None:
    """Raise NotFound or Forbidden unless the user may change the project: asked before a body is read."""
    with deps.database.read() as tx:
        require(access.may_change_project(user, people_of_project(tx, deps, project_id)))


def change_project(deps: Deps, *, user: User, project_id: int, change: ProjectChange) -> Project:
    """Change name, people and labels of the project, all or nothing; its tasks have the labels at once.

    Raises:
        NotFound, Forbidden: as everywhere.
        Invalid: labels or people will not do.
    """
    with deps.database.write() as tx:
        _hold(tx, project_id)
        require(access.may_change_project(user, people_of_project(tx, deps, project_id)))
        values: dict[str, object] = {"updated_utc": now_utc(deps)}
        for name in ("name", "bug_tracker"):
            if getattr(change, name) is not UNSET:
                values[name] = getattr(change, name)
        values |= changed_people(tx, deps, change, ("owner", "assignee"))
        storage.update_project(tx, project_id, **values)
        if change.labels:
            _edit_labels(tx, deps, user, project_id, change)
        return existing_project(tx, project_id)


def _hold(tx: Transaction, project_id: int) -> None:
    if not storage.lock_project(tx, project_id):
        raise NotFound("Not found.")


def _edit_labels(tx: Transaction, deps: Deps, user: User, project_id: int, change: ProjectChange) -> None:
    """Apply the label edit. No task is annotated meanwhile: who saves waits for the jobs and then reads the labels."""
    tasks_storage.lock_tasks_of_project(tx, project_id)
    current = labels_storage.labels_of_projects(tx, [project_id])[project_id]
    edit = edit_labels(current, change.labels, owner=OF_PROJECT)
    for task_id in storage.list_task_ids(tx, project_id):
        end_labels(tx, deps, user, task_id, edit)
    labels_storage.write_label_edit(tx, edit, project_id=project_id)
    if edit != LabelEdit():  # what was exported of the tasks is no longer what they are
        tasks_storage.touch_tasks_of_project(tx, project_id, now_utc=now_utc(deps))


def delete_project(deps: Deps, *, user: User, project_id: int) -> None:
    """Delete the project, its tasks, and everything that is their own. Raises NotFound, Forbidden."""
    with deps.database.read() as tx:
        require(access.may_delete_project(user, people_of_project(tx, deps, project_id)))
    delete_events(deps, project_id=project_id)
    with deps.database.write() as tx:
        _hold(tx, project_id)
        require(access.may_delete_project(user, people_of_project(tx, deps, project_id)))
        tasks_storage.lock_tasks_of_project(tx, project_id)
        gone = tasks_storage.tasks_of_projects(tx, [project_id])
        held = frames_storage.read_dataset_ids(tx, [task.id for task in gone])
        running = [delete_rows(tx, task.id) for task in gone]
        storage.delete_project(tx, project_id)
    for task, of_task in zip(gone, running, strict=True):
        delete_files(deps, task, of_task)
    release_datasets(deps, held)
