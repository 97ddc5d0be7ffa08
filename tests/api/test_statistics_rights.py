"""Who sees whose work, by the setting: callers × what they ask for (domain/access.py)."""

from dataclasses import dataclass, replace

import pytest
from live import Live, job_ids, new_project, serve, task_in, task_with_images

CALLERS = ("root", "boss", "watcher", "owner", "lead", "worker", "drawer", "nobody")


@dataclass(frozen=True)
class World:
    """A project of `owner`, a task in it assigned to `lead`, its job to `worker`; another task of nobody of them."""

    project: int
    task: int
    job: int
    other: int


@pytest.fixture(scope="module")
def world(live):
    """`worker` worked 1 s on the task, `drawer` 2 s on the other, `nobody` 4 s on nothing; each told of it."""
    with live.client() as root:
        project = new_project(root, owner_id=live.ids["owner"])
        task = task_in(root, project, 1, assignee_id=live.ids["lead"])
        other = task_with_images(root, 1, assignee_id=live.ids["gone"])
        root.patch(f"/jobs/{job_ids(task)[0]}", json={"assignee": live.ids["worker"]})
    about = {"worker": {"job_id": job_ids(task)[0]}, "drawer": {"task_id": other["id"]}, "nobody": {}}
    for (name, place), seconds in zip(about.items(), (1, 2, 4), strict=True):
        told = {
            "name": "Send user activity",
            "time": "1999-01-01T00:00:00Z",
            "client_id": 1,
            "is_active": True,
        }
        payload = {"payload": {"working_time": seconds * 1000}}
        with live.client(name) as client:
            assert client.post("/server/logs", json=[told | place | payload]).status_code == 201
    return World(project["id"], task["id"], job_ids(task)[0], other["id"])


@pytest.fixture(scope="module")
def houses(live):
    """The same house by each value of the setting."""
    opened = {"owners": live}
    servers = []
    for visibility in ("self", "everyone"):
        deps = replace(live.deps, statistics_visibility=visibility)
        servers.append(serve(deps))
        opened[visibility] = Live(deps, servers[-1].__enter__(), live.tokens, live.ids)
    yield opened
    for house in (opened["self"], opened["everyone"]):
        house.close()
    for server in servers:
        server.__exit__()


#: What each caller sees, and the seconds of it: worker's are 1, drawer's 2, nobody's 4.
SUMS = {
    "owners": {
        **dict.fromkeys(("root", "boss", "watcher"), ("all", 7)),
        **dict.fromkeys(("owner", "lead"), ("owned", 1)),
        **{"worker": ("owned", 1), "drawer": ("owned", 2), "nobody": ("owned", 4)},
    },
    "self": {
        **dict.fromkeys(("root", "boss"), ("all", 7)),
        **dict.fromkeys(("watcher", "owner", "lead"), ("self", 0)),
        **{"worker": ("self", 1), "drawer": ("self", 2), "nobody": ("self", 4)},
    },
    "everyone": dict.fromkeys(CALLERS, ("all", 7)),
}


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("visibility", SUMS)
def test_each_caller_sees_the_work_the_setting_lets_them_see(houses, world, visibility, caller):
    sees, seconds = SUMS[visibility][caller]
    client, day = houses[visibility].kept_client(caller), {"to": "1999-01-01"}
    found = client.get("/statistics/work", params=day).json()
    assert found["sees"] == sees
    assert sum(row["working_seconds"] for row in found["rows"]) == seconds
    told = client.get("/statistics/events", params=day).json()
    assert sum(event["working_ms"] for event in told["results"]) == seconds * 1000
    for what in ("work", "events"):
        file = client.get("/statistics/export", params=day | {"what": what, "format": "csv", "by": "user"})
        assert len(file.text.splitlines()) - 1 == seconds.bit_count()


#: Who may name a task, its job and project in statistics, and who may name somebody else.
MAY_SEE = {"root", "boss", "watcher", "owner", "lead", "worker"}
NAMED = [
    *((visibility, caller, name, caller in MAY_SEE or visibility == "everyone")
      for visibility in SUMS for caller in CALLERS for name in ("project", "task", "job")),
    *((visibility, caller, "user", visibility != "self" or caller in ("root", "boss"))
      for visibility in SUMS for caller in CALLERS),
]  # fmt: skip


@pytest.mark.parametrize(("visibility", "caller", "name", "allowed"), NAMED)
def test_what_is_named_must_be_the_callers_to_see(houses, live, world, visibility, caller, name, allowed):
    value = live.ids["gone"] if name == "user" else getattr(world, name)
    client = houses[visibility].kept_client(caller)
    for path in ("work?", "events?", "export?what=work&format=csv&"):
        answer = client.get(f"/statistics/{path}{name}_id={value}")
        assert answer.status_code == (200 if allowed else 403), (path, answer.text[:200])
        bad = client.get(f"/statistics/{path}{name}_id={value}&from=bad")
        assert bad.status_code == (400 if allowed else 403), "rights before the query"


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("visibility", SUMS)
def test_progress_is_seen_by_whoever_may_see_into_it(houses, world, visibility, caller):
    client = houses[visibility].kept_client(caller)
    for name in ("project", "task", "job"):
        answer = client.get("/statistics/progress", params={f"{name}_id": getattr(world, name)})
        assert answer.status_code == (200 if caller in MAY_SEE else 403)
    answer = client.get("/statistics/progress", params={"task_id": world.other})
    assert answer.status_code == (200 if caller in ("root", "boss", "watcher") else 403)


@pytest.mark.parametrize("path", ["work", "progress", "events", "export"])
def test_nobody_sees_statistics_without_signing_in(live, path):
    assert live.kept_client(None).get(f"/statistics/{path}").status_code == 401


def test_a_project_shows_the_parts_the_caller_may_see_into(live, world):
    with live.client() as root:
        project = root.get(f"/projects/{world.project}").json()
        task_in(root, project, assignee_id=live.ids["gone"])
    asked = {"project_id": world.project}
    parts = {
        caller: len(live.kept_client(caller).get("/statistics/progress", params=asked).json()["parts"])
        for caller in ("root", "watcher", "owner", "worker")
    }
    assert parts == {"root": 2, "watcher": 2, "owner": 2, "worker": 1}
