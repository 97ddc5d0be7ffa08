"""`labelwright up` and `labelwright serve`: from settings to a server that answers."""

import os
import shlex
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from labelwright import compose
from labelwright.app import make_app
from labelwright.cli import browser, server
from labelwright.cli.words import in_words, say
from labelwright.domain.errors import Conflict, Invalid
from labelwright.domain.sentences import unpack
from labelwright.operations import Queue
from labelwright.operations.supervisor import Supervisor
from labelwright.services import accounts
from labelwright.settings import PREFIX, Settings, environment_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labelwright.deps import Deps
    from labelwright.domain.tasks import Task
    from labelwright.domain.users import User

#: Seconds the workers have to end; less than the server gives itself.
_STOP_S = 4.0
#: Seconds between two looks at whether the files of the task are read.
_WATCH_S = 0.5


@dataclass(frozen=True, kw_only=True)
class _Wish:
    """What `up` was asked besides settings. `path`, of a folder or file, as it was typed."""

    path: str | None
    add_new: bool
    with_browser: bool


def up(settings: Settings, *, path: str | None, add_new: bool, with_browser: bool) -> int:
    """Serve the API with workers beside it until told to end; print an address that signs the person in."""
    if path is not None and not Path(path).exists():
        raise Invalid(say("nothing there", path=path))
    try:
        lock = server.lock_folder(settings.data)
    except server.Running as running:
        raise _told_where(settings, running) from None
    listener = server.listen(settings.host, settings.port)
    address = server.address_of(listener)
    _warn_of_network(settings.host)
    deps = compose.open_deps(settings)
    admin = accounts.ensure_admin(deps, password=settings.admin_password)
    supervisor = Supervisor(settings.workers, environment=_environment_of_workers(settings))
    wish = _Wish(path=path, add_new=add_new, with_browser=with_browser)

    def started() -> None:
        task = _open_task(deps, admin, wish)
        link = _link(deps, address, task)
        lock.tell(address)
        print(f"\n{say('address')}\n\n    {link}\n\n{say('stop with', data=settings.data)}\n", flush=True)
        if wish.with_browser:
            browser.open_page(link)
        supervisor.start()
        _warm(deps)
        if task is not None:
            _watch(deps, admin, task)

    try:
        server.Server(make_app(deps), started=started, stopping=lambda: supervisor.stop(_STOP_S)).serve_on(
            listener
        )
    finally:
        compose.close_deps(deps)
    return 0


def serve(settings: Settings) -> int:
    """Serve the API alone until told to end: workers run elsewhere, and so may other servers."""
    listener = server.listen(settings.host, settings.port)
    _warn_of_network(settings.host)
    deps = compose.open_deps(settings)
    accounts.ensure_admin(deps, password=settings.admin_password)

    def started() -> None:
        print(say("serving", address=server.address_of(listener)), flush=True)
        _warm(deps)

    try:
        server.Server(make_app(deps), started=started).serve_on(listener)
    finally:
        compose.close_deps(deps)
    return 0


def _told_where(settings: Settings, running: server.Running) -> Conflict:
    """Return the error that says who has the data folder, with a way in when that server answers already."""
    if not running.address:
        return running
    deps = compose.open_deps(settings)
    link = _link(deps, running.address, None)
    return Conflict(say("running at", data=settings.data, pid=running.pid, address=link))


def _link(deps: "Deps", address: str, task: "Task | None") -> str:
    """Return an address below `address` that signs the administrator in once, and goes to `task` if there is one.

    `work` opens its job as soon as it has one: whoever starts on a folder wants to draw.
    """
    token = accounts.make_sign_in_link(deps, username=accounts.ADMIN)
    page = "" if task is None else f"&next=/tasks/{task.id}?work=1"
    return f"{address}/sign-in?token={token}{page}"


def _warn_of_network(host: str) -> None:
    if not server.is_loopback(host):
        print(f"labelwright: {say('open to network', host=host)}", file=sys.stderr, flush=True)


def _environment_of_workers(settings: Settings) -> dict[str, str]:
    """Return what workers are started with: the same settings, but the password they have no use for."""
    environment = {**os.environ, **environment_of(settings)}
    environment.pop(f"{PREFIX}ADMIN_PASSWORD", None)
    return environment


def _warm(deps: "Deps") -> None:
    """Get ready for the first operation now that the server answers."""
    assert isinstance(deps.operations, Queue), "compose gives one"
    deps.operations.warm()


def _open_task(deps: "Deps", admin: "User", wish: _Wish) -> "Task | None":
    """Return the task the address is to show: that of the folder or file, or the sample; None when there is neither."""
    if wish.path is not None:
        return _open_path(deps, admin, wish.path, add_new=wish.add_new)
    from labelwright.services import samples  # at most needed once in a data folder's life

    if not samples.is_wanted(deps):
        return None
    photographs = samples.find_photographs()
    if not photographs:
        print(say("no sample"), flush=True)
        return None
    task = samples.make_sample(deps, user=admin, photographs=photographs)
    print(say("task", id=task.id, name=task.name, count=len(photographs)), flush=True)
    return task


def _open_path(deps: "Deps", admin: "User", path: str, *, add_new: bool) -> "Task":
    """Make or find the task of the folder or file, tell what it is of, and add or offer what came since."""
    from labelwright.services import appending, folders

    opened = folders.open_folder(deps, user=admin, path=Path(path))
    task, fresh = opened.task, opened.fresh
    told: dict[str, object] = {"id": task.id, "name": task.name, "count": opened.count}
    if fresh and add_new:
        appending.append_folder_images(deps, user=admin, task=task, names=fresh)
        told["count"] = opened.count + len(fresh)
        print(say("task with new", **told, new=len(fresh)), flush=True)
    elif opened.single:
        print(
            say("task of frames" if opened.count else "task of file", **told, file=opened.single), flush=True
        )
    else:
        print(say("task", **told), flush=True)
    if fresh and not add_new:
        command = f"labelwright up {shlex.quote(path)} --add-new"
        print(say("new images", new=len(fresh), folder=path, command=command), flush=True)
    if opened.left_out:
        _tell_left_out(path, opened.left_out)
    return task


def _tell_left_out(path: str, names: "Sequence[str]") -> None:
    from labelwright.parts.frames import some_of

    command = f"labelwright up {shlex.quote(str(Path(path) / names[0]))}"
    print(say("left out", names=some_of(names), command=command), flush=True)


def _watch(deps: "Deps", admin: "User", task: "Task") -> None:
    """Wait until the task's files are read, and say so when they cannot be, or what of them is no frame."""
    from labelwright.services import origins

    was_running = False
    while True:
        operation = origins.read_making(deps, user=admin, task_id=task.id).operation
        if operation is None or not operation.is_running:
            break
        was_running = True
        time.sleep(_WATCH_S)
    if operation is not None and operation.state == "failed":
        sentence = say("task failed", id=task.id, reason=in_words(operation.message))
        print(f"labelwright: {sentence}", file=sys.stderr, flush=True)
    elif operation is not None and was_running:
        for notice in (operation.result or {}).get("notices", ()):
            print(in_words(unpack(notice)), flush=True)
