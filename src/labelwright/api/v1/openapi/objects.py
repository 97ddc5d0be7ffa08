"""What the server sends: the objects of v1 as each dialect shows them (rest-api contract, 6 to 11 and 18)."""

from collections.abc import Callable
from typing import get_args

import msgspec

from labelwright.api.v1.dialects import Dialect
from labelwright.api.v1.openapi.datasets import dataset_objects
from labelwright.api.v1.openapi.events import event_objects
from labelwright.api.v1.openapi.media import media_objects
from labelwright.api.v1.openapi.schemas import (
    COUNT,
    ID,
    Schema,
    address,
    array,
    choice,
    either,
    nullable,
    number,
    record,
    ref,
    text,
    time,
    truth,
    whole,
)
from labelwright.api.v1.openapi.statistics import statistics_objects
from labelwright.domain.catalogue import ANNOTATION_TYPES
from labelwright.domain.labels import InputType
from labelwright.domain.operations import Kind, State
from labelwright.domain.reviews import VERDICTS
from labelwright.domain.shapes import Shape, Tag
from labelwright.domain.tasks import STATUSES
from labelwright.domain.users import ROLES


def words(literal: object) -> tuple[str, ...]:
    """Return the texts a `Literal` allows."""
    return get_args(literal)


def objects(dialect: Dialect) -> dict[str, Schema]:
    """Return the schemas of all answers, by name."""
    parts: tuple[Callable[[Dialect], dict[str, Schema]], ...] = (
        _people,
        _labels,
        _tasks,
        _projects,
        _annotations,
        _reviews,
        _operations,
        _server,
    )
    return {name: schema for part in parts for name, schema in part(dialect).items()} | {
        **dataset_objects(),
        **event_objects(),
        **media_objects(dialect),
        **statistics_objects(),
        "ToldEventPage": page_of("ToldEvent"),
    }


def page_of(name: str) -> Schema:
    return record(
        {
            "count": whole("How many there are on all pages."),
            "next": nullable(address()),
            "previous": nullable(address()),
            "results": array(ref(name)),
        }
    )


def _people(dialect: Dialect) -> dict[str, Schema]:
    basic = {
        "url": address(),
        "id": ID,
        "username": text(),
        "first_name": text(),
        "last_name": text(),
    }
    full = {
        **basic,
        "email": text(),
        "groups": array(choice(*ROLES)),
        "is_staff": truth(),
        "is_superuser": truth(),
        "is_active": truth(),
        "last_login": nullable(time()),
        "date_joined": time(),
    }
    person = {"objects": ref("BasicUser"), "names": text(), "ids": ID}[dialect.people]
    return {
        "BasicUser": record(basic, about="What everybody may know of a user."),
        "FullUser": record(full, about="A user as administrators and the person see it."),
        "User": either(ref("FullUser"), ref("BasicUser")),
        "UserPage": page_of("User"),
        "Person": {**nullable(person), "description": "A user, null for nobody."},
        "Registered": record(
            {
                "username": text(),
                "email": text(),
                "first_name": text(),
                "last_name": text(),
                "email_verification_required": truth(),
            }
        ),
        "Key": record({"key": text("The API token, for `Authorization: Token …`.")}),
    }


def _labels(dialect: Dialect) -> dict[str, Schema]:
    attribute = {
        "id": ID,
        "name": text(),
        "mutable": truth("Whether it may differ from frame to frame of a track."),
        "input_type": choice(*words(InputType)),
        "default_value": text(),
        "values": array(text(), "Choices; `min, max, step` of a number."),
    }
    label = {"id": ID, "name": text()}
    if not dialect.is_oldest:
        label["color"] = text(pattern="^#[0-9a-f]{6}$")
    label["attributes"] = array(ref("Attribute"))
    return {"Attribute": record(attribute), "Label": record(label)}


def _tasks(dialect: Dialect) -> dict[str, Schema]:
    reviewer = {"reviewer": ref("Person")} if dialect.is_newest else {}
    newest = {"project_id": nullable(ID), "dimension": choice("2d"), "subset": text()}
    task = {
        "url": address(),
        "id": ID,
        "name": text(),
        "mode": choice("", "annotation", "interpolation", about="Images, or a video; empty before the data."),
        "owner": ref("Person"),
        "assignee": ref("Person"),
        "bug_tracker": text(),
        "created_date": time(),
        "updated_date": time(),
        "overlap": nullable(COUNT),
        "segment_size": COUNT,
        "status": ref("Status"),
        "labels": array(ref("Label")),
        "segments": array(ref("Segment")),
    } | (newest if dialect.is_newest else {"project": nullable(ID)})
    if dialect.is_oldest:
        task["z_order"] = truth()
    if dialect.is_own:
        task |= {
            "annotation_type": choice("", *ANNOTATION_TYPES),
            "dataset_id": nullable(ID),
            "published_date": nullable(time()),
            "frames_deleted": whole("Of those that `size` counts."),
        }
    data = {
        "data_chunk_size": nullable(COUNT),
        "data_compressed_chunk_type": choice("imageset", "video"),
        "data_original_chunk_type": choice("imageset", "video"),
        "size": whole("Frames."),
        "image_quality": COUNT,
        "data": whole("Id of the body of frames.", least=1),
    }
    shown = {"url": address(), "id": ID, "assignee": ref("Person"), **reviewer, "status": ref("Status")}
    frames = {"start_frame": COUNT, "stop_frame": COUNT}
    return {
        "Status": choice(*STATUSES),
        "Segment": record({**frames, "jobs": array(record(shown), least=1, most=1)}),
        "Job": record(
            {**shown, **frames, "task_id": ID}, about="The work on one range of frames, both included."
        ),
        "JobList": array(ref("Job")),
        "Task": record(task, data, about="The last six fields are there once data was sent."),
        "TaskPage": page_of("Task"),
    }


def _projects(dialect: Dialect) -> dict[str, Schema]:
    training = {
        "host": text(),
        "username": text(),
        "enabled": truth(),
        "project_class": nullable(choice("OD")),
    }
    project: dict[str, Schema] = {"url": address(), "id": ID, "name": text()}
    if dialect.is_newest:
        project["labels"] = array(ref("Label"))
        project["tasks"] = either(array(ref("Task")), array(ID))
    project |= {
        "owner": ref("Person"),
        "assignee": ref("Person"),
        "bug_tracker": text(),
        "created_date": time(),
        "updated_date": time(),
        "status": ref("Status"),
    }
    if dialect.is_newest:
        project |= {
            "training_project": nullable(record(training)),
            "task_subsets": array(text()),
            "dimension": nullable(choice("2d")),
        }
    name = record({"id": ID, "name": text()}, about="A project as `names_only` asks for it.")
    return {
        "Project": record(project),
        "ProjectName": name,
        "ProjectOrName": either(ref("Project"), ref("ProjectName")),
        "ProjectPage": page_of("ProjectOrName"),
    }


def _annotations(dialect: Dialect) -> dict[str, Schema]:
    """Shapes and tags come from the very types the wire is read with."""
    _, found = msgspec.json.schema_components((Shape, Tag), ref_template="#/components/schemas/{name}")
    named = record({"id": ID}, {"client_id": text()})
    return {
        **{name: _plain(schema) for name, schema in found.items()},
        "Annotations": record(
            {
                "version": whole("The job's revision; of a task the sum."),
                "tags": array(ref("Tag")),
                "shapes": array(ref("Shape")),
                "tracks": array({"type": "object"}),
            }
        ),
        "Created": record(
            {
                "version": COUNT,
                "create": record({"tags": array(named), "shapes": array(named)}),
            },
            about="The ids of what a sync created, in the order sent.",
        ),
        "Saved": either(ref("Annotations"), ref("Created")),
    }


def _plain(schema: Schema) -> Schema:
    """A docstring of ours is for who reads the code."""
    return {key: value for key, value in schema.items() if key != "description"}


def _reviews(dialect: Dialect) -> dict[str, Schema]:
    comment = {
        "id": ID,
        "author": ref("Person"),
        "message": text(),
        "created_date": time(),
        "updated_date": time(),
        "issue": ID,
    }
    issue = {
        "id": ID,
        "owner": ref("Person"),
        "resolver": ref("Person"),
        "position": array(number(), least=1),
        "frame": COUNT,
        "created_date": time(),
        "resolved_date": nullable(time()),
        "job": ID,
        "review": nullable(ID),
    }
    review = {
        "id": ID,
        "assignee": ref("Person"),
        "reviewer": ref("Person"),
        "estimated_quality": number(),
        "status": choice(*VERDICTS),
        "job": ID,
    }
    return {
        "Comment": record(comment),
        "CommentList": array(ref("Comment")),
        "Issue": record(issue, about="An issue without its comments."),
        "WholeIssue": record({**issue, "comment_set": array(ref("Comment"))}),
        "IssueList": array(ref("WholeIssue")),
        "Review": record(review, about="A review without its issues."),
        "ReviewList": array(ref("Review")),
        "WholeReview": record({**review, "issue_set": array(ref("WholeIssue"))}),
    }


def _operations(_: Dialect) -> dict[str, Schema]:
    return {
        "Told": record({"message": text("What of the outcome people should know.")}),
        "Operation": record(
            {
                "id": text(),
                "kind": choice(*words(Kind)),
                "task_id": nullable(ID),
                "state": choice(*words(State)),
                "progress": number(least=0),
                "message": text(),
                "created_date": time(),
                "updated_date": time(),
            },
            about="Long work that a worker does. Not of API v1.",
        ),
        "OperationList": array(ref("Operation")),
    }


def _server(dialect: Dialect) -> dict[str, Schema]:
    file_format = {"name": text(), "ext": text(), "version": text(), "enabled": truth()}
    if dialect.is_newest:
        file_format["dimension"] = choice("2d", "3d")
    agreement = {
        "name": text(),
        "url": text(),
        "required": truth(),
        "value": truth(),
        "displayText": text(),
    }
    plugins = {"GIT_INTEGRATION": truth(), "ANALYTICS": truth(), "MODELS": truth()}
    return {
        "About": record({"name": text(most=128), "description": text(most=2048), "version": text(most=64)}),
        "Plugins": record(plugins | ({"PREDICT": truth()} if dialect.is_newest else {})),
        "Format": record(file_format),
        "Formats": record({"importers": array(ref("Format")), "exporters": array(ref("Format"))}),
        "ShareList": array(record({"name": text(), "type": choice("REG", "DIR")})),
        "AgreementList": array(record(agreement)),
        "SignedAddress": text("The address, absolute, with its signature."),
        "Detail": record({"detail": text()}),
    }
