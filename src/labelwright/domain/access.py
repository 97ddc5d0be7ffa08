"""Who may do what: the permission model of API v1, one rule a right (rest-api contract, 7).

Projects are not built yet; when they are, a project's owner and assignee count as the task's.
"""

from collections.abc import Sequence

from msgspec import Struct

from labelwright.domain.tasks import Status
from labelwright.domain.users import User


class JobPeople(Struct, frozen=True, gc=False):
    """What decides the rights on one job."""

    assignee_id: int | None
    reviewer_id: int | None
    status: Status


class TaskPeople(Struct, frozen=True):
    """What decides the rights on a task: its people, its jobs', and the visibility setting."""

    owner_id: int | None
    assignee_id: int | None
    jobs: Sequence[JobPeople]
    reduce_visibility: bool

    @property
    def is_open(self) -> bool:
        """Whether the task is anybody's: nobody is assigned and the setting allows it."""
        return self.assignee_id is None and not self.reduce_visibility


def sees_everything(user: User) -> bool:
    """Admins and observers are listed every task."""
    return is_admin(user) or "observer" in user.roles


def is_admin(user: User) -> bool:
    return user.is_superuser or "admin" in user.roles


def may_create_task(user: User) -> bool:
    return is_admin(user) or "user" in user.roles


def may_access_task(user: User, task: TaskPeople) -> bool:
    return (
        sees_everything(user)
        or task.owner_id == user.id
        or any(_annotates(user, task, job) or job.reviewer_id == user.id for job in task.jobs)
    )


def may_change_task(user: User, task: TaskPeople) -> bool:
    return is_admin(user) or user.id in (task.owner_id, task.assignee_id)


def may_delete_task(user: User, task: TaskPeople) -> bool:
    return is_admin(user) or task.owner_id == user.id


def may_access_job(user: User, task: TaskPeople, job: JobPeople) -> bool:
    return (
        sees_everything(user)
        or task.owner_id == user.id
        or _annotates(user, task, job)
        or job.reviewer_id == user.id
    )


def may_change_job(user: User, task: TaskPeople, job: JobPeople) -> bool:
    return is_admin(user) or task.owner_id == user.id or _may_work(user, task, job)


def _annotates(user: User, task: TaskPeople, job: JobPeople) -> bool:
    return task.is_open or user.id in (task.assignee_id, job.assignee_id)


def _may_work(user: User, task: TaskPeople, job: JobPeople) -> bool:
    return (
        task.is_open
        or task.assignee_id == user.id
        or (job.assignee_id == user.id and job.status == "annotation")
        or (job.reviewer_id == user.id and job.status == "validation")
    )
