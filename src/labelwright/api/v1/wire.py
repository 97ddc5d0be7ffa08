"""v1 JSON and domain values: people, tasks, labels and jobs. Annotations are in `annotation_wire.py`."""

from typing import Any, cast

from msgspec import UNSET, UnsetType

from labelwright.api.mounts import is_platform_mount
from labelwright.api.requests import ApiRequest, deps_of
from labelwright.api.v1.dialects import DIALECTS, Dialect
from labelwright.api.v1.fields import MAX_INT, FieldErrors, Fields, read_whole
from labelwright.domain.catalogue import ANNOTATION_TYPES
from labelwright.domain.labels import Attribute, AttributeSpec, Label, LabelSpec
from labelwright.domain.requests import NamedPerson
from labelwright.domain.sentences import Sentence
from labelwright.domain.tasks import STATUSES, Job, JobChange, Status, Task, TaskChange, TaskSpec
from labelwright.domain.users import ROLES, User, UserChange

#: Characters of an address (contract, 9.1).
ADDRESS_LIMIT = 2000


def base_url(request: ApiRequest) -> str:
    """Return `scheme://host/api/v1`, which addresses in bodies begin with on every mount (platform contract, 1)."""
    return f"{request.url.scheme}://{request.url.netloc}/api/v1"


def dialect_of(request: ApiRequest) -> Dialect:
    """Return the dialect `Labelwright-Dialect` names, as our own pages do; else that of the request's mount.

    The mount is what people see: a proxy may have stripped it.
    """
    named = DIALECTS.get(request.headers.get("labelwright-dialect", ""))
    if named is not None:
        return named
    if is_platform_mount(request):
        return DIALECTS[deps_of(request).platform_dialect]
    return cast(Dialect, request.route_handler.opt["dialect"])


# Out


def user_out(user: User, base: str, dialect: Dialect, *, full: bool) -> dict[str, Any]:
    """Return a user, fully for staff and oneself, else what everybody may know.

    Where people are names, the id of one of the platform's is the platform's (its contract, 2.1).
    """
    shown_id = user.uid if user.uid is not None and dialect.people == "names" else user.id
    basic = {
        "url": f"{base}/users/{shown_id}",
        "id": shown_id,
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
    }
    if not full:
        return basic
    return {
        **basic,
        "email": user.email,
        "groups": list(user.roles),
        "is_staff": user.is_staff,
        "is_superuser": user.is_superuser,
        "is_active": user.is_active,
        "last_login": user.last_login,
        "date_joined": user.date_joined,
    }


def label_out(label: Label, dialect: Dialect) -> dict[str, Any]:
    """Return a label, key order as recorded."""
    found: dict[str, Any] = {"id": label.id, "name": label.name}
    if not dialect.is_oldest:
        found["color"] = label.color
    found["attributes"] = [_attribute_out(attribute) for attribute in label.attributes]
    return found


def _attribute_out(attribute: Attribute) -> dict[str, Any]:
    return {
        "id": attribute.id,
        "name": attribute.name,
        "mutable": attribute.mutable,
        "input_type": attribute.input_type,
        "default_value": attribute.default_value,
        "values": list(attribute.values),
    }


def task_out(task: Task, base: str, dialect: Dialect) -> dict[str, Any]:
    """Return a task, key order as recorded; the six data fields are absent until data has been posted."""
    found: dict[str, Any] = {"url": f"{base}/tasks/{task.id}", "id": task.id, "name": task.name}
    if dialect.is_newest:
        found["project_id"] = task.project_id
    found |= {
        "mode": task.mode,
        "owner": dialect.person(task.owner, base),
        "assignee": dialect.person(task.assignee, base),
        "bug_tracker": task.bug_tracker,
        "created_date": task.created_utc,
        "updated_date": task.updated_utc,
        "overlap": task.overlap,
        "segment_size": task.segment_size,
    }
    if dialect.is_oldest:  # every shape has one since
        found["z_order"] = False
    found |= {
        "status": task.status,
        "labels": [label_out(label, dialect) for label in task.labels],
        "segments": [_segment_out(job, base, dialect) for job in task.jobs],
    }
    if not dialect.is_newest:
        found["project"] = task.project_id
    if task.media is not None:
        found |= {
            "data_chunk_size": task.media.chunk_size,
            "data_compressed_chunk_type": task.media.compressed_type,
            "data_original_chunk_type": task.media.original_type,
            "size": task.media.size,
            "image_quality": task.media.image_quality,
            "data": task.media.id,
        }
    if dialect.is_newest:
        found |= {"dimension": "2d", "subset": task.subset}
    if dialect.is_own:
        found |= {
            "annotation_type": task.annotation_type,
            "dataset_id": task.dataset_id,
            "published_date": None if task.media is None else task.media.published_utc,
            "frames_deleted": 0 if task.media is None else len(task.media.deleted_frames),
        }
    return found


def _segment_out(job: Job, base: str, dialect: Dialect) -> dict[str, Any]:
    shown = {"url": f"{base}/jobs/{job.id}", "id": job.id, "assignee": dialect.person(job.assignee, base)}
    if dialect.is_newest:
        shown["reviewer"] = dialect.person(job.reviewer, base)
    shown["status"] = job.status
    return {"start_frame": job.first_frame, "stop_frame": job.last_frame, "jobs": [shown]}


def job_out(job: Job, base: str, dialect: Dialect) -> dict[str, Any]:
    """Return a job, key order as recorded."""
    found = {"url": f"{base}/jobs/{job.id}", "id": job.id, "assignee": dialect.person(job.assignee, base)}
    if dialect.is_newest:
        found["reviewer"] = dialect.person(job.reviewer, base)
    return found | {
        "status": job.status,
        "start_frame": job.first_frame,
        "stop_frame": job.last_frame,
        "task_id": job.task_id,
    }


# In


def read_task_spec(values: dict[str, Any]) -> TaskSpec:
    """Return the task a `POST /tasks` asks for. Raises FieldErrors."""
    fields = Fields(values)
    spec = TaskSpec(
        name=fields.text("name", limit=256, required=True, blank=False),
        labels=tuple(fields.each("labels", read_label)),
        project_id=_project_id(fields),
        owner=read_person(fields, "owner") or None,
        assignee=read_person(fields, "assignee") or None,
        bug_tracker=fields.text("bug_tracker", limit=ADDRESS_LIMIT),
        subset=fields.text("subset", limit=64),
        overlap=fields.integer("overlap", nullable=True),
        segment_size=fields.integer("segment_size", 0) or 0,
        annotation_type=_annotation_type(fields),
    )
    fields.finish()
    return spec


def read_task_change(values: dict[str, Any], *, name_required: bool) -> TaskChange:
    """Return what a PATCH or PUT of a task changes; other fields are ignored. Raises FieldErrors."""
    fields = Fields(values)
    texts: dict[str, Any] = {
        name: fields.text(name, limit=limit, required=name == "name" and name_required, blank=name != "name")
        for name, limit in (("name", 256), ("bug_tracker", ADDRESS_LIMIT), ("subset", 64))
        if name in fields or (name == "name" and name_required)
    }
    if "annotation_type" in fields:
        texts["annotation_type"] = _annotation_type(fields)
    change = TaskChange(
        labels=tuple(fields.each("labels", read_label)),
        project_id=_project_id(fields),
        owner=read_person(fields, "owner"),
        assignee=read_person(fields, "assignee"),
        **texts,
    )
    fields.finish()
    return change


def _annotation_type(fields: Fields) -> str:
    """Return what the task is for, "" for anything: a word of the platform's datasets, taken on every mount."""
    return fields.choice("annotation_type", ("", *ANNOTATION_TYPES), "")


def read_job_change(values: dict[str, Any]) -> JobChange:
    """Return what a PATCH or PUT of a job changes. Raises FieldErrors."""
    fields = Fields(values)
    status = fields.choice("status", STATUSES, "") if "status" in fields else ""
    change = JobChange(
        assignee=read_person(fields, "assignee"),
        reviewer=read_person(fields, "reviewer"),
        status=cast(Status, status) if status else UNSET,
    )
    fields.finish()
    return change


def _project_id(fields: Fields) -> int | None:
    """Return the project in `project_id`, or in `project` as before May 2021; None for none."""
    name = "project_id" if "project_id" in fields else "project"
    value = fields.values.get(name)
    if isinstance(value, dict) and "id" in value:
        fields.values[name] = value["id"]
    return fields.integer(name, nullable=True)


def read_person(fields: Fields, name: str) -> NamedPerson | None | UnsetType:
    """Return the person in `name_id` or `name`: an id, a user name, an object with one of them, or null.

    `name_id` wins. All dialects spell the same thing here (contract, 18).
    """
    field = f"{name}_id" if f"{name}_id" in fields else name
    if field not in fields:
        return UNSET
    value = fields.values[field]
    if isinstance(value, dict):
        value = value.get("id", value.get("username", value))
    if value is None or value == "":
        return None
    # Digits as text may be a user's name, where names are told; whoever finds no such name takes them for an id.
    number = None if isinstance(value, str) and field == name else read_whole(value)
    if number is not None and 0 < number <= MAX_INT:
        return NamedPerson(id=number, field=field)
    if number is None and isinstance(value, str) and "\x00" not in value:
        return NamedPerson(username=value, field=field)
    fields.fail(field, Sentence('Invalid pk "{value}" - object does not exist.', value=value))
    return None


def read_user_change(values: dict[str, Any], *, is_staff: bool) -> UserChange:
    """Return what a PATCH of a user changes. Who is no staff changes names alone. Raises FieldErrors."""
    if not is_staff:
        _refuse_more_than_names(values)
    fields = Fields(values)
    texts = {
        name: fields.text(name, limit=limit, blank=name != "username")
        for name, limit in (("username", 150), ("first_name", 150), ("last_name", 150), ("email", 254))
        if name in fields
    }
    switches = {
        name: fields.boolean(name) for name in ("is_staff", "is_superuser", "is_active") if name in fields
    }
    roles = _read_groups(fields) if "groups" in fields else UNSET
    fields.finish()
    return UserChange(
        username=texts.get("username", UNSET),
        first_name=texts.get("first_name", UNSET),
        last_name=texts.get("last_name", UNSET),
        email=texts.get("email", UNSET),
        roles=roles,
        is_staff=switches.get("is_staff", UNSET),
        is_superuser=switches.get("is_superuser", UNSET),
        is_active=switches.get("is_active", UNSET),
    )


def _refuse_more_than_names(values: dict[str, Any]) -> None:
    unknown = sorted(set(values) - {"url", "id", "username", "first_name", "last_name"})
    if not unknown:
        return
    names = "{" + ", ".join(repr(name) for name in unknown) + "}"
    if {"is_staff", "is_superuser", "groups"} & set(unknown):
        sentence = Sentence(
            "You do not have permissions to access some of these fields: {names}", names=names
        )
    else:
        sentence = Sentence("Got unknown fields: {names}", names=names)
    raise FieldErrors({"non_field_errors": [sentence]})


def _read_groups(fields: Fields) -> tuple[str, ...]:
    names = fields.items("groups")
    for name in names:
        if name not in ROLES:
            fields.fail("groups", Sentence("Object with name={name} does not exist.", name=name))
    return tuple(str(name) for name in names)


def read_label(fields: Fields) -> LabelSpec:
    """Return a label of a request; what is wrong with it is noted in `fields`."""
    label_id = fields.integer("id", nullable=True)
    has_name = "name" in fields or label_id is None
    return LabelSpec(
        name=fields.text("name", limit=64, required=True, blank=False) if has_name else None,
        color=None if fields.values.get("color") in (None, "") else fields.text("color", limit=16),
        attributes=fields.each("attributes", _read_attribute),
        id=label_id,
        deleted=fields.boolean("deleted"),
    )


def _read_attribute(fields: Fields) -> AttributeSpec:
    attribute_id = fields.integer("id", nullable=True)
    fields.values["default_value"] = _spelled(fields.values.get("default_value", ""))
    has_name = "name" in fields or attribute_id is None
    return AttributeSpec(
        name=fields.text("name", limit=64, required=True, blank=False) if has_name else None,
        mutable=fields.boolean("mutable", required=True),
        input_type=fields.text("input_type", limit=16, required=True),
        default_value=fields.text("default_value", limit=128),
        values=_read_values(fields),
        id=attribute_id,
    )


def _read_values(fields: Fields) -> list[str]:
    texts = [_spelled(value) for value in fields.items("values")]
    if not all(isinstance(text, str) for text in texts):
        fields.fail("values", Sentence("Not a valid string."))
        return []
    if any("\x00" in text for text in texts):
        fields.fail("values", Sentence("Null characters are not allowed."))
    return texts


def _spelled(value: Any) -> Any:
    """Return a truth value or number as attributes spell it; everything else as it is."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value
