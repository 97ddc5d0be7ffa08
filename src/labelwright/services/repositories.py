"""Git repositories of tasks: connected, looked at, pushed to (rest-api contract, 14).

Whoever may see a task may push it, as in v1: a push writes what the task is to the branch of that task alone.
Connecting is for those who may make tasks and change this one: in v1 the role alone was enough, for anybody's task.
"""

import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.errors import Conflict, Invalid, Unreachable
from labelwright.domain.operations import Operation
from labelwright.domain.repositories import (
    Connection,
    NewCommit,
    Repository,
    Standing,
    author_name,
    branch_of,
    check_file,
    default_file,
    read_address,
    read_location,
    write_message,
)
from labelwright.domain.sentences import Sentence
from labelwright.domain.tasks import Task, TaskFilter
from labelwright.domain.users import User
from labelwright.ports import Git, Progress
from labelwright.services import (
    call_off,
    existing_task,
    finish_operation,
    hand_over,
    new_operation,
    now_utc,
    people_of_task,
    require,
)
from labelwright.storage import Transaction
from labelwright.storage import operations as operations_storage
from labelwright.storage import repositories as storage
from labelwright.storage import tasks as tasks_storage
from labelwright.storage import users as users_storage

#: What v1 pushes of a task of images, and of video.
_FORMATS = {"annotation": "CVAT for images 1.1", "interpolation": "CVAT for video 1.1"}
_CONNECT, _PUSH = "git.create.{}", "git.push.{}"
_KEY = re.compile(r"git\.(create|push)\.[0-9]{1,10}")
_COPY_BYTES = 1 << 20


class Seen(Struct, frozen=True):
    """The repository of a task as people see it. `problem` says why its present state could not be found out."""

    repository: Repository
    standing: Standing
    problem: Sentence | None


def may_connect(deps: Deps, *, user: User, task_id: int) -> None:
    """Raise Forbidden or NotFound unless the user may connect a repository: asked before a body is read."""
    require(access.may_create_task(user))
    with deps.database.read() as tx:
        require(access.may_change_task(user, people_of_task(tx, deps, task_id)))


def connect(deps: Deps, *, user: User, task_id: int, location: str, lfs: bool, format_name: str) -> str:
    """Ask for `location`, `URL [path/in/repo.zip]`, to be the task's repository; return what to ask about it by.

    It becomes so, instead of the one there is, once a worker has reached it. `format_name` "" is v1's format.

    Raises:
        NotFound, Forbidden: as everywhere.
        Invalid: the address, path or format will not do here.
    """
    may_connect(deps, user=user, task_id=task_id)
    url, path = read_location(location)
    _git(deps).check(read_address(url))
    if format_name and not deps.formats.exporter(format_name).enabled:
        raise Invalid("{format} cannot be used on this server", format=format_name)
    with deps.database.write() as tx:
        tasks_storage.lock_task(tx, task_id)
        require(access.may_change_task(user, people_of_task(tx, deps, task_id)))
        path = check_file(path or default_file(existing_task(tx, task_id).name))
        wanted = Connection(url=url, path=path, lfs=lfs, format=format_name)
        replaced = _end_running(tx, deps, _CONNECT.format(task_id))
        started = new_operation(
            deps,
            kind="connect",
            key=_CONNECT.format(task_id),
            task_id=task_id,
            user_id=user.id,
            request=msgspec.to_builtins(wanted),
        )
        operations_storage.insert_operation(tx, started)
    if replaced is not None:
        call_off(deps, replaced.id)
    hand_over(deps, started)
    return started.key


def _end_running(tx: Transaction, deps: Deps, key: str) -> Operation | None:
    """Cancel the operation of that key which still runs: somebody asks for another in its place."""
    known = operations_storage.newest_operation(tx, key)
    if known is None or not known.is_running:
        return None
    operations_storage.cancel(tx, known.id, now_utc=now_utc(deps))
    return known


def push(deps: Deps, *, user: User, task_id: int, server_url: str, task_url: str) -> str:
    """Ask for the task's annotations to be pushed; return what to ask about it by. While one runs, it is that one.

    `server_url` and `task_url` are what addresses in the file and in the commit begin with.

    Raises:
        NotFound, Forbidden: as everywhere.
        Invalid: the task has no repository, or no frames.
    """
    key = _PUSH.format(task_id)
    with deps.database.write() as tx:
        tasks_storage.lock_task(tx, task_id)
        require(access.may_access_task(user, people_of_task(tx, deps, task_id)))
        task, repository = existing_task(tx, task_id), _existing(tx, task_id)
        _git(deps).check(read_address(repository.url))
        if task.media is None or not task.media.size:
            raise Invalid("task {task} has no frames yet: there is nothing to push", task=task_id)
        known = operations_storage.newest_operation(tx, key)
        if known is not None and known.is_running:
            return key
        request = {
            "task_id": task_id,
            "content": "annotations",
            "format": _format(deps, task, repository),
            "server_url": server_url,
            "task_url": task_url,
        }
        started = new_operation(deps, kind="push", key=key, task_id=task_id, user_id=user.id, request=request)
        operations_storage.insert_operation(tx, started)
    hand_over(deps, started)
    return key


def _format(deps: Deps, task: Task, repository: Repository) -> str:
    """Return the exporter to push with: the one chosen, else v1's for the task's mode if it is there."""
    names = {each.display_name for each in deps.formats.exporters if each.enabled}
    wanted = repository.format or _FORMATS.get(task.mode, _FORMATS["annotation"])
    return wanted if repository.format or wanted in names else _FORMATS["annotation"]


def look(deps: Deps, *, user: User, task_id: int) -> Seen | None:
    """Return the task's repository, None when it has none. The repository itself is asked when it could tell news.

    Raises NotFound, Forbidden.
    """
    with deps.database.read() as tx:
        require(access.may_access_task(user, people_of_task(tx, deps, task_id)))
        repository = storage.read_repository(tx, task_id)
        revisions = storage.read_revisions(tx, TaskFilter(id=task_id)).get(task_id, {})
        known = operations_storage.newest_operation(tx, _PUSH.format(task_id))
    if repository is None:
        return None
    is_pushing = known is not None and known.is_running
    standing = repository.standing(revisions, is_pushing=is_pushing)
    commit = repository.pushed_commit
    if is_pushing or commit is None or not repository.is_pushed(revisions) or standing == "merged":
        return Seen(repository, standing, None)
    try:
        found = _git(deps).look(
            read_address(repository.url),
            branch=repository.branch,
            commit=commit,
            seen_tip=repository.seen_tip,
        )
    except (Invalid, Unreachable) as error:
        return Seen(repository, standing, error.message)
    if (found.remote, found.tip) != (repository.remote, repository.seen_tip):
        with deps.database.write() as tx:
            storage.note_look(tx, repository, found)
    return Seen(repository, found.remote, None)


def list_standings(deps: Deps, *, user: User) -> dict[int, Standing]:
    """Return how the repository of each task the user sees was found last, by task. No repository is asked."""
    wanted = TaskFilter()
    if not access.sees_everything(user):
        wanted = TaskFilter(visible_to=user.id, unassigned_visible=not deps.reduce_task_visibility)
    with deps.database.read() as tx:
        found = storage.list_repositories(tx, wanted)
        revisions = storage.read_revisions(tx, wanted)
        pushing = {each.task_id for each in operations_storage.list_unfinished(tx) if each.kind == "push"}
    return {
        each.task_id: each.standing(revisions.get(each.task_id, {}), is_pushing=each.task_id in pushing)
        for each in found
    }


def find_operation(deps: Deps, *, user: User, key: str) -> Operation | None:
    """Return the operation that `connect` or `push` gave this key for; None where the user may not see its task."""
    if not _KEY.fullmatch(key):
        return None
    with deps.database.read() as tx:
        known = operations_storage.newest_operation(tx, key)
        if known is None or known.task_id is None:
            return None
        return known if access.may_access_task(user, people_of_task(tx, deps, known.task_id)) else None


def run_connect(deps: Deps, operation: Operation, progress: Progress) -> dict[str, Any]:
    """Reach the repository, then make it the task's: the work of a `connect`. Safe to repeat."""
    wanted = msgspec.convert(operation.request, Connection)
    assert operation.task_id is not None
    _git(deps).reach(read_address(wanted.url), progress)
    with deps.database.write() as tx:
        tasks_storage.lock_task(tx, operation.task_id)
        task = existing_task(tx, operation.task_id)
        fields = msgspec.structs.asdict(wanted)
        storage.write_repository(
            tx, Repository(task_id=task.id, branch=branch_of(task.id, task.name), **fields)
        )
        finish_operation(tx, deps, operation, {})
    return {}


def run_push(deps: Deps, operation: Operation, progress: Progress) -> dict[str, Any]:
    """Push the export that the step before has left: the end of a `push`. Safe to repeat: it makes the same commit.

    Raises:
        Unreachable: the repository cannot be used.
        Conflict: the task got another repository meanwhile.
    """
    assert operation.task_id is not None
    assert operation.result is not None, "the export was written"
    revisions = {int(job_id): revision for job_id, revision in operation.result["revisions"].items()}
    with deps.database.read() as tx:
        repository = _existing(tx, operation.task_id)
        commit = _new_commit(tx, operation, repository, revisions)
    with _exported_file(deps, operation.result["blob"], repository, operation) as file:
        made = _git(deps).push(read_address(repository.url), commit, file, progress)
    pushed = msgspec.structs.replace(
        repository,
        pushed_commit=made.commit,
        pushed_utc=operation.created_utc,
        pushed_revisions=revisions,
        remote="sync",
        seen_tip=made.tip,
    )
    with deps.database.write() as tx:
        if not storage.note_push(tx, pushed):
            raise Conflict("the task got another repository while it was pushed; push it again")
        finish_operation(tx, deps, operation, {"commit": made.commit})
    return {"commit": made.commit}


def _new_commit(
    tx: Transaction, operation: Operation, repository: Repository, revisions: dict[int, int]
) -> NewCommit:
    task = existing_task(tx, repository.task_id)
    user = None if operation.user_id is None else users_storage.read_user(tx, operation.user_id)
    name = author_name("" if user is None else user.username)
    message = write_message(
        author=name,
        task_name=task.name,
        address=operation.request["task_url"],
        bug_tracker=task.bug_tracker,
        work=storage.read_work(tx, repository, revisions),
    )
    return NewCommit(
        branch=repository.branch,
        path=repository.path,
        lfs=repository.lfs,
        message=message,
        author_name=name,
        author_email=("" if user is None else user.email) or "labelwright@localhost",
        at_utc=operation.created_utc,
    )


@contextmanager
def _exported_file(deps: Deps, blob: str, repository: Repository, operation: Operation) -> Iterator[Path]:
    """The export as it is pushed, a file for a while: the archive itself, or the one file in it of that kind.

    Raises Invalid when there is no such file, or more than one.
    """
    suffix = Path(repository.path).suffix.lower()
    with ExitStack() as stack:
        archive = deps.blobs.local_path(blob) or stack.enter_context(_temporary(deps, deps.blobs.get(blob)))
        if suffix == ".zip":
            yield archive
            return
        with zipfile.ZipFile(archive) as opened:
            fitting = [name for name in opened.namelist() if name.lower().endswith(suffix)]
            if len(fitting) != 1:
                raise Invalid(
                    "{format} makes {count} {suffix} files, not one: push it as .zip",
                    format=operation.request["format"],
                    count=len(fitting),
                    suffix=suffix,
                )
            file = stack.enter_context(_temporary(deps, b""))
            with opened.open(fitting[0]) as source, file.open("wb") as target:
                shutil.copyfileobj(source, target, _COPY_BYTES)
        yield file


@contextmanager
def _temporary(deps: Deps, content: bytes) -> Iterator[Path]:
    """A file with the content, for a while: a plain one in the scratch folder, where what is left behind is dropped."""
    with tempfile.NamedTemporaryFile(dir=deps.scratch, prefix="push-") as file:
        file.write(content)
        file.flush()
        yield Path(file.name)


def _existing(tx: Transaction, task_id: int) -> Repository:
    found = storage.read_repository(tx, task_id)
    if found is None:
        raise Invalid("task {task} has no repository", task=task_id)
    return found


def _git(deps: Deps) -> Git:
    if deps.git is None:
        raise Invalid("git is not installed on this server")
    return deps.git
