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
    """A task of two jobs, the first in annotation, the second in validation, of all related people.

    Each job has an issue, drawer's, with a comment, watcher's.
    """

    name: str
    task: int
    jobs: tuple[int, int]
    issues: tuple[int, int]
    comments: tuple[int, int]
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
    Route("GET", "/jobs/{job}/reviews", "job access", 200),
    Route("GET", "/jobs/{job}/issues", "job access", 200),
    Route("POST", "/reviews", "job review", 400, {"job": "{job}", **BAD}),
    Route("PATCH", "/issues/{issue}", "issue change", 200, {}),
    Route("GET", "/issues/{issue}/comments", "job access", 200),
    Route("POST", "/comments", "job access", 400, {"issue": "{issue}", **BAD}),
    Route("PATCH", "/comments/{comment}", "comment change", 400, {"message": ""}),
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
        "job review": ADMINS | ({"reviewer"} & working),
        "issue change": ADMINS | {"owner", "drawer"} | working,
        "issue delete": ADMINS | {"drawer"},
        "comment change": ADMINS | {"watcher"},
        "review delete": ADMINS,
    }[right]


def raise_issue(live, job):
    """Have drawer raise an issue in the job, and watcher comment on it; returns the ids of both."""
    root = live.kept_client("root")
    before = root.get(f"/jobs/{job}").json()
    people = {"reviewer_id": live.ids["drawer"], "status": "validation"}
    assert root.patch(f"/jobs/{job}", json=people).status_code == 200
    review = {"job": job, "status": "rejected", "estimated_quality": 1}
    review["issue_set"] = [{"frame": 0, "position": [1, 2], "comment_set": []}]
    issue = live.kept_client("drawer").post("/reviews", json=review).json()["issue_set"][0]["id"]
    comment = live.kept_client("watcher").post("/comments", json={"issue": issue, "message": "hm"}).json()
    root.patch(f"/jobs/{job}", json={"reviewer_id": before["reviewer"], "status": before["status"]})
    return issue, comment["id"]


@pytest.fixture(scope="module")
def worlds(live):
    """Tasks open and assigned; and the same two as a server of reduced visibility sees them."""
    made = {}
    with live.client("root") as root:
        for name, assignee in (("open", None), ("assigned", live.ids["lead"])):
            task = task_with_images(root, 2, segment_size=1, owner_id=live.ids["owner"], assignee_id=assignee)
            first, second = job_ids(task)
            issues, comments = zip(*(raise_issue(live, job) for job in (first, second)), strict=True)
            for job, status in ((first, "annotation"), (second, "validation")):
                people = {
                    "assignee_id": live.ids["worker"],
                    "reviewer_id": live.ids["reviewer"],
                    "status": status,
                }
                assert root.patch(f"/jobs/{job}", json=people).status_code == 200
            ids = (task["id"], (first, second), issues, comments)
            made[name] = World(name, *ids, assignee is None, assignee is not None)
            made[f"{name}, hidden"] = World(name, *ids, False, assignee is not None)
    return made


WORLDS = ("open", "assigned", "open, hidden", "assigned, hidden")


@pytest.fixture
def ask(request, live):
    """Send a request as somebody, to the server of that world."""

    def send(world, caller, method, path, **options):
        server = request.getfixturevalue("hidden") if "hidden" in world else live
        return server.kept_client(caller).request(method, path, **options)

    return send


def filled(route, **ids):
    """Return path and body of the route with `ids` in their places."""
    if not isinstance(route.json, dict):
        return route.path.format(**ids), route.json
    return route.path.format(**ids), {name: text.format(**ids) for name, text in route.json.items()}


@pytest.mark.parametrize("job", [0, 1], ids=["in annotation", "in validation"])
@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_each_route_lets_in_whom_the_contract_lets_in(worlds, ask, route, name, job):
    world = worlds[name]
    ids = {"task": world.task, "job": world.jobs[job], "issue": world.issues[job]}
    path, json = filled(route, **ids, comment=world.comments[job])
    expected = {
        caller: route.allowed if caller in granted(route.right, world, job) else 403 for caller in CALLERS
    }
    expected |= {None: 401, "gone": 401}
    got = {caller: ask(name, caller, route.method, path, json=json).status_code for caller in expected}
    assert got == expected


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_what_is_absent_is_404_for_everybody_signed_in(live, route):
    path, json = filled(route, **dict.fromkeys(("task", "job", "issue", "comment"), 10**6))
    got = {}
    for caller in (*CALLERS, None):
        got[caller] = live.kept_client(caller).request(route.method, path, json=json).status_code
    assert got == dict.fromkeys(CALLERS, 404) | {None: 401}


@pytest.mark.parametrize("what", ["reviews", "issues", "comments"])
def test_what_is_absent_is_deleted_by_nobody(live, what):
    got = {}
    for caller in (*CALLERS, None):
        got[caller] = live.kept_client(caller).delete(f"/{what}/{10**6}").status_code
    others = 403 if what == "reviews" else 404
    assert got == dict.fromkeys(CALLERS, others) | {"root": 404, "boss": 404, None: 401}


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
@pytest.mark.parametrize(
    ("what", "right"),
    [("reviews", "review delete"), ("issues", "issue delete"), ("comments", "comment change")],
)
def test_only_admins_and_who_made_them_delete_what_a_review_says(live, worlds, ask, what, right, name):
    world = worlds[name]
    got = {}
    for caller in (*CALLERS, None):
        issue, comment = raise_issue(live, world.jobs[0])
        review = live.kept_client("root").get(f"/jobs/{world.jobs[0]}/reviews").json()[-1]["id"]
        made = {"reviews": review, "issues": issue, "comments": comment}[what]
        got[caller] = ask(name, caller, "DELETE", f"/{what}/{made}").status_code
    expected = {caller: 204 if caller in granted(right, world, 0) else 403 for caller in CALLERS}
    assert got == expected | {None: 401}


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
    ("POST", "/server/logs"),
    ("GET", "/lambda/functions"),
    ("POST", "/lambda/requests"),
    ("GET", "/datasets/1"),
]


@pytest.mark.parametrize(("method", "path"), LATER)
def test_routes_of_later_issues_say_so_to_people_signed_in(live, root, method, path):
    answer = root.request(method, path)
    assert answer.status_code == 501
    assert answer.json()["detail"].endswith("not built yet.")
    with live.client(None) as nobody:
        assert nobody.request(method, path).status_code == 401
