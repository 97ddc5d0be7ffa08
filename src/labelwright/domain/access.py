"""Who may do what: the permission model of API v1, one rule a right (rest-api contract, 7).

A project's owner and assignee count as the owner and assignee of each of its tasks.
"""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from labelwright.domain.tasks import Status
from labelwright.domain.users import User

#: Who sees the work of others: the owners and assignees of what was worked on, nobody, everybody.
Visibility = Literal["owners", "self", "everyone"]
#: Whose work somebody sees: everybody's; that in what they own or are assigned to, and their own; their own.
Sees = Literal["all", "owned", "self"]


class JobPeople(Struct, frozen=True, gc=False):
    """What decides the rights on one job."""

    assignee_id: int | None
    reviewer_id: int | None
    status: Status


class TaskPeople(Struct, frozen=True, kw_only=True):
    """What decides the rights on a task: its people, its project's, its jobs', and the visibility setting."""

    owner_id: int | None
    assignee_id: int | None
    project_owner_id: int | None = None
    project_assignee_id: int | None = None
    jobs: Sequence[JobPeople]
    reduce_visibility: bool

    @property
    def owners(self) -> tuple[int | None, ...]:
        return self.owner_id, self.project_owner_id

    @property
    def assignees(self) -> tuple[int | None, ...]:
        return self.assignee_id, self.project_assignee_id

    @property
    def is_open(self) -> bool:
        """Whether the task is anybody's: nobody is assigned and the setting allows it."""
        return self.assignee_id is None and not self.reduce_visibility


class ProjectPeople(Struct, frozen=True):
    """What decides the rights on a project: its people, and those of its tasks."""

    owner_id: int | None
    assignee_id: int | None
    tasks: Sequence[TaskPeople]


def sees_everything(user: User) -> bool:
    """Admins and observers are listed every project and task."""
    return is_admin(user) or "observer" in user.roles


def is_admin(user: User) -> bool:
    return user.is_superuser or "admin" in user.roles


def may_change_user(user: User, user_id: int) -> bool:
    """Administrators change and delete anybody, all others themselves."""
    return is_admin(user) or user.id == user_id


def may_create_task(user: User) -> bool:
    return is_admin(user) or "user" in user.roles


def may_see_datasets(user: User) -> bool:
    """Who makes tasks of them, and who sees everything; the owner of one sees that one too."""
    return sees_everything(user) or may_create_task(user)


def may_create_dataset(user: User) -> bool:
    return may_create_task(user)


def may_change_dataset(user: User, *, owner_id: int | None) -> bool:
    """Change and delete it, hold it and let it go: administrators, and its owner."""
    return is_admin(user) or owner_id == user.id


def may_create_project(user: User) -> bool:
    return is_admin(user) or "user" in user.roles


def may_access_project(user: User, project: ProjectPeople) -> bool:
    """Whoever annotates in it, too; and its assignee, whom the original server let list it but not open it."""
    return (
        sees_everything(user)
        or user.id in (project.owner_id, project.assignee_id)
        or any(_annotates(user, task, job) for task in project.tasks for job in task.jobs)
    )


def may_change_project(user: User, project: ProjectPeople) -> bool:
    return is_admin(user) or user.id in (project.owner_id, project.assignee_id)


def may_delete_project(user: User, project: ProjectPeople) -> bool:
    return is_admin(user) or project.owner_id == user.id


def may_access_task(user: User, task: TaskPeople) -> bool:
    return (
        sees_everything(user)
        or user.id in task.owners
        or any(_annotates(user, task, job) or job.reviewer_id == user.id for job in task.jobs)
    )


def may_change_task(user: User, task: TaskPeople) -> bool:
    return is_admin(user) or user.id in (*task.owners, *task.assignees)


def may_publish_task(user: User, task: TaskPeople, *, by_readers: bool) -> bool:
    """Whoever may change it; in the original whoever may read it, which is a setting."""
    return may_access_task(user, task) if by_readers else may_change_task(user, task)


def may_delete_task(user: User, task: TaskPeople) -> bool:
    return is_admin(user) or user.id in task.owners


def may_access_job(user: User, task: TaskPeople, job: JobPeople) -> bool:
    return (
        sees_everything(user)
        or user.id in task.owners
        or _annotates(user, task, job)
        or job.reviewer_id == user.id
    )


def may_change_job(user: User, task: TaskPeople, job: JobPeople) -> bool:
    return is_admin(user) or user.id in task.owners or _may_work(user, task, job)


def may_review_job(user: User, task: TaskPeople, job: JobPeople) -> bool:
    """Its reviewer, while it is theirs to work on; not the task's owner."""
    return is_admin(user) or (job.reviewer_id == user.id and _may_work(user, task, job))


def may_delete_review(user: User) -> bool:
    return is_admin(user)


def may_change_issue(user: User, task: TaskPeople, job: JobPeople, *, owner_id: int | None) -> bool:
    """Its owner, and whoever may change its job."""
    return owner_id == user.id or may_change_job(user, task, job)


def may_delete_issue(user: User, *, owner_id: int | None) -> bool:
    return is_admin(user) or owner_id == user.id


def may_change_comment(user: User, *, author_id: int | None) -> bool:
    """Change or delete it."""
    return is_admin(user) or author_id == user.id


def sees_work(user: User, visibility: Visibility) -> Sees:
    """Administrators see all work, observers all but where nobody sees that of others; otherwise it is a setting."""
    if is_admin(user) or visibility == "everyone":
        return "all"
    if visibility == "self":
        return "self"
    return "all" if sees_everything(user) else "owned"


def _annotates(user: User, task: TaskPeople, job: JobPeople) -> bool:
    return task.is_open or user.id in (*task.assignees, job.assignee_id)


def _may_work(user: User, task: TaskPeople, job: JobPeople) -> bool:
    return (
        task.is_open
        or user.id in task.assignees
        or (job.assignee_id == user.id and job.status == "annotation")
        or (job.reviewer_id == user.id and job.status == "validation")
    )
