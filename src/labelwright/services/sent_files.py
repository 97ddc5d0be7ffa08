"""Files sent for a task before it is said what to make of them, each kept as far as it came: a lost connection, or a
server that was killed, costs what was not acknowledged."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.catalogue import check_path
from labelwright.domain.errors import Conflict, Invalid, NotFound
from labelwright.domain.sent_files import SentFile, sent_id, sent_prefix
from labelwright.domain.tasks import MediaRequest
from labelwright.domain.users import User
from labelwright.parts.sent_files import SentUpload
from labelwright.services import existing_task, is_media_running, now_utc, people_of_task, require
from labelwright.storage import Transaction
from labelwright.storage import frames as frames_storage
from labelwright.storage import sent_files as storage
from labelwright.storage import tasks as tasks_storage
from labelwright.storage.uploads import check_upload


def list_sent(deps: Deps, *, user: User, task_id: int) -> tuple[list[SentFile], MediaRequest | None]:
    """Return the files sent for the task by path, and what was asked to be made of files last.

    Raises:
        NotFound, Forbidden: as everywhere.
    """
    with deps.database.read() as tx:
        require(access.may_change_task(user, people_of_task(tx, deps, task_id)))
        return storage.list_sent(tx, task_id), frames_storage.read_media_request(tx, task_id)


def begin_files(deps: Deps, *, user: User, task_id: int) -> SentUpload:
    """Return where the files of one request go. Raises NotFound, Forbidden."""
    with deps.database.read() as tx:
        require(access.may_change_task(user, people_of_task(tx, deps, task_id)))
        files_before, bytes_before = storage.tally_sent(tx, task_id)
    return SentUpload(
        deps.blobs,
        prefix=sent_prefix(task_id),
        scratch=deps.scratch,
        limits=deps.limits,
        files_before=files_before,
        bytes_before=bytes_before,
    )


def keep_files(deps: Deps, *, user: User, task_id: int, upload: SentUpload) -> list[SentFile]:
    """Keep the files of the request that came whole, however it ended; return them. Raises NotFound, Forbidden."""
    # The last may be cut off: it has no size.
    whole = zip(upload.names, upload.keys, upload.sizes, strict=False)
    kept = [
        SentFile(id=sent_id(key), task_id=task_id, path=path, size_bytes=size, received_bytes=size)
        for path, key, size in whole
    ]
    with deps.database.write() as tx:
        _insert(tx, deps, user, task_id, kept)
    upload.accepted = True
    return kept


def begin_sent(deps: Deps, *, user: User, task_id: int, path: str, size_bytes: int) -> SentFile:
    """Make room for a file of `size_bytes` that comes in as many pieces as it needs.

    Raises:
        NotFound, Forbidden: as everywhere.
        Invalid: `path` can be no file's.
        TooLarge: it is too long, or the files of the task are too many.
    """
    with deps.database.write() as tx:
        require(access.may_change_task(user, people_of_task(tx, deps, task_id)))
        check_path(path)
        files, size = storage.tally_sent(tx, task_id)
        check_upload(deps.limits, files=files + 1, size_bytes=size + size_bytes)
        sent = SentFile(
            id=secrets.token_hex(8), task_id=task_id, path=path, size_bytes=size_bytes, received_bytes=0
        )
        _insert(tx, deps, user, task_id, [sent])
        deps.blobs.put(sent.key, b"")
    return sent


def _insert(tx: Transaction, deps: Deps, user: User, task_id: int, files: Sequence[SentFile]) -> None:
    tasks_storage.lock_task(tx, task_id)
    existing_task(tx, task_id)  # it may have been deleted meanwhile
    storage.insert_sent(tx, files, user_id=user.id, now_utc=now_utc(deps))


def read_sent(deps: Deps, *, user: User, task_id: int, sent_id: str) -> SentFile:
    """Return how far a file has come. Raises NotFound, Forbidden."""
    with deps.database.read() as tx:
        require(access.may_change_task(user, people_of_task(tx, deps, task_id)))
        return _existing(tx, task_id, sent_id)


def _existing(tx: Transaction, task_id: int, sent_id: str) -> SentFile:
    sent = storage.read_sent(tx, task_id, sent_id)
    if sent is None:
        raise NotFound("Not found.")
    return sent


def add_piece(deps: Deps, *, sent: SentFile, content: bytes) -> SentFile:
    """Put `content` behind what has come of `sent`; return how far it has come now: all that is on the disk.

    Raises:
        Invalid: it would be longer than was said.
        Conflict: another request came first.
        NotFound: the file was forgotten meanwhile.
    """
    end = sent.received_bytes + len(content)
    if end > sent.size_bytes:
        raise Invalid(
            "{path} was to have {size} bytes, and has {sent} already",
            path=sent.path,
            size=sent.size_bytes,
            sent=end,
        )
    with deps.blobs.alone(sent.key):
        # A request that hung may come to life when frames were made of the file long ago: it must not touch them.
        with deps.database.read() as tx:
            known = _existing(tx, sent.task_id, sent.id)
        if known.received_bytes != sent.received_bytes:
            raise _overtaken(sent)
        deps.blobs.write_at(sent.key, content, at=sent.received_bytes)
        with deps.database.write() as tx:
            if not storage.advance_sent(tx, sent, to=end, now_utc=now_utc(deps)):
                _existing(tx, sent.task_id, sent.id)
                raise _overtaken(sent)
    return msgspec.structs.replace(sent, received_bytes=end)


def _overtaken(sent: SentFile) -> Conflict:
    return Conflict("{path} is being sent by another request", path=sent.path)


def drop_sent(deps: Deps, *, user: User, task_id: int, sent_id: str) -> None:
    """Forget a file and its bytes. Raises NotFound, Forbidden; Conflict while frames are made of it."""
    with deps.database.write() as tx:
        tasks_storage.lock_task(tx, task_id)
        require(access.may_change_task(user, people_of_task(tx, deps, task_id)))
        sent = _existing(tx, task_id, sent_id)
        if is_media_running(tx, task_id):
            raise Conflict("the images of task {task} are still being read", task=task_id)
        storage.delete_sent(tx, [sent.id])
    deps.blobs.delete([sent.key])


def sweep(deps: Deps) -> None:
    """Forget the files of tasks for which nothing came for longer than the setting says."""
    before_utc = now_utc(deps, ago=timedelta(days=deps.limits.upload_days))
    with deps.database.read() as tx:
        stale = storage.find_stale(tx, before_utc)
    for task_id in stale:
        with deps.database.write() as tx:
            tasks_storage.lock_task(tx, task_id)
            files = [] if is_media_running(tx, task_id) else storage.list_sent(tx, task_id)
            storage.delete_sent(tx, [sent.id for sent in files])
        deps.blobs.delete([sent.key for sent in files])
