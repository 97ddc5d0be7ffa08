"""Rights on projects, and on tasks by way of their project, from the permission model (rest-api contract, 7)."""

from dataclasses import dataclass

import pytest
from live import LABELS, image_parts, job_ids, wait_for_media

ADMINS = {"root", "boss"}
CALLERS = (
    "nobody",
    "drawer",
    "maker",
    "watcher",
    "boss",
    "root",
    "owner",
    "lead",
    "worker",
    "reviewer",
    "other",
)


@dataclass(frozen=True)
class World:
    """A project of `owner` and `lead`; its task of two jobs is assigned to `other`, owned by root."""

    project: int
    task: int
    jobs: tuple[int, int]


@dataclass(frozen=True)
class Route:
    """A route, who may, and what they get. Bodies are bad, so that nothing is changed."""

    method: str
    path: str
    may: frozenset[str]
    allowed: int
    json: object = None


BAD = {"name": "", "status": "zz"}
#: The task is not open, so only its people annotate in it: the worker by a job, `other` and `lead` as assignees.
ACCESS_PROJECT = frozenset(ADMINS | {"watcher", "owner", "lead", "worker", "other"})
ACCESS_TASK = ACCESS_PROJECT | {"reviewer"}
CHANGE_TASK = frozenset(ADMINS | {"owner", "lead", "other"})
ROUTES = [
    Route("GET", "/projects/{project}", ACCESS_PROJECT, 200),
    Route("GET", "/projects/{project}?names_only=true", ACCESS_PROJECT, 200),
    Route("GET", "/projects/{project}/tasks", ACCESS_PROJECT, 200),
    Route("GET", "/projects/{project}/tasks?page=9", ACCESS_PROJECT, 404),
    Route("PATCH", "/projects/{project}", frozenset(ADMINS | {"owner", "lead"}), 400, BAD),
    Route("GET", "/tasks/{task}", ACCESS_TASK, 200),
    Route("GET", "/tasks/{task}/annotations", ACCESS_TASK, 200),
    Route("PATCH", "/tasks/{task}", CHANGE_TASK, 400, BAD),
    Route("PATCH", "/tasks/{task}/annotations?action=nonsense", CHANGE_TASK, 400, {}),
    Route("GET", "/jobs/{jobs[0]}", ACCESS_TASK, 200),
    Route("PATCH", "/jobs/{jobs[0]}", CHANGE_TASK | {"worker"}, 400, BAD),
    Route("PATCH", "/jobs/{jobs[1]}", CHANGE_TASK | {"reviewer"}, 400, BAD),
    Route("PUT", "/jobs/{jobs[1]}/annotations", CHANGE_TASK | {"reviewer"}, 400, {}),
]


def make_project(live, **fields):
    people = {"owner_id": live.ids["owner"], "assignee_id": live.ids["lead"]}
    return (
        live.kept_client("root")
        .post("/projects", json={"name": "p", "labels": LABELS, **people, **fields})
        .json()
    )


@pytest.fixture(scope="module")
def world(live):
    project, client = make_project(live), live.kept_client("root")
    fields = {"name": "t", "project_id": project["id"], "assignee_id": live.ids["other"], "segment_size": 1}
    task = client.post("/tasks", json=fields).json()
    client.post(f"/tasks/{task['id']}/data", data={"image_quality": "70"}, files=image_parts(2))
    wait_for_media(client, task["id"])
    jobs = job_ids(client.get(f"/tasks/{task['id']}").json())
    people = {"assignee_id": live.ids["worker"], "reviewer_id": live.ids["reviewer"]}
    for job, status in zip(jobs, ("annotation", "validation"), strict=True):
        assert client.patch(f"/jobs/{job}", json={"status": status, **people}).status_code == 200
    return World(project["id"], task["id"], tuple(jobs))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_each_route_lets_in_whom_the_contract_lets_in(live, world, route):
    path = route.path.format(project=world.project, task=world.task, jobs=world.jobs)
    expected = {caller: route.allowed if caller in route.may else 403 for caller in CALLERS}
    expected |= {None: 401, "gone": 401}
    got = {
        caller: live.kept_client(caller).request(route.method, path, json=route.json).status_code
        for caller in expected
    }
    assert got == expected


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/tasks"), ("GET", "/tasks?page=x")],
)
def test_an_absent_project_is_404_for_everybody_signed_in(live, method, path):
    got = {
        caller: live.kept_client(caller).request(method, f"/projects/1000000{path}").status_code
        for caller in (*CALLERS, None)
    }
    assert got == dict.fromkeys(CALLERS, 404) | {None: 401}


def test_admins_and_role_user_make_projects(live):
    got = {
        caller: live.kept_client(caller).post("/projects", json={}).status_code for caller in (*CALLERS, None)
    }
    made = dict.fromkeys(("root", "boss", "maker", "other"), 400)
    assert got == dict.fromkeys(CALLERS, 403) | made | {None: 401}


def test_only_admins_and_the_owner_delete_a_project(live):
    got = {}
    for caller in (*CALLERS, None):
        project = make_project(live)
        got[caller] = live.kept_client(caller).delete(f"/projects/{project['id']}").status_code
    assert got == dict.fromkeys(CALLERS, 403) | {"root": 204, "boss": 204, "owner": 204, None: 401}


def test_the_owner_of_a_project_deletes_its_tasks(live):
    got = {}
    for caller in CALLERS:
        project = make_project(live)
        task = live.kept_client("root").post("/tasks", json={"name": "t", "project_id": project["id"]}).json()
        got[caller] = live.kept_client(caller).delete(f"/tasks/{task['id']}").status_code
    assert got == dict.fromkeys(CALLERS, 403) | {"root": 204, "boss": 204, "owner": 204}


def test_projects_are_listed_to_all_who_are_something_in_them(live, world):
    listed = {
        caller
        for caller in CALLERS
        if live.kept_client(caller).get("/projects", params={"id": world.project}).json()["count"]
    }
    assert listed == ADMINS | {"watcher", "owner", "lead", "worker", "reviewer", "other"}


def test_a_task_is_not_listed_for_its_project_alone(live, world):
    listed = {
        caller
        for caller in CALLERS
        if live.kept_client(caller).get("/tasks", params={"id": world.task}).json()["count"]
    }
    assert listed == ADMINS | {"watcher", "worker", "reviewer", "other"}
    of_project = live.kept_client("owner").get(f"/projects/{world.project}/tasks").json()
    assert (of_project["count"], of_project["results"]) == (0, [])


def test_an_open_task_opens_its_project_to_all_but_where_visibility_is_reduced(live, hidden):
    project, client = make_project(live), live.kept_client("root")
    task = client.post("/tasks", json={"name": "t", "project_id": project["id"]}).json()
    for server in (live, hidden):
        assert server.kept_client("nobody").get(f"/projects/{project['id']}").status_code == 403
    client.post(f"/tasks/{task['id']}/data", data={"image_quality": "70"}, files=image_parts(1))
    wait_for_media(client, task["id"])
    got = [
        each.kept_client("nobody").get(f"/projects/{project['id']}").status_code for each in (live, hidden)
    ]
    assert got == [200, 403]
