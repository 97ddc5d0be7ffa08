"""What is answered about a task's data: what was taken on, how far it is, its frames, the files that were sent."""

from labelwright.api.v1.dialects import Dialect
from labelwright.api.v1.openapi.schemas import (
    COUNT,
    ID,
    Schema,
    array,
    choice,
    either,
    nullable,
    record,
    ref,
    text,
    truth,
    whole,
)

_BYTES = whole(most=2**53)
_FRAMES = array(COUNT, "Numbers of frames, ascending.")
#: Which frames were asked for.
_CHOSEN = {"start_frame": COUNT, "stop_frame": COUNT, "frame_filter": text()}
_ASKED = {
    "image_quality": COUNT,
    "chunk_size": nullable(COUNT),
    **_CHOSEN,
    "stop_frame": nullable(COUNT),
    "client_files": array(text()),
    "server_files": array(text()),
    "remote_files": array(text()),
    "use_zip_chunks": truth(),
    "use_cache": truth(),
    "copy_data": truth(),
}


def media_objects(dialect: Dialect) -> dict[str, Schema]:
    """Return the schemas of answers about a task's data, by name."""
    return {**_taken_on(dialect), **_status(dialect), **_frames(), **_sent()}


def _taken_on(dialect: Dialect) -> dict[str, Schema]:
    accepted = {
        "chunk_size": nullable(COUNT),
        "size": COUNT,
        "image_quality": COUNT,
        **_CHOSEN,
        "compressed_chunk_type": choice("imageset", "video"),
        "original_chunk_type": choice("imageset", "video"),
        "client_files": array(text()),
        "server_files": array(text()),
        "remote_files": array(text()),
        "use_zip_chunks": truth(),
    }
    if dialect.is_platform:
        accepted |= {"platform_files": array(text()), "dataset_ids": array(text())}
    if not dialect.is_oldest:
        accepted["use_cache"] = truth()
    if dialect.is_newest:
        accepted["copy_data"] = truth()
    return {
        "DataAcceptedOrReload": either(
            ref("DataAccepted"), record({"operation": text("Of the reading anew, or the adding.")})
        ),
        "DataAccepted": record(accepted, about="What was taken on, with the values before it is processed."),
    }


def _status(dialect: Dialect) -> dict[str, Schema]:
    failed = (
        {"failed": truth("What was tried last failed; the task may have frames.")} if dialect.is_own else {}
    )
    return {
        "TaskStatus": record(
            {"state": choice("Queued", "Started", "Finished", "Failed"), "message": text()},
            {
                "dataset": ref("DatasetState"),
                **failed,
            },
        ),
        "DatasetState": record(
            {
                "id": ID,
                "tag": text("The revision the frames were read at."),
                "current_tag": nullable(text("The newest; null when nobody can tell now.")),
                "changed": truth(),
            },
            about="The dataset that the frames are of, told when it has changed since they were read.",
        ),
    }


def _frames() -> dict[str, Schema]:
    frame = record(
        {"width": COUNT, "height": COUNT, "name": text()},
        {
            "compressed_width": COUNT,
            "compressed_height": COUNT,
            "has_related_context": truth(),
            "related_images": array(text(), "Names, by their position."),
        },
    )
    return {
        "DataMeta": record(
            {
                "chunk_size": nullable(COUNT),
                "size": COUNT,
                "image_quality": COUNT,
                **_CHOSEN,
                "frames": array(frame),
            },
            {"deleted_frames": _FRAMES},
        ),
        "DeletedFrames": record({"deleted_frames": _FRAMES}),
    }


def _sent() -> dict[str, Schema]:
    sent = {"id": text(), "path": text(), "size": _BYTES, "received": _BYTES}
    return {
        "SentFile": record(sent, about="A file sent for a task; whole when all its bytes were received."),
        "SentFileList": array(ref("SentFile")),
        "SentFiles": record(
            {"uploads": array(ref("SentFile")), "request": nullable(record(_ASKED))},
            about="By path; `request` is what was asked to be made of files last.",
        ),
    }
