"""A whole Labelwright for tests: the app over HTTP on a free port, a data folder of its own, a real worker process.

`conftest.py` of a folder of tests imports the fixtures it wants from here.
"""

import io
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest
import uvicorn
from conforming import check_answer
from PIL import Image
from sqlalchemy import text

from labelwright.app import make_app
from labelwright.compose import close_deps, open_deps
from labelwright.deps import Deps
from labelwright.operations.supervisor import Supervisor
from labelwright.services import accounts
from labelwright.settings import Settings, environment_of

PASSWORD = "a long enough pass phrase"
#: Seconds to wait for a worker before something is wrong.
PATIENCE_S = 60.0
#: Account and roles; `root` is the superuser.
PEOPLE: dict[str, tuple[str, ...]] = {
    "root": ("admin",),
    "boss": ("admin",),
    "maker": ("user",),
    "other": ("user",),
    "drawer": ("annotator",),
    "watcher": ("observer",),
    "nobody": (),
    "owner": (),
    "lead": (),
    "worker": (),
    "reviewer": (),
    "patron": (),
    "steward": (),
    "gone": ("user",),
}
LABELS = [
    {
        "name": "car",
        "attributes": [
            {
                "name": "colour",
                "mutable": False,
                "input_type": "text",
                "values": [""],
                "default_value": "red",
            },
            {
                "name": "doors",
                "mutable": False,
                "input_type": "number",
                "values": ["0", "9", "1"],
                "default_value": "4",
            },
        ],
    },
    {"name": "dog", "attributes": []},
]


@dataclass
class Live:
    """A running server. `tokens` are those of `PEOPLE`, by name."""

    deps: Deps
    url: str
    tokens: dict[str, str]
    ids: dict[str, int]
    _clients: list[httpx.Client] = field(default_factory=list)
    _kept: dict[str | None, httpx.Client] = field(default_factory=dict)

    def client(self, name: str | None = "root", **headers: str) -> httpx.Client:
        """A client signed in by token as `name`; None for an anonymous one."""
        if name is not None:
            headers["Authorization"] = f"Token {self.tokens[name]}"
        made = httpx.Client(
            base_url=f"{self.url}/api/v1",
            headers=headers,
            timeout=60.0,
            verify=False,
            event_hooks={"response": [self._check]},
        )
        self._clients.append(made)
        return made

    def _check(self, answer: httpx.Response) -> None:
        dialects = {"/api/v1": self.deps.dialect, "/annotations/api/v1": self.deps.platform_dialect}
        check_answer(answer, dialects=dialects)

    def kept_client(self, name: str | None) -> httpx.Client:
        """One client of `name` for many requests, without a connection and cookies of its own each time."""
        made = self._kept.get(name)
        if made is None:
            made = self._kept[name] = self.client(name)
        if name is not None:  # somebody may have signed out meanwhile, and in again
            made.headers["Authorization"] = f"Token {self.tokens[name]}"
        made.cookies.clear()
        return made

    def blob_files(self, prefix: str = "") -> list[str]:
        return self.deps.blobs.list_keys(prefix)  # type: ignore[attr-defined]

    def close(self) -> None:
        for client in self._clients:
            client.close()


def jpeg(width: int = 64, height: int = 48, shade: int = 0) -> bytes:
    """A small photograph: a gradient, so that it is not all one colour."""
    picture = Image.linear_gradient("L").resize((width, height)).point(lambda value: (value + shade) % 256)
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG")
    return out.getvalue()


def image_parts(
    count: int, name: Callable[[int], str] = "{:03}.jpg".format
) -> list[tuple[str, tuple[str, bytes, str]]]:
    """The parts `client_files[i]` of an upload."""
    return [(f"client_files[{n}]", (name(n), jpeg(shade=n), "image/jpeg")) for n in range(count)]


def new_task(client: httpx.Client, **fields: object) -> dict:
    """Make an empty task; labels as `LABELS` unless given."""
    answer = client.post("/tasks", json={"name": "a task", "labels": LABELS, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


def wait_for_media(client: httpx.Client, task_id: int) -> dict:
    """Ask for the status as clients do until it is final, and return it."""
    return until(
        lambda: client.get(f"/tasks/{task_id}/status").json(),
        lambda found: found["state"] in ("Finished", "Failed"),
    )


def until(ask: Callable[[], object], good: Callable[[object], bool], pause_s: float = 0.02):
    deadline = time.monotonic() + PATIENCE_S
    while not good(found := ask()):
        assert time.monotonic() < deadline, f"waited in vain, last {found!r}"
        time.sleep(pause_s)
    return found


def task_with_images(client: httpx.Client, count: int = 4, **fields: object) -> dict:
    """Make a task of `count` uploaded photographs; returns it as GET shows it."""
    task = new_task(client, **fields)
    answer = client.post(f"/tasks/{task['id']}/data", data={"image_quality": "70"}, files=image_parts(count))
    assert answer.status_code == 202, answer.text
    assert wait_for_media(client, task["id"]) == {"state": "Finished", "message": ""}
    return client.get(f"/tasks/{task['id']}").json()


def new_project(client: httpx.Client, **fields: object) -> dict:
    """Make an empty project; labels as `LABELS` unless given."""
    answer = client.post("/projects", json={"name": "a project", "labels": LABELS, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


def task_in(client: httpx.Client, project: dict, count: int = 0, **fields: object) -> dict:
    """Make a task in the project, with `count` photographs; returns it as GET shows it."""
    answer = client.post("/tasks", json={"name": "in a project", "project_id": project["id"], **fields})
    assert answer.status_code == 201, answer.text
    task = answer.json()
    if count:
        data = {"image_quality": "70"}
        client.post(f"/tasks/{task['id']}/data", data=data, files=image_parts(count))
        wait_for_media(client, task["id"])
    return client.get(f"/tasks/{task['id']}").json()


def job_ids(task: dict) -> list[int]:
    return [segment["jobs"][0]["id"] for segment in task["segments"]]


def box(task: dict, frame: int = 0, *, label: int = 0, **fields: object) -> dict:
    """A rectangle of the task's first label (or `label`), as the wire sends it."""
    return {
        "type": "rectangle",
        "occluded": False,
        "z_order": 0,
        "points": [1.5, 2.25, 30.125, 40.0],
        "frame": frame,
        "label_id": task["labels"][label]["id"],
        "group": 0,
        "source": "manual",
        "attributes": [],
        **fields,
    }


def tag(task: dict, frame: int = 0, **fields: object) -> dict:
    return {
        "frame": frame,
        "label_id": task["labels"][1]["id"],
        "group": 0,
        "source": "manual",
        "attributes": [],
        **fields,
    }


def body(*shapes: dict, tags: tuple[dict, ...] = (), **fields: object) -> dict:
    return {"version": 0, "tags": list(tags), "shapes": list(shapes), "tracks": [], **fields}


def run_server(folder: Path, template: Path, **settings: object):
    """Start a server on `folder`; yields a `Live`, and ends it. Generator: use it as a fixture's body."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template, folder / "labelwright.db")
    # Tests ask more in a minute than people do; those about the bounds set them.
    bounds = {"anonymous_per_minute": 0, "sign_in_failures_per_minute": 0}
    bounds["events_kept_days"] = 0  # they tell of events of any year
    chosen = Settings(data=folder, workers=1, **bounds, **settings)
    deps = open_deps(chosen)
    supervisor = Supervisor(1, environment={**os.environ, **environment_of(chosen)})
    supervisor.start()
    deps.operations.warm()
    ids, tokens = _make_people(deps)
    with serve(deps) as url:
        live = Live(deps, url, tokens, ids)
        yield live
        live.close()
    supervisor.stop()
    deps.operations.close()
    close_deps(deps)


class serve:
    """The app of `deps` on a free port, in a thread."""

    def __init__(self, deps: Deps) -> None:
        config = uvicorn.Config(
            make_app(deps),
            http="httptools",
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=3,
        )
        self._server = uvicorn.Server(config)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._listener]}, daemon=True
        )

    def __enter__(self) -> str:
        self._thread.start()
        until(lambda: self._server.started, bool)
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._listener.close()


def forget_attempts(deps: Deps) -> None:
    """Forget what other tests were refused."""
    with deps.database.write() as tx:
        tx.connection.execute(text("DELETE FROM attempts"))


def _make_people(deps: Deps) -> tuple[dict[str, int], dict[str, str]]:
    ids, tokens = {}, {}
    for name, roles in PEOPLE.items():
        account = accounts.NewAccount(username=name, password=PASSWORD, password_again=PASSWORD)
        ids[name] = accounts.create_account(deps, account=account, roles=roles, is_admin=name == "root").id
        tokens[name] = accounts.sign_in(deps, username=name, password=PASSWORD).token
    with deps.database.write() as tx:
        tx.connection.execute(text("UPDATE users SET is_active = false WHERE username = 'gone'"))
    return ids, tokens


@pytest.fixture(scope="session")
def live(tmp_path_factory, sqlite_template):
    """One server for all tests that leave it as they found it, but for tasks of their own."""
    share = tmp_path_factory.mktemp("share")
    yield from run_server(tmp_path_factory.mktemp("live"), sqlite_template, share=str(share))


@pytest.fixture(scope="session")
def hidden(live):
    """The same house with `reduce_task_visibility` on."""
    deps = replace(live.deps, reduce_task_visibility=True)
    with serve(deps) as url:
        other = Live(deps, url, live.tokens, live.ids)
        yield other
        other.close()


@pytest.fixture(scope="session")
def of_2020(live):
    """The same house with the dialect of 2020 at `/api/v1`, and that of May 2021 on the platform's mount."""
    deps = replace(live.deps, dialect="2020", platform_dialect="may-2021")
    with serve(deps) as url:
        other = Live(deps, url, live.tokens, live.ids)
        yield other
        other.close()


@pytest.fixture
def root(live):
    """A client of the superuser."""
    with live.client("root") as client:
        yield client


@pytest.fixture(scope="session")
def shared_task(live):
    """A task of four photographs in one job, for tests that only read it or clear its annotations first."""
    with live.client("root") as client:
        return task_with_images(client, 4)


@pytest.fixture
def job(live, shared_task):
    """The job of `shared_task`, emptied; with a client of the superuser: (client, task, path of its annotations)."""
    with live.client("root") as client:
        path = f"/jobs/{job_ids(shared_task)[0]}/annotations"
        assert client.delete(path).status_code == 204
        yield client, shared_task, path
