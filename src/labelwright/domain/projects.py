"""Projects: a shared set of labels, and the tasks that use it."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from labelwright.domain.labels import Label, LabelSpec
from labelwright.domain.requests import NamedPerson
from labelwright.domain.tasks import Status, Task
from labelwright.domain.users import Person


class Training(Struct, frozen=True, kw_only=True):
    """A project of a training server, kept as it was given but for its password, which nothing here needs."""

    host: str
    username: str
    enabled: bool
    project_class: Literal["OD"] | None = None


class TaskRef(Struct, frozen=True, gc=False):
    """What a project's summary knows of a task."""

    id: int
    subset: str


class Project(Struct, frozen=True, kw_only=True):
    """A project with all that API v1 shows of it. Times are ISO-8601 UTC text; labels and tasks by id.

    `tasks` is None when only references were asked for. `status` stays what it was at first.
    """

    id: int
    name: str
    owner: Person | None
    assignee: Person | None
    bug_tracker: str
    created_utc: str
    updated_utc: str
    status: Status
    training: Training | None
    labels: tuple[Label, ...]
    task_refs: tuple[TaskRef, ...]
    tasks: tuple[Task, ...] | None = None

    @property
    def subsets(self) -> list[str]:
        """The distinct subsets of the tasks, in order."""
        return sorted({task.subset for task in self.task_refs if task.subset})


class ProjectSpec(Struct, frozen=True, kw_only=True):
    """A project somebody asks for. `owner` None means the caller."""

    name: str
    labels: tuple[LabelSpec, ...] = ()
    owner: NamedPerson | None = None
    assignee: NamedPerson | None = None
    bug_tracker: str = ""
    training: Training | None = None


class ProjectChange(Struct, frozen=True, kw_only=True):
    """What of a project to change; UNSET stays as it is, an assignee or owner of None is taken away."""

    name: str | UnsetType = UNSET
    labels: tuple[LabelSpec, ...] = ()
    owner: NamedPerson | None | UnsetType = UNSET
    assignee: NamedPerson | None | UnsetType = UNSET
    bug_tracker: str | UnsetType = UNSET


class ProjectFilter(Struct, frozen=True, kw_only=True):
    """Which projects to list. Texts match anywhere in any case; `visible_to` is a user's id, None for all."""

    visible_to: int | None = None
    id: int | None = None
    name: str = ""
    owner: str = ""
    assignee: str = ""
    status: str = ""
    words: tuple[str, ...] = ()
