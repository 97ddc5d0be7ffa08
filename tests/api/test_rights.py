"""Every built route × caller × kind of task, expected from the permission model of the contract (rest-api 7).

Requests are built so that whoever may, changes nothing: their bodies or formats are bad, so the answer is 400
where a body is read. Thus the order of checks is seen too: 401, role 403, 404, 403, 400.
"""

from dataclasses import dataclass

import pytest
from live import job_ids, new_task, task_with_images

STRANGERS = ("nobody", "drawer", "maker", "watcher", "boss", "root")
RELATED = ("owner", "lead", "worker", "reviewer")
CALLERS = (*STRANGERS, *RELATED)
ADMINS = {"boss", "root"}


@dataclass(frozen=True)
class World:
    """A task of two jobs, the first in annotation, the second in validation, of all related people."""

    name: str
    task: int
    jobs: tuple[int, int]
    is_open: bool
    assigned: bool


@dataclass(frozen=True)
class Route:
    """A route, the right it takes, and what the allowed get."""

    method: str
    path: str
    right: str
    allowed: int
    json: object = None


BAD = {"name": "", "status": "zz"}
ROUTES = [
    Route("GET", "/tasks/{task}", "task access", 200),
    Route("GET", "/tasks/{task}/jobs", "task access", 200),
    Route("GET", "/tasks/{task}/status", "task access", 200),
    Route("GET", "/tasks/{task}/data/meta", "task access", 200),
    Route("GET", "/tasks/{task}/data?type=preview", "task access", 200),
    Route("GET", "/tasks/{task}/data?type=chunk&number=99", "task access", 400),
    Route("GET", "/tasks/{task}/data?type=frame&number=99", "task access", 400),
    Route("GET", "/tasks/{task}/data?type=nonsense", "task access", 400),
    Route("GET", "/tasks/{task}/annotations", "task access", 200),
    Route("GET", "/tasks/{task}/annotations?format=nonsense", "task access", 400),
    Route("GET", "/tasks/{task}/annotations?format=COCO%201.0&action=nonsense", "task access", 400),
    Route("GET", "/tasks/{task}/dataset?format=nonsense", "task access", 400),
    Route("GET", "/tasks/{task}/dataset", "task access", 400),
    Route("PATCH", "/tasks/{task}", "task change", 400, BAD),
    Route("PUT", "/tasks/{task}", "task change", 400, BAD),
    Route("POST", "/tasks/{task}/data", "task change", 400, {}),
    Route("PATCH", "/tasks/{task}/annotations?action=nonsense", "task change", 400, {}),
    Route("PATCH", "/tasks/{task}/annotations?action=create", "task change", 400, {}),
    Route("PUT", "/tasks/{task}/annotations", "task change", 400, {}),
    Route("PUT", "/tasks/{task}/annotations?format=nonsense", "task change", 400, {}),
    Route("DELETE", "/tasks/{task}/annotations", "task change", 204),
    Route("GET", "/jobs/{job}", "job access", 200),
    Route("GET", "/jobs/{job}/annotations", "job access", 200),
    Route("GET", "/jobs/{job}/annotations?format=nonsense", "job access", 200),
    Route("PATCH", "/jobs/{job}", "job change", 400, BAD),
    Route("PUT", "/jobs/{job}", "job change", 400, BAD),
    Route("PATCH", "/jobs/{job}/annotations?action=nonsense", "job change", 400, {}),
    Route("PATCH", "/jobs/{job}/annotations?action=update", "job change", 400, {}),
    Route("PUT", "/jobs/{job}/annotations", "job change", 400, {}),
    Route("PUT", "/jobs/{job}/annotations?format=nonsense", "job change", 400, {}),
    Route("DELETE", "/jobs/{job}/annotations", "job change", 204),
]


def granted(right: str, world: World, job: int) -> set[str]:
    """Who has `right`; `job` 0 is in annotation, 1 in validation. Written from the contract, not from the code."""
    everybody = set(CALLERS) if world.is_open else set()
    lead = {"lead"} if world.assigned else set()
    accessing = ADMINS | {"watcher", "owner", "worker", "reviewer"} | lead | everybody
    working = everybody | lead | ({"worker"} if job == 0 else {"reviewer"})
    return {
        "task access": accessing,
        "task change": ADMINS | {"owner"} | lead,
        "task delete": ADMINS | {"owner"},
        "job access": accessing,
        "job change": ADMINS | {"owner"} | working,
    }[right]


@pytest.fixture(scope="module")
def worlds(live):
    """Tasks open and assigned; and the same two as a server of reduced visibility sees them."""
    made = {}
    with live.client("root") as root:
        for name, assignee in (("open", None), ("assigned", live.ids["lead"])):
            task = task_with_images(root, 2, segment_size=1, owner_id=live.ids["owner"], assignee_id=assignee)
            first, second = job_ids(task)
            for job, status in ((first, "annotation"), (second, "validation")):
                people = {
                    "assignee_id": live.ids["worker"],
                    "reviewer_id": live.ids["reviewer"],
                    "status": status,
                }
                assert root.patch(f"/jobs/{job}", json=people).status_code == 200
            made[name] = World(name, task["id"], (first, second), assignee is None, assignee is not None)
            made[f"{name}, hidden"] = World(name, task["id"], (first, second), False, assignee is not None)
    return made


WORLDS = ("open", "assigned", "open, hidden", "assigned, hidden")


@pytest.fixture
def ask(request, live):
    """Send a request as somebody, to the server of that world."""

    def send(world, caller, method, path, **options):
        server = request.getfixturevalue("hidden") if "hidden" in world else live
        return server.kept_client(caller).request(method, path, **options)

    return send


@pytest.mark.parametrize("job", [0, 1], ids=["in annotation", "in validation"])
@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_each_route_lets_in_whom_the_contract_lets_in(worlds, ask, route, name, job):
    world = worlds[name]
    path = route.path.format(task=world.task, job=world.jobs[job])
    expected = {
        caller: route.allowed if caller in granted(route.right, world, job) else 403 for caller in CALLERS
    }
    expected |= {None: 401, "gone": 401}
    got = {caller: ask(name, caller, route.method, path, json=route.json).status_code for caller in expected}
    assert got == expected


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_what_is_absent_is_404_for_everybody_signed_in(live, route):
    path = route.path.format(task=10**6, job=10**6)
    got = {}
    for caller in (*CALLERS, None):
        got[caller] = live.kept_client(caller).request(route.method, path, json=route.json).status_code
    assert got == dict.fromkeys(CALLERS, 404) | {None: 401}


def test_admins_and_role_user_make_tasks(live):
    got = {}
    for caller in (*CALLERS, None):
        with live.client(caller) as client:
            got[caller] = client.post("/tasks", json={}).status_code
    assert got == dict.fromkeys(CALLERS, 403) | {"root": 400, "boss": 400, "maker": 400, None: 401}


@pytest.mark.parametrize("name", WORLDS)
def test_only_admins_and_the_owner_delete_a_task(live, root, ask, name):
    assignee = live.ids["lead"] if "assigned" in name else None
    got = {}
    for caller in (*CALLERS, None):
        task = new_task(root, owner_id=live.ids["owner"], assignee_id=assignee)
        got[caller] = ask(name, caller, "DELETE", f"/tasks/{task['id']}").status_code
    assert got == dict.fromkeys(CALLERS, 403) | {"root": 204, "boss": 204, "owner": 204, None: 401}


@pytest.mark.parametrize("name", WORLDS)
def test_lists_hold_what_the_caller_may_see(live, worlds, ask, name):
    world = worlds[name]
    seeing = ADMINS | {"watcher", "owner", "worker", "reviewer"}
    seeing |= {"lead"} if world.assigned else set()
    seeing |= set(CALLERS) if world.is_open else set()
    got = set()
    for caller in CALLERS:
        answer = ask(name, caller, "GET", "/tasks", params={"id": world.task}).json()
        assert answer["count"] == len(answer["results"])
        got |= {caller} if answer["count"] else set()
    assert got == seeing


def test_a_task_without_jobs_is_open_to_nobody_in_particular(live, root):
    task = new_task(root, owner_id=live.ids["owner"])
    got = {}
    for caller in CALLERS:
        with live.client(caller) as client:
            got[caller] = client.get(f"/tasks/{task['id']}").status_code
    assert got == dict.fromkeys(CALLERS, 403) | dict.fromkeys(("root", "boss", "watcher", "owner"), 200)


def test_users_are_shown_fully_to_staff_and_oneself_only(live):
    basic = ["url", "id", "username", "first_name", "last_name"]
    full = [*basic, "email", "groups", "is_staff", "is_superuser", "is_active", "last_login", "date_joined"]
    for caller, keys in (("root", full), ("boss", basic), ("watcher", basic), ("nobody", basic)):
        with live.client(caller) as client:
            assert list(client.get("/users?page_size=all").json()["results"][0]) == keys
            assert list(client.get("/users/self").json()) == full


LATER = [
    ("GET", "/projects/1/dataset"),
    ("PATCH", "/users/1"),
    ("GET", "/jobs/1/issues"),
    ("POST", "/reviews"),
    ("DELETE", "/comments/1"),
    ("GET", "/server/about"),
    ("POST", "/server/logs"),
    ("GET", "/lambda/functions"),
    ("POST", "/lambda/requests"),
    ("GET", "/datasets/1"),
    ("POST", "/auth/signing"),
]


@pytest.mark.parametrize(("method", "path"), LATER)
def test_routes_of_later_issues_say_so_to_people_signed_in(live, root, method, path):
    answer = root.request(method, path)
    assert answer.status_code == 501
    assert answer.json()["detail"].endswith("not built yet.")
    with live.client(None) as nobody:
        assert nobody.request(method, path).status_code == 401
