"""What the server takes: the bodies of v1, with the limits the wire readers set.

Here stands one spelling of each value. The readers take others too: numbers and truth values as text, a person by
name, and whole bodies as forms, whose lists are indexed names (`labels[0]name`).
"""

from labelwright.api.v1.openapi.objects import words
from labelwright.api.v1.openapi.schemas import (
    COUNT,
    ID,
    Schema,
    array,
    bytes_of,
    choice,
    either,
    nullable,
    number,
    record,
    ref,
    text,
    truth,
    whole,
)
from labelwright.api.v1.wire import ADDRESS_LIMIT
from labelwright.domain.catalogue import ANNOTATION_TYPES
from labelwright.domain.labels import InputType
from labelwright.domain.reviews import VERDICTS
from labelwright.domain.users import ROLES

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
#: Fields without lists in them: as JSON, or as a form of either kind.
_ANY = (JSON, FORM, MULTIPART)
_PASSWORD = text(least=1, most=128)
_NAME = text(least=1, most=256)
_PATHS = array(text(most=1024))


def bodies() -> dict[str, dict[str, Schema]]:
    """Return the schema of each body by media type, the usual one first, by the name the routes give it."""
    flat = {**_auth(), **_changes()}
    annotations = ref("AnnotationsRequest")
    file = record(
        {}, {"annotation_file": bytes_of()}, about="The first call brings the file, later ones ask."
    )
    return {
        **{name: dict.fromkeys(_ANY, ref(name)) for name in flat},
        **{name: {JSON: ref(name)} for name in _nested()},
        "SavedRequest": {JSON: either(annotations, ref("SyncRequest"))},
        "AnnotationsOrFile": {JSON: annotations, MULTIPART: file},
        "RepositoryRequest": dict.fromkeys(_ANY, ref("RepositoryRequest")),
        "EventList": {JSON: ref("EventList")},
        "Exception": dict.fromkeys(_ANY, ref("Exception")),
        "DataRequest": {MULTIPART: ref("UploadRequest"), JSON: ref("DataRequest")},
        "SentFilesRequest": {MULTIPART: ref("SentFilesRequest")},
        "Piece": {"application/offset+octet-stream": bytes_of()},
        "DeletedFramesRequest": {JSON: ref("DeletedFramesRequest")},
    }


def requests() -> dict[str, Schema]:
    """Return the schemas of bodies, by name."""
    return {**_auth(), **_changes(), **_nested(), **_parts(), **_media()}


def _auth() -> dict[str, Schema]:
    return {
        "LoginRequest": record({"username": text(least=1, most=150), "password": _PASSWORD}),
        "PasswordChange": record(
            {"old_password": _PASSWORD, "new_password1": _PASSWORD, "new_password2": _PASSWORD}
        ),
        "ResetRequest": record({"email": text(least=1, most=254)}),
        "ResetConfirmation": record(
            {
                "uid": text(least=1, most=256),
                "token": text(least=1, most=256),
                "new_password1": _PASSWORD,
                "new_password2": _PASSWORD,
            }
        ),
        "SigningRequest": record({"url": text("A path of this server, or an address.", least=1)}),
    }


def _changes() -> dict[str, Schema]:
    job = {
        "assignee_id": ref("PersonRequest"),
        "reviewer_id": ref("PersonRequest"),
        "status": ref("Status"),
    }
    return {
        "JobChange": record({}, job),
        "IssueChange": record({}, {"resolver_id": nullable(ID)}),
        "CommentRequest": record({"issue": ID, "message": text(least=1)}),
        "CommentChange": record({}, {"message": text(least=1)}),
    }


def _nested() -> dict[str, Schema]:
    return {**_people(), **_work(), **_drawn()}


def _people() -> dict[str, Schema]:
    confirmation = record({"name": text(most=256)}, {"value": truth()})
    user = {
        "username": text(least=1, most=150, pattern=r"^[\w.@+-]+$"),
        "first_name": text(most=150),
        "last_name": text(most=150),
        "email": text(most=254),
        "groups": array(choice(*ROLES)),
        "is_staff": truth(),
        "is_superuser": truth(),
        "is_active": truth(),
    }
    account = {"username": user["username"], "password1": _PASSWORD, "password2": _PASSWORD}
    return {
        "RegisterRequest": record(
            account,
            {
                "email": text(least=1, most=254),
                "first_name": user["first_name"],
                "last_name": user["last_name"],
                "confirmations": array(confirmation),
            },
        ),
        "UserChange": record({}, user, about="Who is no staff changes the three names alone."),
    }


def _work() -> dict[str, Schema]:
    people = {"owner_id": ref("PersonRequest"), "assignee_id": ref("PersonRequest")}
    labels = {"labels": array(ref("LabelRequest"))}
    new_labels = {"labels": array(ref("NewLabelRequest"))}
    tracker = {"bug_tracker": text(most=ADDRESS_LIMIT)}
    shared = {
        **people,
        **tracker,
        "subset": text(most=64),
        "annotation_type": choice("", *ANNOTATION_TYPES),
    }
    task = {**labels, **shared, "project_id": nullable(ID)}
    training = {
        "host": text(most=256),
        "username": text(most=256),
        "password": text("Not kept."),
        "enabled": truth(),
        "project_class": nullable(choice("OD")),
    }
    sizes = {"overlap": nullable(COUNT), "segment_size": COUNT}
    return {
        "TaskRequest": either(
            ref("TaskOfItsOwn"), ref("TaskInProject"), about="Labels, or the project they come from."
        ),
        "TaskOfItsOwn": record(
            {"name": _NAME, "labels": array(ref("NewLabelRequest"), least=1)}, {**shared, **sizes}
        ),
        "TaskInProject": record({"name": _NAME, "project_id": ID}, {**shared, **sizes}),
        "TaskChange": record({}, {"name": _NAME, **task}),
        "TaskReplacement": record({"name": _NAME}, task),
        "ProjectRequest": record(
            {"name": _NAME},
            {**new_labels, **people, **tracker, "training_project": nullable(record({}, training))},
        ),
        "ProjectChange": record({}, {"name": _NAME, **labels, **people, **tracker}),
    }


def _drawn() -> dict[str, Schema]:
    return {
        "ReviewRequest": _review(),
        "AnnotationsRequest": record(
            {
                "version": whole(most=2**53),
                "tags": array(ref("Tag")),
                "shapes": array(ref("Shape")),
                "tracks": _no_tracks(),
            }
        ),
        "SyncRequest": _sync(),
    }


def _no_tracks() -> Schema:
    return array({"type": "object"}, "Tracks are not built yet.", most=0)


def _sync() -> Schema:
    part = record({}, {"tags": array(ref("Tag")), "shapes": array(ref("Shape")), "tracks": _no_tracks()})
    ids = array(whole(most=2**53))
    return record(
        {"version": whole(most=2**53)},
        {"create": part, "update": part, "delete": record({}, {"tags": ids, "shapes": ids})},
        about="With `action=sync`, which is not of API v1: all three at once, as one revision.",
    )


def _review() -> Schema:
    issue = record(
        {
            "frame": COUNT,
            "position": array(
                number(), "A rectangle's left, top, right, bottom; or x, y of more points.", least=1
            ),
            "comment_set": array(record({"message": text(least=1)})),
        }
    )
    return record(
        {
            "job": ID,
            "status": choice(*VERDICTS),
            "estimated_quality": number(),
            "issue_set": array(issue),
        },
        {"reviewer_id": ref("PersonRequest")},
    )


def _parts() -> dict[str, Schema]:
    attribute = {
        "default_value": text(most=128),
        "values": array(text(), "Choices; `min, max, step` of a number."),
    }
    kind = {"mutable": truth(), "input_type": choice(*words(InputType))}
    name = {"name": text(least=1, most=64)}
    color = {"color": text("Empty: one is found.", pattern="^(#[0-9a-fA-F]{6})?$")}
    attributes = {"attributes": array(ref("AttributeRequest"))}
    new_attributes = {"attributes": array(ref("NewAttributeRequest"))}
    return {
        "PersonRequest": {**nullable(ID), "description": "The id of a user, null for nobody."},
        "NewAttributeRequest": record({**name, **kind}, attribute),
        "ChangedAttributeRequest": record({"id": ID, **kind}, {**name, **attribute}),
        "AttributeRequest": either(ref("NewAttributeRequest"), ref("ChangedAttributeRequest")),
        "NewLabelRequest": record(name, {**color, **new_attributes}),
        "ChangedLabelRequest": record({"id": ID}, {**name, **color, **attributes, "deleted": truth()}),
        "LabelRequest": either(ref("NewLabelRequest"), ref("ChangedLabelRequest")),
    }


def _media() -> dict[str, Schema]:
    wanted = {
        "chunk_size": nullable(whole(least=1)),
        "start_frame": COUNT,
        "stop_frame": nullable(COUNT),
        "frame_filter": text("`step=N` takes every Nth frame.", most=256),
        "copy_data": truth(),
        "use_zip_chunks": truth(),
        "use_cache": truth(),
        "uploads": array(text(), "Ids of files sent before, which then need not be sent."),
        "server_files": _PATHS,
        "remote_files": array(text(most=1024), "Addresses the server fetches files from."),
        "dataset_ids": array(ID),
        "platform_files": _PATHS,
    }
    quality = {"image_quality": whole(most=100)}
    return {
        "DataRequest": record(quality, wanted),
        "DeletedFramesRequest": record(
            {}, {name: array(COUNT) for name in ("deleted_frames", "delete", "restore")}
        ),
        "SentFilesRequest": record(
            {},
            {"paths": _PATHS, "files": array(bytes_of())},
            about="`paths[i]` stands before `files[i]`; without it the file has its name, without folders.",
        ),
        "UploadRequest": record(
            quality,
            {"client_paths": _PATHS, "client_files": array(bytes_of()), **wanted},
            about="`client_paths[i]` stands before `client_files[i]`, which without it has its name, without folders.",
        ),
    }
