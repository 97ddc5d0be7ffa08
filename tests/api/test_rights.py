"""Every route × method × role × kind of task, present and absent: the permission model (rest-api contract, 7)."""

from dataclasses import replace

import pytest
from live import PASSWORD, job_ids, new_project, new_task, task_with_images
from rights_table import (
    ABSENT,
    ADMINS,
    ASKED_APART,
    CALLERS,
    OBJECTS,
    OF_WORLDS,
    REFUSED,
    ROUTES,
    WORLDS,
    granted,
    make_world,
    wording,
)

from labelwright.api.v1.routes import make_routers
from labelwright.services import accounts

_FORBIDDEN = "You do not have permission to perform this action."


@pytest.fixture(scope="module")
def worlds(live):
    """The four tasks, as a server sees them that hides tasks, and one that does not."""
    made = {kind: make_world(live, *kind) for kind in {each[:2] for each in WORLDS.values()}}
    return {
        name: replace(made[is_assigned, in_project], is_hidden=is_hidden)
        for name, (is_assigned, in_project, is_hidden) in WORLDS.items()
    }


@pytest.fixture
def ask(request, live):
    """Send a request as somebody, to a server that hides tasks if the world says so; returns the status."""

    def send(world, caller, method, path, **options):
        server = request.getfixturevalue("hidden") if world.is_hidden else live
        return server.kept_client(caller).request(method, path, **options)

    return send


def cases():
    """Each route with the worlds that can make a difference to it."""
    for route in ROUTES:
        worlds = WORLDS if route.needs(*OF_WORLDS) else ["open"]
        for name in worlds:
            if WORLDS[name][1] or not route.needs("project"):
                yield pytest.param(route, name, id=f"{route.method} {route.path} {name}")


@pytest.mark.parametrize(("route", "name"), list(cases()))
def test_each_route_lets_in_whom_the_contract_lets_in(live, worlds, ask, route, name):
    world = worlds[name]
    depends_on_job = route.make is None and route.needs("job", "issue", "comment", "review")
    for job in (0, 1) if depends_on_job else (0,):
        allowed = granted(route.right, world, job)
        expected = {caller: route.allowed if caller in allowed else 403 for caller in CALLERS}
        expected |= {None: route.allowed if None in allowed else 401, "gone": 401}
        got = {}
        for caller in expected:
            made = route.make(live, world) if route.make and caller in allowed else {}
            path, json = route.filled(world.ids(live, job) | made)
            answer = ask(world, caller, route.method, path, json=json)
            got[caller] = answer.status_code
            assert answer.status_code != 403 or answer.json() == {"detail": _FORBIDDEN}
        assert got == expected


OF_OBJECTS = [route for route in ROUTES if route.needs(*OBJECTS)]


@pytest.mark.parametrize("route", OF_OBJECTS, ids=lambda route: f"{route.method} {route.path}")
def test_what_is_absent_is_404_but_to_whom_the_role_forbids_to_ask(live, worlds, route):
    path, json = route.filled(dict.fromkeys(OBJECTS, ABSENT))
    expected = dict.fromkeys(CALLERS, 403 if route.role_first else 404)
    expected |= dict.fromkeys(ADMINS, route.absent) | dict.fromkeys(REFUSED, 401)
    got = {caller: live.kept_client(caller).request(route.method, path, json=json) for caller in expected}
    assert {caller: answer.status_code for caller, answer in got.items()} == expected
    assert got["nobody"].json()["detail"] == (_FORBIDDEN if route.role_first else "Not found.")
    assert got[None].json() == {"detail": "Authentication credentials were not provided."}
    assert got["gone"].json() == {"detail": "User inactive or deleted."}
    assert {got[caller].headers["www-authenticate"] for caller in REFUSED} == {"Token"}


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.method == "GET"], ids=lambda route: route.path
)
def test_head_is_answered_as_get(live, worlds, ask, route):
    world = worlds["in a project, assigned"]
    path, _ = route.filled(world.ids(live, 0))
    for caller in (None, "nobody", "worker", "root"):
        got = [ask(world, caller, method, path).status_code for method in ("GET", "HEAD")]
        assert got[0] == got[1]


def test_every_route_and_method_stands_in_the_matrix():
    table = {
        (method, wording(route.path))
        for route in make_routers()[0].routes
        for handler in route.route_handlers
        for method in handler.http_methods
        if method != "OPTIONS" and not handler.opt.get("refusal")
    }
    named = {route.key for route in ROUTES} | ASKED_APART
    assert table - named == set(), "routes whose rights nobody expects: add them to rights_table.py"
    assert named - table == set(), "routes that are no more"


def test_anybody_signs_out(live):
    said = {"detail": "Successfully logged out."}
    account = accounts.NewAccount(username="leaver", password=PASSWORD, password_again=PASSWORD)
    accounts.create_account(live.deps, account=account, roles=(), is_admin=False)
    token = accounts.sign_in(live.deps, username="leaver", password=PASSWORD).token
    for headers in ({}, {"Authorization": f"Token {token}"}):
        answer = live.kept_client(None).post("/auth/logout", headers=headers)
        assert (answer.status_code, answer.json()) == (200, said)
    again = live.kept_client(None).post("/auth/logout", headers=headers)
    assert (again.status_code, again.json()) == (401, {"detail": "Invalid token."})


@pytest.mark.parametrize(
    ("people", "status", "may"),
    [
        pytest.param({"assignee_id": "reviewer"}, "annotation", True, id="annotates the job too"),
        pytest.param({"assignee_id": "reviewer"}, "completed", False, id="annotated the job too"),
        pytest.param({"assignee_id": None}, "annotation", False, id="before validation"),
        pytest.param({"reviewer_id": None}, "validation", False, id="no longer its reviewer"),
        pytest.param({"reviewer_id": "lead"}, "completed", False, id="another reviews it"),
    ],
)
def test_a_reviewer_reviews_what_is_theirs_to_work_on(live, root, people, status, may):
    task = task_with_images(root, 1, assignee_id=live.ids["lead"])
    given = {field: live.ids.get(name) for field, name in people.items()}
    job = {"reviewer_id": live.ids["reviewer"], **given, "status": status}
    assert root.patch(f"/jobs/{job_ids(task)[0]}", json=job).status_code == 200
    body = {"job": job_ids(task)[0]}
    assert live.kept_client("reviewer").post("/reviews", json=body).status_code == (400 if may else 403)
    is_lead = people.get("reviewer_id") == "lead"
    lead = live.kept_client("lead").post("/reviews", json=body).status_code
    assert lead == (400 if is_lead else 403), "a task's assignee reviews in any state, as its reviewer only"


@pytest.mark.parametrize("name", WORLDS)
def test_lists_hold_what_the_caller_may_see(live, worlds, ask, name):
    world = worlds[name]
    is_open = not world.is_assigned and not world.is_hidden
    at_work = {"owner", "worker", "reviewer"} | ({"lead"} if world.is_assigned else set())
    seeing = set(CALLERS) if is_open else ADMINS | {"watcher"} | at_work
    of_project = ADMINS | {"watcher", "patron", "steward"} | at_work
    for path, what, expected in (("/tasks", world.task, seeing), ("/projects", world.project, of_project)):
        got = set()
        for caller in CALLERS if what else ():
            answer = ask(world, caller, "GET", path, params={"id": what}).json()
            assert answer["count"] == len(answer["results"])
            got |= {caller} if answer["count"] else set()
        assert got == (expected if what else set())


def test_a_task_without_jobs_is_open_to_nobody_in_particular(live, root):
    task = new_task(root, owner_id=live.ids["owner"])
    got = {}
    for caller in CALLERS:
        with live.client(caller) as client:
            got[caller] = client.get(f"/tasks/{task['id']}").status_code
    assert got == dict.fromkeys(CALLERS, 403) | dict.fromkeys(("root", "boss", "watcher", "owner"), 200)


def test_a_project_of_tasks_without_jobs_is_open_to_its_people_alone(live, root):
    people = {"owner_id": live.ids["patron"], "assignee_id": live.ids["steward"]}
    project = new_project(root, **people)["id"]
    task = {"owner_id": live.ids["owner"], "assignee_id": live.ids["lead"]}
    new_task(root, labels=[], project_id=project, **task)
    got = {caller: live.kept_client(caller).get(f"/projects/{project}").status_code for caller in CALLERS}
    may = dict.fromkeys(("root", "boss", "watcher", "patron", "steward"), 200)
    assert got == dict.fromkeys(CALLERS, 403) | may
    tasks = live.kept_client("patron").get(f"/projects/{project}/tasks").json()
    assert (tasks["count"], tasks["results"]) == (0, []), "ownership of a project lists no task"


def test_users_are_shown_fully_to_staff_and_oneself_only(live):
    basic = ["url", "id", "username", "first_name", "last_name"]
    full = [*basic, "email", "groups", "is_staff", "is_superuser", "is_active", "last_login", "date_joined"]
    for caller, keys in (("root", full), ("boss", basic), ("watcher", basic), ("nobody", basic)):
        with live.client(caller) as client:
            assert list(client.get("/users?page_size=all").json()["results"][0]) == keys
            assert list(client.get("/users/self").json()) == full
