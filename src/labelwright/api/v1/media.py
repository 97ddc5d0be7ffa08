"""A task's data: sent, and asked about (tasks-and-data contract, 2)."""

from collections.abc import Collection
from typing import Any

from litestar import get, post
from litestar.params import FromPath

from labelwright.api.requests import (
    ApiRequest,
    asked_language,
    body_type,
    deps_of,
    read_fields,
    run_in_thread,
    run_short,
    user_of,
)
from labelwright.api.uploads import Upload, receive_files
from labelwright.api.v1.described import described
from labelwright.api.v1.dialects import Dialect
from labelwright.api.v1.fields import MAX_INT, FieldErrors, Fields, read_whole
from labelwright.api.v1.wire import dialect_of
from labelwright.deps import Deps
from labelwright.domain.catalogue import check_path
from labelwright.domain.errors import Invalid, NotBuilt
from labelwright.domain.frames import parse_frame_filter
from labelwright.domain.operations import Operation
from labelwright.domain.sentences import Sentence, unpack
from labelwright.domain.tasks import MediaRequest
from labelwright.languages import Language, say
from labelwright.services import appending, media, origins, reloading
from labelwright.services.origins import Making, Tags

_STATES = {
    "queued": "Queued",
    "started": "Started",
    "finished": "Finished",
    "failed": "Failed",
    "cancelled": "Failed",
}
_CANCELLED = Sentence("the reading of the images was cancelled")
_PATH_LIMIT = 1024
#: Datasets, and folders of the platform, that one task may be made of.
_MOST_PLACES = 100
#: What later issues bring: field and what it stands for.
_NOT_BUILT = {
    "cloud_storage_id": Sentence("cloud storages"),
}


@post("/tasks/{task_id:int}/data", status_code=202, request_max_body_size=None)
@described(
    "tasks_data_create",
    query=("reload", "append"),
    body="DataRequest",
    answers={202: "DataAcceptedOrReload"},
    errors=(409, 501),
)
async def post_data(request: ApiRequest, task_id: FromPath[int]) -> dict[str, Any]:
    """Give the task its frames: uploads in `client_files[i]`, `server_files[i]` of the share, `remote_files[i]` fetched
    from where they lie, or `dataset_ids[i]`. `client_paths[i]` before a file is what its frame is called.

    202 with what was taken on, values as before processing; 400 by field; 403 and 404 as everywhere. With `reload` the
    frames are read anew from the dataset they are of: 202 with the operation; 409 for a task of none. With `append`
    images become frames after the last, in jobs of their own: 202 with the operation; 409 for a task that takes none.
    """
    deps, user = deps_of(request), user_of(request)
    if _asks_for(request, "reload"):
        operation = await run_in_thread(reloading.accept_reload, deps, user=user, task_id=task_id)
        return {"operation": operation.id}
    if _asks_for(request, "append"):
        return {"operation": await _append(request, task_id)}
    with await run_in_thread(media.begin_upload, deps, user=user, task_id=task_id) as upload:
        values = await _receive(request, upload, upload.names)
        sent = _read_sent(values)
        wanted = _read_media_request(deps, values, has_uploads=bool(upload.names or sent), is_added=False)
        taken = await run_in_thread(
            media.accept_media, deps, user=user, task_id=task_id, request=wanted, upload=upload, sent=sent
        )
        return _echo(taken, dialect_of(request))


async def _append(request: ApiRequest, task_id: int) -> str:
    """Take images on that are to be added to the task; return the operation that does it."""
    deps, user = deps_of(request), user_of(request)
    with await run_in_thread(appending.begin_append, deps, user=user, task_id=task_id) as upload:
        values = await _receive(request, upload, upload.names)
        sent = _read_sent(values)
        wanted = _read_media_request(deps, values, has_uploads=bool(upload.names or sent), is_added=True)
        operation = await run_in_thread(
            appending.accept_append,
            deps,
            user=user,
            task_id=task_id,
            request=wanted,
            upload=upload,
            sent=sent,
        )
        return operation.id


async def _receive(request: ApiRequest, upload: Upload, names: Collection[str]) -> dict[str, Any]:
    """Put the files of the body into `upload`, which notes their `names`; return the other fields."""
    if body_type(request) == "multipart/form-data":
        values = await receive_files(request, upload, {"client_files"}, paths="client_paths")
        _check_paths(values, names)
        return values
    return await read_fields(request)


def _check_paths(values: dict[str, Any], names: Collection[str]) -> None:
    """See that `client_paths` can be the names of frames, and that each came before its file. Raises FieldErrors."""
    fields = Fields(values)
    for path in fields.items("client_paths"):
        if not isinstance(path, str):
            fields.fail("client_paths", Sentence("Expected a list of paths."))
            continue
        try:
            check_path(path)
        except Invalid as error:
            fields.fail("client_paths", error.message)
        if path not in names:
            fields.fail("client_paths", Sentence("A path stands before the file it belongs to."))
    fields.finish()


def _asks_for(request: ApiRequest, name: str) -> bool:
    """Whether the query says `NAME=true`. Raises FieldErrors for what is no truth value."""
    fields = Fields(dict(request.query_params))
    wanted = fields.boolean(name)
    fields.finish()
    return wanted


def _read_media_request(
    deps: Deps, values: dict[str, Any], *, has_uploads: bool, is_added: bool
) -> MediaRequest:
    fields = Fields(values)
    for name, words in _NOT_BUILT.items():
        if values.get(name):
            raise NotBuilt("{name}: {words} are not built yet.", name=name, words=words)
    quality = fields.integer("image_quality", 70, required=not is_added, most=100)
    most = deps.limits.max_chunk_frames
    chunk_size = fields.integer("chunk_size", nullable=True, least=-(2**31), most=most)
    if chunk_size is not None and chunk_size < 1:
        fields.fail("chunk_size", Sentence("Chunk size must be a positive integer"))
    start = fields.integer("start_frame", 0) or 0
    stop = fields.integer("stop_frame", nullable=True)
    frame_filter = fields.text("frame_filter", limit=256)
    if frame_filter or "frame_filter" in fields:
        _check_frame_filter(fields, frame_filter)
    copy_data = fields.boolean("copy_data")
    use_zip_chunks, use_cache = fields.boolean("use_zip_chunks"), fields.boolean("use_cache")
    names, addresses = _read_names(fields, "server_files"), _read_names(fields, "remote_files")
    folders = _read_names(fields, "platform_files")
    dataset_ids = _read_dataset_ids(fields)
    fields.finish()
    if len(folders) + len(dataset_ids) > _MOST_PLACES:
        raise _wrong_as_a_whole(
            Sentence("a task is made of at most {most} datasets and folders", most=_MOST_PLACES)
        )
    if (folders or dataset_ids) and is_added:
        raise _wrong_as_a_whole(Sentence("dataset_ids and platform_files cannot be added to a task"))
    if (folders or dataset_ids) and (names or addresses or has_uploads):
        raise _wrong_as_a_whole(
            Sentence(
                "dataset_ids and platform_files do not go with client_files, server_files and remote_files"
            )
        )
    if stop is not None and stop < start:
        raise _wrong_as_a_whole(Sentence("Stop frame must be more or equal start frame"))
    return MediaRequest(
        image_quality=70 if quality is None else quality,
        chunk_size=chunk_size,
        start_frame=start,
        stop_frame=stop,
        frame_filter=frame_filter,
        copy_data=copy_data,
        server_files=names,
        remote_files=addresses,
        use_zip_chunks=use_zip_chunks,
        use_cache=use_cache,
        dataset_ids=dataset_ids,
        platform_files=folders,
    )


def _wrong_as_a_whole(sentence: Sentence) -> FieldErrors:
    return FieldErrors({"non_field_errors": [sentence]})


def _read_dataset_ids(fields: Fields) -> tuple[int, ...]:
    """Return the numbers in `dataset_ids`, as numbers or spelled."""
    numbers = [read_whole(value) for value in fields.items("dataset_ids")]
    if any(number is None or not 0 < number <= MAX_INT for number in numbers):
        fields.fail("dataset_ids", Sentence("Expected a list of numbers of datasets."))
    return tuple(number for number in numbers if number is not None)


def _read_sent(values: dict[str, Any]) -> tuple[str, ...]:
    """Return the ids in `uploads`, of files that were sent before."""
    fields = Fields(values)
    ids = fields.items("uploads")
    if not all(isinstance(each, str) for each in ids):
        fields.fail("uploads", Sentence("Expected a list of ids of sent files."))
    fields.finish()
    return tuple(ids)


def _check_frame_filter(fields: Fields, text: str) -> None:
    try:
        parse_frame_filter(text)
    except Invalid as error:
        fields.fail("frame_filter", error.message)


def _read_names(fields: Fields, name: str) -> tuple[str, ...]:
    names = fields.values.get(name, [])
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        fields.fail(name, Sentence("Expected a list of paths."))
        return ()
    if any(len(each) > _PATH_LIMIT for each in names):
        fields.fail(
            name, Sentence("Ensure this field has no more than {limit} characters.", limit=_PATH_LIMIT)
        )
    if any("\x00" in each for each in names):
        fields.fail(name, Sentence("Null characters are not allowed."))
    return tuple(names)


def _echo(wanted: MediaRequest, dialect: Dialect) -> dict[str, Any]:
    """Return the answer as recorded: values before processing, the switches always false (contract, 2)."""
    found = {
        "chunk_size": wanted.chunk_size,
        "size": 0,
        "image_quality": wanted.image_quality,
        "start_frame": wanted.start_frame,
        "stop_frame": wanted.stop_frame or 0,
        "frame_filter": wanted.frame_filter,
        "compressed_chunk_type": "imageset",
        "original_chunk_type": "imageset",
        "client_files": list(wanted.client_files),
        "server_files": list(wanted.server_files),
        "remote_files": list(wanted.remote_files),
    }
    if dialect.is_platform:
        found["platform_files"] = list(wanted.platform_files)
        found["dataset_ids"] = [str(number) for number in wanted.dataset_ids]
    found["use_zip_chunks"] = False
    if not dialect.is_oldest:
        found["use_cache"] = False
    if dialect.is_newest:
        found["copy_data"] = False
    return found


@get("/tasks/{task_id:int}/status")
@described("tasks_status", answers={200: "TaskStatus"})
async def read_status(request: ApiRequest, task_id: FromPath[int]) -> dict[str, Any]:
    """Say how far the making of the task's frames is, and whether its dataset changed. 200; 403, 404 as everywhere."""
    deps, user = deps_of(request), user_of(request)
    making = await run_short(request, origins.read_making, deps, user=user, task_id=task_id)
    state, message = _state_of(making)
    language, origin = asked_language(request), making.origin
    found: dict[str, Any] = {"state": state, "message": say(message, language)}
    is_own = dialect_of(request).is_own
    if is_own and state == "Finished":
        found["message"] = "\n".join(filter(None, (found["message"], *_notices(making, language))))
    if is_own and making.operation is not None and making.operation.state in ("failed", "cancelled"):
        found["failed"] = True
    if origin.dataset_id is None:
        return found
    tags: Tags = request.app.state.tags
    current = await run_in_thread(tags.current, deps, origin.dataset_id, known=origin.dataset_tag)
    has_changed = bool(current and origin.dataset_tag and current != origin.dataset_tag)
    if has_changed and current is not None:
        await run_in_thread(reloading.follow_dataset, deps, user=user, task_id=task_id, tag=current)
    if has_changed or is_own:
        found["dataset"] = {
            "id": origin.dataset_id,
            "tag": origin.dataset_tag,
            "current_tag": current,
            "changed": has_changed,
        }
    return found


def _state_of(making: Making) -> tuple[str, Sentence]:
    """Return state and message of the wire. Whatever was tried since, a task that has frames is finished."""
    operation = making.operation
    if operation is None:
        return "Finished", Sentence("")
    if operation.is_running:
        return _STATES[operation.state], operation.message
    if operation.state == "finished":
        return "Finished", _outcome(operation)
    message = _CANCELLED if operation.state == "cancelled" else operation.message
    if not making.origin.size:
        return "Failed", message
    return "Finished", _not_done(operation, message)


def _outcome(operation: Operation) -> Sentence:
    """Say what of a finished operation people should know: what could not be done, or went with its images."""
    result = operation.result or {}
    if "failure" in result:
        return _not_done(operation, unpack(result["failure"]))
    gone = result.get("gone", {})
    if not any(gone.values()):
        return Sentence("")
    return Sentence(
        "The images were read anew; with those that are gone went {objects} objects and {issues} issues.",
        objects=gone["tags"] + gone["shapes"],
        issues=gone["issues"],
    )


def _notices(making: Making, language: Language) -> list[str]:
    """Say what people should know of the files that frames were made of: what was left out, and what is damaged."""
    result = (making.operation.result if making.operation is not None else None) or {}
    notices = [unpack(notice) for notice in result.get("notices", ())]
    video = making.origin.video
    if video is not None and video.faults:
        notices.append(
            Sentence(
                "{name} is damaged in {count} places; frames there are shown as they can be decoded",
                name=video.name,
                count=video.faults,
            )
        )
    return [say(notice, language) for notice in notices]


def _not_done(operation: Operation, reason: Sentence) -> Sentence:
    if operation.request.get("reload"):
        return Sentence("The images were not read anew: {reason}", reason=reason)
    if operation.request.get("append"):
        return Sentence("The new images were not added: {reason}", reason=reason)
    return Sentence("The annotations of the dataset were not taken over: {reason}", reason=reason)


HANDLERS = (post_data, read_status)
