"""v1 JSON and domain values of projects."""

from typing import Any, cast

from labelwright.api.v1.dialects import Dialect
from labelwright.api.v1.fields import Fields
from labelwright.api.v1.wire import ADDRESS_LIMIT, label_out, read_label, read_person, task_out
from labelwright.domain.projects import Project, ProjectChange, ProjectSpec, Training
from labelwright.domain.sentences import Sentence

#: Characters of a training server's address and user name.
_HOST_LIMIT, _USERNAME_LIMIT = 256, 256


# Out


def project_out(project: Project, base: str, dialect: Dialect) -> dict[str, Any]:
    """Return a project, key order as recorded. Before May 2021 they had no labels and did not list their tasks."""
    found: dict[str, Any] = {"url": f"{base}/projects/{project.id}", "id": project.id, "name": project.name}
    if dialect.is_newest:
        found["labels"] = [label_out(label, dialect) for label in project.labels]
        found["tasks"] = (
            [task.id for task in project.task_refs]
            if project.tasks is None
            else [task_out(task, base, dialect) for task in project.tasks]
        )
    found |= {
        "owner": dialect.person(project.owner, base),
        "assignee": dialect.person(project.assignee, base),
        "bug_tracker": project.bug_tracker,
        "created_date": project.created_utc,
        "updated_date": project.updated_utc,
        "status": project.status,
    }
    if dialect.is_newest:
        found |= {
            "training_project": None if project.training is None else _training_out(project.training),
            "task_subsets": project.subsets,
            "dimension": "2d" if project.task_refs else None,
        }
    return found


def _training_out(training: Training) -> dict[str, Any]:
    return {
        "host": training.host,
        "username": training.username,
        "enabled": training.enabled,
        "project_class": training.project_class,
    }


def project_name_out(project: Project) -> dict[str, Any]:
    """Return a project as `names_only` asks for it."""
    return {"id": project.id, "name": project.name}


# In


def read_project_spec(values: dict[str, Any]) -> ProjectSpec:
    """Return the project a `POST /projects` asks for. Raises FieldErrors."""
    fields = Fields(values)
    spec = ProjectSpec(
        name=fields.text("name", limit=256, required=True, blank=False),
        labels=tuple(fields.each("labels", read_label)),
        owner=read_person(fields, "owner") or None,
        assignee=read_person(fields, "assignee") or None,
        bug_tracker=fields.text("bug_tracker", limit=ADDRESS_LIMIT),
        training=_read_training(fields),
    )
    fields.finish()
    return spec


def _read_training(fields: Fields) -> Training | None:
    """Return the training project when it is switched on; a password in it is passed over."""
    value = fields.values.get("training_project")
    if value is None:
        return None
    if not isinstance(value, dict):
        kind = type(value).__name__
        fields.fail(
            "training_project", Sentence("Invalid data. Expected a dictionary, but got {kind}.", kind=kind)
        )
        return None
    inner = Fields(value)
    training = Training(
        host=inner.text("host", limit=_HOST_LIMIT),
        username=inner.text("username", limit=_USERNAME_LIMIT),
        enabled=inner.boolean("enabled"),
        project_class="OD" if value.get("project_class") else None,
    )
    if value.get("project_class"):
        inner.choice("project_class", ("OD",), "OD")
    if inner.errors:
        fields.errors["training_project"] = inner.errors
    return training if training.enabled else None


def read_project_change(values: dict[str, Any]) -> ProjectChange:
    """Return what a PATCH of a project changes; other fields are ignored. Raises FieldErrors."""
    fields = Fields(values)
    texts = cast(
        dict[str, Any],
        {
            name: fields.text(name, limit=limit, blank=name != "name")
            for name, limit in (("name", 256), ("bug_tracker", ADDRESS_LIMIT))
            if name in fields
        },
    )
    change = ProjectChange(
        labels=tuple(fields.each("labels", read_label)),
        owner=read_person(fields, "owner"),
        assignee=read_person(fields, "assignee"),
        **texts,
    )
    fields.finish()
    return change
